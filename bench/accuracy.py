#!/usr/bin/python3
"""How far from the truth the reported handshake times are, tcpcheck's and a bare loop's.

The truth is the scripted network's own log: from the moment that it read a SYN to the moment that
it wrote the SYN-ACK. The way of both through the kernel is no part of it, so that an error is what
a clock adds to, or takes from, the time that the other side truly took; for TCP_INFO it is mostly
the time that the SYN waited to be read. The network therefore runs at a real-time priority: else
it would wait for a processor behind the very programs that it is to measure, and be late by
milliseconds that no clock of theirs is to blame for. Checks with a retransmission are left out.

tcpcheck's total_time is shown for comparison. It is not what a wall clock says: its end is that of
the kernel's measure, where there is one.

Both programs run in turn against the same network, in rounds; each connection of the whole
benchmark has an address and port of its own, by which the log knows it. bench/run starts this in
a network namespace.

usage: unshare --net bench/accuracy.py BUILD_DIR
"""

import ipaddress
import json
import os
import statistics
import subprocess
import sys
import tempfile
from typing import NamedTuple

from comparison import compare
from scripted_hosts import ScriptedHosts

ROUNDS = 5
IN_FLIGHT = 10_000
BUDGET = 1.25
# The long ones are what keeps ten thousand in flight; at a second a SYN would be sent again.
DELAYS_MS = (1, 5, 20, 500, 800, 900)
FIRST_PORT = 1000
MAPPED = bytes(10) + b"\xff\xff"  # before the 4 octets of an IPv4 address, in the log
NS_PER_S, NS_PER_US = 1e9, 1e3


class Load(NamedTuple):
    name: str
    checks: int  # in one run
    rate: int    # a second; None: as fast as they go


LOADS = (Load("10,000 checks/s", 10_000, 10_000), Load("full tilt", 45_000, None))


class Times(NamedTuple):
    """What a program said of one check, in ns."""

    handshake: float
    wall: float
    is_resent: bool


# ---------------------------------------------------------------- the network

def rules():
    return "".join(f"10.{i}.0.0/16 open after={delay}ms\n2001:db8:{i}::/48 open after={delay}ms\n"
                   for i, delay in enumerate(DELAYS_MS))


def targets(count, port):
    """{as the log names it: as a list names it}, every delay and family in turn."""
    made = {}
    for number in range(count):
        host, kind = divmod(number, 2 * len(DELAYS_MS))
        place, is_ipv6 = divmod(kind, 2)
        if is_ipv6:
            address = ipaddress.IPv6Address(f"2001:db8:{place}::{host + 1:x}")
            made[address.packed, port] = f"[{address}]:{port}"
        else:
            address = ipaddress.IPv4Address(f"10.{place}.0.0") + host + 1
            made[MAPPED + address.packed, port] = f"{address}:{port}"
    return made


# ---------------------------------------------------------------- the programs

def tcpcheck_command(build, load):
    rate = "unlimited" if load.rate is None else f"{load.rate}/s"
    return [f"{build}/tcpcheck", "run", "--targets", "-", "--format", "jsonl", "--close", "reset",
            "--concurrency", str(IN_FLIGHT), "--rate", rate, "--host-rate", "unlimited",
            "--host-in-flight", "unlimited", "--allow-many-ports", "unlimited"]


def bare_command(build, load):
    rate = [] if load.rate is None else ["--rate", str(load.rate)]
    return [f"{build}/bench/bare_epoll", "--tcp-info", "--in-flight", str(IN_FLIGHT), *rate, "-"]


def read_tcpcheck(line):
    result = json.loads(line)
    host, port, details = result["host"], result["port"], result["details"]
    if result["status"] != "success" or details["syn_retransmits"] is None:
        sys.exit(f"bench: a check that had to open: {line}")
    target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return target, Times(result["response_time"] * NS_PER_S, details["total_time"] * NS_PER_S,
                         details["syn_retransmits"] > 0)


def read_bare(line):
    target, outcome, wall_ns, rtt_us, retransmits = line.split()
    if outcome != "open":
        sys.exit(f"bench: a connect that had to open: {line}")
    return target, Times(int(rtt_us) * NS_PER_US, int(wall_ns), retransmits != "0")


def run(command, names, read, scratch):
    """{target: Times} of one run."""
    list_path, output_path = os.path.join(scratch, "targets"), os.path.join(scratch, "output")
    with open(list_path, "w", encoding="ascii") as file:
        file.writelines(f"{name}\n" for name in names)
    with open(list_path, "rb") as stdin, open(output_path, "wb") as stdout, \
            tempfile.TemporaryFile("w+", dir=scratch) as stderr:
        status = subprocess.run(command, stdin=stdin, stdout=stdout, stderr=stderr).returncode
        stderr.seek(0)
        if status != 0:
            sys.exit(f"bench: {' '.join(command)} ended with status {status}\n{stderr.read()}")
    with open(output_path, encoding="ascii") as output:
        return dict(map(read, output))


# ---------------------------------------------------------------- errors

class Errors:
    """Of one program in all rounds. What matters is the median of the rounds."""

    def __init__(self):
        self.rounds = []
        self.left_out = 0
        self.in_flight = []

    def add(self, said, names, answers, again):
        handshake, wall = [], []
        for key, name in names.items():
            times = said[name]
            if times.is_resent or key in again:
                self.left_out += 1
                continue
            arrived_ns, answered_ns = answers[key]
            handshake.append(abs(times.handshake - (answered_ns - arrived_ns)))
            wall.append(abs(times.wall - (answered_ns - arrived_ns)))
        self.rounds.append({"handshake": sorted(handshake), "wall": sorted(wall)})
        self.in_flight.append(most_at_once(answers.values()))

    def percentile_s(self, clock, percent):
        """The median of the rounds' percentiles."""
        return statistics.median(of_sorted(errors[clock], percent) for errors in self.rounds) / NS_PER_S


def of_sorted(values, percent):
    return values[min(len(values) - 1, len(values) * percent // 100)]


def most_at_once(spans):
    changes = sorted(change for begin, end in spans for change in ((begin, 1), (end, -1)))
    most = now = 0
    for _, change in changes:
        now += change
        most = max(most, now)
    return most


# ---------------------------------------------------------------- the whole

def print_table(load, ours, theirs):
    print(f"accuracy, {load.name}: {ROUNDS} rounds of {load.checks:,} checks; at once at most "
          f"{max(ours.in_flight):,} (tcpcheck) and {max(theirs.in_flight):,} (bare); left out "
          f"because of a retransmission: {ours.left_out:,} and {theirs.left_out:,}")
    print(f"  {'error of':<30}{'p50':>12}{'p99':>12}")
    for name, errors, clock in (("tcpcheck, response_time", ours, "handshake"),
                                ("bare loop, TCP_INFO", theirs, "handshake"),
                                ("bare loop, wall clock", theirs, "wall"),
                                ("tcpcheck, total_time", ours, "wall")):
        values = [f"{errors.percentile_s(clock, percent) * 1e6:9.1f} us" for percent in (50, 99)]
        print(f"  {name:<30}{values[0]:>12}{values[1]:>12}", flush=True)


def measure(build, network, load, first_port, scratch):
    """True when the budget is met."""
    ours, theirs = Errors(), Errors()
    sides = ((ours, tcpcheck_command(build, load), read_tcpcheck),
             (theirs, bare_command(build, load), read_bare))
    port = first_port
    for _ in range(ROUNDS):
        for errors, command, read in sides:
            names = targets(load.checks, port)
            said = run(command, names.values(), read, scratch)
            errors.add(said, names, *network.answers())
            port += 1
    print_table(load, ours, theirs)
    return all([compare(f"accuracy, {load.name}, p{percent} error against TCP_INFO",
                        ours.percentile_s("handshake", percent),
                        theirs.percentile_s("handshake", percent), BUDGET)
                for percent in (50, 99)])


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: unshare --net bench/accuracy.py BUILD_DIR")
    with tempfile.TemporaryDirectory() as scratch:
        network = ScriptedHosts(sys.argv[1], rules(), scratch)
        results = [measure(sys.argv[1], network, load, FIRST_PORT * (1 + i), scratch)
                   for i, load in enumerate(LOADS)]
        network.close()
    sys.exit(0 if all(results) else 1)


main()
