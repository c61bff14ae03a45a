"""Whatever a network can do, to any number of hosts at random, and what must be said of each.

What a host will do is foretold by the scripted network's own `--explain`, so that the mix may be as
random as it likes.
"""

import array
import collections
import json

from support.contract import OUTCOMES
from support.icmp_table import FATAL, IGNORED

PORT = 443
# A timeout is certain only behind the second SYN, after a second, and whatever a busy machine adds.
TIMEOUT_S = 4
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

EXPLAINED_AT_ONCE = 50_000
TOLD = 255


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


def host(number):
    """IPv4 and IPv6 in turn; each number below 2^25 has a host of its own."""
    half, is_ipv6 = divmod(number, 2)
    if is_ipv6:
        return f"2001:db8::{half >> 16:x}:{half & 0xffff:x}" if half >> 16 else f"2001:db8::{half:x}"
    return f"10.{half >> 16}.{half >> 8 & 255}.{half & 255}"


def foretold(address, behaviour):
    """(class, errno, (type, code, from) of ICMP) of a target whose behaviour is this."""
    kind, *keys = behaviour.split()
    if kind == "icmp":
        key = dict(word.split("=") for word in keys)
        version = 6 if ":" in address else 4
        row = ICMP[version, int(key["type"]), int(key["code"])]
        if row.errno is not None:
            return row.outcome, row.errno, (row.type, row.code, ROUTER[version])
    outcome = BY_KIND.get(kind, "open")
    return outcome, "ECONNREFUSED" if outcome == "refused" else None, None


def seen(result):
    """The same of a result. That a reset met an open connection is a note, and no error of the attempt."""
    details = result["details"]
    number = None if "reset_after_handshake" in details["notes"] else details["errno"]
    icmp = details["icmp"]
    return details["class"], number, icmp and (icmp["type"], icmp["code"], icmp["from"])


class Census:
    """Who of `count` hosts was told of, and whether it was the truth: an octet a host."""

    def __init__(self, network, count):
        self.count, self.told, self.by_class = count, 0, collections.Counter()
        self._truths = []
        self._expected = array.array("B")
        numbers = {}
        for first in range(1, count + 1, EXPLAINED_AT_ONCE):
            hosts = [host(number) for number in range(first, min(count + 1, first + EXPLAINED_AT_ONCE))]
            for name, (_, behaviour) in zip(hosts, network.explain((name, PORT) for name in hosts)):
                truth = foretold(name, behaviour)
                self._expected.append(numbers.setdefault(truth, len(numbers)))
        self._truths = list(numbers)
        assert len(numbers) < TOLD
        assert {outcome for outcome, _, _ in numbers} == NETWORK_CLASSES

    def lines(self):
        """The list of targets."""
        return (f"{host(number)} {PORT}\n" for number in range(1, self.count + 1))

    def take(self, line):
        """Judges a result. It is told once, of a target of the list, and true."""
        result = json.loads(line)
        number = result["line"]
        assert 1 <= number <= self.count and (result["host"], result["port"]) == (host(number), PORT), result
        expected = self._expected[number - 1]
        assert expected != TOLD, f"told twice: {result}"
        outcome, *_ = truth = self._truths[expected]
        assert seen(result) == truth, f"should be {truth}: {result}"
        assert (result.get("error"), result["details"]["verdict"]) == OUTCOMES[outcome], result
        self._expected[number - 1] = TOLD
        self.told += 1
        self.by_class[outcome] += 1

    def finish(self):
        assert self.told == self.count, f"{self.count - self.told} of {self.count} were lost"
