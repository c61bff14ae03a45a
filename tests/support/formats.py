"""Strict readers of the formats the programs write: each accepts what its own
specification accepts, and fails the test otherwise."""

import csv
import io
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

CSV_HEADER = ["timestamp", "name", "host", "port", "status", "connected", "class", "error",
              "response_time", "attempts", "address"]


def read_csv(data):
    """Rows as dictionaries. RFC 4180: CRLF or LF, the header first, no row short or long."""
    rows = list(csv.reader(io.StringIO(data, newline=""), strict=True))
    assert rows[0] == CSV_HEADER, rows[0]
    assert all(len(row) == len(CSV_HEADER) for row in rows), rows
    return [dict(zip(CSV_HEADER, row)) for row in rows[1:]]


def read_junit(data):
    """(testsuite element, its testcase elements); counts and times must agree."""
    top = ElementTree.fromstring(data)
    suite = top if top.tag == "testsuite" else top.find("testsuite")
    cases = suite.findall("testcase")
    assert int(suite.get("tests")) == len(cases)
    for tag in ("failure", "error"):
        assert int(suite.get(tag + "s")) == len(suite.findall(f"testcase/{tag}"))
    for case in cases:
        assert case.get("name") and float(case.get("time")) >= 0
        for problem in case.findall("failure") + case.findall("error"):
            assert problem.get("type") and problem.get("message")
    return suite, cases


@dataclass
class TapPoint:
    is_ok: bool
    number: int
    description: str
    diagnostics: list


def read_tap(text):
    """The test points of a TAP 14 document: version, plan, points with YAML diagnostics."""
    lines = text.splitlines()
    assert lines[0] == "TAP version 14", lines[:1]
    plans, points = [], []
    rest = iter(lines[1:])
    for line in rest:
        if match := re.fullmatch(r"1\.\.(\d+)", line):
            plans.append(int(match[1]))
        elif match := re.fullmatch(r"(not )?ok (\d+) - (.*)", line):
            points.append(TapPoint(match[1] is None, int(match[2]), match[3], []))
        elif line == "  ---":
            points[-1].diagnostics = read_tap_diagnostics(rest)
        else:
            assert re.fullmatch(r"#.*|Bail out!.*", line), f"not TAP: {line!r}"
    assert plans == [len(points)], f"plan {plans}, {len(points)} points"
    assert [point.number for point in points] == list(range(1, len(points) + 1))
    return points


def read_tap_diagnostics(lines):
    block = []
    for line in lines:
        if line == "  ...":
            return block
        assert line.startswith("  "), f"not inside a YAML block: {line!r}"
        block.append(line[2:])
    raise AssertionError("a YAML block does not end")


METRIC_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)')
SAMPLE = re.compile(rf"({METRIC_NAME})(?:\{{(.*)\}})? (\S+)")
NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|NaN|[+-]Inf")


def read_prometheus(text):
    """{metric: [(labels, value)]} of text format 0.0.4.

    HELP and TYPE come once, before the samples; samples of a metric stand
    together; none repeats; none has a timestamp.
    """
    assert text.endswith("\n"), "the last line does not end"
    metrics, described, order = {}, {"HELP": set(), "TYPE": set()}, []
    for line in text[:-1].split("\n"):
        if match := re.fullmatch(rf"# (HELP|TYPE) ({METRIC_NAME}) (.+)", line):
            assert match[2] not in described[match[1]] and match[2] not in metrics, line
            assert match[1] == "HELP" or match[3] in ("gauge", "counter", "histogram"), line
            described[match[1]].add(match[2])
            continue
        sample = SAMPLE.fullmatch(line)
        assert sample and NUMBER.fullmatch(sample[3]), f"not a sample: {line!r}"
        name, labels = sample[1], read_labels(sample[2] or "")
        assert name in described["HELP"] and name in described["TYPE"], f"{name} is not described"
        if not order or order[-1] != name:
            assert name not in order, f"the samples of {name} are scattered"
            order.append(name)
        samples = metrics.setdefault(name, [])
        assert labels not in [known for known, _ in samples], f"repeated: {line}"
        samples.append((labels, float(sample[3])))
    return metrics


def read_labels(text):
    labels, position = {}, 0
    while position < len(text):
        match = LABEL.match(text, position)
        assert match and match[1] not in labels, f"not labels: {text!r}"
        unescaped = re.sub(r"\\(.)", lambda escape: {"n": "\n"}.get(escape[1], escape[1]), match[2])
        labels[match[1]] = unescaped
        position = match.end()
    return labels


VALUE = r"-?\d+(?:\.\d+)?"
THRESHOLD = rf"@?(?:(?:~|{VALUE})?:)?(?:{VALUE})?"
PERFDATA = re.compile(
    rf"('(?:[^'=]|'')+'|[^\s'=]+)=({VALUE})(s|us|ms|%|B|KB|MB|GB|TB|c)?"
    rf"(?:;({THRESHOLD})?(?:;({THRESHOLD})?(?:;({VALUE})?(?:;({VALUE})?)?)?)?)?")


@dataclass
class Perfdatum:
    value: str
    unit: str
    warning: str
    critical: str
    minimum: str
    maximum: str


def read_nagios(text):
    """(what people read, {label: Perfdatum}) of a plugin's one line."""
    assert text.endswith("\n") and text.count("\n") == 1, f"not one line: {text!r}"
    words, _, perfdata = text[:-1].partition("|")
    assert len(words) < 80, f"{len(words)} characters before the bar: {words!r}"
    return words.rstrip(), read_perfdata(perfdata)


def read_perfdata(text):
    """{label: Perfdatum} of what stands behind the bar; a label may hold spaces in its quotes."""
    data, position = {}, 0
    while position < len(text):
        match = PERFDATA.match(text, position)
        assert match, f"not performance data: {text[position:]!r}"
        label = match[1][1:-1].replace("''", "'") if match[1].startswith("'") else match[1]
        assert label not in data, f"repeated: {label}"
        data[label] = Perfdatum(*(group or "" for group in match.groups()[1:]))
        position = match.end()
        assert position == len(text) or text[position] == " ", f"runs together: {text!r}"
        position += 1
    return data
