"""Every call that can fail, failed once: a check then says the truth, or that it could not check.

Each case runs the program again and again: in the Kth run the Kth call of one function
fails, until there are fewer than K. No run may crash, hang, lose or invent a result, or
(in the build with sanitizers) leave memory behind.
"""

import json

import pytest

from support.faults import FAULTS, Faults, Scenario
from support.name_server import Answer, NameServer
from support.namespace import Namespace
from support.peers import Peers
from support.program import Programs

NAME = "some.example"
PLUGIN = "check_tcp_connection"
FORMATS = ("text", "csv", "tap", "junit", "nagios", "prometheus")


class Place:
    """A namespace with a target of each kind, and a name server that knows one name."""

    def __init__(self, build):
        self.namespace = Namespace()
        self.namespace.write_etc("hosts", "127.0.0.1 localhost home.example\n")
        self.namespace.write_etc("resolv.conf", "nameserver 127.0.0.1\n")
        self.peers = Peers(self.namespace)
        self.server = NameServer(self.namespace, {NAME: Answer(a=["127.0.0.1"])})
        self.faults = Faults(Programs(build, self.namespace))
        self.open = self.peers.open().port
        self.refused = self.peers.refused().port
        self.silent = self.peers.silent().port
        self.banner = self.peers.banner().port

    def close(self):
        self.peers.close()
        self.server.close()
        self.namespace.close()


@pytest.fixture(scope="module")
def place(build):
    made = Place(build)
    yield made
    made.close()


def walk(place, *args, **options):
    return place.faults.walk(Scenario(list(args), **options))


def test_open(place):
    calls = walk(place, "127.0.0.1", place.open, "--format", "json", code=0, classes=["open"])
    assert all(calls[call] for call in ("socket", "connect", "getsockopt", "epoll_create1", "calloc", "write")), calls


def test_refused(place):
    walk(place, "127.0.0.1", place.refused, "--format", "json", code=1, classes=["refused"])


def test_silent(place):
    walk(place, "127.0.0.1", place.silent, "--timeout", "60ms", "--format", "json", code=1, classes=["timeout"])


def test_name(place):
    calls = walk(place, NAME, place.open, "--format", "json", "--timeout", "500ms", code=0, classes=["open"])
    assert all(calls[call] for call in ("sendmsg", "recvfrom", "read", "open64")), calls


def test_name_of_the_hosts_file(place):
    walk(place, "home.example", place.open, "--format", "json", "--timeout", "500ms", code=0, classes=["open"])


def test_name_that_is_not_there(place):
    walk(place, "nowhere.example", place.open, "--format", "json", "--timeout", "500ms", code=1,
         classes=["dns_nxdomain"])


def test_name_by_the_system(place):
    # What the C library loads to resolve names is never given back. LeakSanitizer knows that by whose
    # memory it is, and fault.so stands in its light.
    env = {"ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0"}
    calls = walk(place, NAME, place.open, "--resolver", "system", "--format", "json", "--timeout", "500ms",
                 code=0, classes=["open"], env=env)
    assert calls["pthread_create"] and calls["getaddrinfo"], calls


@pytest.mark.parametrize("options", [
    ("--source-port", "54301"), ("--interface", "lo"), ("--handshake", "half_open"), ("--hold", "20ms")], ids=lambda options: options[0])
def test_open_with(place, options):
    walk(place, "127.0.0.1", place.open, "--format", "json", *options, code=0, classes=["open"])


def test_greeting(place):
    walk(place, "127.0.0.1", place.banner, "--format", "json", code=0, classes=["open"])


def test_prohibit_route(place):
    place.namespace.sh("ip route add prohibit 10.9.0.0/16")
    calls = walk(place, "10.9.0.1", 80, "--format", "json", code=3, classes=["local_config"])
    assert calls["send"], calls


@pytest.mark.parametrize("form", FORMATS)
def test_format(place, form):
    walk(place, "127.0.0.1", place.refused, "--format", form, code=2 if form == "nagios" else 1)


def test_check_file(place, tmp_path):
    walk(place, "run", check_file(place, tmp_path), "--format", "json", code=1,
         classes=["open", "refused", "timeout", "open"])


def check_file(place, folder):
    path = folder / "checks.yaml"
    ports = ((place.open, 1), (place.refused, 2), (place.silent, 1), (place.banner, 1))
    path.write_text("defaults: &d { host: 127.0.0.1, timeout: 60ms, retry_delay: 1ms }\nchecks:\n" + "".join(
        f"  - {{ name: check {port}, plugin: check_tcp_connection, labels: {{ a: b }},"
        f" parameters: {{ <<: *d, port: {port}, attempts: {attempts} }} }}\n" for port, attempts in ports))
    return path


@pytest.mark.parametrize("form", ["json", "junit", "prometheus", "csv"])
def test_output_file(place, form):
    """Written as a whole, or not at all, and nothing is left beside it."""
    truth = {"classes": ["refused"]} if form == "json" else {}
    walk(place, "127.0.0.1", place.refused, "--format", form, "--output", "out", output="out", code=1, **truth)


def test_list_of_targets(place):
    listed = f"# some\n127.0.0.1:{place.open}\n127.0.0.1 {place.refused}\nlocalhost:{place.banner}\n"
    walk(place, "run", "--targets", "-", "--format", "jsonl", stdin=listed, code=1,
         classes=["open", "refused", "open"])


def test_verbose(place):
    walk(place, "-v", f"127.0.0.1:{place.refused}", code=1)


def test_plugin(place):
    walk(place, "-H", "127.0.0.1", "-p", place.open, "-w", "1", program=PLUGIN, code=0)


def test_plugin_of_objects(place):
    asked = json.dumps({"host": "127.0.0.1", "port": place.refused, "attempts": 2, "retry_delay": 0})
    walk(place, "--stdin", stdin=asked, program=PLUGIN, code=2, classes=["refused"])


def test_wait(place):
    calls = walk(place, "wait", f"127.0.0.1:{place.open}", "--for", "5s", "--", "echo", "there", code=0)
    assert calls["socket"], calls


def test_lint(place, tmp_path):
    walk(place, "lint", check_file(place, tmp_path), code=0)


def test_dry_run(place, tmp_path):
    walk(place, "run", check_file(place, tmp_path), "--dry-run", code=0)


def test_kernel_without_epoll_pwait2(place):
    calls = walk(place, NAME, place.open, "--format", "json", "--timeout", "500ms", code=0, classes=["open"],
                 env={"FAULT_WITHOUT_PWAIT2": "1"})
    assert calls["ppoll"] and calls["epoll_wait"], calls


def test_every_fault_is_met_somewhere(place):
    """A function that the programs have ceased to call would be failed in vain."""
    unmet = {call for call in FAULTS if not place.faults.met[call]}
    assert not unmet
