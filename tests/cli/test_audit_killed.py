"""SIGKILL at any moment: every whole line of the audit is a record, at most the last is a part of one,
and the next run cuts that off."""

import os
import random
import signal

import pytest

from support.audit import read_records, read_whole_lines
from support.capability import tool
from support.peers import wait_until
from support.program import UNLIMITED

PART = '{"time":"2024-01-01T'
# All that the program ever does to its audit, and how often at least: a busy machine makes one batch of two.
# strace counts each thread's calls for itself: those of the first thread, which opens the file, hide no more
# than the first batch of the writer's.
CALLS = {"openat": 1, "fstat,newfstatat": 3, "flock": 6, "pread64": 2, "ftruncate": 1, "fallocate": 1, "write": 3,
         "close": 1}
BATCHES = 6
CALLS_MAX = 50
RECORD_LEAST = 200  # octets
KILLED = -signal.SIGKILL


@pytest.fixture
def audit(tmp_path):
    return tmp_path / "audit.jsonl"


def kill_at(call, nth, audit):
    """A command whose program is killed as one of its threads makes the nth such call on the audit."""
    return [tool("strace", "strace"), "-f", "-qq", "-o", "/dev/null", "-P", audit, "-e", f"trace={call}",
            "-e", f"inject={call}:signal=SIGKILL:when={nth}", "--"]


@pytest.mark.parametrize("fragment", ['{"time":"2024', PART, "x" * 20_000], ids=len)
def test_what_a_killed_run_left_of_a_line_is_cut_off(run, peers, audit, fragment):
    target = peers.open().target
    run(target, "--audit", audit).expect(0)
    whole = audit.read_text()
    audit.write_text(whole + fragment)
    run(target, "--audit", audit).expect(0)
    assert audit.read_text().startswith(whole) and len(read_records(audit)) == 2
    audit.write_text(fragment)
    run(target, "--audit", audit).expect(0)
    assert len(read_records(audit)) == 1


def test_killed_at_random_moments_a_run_leaves_at_most_a_part_of_the_last_line(start, run, peers, write, audit):
    peer = peers.refused()
    path = write(f"{peer.target}\n" * 50_000, "list")
    chance = random.Random(4)
    seen = 0
    for _ in range(25):
        running = start("run", "--targets", path, "--format", "csv", *UNLIMITED, "--audit", audit)
        more = seen + chance.randrange(1, 400_000)
        wait_until(lambda: audit.exists() and audit.stat().st_size > more, "it has written records")
        running.send_signal(signal.SIGKILL)
        assert running.process.wait(30) == KILLED
        with open(audit, encoding="utf-8") as file:
            file.seek(seen)
            text = file.read()
        records, fragment = read_whole_lines(text)
        assert records
        seen += len(text) - len(fragment)
    run(peer.target, "--audit", audit).expect(1)
    read_records(audit)


@pytest.mark.parametrize("call", list(CALLS))
def test_killed_at_any_call_a_run_loses_nothing_that_was_there(start, peers, write, audit, call):
    """With a part of a line to cut off each time, from opening the file to closing it."""
    path = write(f"{peers.refused().target}\n" * BATCHES, "list")
    kept = 0
    for nth in range(1, CALLS_MAX):
        with open(audit, "a", encoding="utf-8") as file:
            file.write(PART)
        running = start("run", "--targets", path, "--format", "jsonl", "--concurrency", 1, "--rate", "50/s",
                        "--host-rate", "unlimited", "--audit", audit, wrap=kill_at(call, nth, audit),
                        env={"ASAN_OPTIONS": "detect_leaks=0"})
        status = running.process.wait(30)
        records, fragment = read_whole_lines(audit.read_text())
        assert kept <= len(records) <= kept + BATCHES
        if status != KILLED:
            break
        assert fragment in (PART, "")
        kept = len(records)
        os.truncate(audit, audit.stat().st_size - len(fragment))
    assert (status, len(records), fragment) == (1, kept + BATCHES, "")
    assert nth > CALLS[call], "it was killed at each of them"


def test_killed_within_a_write_a_run_leaves_a_part_that_the_next_one_cuts_off(start, run, peers, audit):
    """A file that may not grow beyond a size is written to up to there; the run is killed before the rest."""
    target = peers.refused().target
    run(target, "--audit", audit).expect(1)
    chance = random.Random(5)
    for count in range(1, 11):
        whole = audit.read_text()
        size = len(whole) + chance.randrange(1, RECORD_LEAST)
        running = start(target, "--audit", audit, env={"ASAN_OPTIONS": "detect_leaks=0"},
                        wrap=[tool("prlimit", "util-linux"), f"--fsize={size}", "--", *kill_at("write", 2, audit)])
        assert running.process.wait(30) == KILLED
        assert len(read_whole_lines(audit.read_text())[1]) == size - len(whole)
        run(target, "--audit", audit).expect(1)
        assert audit.read_text().startswith(whole) and len(read_records(audit)) == count + 1
