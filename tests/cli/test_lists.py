"""Lists of targets as streams: bad lines, blocks of addresses, slow readers, many lists."""

import os
import select

import pytest

from support.contract import load_result
from support.located import read_problems
from support.peers import wait_until

UNHINDERED = ("--rate", "unlimited", "--host-rate", "unlimited")


@pytest.fixture
def jsonl(run):
    def begin(*args, **options):
        return run("run", *args, "--format", "jsonl", *UNHINDERED, **options)

    return begin


def lines_of(completed):
    return sorted(result["line"] for result in completed.results)


# ---------------------------------------------------------------- bad lines


def test_a_bad_line_of_a_file_runs_nothing(jsonl, peers, write):
    peer = peers.untouched()
    path = write(f"{peer.target}\nbad\n{peer.target}\nworse\n", "list")
    completed = jsonl("--targets", path).expect(65)
    assert [problem.line for problem in read_problems(completed.err, path)] == [2, 4]
    peer.assert_untouched()


def test_a_bad_line_of_a_pipe_is_the_last_that_is_read(jsonl, peers, write):
    peer, later = peers.open(), peers.untouched()
    completed = jsonl("--targets", "-", "--targets", write(f"{later.target}\n", "later"),
                      stdin=f"{peer.target}\n{peer.target}\nbad\n{later.target}\nworse\n").expect(65)
    assert lines_of(completed) == [1, 2]
    assert [problem.line for problem in read_problems(completed.err, "<stdin>")] == [3]
    later.assert_untouched()


@pytest.mark.parametrize("is_file", [True, False])
def test_bad_lines_can_be_skipped(jsonl, peers, write, is_file):
    peer = peers.open()
    text = f"bad\n{peer.target}\n10.0.0.0/24 80\n{peer.target}\nworse\n"
    path = write(text, "list") if is_file else "-"
    completed = jsonl("--targets", path, "--skip-bad-lines", stdin=None if is_file else text).expect(0)
    assert lines_of(completed) == [2, 4]
    *shown, last = completed.err.splitlines()
    name = str(path) if is_file else "<stdin>"
    problems = read_problems("\n".join(shown) + "\n", name)
    assert [problem.line for problem in problems] == [1, 3, 5]
    assert last == f"{name}: 3 bad lines were skipped"


@pytest.mark.parametrize("is_file", [True, False])
def test_of_many_bad_lines_twenty_are_shown_and_all_are_counted(jsonl, peers, write, is_file):
    peer = peers.open()
    text = "bad\n" * 5000 + f"{peer.target}\n"
    path = write(text, "list") if is_file else "-"
    completed = jsonl("--targets", path, "--skip-bad-lines", stdin=None if is_file else text).expect(0)
    assert lines_of(completed) == [5001]
    assert completed.err.count("'bad'") == 20
    assert completed.err.splitlines()[-1].endswith(": 5000 bad lines were skipped")


def test_what_is_skipped_changes_no_exit_status(jsonl, peers, write):
    path = write(f"bad\n{peers.refused().target}\n", "list")
    jsonl("--targets", path, "--skip-bad-lines").expect(1)


# ---------------------------------------------------------------- blocks of addresses


@pytest.mark.parametrize("line", ["127.9.0.0/30 {}", "127.9.0.0/30:{}", "some,127.9.0.0/30,{}"])
def test_a_block_is_a_check_an_address(jsonl, peers, write, line):
    port = peers.refused().port
    path = write(f"# first\n{line.format(port)}\n", "list")
    completed = jsonl("--targets", path, "--expand-cidr", "--concurrency", 1).expect(1)
    assert [result["host"] for result in completed.results] == [f"127.9.0.{i}" for i in range(4)]
    assert {result["line"] for result in completed.results} == {2}
    names = {result["name"] for result in completed.results}
    assert names == ({"some"} if "," in line else {f"127.9.0.{i}:{port}" for i in range(4)})


def test_a_block_without_the_option_is_an_error_that_names_it(jsonl, peers, write):
    peer = peers.untouched()
    path = write(f"{peer.target}\n[2001:db8::/120]:{peer.port}\n", "list")
    problem, = read_problems(jsonl("--targets", path).expect(65).err, path)
    assert problem.line == 2 and "--expand-cidr" in problem.message
    peer.assert_untouched()


@pytest.mark.parametrize("line, words", [
    ("10.0.0.5/24 80", "10.0.0.0/24"), ("10.0.0.0/7 80", "16777216"), ("2001:db8::/64 80", "104"),
    ("10.0.0.0/33 80", "0-32"),
])
def test_a_wrong_block_is_told_what_is_accepted(jsonl, write, line, words):
    path = write(line + "\n", "list")
    problem, = read_problems(jsonl("--targets", path, "--expand-cidr").expect(65).err, path)
    assert words in problem.message


def test_a_filter_looks_at_each_address_of_a_block(jsonl, peers, write):
    port = peers.refused().port
    path = write(f"127.9.0.0/24:{port}\n", "list")
    completed = jsonl("--targets", path, "--expand-cidr", "--only", "127.9.0.1?:*").expect(1)
    assert sorted(result["host"] for result in completed.results) == [f"127.9.0.{i}" for i in range(10, 20)]


def test_a_block_of_any_size_is_expanded_as_it_is_needed(start):
    """Of 16 million addresses only those are made that somebody asks for."""
    read_end, write_end = os.pipe()
    with os.fdopen(write_end, "wb") as pipe:
        running = start("run", "--targets", "-", "--expand-cidr", "--dry-run", stdin="10.0.0.0/8 443\n",
                        stdout=pipe)
    with os.fdopen(read_end, "rb") as reader:
        assert [reader.readline() for _ in range(3)] == [b"10.0.0.%d:443\n" % i for i in range(3)]
    running.finish().expect(74)


def test_a_block_of_a_hundred_thousand_addresses_takes_no_memory(start, write):
    """What is done is freed: kept, 131072 checks and their results would take more than 100 MB."""
    path = write("127.0.0.0/15 1\n", "list")
    peak = 0
    with open(os.devnull, "wb") as nothing:
        running = start("run", "--targets", path, "--expand-cidr", "--format", "csv", *UNHINDERED,
                        stdout=nothing, env={"ASAN_OPTIONS": "quarantine_size_mb=1"})
    while running.process.is_running():
        peak = max(peak, peak_kib(running.pid))
        select.select([], [], [], 0.01)
    running.finish(watchdog=60).expect(1)
    assert 0 < peak < 80 * 1024


def peak_kib(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as file:
            return next((int(line.split()[1]) for line in file if line.startswith("VmHWM:")), 0)
    except OSError:
        return 0


# ---------------------------------------------------------------- flow


def test_a_slow_reader_slows_the_work_and_loses_nothing(start, peers, write):
    read_end, write_end = os.pipe()
    peer = peers.refused()
    count = 20_000
    with os.fdopen(write_end, "wb") as pipe:
        running = start("run", "--targets", write(f"{peer.target}\n" * count, "list"), "--format", "jsonl",
                        *UNHINDERED, stdout=pipe)
        wait_until(lambda: not select.select([], [pipe], [], 0)[1], "the pipe is full")
    assert running.process.is_running()
    with os.fdopen(read_end, "rb") as reader:
        lines = [load_result(line.decode())["line"] for line in reader]
    running.finish().expect(1)
    assert sorted(lines) == list(range(1, count + 1))


def test_a_list_from_a_pipe_is_read_no_further_ahead_than_it_is_needed(start, peers):
    """While results are not taken, what feeds the list is held up, too."""
    read_end, write_end = os.pipe()
    list_end, feed_end = os.pipe()
    peer = peers.refused()
    line = f"{peer.target}\n".encode()
    fed = 0
    with os.fdopen(list_end, "rb") as stdin, os.fdopen(write_end, "wb") as stdout:
        running = start("run", "--targets", "-", "--format", "jsonl", *UNHINDERED, stdin=stdin, stdout=stdout)
    with os.fdopen(read_end, "rb") as reader:
        while select.select([], [feed_end], [], 1)[1]:
            fed += os.write(feed_end, line * 100) // len(line)
            assert fed < 100_000, "nothing holds the list up"
        os.write(feed_end, b"")
        os.close(feed_end)
        numbers = sorted(load_result(row.decode())["line"] for row in reader)
    assert numbers == list(range(1, fed + 1))
    running.finish().expect(1)


def test_a_hundred_lists_are_checked_one_after_another(jsonl, peers, write):
    peer = peers.refused()
    lists = [write(f"list{i},127.0.0.1,{peer.port}\n" * 3, f"list{i}") for i in range(100)]
    completed = jsonl(*(word for path in lists for word in ("--targets", path)), "--concurrency", 1).expect(1)
    assert [result["name"] for result in completed.results] == [f"list{i // 3}" for i in range(300)]
