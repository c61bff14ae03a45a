"""What a result tells of its lookup: `dns` in JSON, and the rows of the text for people."""

import pytest

from support.name_server import (
    AAAA, FORMERR, NOTIMP, REFUSED, SERVFAIL, SHORT, WRONG_ID, WRONG_QUESTION, A, Answer, NameServer)

SERVER = "127.0.0.1"
SILENT = Answer(silent=(A, AAAA))


@pytest.fixture
def peer(peers):
    return peers.open()


def family(answer, server=SERVER, rcode="NOERROR", is_timed=True):
    return answer, server, rcode, is_timed


def families(dns):
    return {key: None if value is None else (value["answer"], value["server"], value["rcode"],
                                             value["time"] is not None)
            for key, value in dns["families"].items()}


def test_an_address_has_no_lookup(check, peer):
    details = check("127.0.0.1", peer.port)["details"]
    assert details["dns"] is None and details["attempts_detail"][0]["dns"] is None


def test_a_lookup_tells_name_server_and_addresses(check, name_server, peer):
    name_server({"web.test": Answer(a=["127.0.0.1"])})
    result = check("web.test.", peer.port)
    dns = result["details"]["dns"]
    assert (dns["name"], dns["source"], dns["cached"]) == ("web.test", "dns", False)
    assert (dns["server"], dns["rcode"], dns["addresses"]) == (SERVER, "NOERROR", ["127.0.0.1"])
    assert dns["time"].text == result["details"]["dns_time"].text
    assert families(dns) == {"ipv4": family("addresses"), "ipv6": family("nodata")}
    assert all(0 < dns["families"][key]["time"] <= dns["time"] for key in ("ipv4", "ipv6"))


def test_the_addresses_stand_in_the_order_in_which_they_are_tried(check, name_server, peers):
    peer = peers.open("::1")
    name_server({"web.test": Answer(a=["127.0.0.1"], aaaa=["::1"])})
    dns = check("web.test", peer.port)["details"]["dns"]
    assert dns["addresses"] == ["::1", "127.0.0.1"]
    assert families(dns) == {"ipv4": family("addresses"), "ipv6": family("addresses")}


def test_a_family_that_was_not_asked_for_is_null(check, name_server, peer):
    name_server({"web.test": Answer(a=["127.0.0.1"])})
    dns = check("web.test", peer.port, "--family", "ipv4")["details"]["dns"]
    assert families(dns) == {"ipv4": family("addresses"), "ipv6": None}


@pytest.mark.parametrize("answer, word, rcode", [
    (None, "nxdomain", "NXDOMAIN"),
    (Answer(), "nodata", "NOERROR"),
    (Answer(rcode=SERVFAIL), "servfail", "SERVFAIL"),
    (Answer(rcode=REFUSED), "refused", "REFUSED"),
    (Answer(rcode=NOTIMP), "refused", "NOTIMP"),
    (Answer(rcode=FORMERR), "malformed", "FORMERR"),
    (Answer(rcode=9), "servfail", "NOTAUTH"),
    (Answer(rcode=15), "servfail", "RCODE15"),
    (Answer(garbage=b"\xc0\xff\x00"), "malformed", "NOERROR"),
])
def test_what_a_server_says_is_told_by_its_rcode(check, name_server, answer, word, rcode):
    name_server({} if answer is None else {"some.test": answer})
    dns = check("some.test", 80)["details"]["dns"]
    assert (dns["name"], dns["server"], dns["rcode"], dns["addresses"]) == (None, SERVER, rcode, [])
    assert families(dns) == {"ipv4": family(word, rcode=rcode), "ipv6": family(word, rcode=rcode)}


def test_a_silent_server_is_named_and_has_said_nothing(check, name_server):
    name_server({"some.test": SILENT})
    dns = check("some.test", 80, "--timeout", "300ms")["details"]["dns"]
    assert (dns["server"], dns["rcode"]) == (None, None)
    assert families(dns) == {key: family("timeout", rcode=None, is_timed=False) for key in ("ipv4", "ipv6")}


def test_a_server_that_is_not_there_has_said_nothing(check):
    dns = check("some.test", 80)["details"]["dns"]
    assert (dns["server"], dns["rcode"]) == (None, None)
    assert families(dns) == {key: family("unreachable", rcode=None) for key in ("ipv4", "ipv6")}


def test_a_family_that_was_not_waited_for_is_pending(check, name_server, peer):
    name_server({"half.test": Answer(a=["127.0.0.1"], silent=(AAAA,))})
    dns = check("half.test", peer.port, "--timeout", "20s")["details"]["dns"]
    assert families(dns) == {"ipv4": family("addresses"), "ipv6": family("pending", rcode=None, is_timed=False)}


def test_of_a_failed_family_its_own_server_is_named(fresh):
    peer = fresh.peers.open()
    fresh.namespace.write_etc("resolv.conf", "nameserver 127.0.0.5\nnameserver 127.0.0.6\n")
    half = {"half.test": Answer(a=["127.0.0.1"], rcode_aaaa=REFUSED)}
    servers = [NameServer(fresh.namespace, half, "127.0.0.5"),
               NameServer(fresh.namespace, {"half.test": Answer(rcode=SERVFAIL)}, "127.0.0.6")]
    try:
        dns = fresh.check("half.test", peer.port)["details"]["dns"]
        assert families(dns) == {"ipv4": family("addresses", "127.0.0.5"),
                                 "ipv6": family("refused", "127.0.0.5", "REFUSED")}
        assert (dns["server"], dns["rcode"]) == ("127.0.0.5", "NOERROR")
    finally:
        for server in servers:
            server.close()


def test_after_a_search_the_name_is_the_one_that_answered(fresh):
    peer = fresh.peers.open()
    fresh.namespace.write_etc("resolv.conf", "nameserver 127.0.0.1\nsearch first.test second.test\n")
    server = NameServer(fresh.namespace, {"web.second.test": Answer(a=["127.0.0.1"]),
                                          "db.first.test": Answer(rcode=REFUSED)})
    try:
        result = fresh.check("web", peer.port)
        assert (result["host"], result["details"]["dns"]["name"]) == ("web", "web.second.test")
        text = fresh.run("web", peer.port).out
        assert "web.second.test" in text and "127.0.0.1 says NOERROR" in text
        # The name itself does not exist either; what the server refused is what counts.
        dns = fresh.check("db", 80)["details"]["dns"]
        assert (dns["name"], dns["rcode"]) == (None, "REFUSED")
    finally:
        server.close()


@pytest.mark.parametrize("name, options, source, told", [
    ("box.test", (), "hosts", "box.test"),
    ("BOX.", (), "hosts", "BOX"),
    ("localhost", (), "rfc6761", "localhost"),
    ("db.invalid", (), "rfc6761", None),
    ("pin.test", ("--resolve", "pin.test:127.0.0.9"), "pinned", "pin.test"),
    ("box.test", ("--resolver", "system", "--search", "false"), "hosts", "box.test"),
    ("box.test", ("--resolver", "system"), "system", None),
])
def test_other_sources_are_named_and_have_no_server(fresh, name, options, source, told):
    fresh.namespace.write_etc("hosts", "127.0.0.9 box.test box\n")
    dns = fresh.check(name, 80, "--family", "ipv4", *options)["details"]["dns"]
    assert (dns["source"], dns["name"], dns["server"], dns["rcode"]) == (source, told, None, None)
    answer = "nxdomain" if name == "db.invalid" else "addresses"
    assert families(dns) == {"ipv4": family(answer, None, None, False), "ipv6": None}


def test_each_attempt_has_a_lookup_of_its_own(check, name_server):
    name_server({"web.test": Answer(a=["127.0.0.77"])})
    details = check("web.test", 1, "--attempts", 2, "--retry-delay", 0)["details"]
    looked_up = [attempt["dns"] for attempt in details["attempts_detail"]]
    assert [dns["addresses"] for dns in looked_up] == [["127.0.0.77"]] * 2
    assert looked_up[1] == details["dns"]


def test_a_cancelled_lookup_tells_whom_it_waited_for(run, name_server):
    server = name_server({"some.test": SILENT})
    result = run("run", "--format", "jsonl", "--max-time", "300ms", "--targets", "-",
                 stdin="some.test 80\n").result
    assert result["details"]["class"] == "cancelled" and server.asked("some.test")
    assert families(result["details"]["dns"])["ipv4"] == family("timeout", rcode=None, is_timed=False)


@pytest.mark.parametrize("answer, words", [
    (Answer(a=["127.0.0.1"], rcode_aaaa=SERVFAIL),
     ("127.0.0.1 says NOERROR", "127.0.0.1 says SERVFAIL", "IPv6 addresses could not be looked up")),
    (Answer(a=["127.0.0.1"], silent=(AAAA,)),
     ("127.0.0.1 says NOERROR", "127.0.0.1 was not waited for", "IPv6 addresses not known in time")),
    (Answer(rcode=NOTIMP), ("127.0.0.1 says NOTIMP",)),
    (Answer(garbage=b"\xc0\xff\x00"), ("127.0.0.1 says NOERROR, malformed",)),
    (None, ("127.0.0.1 says NXDOMAIN",)),
    (SILENT, ("127.0.0.1 is silent",)),
])
def test_the_text_shows_who_said_what(run, name_server, peer, answer, words):
    name_server({} if answer is None else {"some.test": answer})
    shown = run("some.test", peer.port, "-v", "--timeout", "700ms").out
    for word in words:
        assert word in shown, shown


class Servers:
    """Name servers of one namespace, in the order of its resolv.conf."""

    def __init__(self, town):
        self.town = town
        self.started = []

    def use(self, *addresses, options="timeout:1 attempts:1"):
        lines = [f"nameserver {address}" for address in addresses] + [f"options {options}"]
        self.town.namespace.write_etc("resolv.conf", "\n".join(lines) + "\n")

    def start(self, address, answer, **options):
        self.started.append(NameServer(self.town.namespace, {"some.test": answer}, address, **options))

    def close(self):
        for server in self.started:
            server.close()


@pytest.fixture
def servers(fresh):
    made = Servers(fresh)
    yield made
    made.close()


def failed(dns):
    return [(entry["server"], entry["answer"]) for entry in dns["failed"]]


def test_truncated_without_tcp_keeps_what_the_server_said(fresh, servers):
    servers.use("127.0.0.54")
    servers.start("127.0.0.54", Answer(a=["127.0.0.1"], is_truncated=True), has_tcp=False)
    details = fresh.check("some.test", 80)["details"]
    dns = details["dns"]
    assert (details["class"], dns["server"], dns["rcode"]) == ("dns_unreachable", "127.0.0.54", "NOERROR")
    assert all(family["truncated"] for family in dns["families"].values())
    assert "TCP port 53" in details["hint"]
    text = " ".join(fresh.run("some.test", 80).out.split())
    assert "127.0.0.54 says NOERROR, truncated, and its TCP port 53 cannot be reached" in text


def test_truncated_and_silent_over_tcp_is_not_a_silent_server(fresh, servers):
    servers.use("127.0.0.54", options="timeout:5 attempts:1")
    servers.start("127.0.0.54", Answer(is_truncated=True, tcp=SILENT))
    result = fresh.check("some.test", 80, "--timeout", "400ms")
    assert result["details"]["class"] == "dns_timeout"
    assert result["details"]["dns"]["families"]["ipv4"]["truncated"]
    assert "truncated, and its TCP port 53 is silent" in fresh.run("some.test", 80, "--timeout", "400ms").out


def test_a_truncated_answer_that_tcp_completes_is_a_whole_one(check, name_server, peer):
    name_server({"web.test": Answer(a=["127.0.0.1"], is_truncated=True)})
    dns = check("web.test", peer.port)["details"]["dns"]
    assert not any(family["truncated"] for family in dns["families"].values()) and dns["failed"] == []


def test_servers_that_failed_are_listed_beside_the_one_that_counts(fresh, servers):
    servers.use("127.0.0.99", "127.0.0.98")
    servers.start("127.0.0.98", Answer(rcode=SERVFAIL))
    dns = fresh.check("some.test", 80)["details"]["dns"]
    assert dns["server"] == "127.0.0.98"
    assert failed(dns) == [("127.0.0.99", "unreachable"), ("127.0.0.98", "servfail")]
    text = fresh.run("some.test", 80).out
    assert "127.0.0.99 cannot be reached" in text and "Every name server" not in text


def test_a_silent_first_server_explains_a_slow_lookup(fresh, servers):
    peer = fresh.peers.open()
    servers.use("127.0.0.97", "127.0.0.98")
    servers.start("127.0.0.97", SILENT)
    servers.start("127.0.0.98", Answer(a=["127.0.0.1"]))
    dns = fresh.check("some.test", peer.port, "--timeout", "20s")["details"]["dns"]
    assert (dns["server"], failed(dns)) == ("127.0.0.98", [("127.0.0.97", "timeout")])
    assert "127.0.0.97 is silent" in fresh.run("some.test", peer.port, "--timeout", "20s").out


def test_one_that_only_truncates_is_told_from_one_that_is_not_there(fresh, servers):
    peer = fresh.peers.open()
    servers.use("127.0.0.97", "127.0.0.98")
    servers.start("127.0.0.97", Answer(is_truncated=True), has_tcp=False)
    servers.start("127.0.0.98", Answer(a=["127.0.0.1"]))
    assert "127.0.0.97 answers over UDP only, truncated" in fresh.run("some.test", peer.port).out


def test_what_is_remembered_remembers_no_failure(fresh, servers):
    servers.use("127.0.0.99", "127.0.0.98")
    servers.start("127.0.0.98", Answer(a=["127.0.0.77"]))
    details = fresh.check("some.test", 1, "--attempts", 2, "--retry-delay", 0)["details"]
    first, second = (attempt["dns"] for attempt in details["attempts_detail"])
    assert failed(first) == [("127.0.0.99", "unreachable")]
    assert second["cached"] and failed(second) == []


@pytest.mark.parametrize("wrong", [WRONG_ID, WRONG_QUESTION, SHORT])
def test_what_is_no_answer_is_told_from_silence(run, check, name_server, wrong):
    name_server({"some.test": Answer(silent=(A, AAAA), forged=(wrong,))})
    result = check("some.test", 80, "--timeout", "400ms")
    assert result["details"]["class"] == "dns_timeout"
    assert all(family["strays"] for family in result["details"]["dns"]["families"].values())
    text = run("some.test", 80, "--timeout", "400ms").out
    assert "127.0.0.1 sends what answers no question of ours" in text and "127.0.0.1 is silent" not in text


def test_silence_has_no_strays(check, name_server):
    name_server({"some.test": SILENT})
    dns = check("some.test", 80, "--timeout", "300ms")["details"]["dns"]
    assert not any(family["strays"] for family in dns["families"].values())


def test_without_a_nameserver_line_the_default_is_explained(fresh):
    fresh.namespace.write_etc("resolv.conf", "search corp.test\n")
    text = " ".join(fresh.run("some.test.", 80).out.split())
    assert "/etc/resolv.conf names none, so 127.0.0.1 was asked, as the C library does" in text
    fresh.namespace.write_etc("resolv.conf", "nameserver 127.0.0.1\n")
    assert "names none" not in fresh.run("some.test.", 80).out


def test_the_names_that_were_asked_for_are_told(fresh, servers):
    fresh.namespace.write_etc("resolv.conf", "nameserver 127.0.0.1\nsearch first.test second.test\n")
    servers.start("127.0.0.1", Answer(a=["127.0.0.1"]))
    names = ["nope.first.test", "nope.second.test", "nope"]
    assert fresh.check("nope", 80)["details"]["dns"]["asked"] == names
    assert ", ".join(names) in fresh.run("nope", 80).out
    assert fresh.check("some.test.", 80)["details"]["dns"]["asked"] == ["some.test"]
    assert "asked for" not in fresh.run("nope.", 80).out


def test_a_long_search_list_is_told_as_far_as_there_is_room(fresh, servers):
    domains = [f"{number}{'x' * 60}.test" for number in range(32)]
    fresh.namespace.write_etc("resolv.conf", f"nameserver 127.0.0.1\nsearch {' '.join(domains)}\n")
    servers.start("127.0.0.1", Answer())
    asked = fresh.check("nope", 80)["details"]["dns"]["asked"]
    names = [f"nope.{domain}" for domain in domains]
    assert 3 < len(asked) < len(names) and asked[:3] == names[:3]
