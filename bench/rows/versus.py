"""tcpcheck against others that check the same kind of target, first on a core each, then on all."""

import contextlib
from typing import NamedTuple, Optional

import network
from programs import Contestant, wall
from row import Row, line, ratio


class Rival(NamedTuple):
    program: Contestant
    budget: Optional[float] = None  # so many times as fast tcpcheck must be


def no_servers(_bench, _cores):
    return contextlib.nullcontext()


def _measure(bench, ours, rivals, rounds, servers, cores):
    """{rival's name: Ratio}"""
    programs = [ours, *(rival.program for rival in rivals)]
    lost = network.lost_connects()
    with servers(bench, bench.other_core if cores == bench.one_core else "-"):
        bench.prove(programs, cores)
        usages = bench.interleaved(programs, rounds, cores)
    if network.lost_connects() != lost:
        raise SystemExit("bench: SYNs were lost, so the times say nothing")
    return {rival.program.name: ratio(wall(usages, rival.program), wall(usages, ours)) for rival in rivals}


def compare(bench, what, ours, rivals, rounds, servers=no_servers):
    """Rows, printed. `servers(bench, cores)`: what must run meanwhile, and stays on those cores."""
    judged = _measure(bench, ours, rivals, rounds, servers, bench.one_core)
    free = _measure(bench, ours, rivals, rounds, servers, "-")
    rows = tuple(Row(what, name, one_core.value, one_core.spread, free[name].value, rival.budget)
                 for rival, (name, one_core) in zip(rivals, judged.items()))
    for row in rows:
        print(line(row), flush=True)
    return rows
