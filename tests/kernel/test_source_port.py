"""Fixed source ports, and how connections are closed, as the other side sees it."""

import pytest

from support.check_files import entry
from support.program import UNLIMITED

PORT = 54321


def test_a_fixed_source_port_is_used(check, peers):
    peer = peers.open()
    result = check(peer.target, "--source-port", PORT)
    assert result["details"]["source"] == f"127.0.0.1:{PORT}"
    assert peer.wait_for("accepted")[0][1][1] == PORT


def test_a_fixed_source_port_can_be_used_again_at_once(check, peers):
    """Reset close by default: nothing stays behind in TIME_WAIT."""
    peer = peers.open()
    for _ in range(5):
        assert check(peer.target, "--source-port", PORT)["connected"]
    peer.wait_for("reset", 5)
    assert peer.count("eof") == 0


def test_checks_that_share_source_port_and_target_run_one_after_another(run, peers, write):
    peer = peers.open()
    checks = write(entry("same", peer, f"source_port: {PORT}") * 12)
    completed = run("run", checks, "--format", "json", "--concurrency", 12, *UNLIMITED).expect(0)
    assert [result["details"]["source"] for result in completed.results] == [f"127.0.0.1:{PORT}"] * 12
    events = [what for _, what, _ in peer.events if what != "eof"]
    peer.wait_for("reset", 12)
    assert events[0] == "accepted"
    assert {client[1] for _, client in peer.wait_for("accepted", 12)} == {PORT}


def test_one_source_port_may_serve_different_targets_at_once(run, peers, write):
    slow, quick = peers.silent(), peers.open()
    fixed = f"source_port: {PORT}, timeout: 2s"
    checks = write(entry("slow", slow, fixed) + entry("quick", quick, fixed))
    completed = run("run", checks, "--format", "jsonl").expect(1)
    assert [result["name"] for result in completed.results] == ["quick", "slow"]
    assert [result["details"]["class"] for result in completed.results] == ["open", "timeout"]


def test_a_retry_from_a_fixed_source_port_meets_no_trace_of_the_first(check, peers):
    result = check(peers.refused().target, "--source-port", PORT, "--attempts", 4, "--retry-delay", 0)
    assert result["attempts"] == 4 and result["details"]["class"] == "refused"


@pytest.mark.parametrize("options, seen", [
    ((), "eof"),
    (("--close", "graceful"), "eof"),
    (("--close", "reset"), "reset"),
    (("--source-port", PORT), "reset"),
])
def test_the_server_sees_the_close_that_was_asked_for(run, peers, options, seen):
    peer = peers.open()
    run(peer.target, *options).expect(0)
    peer.wait_for(seen)
    assert [what for _, what, _ in peer.events] == ["accepted", seen]


def test_a_graceful_close_from_a_fixed_source_port_is_graceful(run, peers):
    peer = peers.open()
    run(peer.target, "--source-port", PORT + 1, "--close", "graceful").expect(0)
    peer.wait_for("eof")
    assert peer.count("reset") == 0


def test_a_graceful_close_reads_a_banner_rather_than_resetting(run, peers):
    peer = peers.banner()
    for _ in range(20):
        run(peer.target).expect(0)
    peer.wait_for("eof", 20)
    assert peer.count("reset") == 0


def test_a_server_that_never_closes_holds_up_neither_result_nor_program(start, peers):
    """The result is out while the connection is still being closed; then the program gives up on it."""
    running = start(peers.untouched().target, "--format", "jsonl")
    running.out.wait_for(lambda data: data.endswith(b"\n"))
    assert running.finish().expect(0).result["status"] == "success"
