"""A large check file, read and judged, against the least that reading YAML can cost."""

from finding import Finding
from programs import Contestant, wall
from row import Row, line, ratio

ROUNDS = 7
CHECKS = 100_000
TIME_BUDGET = 2.5
MEMORY_BUDGET_MIB = 64
WHAT = "lint of 100,000 checks in a file"
NOTE = (f"**Lint.** A file of {CHECKS:,} checks, each of three lines, against `bench/yaml_walk.c`, which walks the "
        "same file's events with libyaml and does nothing with them.")


def _write(path):
    with open(path, "w", encoding="ascii") as file:
        for i in range(CHECKS):
            file.write(f"- name: check_{i}\n  plugin: check_tcp_connection\n"
                       f"  parameters: {{ host: host-{i}.example.com, port: {i % 65535 + 1}, "
                       f"timeout: 5, attempts: 3, retry_delay: 2 }}\n")


def run(bench):
    path = bench.path("checks.yaml")
    _write(path)
    ours = Contestant("tcpcheck lint", (f"{bench.build}/tcpcheck", "lint", path))
    theirs = Contestant("bare walk", (f"{bench.build}/bench/yaml_walk", path))
    usages = bench.interleaved([ours, theirs], ROUNDS)
    time = ratio(wall(usages, ours), wall(usages, theirs))
    peak = max(usage.peak_mib for usage in usages[ours.name])
    rows = (Row(WHAT, "bare libyaml walk", time.value, time.spread, budget=TIME_BUDGET, is_floor=False),
            Row(WHAT, "peak memory", peak, budget=MEMORY_BUDGET_MIB, is_floor=False, unit="MiB"))
    for row in rows:
        print(line(row), flush=True)
    return Finding(rows=rows, commands=(("lint", ours.argv), ("lint: bare walk", theirs.argv)), notes=(NOTE,))
