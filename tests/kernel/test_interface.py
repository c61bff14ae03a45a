"""interface: the device that a connection leaves through, whatever the routes prefer."""

import pytest

from support.capability import powerless
from support.scripted_network import ScriptedNetwork

# Of documentation: nobody is there.
TARGETS = ["192.0.2.7", "2001:db8:7::7"]

# A way out that leads nowhere, which the routes prefer: theirs are longer.
WRONG_WAY = """
ip tuntap add wrong mode tun
ip link set wrong up
ip addr add 10.99.0.1/32 dev wrong
ip addr add fd99::1/128 dev wrong nodad
ip route add 192.0.2.0/25 dev wrong
ip -6 route add 2001:db8:7::/64 dev wrong
"""


def cause(result):
    details = result["details"]
    return details["class"], details["errno"], details["phase"]


@pytest.fixture
def two_ways(fresh):
    """A namespace with two devices towards TARGETS; behind the one not preferred all answer."""
    with ScriptedNetwork(fresh.programs, "* open\n", "--route", "192.0.2.0/24",
                         "--route", "2001:db8:7::/48") as network:
        fresh.namespace.sh(WRONG_WAY)
        devices = fresh.namespace.sh("ip -br link").splitlines()
        right, = {line.split()[0] for line in devices} - {"lo", "wrong"}
        yield network, right


def bracketed(host):
    return f"[{host}]" if ":" in host else host


@pytest.mark.parametrize("host", TARGETS)
def test_the_device_decides_and_not_the_route(two_ways, host):
    network, right = two_ways
    check, target = network.programs.check, f"{bracketed(host)}:80"
    assert check(target, "--timeout", "300ms")["details"]["class"] == "timeout"
    assert network.events(host) == []
    for more in ((), ("--handshake", "half_open")):
        result = check(target, "--interface", right, *more)
        assert result["details"]["class"] == "open" and result["details"]["rtt_source"] == "kernel"
    assert len(network.answers(host)) == 2


def test_it_needs_no_privilege(two_ways):
    network, right = two_ways
    result = network.programs.check(f"{TARGETS[0]}:80", "--interface", right, wrap=powerless())
    assert result["connected"]


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_a_device_that_is_not_there_is_unavailable_and_no_packet_leaves(check, peers, host):
    peer = peers.open(host.strip("[]"))
    result = check(peer.target, "--interface", "nosuch0", "--attempts", 3)
    assert cause(result) == ("source_unavailable", "ENODEV", "bind")
    assert result["error"] == "Source address unavailable" and result["attempts"] == 1
    assert result["details"]["verdict"] == "unknown"
    assert peer.count() == 0


def test_a_device_that_is_not_there_is_named(run, plugin, check):
    words = ("127.0.0.1", 9, "--interface", "nosuch0")
    assert "Source address unavailable, no such device nosuch0" in run(*words).expect(3).out
    assert "no such device here as nosuch0" in run(*words, "-f", "junit").expect(3).out
    assert plugin("-H", "127.0.0.1", "-p", 9, "--interface", "nosuch0").out.startswith(
        "TCP UNKNOWN - No such device nosuch0 on 127.0.0.1 port 9")
    zone = check("fe80::1%nosuch0", 9)
    assert zone["error"] == "Local routing refuses" and "zone nosuch0 is no interface" in zone["details"]["hint"]
    assert "zone nosuch0 is no interface of this host" in run("fe80::1%nosuch0", 9).expect(3).out


def test_advice_speaks_of_the_device_that_was_forced(two_ways):
    """What the routes say is not what this check does."""
    network, _ = two_ways
    for host in TARGETS:
        result = network.programs.check(f"{bracketed(host)}:80", "--interface", "wrong", "--timeout", "300ms")
        details = result["details"]
        assert details["class"] == "timeout" and "ip route get ADDRESS oif wrong" in details["hint"]
    network.programs.namespace.sh("ip -6 route flush dev wrong")
    details = network.programs.check(f"[{TARGETS[1]}]:80", "--interface", "wrong")["details"]
    assert details["class"] == "no_route" and "ip route get ADDRESS oif wrong says the same" in details["hint"]


def test_a_device_goes_with_source_address_and_source_port(check, peers):
    peer = peers.open()
    result = check(peer.target, "--interface", "lo", "--source-address", "127.0.0.9", "--source-port", 54322)
    assert result["details"]["source"] == "127.0.0.9:54322"


def test_a_device_is_a_zone_for_link_local_targets(fresh):
    """fe80::1 alone could be on any link; with a device it is on that one."""
    fresh.namespace.sh("ip addr add fe80::7/64 dev lo nodad scope link")
    port = fresh.peers.open("::").port
    assert fresh.check(f"[fe80::7]:{port}", "--interface", "lo")["connected"]
    assert cause(fresh.check(f"[fe80::7]:{port}")) == ("local_config", "EINVAL", "connect")


def test_a_dry_run_shows_the_name_escaped(run):
    completed = run("h:1", "--interface", "a\x1b[31m\u202e", "--dry-run").expect(0)
    assert "interface a\\x1b[31m\\u{202e}\n" in completed.out
