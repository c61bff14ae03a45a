"""--audit and `audit:`: one record an attempt, whole lines only, and no check without its record."""

import ast
import os
import pwd
import re
import signal
import subprocess
import sys
import time

import pytest

from support.audit import read_record, read_records
from support.check_files import entry
from support.contract import load_result
from support.peers import wait_until

UNHINDERED = ("--rate", "unlimited", "--host-rate", "unlimited")
BAD_OUTPUT = 74


@pytest.fixture
def audit(tmp_path):
    return tmp_path / "audit.jsonl"


# ---------------------------------------------------------------- records


def test_every_attempt_leaves_a_record(run, peers, write, audit):
    peer = peers.refused()
    before = time.time_ns() // 1000
    run("run", write(entry("db", peer, "attempts: 3, retry_delay: 10ms")), "--audit", audit,
        *UNHINDERED).expect(1)
    records = read_records(audit)
    assert [(r["check"], r["host"], r["port"], r["address"], r["class"], r["errno"]) for r in records] \
        == [("db", peer.host, peer.port, "127.0.0.1", "refused", "ECONNREFUSED")] * 3
    assert {r["user"] for r in records} == {pwd.getpwuid(os.getuid()).pw_name}
    assert all(r["source"].startswith("127.0.0.1:") and r["others"] == [] for r in records)
    moments = [r["time"] for r in records]
    assert moments == sorted(set(moments)), "each attempt has its own moment"
    first = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(before // 1_000_000)) + f".{before % 1_000_000:06}Z"
    assert moments[0] >= first
    assert audit.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["text", "json", "jsonl", "csv", "junit", "tap", "prometheus", "nagios"])
def test_every_format_has_the_same_records(run, peers, write, audit, name):
    open_, refused = peers.open(), peers.refused()
    run("run", write(entry("a", open_) + entry("b", refused)), "--audit", audit, "--format", name)
    assert sorted((r["check"], r["class"]) for r in read_records(audit)) == [("a", "open"), ("b", "refused")]


def test_an_ad_hoc_check_leaves_one_too_and_what_was_there_stays(run, peers, audit):
    target = peers.open().target
    for _ in range(3):
        run(target, "--audit", audit).expect(0)
    assert [r["check"] for r in read_records(audit)] == [target] * 3


def test_several_addresses_are_all_named(run, peers, audit):
    peer = peers.refused()
    run(f"two.example:{peer.port}", "--resolve", "two.example:127.0.0.1,127.0.0.2", "--audit", audit).expect(1)
    record, = read_records(audit)
    assert sorted([record["address"], *record["others"]]) == ["127.0.0.1", "127.0.0.2"]


def test_a_dry_run_leaves_nothing(run, peers, audit):
    run(peers.untouched().target, "--audit", audit, "--dry-run").expect(0)
    assert not audit.exists()


def test_a_record_is_written_before_its_result(start, peers, write, audit):
    """Whoever has seen a result finds its record."""
    quick, silent = peers.open(), peers.silent()
    running = start("run", write(entry("quick", quick) + entry("slow", silent, "timeout: 1h")), "--format",
                    "jsonl", "--audit", audit)
    running.out.wait_for(lambda data: b'"quick"' in data)
    assert [r["check"] for r in read_records(audit)] == ["quick"]
    running.send_signal(signal.SIGINT)
    running.finish().expect(130)
    assert [(r["check"], r["class"]) for r in read_records(audit)] == [("quick", "open"), ("slow", "cancelled")]


# ---------------------------------------------------------------- check files


def test_a_check_file_names_its_audit(run, peers, write, audit):
    path = write(f"audit: {{file: '{audit}'}}\nchecks:\n" + entry("a", peers.open()))
    run("run", path).expect(0)
    assert [r["check"] for r in read_records(audit)] == ["a"]


def test_the_option_wins_over_the_file(run, peers, write, audit, tmp_path):
    path = write(f"audit: {{file: '{tmp_path}/other'}}\nchecks:\n" + entry("a", peers.open()))
    run("run", path, "--audit", audit).expect(0)
    assert len(read_records(audit)) == 1 and not (tmp_path / "other").exists()


def test_two_files_with_two_audits_run_nothing_unless_the_option_says_which(run, peers, write, audit):
    peer = peers.untouched()
    paths = [write(f"audit: {{file: '{name}'}}\nchecks:\n" + entry("a", peer), name) for name in ("x", "y")]
    completed = run("run", *paths).expect(65)
    assert "--audit" in completed.err and len(completed.err.splitlines()) == 1
    peer.assert_untouched()
    run("run", *paths, "--audit", audit, "--max-time", "1ms")


# ---------------------------------------------------------------- the file


def test_runs_that_share_a_file_never_mix_their_lines(start, peers, write, audit):
    peer, count = peers.refused(), 3000
    running = []
    for i in range(4):
        path = write(f"{'n' * (i * 50 + 1)},{peer.host},{peer.port}\n" * count, f"list{i}")
        running.append(start("run", "--targets", path, "--format", "csv", *UNHINDERED, "--audit", audit))
    for one in running:
        one.finish(watchdog=60).expect(1)
    names = [r["check"] for r in read_records(audit)]
    assert [names.count("n" * (i * 50 + 1)) for i in range(4)] == [count] * 4


# ---------------------------------------------------------------- failures


@pytest.mark.parametrize("make", ["folder", "device", "fifo", "missing", "syslog", "journal"])
def test_an_audit_that_cannot_be_opened_stops_the_run_before_it_starts(run, peers, tmp_path, make):
    peer = peers.untouched()
    path = {"folder": tmp_path, "device": "/dev/full", "missing": tmp_path / "no" / "audit"}.get(make, make)
    if make == "fifo":
        path = tmp_path / "fifo"
        os.mkfifo(path)
    if make == "syslog" and os.path.exists("/dev/log"):
        pytest.skip("this host has a log")
    completed = run(peer.target, "--audit", path, watchdog=10).expect(BAD_OUTPUT)
    assert completed.out == "" and str(path) in completed.err and len(completed.err.splitlines()) == 1
    peer.assert_untouched()


def test_an_audit_that_is_not_required_is_missed_in_one_line(run, peers, write, tmp_path):
    path = write(f"audit: {{file: '{tmp_path}', required: false}}\nchecks:\n" + entry("a", peers.open()))
    completed = run("run", path).expect(0)
    assert str(tmp_path) in completed.err and len(completed.err.splitlines()) == 1
    completed = run("run", path, "--audit", "/dev/full").expect(0)
    assert "/dev/full" in completed.err and len(completed.err.splitlines()) == 1


@pytest.fixture
def small_disk(fresh):
    """A file system of 128 KiB, as the namespace sees it."""
    fresh.namespace.sh("mkdir /run/small && mount -t tmpfs -o size=128k tmpfs /run/small")
    return fresh


def test_a_full_disk_is_told_before_the_run(small_disk, write):
    small_disk.namespace.sh("head -c 131072 /dev/zero >/run/small/filler || :")
    completed = small_disk.run("127.0.0.1:1", "--audit", "/run/small/audit").expect(BAD_OUTPUT)
    assert "No space left" in completed.err and "nothing was checked" in completed.err


def test_a_disk_that_fills_up_stops_the_run_and_leaves_whole_lines(small_disk, write):
    path = write("127.0.0.1:1\n" * 20_000, "list")
    completed = small_disk.run("run", "--targets", path, "--format", "jsonl", *UNHINDERED, "--audit",
                               "/run/small/audit").expect(BAD_OUTPUT)
    assert "No space left" in completed.err and len(completed.err.splitlines()) == 1
    results = [load_result(line) for line in completed.out.splitlines()]
    assert sorted(result["line"] for result in results) == list(range(1, 20_001)), "each has its result"
    refused = sum(result["details"]["class"] == "refused" for result in results)
    text = small_disk.namespace.sh("cat /run/small/audit")
    assert text.endswith("\n")
    records = [read_record(line) for line in text.splitlines()]
    assert 0 < len(records) <= refused < 20_000


def test_a_disk_that_fills_up_is_only_told_where_the_audit_is_not_required(small_disk, write):
    checks = "".join(f"- {{name: c{i}, plugin: check_tcp_connection, parameters: {{host: 127.0.0.1, port: 1}}}}\n"
                     for i in range(3000))
    path = write("audit: {file: /run/small/audit, required: false}\nchecks:\n" + checks)
    completed = small_disk.run("run", path, "--format", "jsonl", *UNHINDERED).expect(1)
    assert len(completed.results) == 3000
    assert "the run goes on without it" in completed.err and len(completed.err.splitlines()) == 1
    assert small_disk.namespace.sh("tail -c 1 /run/small/audit") == "\n"


# ---------------------------------------------------------------- the system's logs

RECEIVER = """
import os, socket, sys
os.makedirs(os.path.dirname(sys.argv[1]), exist_ok=True)
log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
log.bind(sys.argv[1])
print("ready", flush=True)
for _ in range(int(sys.argv[2])):
    print(repr(log.recv(1 << 20)), flush=True)
"""


@pytest.fixture
def listen(fresh, tmp_path):
    """listen(path, count): a log in the namespace; a function that returns the messages it got."""
    script = tmp_path / "receiver.py"
    script.write_text(RECEIVER)

    def begin(path, count):
        argv = [sys.executable, script, path, str(count)]
        with open(tmp_path / "received", "wb") as out, open(os.devnull, "rb") as nothing:
            process = fresh.namespace.popen(argv, nothing, out, out)
        wait_until(lambda: (tmp_path / "received").read_text() != "", "the log listens")

        def messages():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                pytest.fail(f"too few messages: {(tmp_path / 'received').read_text()}")
            _, *lines = (tmp_path / "received").read_text().splitlines()
            return [ast.literal_eval(line) for line in lines]

        return messages

    return begin


def test_the_journal_gets_a_message_a_record(fresh, listen):
    messages = listen("/run/systemd/journal/socket", 3)
    fresh.run("127.0.0.1:1", "--audit", "journal", "--attempts", 3, "--retry-delay", 0).expect(1)
    for message in messages():
        fields = dict(line.split("=", 1) for line in message.decode().splitlines())
        assert fields["SYSLOG_IDENTIFIER"] == "tcpcheck" and fields["PRIORITY"] == "6"
        assert read_record(fields["MESSAGE"])["class"] == "refused"


def test_syslog_gets_a_line_a_record(fresh, listen):
    # /dev is the host's: the log must not be.
    fresh.namespace.sh("mkdir /run/dev && mount --rbind /dev /run/dev && mount -t tmpfs tmpfs /dev && "
             "for name in null zero full random urandom fd tty; do ln -s /run/dev/$name /dev/$name; done")
    messages = listen("/dev/log", 2)
    fresh.run("127.0.0.1:1", "--audit", "syslog", "--attempts", 2, "--retry-delay", 0).expect(1)
    for message in messages():
        found = re.fullmatch(r"<38>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d tcpcheck\[\d+\]: (\{.*\})",
                             message.decode())
        assert found and read_record(found[1])["class"] == "refused"


def test_a_log_that_goes_away_stops_the_run(fresh, listen, write):
    listen("/run/systemd/journal/socket", 1)
    path = write("127.0.0.1:1\n" * 20_000, "list")
    completed = fresh.run("run", "--targets", path, "--format", "csv", *UNHINDERED, "--audit", "journal")
    assert "the run was stopped" in completed.expect(BAD_OUTPUT).err
