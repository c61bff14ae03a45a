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
benchmark has an address and port of its own, by which the log knows it.
"""

import ipaddress
import json
import os
import statistics
import subprocess
import sys
import tempfile
from typing import NamedTuple

import peers
from finding import Finding, Table
from row import Row, line
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
            "--concurrency", str(IN_FLIGHT), "--rate", rate, *peers.HOSTS_UNLIMITED]


def bare_command(build, load):
    rate = [] if load.rate is None else ["--rate", str(load.rate)]
    return [f"{build}/bench/bare_epoll", "--tcp-info", "--in-flight", str(IN_FLIGHT), *rate, "-"]


def read_tcpcheck(text):
    result = json.loads(text)
    host, port, details = result["host"], result["port"], result["details"]
    if result["status"] != "success" or details["syn_retransmits"] is None:
        sys.exit(f"bench: a check that had to open: {text}")
    target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return target, Times(result["response_time"] * NS_PER_S, details["total_time"] * NS_PER_S,
                         details["syn_retransmits"] > 0)


def read_bare(text):
    target, outcome, wall_ns, rtt_us, retransmits = text.split()
    if outcome != "open":
        sys.exit(f"bench: a connect that had to open: {text}")
    return target, Times(int(rtt_us) * NS_PER_US, int(wall_ns), retransmits != "0")


def play(command, names, read, scratch):
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

NOTE = ("**Accuracy.** Against the scripted network of tests/kernel, whose log knows when it read each SYN and when it "
        "answered: half of the targets IPv6, answers after " + ", ".join(map(str, DELAYS_MS)) + " ms. The bare loop "
        "asks TCP_INFO, as tcpcheck does; what a wall clock says of the same connections is in the table below.")


def errors_table(load, ours, theirs):
    lines = []
    for name, errors, clock in (("tcpcheck, response_time", ours, "handshake"),
                                ("bare loop, TCP_INFO", theirs, "handshake"),
                                ("bare loop, wall clock", theirs, "wall"),
                                ("tcpcheck, total_time", ours, "wall")):
        base = [theirs.percentile_s("handshake", percent) for percent in (50, 99)]
        both = [errors.percentile_s(clock, percent) for percent in (50, 99)]
        lines.append((name, *(f"{mine / its:.2f}×" for mine, its in zip(both, base)),
                      *(f"{mine * 1e6:.1f} µs" for mine in both)))
    text = (f"{ROUNDS} rounds of {load.checks:,} checks; at once at most {max(ours.in_flight):,} (tcpcheck) and "
            f"{max(theirs.in_flight):,} (bare loop); left out because of a retransmission: {ours.left_out:,} and "
            f"{theirs.left_out:,}. Ratios are to the bare loop's TCP_INFO.")
    return Table(f"Errors of reported times, {load.name}", text,
                 ("clock", "p50", "p99", "p50 here", "p99 here"), tuple(lines))


def error_rows(load, ours, theirs):
    return tuple(Row(f"response_time's error, {load.name}, p{percent}", "bare loop, TCP_INFO",
                     ours.percentile_s("handshake", percent) / theirs.percentile_s("handshake", percent),
                     budget=BUDGET, is_floor=False) for percent in (50, 99))


def measure(build, network, load, first_port, scratch):
    """(errors of tcpcheck, of the bare loop)"""
    ours, theirs = Errors(), Errors()
    sides = ((ours, tcpcheck_command(build, load), read_tcpcheck),
             (theirs, bare_command(build, load), read_bare))
    port = first_port
    for _ in range(ROUNDS):
        for errors, command, read in sides:
            names = targets(load.checks, port)
            said = play(command, names.values(), read, scratch)
            errors.add(said, names, *network.answers())
            port += 1
    return ours, theirs


def run(bench):
    network = ScriptedHosts(bench.build, rules(), bench.scratch)
    rows, tables = [], []
    for nth, load in enumerate(LOADS, start=1):
        errors = measure(bench.build, network, load, FIRST_PORT * nth, bench.scratch)
        rows += error_rows(load, *errors)
        tables.append(errors_table(load, *errors))
    network.close()
    for row in rows:
        print(line(row), flush=True)
    commands = tuple(("accuracy: " + name, command(bench.build, LOADS[0]))
                     for name, command in (("tcpcheck", tcpcheck_command), ("bare loop", bare_command)))
    return Finding(rows=tuple(rows), commands=commands, notes=(NOTE,), tables=tuple(tables))
