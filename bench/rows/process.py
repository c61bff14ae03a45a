"""One check, from the start of the process to its end."""

import json
import statistics

import peers
import servers
import targets
from finding import Finding
from programs import Contestant, wall
from row import Row, line, ratio

ROUNDS = 400
BUDGET = 1.3
HYPERFINE_ROUNDS = 500
WHAT = "one check, whole process"
TARGET = ("127.0.0.1", str(targets.OPEN_PORT))
NOTE = (f"**One check.** A process that connects to one open port and ends, {ROUNDS} times in turn with `nc -z`. "
        "`hyperfine` runs the same two one after the other and not in turn; it is there to check our own clock. "
        "A single run is a millisecond, and ratios of single runs say nothing.")


def _hyperfine(bench, programs):
    """The ratio that hyperfine finds."""
    report = bench.path("hyperfine.json")
    argv = ("hyperfine", "-N", "--style", "none", "--warmup", "20", "--runs", str(HYPERFINE_ROUNDS),
            "--export-json", report, *(" ".join(program.argv) for program in programs))
    bench.run(Contestant("hyperfine", argv))
    with open(report, encoding="utf-8") as file:
        ours, theirs = (statistics.median(result["times"]) for result in json.load(file)["results"])
    return ours / theirs, argv


def run(bench):
    ours = Contestant("tcpcheck", (f"{bench.build}/tcpcheck", *TARGET))
    theirs = Contestant("nc -z", (peers.NETCAT, "-z", *TARGET))
    with servers.OpenPorts(bench):
        usages = bench.interleaved([ours, theirs], ROUNDS)
        second, argv = _hyperfine(bench, [ours, theirs])
    first = ratio(wall(usages, ours), wall(usages, theirs))
    rows = (Row(WHAT, "nc -z", first.value, budget=BUDGET, is_floor=False),
            Row(WHAT, "nc -z, by hyperfine", second, is_floor=False))
    for row in rows:
        print(line(row), flush=True)
    commands = tuple(("process: " + program.name, program.argv) for program in (ours, theirs))
    return Finding(rows=rows, commands=(*commands, ("process: hyperfine", argv)), notes=(NOTE,))
