"""A run whose targets and results are streams, of which the test holds no more than a line."""

import itertools
import os
import threading

from support.preload import is_sanitized
from support.program import WATCHDOG_S

LINES_AT_ONCE = 1000
# What a run may take, however long its streams; with sanitizers, their shadow and what free(3) keeps back.
PEAK_KIB, SANITIZED_PEAK_KIB = 32 * 1024, 64 * 1024
FREE_AT_ONCE = {"ASAN_OPTIONS": "quarantine_size_mb=1"}


class Streamed:
    """`tcpcheck ARGS`, fed with lines from an iterator; `lines` are those of its output as they come.

    with Streamed(programs, lines, "run", …) as running:
        for line in running.lines: …
        completed = running.finish()

    Nothing is read that nobody asks for, and finish() judges the memory that it took. watchdog: seconds
    after which the run is ended, and the test fails. options: as of Programs.start().
    """

    def __init__(self, programs, lines, *args, watchdog=WATCHDOG_S, **options):
        self._peak_kib = SANITIZED_PEAK_KIB if is_sanitized(programs.build) else PEAK_KIB
        list_end, feed_end = os.pipe()
        read_end, write_end = os.pipe()
        with os.fdopen(list_end, "rb") as stdin, os.fdopen(write_end, "wb") as stdout:
            self.running = programs.start(*args, stdin=stdin, stdout=stdout, env=FREE_AT_ONCE, **options)
        self.lines = os.fdopen(read_end, "rb")
        self._watchdog = threading.Timer(watchdog, self.running.process.end)
        self._watchdog.start()
        self._feeder = threading.Thread(target=pour, args=(lines, feed_end), daemon=True)
        self._feeder.start()

    def finish(self):
        """To be called when all lines were read."""
        completed = self.running.finish()
        self._feeder.join(WATCHDOG_S)
        assert completed.peak_kib <= self._peak_kib
        return completed

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._watchdog.cancel()
        self.running.process.end()
        self.lines.close()


def pour(lines, feed_end):
    """Writes lines until the reader has gone, a thousand at a time."""
    lines = iter(lines)
    try:
        with os.fdopen(feed_end, "wb", buffering=0) as sink:
            while block := "".join(itertools.islice(lines, LINES_AT_ONCE)):
                write_all(sink, block.encode())
    except BrokenPipeError:
        pass


def write_all(sink, data):
    while data:
        data = data[sink.write(data):]
