"""docs/performance.md from what the benchmarks found: a pure function."""

import datetime
import textwrap

import row as rows
from row import MET, NO_BUDGET

TEXT_WIDTH = 100
HEAD = """# Performance

`./dev bench` measured all of this in one run, on {day}, and wrote this page. Every budget of the
design has a line, also where it is not met. Only ratios mean something on another machine than
[this one](#the-machine).

{summary}

![Ratios with their budgets, and growth from a hundred to a million targets](performance.svg)

## Budgets

| what | against | found | spread | on all cores | budget | |
|---|---|---|---|---|---|---|
"""

READING = (
    "The *bare loop*, `bench/bare_epoll.c`, is the least that a check of a connection can be: a socket a check, "
    "connect(2), epoll, SO_ERROR, close(2), and a short line. The budgets were set before anything was built, "
    "from measurements of such loops.",
    "A budget with ≥ says how many times as fast tcpcheck must be, one with ≤ how much more it may cost. "
    "Ratios are of medians; the programs of a line take turns, so that what else the machine does meets all of "
    "them, and the spread is that of single rounds.",
    "A *ceiling* is not about tcpcheck. There a bare loop that uses its sockets again, and has nothing else to do, "
    "is in its place: it calls connect(2) to begin, connect(2) once more to ask, and where that has opened "
    "connect(2) with AF_UNSPEC to reset. A budget above the ceiling cannot be met by any program that asks the "
    "kernel for a connection a check, by system calls and without waiting for each, however little it does beside "
    "that. What is between a budget and its ceiling is there for all else that a check is: so where a budget is "
    "not met and lies below its ceiling, what is missing is tcpcheck's own work, and not the kernel's.",
    "Refused and open targets are judged on one core: each program with all its threads is held to the same "
    "core, and what serves or asks it has another. *On all cores* everybody runs where the kernel likes. "
    "Accuracy, lint and one check run where the kernel likes, too.",
    "The limits that make tcpcheck behave (1,000 connections a second, and 20 to one host) are lifted, output "
    "goes to /dev/null, and everything happens on the "
    "loopback of a network namespace. There an answer comes within the system call that asks for it: over a "
    "real network the kernel does more for each check, and all programs are closer to each other. Before "
    "anything is timed, what each program has found is counted; one that is wrong ends the benchmark.",
)


def _paragraph(text):
    return textwrap.fill(text, TEXT_WIDTH, break_long_words=False, break_on_hyphens=False) + "\n"


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
    return ("\n## Growth\n\nWhat a check costs in lists of different lengths, over what it costs in that of 10,000.\n\n"
            + _table(("targets", "CPU a check", "time a check", "peak memory"), lines))


def write(findings, facts, command_line, day=None):
    """`command_line(argv)`: as one would type it. `day`: default today."""
    found = list(findings.values())
    all_rows = [row for finding in found for row in finding.rows]
    day = day or datetime.date.today().isoformat()
    parts = [HEAD.format(day=day, summary=_paragraph(summary(all_rows)).rstrip()),
             "".join(f"| {' | '.join(_cells(row))} |\n" for row in all_rows),
             *("\n" + _paragraph(text) for text in READING), "\n## What is compared\n"]
    parts += ["\n" + _paragraph(note) for finding in found for note in finding.notes]
    parts += [_growth(finding.growth) for finding in found if finding.growth]
    parts += [f"\n## {table.heading}\n\n{_paragraph(table.text)}\n" + _table(table.columns, table.lines)
              for finding in found for table in finding.tables]
    parts.append("\n## The machine\n\n" + _table(("what", "which"), facts))
    parts.append("\n## Command lines\n\n```\n" + "".join(f"# {name}\n{command_line(argv)}\n" for finding in found
                                                           for name, argv in finding.commands) + "```\n")
    return "".join(parts)
