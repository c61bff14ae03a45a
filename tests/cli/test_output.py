"""Where results go, and what happens when they cannot get there."""

import os
import signal

import pytest

from support import formats
from support.peers import wait_until
from support.program import UNLIMITED

REPLACED = ["json", "junit", "prometheus"]
GROWING = ["text", "jsonl", "csv", "tap", "nagios"]
BAD_OUTPUT = 74
OLD = "what was there before\n"


def one_line(text):
    assert len(text.splitlines()) == 1, text
    return text


def list_of(peer, write, count=20):
    return write(f"{peer.target}\n" * count, "list")


@pytest.mark.parametrize("name", REPLACED + GROWING)
def test_output_holds_what_standard_output_would(run, peers, tmp_path, name):
    peer, path = peers.refused(), tmp_path / "out"
    completed = run(peer.target, "--format", name, "--output", path)
    assert completed.out == "" and completed.err == ""
    assert path.read_text().endswith("\n")
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.parametrize("name", REPLACED)
def test_a_file_is_replaced_as_a_whole(run, peers, tmp_path, name):
    path = tmp_path / "out"
    path.write_text(OLD)
    path.chmod(0o640)
    with open(path, encoding="utf-8") as reader:
        run(peers.open().target, "--format", name, "--output", path).expect(0)
        assert reader.read() == OLD, "who had it open goes on reading the old one"
    assert path.read_text() != OLD
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(run, peers, tmp_path):
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text(OLD)
    link.symlink_to(real)
    run(peers.open().target, "--format", "json", "--output", link).expect(0)
    assert link.is_symlink() and real.read_text().startswith("{")


@pytest.mark.parametrize("name", REPLACED)
def test_a_failed_check_is_still_a_whole_output(run, peers, tmp_path, name):
    path = tmp_path / "out"
    run(peers.refused().target, "--format", name, "--output", path).expect(1)
    assert "refused" in path.read_text()


@pytest.mark.parametrize("name", REPLACED)
def test_a_full_disk_leaves_the_old_file_and_nothing_else(fresh, write, name):
    peer, folder = fresh.peers.open(), os.path.join(fresh.namespace.scratch, "small")
    os.mkdir(folder)
    fresh.namespace.sh(f"mount -t tmpfs -o size=16k tmpfs {folder}; printf 'old\\n' > {folder}/out")
    completed = fresh.run("run", "--targets", list_of(peer, write, 400), "--format", name, *UNLIMITED,
                          "--output", f"{folder}/out").expect(BAD_OUTPUT)
    one_line(completed.err)
    assert completed.out == ""
    assert fresh.namespace.sh(f"ls -A {folder}; cat {folder}/out") == "out\nold\n"


@pytest.mark.parametrize("name", GROWING)
def test_a_full_disk_ends_a_growing_output_with_74(fresh, write, name):
    peer, folder = fresh.peers.refused(), os.path.join(fresh.namespace.scratch, "small")
    os.mkdir(folder)
    fresh.namespace.sh(f"mount -t tmpfs -o size=4k tmpfs {folder}; head -c 4096 /dev/zero > {folder}/full")
    completed = fresh.run("run", "--targets", list_of(peer, write, 400), "--format", name, *UNLIMITED,
                          "--output", f"{folder}/out").expect(BAD_OUTPUT)
    one_line(completed.err)


@pytest.mark.parametrize("name", REPLACED + GROWING)
def test_dev_full_is_74(run, peers, name):
    peer = peers.refused()
    with open("/dev/full", "wb") as full:
        completed = run(peer.target, "--format", name, stdout=full).expect(BAD_OUTPUT)
    one_line(completed.err)
    completed = run(peer.target, "--format", name, "--output", "/dev/full").expect(BAD_OUTPUT)
    assert "/dev/full" in one_line(completed.err)


@pytest.mark.parametrize("args", [["schema"], ["explain"], ["explain", "refused"], ["--help"], ["--version"],
                                  ["run", "--help"]])
def test_commands_that_only_print_notice_a_full_disk_too(run, args):
    with open("/dev/full", "wb") as full:
        one_line(run(*args, stdout=full).expect(BAD_OUTPUT).err)


@pytest.mark.parametrize("name", ["text", "json", "jsonl", "csv", "junit", "tap", "prometheus", "nagios"])
def test_a_closed_pipe_is_74_and_no_signal(run, peers, write, name):
    read_end, write_end = os.pipe()
    os.close(read_end)
    with os.fdopen(write_end, "wb") as closed:
        completed = run("run", "--targets", list_of(peers.refused(), write), "--format", name, stdout=closed)
    one_line(completed.expect(BAD_OUTPUT).err)


@pytest.mark.parametrize("args", [["schema"], ["explain"], ["--help"], ["h:1", "--dry-run"]])
def test_commands_that_only_print_notice_a_closed_pipe_too(run, args):
    read_end, write_end = os.pipe()
    os.close(read_end)
    with os.fdopen(write_end, "wb") as closed:
        one_line(run(*args, stdout=closed).expect(BAD_OUTPUT).err)


@pytest.mark.parametrize("args", [["--format", "json"], ["--format", "jsonl"], [], ["--dry-run"]])
def test_a_closed_standard_output_is_74(run, peers, args):
    """What goes nowhere is lost, and no success."""
    completed = run(peers.open().target, *args, wrap=("sh", "-c", 'exec "$0" "$@" >&-'))
    assert "standard output" in one_line(completed.expect(BAD_OUTPUT).err)


@pytest.mark.parametrize("name", REPLACED + GROWING)
def test_a_reader_that_leaves_in_the_middle_ends_the_run(start, peers, write, name):
    """`tcpcheck … | head -1` must not check the rest of a million targets, whether it has written yet or not."""
    read_end, write_end = os.pipe()
    peer, count = peers.open(), 50_000
    with os.fdopen(write_end, "wb") as pipe:
        running = start("run", "--targets", list_of(peer, write, count), "--format", name, *UNLIMITED, stdout=pipe)
    wait_until(lambda: peer.count() > 100, "it is under way")
    os.close(read_end)
    one_line(running.finish(watchdog=60).expect(BAD_OUTPUT).err)
    assert peer.count() < count


@pytest.mark.parametrize("name", REPLACED)
def test_a_reader_that_leaves_before_the_end_is_74(start, peers, write, name):
    """Also where no result has come that could have told."""
    read_end, write_end = os.pipe()
    peer = peers.silent()
    drops = peer.count_drops()
    with os.fdopen(write_end, "wb") as pipe:
        running = start("run", "--targets", list_of(peer, write, 3), "--format", name, "--timeout", "1h", *UNLIMITED,
                        stdout=pipe)
    wait_until(lambda: peer.count_drops() >= drops + 3, "all are under way")
    os.close(read_end)
    running.send_signal(signal.SIGINT)
    one_line(running.finish().expect(BAD_OUTPUT).err)


@pytest.mark.parametrize("path", ["/no/such/folder/out", "/proc/self/nothing/out", "."])
def test_an_output_that_cannot_be_opened_is_74_and_nothing_is_run(run, peers, path):
    peer = peers.untouched()
    completed = run(peer.target, "--format", "json", "--output", path).expect(BAD_OUTPUT)
    assert path in one_line(completed.err)
    peer.assert_untouched()


def test_output_may_be_a_fifo(start, peers, tmp_path):
    path = tmp_path / "fifo"
    os.mkfifo(path)
    running = start(peers.open().target, "--format", "json", "--output", path)
    with open(path) as fifo:
        assert fifo.read().startswith('{"status":"success"')
    running.finish().expect(0)


@pytest.mark.parametrize("option", [["--format", "json"], ["--dry-run"]])
def test_waiting_for_the_reader_of_a_fifo_can_be_interrupted(start, peers, tmp_path, option):
    path = tmp_path / "fifo"
    os.mkfifo(path)
    running = start(peers.untouched().target, *option, "--output", path)
    wait_until(lambda: waits_in_open(running.pid), "it waits for a reader")
    running.send_signal(signal.SIGINT)
    assert running.finish().expect(130).err == ""


def waits_in_open(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat, open(f"/proc/{pid}/status", encoding="ascii") as status:
        state = stat.read().rpartition(")")[2].split()[0]
        caught = next(line for line in status if line.startswith("SigCgt:"))
    return state == "S" and int(caught.split()[1], 16) >> (signal.SIGINT - 1) & 1


def test_a_dry_run_that_is_ended_leaves_the_old_file(start, tmp_path):
    path = tmp_path / "out"
    path.write_text(OLD)
    read_end, write_end = os.pipe()
    with os.fdopen(read_end, "rb") as stdin, os.fdopen(write_end, "wb", buffering=0) as feed:
        running = start("run", "--targets", "-", "--dry-run", "--output", path, stdin=stdin)
        feed.write(b"127.0.0.1:1\n")
        wait_until(lambda: len(os.listdir(tmp_path)) == 2, "it is written aside")
        running.send_signal(signal.SIGTERM)
        running.finish().expect(143)
    assert os.listdir(tmp_path) == ["out"] and path.read_text() == OLD


def test_the_output_is_untouched_until_the_run_has_ended(start, peers, tmp_path):
    path = tmp_path / "out"
    path.write_text(OLD)
    silent = peers.silent()
    drops = silent.count_drops()
    running = start(silent.target, "--timeout", "1h", "--format", "json", "--output", path)
    wait_until(lambda: silent.count_drops() > drops, "the check began")
    assert path.read_text() == OLD
    running.send_signal(signal.SIGTERM)
    running.finish().expect(143)
    assert '"class":"cancelled"' in path.read_text(), "what is known is printed"
    assert os.listdir(tmp_path) == ["out"]


def test_a_killed_run_leaves_the_old_file(start, peers, tmp_path):
    path = tmp_path / "out"
    path.write_text(OLD)
    silent = peers.silent()
    drops = silent.count_drops()
    running = start(silent.target, "--timeout", "1h", "--format", "json", "--output", path)
    wait_until(lambda: silent.count_drops() > drops, "the check began")
    running.process.end()
    assert path.read_text() == OLD


def test_junit_of_a_big_run_is_whole(run, peers, write, tmp_path):
    path = tmp_path / "out.xml"
    targets = list_of(peers.open(), write, 500)
    run("run", "--targets", targets, "--format", "junit", "--output", path, *UNLIMITED).expect(0)
    assert len(formats.read_junit(path.read_bytes())[1]) == 500


def test_a_bad_option_leaves_the_output_alone(run, tmp_path):
    path = tmp_path / "out"
    path.write_text(OLD)
    run("h:1", "--timeout", "nan", "--output", path).expect(64)
    run("run", "/no/such/file", "--format", "csv", "--output", path).expect(66)
    assert path.read_text() == OLD
