"""A name with several addresses: staggered, the first to open wins, the strongest evidence speaks."""

import pytest

from support.peers import wait_until

NAME = "several.test"


def resolving(*addresses):
    return ("--resolve", f"{NAME}:{','.join(addresses)}")


def tried(result, attempt=0):
    """(address, class) of each address tried in an attempt, in order."""
    return [(entry["address"], entry["class"])
            for entry in result["details"]["attempts_detail"][attempt]["addresses"]]


def test_a_refused_address_is_followed_by_the_next_at_once(check, peers):
    live = peers.open("127.0.0.3")
    result = check(NAME, live.port, *resolving("127.0.0.2", "127.0.0.3"), "--timeout", "30s")
    assert result["details"]["class"] == "open" and result["details"]["address"] == "127.0.0.3"
    assert result["attempts"] == 1
    assert tried(result) == [("127.0.0.2", "refused"), ("127.0.0.3", "open")]


def test_a_silent_address_does_not_keep_the_live_one_waiting_for_the_deadline(check, peers):
    dead = peers.silent("127.0.0.2")
    live = peers.open("127.0.0.3", dead.port)
    result = check(NAME, live.port, *resolving(dead.host, live.host), "--timeout", "3s")
    assert result["details"]["class"] == "open" and result["details"]["address"] == live.host
    assert result["details"]["total_time"] >= 1.5
    assert result["response_time"] < 1.5, "the wait for another address is not this one's response time"


def test_an_earlier_address_stays_in_flight_until_the_deadline(start, peers):
    """The first address answers only after the second was started, which never does."""
    first = peers.silent("127.0.0.2")
    second = peers.silent("127.0.0.3", first.port)
    drops = second.count_drops()
    running = start(NAME, second.port, *resolving(first.host, second.host), "--timeout", "4s",
                    "--format", "json")
    wait_until(lambda: second.count_drops() > drops, "the second address was started")
    first.answer()
    result = running.finish().expect(0).result
    assert result["details"]["address"] == first.host
    assert [address for address, _ in tried(result)] == [first.host, second.host]


@pytest.mark.parametrize("order, timeout", [
    (("127.0.0.2", "127.0.0.3"), "2s"), (("127.0.0.3", "127.0.0.2"), "400ms")])
def test_a_refusal_is_stronger_evidence_than_silence(check, peers, order, timeout):
    silent = peers.silent("127.0.0.2")
    peers.refused("127.0.0.3", silent.port)
    result = check(NAME, silent.port, *resolving(*order), "--timeout", timeout)
    assert len(tried(result)) == 2
    assert result["details"]["class"] == "refused" and result["details"]["address"] == "127.0.0.3"
    assert result["error"] == "Connection refused"


def test_a_local_cause_gives_way_to_what_the_target_did(check, peers):
    closed = peers.refused()
    result = check(NAME, closed.port, *resolving("203.0.113.1", closed.host))
    assert result["details"]["class"] == "refused"
    assert sorted(tried(result)) == [(closed.host, "refused"), ("203.0.113.1", "no_route")]


def test_a_local_cause_decides_when_every_address_met_one(check):
    result = check(NAME, 80, *resolving("203.0.113.1", "203.0.113.2"))
    assert result["details"]["class"] == "no_route"
    assert result["details"]["address"] == "203.0.113.1", "ties go to the first tried"


def test_family_leaves_out_the_other(check, peers):
    four = peers.open("127.0.0.1")
    six = peers.open("::1", four.port)
    for family, peer, other in (("ipv4", four, six), ("ipv6", six, four)):
        before = other.count()
        result = check(NAME, four.port, *resolving("127.0.0.1", "::1"), "--family", family)
        assert result["details"]["address"] == peer.host
        assert other.count() == before and len(tried(result)) == 1


def test_a_failed_family_is_noted_when_the_other_opens(check, peers):
    live = peers.open("127.0.0.1")
    result = check(NAME, live.port, *resolving("::1", "127.0.0.1"))
    assert result["details"]["class"] == "open" and result["details"]["address"] == "127.0.0.1"
    assert result["details"]["notes"] == ["ipv6_failed"]


def test_a_family_that_the_address_is_not_of_is_a_usage_error(run, peers):
    peer = peers.untouched()
    completed = run(peer.target, "--family", "ipv6").expect(64)
    assert "family" in completed.err and completed.out == ""
    peer.assert_untouched()


def test_an_attempt_lists_every_address_it_tried(check, peers):
    addresses = [f"127.0.0.{last}" for last in range(2, 12)]
    port = peers.refused("127.0.0.2").port
    result = check(NAME, port, *resolving(*addresses), "--attempts", 2, "--retry-delay", 0)
    assert result["attempts"] == 2
    for attempt in range(2):
        assert sorted(tried(result, attempt)) == sorted((address, "refused") for address in addresses)
