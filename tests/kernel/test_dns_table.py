"""Every row of the DNS table, over UDP and over TCP: what a name server says, and what we call it.

test_resolve.py looks at names from the user's side; this at answers, true and forged.
"""

from typing import NamedTuple

import pytest

from support.contract import OUTCOMES
from support.name_server import (
    AAAA, FORGED, FORMERR, HANG_UP, NOTIMP, REFUSED, SERVFAIL, WRONG_PORT, A, Answer, NameServer)
from support.namespace import Namespace
from support.peers import Peers
from support.program import Programs

FIRST, SECOND, CLOSED = "127.0.0.1", "127.0.0.2", "127.0.0.3"
NAME = "some.test"
GARBAGE = b"\xc0\xff\x00"
# Whole records that leave the question open, each of 60 s: an address of three octets, that of another
# name, one of class CHAOS, and an alias of itself.
SHORT_ADDRESS = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\3\x7f\0\0"
ALIEN_ADDRESS = b"\5other\4test\0\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\1"
CHAOS_ADDRESS = b"\xc0\x0c\0\1\0\3\0\0\0\x3c\0\4\x7f\0\0\1"
OWN_ALIAS = b"\xc0\x0c\0\5\0\1\0\0\0\x3c\0\2\xc0\x0c"
HERE = {"a": ["127.0.0.1"], "aaaa": ["::1"]}
SILENT = Answer(silent=(A, AAAA))


class Row(NamedTuple):
    what: str
    answer: Answer  # None: there is no such name
    outcome: str
    may_next_know: bool = True  # whether another server is asked

    def __str__(self):
        return self.what


ROWS = [
    Row("nxdomain", None, "dns_nxdomain", False),
    Row("nodata", Answer(), "dns_nodata", False),
    Row("servfail", Answer(rcode=SERVFAIL), "dns_servfail"),
    Row("refused", Answer(rcode=REFUSED), "dns_refused"),
    Row("notimp", Answer(rcode=NOTIMP), "dns_refused"),
    Row("formerr", Answer(rcode=FORMERR), "dns_malformed"),
    Row("garbage", Answer(garbage=GARBAGE), "dns_malformed"),
    Row("short-address", Answer(garbage=SHORT_ADDRESS), "dns_malformed"),
    Row("alien-address", Answer(garbage=ALIEN_ADDRESS), "dns_malformed"),
    Row("chaos-address", Answer(garbage=CHAOS_ADDRESS), "dns_malformed"),
    Row("own-alias", Answer(garbage=OWN_ALIAS), "dns_malformed"),
    Row("unknown-rcode", Answer(rcode=11), "dns_servfail"),
    Row("silence", SILENT, "dns_timeout"),
]
SPEAKING = [row for row in ROWS if row.answer is not SILENT]
# What TCP says after a truncated answer over UDP.
TCP_ROWS = [
    Row("nodata", Answer(), "dns_nodata"),
    Row("servfail", Answer(rcode=SERVFAIL), "dns_servfail"),
    Row("refused", Answer(rcode=REFUSED), "dns_refused"),
    Row("notimp", Answer(rcode=NOTIMP), "dns_refused"),
    Row("formerr", Answer(rcode=FORMERR), "dns_malformed"),
    Row("garbage", Answer(garbage=GARBAGE), "dns_malformed"),
    Row("hangs-up", HANG_UP, "dns_unreachable"),
]


class Town:
    """A namespace with open ports on both loopbacks, whose name servers a test names."""

    def __init__(self, build):
        self.namespace = Namespace()
        self.peers = Peers(self.namespace)
        self.check_all = Programs(build, self.namespace).check
        self.port = self.peers.open("127.0.0.1").port
        self.peers.open("::1", self.port)
        self.servers = []

    def serve(self, answer, address=FIRST, **options):
        script = {} if answer is None else {NAME: answer}
        self.servers.append(NameServer(self.namespace, script, address, **options))
        return self.servers[-1]

    def use(self, *addresses, options="timeout:5 attempts:1"):
        lines = [f"nameserver {address}" for address in addresses] + [f"options {options}"]
        self.namespace.write_etc("resolv.conf", "\n".join(lines) + "\n")

    def check(self, *options):
        return self.check_all(NAME, self.port, *options)

    def rest(self):
        for server in self.servers:
            server.close()
        self.servers = []

    def close(self):
        self.peers.close()
        self.namespace.close()


@pytest.fixture(scope="module")
def module_town(build):
    made = Town(build)
    yield made
    made.close()


@pytest.fixture
def town(module_town):
    module_town.use(FIRST)
    yield module_town
    module_town.rest()


def assert_failed(result, outcome):
    details = result["details"]
    assert (details["class"], details["verdict"], details["phase"]) == (outcome, OUTCOMES[outcome][1], "resolve")
    assert result["error"] == OUTCOMES[outcome][0] and not result["connected"]
    assert (details["address"], details["connect_time"], details["notes"]) == (None, None, [])


def assert_open(result, *notes):
    details = result["details"]
    assert (details["class"], details["verdict"], details["notes"]) == ("open", "up", list(notes))


def transports(server):
    return {query.transport for query in server.asked(NAME)}


@pytest.mark.parametrize("transport, options", [("udp", "timeout:1 attempts:1"),
                                                ("tcp", "timeout:1 attempts:1 use-vc")])
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_an_answer_has_its_class(town, row, transport, options):
    server = town.serve(row.answer)
    town.use(FIRST, options=options)
    assert_failed(town.check("--timeout", "4s"), row.outcome)
    assert transports(server) == {transport}


@pytest.mark.parametrize("row", TCP_ROWS, ids=str)
def test_after_a_truncated_answer_that_of_tcp_counts(town, row):
    server = town.serve(Answer(is_truncated=True, tcp=row.answer))
    assert_failed(town.check(), row.outcome)
    assert transports(server) == {"udp", "tcp"}


def test_a_truncated_answer_is_completed_over_tcp(town):
    server = town.serve(Answer(**HERE, is_truncated=True))
    assert_open(town.check())
    assert transports(server) == {"udp", "tcp"}


def test_a_truncated_answer_without_tcp_is_an_unreachable_server(town):
    town.serve(Answer(**HERE, is_truncated=True), has_tcp=False)
    assert_failed(town.check(), "dns_unreachable")


def test_truncated_without_tcp_is_answered_by_the_next_server(town):
    town.use(FIRST, SECOND)
    town.serve(Answer(**HERE, is_truncated=True), has_tcp=False)
    town.serve(Answer(**HERE), SECOND)
    assert_open(town.check())


@pytest.mark.parametrize("wrong", FORGED)
def test_what_only_looks_like_an_answer_is_none(town, wrong):
    """The deadline ends it: whoever forges answers decides nothing."""
    town.serve(Answer(silent=(A, AAAA), forged=(wrong,)))
    assert_failed(town.check("--timeout", "400ms"), "dns_timeout")


@pytest.mark.parametrize("wrong", FORGED)
def test_a_forged_denial_before_the_answer_changes_nothing(town, wrong):
    server = town.serve(Answer(**HERE, forged=(wrong, wrong)))
    assert_open(town.check())
    assert len(server.asked(NAME)) == 2 and transports(server) == {"udp"}, "nothing had to be asked again"


def test_a_spoofed_denial_does_not_end_the_wait_for_the_next_server(town):
    town.use(FIRST, SECOND, options="timeout:1 attempts:1")
    town.serve(Answer(silent=(A, AAAA), forged=(WRONG_PORT,)))
    town.serve(Answer(**HERE), SECOND)
    assert_open(town.check("--timeout", "20s"))


def test_a_closed_port_is_an_unreachable_server(town):
    for options in ("attempts:1", "attempts:1 use-vc"):
        town.use(CLOSED, options=options)
        assert_failed(town.check(), "dns_unreachable")


@pytest.mark.parametrize("row", SPEAKING, ids=str)
def test_the_next_server_is_asked_when_this_one_cannot_say(town, row):
    town.use(FIRST, SECOND)
    town.serve(row.answer)
    second = town.serve(Answer(**HERE), SECOND)
    result = town.check()
    if row.may_next_know:
        assert_open(result)
    else:
        assert_failed(result, row.outcome)
    assert bool(second.queries) == row.may_next_know


def test_the_next_server_is_asked_when_this_ones_port_is_closed(town):
    town.use(CLOSED, SECOND)
    town.serve(Answer(**HERE), SECOND)
    assert_open(town.check())


def test_the_next_server_is_asked_when_this_one_is_silent(town):
    town.use(FIRST, SECOND, options="timeout:1 attempts:1")
    first, second = town.serve(SILENT), town.serve(Answer(**HERE), SECOND)
    result = town.check("--timeout", "20s")
    assert_open(result)
    assert len(first.asked(NAME)) == len(second.asked(NAME)) == 2
    assert result["details"]["dns_time"] >= 1 > result["response_time"]


def test_a_failure_of_every_server_is_the_failure(town):
    town.use(FIRST, SECOND)
    servers = [town.serve(Answer(rcode=SERVFAIL)), town.serve(Answer(rcode=SERVFAIL), SECOND)]
    assert_failed(town.check(), "dns_servfail")
    assert all(server.asked(NAME) for server in servers)


@pytest.mark.parametrize("half, note", [("a", "ipv6_failed"), ("aaaa", "ipv4_failed")])
@pytest.mark.parametrize("rcode", [SERVFAIL, REFUSED, FORMERR])
def test_a_family_that_fails_does_not_hide_the_other(town, half, note, rcode):
    good, bad = (0, rcode) if half == "a" else (rcode, 0)
    town.serve(Answer(**{half: HERE[half]}, rcode=good, rcode_aaaa=bad))
    assert_open(town.check("--timeout", "20s"), note)


@pytest.mark.parametrize("half, silent, note", [("a", AAAA, "ipv6_failed"), ("aaaa", A, "ipv4_failed")])
def test_a_silent_family_is_not_waited_for(town, half, silent, note):
    """By the log, not by the clock: the silent question was never put a second time."""
    server = town.serve(Answer(**{half: HERE[half]}, silent=(silent,)))
    town.use(FIRST, options="timeout:1 attempts:5")
    assert_open(town.check("--timeout", "20s"), note)
    assert [query.type for query in server.asked(NAME)].count(silent) == 1


@pytest.mark.parametrize("half", ["a", "aaaa"])
def test_a_family_that_the_name_does_not_have_is_no_failure(town, half):
    town.serve(Answer(**{half: HERE[half]}))
    assert_open(town.check())
