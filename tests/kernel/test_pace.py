"""How often, how many at once, and how long between attempts. Only lower bounds are judged:
a busy machine may be as slow as it likes."""

import pytest

from support.check_files import entry
from support.peers import wait_until
from support.program import UNLIMITED


def many(peer, write, count):
    return write(f"{peer.target}\n" * count, "targets")


@pytest.mark.parametrize("option", ["--rate", "--host-rate"])
def test_a_rate_is_not_exceeded(run, peers, write, option):
    peer, count, rate = peers.open(), 21, 20
    completed = run("run", "--targets", many(peer, write, count), *UNLIMITED, option, f"{rate}/s",
                    "--format", "jsonl")
    assert len(completed.expect(0).results) == count
    assert completed.elapsed_s >= (count - 1) / rate
    peer.wait_for("accepted", count)


def test_a_host_rate_counts_each_address_alone(run, peers, write):
    peers_made = [peers.open(f"127.0.0.{last}") for last in range(1, 6)]
    targets = write("".join(f"{peer.target}\n" * 5 for peer in peers_made), "targets")
    completed = run("run", "--targets", targets, "--host-rate", "10/s", "--format", "jsonl").expect(0)
    assert completed.elapsed_s >= 0.4
    assert [peer.count() for peer in peers_made] == [5] * 5


def test_limits_of_the_file_are_honoured_and_the_option_wins(run, peers, write):
    peer = peers.open()
    checks = write("limits: {rate: 10}\nchecks:\n" + entry("a", peer) * 11)
    assert run("run", checks).expect(0).elapsed_s >= 1
    slow = write("limits: {rate: 0.001}\nchecks:\n" + entry("a", peer) * 3, "slow.yaml")
    run("run", slow, "--rate", "unlimited").expect(0)
    assert peer.count() == 14


def test_without_a_word_one_address_is_spared(run, peers, write):
    """20 connections a second, whatever names and lists say; and the summary says so."""
    peer = peers.open()
    completed = run("run", "--targets", many(peer, write, 21)).expect(0)
    assert completed.elapsed_s >= 1
    assert "Held back by limits: host_rate 20/s (20 connections, up to " in completed.out
    assert "limit" not in run("run", "--targets", many(peer, write, 21), *UNLIMITED).expect(0).out


def test_names_that_share_an_address_share_its_rate(run, peers, write):
    peer = peers.open()
    targets = write("".join(f"n{number % 7}.test:{peer.port}\n" for number in range(11)), "targets")
    pins = [word for number in range(7) for word in ("--resolve", f"n{number}.test:127.0.0.1")]
    assert run("run", "--targets", targets, *pins, "--host-rate", 10).expect(0).elapsed_s >= 1


def test_no_more_than_so_many_are_in_flight_to_one_address(run, peers, write):
    silent, other = peers.silent(), peers.open("127.0.0.2")
    targets = write(f"{silent.target}\n" * 6 + f"{other.target}\n", "targets")
    completed = run("run", "--targets", targets, *UNLIMITED, "--host-in-flight", 2, "--timeout", "400ms",
                    "--format", "jsonl").expect(1)
    assert completed.elapsed_s >= 1.2
    assert completed.results[0]["host"] == "127.0.0.2", "another address is not held up"
    assert all(result["details"]["total_time"] < 1.2 for result in completed.results)


def test_more_ports_of_a_host_than_allowed_are_not_connected_to(run, peers, write):
    made = [peers.untouched() for _ in range(18)]
    targets = write("".join(f"{peer.target}\n" for peer in made * 2), "targets")
    free = ("--rate", "unlimited", "--host-rate", "unlimited", "--concurrency", 1)
    completed = run("run", "--targets", targets, *free, "--format", "jsonl").expect(3)
    denied = [result for result in completed.results if result["details"]["class"] == "not_allowed"]
    assert [result["port"] for result in denied] == [peer.port for peer in made[16:] * 2]
    assert {result["error"] for result in denied} == {"Not allowed by policy (limits.allow_many_ports)"}
    assert [peer.count_connections() for peer in made] == [2] * 16 + [0, 0]
    assert "allow_many_ports 16 (4 connections not made)" in run("run", "--targets", targets, *free).expect(3).out
    for more in ("18", "true", "unlimited"):
        run("run", "--targets", targets, *free, "--allow-many-ports", more).expect(0)


def test_waiting_for_our_own_pace_is_not_response_time(run, peers, write):
    """Timeouts start when the pacer admits: none of these may time out, however long they wait."""
    peer = peers.open()
    completed = run("run", "--targets", many(peer, write, 16), "--rate", "10", "--timeout", "500ms",
                    "--format", "jsonl").expect(0)
    assert completed.elapsed_s >= 1.5
    assert all(result["details"]["class"] == "open" for result in completed.results)
    assert max(result["details"]["total_time"] for result in completed.results) < 1.5


def test_retry_delay_is_kept_between_attempts(check, peers):
    result = check(peers.refused().target, "--attempts", 4, "--retry-delay", "250ms")
    assert result["attempts"] == 4
    assert result["response_time"] >= 0.75
    assert len(result["details"]["attempts_detail"]) == 4


def test_attempts_stop_at_success(check, peers):
    peer = peers.open()
    result = check(peer.target, "--attempts", 5)
    assert result["attempts"] == 1 and peer.count() == 1


def test_a_success_after_failures_tells_of_them_all(start, peers):
    """Attempts against a silent port that begins to answer."""
    peer = peers.silent()
    drops = peer.count_drops()
    running = start(peer.target, "--attempts", 1000, "--retry-delay", 0, "--timeout", "200ms",
                    "--format", "json")
    wait_until(lambda: peer.count_drops() >= drops + 3, "three attempts were dropped")
    peer.answer()
    result = running.finish().expect(0).result
    classes = [attempt["class"] for attempt in result["details"]["attempts_detail"]]
    assert len(classes) == result["attempts"] >= 4
    assert set(classes[:-1]) == {"timeout"} and classes[-1] == "open"
    assert result["response_time"] < 0.2, "success: the successful attempt's connect time alone"
    assert result["details"]["total_time"] >= 0.6


@pytest.mark.parametrize("concurrency", [1, 2, 500])
def test_concurrency_changes_no_answer(run, peers, write, concurrency):
    open_, refused, silent = peers.open(), peers.refused(), peers.silent()
    faced = (open_, refused, open_) * 20 + (silent,)
    targets = write("".join(f"{peer.target}\n" for peer in faced), "targets")
    completed = run("run", "--targets", targets, "--concurrency", concurrency, "--timeout", "300ms",
                    "--format", "json", *UNLIMITED).expect(1)
    classes = [result["details"]["class"] for result in completed.results]
    assert classes == ["open", "refused", "open"] * 20 + ["timeout"]
    assert [result["line"] for result in completed.results] == list(range(1, 62))


def test_concurrency_one_is_one_at_a_time(run, peers, write):
    silent = peers.silent()
    targets = write(f"{silent.target}\n" * 4, "targets")
    completed = run("run", "--targets", targets, "--concurrency", 1, "--timeout", "200ms").expect(1)
    assert completed.elapsed_s >= 0.8


def test_duplicates_are_each_checked(run, peers, write):
    peer = peers.open()
    completed = run("run", "--targets", many(peer, write, 7), "--format", "jsonl").expect(0)
    assert sorted(result["line"] for result in completed.results) == list(range(1, 8))
    peer.wait_for("accepted", 7)
    assert peer.count() == 7
