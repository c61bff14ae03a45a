#!/usr/bin/python3
"""Whether handshake times stay right while as many targets again say nothing.

The same targets are checked alone and with a silent one beside each of them, in turn, at the same
pace: the silent ones are as many more a second. An error is what response_time differs by from the
scripted network's own log, from the moment that it read a SYN to the moment that it wrote the SYN-ACK;
rows/accuracy.py says more. Checks with a retransmission are left out.

usage: unshare --net bench/half_silent.py BUILD_DIR
"""

import ipaddress
import json
import os
import statistics
import subprocess
import sys
import tempfile

from scripted_hosts import ScriptedHosts

ROUNDS = 5
HEALTHY = 10_000  # of which this many start a second
DELAYS_MS = (1, 5, 20, 100, 500)
TIMEOUT_S = 2
IN_FLIGHT = 20_000  # a round lasts a second: none of the silent ones is over before the last one starts
BUDGET = 1.25
PERCENTILES = (50, 99)
FIRST_PORT = 1000
SILENT_FIRST = int(ipaddress.IPv4Address("10.100.0.0"))
MAPPED = bytes(10) + b"\xff\xff"  # before the 4 octets of an IPv4 address, in the log
NS_PER_S, NS_PER_US = 1e9, 1e3


def rules():
    healthy = "".join(f"10.{i}.0.0/16 open after={delay}ms\n" for i, delay in enumerate(DELAYS_MS))
    return healthy + "10.100.0.0/16 drop\n"


def healthy_hosts():
    return [ipaddress.IPv4Address(f"10.{number % len(DELAYS_MS)}.0.0") + number // len(DELAYS_MS) + 1
            for number in range(HEALTHY)]


def silent_hosts():
    return [ipaddress.IPv4Address(SILENT_FIRST + number) for number in range(HEALTHY)]


def command(build, path, rate):
    return [f"{build}/tcpcheck", "run", "--targets", path, "--format", "jsonl", "--close", "reset", "--concurrency",
            str(IN_FLIGHT), "--timeout", f"{TIMEOUT_S}s", "--rate", f"{rate}/s", "--host-rate", "unlimited"]


def run(build, hosts, port, is_half_silent, scratch):
    """{address: its result} of one run."""
    path, output_path = os.path.join(scratch, "targets"), os.path.join(scratch, "output")
    with open(path, "w", encoding="ascii") as file:
        file.writelines(f"{host} {port}\n" for host in hosts)
    argv = command(build, path, HEALTHY * (1 + is_half_silent))
    with open(output_path, "wb") as stdout:
        status = subprocess.run(argv, stdout=stdout).returncode
    if status != int(is_half_silent):
        sys.exit(f"bench: {' '.join(argv)} ended with status {status}")
    with open(output_path, encoding="ascii") as output:
        return {ipaddress.IPv4Address(result["host"]): result for result in map(json.loads, output)}


def errors(results, port, network):
    """Of the healthy ones, in ns and sorted; and how many were left out."""
    answers, again = network.answers()
    made, left_out = [], 0
    for host in healthy_hosts():
        result, key = results[host], (MAPPED + host.packed, port)
        if result["details"]["class"] != "open":
            sys.exit(f"bench: a check that had to open: {result}")
        if key in again or result["details"]["syn_retransmits"]:
            left_out += 1
            continue
        arrived_ns, answered_ns = answers[key]
        made.append(abs(result["response_time"] * NS_PER_S - (answered_ns - arrived_ns)))
    return sorted(made), left_out


def percentile(values, percent):
    return values[min(len(values) - 1, len(values) * percent // 100)]


def mixed():
    return [host for pair in zip(silent_hosts(), healthy_hosts()) for host in pair]


def report(alone, beside):
    """alone, beside: [(errors, left out), a round each]. Whether the budget is met."""
    is_met = True
    print(f"half silent: {ROUNDS} rounds of {HEALTHY:,} checks a second that open, alone and with {HEALTHY:,} silent "
          f"ones; left out because of a retransmission: {sum(left for _, left in alone)} and "
          f"{sum(left for _, left in beside)}")
    for percent in PERCENTILES:
        medians = [statistics.median(percentile(made, percent) for made, _ in rounds) / NS_PER_US
                   for rounds in (alone, beside)]
        ratio = medians[1] / medians[0]
        is_met = is_met and ratio <= BUDGET
        print(f"  p{percent} error of response_time: {medians[0]:.1f} us alone, {medians[1]:.1f} us beside silent ones, "
              f"ratio {ratio:.2f}, budget {BUDGET}: {'met' if ratio <= BUDGET else 'NOT MET'}")
    return is_met


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: unshare --net bench/half_silent.py BUILD_DIR")
    made = {False: [], True: []}
    with tempfile.TemporaryDirectory() as scratch:
        network = ScriptedHosts(sys.argv[1], rules(), scratch)
        for port in range(FIRST_PORT, FIRST_PORT + 2 * ROUNDS):
            is_half_silent = port % 2 == 1
            hosts = mixed() if is_half_silent else healthy_hosts()
            results = run(sys.argv[1], hosts, port, is_half_silent, scratch)
            made[is_half_silent].append(errors(results, port, network))
        network.close()
    sys.exit(0 if report(made[False], made[True]) else 1)


if __name__ == "__main__":
    main()
