"""handshake: half_open: the target's kernel answers, and its program never hears of it."""

import pytest

from support.program import UNLIMITED

HALF_OPEN = ("--handshake", "half_open")
COUNT = 20

RULES = """
10.1.0.0/16 open after=20ms
2001:db8::/32 open after=20ms
10.2.0.0/16 open-on nth=2
10.3.0.0/16 refuse after=5ms
10.4.0.0/16 drop
"""


@pytest.fixture(scope="module")
def network(scripted_networks):
    return scripted_networks(RULES)


def assert_open(result):
    details = result["details"]
    assert result["status"] == "success" and result["connected"]
    assert (details["class"], details["verdict"], details["notes"]) == ("open", "up", [])
    assert details["rtt_source"] == "kernel" and details["handshake_rtt"] > 0
    assert result["response_time"] == details["handshake_rtt"]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_server_that_waits_for_connections_gets_none(check, peers, host):
    """The one that is whole comes after all others, and is the only one to be accepted."""
    peer = peers.open(host)
    for _ in range(COUNT):
        assert_open(check(peer.target, *HALF_OPEN))
    whole = check(peer.target)
    (_, client), = peer.wait_for("accepted")
    assert whole["details"]["source"].endswith(f":{client[1]}")
    peer.wait_for("eof")
    assert [what for _, what, _ in peer.events] == ["accepted", "eof"]


def counter(namespace, name):
    """One of TCP's counters in that network (nstat(8))."""
    said = namespace.sh("cat /proc/net/snmp /proc/net/netstat").splitlines()
    for names, values in zip(said[::2], said[1::2], strict=True):
        found = dict(zip(names.split(), values.split(), strict=True))
        if name in found:
            return int(found[name])
    raise AssertionError(f"there is no counter {name}")


def test_to_the_servers_kernel_each_is_a_handshake_that_was_given_up(fresh):
    peer = fresh.peers.untouched()
    resets, opens = (counter(fresh.namespace, name) for name in ("EmbryonicRsts", "PassiveOpens"))
    for _ in range(COUNT):
        assert_open(fresh.check(peer.target, *HALF_OPEN))
    assert counter(fresh.namespace, "EmbryonicRsts") == resets + COUNT
    assert counter(fresh.namespace, "PassiveOpens") == opens
    peer.assert_untouched()


def test_many_at_once_are_none_to_the_server(run, peers, write):
    peer = peers.open()
    completed = run("run", "--targets", write(f"{peer.target}\n" * 1000, "list"), "--format", "jsonl", *HALF_OPEN,
                    *UNLIMITED, watchdog=60).expect(0)
    assert len(completed.results) == 1000
    assert all(result["details"]["class"] == "open" for result in completed.results)
    run(peer.target).expect(0)
    peer.wait_for("eof")
    assert [what for _, what, _ in peer.events] == ["accepted", "eof"]


@pytest.mark.parametrize("host", ["10.1.0.1", "[2001:db8::1]"])
def test_on_the_wire_a_reset_stands_where_the_third_packet_would(network, host):
    result = network.programs.check(f"{host}:80", *HALF_OPEN)
    assert_open(result)
    assert result["details"]["handshake_rtt"] >= 0.02
    assert [event.event for event in network.events(host.strip("[]"))] == ["synack", "got-rst"]


def test_on_the_wire_a_full_handshake_has_its_third_packet(network):
    """What the test above would see if nothing were half open."""
    network.programs.check("10.1.0.2:80", "--close", "reset")
    assert [event.event for event in network.events("10.1.0.2")] == ["synack", "established", "got-rst"]


def test_an_answer_to_the_second_syn_is_half_open_too(network):
    result = network.programs.check("10.2.0.1:80", *HALF_OPEN)
    assert result["details"]["class"] == "open" and result["details"]["syn_retransmits"] == 1
    assert result["response_time"] >= 1
    assert [event.event for event in network.events("10.2.0.1")] == ["silence", "synack", "got-rst"]


@pytest.mark.parametrize("host, outcome", [("10.3.0.1", "refused"), ("10.4.0.1", "timeout")])
def test_what_does_not_open_is_what_it_always_was(network, host, outcome):
    result = network.programs.check(f"{host}:80", *HALF_OPEN, "--timeout", "500ms")
    assert result["details"]["class"] == outcome and not result["connected"]


def test_a_source_port_is_free_again_at_once(check, peers):
    peer = peers.open()
    for _ in range(5):
        assert_open(check(peer.target, *HALF_OPEN, "--source-port", 54321))
    check(peer.target)
    peer.wait_for("eof")
    assert peer.count() == 1


def test_it_needs_no_close_and_takes_reset(check, run, peers):
    peer = peers.open()
    assert_open(check(peer.target, *HALF_OPEN, "--close", "reset"))
    completed = run(peer.target, *HALF_OPEN, "--close", "graceful").expect(64)
    assert "close graceful and handshake half_open exclude each other" in completed.err
