"""What one benchmark has found: the values that the page and the picture are made of."""

from typing import NamedTuple


class Table(NamedTuple):
    heading: str
    text: str
    columns: tuple
    lines: tuple  # of tuples of text, as long as columns


class Point(NamedTuple):
    """Of the growth: one size of list."""

    targets: int
    cpu: float  # of a check, as a share of that at GROWTH_BASE
    wall: float
    peak_mib: float


class Finding(NamedTuple):
    rows: tuple = ()
    commands: tuple = ()  # (name, command line)
    notes: tuple = ()     # what was compared and why so; a paragraph each
    tables: tuple = ()
    growth: tuple = ()
