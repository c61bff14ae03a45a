"""A row of the table of budgets: what was compared, how it came out, and the verdict."""

import statistics
from typing import NamedTuple, Optional

MET, NOT_MET, NOT_MEASURED, NO_BUDGET = "met", "NOT MET", "NOT MEASURED", "no budget"


class Row(NamedTuple):
    what: str
    against: str
    value: Optional[float]  # None: it could not be measured
    spread: Optional[tuple] = None  # the least and the most of the rounds
    free: Optional[float] = None  # the same with all cores for everybody; never judged
    budget: Optional[float] = None
    is_floor: bool = True  # the budget is the least that will do, else the most
    unit: str = "×"


class Ratio(NamedTuple):
    value: float
    spread: tuple


def ratio(above, below):
    """Of medians; the spread is that of the rounds, each run with the one that it took turns with."""
    each = [a / b for a, b in zip(above, below)]
    return Ratio(statistics.median(above) / statistics.median(below), (min(each), max(each)))


def verdict(row):
    if row.value is None:
        return NOT_MEASURED
    if row.budget is None:
        return NO_BUDGET
    is_met = row.value >= row.budget if row.is_floor else row.value <= row.budget
    return MET if is_met else NOT_MET


def is_failure(row):
    return verdict(row) in (NOT_MET, NOT_MEASURED)


def number(value, unit):
    """Three digits that count, as far as a budget has them."""
    if value is None:
        return "–"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    space = "" if unit == "×" else " "
    return f"{value:.{digits}f}{space}{unit}"


def budget(row):
    if row.budget is None:
        return "–"
    return f"{'≥' if row.is_floor else '≤'} {row.budget:g}{'' if row.unit == '×' else ' '}{row.unit}"


def line(row):
    """For the terminal."""
    spread = f" ({number(row.spread[0], row.unit)} to {number(row.spread[1], row.unit)})" if row.spread else ""
    free = f", all cores {number(row.free, row.unit)}" if row.free is not None else ""
    return (f"{row.what}, {row.against}: {number(row.value, row.unit)}{spread}{free}, "
            f"budget {budget(row)}: {verdict(row)}")
