"""Long work is visible: --summary, SIGUSR1, and what the line of progress says."""

import os
import re
import select
import signal

import pytest

from support.peers import wait_until
from support.program import Stream
from support.terminal import Terminal

UNHINDERED = ("--rate", "unlimited", "--host-rate", "unlimited")
TERM = {"TERM": "xterm"}
PROGRESS = re.compile(r"(\d+)(?: of (\d+))? checked in (\d+) s(?:, ([\d.]+)/s)?(?:, [^:]* left)?(?:: (.*))?")


@pytest.fixture
def mixed(peers, write):
    """A list of 300 open and 100 refused targets."""
    return write(f"{peers.open().target}\n" * 300 + f"{peers.refused().target}\n" * 100, "list")


def table_of(text):
    """{class: count}, from the rows of the table."""
    heading = re.search(r"^class +count +p50 +p90 +p99 +max$", text, re.MULTILINE)
    assert heading, text
    rows = text[heading.end():].split("\n\n")[0].splitlines()[1:]
    return {row.split()[0]: int(row.split()[1]) for row in rows}


@pytest.mark.parametrize("name", ["jsonl", "json", "csv", "junit", "tap", "prometheus", "nagios"])
def test_a_machine_reads_no_summary(run, mixed, name):
    plain = run("run", "--targets", mixed, "--format", name, *UNHINDERED)
    completed = run("run", "--targets", mixed, "--format", name, *UNHINDERED, "--summary").expect(plain.code)
    assert table_of(completed.err) == {"open": 300, "refused": 100, "all": 400}
    assert "p50" not in completed.out and plain.err == ""
    assert completed.out.count("\n") == plain.out.count("\n")


def test_a_person_reads_it_before_the_last_line(run, mixed):
    completed = run("run", "--targets", mixed, *UNHINDERED, "--summary").expect(1)
    assert table_of(completed.out) == {"open": 300, "refused": 100, "all": 400}
    assert completed.out.splitlines()[-1].startswith("400 checks in ") and completed.err == ""
    rows = re.findall(r"^ +[\d.]+ m?s +(\d+)(?:  #+)?$", completed.out, re.MULTILINE)
    assert sum(map(int, rows)) == 300, "every handshake is in a row"


def test_without_the_option_there_is_none(run, mixed):
    completed = run("run", "--targets", mixed, *UNHINDERED).expect(1)
    assert "p50" not in completed.out + completed.err


def test_one_check_has_a_table_too(run, peers):
    assert table_of(run(peers.open().target, "--summary").expect(0).out) == {"open": 1}


def test_a_run_that_is_interrupted_is_summed_up(start, peers, write):
    quick, silent = peers.open(), peers.silent()
    running = start("run", "--targets", write(f"{quick.target}\n{silent.target}\n", "list"), "--timeout", "1h",
                    "--format", "jsonl", "--summary")
    running.out.wait_for(lambda data: data.count(b"\n") == 1)
    running.send_signal(signal.SIGINT)
    assert table_of(running.finish().expect(130).err) == {"open": 1, "cancelled": 1, "all": 2}


# ---------------------------------------------------------------- SIGUSR1


def test_sigusr1_tells_how_far_a_run_from_a_pipe_has_come(start, peers):
    peer = peers.refused()
    read_end, write_end = os.pipe()
    with os.fdopen(read_end, "rb") as stdin, os.fdopen(write_end, "wb", buffering=0) as feed:
        running = start("run", "--targets", "-", "--format", "jsonl", *UNHINDERED, stdin=stdin)
        for count in (3, 6):
            feed.write(f"{peer.target}\n".encode() * 3)
            running.out.wait_for(lambda data, count=count: data.count(b"\n") == count)
            lines = count // 3
            running.send_signal(signal.SIGUSR1)
            running.err.wait_for(lambda data, lines=lines: data.count(b"\n") == lines)
    completed = running.finish().expect(1)
    assert len(completed.results) == 6, "it does no harm"
    found = [PROGRESS.fullmatch(line.removeprefix("tcpcheck: ")) for line in completed.err.splitlines()]
    assert [match and (match[1], match[2], match[5]) for match in found] \
        == [("3", None, "refused 3"), ("6", None, "refused 6")]


def test_sigusr1_knows_the_total_of_a_file(start, peers, write):
    quick, silent = peers.open(), peers.silent()
    path = write(f"{quick.target}\nbad\n{silent.target}\n127.7.0.0/31 {silent.port}\n", "list")
    running = start("run", "--targets", path, "--timeout", "1h", "--format", "jsonl", "--expand-cidr",
                    "--skip-bad-lines", "--max-time", "1h", *UNHINDERED)
    running.out.wait_for(lambda data: data.count(b"\n") >= 1)
    running.send_signal(signal.SIGUSR1)
    running.err.wait_for(lambda data: b"checked" in data)
    running.send_signal(signal.SIGTERM)
    line = running.finish().expect(143).err.splitlines()[-1].removeprefix("tcpcheck: ")
    assert PROGRESS.fullmatch(line)[2] == "4" and " left: " in line


def test_sigusr1_is_answered_while_nobody_reads_the_results(start, peers, write):
    read_end, write_end = os.pipe()
    peer = peers.refused()
    with os.fdopen(write_end, "wb") as pipe:
        running = start("run", "--targets", write(f"{peer.target}\n" * 20_000, "list"), "--format", "jsonl",
                        *UNHINDERED, stdout=pipe)
        wait_until(lambda: not select.select([], [pipe], [], 0)[1], "the pipe is full")
    running.send_signal(signal.SIGUSR1)
    running.err.wait_for(lambda data: b" of 20000 checked in " in data)
    with os.fdopen(read_end, "rb") as reader:
        assert sum(1 for _ in reader) == 20_000
    running.finish().expect(1)


def test_many_sigusr1_end_nothing_and_lose_nothing(start, mixed):
    running = start("run", "--targets", mixed, "--format", "jsonl", "--rate", "400/s", "--host-rate", "unlimited")
    running.out.wait_for(lambda data: b"\n" in data)
    while running.process.is_running():
        try:
            running.send_signal(signal.SIGUSR1)
        except ProcessLookupError:
            break
        select.select([], [], [], 0.005)
    completed = running.finish().expect(1)
    assert sorted(result["line"] for result in completed.results) == list(range(1, 401))
    counts = [int(PROGRESS.fullmatch(line.removeprefix("tcpcheck: "))[1]) for line in completed.err.splitlines()]
    assert len(counts) > 10 and counts == sorted(counts)


# ---------------------------------------------------------------- progress


def test_progress_shows_rate_classes_and_time_left_within_the_terminal(start, peers, write):
    quick, silent = peers.open(), peers.silent()
    path = write(f"{quick.target}\n" * 3 + f"{silent.target}\n", "list")
    terminal = Terminal()
    with terminal.file:
        running = start("run", "--targets", path, "--timeout", "1h", "--format", "jsonl", *UNHINDERED,
                        stderr=terminal.file, env=TERM)
    shown = Stream(terminal.fd)
    data = shown.wait_for(lambda data: b"open 3" in data).decode()
    running.send_signal(signal.SIGINT)
    running.finish().expect(130)
    line = data.split("\x1b[K")[-1]
    assert PROGRESS.fullmatch(line) and line.startswith("3 of 4 checked in ") and " left: open 3" in line
    assert len(line) < 80
