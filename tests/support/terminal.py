"""A pseudo-terminal to run a program on, and what people see there."""

import fcntl
import os
import pty
import re
import struct
import termios

ESCAPE_SEQUENCE = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\x1b[()][A-Z0-9]")
COLOUR = re.compile(rb"\x1b\[[0-9;]*m")
# Line feeds, carriage returns and tabs lay text out; nothing else may come from data.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
                     "\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


class Terminal:
    """file: what the program writes to and reads from; fd: our side."""

    def __init__(self, columns=100, rows=30):
        self.fd, program_fd = pty.openpty()
        fcntl.ioctl(program_fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.file = os.fdopen(program_fd, "wb", buffering=0)


def without_escapes(data):
    """The text of what a terminal was sent, escape sequences removed."""
    return ESCAPE_SEQUENCE.sub(b"", data).replace(b"\r\n", b"\n").decode("utf-8")


def assert_no_controls(text):
    """Nothing in it can move a cursor, colour a line, or turn text around."""
    found = CONTROL.search(text)
    assert found is None, f"a control character {found[0]!r} in {text!r}"
