"""Located messages: FILE:LINE:COLUMN, the line, and a caret under the column."""

import re
from dataclasses import dataclass

MARK = "«"
PLACE = re.compile(r"^(?P<file>.+?):(?P<line>\d+):(?P<column>\d+): (?P<message>.+)$")


@dataclass
class Problem:
    file: str
    line: int
    column: int
    message: str
    shown: str = None  # the line of the file as it was shown
    caret: int = None  # the column the caret stands under, from 1


def unmark(text):
    """(the text without its mark, (line, column) where the mark stood, or None)"""
    before, mark, after = text.partition(MARK)
    if not mark:
        return text, None
    line = before.count("\n") + 1
    return before + after, (line, len(before) - (before.rfind("\n") + 1) + 1)


def read_problems(stderr, file):
    """The problems that a program told of this file, in its order."""
    problems, previous = [], None
    for line in stderr.splitlines():
        match = PLACE.match(line)
        if match and match["file"].endswith(str(file)):
            problems.append(Problem(str(file), int(match["line"]), int(match["column"]), match["message"]))
        elif re.fullmatch(r"[\s|]*\^", line) and problems:
            problems[-1].shown, problems[-1].caret = previous, line.index("^")
        previous = line
    return problems


def assert_shown(problem, source_line):
    """The line is shown and the caret stands under the problem's column of it."""
    assert problem.shown is not None, f"no line and caret for {problem}"
    start = problem.shown.find(source_line)
    assert start >= 0, f"{source_line!r} is not shown: {problem}"
    assert problem.caret == start + problem.column - 1, f"the caret is not under the column: {problem}"
