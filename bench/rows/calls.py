"""System calls that a check takes, counted by strace: not a time, so the same on every machine."""

import collections

import peers
import servers
import targets
from finding import Finding, Table
from programs import Contestant

HOSTS = 16
CHECKS = HOSTS * targets.PORTS
SHOWN = 0.05  # a check: what is rarer is in the sum only
TEXT = (f"Counted with `strace -f -c` over {CHECKS:,} targets; rare ones are in the sum only. "
        "Waiting is shared by many checks.")


def parse(report):
    """{name: calls} of strace's table."""
    rows = [line.split() for line in report.splitlines()]
    return collections.Counter({row[-1]: int(row[3]) for row in rows
                                if len(row) >= 5 and row[3].isdigit() and row[-1] != "total"})


def _count(bench, program):
    report = bench.path("calls")
    argv = ("strace", "-f", "-c", "-o", report, *program.argv)
    bench.run(Contestant(program.name, argv, statuses=program.statuses))
    with open(report, encoding="utf-8") as file:
        return parse(file.read())


def table(counts, checks):
    """`counts`: {program: {call: number}}."""
    names = sorted({name for calls in counts.values() for name, number in calls.items() if number / checks >= SHOWN},
                   key=lambda name: -max(calls[name] for calls in counts.values()))
    lines = [(f"`{name}`", *(f"{calls[name] / checks:.2f}" for calls in counts.values())) for name in names]
    lines.append(("**all**", *(f"**{sum(calls.values()) / checks:.2f}**" for calls in counts.values())))
    return Table("System calls a check", TEXT, ("", *counts), tuple(lines))


def run(bench):
    hosts = targets.write(bench.scratch, "hosts", targets.hosts(HOSTS))
    counts = {}
    with servers.OpenPorts(bench):
        for outcome, port in (("refused", targets.CLOSED_PORT), ("open", targets.OPEN_PORT)):
            path = targets.write(bench.scratch, outcome, targets.street(HOSTS, port))
            for program in (peers.tcpcheck(bench.build, path, CHECKS, outcome),
                            peers.bare_loop(bench.build, path, CHECKS, outcome, has_info=True),
                            peers.bare_loop(bench.build, path, CHECKS, outcome, is_recycling=True),
                            peers.nmap(hosts, port, CHECKS, outcome)):
                counts[f"{program.name}, {outcome}"] = _count(bench, program)
    found = table(counts, CHECKS)
    for name, calls in counts.items():
        print(f"system calls a check, {name}: {sum(calls.values()) / CHECKS:.2f}", flush=True)
    return Finding(tables=(found,))
