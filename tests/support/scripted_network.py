"""Hosts behind a TUN device, each doing as a rule says, and a log of what they truly did.

The rules' language is told at the top of tests/kernel/scripted/scripted_network.c.
Two lines make a fixture of a test module:

    from support.scripted_network import ScriptedNetwork, scripted_networks

    @pytest.fixture(scope="module")
    def network(scripted_networks):
        return scripted_networks('''
            10.1.0.0/16        open after=5ms
            [2001:db8::/32]:25 icmp type=1 code=1 from=2001:db8:ffff::1
        ''')

`network.programs.check("10.1.2.3:80")` then meets what the rules say, and
`network.log()` tells how it went from the other side.
"""

import ipaddress
import os
import signal
import struct
import subprocess
import tempfile
from typing import NamedTuple

import pytest

from support.capability import missing
from support.namespace import Namespace
from support.program import WATCHDOG_S, Programs

PROGRAM = "tests/kernel/scripted/scripted_network"
TUN = "/dev/net/tun"
EXIT_DEVICE = 69
NS_PER_S = 1_000_000_000

ANSWERS = ("silence", "synack", "wrong-synack", "rst", "icmp", "lost", "overrun")


class Event(NamedTuple):
    """One record of the log; times are CLOCK_MONOTONIC, as time.monotonic_ns() is."""

    event: str
    arrived_ns: int  # when the segment that caused it was read
    acted_ns: int    # when the answer was written; 0: there was none
    client: str
    client_port: int
    server: str
    server_port: int
    nth: int         # the SYN's number in its handshake; after it, how many there were
    line: int        # of the rule, in the text that was given; 0: no rule
    client_isn: int
    icmp: tuple      # (type, code), or None

    @property
    def target(self):
        return self.server, self.server_port

    @property
    def flow(self):
        """What one handshake has and no other."""
        return self.client, self.client_port, self.server, self.server_port, self.client_isn

    @property
    def delay_s(self):
        """From the SYN to its answer."""
        return (self.acted_ns - self.arrived_ns) / NS_PER_S


class ScriptedNetwork:
    """Plays rules in the namespace of `programs` until it is closed.

    rules: text, or lines of it. options: more arguments of the program ("--route",
    "10.0.0.0/8"). may_lose: packets that could not be carried are no failure.
    """

    def __init__(self, programs, rules, *options, may_lose=False):
        self.programs, self.namespace = programs, programs.namespace
        self._may_lose = may_lose
        self._flushes = 0
        self._folder = tempfile.mkdtemp(dir=self.namespace.scratch)
        self._rules = os.path.join(self._folder, "rules")
        self._log = os.path.join(self._folder, "log")
        with open(self._rules, "w", encoding="utf-8") as file:
            file.write(rules if isinstance(rules, str) else "\n".join(rules))
        demand(programs)
        read_end, write_end = os.pipe()
        with os.fdopen(read_end, "rb") as stdin:
            self._running = programs.start(*options, "--log", self._log, self._rules,
                                           program=PROGRAM, stdin=stdin)
        self._control = os.fdopen(write_end, "wb", buffering=0)
        self._await_ready()

    def _await_ready(self):
        try:
            self._running.out.wait_for(lambda data: data.startswith(b"ready\n"))
        except pytest.fail.Exception:
            self._control.close()
            completed = self._running.finish()
            if completed.code == EXIT_DEVICE:
                missing(f"a TUN device is needed: {completed.err.strip()}")
            raise AssertionError(f"the scripted network did not start: {completed}") from None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def log(self):
        """All events so far: of whatever was sent before this was asked."""
        self._flushes += 1
        self._control.write(b"\n")
        self._running.out.wait_for(lambda data: data.count(b"flushed\n") >= self._flushes)
        return read_log(self._log)

    def events(self, server, port=None):
        """Those of one host, or of one port of it."""
        wanted = str(ipaddress.ip_address(server))
        return [event for event in self.log() if event.server == wanted and port in (None, event.server_port)]

    def answers(self, server, port=None):
        """What each SYN met there, in the order in which it was done."""
        return [event for event in self.events(server, port) if event.event in ANSWERS]

    def explain(self, targets):
        """For each (address, port), (line of its rule, behaviour): "open-on nth=2"; 0, "drop" for none."""
        pairs = "".join(f"{address} {port}\n" for address, port in targets)
        answered = subprocess.run([self.programs.path(PROGRAM), "--explain", self._rules], input=pairs,
                                  capture_output=True, text=True, check=True, timeout=WATCHDOG_S)
        lines = [line.split(" ", 1) for line in answered.stdout.splitlines()]
        return [(int(number), behaviour) for number, behaviour in lines]

    def pause(self):
        """From now on packets wait on the wire, or are dropped where its queue is full."""
        self._running.send_signal(signal.SIGSTOP)

    def resume(self):
        self._running.send_signal(signal.SIGCONT)

    def close(self):
        """Ends it. Whatever it could not carry fails the test; returns what it counted."""
        self._control.close()
        completed = self._running.finish()
        if not self._may_lose:
            completed.expect(0)
        return completed.out.splitlines()[-1]


def demand(programs):
    """Ends the test, saying what to do, where there is no program or no TUN device."""
    if not os.access(programs.path(PROGRAM), os.X_OK):
        missing(f"{programs.path(PROGRAM)} is not there: build with -Dtests=true, or set TCPCHECK_BUILD")
    try:
        os.close(os.open(TUN, os.O_RDWR | os.O_CLOEXEC))
    except FileNotFoundError:
        missing(f"there is no {TUN}: modprobe tun, or give the container --device {TUN}")
    except OSError as error:
        missing(f"{TUN} cannot be opened ({error.strerror}): run as root, or chmod 666 {TUN}")


RECORD = struct.Struct("=qq16s16sHHIIBBBB")


def read_log(path):
    with open(path, "rb") as file:
        names = file.readline().decode("ascii").split()
        records = file.read()
    return [event_of(names, record) for record in RECORD.iter_unpack(records)]


def event_of(names, record):
    arrived, acted, client, server, client_port, server_port, line, isn, event, nth, *icmp = record
    name = names[event]
    return Event(name, arrived, acted, address_text(client), client_port, address_text(server), server_port,
                 nth, line, isn, tuple(icmp) if name == "icmp" else None)


def address_text(packed):
    address = ipaddress.IPv6Address(packed)
    return str(address.ipv4_mapped or address)


@pytest.fixture(scope="module")
def scripted_networks(build):
    """scripted_networks(rules, *options): a ScriptedNetwork in a namespace of its own."""
    made = []

    def make(rules, *options, **more):
        namespace = Namespace()
        made.append((namespace, None))
        network = ScriptedNetwork(Programs(build, namespace), rules, *options, **more)
        made[-1] = (namespace, network)
        return network

    yield make
    try:
        for _, network in made:
            if network is not None:
                network.close()
    finally:
        for namespace, _ in made:
            namespace.close()
