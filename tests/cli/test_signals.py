"""SIGINT and SIGTERM in the middle of a run: what is known is printed, the rest is cancelled."""

import os
import select
import signal

import pytest

from support import formats
from support.peers import wait_until
from support.program import UNLIMITED

SIGNALS = pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])


@pytest.fixture
def half_done(start, peers, write):
    """half_done(format): a run of which one check has finished and two never will."""

    def begin(name, *options):
        quick, silent = peers.open(), peers.silent()
        path = write(f"{quick.target}\n{silent.target}\n{silent.target}\n", "list")
        drops = silent.count_drops()
        running = start("run", "--targets", path, "--timeout", "1h", "--format", name, *options)
        quick.wait_for("eof")
        wait_until(lambda: silent.count_drops() >= drops + 2, "both others are under way")
        return running

    return begin


@SIGNALS
@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_every_check_has_its_result(half_done, number, code, name):
    running = half_done(name)
    running.send_signal(number)
    completed = running.finish().expect(code)
    by_line = {result["line"]: result for result in completed.results}
    assert [by_line[line]["details"]["class"] for line in (1, 2, 3)] == ["open", "cancelled", "cancelled"]
    assert by_line[2]["error"] == "Cancelled" and by_line[2]["attempts"] == 1
    tried, = by_line[2]["details"]["attempts_detail"][0]["addresses"]
    assert tried["address"] == "127.0.0.1", "what is known is told"


@SIGNALS
@pytest.mark.parametrize("name", ["text", "csv", "tap", "junit", "prometheus", "nagios"])
def test_every_format_ends_well(half_done, number, code, name):
    running = half_done(name)
    running.send_signal(number)
    completed = running.finish()
    completed.expect(code)
    readers = {"csv": formats.read_csv, "tap": formats.read_tap, "prometheus": formats.read_prometheus}
    if name in readers:
        readers[name](completed.out_bytes.decode())
    if name == "junit":
        assert len(formats.read_junit(completed.out_bytes)[1]) == 3
    if name == "text":
        assert "Cancelled" in completed.out


@SIGNALS
def test_one_line_on_standard_error_says_why_it_ended(half_done, number, code):
    running = half_done("json")
    running.send_signal(number)
    assert len(running.finish().expect(code).err.splitlines()) <= 1


def test_a_finished_check_is_printed_before_the_others_end(half_done):
    running = half_done("jsonl")
    running.out.wait_for(lambda data: b'"class":"open"' in data and data.endswith(b"\n"))
    running.send_signal(signal.SIGINT)
    running.finish().expect(130)


def test_checks_not_yet_begun_are_not_begun(start, peers, write):
    silent, later = peers.silent(), peers.untouched()
    path = write(f"{silent.target}\n{later.target}\n", "list")
    drops = silent.count_drops()
    running = start("run", "--targets", path, "--timeout", "1h", "--concurrency", 1, "--format", "jsonl")
    wait_until(lambda: silent.count_drops() > drops, "the first is under way")
    running.send_signal(signal.SIGTERM)
    running.finish().expect(143)
    later.assert_untouched()


def test_a_second_signal_does_no_harm(half_done):
    running = half_done("json")
    running.send_signal(signal.SIGINT)
    signal_again(running, signal.SIGTERM)
    completed = running.finish()
    assert completed.code in (130, 143)
    assert len(completed.results) == 3


def test_a_run_that_waits_for_its_input_can_be_interrupted(start, peers):
    peer = peers.open()
    read_end, write_end = os.pipe()
    with os.fdopen(read_end, "rb") as stdin, os.fdopen(write_end, "wb", buffering=0) as feed:
        running = start("run", "--targets", "-", "--format", "jsonl", stdin=stdin)
        feed.write(f"{peer.target}\n".encode())
        running.out.wait_for(lambda data: data.endswith(b"\n"))
        running.send_signal(signal.SIGINT)
        assert len(running.finish().expect(130).results) == 1


def test_a_run_whose_reader_has_stalled_can_be_ended(start, peers, write):
    """Nobody reads the pipe: a signal that is repeated later ends even a write(2) that hangs."""
    read_end, write_end = os.pipe()
    peer = peers.refused()
    with os.fdopen(read_end, "rb"), os.fdopen(write_end, "wb") as pipe:
        running = start("run", "--targets", write(f"{peer.target}\n" * 20_000, "list"), "--format", "jsonl",
                        *UNLIMITED, stdout=pipe)
        wait_until(lambda: not select.select([], [pipe], [], 0)[1], "the pipe is full")
        wait_until(lambda: insist(running), "a signal that is repeated ends it")
        assert running.process.wait(30) in (143, -signal.SIGTERM)


def signal_again(running, number):
    """It may have ended by now."""
    try:
        running.send_signal(number)
    except ProcessLookupError:
        pass


def insist(running):
    """Sends SIGTERM once more; whether the process has ended."""
    signal_again(running, signal.SIGTERM)
    return not os.path.exists(f"/proc/{running.pid}")
