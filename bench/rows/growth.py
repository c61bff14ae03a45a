"""From a hundred targets to a million: what a check costs, and how much memory the run takes."""

import statistics

import peers
import targets
from finding import Finding, Point
from programs import cpu, wall
from row import Row, line, ratio

SIZES = (100, 1_000, 10_000, 100_000, 1_000_000)
BASE, MOST = 10_000, 1_000_000
ROUNDS = 5
RUNS_A_ROUND = {100: 5, 1_000: 5, 10_000: 5, 100_000: 1, 1_000_000: 1}  # short runs, many of them
PORT = 9
MEMORY_BUDGET_MIB = 32
COST_BUDGET = 1.1
WHAT = "1,000,000 targets from a list"
NOTE = ("**Growth.** Lists of refused targets, one port each of so many addresses, read as they are needed, on one "
        "core. CPU is user and system time of the process. At 100 targets the start of the program shows.")


def _name(size):
    return f"{size:,} targets"


def _measure(bench, contestants):
    """{name: [Usage]}, in rounds; of a round's runs of one size, the one of the median CPU."""
    usages = {contestant.name: [] for contestant in contestants.values()}
    for _ in range(ROUNDS):
        for size, contestant in contestants.items():
            runs = [bench.run(contestant, bench.one_core) for _ in range(RUNS_A_ROUND[size])]
            usages[contestant.name].append(sorted(runs, key=lambda usage: usage.cpu_s)[len(runs) // 2])
    return usages


def _points(contestants, usages):
    cpus = {size: statistics.median(cpu(usages, contestant)) for size, contestant in contestants.items()}
    walls = {size: statistics.median(wall(usages, contestant)) for size, contestant in contestants.items()}
    return tuple(Point(size, cpus[size] / cpus[BASE], walls[size] / walls[BASE],
                       max(usage.peak_mib for usage in usages[contestant.name]))
                 for size, contestant in contestants.items())


def _rows(contestants, usages, points):
    cost = ratio(cpu(usages, contestants[MOST]), cpu(usages, contestants[BASE]))
    return (Row(WHAT, "peak memory", points[-1].peak_mib, budget=MEMORY_BUDGET_MIB, is_floor=False, unit="MiB"),
            Row(WHAT, f"CPU a check, over that at {BASE:,}", cost.value, cost.spread,
                budget=COST_BUDGET, is_floor=False))


def run(bench):
    hosts = targets.hosts(MOST)
    contestants = {}
    for size in SIZES:
        path = targets.write(bench.scratch, f"list-{size}", (f"{host}:{PORT}" for host in hosts[:size]))
        contestants[size] = peers.tcpcheck(bench.build, path, size, "refused", name=_name(size))
    bench.prove([contestants[BASE]], bench.one_core)
    usages = _measure(bench, contestants)
    points = _points(contestants, usages)
    rows = _rows(contestants, usages, points)
    for row in rows:
        print(line(row), flush=True)
    return Finding(rows=rows, commands=(("growth", contestants[MOST].argv),), notes=(NOTE,), growth=points)
