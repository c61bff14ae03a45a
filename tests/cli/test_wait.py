"""tcpcheck wait: all targets must open; then COMMAND; 124 when time runs out."""

import signal

import pytest

from support.name_server import Answer
from support.peers import wait_until
from support.program import UNLIMITED

QUICK = ("--retry-delay", "20ms")


def test_open_targets_are_not_waited_for(run, peers):
    completed = run("wait", peers.open().target, peers.open("::1").target).expect(0)
    assert completed.out == "", "what wait says goes to stderr: stdout is the command's"


def test_the_command_runs_on_success_with_its_own_arguments_output_and_status(run, peers):
    completed = run("wait", peers.open().target, "--", "sh", "-c", 'echo "$1"; cat; exit 7', "sh", "--for",
                    stdin="piped\n").expect(7)
    assert completed.out == "--for\npiped\n"


def test_the_command_takes_the_place_of_the_program(start, peers):
    running = start("wait", peers.open().target, "--", "sh", "-c", "echo $$; read x")
    pid = int(running.finish().out)
    assert pid == running.pid


def test_the_command_can_be_ended_by_signal_as_usual(run, peers):
    """Signals that the program handled are at their defaults again in the command."""
    completed = run("wait", peers.open().target, "--", "sh", "-c",
                    "trap 'echo caught' TERM; kill -TERM $$; exit 3").expect(3)
    assert completed.out == "caught\n"


def test_the_command_has_the_limit_on_open_files_that_was_found(run, peers):
    """tcpcheck raises it for itself; whoever uses select(2) must not inherit that."""
    completed = run("wait", peers.open().target, "--", "sh", "-c", "ulimit -Sn",
                    wrap=("sh", "-c", 'ulimit -Sn 200; exec "$0" "$@"')).expect(0)
    assert completed.out == "200\n"


def test_the_command_dies_of_a_closed_pipe_as_usual(run, peers):
    completed = run("wait", peers.open().target, "--", "sh", "-c",
                    "sh -c 'kill -PIPE $$; echo lived'; echo $?").expect(0)
    assert completed.out == f"{128 + signal.SIGPIPE}\n"


def test_a_command_that_does_not_exist_is_said(run, peers):
    completed = run("wait", peers.open().target, "--", "/no/such/program")
    assert completed.code in (126, 127) and "/no/such/program" in completed.err


def test_no_command_runs_when_time_runs_out(run, peers):
    completed = run("wait", peers.open().target, peers.refused().target, "--for", "300ms", *QUICK,
                    "--", "echo", "ran").expect(124)
    assert completed.out == ""
    assert completed.elapsed_s >= 0.3
    assert "Connection refused" in completed.err


@pytest.mark.parametrize("target", ["no-such-host.invalid:80", "203.0.113.1:80", "unknown.test:80"])
def test_every_outcome_is_retried_until_time_runs_out(run, target):
    completed = run("wait", target, "--for", "300ms", *QUICK).expect(124)
    assert completed.elapsed_s >= 0.3 and target in completed.err


def test_a_silent_target_runs_out_of_time_whatever_its_timeout(run, peers):
    run("wait", peers.silent().target, "--for", "300ms", "--timeout", "1h").expect(124)


def test_a_server_that_appears_is_found(start, peers):
    reserved = peers.refused()
    running = start("wait", reserved.target, *QUICK, "--", "echo", "up")
    reserved.socket.listen(8)
    assert running.finish().expect(0).out == "up\n"


def test_a_target_that_starts_to_answer_after_silence_is_found(start, peers):
    peer = peers.silent()
    drops = peer.count_drops()
    running = start("wait", peer.target, "--timeout", "300ms", *QUICK)
    wait_until(lambda: peer.count_drops() >= drops + 2, "two attempts were made in vain")
    peer.answer()
    running.finish().expect(0)


def test_it_waits_for_the_last_target(start, peers):
    first, second = peers.open(), peers.silent()
    drops = second.count_drops()
    running = start("wait", first.target, second.target, "--timeout", "300ms", *QUICK, "--", "echo", "all")
    wait_until(lambda: second.count_drops() > drops, "the second was tried")
    first.wait_for("accepted")
    second.answer()
    assert running.finish().expect(0).out == "all\n"


def test_targets_that_do_not_open_leave_room_for_any_number_of_others(run, peers):
    refused, peer = peers.refused(), peers.open()
    completed = run("wait", *[refused.target] * 300, peer.target, "--for", "2s", *QUICK, *UNLIMITED).expect(124)
    assert f"{peer.target} is open" in completed.err
    assert completed.err.count(f"{refused.target} is not open: Connection refused") == 300


def test_a_name_that_appears_is_found(start, peers, name_server):
    peer = peers.open()
    server = name_server({})
    running = start("wait", f"late.test:{peer.port}", *QUICK)
    wait_until(lambda: server.asked("late.test"), "the name was asked for")
    server.script["late.test"] = Answer(a=["127.0.0.1"])
    running.finish().expect(0)


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_wait_and_nothing_runs(start, peers, number, code):
    peer = peers.silent()
    drops = peer.count_drops()
    running = start("wait", peer.target, "--", "echo", "ran")
    wait_until(lambda: peer.count_drops() > drops, "the wait began")
    running.send_signal(number)
    assert running.finish().expect(code).out == ""


def test_quiet_says_nothing_on_success(run, peers):
    assert run("wait", peers.open().target, "-q").expect(0).err == ""


def test_sigusr1_asks_how_far_it_has_come(start, peers):
    closed = peers.refused()
    running = start("wait", peers.open().target, closed.target, "--for", "1h")
    running.err.wait_for(lambda said: b"is open after" in said)
    running.send_signal(signal.SIGUSR1)
    running.err.wait_for(lambda said: b"tcpcheck wait: 1 of 2 open so far\n" in said)
    running.send_signal(signal.SIGTERM)
    running.finish().expect(143)
