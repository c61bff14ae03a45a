"""The scripted network in bulk: what it can carry, and that it says what it could not.

No test here is about time; scripted_load prints a rate for people to read.
"""

import collections
import errno
import ipaddress
import re

import pytest

from support.peers import wait_until
from support.scripted_network import ANSWERS
from support.tcp_client import TcpClient

LOAD = "tests/kernel/scripted/scripted_load"
ADDRESSES, ROUNDS, IN_FLIGHT = 20_000, 2, 500
MIX = """
let gone-4 icmp type=3 code=1 from=10.255.0.1
let gone-6 icmp type=1 code=3 from=2001:db8:ffff::1
let slow open after=20ms
10.0.0.0/8 mix seed=7 open*4,refuse*2,gone-4,slow
2001:db8::/32 mix seed=8 open,refuse,gone-6,slow
"""
EVENT_OF = {"open": "synack", "refuse": "rst", "icmp": "icmp"}
COUNT_OF = {"open": "opened", "refuse": "refused", "icmp": "failed"}


@pytest.fixture(scope="module")
def mixed(scripted_networks):
    return scripted_networks(MIX)


def load(network, *arguments):
    """Runs scripted_load; returns its counts."""
    completed = network.programs.run(*arguments, program=LOAD, watchdog=120).expect(0)
    return {name: int(count) for name, count in re.findall(r"(\w+)=(\d+)\b(?!\.)", completed.out)}


def addresses_from(first, count):
    start = ipaddress.ip_address(first)
    return [str(start + offset) for offset in range(count)]


@pytest.mark.parametrize("first", ["10.0.0.0", "2001:db8::"])
def test_a_mix_does_to_every_host_what_explain_foretells(mixed, first):
    targets = [(address, 443) for address in addresses_from(first, ADDRESSES)]
    foretold = {target: behaviour.split()[0] for target, (_, behaviour) in zip(targets, mixed.explain(targets))}
    counts = load(mixed, first, ADDRESSES, 443, ADDRESSES * ROUNDS, IN_FLIGHT)
    expected = collections.Counter(COUNT_OF[kind] for kind in foretold.values())
    assert min(expected.values()) > ADDRESSES / 10
    assert all(counts[name] == ROUNDS * count for name, count in expected.items()), (counts, expected)
    assert counts["silent"] == 0

    answers = [event for event in mixed.log() if event.event in ANSWERS and event.target in foretold]
    assert len(answers) >= ROUNDS * ADDRESSES  # more where a retransmission met a busy machine
    assert all(event.event == EVENT_OF[foretold[event.target]] for event in answers)
    assert len({event.flow for event in answers}) == ROUNDS * ADDRESSES


def test_a_mix_is_the_same_in_every_network(mixed, scripted_networks):
    targets = [(address, port) for address in addresses_from("10.7.0.0", 100) for port in range(1, 11)]
    elsewhere = scripted_networks(MIX)
    assert mixed.explain(targets) == elsewhere.explain(targets)
    assert len(set(mixed.explain(targets))) == 4


def test_more_flows_than_are_remembered_are_carried_all_the_same(scripted_networks):
    network = scripted_networks("* open", "--flows", 50)
    counts = load(network, "10.0.0.0", 5000, 80, 5000, 200)
    assert counts["opened"] == 5000
    assert {event.event for event in network.log()} <= {"synack", "established", "got-rst"}


def test_an_end_of_a_forgotten_flow_is_answered(scripted_networks):
    network = scripted_networks("* open", "--flows", 1)
    with TcpClient(network.namespace, "10.0.0.1") as client, TcpClient(network.namespace, "10.0.0.2") as other:
        assert client.finish() == 0 and other.finish() == 0
        network.log()
        client.socket.shutdown(1)
        assert client.read() == b""


def test_packets_that_the_queue_drops_are_counted(scripted_networks):
    network = scripted_networks("* refuse", "--queue", 4, may_lose=True)
    network.pause()
    clients = [TcpClient(network.namespace, "10.0.0.1") for _ in range(100)]
    network.resume()
    assert clients[0].finish() == errno.ECONNREFUSED
    for client in clients:
        client.abort()
    assert " 0 dropped" not in network.close()


def test_an_agenda_that_is_full_is_told(scripted_networks):
    network = scripted_networks("* open after=500s", "--agenda", 2, may_lose=True)
    clients = [TcpClient(network.namespace, f"10.0.0.{last}") for last in (1, 2, 3)]
    wait_until(lambda: network.answers("10.0.0.3"), "a SYN that found no place")
    assert network.answers("10.0.0.3")[0].event == "overrun"
    for client in clients:
        client.abort()
    assert " 1 overruns" in network.close()


def test_an_answer_that_the_device_does_not_take_is_logged_as_lost(scripted_networks):
    network = scripted_networks("10.0.0.1 icmp type=3 code=4 synack=900ms", may_lose=True)
    with TcpClient(network.namespace, "10.0.0.1"):
        wait_until(lambda: network.answers("10.0.0.1"), "a SYN")
        network.namespace.sh("ip link set tcp0 down")
        wait_until(lambda: len(network.answers("10.0.0.1")) > 1, "an answer")
    assert [event.event for event in network.answers("10.0.0.1")] == ["icmp", "lost"]
    assert " 1 lost" in network.close()
