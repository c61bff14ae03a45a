"""Targets that open: here the kernel has two ends of a connection to make and to forget."""

import contextlib

import peers
import servers
import targets
from finding import Finding
from rows.versus import Rival, compare

HOSTS = 256
CHECKS = HOSTS * targets.PORTS
FEW_HOSTS = 16
FEW_CHECKS = FEW_HOSTS * targets.PORTS
FEWEST_HOSTS = 4
FEWEST_CHECKS = FEWEST_HOSTS * targets.PORTS
PROCESSES_PER_CORE = 2
ROUNDS = 5
NOTE = (f"**Open targets.** {CHECKS:,} open ports ({targets.PORTS} of each of {HOSTS} addresses) of "
        "`bench/open_server.c`, which accepts, reads nothing, and closes when its peer has. tcpcheck, nmap and the "
        "bare loops reset the connection. blackbox_exporter is asked over "
        f"{peers.PROBES_AT_ONCE} connections that stay, by `bench/probe.py`, for {FEW_CHECKS:,} targets, and "
        f"`check_tcp` is a process for each of {FEWEST_CHECKS:,}; times are compared a check. fping is there because "
        "people ask for it, and cannot be compared: it sends ICMP echo, which a host's kernel answers without any "
        "port, so it tells nothing of a service.")


@contextlib.contextmanager
def both_servers(bench, cores):
    """blackbox_exporter is what is measured, so it is where tcpcheck is, and its targets are not."""
    with servers.OpenPorts(bench, cores), \
            servers.Exporter(bench, "-" if cores == "-" else bench.one_core):
        yield


def run(bench):
    def listed(name, lines):
        return targets.write(bench.scratch, name, lines)

    path = listed("open", targets.street(HOSTS, targets.OPEN_PORT))
    hosts = listed("hosts", targets.hosts(HOSTS))
    few = listed("few", targets.street(FEW_HOSTS, targets.OPEN_PORT))
    arguments = listed("arguments", ("-H {} -p {}".format(*target.split(":"))
                                     for target in targets.street(FEWEST_HOSTS, targets.OPEN_PORT)))
    pinged = listed("pinged", targets.hosts(FEW_CHECKS))
    ours = peers.tcpcheck(bench.build, path, CHECKS, "open")
    rivals = (Rival(peers.bare_loop(bench.build, path, CHECKS, "open"), 1, has_ceiling=True),
              Rival(peers.bare_loop(bench.build, path, CHECKS, "open", has_info=True), 1),
              Rival(peers.nmap(hosts, targets.OPEN_PORT, CHECKS, "open"), 1.8, has_ceiling=True),
              Rival(peers.blackbox(few, FEW_CHECKS), 8),
              Rival(peers.check_tcp(arguments, FEWEST_CHECKS, PROCESSES_PER_CORE * bench.core_count), 60),
              Rival(peers.fping(pinged, FEW_CHECKS)))
    ceiling = peers.bare_loop(bench.build, path, CHECKS, "open", is_recycling=True)
    rows = compare(bench, "open targets, reset", ours, rivals, ceiling, ROUNDS, both_servers)
    commands = [("open: " + one.name, one.argv) for one in (ours, ceiling, *(rival.program for rival in rivals))]
    return Finding(rows=rows, commands=tuple(commands), notes=(NOTE,))
