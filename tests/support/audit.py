"""Records of an audit file, read strictly."""

import json
import re

KEYS = ["time", "user", "check", "host", "port", "address", "source", "class", "errno", "duration", "others"]
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def read_record(line):
    pairs = json.loads(line, object_pairs_hook=list)
    record = dict(pairs)
    assert [key for key, _ in pairs][:len(KEYS)] == KEYS, line
    assert MOMENT.fullmatch(record["time"]) and isinstance(record["port"], int)
    assert isinstance(record["duration"], float)
    return record


def read_records(path):
    """Every record; the file must end with a whole one."""
    text = path.read_text()
    assert text == "" or text.endswith("\n")
    return [read_record(line) for line in text.splitlines()]


def read_whole_lines(text):
    """The records of all lines but the last, which may be part of one, and that part."""
    *lines, fragment = text.split("\n")
    return [read_record(line) for line in lines], fragment
