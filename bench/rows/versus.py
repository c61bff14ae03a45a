"""tcpcheck against others that check the same kind of target, first on a core each, then on all."""

import contextlib
from typing import NamedTuple, Optional

import network
from programs import Contestant, wall
from row import Row, line, ratio


class Rival(NamedTuple):
    program: Contestant
    budget: Optional[float] = None  # so many times as fast tcpcheck must be
    has_ceiling: bool = False  # it is compared with the ceiling, too


def no_servers(_bench, _cores):
    return contextlib.nullcontext()


def _measure(bench, programs, rounds, servers, cores):
    """{program's name: seconds a check, a round each}"""
    lost = network.lost_connects()
    with servers(bench, bench.other_core if cores == bench.one_core else "-"):
        bench.prove(programs, cores)
        usages = bench.interleaved(programs, rounds, cores)
    if network.lost_connects() != lost:
        raise SystemExit("bench: SYNs were lost, so the times say nothing")
    return {program.name: wall(usages, program) for program in programs}


def _rows(what, ours, rivals, judged, free):
    def faster(times, rival):
        return ratio(times[rival.program.name], times[ours.name])
    return tuple(Row(what, rival.program.name, *faster(judged, rival), faster(free, rival).value, rival.budget)
                 for rival in rivals)


def compare(bench, what, ours, rivals, ceiling, rounds, servers=no_servers):
    """Rows, printed. `ceiling`: the least that a check can be. `servers(bench, cores)`: what must
    run meanwhile, and stays on those cores."""
    programs = [ours, ceiling, *(rival.program for rival in rivals)]
    judged = _measure(bench, programs, rounds, servers, bench.one_core)
    free = _measure(bench, programs, rounds, servers, "-")
    unbeaten = [rival._replace(budget=None) for rival in rivals if rival.has_ceiling]
    rows = (*_rows(what, ours, rivals, judged, free), *_rows(f"ceiling of {what}", ceiling, unbeaten, judged, free))
    for row in rows:
        print(line(row), flush=True)
    return rows
