"""Refused targets: the fastest of what a target can do, so that what is ours shows the most."""

import peers
import targets
from finding import Finding
from rows.versus import Rival, compare

HOSTS = 512
CHECKS = HOSTS * targets.PORTS
ROUNDS = 5
NOTE = (f"**Refused targets.** {CHECKS:,} closed ports ({targets.PORTS} of each of {HOSTS} addresses), each refused "
        "by a reset. tcpcheck writes a line of JSON a target with all that it knows, nmap a line a host, the bare "
        "loop a line of 40 bytes: address, errno and wall time. The bare loop reads the list before it begins and "
        "asks for no more than SO_ERROR; of a refused socket it would not ask TCP_INFO with `--tcp-info` either, so "
        "there is one row for both.")


def run(bench):
    path = targets.write(bench.scratch, "closed", targets.street(HOSTS, targets.CLOSED_PORT))
    hosts = targets.write(bench.scratch, "hosts", targets.hosts(HOSTS))
    ours = peers.tcpcheck(bench.build, path, CHECKS, "refused")
    rivals = (Rival(peers.bare_loop(bench.build, path, CHECKS, "refused"), 1.4, has_ceiling=True),
              Rival(peers.nmap(hosts, targets.CLOSED_PORT, CHECKS, "refused"), 2, has_ceiling=True))
    ceiling = peers.bare_loop(bench.build, path, CHECKS, "refused", is_recycling=True)
    rows = compare(bench, "refused targets", ours, rivals, ceiling, ROUNDS)
    commands = [("refused: " + one.name, one.argv) for one in (ours, ceiling, *(rival.program for rival in rivals))]
    return Finding(rows=rows, commands=tuple(commands), notes=(NOTE,))
