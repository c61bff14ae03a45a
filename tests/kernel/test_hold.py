"""What a connection shows while it is held: an end too early, and what goes on below the stream."""

import signal
import socket
from typing import NamedTuple

import pytest

from support.contract import OUTCOMES
from support.peers import wait_until
from support.preload import preload

HOLD_S = 0.8
LOOPBACK = {4: "127.0.0.1", 6: "::1"}
EACH = pytest.mark.parametrize("version", [4, 6])


class Row(NamedTuple):
    rule: str
    outcome: str = "open"
    notes: tuple = ()
    errno: str = None
    least_s: float = 0     # the connection has lasted as long
    phase: str = "connect"

    def __str__(self):
        return self.rule.replace(" ", "_")


ROWS = [
    Row("open", least_s=HOLD_S),
    Row("open after=30ms", least_s=HOLD_S + 0.03),
    Row("open timestamps=off", least_s=HOLD_S),
    Row("synack-silence", least_s=HOLD_S),
    Row("synack-data text=220\\shello\\r\\n", least_s=HOLD_S),
    Row("zero-window", notes=("zero_window",), least_s=HOLD_S),
    Row("duplicate-synack n=1 every=1ms", notes=("synack_repeated",), least_s=HOLD_S),
    Row("duplicate-synack n=3 every=100ms", notes=("synack_repeated",), least_s=HOLD_S),
    Row("synack-rst", "reset_early", errno="ECONNRESET", phase="hold"),
    Row("synack-rst then=300ms", "reset_early", errno="ECONNRESET", least_s=0.3, phase="hold"),
    Row("synack-fin", "closed_early", phase="hold"),
    Row("refuse", "refused", errno="ECONNREFUSED"),
]
EVERY_ROW = pytest.mark.parametrize("version, row", [(version, row) for version in (4, 6) for row in ROWS],
                                    ids=str)
HOST = {4: "10.1.0.{}", 6: "2001:db8:1::{}"}


def host_of(version, row):
    return HOST[version].format(ROWS.index(row) + 1)


@pytest.fixture(scope="module")
def network(scripted_networks):
    return scripted_networks([f"{host_of(version, row)} {row.rule}" for version in (4, 6) for row in ROWS])


@pytest.fixture(scope="module")
def results(network):
    targets = "\n".join(f"{host_of(version, row)} 80" for version in (4, 6) for row in ROWS)
    completed = network.programs.run("run", "--targets", "-", "--hold", f"{HOLD_S}s", "--format", "jsonl",
                                     stdin=targets).expect(1)
    return {result["host"]: result for result in completed.results}


@EVERY_ROW
def test_what_is_held_is_named_for_what_became_of_it(results, version, row):
    result = results[host_of(version, row)]
    details = result["details"]
    message, verdict = OUTCOMES[row.outcome]
    assert (details["class"], details["verdict"], details["phase"]) == (row.outcome, verdict, row.phase)
    assert (result.get("error"), result["connected"]) == (message, row.outcome != "refused")
    assert (details["notes"], details["errno"]) == (list(row.notes), row.errno)
    assert details["total_time"] >= row.least_s
    if row.outcome != "refused" and details["rtt_source"] is not None:
        assert details["connect_time"].text == details["handshake_rtt"].text, "the hold is not part of it"
    if row.outcome == "open":
        assert result["response_time"].text == details["connect_time"].text


def test_without_a_hold_nothing_is_said_of_it(network):
    host = host_of(4, next(row for row in ROWS if row.rule == "zero-window"))
    assert network.programs.check(host, 80)["details"]["notes"] == []


@EACH
def test_a_held_connection_ends_with_an_end(network, version):
    host = host_of(version, ROWS[0])
    network.programs.check(host, 81, "--hold", "100ms")
    wait_until(lambda: "got-fin" in [event.event for event in network.events(host, 81)], "our end")
    network.programs.check(host, 82, "--hold", "100ms", "--close", "reset")
    wait_until(lambda: "got-rst" in [event.event for event in network.events(host, 82)], "our reset")


@EACH
def test_a_real_server_that_ends_is_told_from_one_that_resets(check, peers, version):
    resetting = peers.resetting(LOOPBACK[version])
    result = check(resetting.target, "--hold", "10s")
    assert (result["details"]["class"], result["error"]) == ("reset_early", "Connection reset")
    assert result["connected"] and result["details"]["verdict"] == "down"
    staying = peers.banner(LOOPBACK[version])
    assert check(staying.target, "--hold", "200ms")["details"]["class"] == "open"
    staying.wait_for("eof")
    assert staying.count("reset") == 0


@EACH
def test_a_server_that_never_accepts_does_not_show_but_one_that_defers_does(check, namespace, version):
    """The kernel sends its SYN-ACK again, since it waits for data that never comes."""
    with namespace.socket(socket.AF_INET if version == 4 else socket.AF_INET6) as server:
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 1)
        server.bind((LOOPBACK[version], 0))
        server.listen(8)
        host, port = server.getsockname()[:2]
        result = check(host, port, "--hold", "2s")
        assert (result["details"]["class"], result["details"]["notes"]) == ("open", ["synack_repeated"])
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 0)
        result = check(host, port, "--hold", "2s")
        assert (result["details"]["class"], result["details"]["notes"]) == ("open", [])


def test_an_end_and_a_reset_before_the_first_look_are_no_lasting_connection(peers, programs):
    peer = peers.leaving()
    env = {**preload(programs.build, "stall"), "STALL_MS": 200, "STALL_WHERE": "before"}
    result = programs.run(peer.target, "--hold", "2s", "--format", "json", env=env).expect(1).result
    assert result["details"]["class"] in ("closed_early", "reset_early") and result["details"]["phase"] == "hold"


def test_a_connection_that_this_host_aborts_is_not_the_peers_doing(peers, namespace, start):
    peer = peers.open()
    running = start(peer.target, "--hold", "10s", "--format", "json")
    peer.wait_for("accepted")
    namespace.sh(f"ss -K dst 127.0.0.1 dport = {peer.port}")
    result = running.finish().expect(3).result
    assert (result["details"]["class"], result["details"]["errno"]) == ("internal", "ECONNABORTED")


def test_a_keepalive_late_in_a_hold_is_no_repeated_synack(check, namespace):
    """The server's kernel knows that the connection opened, and says a segment without data all the same."""
    with namespace.socket(socket.AF_INET) as server:
        for level, option, value in ((socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
                                     (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 9)):
            server.setsockopt(level, option, value)
        server.bind(("127.0.0.1", 0))
        server.listen(8)
        host, port = server.getsockname()
        assert check(host, port, "--hold", "9500ms")["details"]["notes"] == []


def test_a_retry_may_find_a_connection_that_lasts(check, peers):
    peer = peers.resetting()
    result = check(peer.target, "--hold", "1s", "--attempts", 3, "--retry-delay", 0)
    assert result["attempts"] == 3
    assert [attempt["class"] for attempt in result["details"]["attempts_detail"]] == ["reset_early"] * 3


def test_closed_is_met_by_a_connection_that_does_not_last(check, peers):
    result = check(peers.resetting().target, "--hold", "1s", "--expect", "closed")
    assert result["status"] == "success" and result["details"]["class"] == "reset_early"


def test_what_is_half_open_cannot_be_held(run, peers):
    peer = peers.untouched()
    completed = run(peer.target, "--hold", "1s", "--handshake", "half_open").expect(64)
    assert "hold 1s and handshake half_open exclude each other" in completed.err
    peer.assert_untouched()


def test_ctrl_c_ends_a_hold(start, peers):
    peer = peers.open()
    running = start(peer.target, "--hold", "1h", "--format", "json")
    peer.wait_for("accepted")
    running.send_signal(signal.SIGINT)
    assert running.finish().expect(130).result["details"]["class"] == "cancelled"
