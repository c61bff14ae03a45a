"""docs/performance.md from what the benchmarks found: a pure function."""

import datetime

import row as rows
from row import MET, NO_BUDGET

HEAD = """# Performance

`./dev bench` wrote this page and measured all of it in one run on {day}. Every budget of the design
has a line, also where it is not met. Run it on your own machine: only the ratios mean something.

{summary}

![Ratios with their budgets, and growth from a hundred to a million targets](performance.svg)

## Budgets

| what | against | on one core | of single rounds | on all cores | budget | |
|---|---|---|---|---|---|---|
"""

READING = """
How to read it. A budget with ≥ is for "so many times as fast", one with ≤ for "so many times the
cost". All ratios are of medians; the programs of a line take turns, so that whatever else the
machine does meets all of them. *On one core* is what is judged: each program, with all its threads, is held
to the same core, and what serves or asks it runs on another. *On all cores* everybody runs where
the kernel likes. The limits that make tcpcheck behave are lifted. Output goes to /dev/null. Everything
happens on the loopback of a network namespace of its own, where an answer comes within the system
call that asks: on a real network the kernel does more, and the differences are smaller. Before anything is timed, each
program's findings are counted, and a program that is wrong ends the benchmark.
"""


def _table(columns, lines):
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (columns, ["---"] * len(columns), *lines))


def _verdict(row):
    found = rows.verdict(row)
    return found if found in (MET, NO_BUDGET) else f"**{found}**"


def _cells(row):
    spread = "–" if row.spread is None else " to ".join(rows.number(value, row.unit) for value in row.spread)
    return (row.what, row.against, rows.number(row.value, row.unit), spread, rows.number(row.free, row.unit),
            rows.budget(row), _verdict(row))


def summary(all_rows):
    """How many budgets are met, and by name which are not."""
    judged = [row for row in all_rows if rows.verdict(row) != NO_BUDGET]
    short = [row for row in judged if rows.is_failure(row)]
    text = f"**{len(judged) - len(short)} of {len(judged)} budgets are met.**"
    if short:
        text += " Not met, or not measured: " + "; ".join(
            f"{row.what} against {row.against} ({rows.number(row.value, row.unit)}, budget {rows.budget(row)})"
            for row in short) + "."
    return text


def _growth(points):
    lines = [(f"{point.targets:,}", f"{point.cpu:.2f}×", f"{point.wall:.2f}×", f"{point.peak_mib:.1f} MiB")
             for point in points]
    return ("\n## Growth\n\nWhat a check costs in lists of different lengths, over what it costs in the one of 10,000; on "
            "one core.\n\n" + _table(("targets", "CPU a check", "time a check", "peak memory"), lines))


def write(findings, facts, command_line, day=None):
    """`command_line(argv)`: as one would type it. `day`: default today."""
    found = list(findings.values())
    all_rows = [row for finding in found for row in finding.rows]
    day = day or datetime.date.today().isoformat()
    parts = [HEAD.format(day=day, summary=summary(all_rows)),
             "".join(f"| {' | '.join(_cells(row))} |\n" for row in all_rows), READING,
             "\n## What is compared\n"]
    parts += [f"\n{note}\n" for finding in found for note in finding.notes]
    parts += [_growth(finding.growth) for finding in found if finding.growth]
    parts += [f"\n## {table.heading}\n\n{table.text}\n\n" + _table(table.columns, table.lines)
              for finding in found for table in finding.tables]
    parts.append("\n## The machine\n\n" + _table(("", ""), facts))
    parts.append("\n## Command lines\n\n```\n" + "".join(f"# {name}\n{command_line(argv)}\n" for finding in found
                                                           for name, argv in finding.commands) + "```\n")
    return "".join(parts)
