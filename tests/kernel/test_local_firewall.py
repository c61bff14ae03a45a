"""What this host's own firewall does to a SYN and to its answer, next to what targets do.

Every target behind the TUN device would open. One that is on this host speaks for
itself: its reject is an answer, not an obstacle.
"""

from typing import NamedTuple

import pytest

from support.capability import tool

OURS = {4: "198.18.0.1", 6: "2001:2::1"}
SELF = {4: "127.0.0.7", 6: "::1"}
TABLE = """
nft add table inet test
nft add chain inet test out '{ type filter hook output priority 0; }'
nft add chain inet test in '{ type filter hook input priority 0; }'
"""


class Rejected(NamedTuple):
    """A reject by ICMP: what nftables calls it, how it is sent, what connect(2) makes of it."""

    version: int
    spelling: str
    type: int
    code: int
    errno: str
    outcome: str  # where the target itself, on this host, is who says it

    def __str__(self):
        return f"ipv{self.version}-{self.spelling}"


REJECTED = [
    Rejected(4, "net-unreachable", 3, 0, "ENETUNREACH", "net_unreachable"),
    Rejected(4, "host-unreachable", 3, 1, "EHOSTUNREACH", "host_unreachable"),
    Rejected(4, "prot-unreachable", 3, 2, "ENOPROTOOPT", "icmp_other"),
    Rejected(4, "port-unreachable", 3, 3, "ECONNREFUSED", "refused_icmp"),
    Rejected(4, "net-prohibited", 3, 9, "ENETUNREACH", "filtered"),
    Rejected(4, "host-prohibited", 3, 10, "EHOSTUNREACH", "filtered"),
    Rejected(4, "admin-prohibited", 3, 13, "EHOSTUNREACH", "filtered"),
    Rejected(6, "no-route", 1, 0, "ENETUNREACH", "net_unreachable"),
    Rejected(6, "admin-prohibited", 1, 1, "EACCES", "filtered"),
    Rejected(6, "addr-unreachable", 1, 3, "EHOSTUNREACH", "host_unreachable"),
    Rejected(6, "port-unreachable", 1, 4, "ECONNREFUSED", "refused_icmp"),
    Rejected(6, "policy-fail", 1, 5, "EACCES", "filtered"),
    Rejected(6, "reject-route", 1, 6, "EACCES", "filtered"),
]
PORTS = {row: 100 + number for number, row in enumerate(REJECTED)}
RESET, OUT_DROPPED, IN_RESET, IN_DROPPED, IN_REJECTED = range(200, 205)
SILENT = (OUT_DROPPED, IN_RESET, IN_DROPPED, IN_REJECTED)


@pytest.fixture(scope="module")
def network(scripted_networks):
    """A port has the same meaning on every target: on its way out, and on its way in."""
    made = scripted_networks("10.66.0.1 icmp type=3 code=1\n[2001:db8:66::1] icmp type=1 code=3\n* open")
    tool("nft", "nftables")
    made.namespace.sh(TABLE + "\n".join(rules()))
    return made


def rules():
    for row, port in PORTS.items():
        icmp = "icmp" if row.version == 4 else "icmpv6"
        verdict = f"reject with {icmp} type {row.spelling}"
        yield f"nft add rule inet test out oifname tcp0 {family(row.version)} tcp dport {port} {verdict}"
        yield f"nft add rule inet test in iifname lo {family(row.version)} tcp dport {port} {verdict}"
    for chain, device, port, verdict in (
            ("out", "oifname tcp0", f"dport {RESET}", "reject with tcp reset"),
            ("out", "oifname tcp0", f"dport {OUT_DROPPED}", "drop"),
            ("in", "iifname tcp0", f"sport {IN_RESET}", "reject with tcp reset"),
            ("in", "iifname tcp0", f"sport {IN_DROPPED}", "drop"),
            ("in", "iifname tcp0", f"sport {IN_REJECTED}", "reject with icmpx type admin-prohibited"),
            ("in", "iifname lo", f"dport {RESET}", "reject with tcp reset"),
            ("in", "iifname lo", f"dport {IN_DROPPED}", "drop")):
        yield f"nft add rule inet test {chain} {device} tcp {port} {verdict}"


def family(version):
    return f"meta nfproto ipv{version}"


def remote(version, port):
    return f"10.1.2.3:{port}" if version == 4 else f"[2001:db8::3]:{port}"


def local(version, port):
    return f"{SELF[4]}:{port}" if version == 4 else f"[{SELF[6]}]:{port}"


def evidence(result):
    details = result["details"]
    said = details["icmp"]
    return (details["class"], details["errno"], details["verdict"], details["phase"], details["notes"],
            said and (said["type"], said["code"], said["from"]))


@pytest.mark.parametrize("row", REJECTED, ids=str)
def test_a_reject_on_the_way_out_is_this_host_speaking(network, row):
    result = network.programs.check(remote(row.version, PORTS[row]), "--attempts", 2)
    said = (row.type, row.code, OURS[row.version])
    assert evidence(result) == ("local_firewall", row.errno, "unknown", "connect", [], said)
    assert result["error"] == "Rejected by this host" and result["attempts"] == 1
    assert network.answers("10.1.2.3", PORTS[row]) == [], "no packet has left"


@pytest.mark.parametrize("row", REJECTED, ids=str)
def test_a_target_on_this_host_that_rejects_speaks_for_itself(network, row):
    result = network.programs.check(local(row.version, PORTS[row]))
    said = (row.type, row.code, SELF[row.version])
    assert evidence(result) == (row.outcome, row.errno, "down", "connect", [], said)


@pytest.mark.parametrize("host, said", [("10.66.0.1", (3, 1)), ("2001:db8:66::1", (1, 3))])
def test_the_same_words_from_the_target_are_not_this_host_speaking(network, host, said):
    result = network.programs.check(host, 80)
    assert evidence(result) == ("host_unreachable", "EHOSTUNREACH", "down", "connect", [], (*said, host))


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("where", [remote, local])
def test_a_reset_by_this_host_cannot_be_told_from_the_targets_and_the_hint_says_so(network, version, where):
    result = network.programs.check(where(version, RESET))
    assert evidence(result) == ("refused", "ECONNREFUSED", "down", "connect", [], None)
    assert "on this host" in result["details"]["hint"]


def test_what_this_host_drops_on_either_way_is_silence_and_the_hint_says_so(network):
    targets = [remote(version, port) for version in (4, 6) for port in SILENT]
    targets += [local(version, IN_DROPPED) for version in (4, 6)]
    completed = network.programs.run("run", "--targets", "-", "--format", "json", "--timeout", "1500ms",
                                     stdin="\n".join(targets)).expect(1)
    assert len(completed.results) == len(targets)
    for result in completed.results:
        assert evidence(result) == ("timeout", None, "down", "connect", [], None)
        assert "on this host" in result["details"]["hint"]
        assert result["details"]["syn_retransmits"] >= 1


@pytest.mark.parametrize("host", ["10.1.2.3", "2001:db8::3"])
def test_what_is_dropped_on_the_way_in_had_been_answered(network, host):
    network.programs.check(host, IN_DROPPED, "--timeout", "300ms")
    assert {event.event for event in network.answers(host, IN_DROPPED)} == {"synack"}

