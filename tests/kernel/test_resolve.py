"""Names: which addresses they have, and whose fault it is when they have none."""

import pytest

from support.name_server import AAAA, A, FORMERR, NOTIMP, NXDOMAIN, REFUSED, SERVFAIL, Answer, NameServer

QUICK = ("--timeout", "1s")


@pytest.fixture
def peer(peers):
    return peers.open()


def test_a_name_is_looked_up(check, name_server, peer):
    name_server({"web.test": Answer(a=["127.0.0.1"])})
    result = check("web.test", peer.port)
    assert result["host"] == "web.test" and result["details"]["address"] == "127.0.0.1"
    assert result["details"]["dns_time"] > 0
    assert result["response_time"].text == result["details"]["connect_time"].text, "resolution excluded"


@pytest.mark.parametrize("answer, outcome", [
    (None, "dns_nxdomain"),
    (Answer(), "dns_nodata"),
    (Answer(aaaa=["::1"], rcode=SERVFAIL), "dns_servfail"),
    (Answer(rcode=REFUSED), "dns_refused"),
    (Answer(rcode=NOTIMP), "dns_refused"),
    (Answer(rcode=FORMERR), "dns_malformed"),
    (Answer(silent=(A, AAAA)), "dns_timeout"),
    (Answer(garbage=b"\xc0\xff\x00"), "dns_malformed"),
])
def test_not_found_no_data_and_name_server_trouble_are_told_apart(check, name_server, answer, outcome):
    name_server({} if answer is None else {"some.test": answer})
    result = check("some.test", 80, *QUICK)
    details = result["details"]
    assert (details["class"], details["phase"]) == (outcome, "resolve")
    assert details["address"] is None and details["connect_time"] is None
    if outcome == "dns_timeout":
        assert result["response_time"] >= 1


def test_a_name_server_that_is_not_there_is_not_a_missing_host(check):
    result = check("some.test", 80, *QUICK)
    assert result["details"]["class"] == "dns_unreachable"
    assert result["details"]["verdict"] == "unknown"


def test_truncated_without_tcp_is_an_unreachable_name_server(check, name_server):
    name_server({"big.test": Answer(a=["127.0.0.1"], is_truncated=True)}, has_tcp=False)
    assert check("big.test", 80, *QUICK)["details"]["class"] == "dns_unreachable"


def test_a_long_answer_is_fetched_over_tcp(check, name_server, peer):
    addresses = [f"127.0.{third}.1" for third in range(1, 60)]
    server = name_server({"big.test": Answer(a=addresses, is_truncated=True)})
    result = check("big.test", peer.port, "--timeout", "20s", "--family", "ipv4")
    assert result["details"]["class"] == "refused"
    assert {query.transport for query in server.asked("big.test")} == {"udp", "tcp"}
    assert len(result["details"]["attempts_detail"][0]["addresses"]) == len(addresses)


@pytest.mark.parametrize("aaaa", [{"silent": (AAAA,)}, {"rcode_aaaa": SERVFAIL}])
def test_trouble_with_one_family_does_not_hide_the_other(check, name_server, peer, aaaa):
    name_server({"half.test": Answer(a=["127.0.0.1"], **aaaa)})
    result = check("half.test", peer.port, "--timeout", "20s")
    assert result["details"]["class"] == "open"
    assert result["details"]["notes"] == ["ipv6_failed"]
    assert result["details"]["total_time"] < 20


def test_family_asks_only_for_that_family(check, name_server, peers):
    six = peers.open("::1")
    server = name_server({"both.test": Answer(a=["127.0.0.1"], aaaa=["::1"])})
    assert check("both.test", six.port, "--family", "ipv6")["details"]["address"] == "::1"
    assert {query.type for query in server.asked("both.test")} == {AAAA}


def test_the_second_name_server_is_asked_when_the_first_is_dead(fresh):
    peer = fresh.peers.open()
    fresh.namespace.write_etc("resolv.conf", "nameserver 127.0.0.5\nnameserver 127.0.0.6\n")
    server = NameServer(fresh.namespace, {"web.test": Answer(a=["127.0.0.1"])}, address="127.0.0.6")
    try:
        assert fresh.check("web.test", peer.port, "--timeout", "4s")["details"]["class"] == "open"
    finally:
        server.close()


def test_etc_hosts_comes_first_and_nobody_is_asked(fresh):
    peer = fresh.peers.open("127.0.0.9")
    fresh.namespace.write_etc("hosts", "127.0.0.9 box.test box # the box\n127.0.0.1 localhost\n")
    server = NameServer(fresh.namespace, {"box.test": Answer(a=["127.0.0.1"])})
    try:
        for name in ("box.test", "BOX", "box.test."):
            assert fresh.check(name, peer.port)["details"]["address"] == "127.0.0.9"
        assert server.queries == []
    finally:
        server.close()


def test_the_search_list_is_used_unless_told_otherwise(fresh):
    peer = fresh.peers.open()
    fresh.namespace.write_etc("resolv.conf", "nameserver 127.0.0.1\nsearch first.test second.test\n")
    server = NameServer(fresh.namespace, {"web.second.test": Answer(a=["127.0.0.1"])})
    try:
        assert fresh.check("web", peer.port)["details"]["class"] == "open"
        assert server.asked("web.first.test") and server.asked("web.second.test")
        assert fresh.check("web", peer.port, "--search", "false")["details"]["class"] == "dns_nxdomain"
        assert fresh.check("web.", peer.port)["details"]["class"] == "dns_nxdomain"
    finally:
        server.close()


@pytest.mark.parametrize("name, outcome", [
    ("localhost", "open"), ("db.localhost", "open"), ("LOCALHOST.", "open"), ("db.invalid", "dns_nxdomain")])
def test_names_that_rfc_6761_rules_are_known_without_asking(check, name_server, peer, name, outcome):
    server = name_server({"db.localhost": Answer(a=["127.0.0.66"]), "db.invalid": Answer(a=["127.0.0.1"])})
    result = check(name, peer.port, "--family", "ipv4")
    assert result["details"]["class"] == outcome
    assert server.queries == []


def test_resolve_pins_a_name_for_every_port_without_asking(check, name_server, peers):
    server = name_server({"web.test": Answer(a=["127.0.0.99"])})
    for peer in (peers.open("127.0.0.4"), peers.open("127.0.0.4")):
        result = check("web.test", peer.port, "--resolve", "web.test:127.0.0.4")
        assert result["details"]["address"] == "127.0.0.4"
    assert server.queries == []


def test_the_system_resolver_can_be_asked_instead(check, name_server, peer):
    name_server({"web.test": Answer(a=["127.0.0.1"])})
    result = check("web.test", peer.port, "--resolver", "system", "--family", "ipv4")
    assert result["details"]["class"] == "open" and result["details"]["address"] == "127.0.0.1"
    assert check("none.test", peer.port, "--resolver", "system")["details"]["class"] == "dns_nxdomain"


def test_a_silent_name_server_does_not_outlive_the_deadline_of_the_system_resolver(check, name_server):
    name_server({"some.test": Answer(silent=(A, AAAA))})
    result = check("some.test", 80, "--resolver", "system", *QUICK)
    assert result["details"]["class"] == "dns_timeout"


def test_a_name_that_is_not_found_is_asked_for_again_at_each_attempt(check, name_server):
    server = name_server({})
    result = check("none.test", 80, "--attempts", 3, "--retry-delay", 0)
    assert result["attempts"] == 3 and result["error"] == "Host not found"
    assert len([query for query in server.asked("none.test") if query.type == A]) >= 3


def test_hints_tell_the_kinds_of_not_found_apart(check, name_server):
    name_server({"empty.test": Answer()})
    missing, empty = check("none.test", 80), check("empty.test", 80)
    assert missing["error"] == empty["error"] == "Host not found"
    assert missing["details"]["hint"] != empty["details"]["hint"]


# A server that is silent about AAAA for longer than any deadline here.
HALF_DEAF = Answer(a=["127.0.0.1"], silent=(AAAA,))
NOWHERE = Answer(rcode=NXDOMAIN, silent=(AAAA,))
CONF = "nameserver 127.0.0.1\noptions timeout:30 attempts:1\n"


def test_addresses_that_came_in_time_are_tried_whatever_the_deadline_leaves(check, namespace, name_server, peers):
    """The other family gets 50 ms more, and the attempt has 40."""
    peer = peers.open("127.0.0.1")
    name_server({"some.test": HALF_DEAF})
    namespace.write_etc("resolv.conf", CONF)
    result = check("some.test", peer.port, "--timeout", "40ms")
    assert (result["status"], result["details"]["class"]) == ("success", "open")


@pytest.mark.parametrize("timeout", ["20s", "300ms"])
def test_a_name_that_one_family_denies_is_not_there_though_the_other_is_silent(check, namespace, name_server, timeout):
    name_server({"none.test": NOWHERE})
    namespace.write_etc("resolv.conf", CONF)
    result = check("none.test", 80, "--timeout", timeout)
    assert (result["details"]["class"], result["details"]["verdict"]) == ("dns_nxdomain", "down")
    assert result["details"]["dns"]["families"]["ipv4"]["answer"] == "nxdomain"


def test_after_a_denial_the_search_goes_on_though_the_other_family_is_silent(check, namespace, name_server, peers):
    peer = peers.open("127.0.0.1")
    name_server({"web.one.test": NOWHERE, "web.two.test": Answer(a=["127.0.0.1"])})
    namespace.write_etc("resolv.conf", f"search one.test two.test\n{CONF}")
    result = check("web", peer.port, "--timeout", "20s")
    assert (result["details"]["class"], result["details"]["dns"]["name"]) == ("open", "web.two.test")
