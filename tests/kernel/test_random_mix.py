"""Whatever a network can do, to tens of thousands at once: not one wrong word, not one result lost.

What each target will do is foretold by the scripted network's own `--explain`, so
that the mix may be as random as it likes.
"""

import collections
import json

import pytest

from support.contract import OUTCOMES
from support.icmp_table import FATAL, IGNORED

EACH_FAMILY = 50_000
PORT = 443
# By weight: what is quick is common, what has to wait for a second SYN or for the deadline is not.
PLAIN = {"open": 300, "refuse": 300, "synack-rst": 100, "synack-fin": 100, "synack-silence": 20,
         "zero-window": 50, "drop": 4, "wrong-ack": 4}
NAMED = {
    "late": ("open after=20ms", 50),
    "mute": ("open timestamps=off", 50),
    "second": ("open-on nth=2", 6),
    "second-refusal": ("refuse nth=2", 6),
    "banner": ("synack-data text=220\\shello", 60),
    "twice": ("duplicate-synack n=2 every=1ms", 50),
}
NETS = {4: "10.0.0.0/8", 6: "2001:db8::/32"}
ROUTER = {4: "10.255.0.1", 6: "2001:db8:ffff::1"}
ICMP = {(row.version, row.type, row.code): row for row in FATAL + IGNORED}
# Every class that a remote network can bring about.
NETWORK_CLASSES = {"open", "refused", "timeout"} | {row.outcome for row in FATAL}
BY_KIND = {"refuse": "refused", "drop": "timeout", "wrong-ack": "timeout"}


def rules():
    for name, (behaviour, _) in NAMED.items():
        yield f"let {name} {behaviour}"
    for row in FATAL + IGNORED:
        followed = "synack=5ms" if row.errno is None else ""
        yield f"let icmp-{row} icmp type={row.type} code={row.code} from={row.router} {followed}"
    for version, net in NETS.items():
        choices = PLAIN | {name: weight for name, (_, weight) in NAMED.items()}
        choices |= {f"icmp-{row}": 20 for row in FATAL + IGNORED if row.version == version}
        yield f"{net} mix seed={version} " + ",".join(f"{name}*{weight}" for name, weight in choices.items())


@pytest.fixture(scope="module")
def network(scripted_networks):
    return scripted_networks(rules())


def foretold(host, behaviour):
    """(class, errno, icmp) of a target whose behaviour is this."""
    kind, *keys = behaviour.split()
    if kind == "icmp":
        key = dict(word.split("=") for word in keys)
        version = 6 if ":" in host else 4
        row = ICMP[version, int(key["type"]), int(key["code"])]
        if row.errno is not None:
            return row.outcome, row.errno, {"type": row.type, "code": row.code, "from": ROUTER[version]}
    outcome = BY_KIND.get(kind, "open")
    return outcome, "ECONNREFUSED" if outcome == "refused" else None, None


def seen(result):
    """The same of a result. That a reset met an open connection is a note, and no error of the attempt."""
    details = result["details"]
    number = None if "reset_after_handshake" in details["notes"] else details["errno"]
    return details["class"], number, details["icmp"]


def test_no_outcome_of_a_random_mix_is_wrong_lost_or_doubled(network):
    hosts = [f"10.{n >> 12}.{n >> 6 & 63}.{n & 63}" for n in range(EACH_FAMILY)]
    hosts += [f"2001:db8::{n >> 8:x}:{n & 255:x}" for n in range(1, EACH_FAMILY + 1)]
    expected = [foretold(host, behaviour)
                for host, (_, behaviour) in zip(hosts, network.explain((host, PORT) for host in hosts))]
    assert {outcome for outcome, _, _ in expected} == NETWORK_CLASSES

    listed = "\n".join(f"{host} {PORT}" for host in hosts)
    completed = network.programs.run(
        "run", "--targets", "-", "--format", "jsonl", "--timeout", "4s", "--rate", "unlimited",
        "--host-rate", "unlimited", "--concurrency", 2000, stdin=listed, watchdog=120).expect(1)
    results = [json.loads(line) for line in completed.out.splitlines()]
    assert collections.Counter(result["line"] for result in results) == dict.fromkeys(
        range(1, len(hosts) + 1), 1)
    wrong = [(result, expected[result["line"] - 1]) for result in results
             if seen(result) != expected[result["line"] - 1] or result["host"] != hosts[result["line"] - 1]]
    assert not wrong, f"{len(wrong)} of {len(results)}, the first: {wrong[:3]}"
    assert all((result.get("error"), result["details"]["verdict"]) == OUTCOMES[result["details"]["class"]]
               for result in results)
