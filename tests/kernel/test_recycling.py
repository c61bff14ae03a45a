"""A socket serves one connection after another: what that saves, and that nobody can tell.

`TCPCHECK_NO_RECYCLE=1` takes a new socket for each connection.
"""

import collections
import re

import pytest

from support.capability import tool

COUNT = 2000
CONCURRENCY = 100
NEW_SOCKETS = {"TCPCHECK_NO_RECYCLE": "1"}
# What a connection takes of the kernel, but for waiting: that is shared by many.
CALLS = {
    "refuse": {"connect": 2, "getsockopt": 2, "recvmsg": 1, "getsockname": 1},
    "open": {"connect": 2, "getsockopt": 1, "recvmsg": 1, "getsockname": 1},
}
# What a socket takes once in its life.
ONCE = ("socket", "setsockopt", "epoll_ctl", "close")
NETS = {"refuse": "10.1", "open": "10.2"}
PLAIN = ["refuse", "open", "synack-rst", "synack-fin", "drop", "zero-window", "synack-data text=220",
         "refuse after=3ms"]
MIX = {"10.3.0.0/16": PLAIN + ["icmp type=3 code=13 from=10.255.0.1", "icmp type=3 code=1 from=10.255.0.1"],
       "2001:db8:3::/48": PLAIN + ["icmp type=1 code=1 from=2001:db8:ff::1", "icmp type=1 code=3 from=2001:db8:ff::1"]}
UNLIMITED = ("--rate", "unlimited", "--host-rate", "unlimited", "--close", "reset", "--format", "jsonl",
             "--concurrency", CONCURRENCY)


@pytest.fixture(scope="module")
def network(scripted_networks):
    rules = [f"{net}.0.0/16 {kind}" for kind, net in NETS.items()]
    for seed, (net, behaviours) in enumerate(MIX.items()):
        names = [f"m{seed}-{i}" for i in range(len(behaviours))]
        rules += [f"let {name} {behaviour}" for name, behaviour in zip(names, behaviours)]
        rules.append(f"{net} mix seed={seed} {','.join(names)}")
    return scripted_networks(rules)


def targets(net, count=COUNT):
    return "\n".join(f"{net}.{i // 250}.{i % 250 + 1} 80" for i in range(count))


def count_calls(network, tmp_path, kind, env=()):
    """name -> how many of each system call the run made."""
    log = tmp_path / "calls"
    # LeakSanitizer and strace want the same thing of the process.
    env = {**dict(env), "ASAN_OPTIONS": "detect_leaks=0"}
    completed = network.programs.run("run", "--targets", "-", *UNLIMITED, stdin=targets(NETS[kind]),
                                     wrap=[tool("strace", "strace"), "-f", "-c", "-o", str(log)], env=env)
    classes = {result["details"]["class"] for result in completed.results}
    assert classes == {"refused" if kind == "refuse" else "open"} and len(completed.results) == COUNT
    rows = [line.split() for line in log.read_text().splitlines()[2:]]
    return collections.Counter({row[-1]: int(row[3]) for row in rows if len(row) >= 5 and row[3].isdigit()})


@pytest.mark.parametrize("kind", list(CALLS))
def test_a_connection_takes_so_many_system_calls(network, tmp_path, kind):
    made = count_calls(network, tmp_path, kind)
    for name, number in CALLS[kind].items():
        assert number * (COUNT - CONCURRENCY) <= made[name] <= number * COUNT + 10, name
    for name in ONCE:
        assert made[name] <= 2 * CONCURRENCY + 50, name


def test_without_recycling_each_connection_has_a_socket_of_its_own(network, tmp_path):
    made = count_calls(network, tmp_path, "refuse", env=NEW_SOCKETS)
    assert made["socket"] >= COUNT and made["connect"] <= COUNT + 10


def facts(result):
    details = result["details"]
    return (details["class"], details["errno"], details["icmp"] and details["icmp"]["code"], result["connected"],
            re.sub(r":\d+$", "", details["source"]))


def test_nobody_can_tell_whether_sockets_are_recycled(network):
    """Every kind of end after every other, both families in turn, on a few sockets."""
    lines = [line for pair in zip(targets("10.3", 600).splitlines(),
                                  (f"2001:db8:3::{i:x} 80" for i in range(1, 601))) for line in pair]
    seen = []
    for env in ({}, NEW_SOCKETS):
        completed = network.programs.run("run", "--targets", "-", *UNLIMITED, "--timeout", "600ms",
                                         stdin="\n".join(lines), env=env)
        seen.append({result["host"]: facts(result) for result in completed.results})
        assert len(seen[-1]) == len(lines)
    differing = {host for host in seen[0] if seen[0][host] != seen[1][host]}
    # Whether the kernel knew of a reset after the handshake when it was asked is a matter of luck.
    assert {kind for host in differing for kind in (seen[0][host][0], seen[1][host][0])} <= {"open"}
    assert {kind for kind, *_ in seen[0].values()} == {"refused", "open", "timeout", "filtered", "host_unreachable"}


def test_a_reset_close_is_sent_at_once(network):
    host = "10.2.200.1"
    network.programs.check(host, 80, "--close", "reset")
    assert "got-rst" in [event.event for event in network.events(host, 80)]
