"""Every outcome that loopback and an empty private network can produce, on the real kernel.

`check` verifies the whole contract of each result; these tests add what is
particular to the cause: class, errno, phase, and what else shows it.
"""

import errno
import socket

import pytest

from support.capability import powerless, tool
from support.peers import wait_until
from support.program import UNLIMITED

QUICK = ("--timeout", "300ms")
# 192.0.2.0/24 and 203.0.113.0/24 are for documentation: nobody is there.
ELSEWHERE = "203.0.113.1"


def cause(result):
    details = result["details"]
    return details["class"], details["errno"], details["phase"]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1"])
def test_an_open_port_is_open(check, peers, host):
    peer = peers.open(host)
    result = check(peer.target)
    assert cause(result) == ("open", None, "connect")
    assert result["connected"] and result["attempts"] == 1
    assert (result["host"], result["port"]) == (host, peer.port)
    details = result["details"]
    assert details["address"] == host and details["hint"] in (None, "")
    assert details["rtt_source"] == "kernel" and details["syn_retransmits"] == 0
    assert result["response_time"].text == details["connect_time"].text == details["handshake_rtt"].text


def test_an_open_port_sees_one_connection_from_the_named_source(check, peers):
    peer = peers.open()
    result = check(peer.target)
    (_, client), = peer.wait_for("accepted")
    assert result["details"]["source"] == f"{client[0]}:{client[1]}"


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_closed_port_is_refused(check, peers, host):
    result = check(peers.refused(host).target)
    assert cause(result) == ("refused", "ECONNREFUSED", "connect")
    assert result["error"] == "Connection refused" and not result["connected"]
    assert result["details"]["address"] == host and result["details"]["icmp"] is None


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_full_accept_queue_is_a_timeout(check, peers, host):
    result = check(peers.silent(host).target, *QUICK)
    assert cause(result)[::2] == ("timeout", "connect")
    assert result["error"] == "Connection timeout" and not result["connected"]
    assert result["response_time"] >= 0.3
    assert result["details"]["address"] == host


def test_a_timeout_tells_how_many_syns_went_out(check, peers):
    result = check(peers.silent().target, "--timeout", "1.3s")
    assert result["details"]["class"] == "timeout"
    assert result["details"]["syn_retransmits"] >= 1


@pytest.mark.parametrize("host", [ELSEWHERE, "[2001:db8::1]", "224.0.0.1", "255.255.255.255"])
def test_an_address_without_a_route_is_unknown_not_down(check, host):
    result = check(host, 80)
    assert cause(result) == ("no_route", "ENETUNREACH", "connect")
    assert result["error"] == "Network unreachable"


def test_a_link_local_address_without_a_zone_is_a_local_mistake(check):
    assert cause(check("[fe80::1]:80")) == ("local_config", "EINVAL", "connect")


def test_a_zone_is_part_of_the_address(check, fresh):
    fresh.namespace.sh("ip address add fe80::7/64 dev lo")
    peer = fresh.peers.untouched("::", 4242)
    for zone in ("lo", "1"):
        result = fresh.check(f"[fe80::7%{zone}]:{peer.port}")
        assert result["details"]["class"] == "open" and result["host"] == f"fe80::7%{zone}"
        assert result["details"]["address"].startswith("fe80::7%")
    assert peer.count_connections() == 2
    assert check(f"[fe80::7%nosuch]:{peer.port}")["details"]["verdict"] == "unknown"


def test_a_privileged_source_port_without_the_right_is_permission_denied(fresh):
    peer = fresh.peers.open()
    fresh.namespace.set_knob("net.ipv4.ip_unprivileged_port_start", 1024)
    result = fresh.check(peer.target, "--source-port", 80, "--attempts", 3,
                         wrap=powerless("net_bind_service"))
    assert cause(result) == ("permission", "EACCES", "bind")
    assert result["error"] == "Permission denied"
    assert result["attempts"] == 1, "what a retry cannot mend is not retried"
    assert peer.count() == 0


def test_a_source_port_that_somebody_listens_on_is_in_use(check, peers):
    peer, taken = peers.open(), peers.untouched()
    result = check(peer.target, "--source-port", taken.port)
    assert cause(result) == ("source_port_busy", "EADDRINUSE", "bind")
    assert result["error"] == "Port in use"


def test_a_source_port_in_a_living_connection_to_the_target_is_in_use(check, peers, namespace):
    peer = peers.open()
    with namespace.socket() as living:
        living.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        living.bind(("127.0.0.1", 0))
        living.connect((peer.host, peer.port))
        result = check(peer.target, "--source-port", living.getsockname()[1])
    assert cause(result) == ("source_port_busy", "EADDRNOTAVAIL", "connect")
    assert result["error"] == "Port in use"


def test_a_source_port_in_use_is_worth_a_retry(check, peers):
    taken = peers.untouched()
    result = check(peers.open().target, "--source-port", taken.port, "--attempts", 3, "--retry-delay", "1ms")
    assert result["attempts"] == 3 and result["details"]["class"] == "source_port_busy"


def test_connecting_to_oneself_is_refused(check, peers):
    closed = peers.refused("127.0.0.2").port
    peers.close()  # only its number is wanted: the source port must be free
    result = check(f"127.0.0.1:{closed}", "--source-port", closed)
    assert result["details"]["class"] == "refused" and result["error"] == "Connection refused"
    assert not result["connected"]


def test_an_ephemeral_port_that_meets_itself_is_refused(fresh):
    fresh.namespace.set_knob("net.ipv4.ip_local_port_range", "40000 40000")
    result = fresh.check("127.0.0.1:40000")
    assert result["details"]["class"] == "refused" and not result["connected"]


def test_a_reset_right_after_accept_is_still_open(check, peers):
    peer = peers.resetting()
    for _ in range(30):
        result = check(peer.target)
        assert result["details"]["class"] == "open" and result["connected"]
        assert set(result["details"]["notes"]) <= {"reset_after_handshake"}
    assert peer.count() == 30


def test_exhausted_local_ports_say_so(fresh):
    peer = fresh.peers.open()
    fresh.namespace.set_knob("net.ipv4.ip_local_port_range", "40000 40002")
    held = [fresh.namespace.socket() for _ in range(4)]
    errors = {client.connect_ex((peer.host, peer.port)) for client in held}
    assert errno.EADDRNOTAVAIL in errors, "the test itself has used up every port"
    result = fresh.check(peer.target)
    assert cause(result) == ("ports_exhausted", "EADDRNOTAVAIL", "connect")
    assert result["error"] == "Local ports exhausted"
    for client in held:
        client.close()


def limited(descriptors):
    return [tool("prlimit", "util-linux"), f"--nofile={descriptors}:{descriptors}", "--"]


def test_whatever_the_descriptor_limit_no_wrong_cause_is_given(programs, peers):
    """From too few to start at all up to enough: an error of ours, or resource, or open."""
    peer, seen = peers.open(), set()
    for descriptors in range(3, 20):
        # LeakSanitizer itself needs descriptors when the program ends.
        completed = programs.run(peer.target, "--format", "json", *QUICK, wrap=limited(descriptors),
                                 env={"ASAN_OPTIONS": "detect_leaks=0"})
        if not completed.out:
            assert completed.code in (66, 70, 127) and completed.err, completed
            continue
        result = completed.result
        seen.add(result["details"]["class"])
        assert result["details"]["class"] in ("resource", "open"), completed
        if result["details"]["class"] == "resource":
            assert result["error"] == "Local resources exhausted"
            assert result["details"]["errno"] == "EMFILE"
            completed.expect(3)
    assert seen == {"resource", "open"}


def test_few_descriptors_slow_a_run_down_but_fail_nothing(programs, peers, write):
    peer = peers.open()
    targets = write(f"{peer.target}\n" * 200, "targets")
    completed = programs.run("run", "--targets", targets, "--format", "jsonl", *UNLIMITED, wrap=limited(24),
                             env={"ASAN_OPTIONS": "detect_leaks=0"}).expect(0)
    assert len(completed.results) == 200


def test_a_source_address_that_is_not_ours_is_unavailable(check, peers):
    result = check(peers.open().target, "--source-address", "192.0.2.1", "--attempts", 2)
    assert cause(result) == ("source_unavailable", "EADDRNOTAVAIL", "bind")
    assert result["attempts"] == 1


def test_a_source_address_of_ours_is_used(check, peers):
    peer = peers.open()
    result = check(peer.target, "--source-address", "127.0.0.77")
    assert result["details"]["source"].startswith("127.0.0.77:")
    assert peer.wait_for("accepted")[0][1][0] == "127.0.0.77"


@pytest.mark.parametrize("kind, name", [("blackhole", "EINVAL"), ("unreachable", "EHOSTUNREACH"),
                                        ("prohibit", "EACCES")])
def test_a_local_route_that_refuses_is_named_as_such(fresh, kind, name):
    fresh.namespace.sh(f"ip route add {kind} {ELSEWHERE}/32")
    result = fresh.check(f"{ELSEWHERE}:80")
    assert cause(result) == ("local_config", name, "connect")
    assert result["error"] == "Local routing refuses"


@pytest.mark.parametrize("written, meant", [("0.0.0.0", "127.0.0.1"), ("[::]", "::1"),
                                            ("[::ffff:127.0.0.1]", "127.0.0.1")])
def test_addresses_that_mean_this_host_are_named_as_what_they_are(check, peers, written, meant):
    peer = peers.open(meant)
    result = check(f"{written}:{peer.port}")
    assert result["details"]["address"] == meant
    assert result["host"] == written.strip("[]")


def test_a_handshake_that_answers_late_is_open(start, peers):
    """The first SYN is dropped, a later one answered: late is not timeout."""
    peer = peers.silent()
    drops = peer.count_drops()
    running = start(peer.target, "--timeout", "20s", "--format", "json")
    wait_until(lambda: peer.count_drops() > drops, "the kernel dropped a SYN")
    peer.answer()
    result = running.finish().expect(0).result
    assert result["details"]["class"] == "open"
    assert result["details"]["syn_retransmits"] >= 1
    assert result["details"]["rtt_source"] in (None, "kernel_ms")
    assert result["response_time"] >= 0.9


def test_a_check_needs_no_privilege(check, peers):
    assert check(peers.open().target, wrap=powerless())["connected"]
    assert check(peers.refused().target, wrap=powerless())["details"]["class"] == "refused"
