"""Five attempts, one straight after the other, from one source port to one open target.

Each closes gracefully. The next must not find the port in use, unless the connection
before it truly lives on: then ss(8) shows it.
"""

import itertools

import pytest

from support.capability import tool

REUSABLE = {
    "open": "open",
    "slow": "open after=10ms",
    "greets": "synack-data text=220\\shello",
    "ends-first": "synack-fin",
    "resets": "synack-rst",
}
# What is left of the first attempt, and in the way of the second.
LIVING = {
    "open timestamps=off": "TIME-WAIT",
    "synack-silence": "FIN-WAIT-1",
    "zero-window": "FIN-WAIT-1",
}
HOSTS = ["10.3.0.1", "2001:db8:3::1"]
PORTS = {what: 100 * number for number, what in enumerate([*REUSABLE, *LIVING], 1)}
ROUNDS = 6
# The agent keeps these for tests that name them.
source_ports = itertools.cycle(range(54330, 54400))


@pytest.fixture(scope="module")
def network(scripted_networks):
    behaviours = {what: REUSABLE.get(what, what) for what in PORTS}
    return scripted_networks(f"{place}:{PORTS[what]}-{PORTS[what] + ROUNDS - 1} {behaviour}"
                             for place in ("10.3.0.1", "[2001:db8:3::1]")
                             for what, behaviour in behaviours.items())


def five_attempts(programs, target, source_port):
    """(class, errno) of each. That none is refused keeps the attempts going."""
    result = programs.check(*target, "--source-port", source_port, "--close", "graceful", "--attempts", 5,
                            "--retry-delay", 0, "--expect", "refused")
    assert result["attempts"] == 5 and result["status"] == "error"
    return [(attempt["class"], attempt["addresses"][0]["errno"])
            for attempt in result["details"]["attempts_detail"]]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("what", REUSABLE)
def test_a_source_port_is_free_again_for_the_next_attempt(network, host, what):
    for port in range(PORTS[what], PORTS[what] + ROUNDS):
        attempts = five_attempts(network.programs, (host, port), next(source_ports))
        assert {outcome for outcome, _ in attempts} == {"open"}, attempts


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("kind", ["open", "banner", "resetting"])
def test_a_source_port_is_free_again_on_loopback(programs, peers, host, kind):
    peer = getattr(peers, kind)(host)
    for _ in range(3):
        attempts = five_attempts(programs, (peer.host, peer.port), next(source_ports))
        assert {outcome for outcome, _ in attempts} == {"open"}, attempts


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("what", LIVING)
def test_a_source_port_in_use_is_shown_by_what_lives_on(network, host, what):
    source_port = next(source_ports)
    attempts = five_attempts(network.programs, (host, PORTS[what]), source_port)
    assert attempts == [("open", None)] + 4 * [("source_port_busy", "EADDRNOTAVAIL")]
    left = network.namespace.sh(f"{tool('ss', 'iproute2')} -Htan sport = :{source_port} and dport = :{PORTS[what]}")
    assert left.split()[0] == LIVING[what] and left.count("\n") == 1
