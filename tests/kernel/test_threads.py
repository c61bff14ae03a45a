"""--threads: who makes the connections changes nothing but the order of what comes of them."""

import json
import os
import re

import pytest

from support.capability import tool
from support.program import UNLIMITED

PORT = 443
COUNT = 1400
ROUTER = "10.255.0.1"
RULES = [
    "10.1.0.0/16 open", "10.2.0.0/16 refuse", f"10.3.0.0/16 icmp type=3 code=13 from={ROUTER}",
    "10.4.0.0/16 synack-rst", "10.5.0.0/16 drop", "10.6.0.0/16 synack-fin", "10.7.0.0/16 refuse after=3ms",
]
KINDS = len(RULES)


@pytest.fixture(scope="module")
def network(scripted_networks):
    return scripted_networks(RULES)


def targets(count=COUNT):
    return "".join(f"10.{i % KINDS + 1}.{i >> 8 & 255}.{i & 255} {PORT}\n" for i in range(count))


def findings(network, *args, **options):
    """line -> what was found of its target; each once."""
    completed = network.programs.run("run", "--targets", "-", "--format", "jsonl", "--timeout", "500ms",
                                     "--concurrency", 1000, *UNLIMITED, *args, stdin=targets(), watchdog=60, **options)
    results = completed.expect(1).results
    found = {result["line"]: finding(result) for result in results}
    assert len(results) == COUNT == len(found)
    return found


def finding(result):
    """What was found, but for what is a matter of luck: whether a reset met an open connection before its close."""
    details = result["details"]
    number = None if "reset_after_handshake" in details["notes"] else details["errno"]
    return [result[key] for key in ("host", "status", "connected", "attempts")] + [result.get("error"), number] + [
        details[key] for key in ("class", "phase", "address", "icmp", "syn_retransmits")]


def test_what_is_found_does_not_depend_on_the_number_of_threads(network):
    alone = findings(network, "--threads", 1, "--attempts", 2, "--retry-delay", "10ms")
    for threads in (2, 5, 64):
        assert findings(network, "--threads", threads, "--attempts", 2, "--retry-delay", "10ms") == alone


def test_few_descriptors_are_shared_by_all(network):
    limited = [tool("prlimit", "util-linux"), "--nofile=64:64", "--"]
    assert findings(network, "--threads", 4, wrap=limited) == findings(network, "--threads", 1)


def test_too_few_descriptors_for_the_threads_start_nothing(network):
    limited = [tool("prlimit", "util-linux"), "--nofile=64:64", "--"]
    completed = network.programs.run("run", "--targets", "-", "--format", "jsonl", "--threads", 64,
                                     stdin=targets(), wrap=limited).expect(70)
    assert completed.out == "" and "cannot start: Too many open files" in completed.err


def count_threads(network, *args):
    """Threads of a run that waits for two silent hosts, and is ended."""
    running = network.programs.start("run", "--targets", "-", "--format", "jsonl", "--timeout", "1h", *UNLIMITED,
                                     *args, stdin=f"10.2.0.1 {PORT}\n10.5.0.1 {PORT}\n10.5.0.2 {PORT}\n")
    running.out.wait_for(lambda said: b"refused" in said)
    count = len(os.listdir(f"/proc/{running.pid}/task"))
    running.process.send_signal(15)
    completed = running.finish().expect(143)
    classes = sorted(json.loads(line)["details"]["class"] for line in completed.out.splitlines())
    assert classes == ["cancelled", "cancelled", "refused"]
    return count


def test_so_many_threads_as_are_asked_for(network):
    alone = count_threads(network, "--threads", 1)
    assert [count_threads(network, "--threads", threads) - alone for threads in (2, 3, 7)] == [2, 3, 7]


def test_a_rate_that_one_thread_keeps_is_left_to_one(network):
    alone = count_threads(network, "--threads", 1)
    assert count_threads(network, "--threads", "auto", "--rate", "1000/s") == alone


@pytest.mark.parametrize("value", ["0", "65", "-1", "02", "two", "", "1.5", "AUTO"])
def test_another_number_of_threads_is_refused(network, value):
    completed = network.programs.run("127.0.0.1", PORT, "--threads", value).expect(64)
    assert re.search(f"--threads: has the value '{re.escape(value)}': accepted is 1-64 or auto", completed.err)
    assert completed.out == ""
