"""A second thread: how much of a second core it makes use of."""

import peers
import targets
from finding import Finding
from programs import wall
from row import Row, line, ratio
from rows.refused import CHECKS, HOSTS

ROUNDS = 7
BUDGET = 1.7
WHAT = "two threads, refused targets"
AGAINST_CORE = "one thread, held to one core"
AGAINST_FREE = "one thread, on both cores"
NOTE = ("**Two threads.** `--threads 2` on two cores, against `--threads 1` twice: held to one core, which says what "
        "the second core is worth, and free to use both, which says what the option is worth. With `--threads 1`, too, "
        "results are written on a thread of their own, so that on two cores much of the second is in use already.")


def _show(rows):
    for row in rows:
        print(line(row), flush=True)
    return rows


def run(bench):
    rows = [Row(WHAT, against, None, budget=BUDGET) for against in (AGAINST_CORE, AGAINST_FREE)]
    if not peers.has_threads(bench.build):
        return Finding(rows=_show(tuple(rows)), notes=(NOTE + " This build has no such option.",))
    path = targets.write(bench.scratch, "closed", targets.street(HOSTS, targets.CLOSED_PORT))
    one, two = (peers.tcpcheck(bench.build, path, CHECKS, "refused", count, f"{count} threads") for count in (1, 2))
    bench.prove([one, two])
    times = {"core": [], "free": [], "two": []}
    for _ in range(ROUNDS):
        times["core"] += wall(bench.interleaved([one], 1, bench.one_core), one)
        times["two"] += wall(bench.interleaved([two], 1, bench.two_cores), two)
        times["free"] += wall(bench.interleaved([one], 1, bench.two_cores), one)
    ratios = [ratio(times[name], times["two"]) for name in ("core", "free")]
    rows = tuple(row._replace(value=found.value, spread=found.spread) for row, found in zip(rows, ratios))
    return Finding(rows=_show(rows), commands=(("two threads", two.argv),), notes=(NOTE,))
