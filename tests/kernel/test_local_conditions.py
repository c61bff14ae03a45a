"""What this host itself puts in the way of a connection, over IPv4 and IPv6 alike."""

import socket

import pytest

from support.capability import powerless
from support.peers import family_of
from support.program import Programs
from support.scripted_network import ScriptedNetwork
from support.street import FAR, NEAR, NOBODY, Street

LOOPBACK = {4: "127.0.0.1", 6: "::1"}
ELSEWHERE = {4: "10.77.0.1", 6: "2001:db8:77::1"}
ROUTE = {4: "ip -4 route", 6: "ip -6 route"}
RULE = {4: "ip -4 rule", 6: "ip -6 rule"}
EACH = pytest.mark.parametrize("version", [4, 6])
PREFIX = {4: 32, 6: 128}
# "unreachable" among the rules of routing is answered as if there were no route.
BY_ROUTE = {"blackhole": ("local_config", "EINVAL"), "prohibit": ("local_config", "EACCES"),
            "unreachable": ("local_config", "EHOSTUNREACH"), "throw": ("no_route", "ENETUNREACH")}
BY_RULE = BY_ROUTE | {"unreachable": ("no_route", "ENETUNREACH")}
# What a router says that has such a route, type and code included; None: nothing.
FAR_ROUTES = [
    (4, "blackhole", "timeout", None), (6, "blackhole", "timeout", None),
    (4, "prohibit", "filtered", (3, 13)), (6, "prohibit", "filtered", (1, 1)),
    (4, "unreachable", "host_unreachable", (3, 1)), (6, "unreachable", "net_unreachable", (1, 0)),
    (4, "throw", "net_unreachable", (3, 0)), (6, "throw", "net_unreachable", (1, 0)),
]
SYN_PROXY = """
nft add table inet test
nft add chain inet test before '{ type filter hook prerouting priority -300; }'
nft add chain inet test through '{ type filter hook forward priority 0; }'
nft add rule inet test before iifname wire tcp dport 99 tcp flags syn notrack
nft add rule inet test through tcp dport 99 ct state invalid,untracked synproxy mss 1460 wscale 7 timestamp
nft add rule inet test through ct state invalid drop
echo 0 > /proc/sys/net/netfilter/nf_conntrack_tcp_loose
"""


@pytest.fixture(scope="module")
def street():
    made = Street()
    yield made
    made.close()


@pytest.fixture(scope="module")
def check_near(build, street):
    return Programs(build, street.near).check


@pytest.fixture
def torn_street(build):
    """One whose wire a test may cut; its programs run near."""
    made = Street()
    made.programs = Programs(build, made.near)
    yield made
    made.close()


def target(address, port=80):
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def cause(result):
    details = result["details"]
    return details["class"], details["errno"], details["verdict"], details["phase"], details["notes"]


def local(outcome, name, phase="connect"):
    return outcome, name, "unknown", phase, []


def offender(result):
    said = result["details"]["icmp"]
    return said and (said["type"], said["code"], said["from"])


# ---- routes -----------------------------------------------------------------


@EACH
@pytest.mark.parametrize("kind", BY_ROUTE)
def test_a_route_that_refuses_is_named(street, check_near, version, kind):
    net = f"{ELSEWHERE[version]}/{PREFIX[version]}"
    street.near.sh(f"{ROUTE[version]} add {kind} {net}")
    result = check_near(target(ELSEWHERE[version]), "--attempts", 2, "--retry-delay", 0)
    street.near.sh(f"{ROUTE[version]} del {kind} {net}")
    outcome, name = BY_ROUTE[kind]
    assert cause(result) == local(outcome, name) and offender(result) is None
    assert result["attempts"] == (2 if outcome == "no_route" else 1)
    assert result["details"]["syn_retransmits"] is None, "no SYN was sent"


@EACH
@pytest.mark.parametrize("kind", ["blackhole", "prohibit", "unreachable"])
def test_a_rule_of_routing_that_refuses_is_named(street, check_near, version, kind):
    net = f"{ELSEWHERE[version]}/{PREFIX[version]}"
    street.near.sh(f"{RULE[version]} add to {net} {kind}")
    result = check_near(target(ELSEWHERE[version]))
    street.near.sh(f"{RULE[version]} del to {net} {kind}")
    assert cause(result) == local(*BY_RULE[kind])


@EACH
def test_without_any_route_there_is_no_route(fresh, version):
    result = fresh.check(target(ELSEWHERE[version]))
    assert cause(result) == local("no_route", "ENETUNREACH")
    assert result["error"] == "Network unreachable" and "route" in result["details"]["hint"]


@pytest.mark.parametrize("version, kind, outcome, said", FAR_ROUTES)
def test_the_same_routes_on_a_router_are_its_affair(street, check_near, version, kind, outcome, said):
    net = f"{ELSEWHERE[version]}/{PREFIX[version]}"
    street.far.sh(f"{ROUTE[version]} add {kind} {net}")
    result = check_near(target(ELSEWHERE[version]), "--timeout", "300ms")
    street.far.sh(f"{ROUTE[version]} del {kind} {net}")
    assert (result["details"]["class"], result["details"]["verdict"]) == (outcome, "down")
    assert offender(result) == (said and (*said, FAR[version]))


# ---- the wire and our addresses ---------------------------------------------


@EACH
def test_a_device_that_is_down_leaves_no_route(torn_street, version):
    torn_street.near.sh("ip link set wire down")
    result = torn_street.programs.check(target(FAR[version]))
    assert cause(result) == local("no_route", "ENETUNREACH")


def test_addresses_of_a_device_that_is_down_stay_over_ipv4_and_go_over_ipv6(torn_street):
    torn_street.near.sh("ip link set wire down")
    check = torn_street.programs.check
    assert cause(check(target(FAR[4]), "--source-address", NEAR[4])) == local("no_route", "ENETUNREACH")
    assert cause(check(target(FAR[6]), "--source-address", NEAR[6])) == local(
        "source_unavailable", "EADDRNOTAVAIL", "bind")


def test_a_neighbour_that_nobody_answers_for_is_an_unreachable_host_reported_by_ourselves(torn_street):
    """On the wire, behind a dead router, and, in the end, with the cable pulled out."""
    torn_street.near.sh(f"ip route add {ELSEWHERE[4]} via {NOBODY[4]}; ip -6 route add {ELSEWHERE[6]} via {NOBODY[6]}")
    dead = {address: ours for places in (NOBODY, ELSEWHERE) for version in (4, 6)
            for address, ours in [(places[version], NEAR[version])]}
    assert_dead_neighbours(torn_street.programs, dead)
    torn_street.far.sh("ip link set wire down")
    torn_street.near.sh("ip neighbour flush all")
    assert_dead_neighbours(torn_street.programs, {FAR[version]: NEAR[version] for version in (4, 6)})


def assert_dead_neighbours(programs, dead):
    targets = "\n".join(map(target, dead))
    completed = programs.run("run", "--targets", "-", "--format", "json", stdin=targets).expect(1)
    assert [result["host"] for result in completed.results] == list(dead)
    for result in completed.results:
        assert cause(result) == ("host_unreachable", "EHOSTUNREACH", "down", "connect", [])
        words = (3, 1) if ":" not in result["host"] else (1, 3)
        assert offender(result) == (*words, dead[result["host"]])
        assert result["response_time"] >= 2


@EACH
def test_a_neighbour_is_given_up_no_sooner_than_the_kernel_does(street, check_near, version):
    result = check_near(target(NOBODY[version]), "--timeout", "300ms")
    assert cause(result) == ("timeout", None, "down", "connect", [])


@EACH
def test_a_source_address_that_is_not_ours_is_unavailable(street, check_near, version):
    result = check_near(target(FAR[version]), "--source-address", NOBODY[version], "--attempts", 2)
    assert cause(result) == local("source_unavailable", "EADDRNOTAVAIL", "bind")
    assert result["attempts"] == 1


@EACH
def test_loopback_as_a_source_towards_the_world_is_unavailable(street, check_near, version):
    result = check_near(target(FAR[version]), "--source-address", LOOPBACK[version], "--timeout", "300ms")
    assert (result["details"]["class"], result["details"]["verdict"]) == ("source_unavailable", "unknown")


# ---- ports ------------------------------------------------------------------


@EACH
def test_a_privileged_source_port_without_the_right_is_permission_denied(fresh, version):
    peer = fresh.peers.open(LOOPBACK[version])
    fresh.namespace.set_knob("net.ipv4.ip_unprivileged_port_start", 1024)
    result = fresh.check(peer.target, "--source-port", 80, wrap=powerless("net_bind_service"))
    assert cause(result) == local("permission", "EACCES", "bind")
    assert peer.count() == 0


@EACH
def test_exhausted_local_ports_say_so(fresh, version):
    peer = fresh.peers.open(LOOPBACK[version])
    fresh.namespace.set_knob("net.ipv4.ip_local_port_range", "40000 40001")
    held = [fresh.namespace.socket(family_of(peer.host)) for _ in range(3)]
    assert 0 not in [client.connect_ex((peer.host, peer.port)) for client in held][2:]
    assert cause(fresh.check(peer.target)) == local("ports_exhausted", "EADDRNOTAVAIL")
    for client in held:
        client.close()


@EACH
def test_connecting_to_oneself_is_refused(check, peers, version):
    closed = peers.refused(LOOPBACK[version]).port
    peers.close()
    result = check(target(LOOPBACK[version], closed), "--source-port", closed)
    assert cause(result) == ("refused", None, "down", "connect", [])
    assert not result["connected"] and result["error"] == "Connection refused"


# ---- what stands before the application -------------------------------------


@EACH
def test_an_accept_that_waits_for_data_is_open(check, namespace, version):
    """The handshake is done as far as anybody here can tell; the server has not seen it."""
    with namespace.socket(family_of(LOOPBACK[version])) as server:
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 5)
        server.bind((LOOPBACK[version], 0))
        server.listen(8)
        server.setblocking(False)
        result = check(target(LOOPBACK[version], server.getsockname()[1]), "--close", "reset")
        assert cause(result) == ("open", None, "up", "connect", [])
        with pytest.raises(BlockingIOError):
            server.accept()


@EACH
def test_a_syn_proxy_opens_whatever_is_behind_it(build, street, check_near, version):
    street.far.sh(SYN_PROXY)
    hosts = {kind: f"10.7.0.{last}" if version == 4 else f"2001:db8:7::{last}"
             for last, kind in enumerate(("open", "drop", "refuse"), 1)}
    rules = "\n".join(f"{host} {kind}" for kind, host in hosts.items())
    with ScriptedNetwork(Programs(build, street.far), rules) as network:
        for kind, host in hosts.items():
            result = check_near(target(host, 99))
            assert result["details"]["class"] == "open" and result["connected"]
            assert set(result["details"]["notes"]) <= ({"reset_after_handshake"} if kind == "refuse" else set())
        assert "synack" not in [event.event for event in network.answers(hosts["drop"])]
        held = {kind: check_near(target(host, 99), "--hold", "1s")["details"] for kind, host in hosts.items()}
        assert (held["open"]["class"], held["open"]["notes"]) == ("open", [])
        assert (held["drop"]["class"], held["drop"]["notes"]) == ("open", ["zero_window"])
        assert held["refuse"]["class"] == "reset_early"
    street.far.sh("nft delete table inet test")
