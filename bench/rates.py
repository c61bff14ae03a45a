#!/usr/bin/python3
"""Whether --rate holds, as the network sees it: when the first SYN of each connection arrived.

A rate holds when ten seconds have its number of connections within 1 %, and no second, wherever it
begins, more than 105 % of it. The scripted network runs at a real-time priority, or it would be its own
waiting for a processor that bunches what it reads. Every host refuses: what is measured is when
connections start. Of the rates that ask for all of a machine, the first that this one can hold is what
counts; those above it are shown.

usage: unshare --net bench/rates.py BUILD_DIR [RATE…]     (default 100 50000 and, if need be, less)
"""

import ipaddress
import os
import subprocess
import sys
import tempfile
from typing import NamedTuple

from scripted_hosts import ScriptedHosts

SLOW = 100
FAST = (50_000, 40_000, 30_000, 20_000, 10_000)
SECONDS = 10
OFF_MOST, SECOND_MOST = 0.01, 1.05
PORT = 80
IN_FLIGHT = 1000
NS_PER_S = 1_000_000_000
FIRST_HOST = int(ipaddress.IPv4Address("10.0.0.0"))
EXIT_FAILED_CHECKS = 1


class Held(NamedTuple):
    """What the network saw of a run."""

    rate: float
    seen: float  # connections a second, from the first to the last
    busiest: int  # connections in the busiest second
    queued_s: float  # for so long the run had work and no processor: what it lacks may be the machine's

    @property
    def is_kept(self):
        return abs(self.seen / self.rate - 1) <= OFF_MOST and self.busiest <= self.rate * SECOND_MOST

    def __str__(self):
        return (f"rate {self.rate:,}/s for {SECONDS} s: {self.seen:,.1f}/s ({self.seen / self.rate - 1:+.2%}), "
                f"busiest second {self.busiest:,} ({self.busiest / self.rate:.1%}), budget ±{OFF_MOST:.0%} and "
                f"at most {SECOND_MOST:.0%}: {'met' if self.is_kept else 'NOT MET'} "
                f"(waited {self.queued_s:.2f} s for a processor)")


def busiest_second(times_ns):
    """The most within a second, wherever it begins."""
    most = first = 0
    for last, time_ns in enumerate(times_ns):
        while times_ns[first] <= time_ns - NS_PER_S:
            first += 1
        most = max(most, last - first + 1)
    return most


def run(command):
    """Runs it to its end: how long its first thread, which makes the connections, waited for a processor."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    with open(f"/proc/{process.pid}/schedstat", encoding="ascii") as file:
        queued_ns = int(file.read().split()[1])
    if process.wait() != EXIT_FAILED_CHECKS:
        sys.exit(f"bench: {' '.join(command)} ended with status {process.returncode}")
    return queued_ns / NS_PER_S


def measure(build, network, rate, scratch):
    count = rate * SECONDS + 1  # so many intervals, and the end of the last one
    path = os.path.join(scratch, "targets")
    with open(path, "w", encoding="ascii") as file:
        file.writelines(f"{ipaddress.IPv4Address(FIRST_HOST + number)} {PORT}\n" for number in range(count))
    command = [f"{build}/tcpcheck", "run", "--targets", path, "--format", "csv", "--rate", f"{rate}/s",
               "--host-rate", "unlimited", "--concurrency", str(IN_FLIGHT)]
    queued_s = run(command)
    times = network.arrivals()
    if len(times) != count:
        sys.exit(f"bench: {count} connections, but {len(times)} arrived")
    return Held(rate, (count - 1) * NS_PER_S / (times[-1] - times[0]), busiest_second(times), queued_s)


def first_that_holds(build, network, rates, scratch):
    """Measures rates until one holds; whether there was one."""
    for rate in rates:
        held = measure(build, network, rate, scratch)
        print(held, flush=True)
        if held.is_kept:
            return True
    return False


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: unshare --net bench/rates.py BUILD_DIR [RATE...]")
    groups = [(int(word),) for word in sys.argv[2:]] or [(SLOW,), FAST]
    with tempfile.TemporaryDirectory() as scratch:
        network = ScriptedHosts(sys.argv[1], "10.0.0.0/8 refuse\n", scratch)
        results = [first_that_holds(sys.argv[1], network, rates, scratch) for rates in groups]
        network.close()
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
