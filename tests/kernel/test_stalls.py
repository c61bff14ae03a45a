"""A loop that comes late, by 200 ms at every turn, makes no answer late.

What came before the deadline counts, however long after it we look; and the time that is
told is the kernel's, not that of our waking up. What comes after the deadline is late.
"""

import json

import pytest

from support.preload import preload

STALL_S = 0.2
TIMEOUT_S = 0.15
IN_TIME_MS = (0, 5, 20, 50, 80)
TOO_LATE_MS = 700
HELD_TOO_LATE_MS = 260
HOLD_MS, OUTLASTS_MS = 250, 330
HOSTS = 20
ROUTER = "10.255.0.1"


def rules():
    for number, delay in enumerate(IN_TIME_MS):
        yield f"10.1.{number}.0/24 open after={delay}ms"
        yield f"10.2.{number}.0/24 refuse after={delay}ms"
        yield f"10.3.{number}.0/24 icmp type=3 code=13 from={ROUTER} after={delay}ms"
        yield f"10.6.{number}.0/24 synack-rst after={delay}ms"
        yield f"10.7.{number}.0/24 synack-fin after={delay}ms"
    yield f"10.4.0.0/24 open after={TOO_LATE_MS}ms"
    yield f"10.8.0.0/24 synack-rst after={HELD_TOO_LATE_MS}ms"
    yield f"10.9.0.0/24 synack-fin after={HELD_TOO_LATE_MS}ms"
    yield f"10.10.0.0/24 synack-fin then={OUTLASTS_MS}ms"
    yield f"10.11.0.0/24 synack-rst then={OUTLASTS_MS}ms"
    yield "10.5.0.0/24 drop"


CLASSES = {"10.1": "open", "10.2": "refused", "10.3": "filtered", "10.4": "timeout", "10.5": "timeout",
           "10.6": "open", "10.7": "open"}


@pytest.fixture(scope="module")
def network(scripted_networks):
    return scripted_networks(rules())


@pytest.mark.parametrize("where", ["before", "after"])
def test_no_answer_that_came_in_time_is_a_timeout(network, where):
    """All in one turn: the deadlines of all have passed when the first answer is looked at."""
    hosts = [f"10.{kind}.{number}.{host}" for kind in (1, 2, 3, 6, 7)
             for number in range(len(IN_TIME_MS))
             for host in range(HOSTS)]
    hosts += [f"10.{kind}.0.{host}" for kind in (4, 5) for host in range(HOSTS)]
    env = {**preload(network.programs.build, "stall"), "STALL_MS": int(STALL_S * 1000), "STALL_WHERE": where}
    completed = network.programs.run(
        "run", "--targets", "-", "--format", "jsonl", "--timeout", f"{TIMEOUT_S}s", "--rate", "unlimited",
        "--host-rate", "unlimited", "--concurrency", 1000, stdin="".join(f"{host} 80\n" for host in hosts),
        env=env, watchdog=60).expect(1)
    results = [json.loads(line) for line in completed.out.splitlines()]
    assert sorted(result["line"] for result in results) == list(range(1, len(hosts) + 1))
    # What a busy machine made the network say too late counts for nothing.
    late = {event.server for event in network.log() if event.acted_ns and event.delay_s > 0.9 * TIMEOUT_S}
    wrong = [result for result in results if result["details"]["class"] != CLASSES[result["host"][:4]] and
             (result["host"] not in late or CLASSES[result["host"][:4]] == "timeout")]
    assert len(late) < len(hosts) / 2
    assert not wrong, f"{len(wrong)} of {len(results)}, the first: {wrong[:2]}"
    assert completed.elapsed_s > STALL_S
    for result in results:
        if result["details"]["class"] == "open":
            delay_s = IN_TIME_MS[int(result["host"].split(".")[2])] / 1000
            assert delay_s <= result["response_time"] < STALL_S, result
            assert result["details"]["rtt_source"] == "kernel", result


def stalled(network, host, *args):
    env = {**preload(network.programs.build, "stall"), "STALL_MS": int(STALL_S * 1000), "STALL_WHERE": "before"}
    return network.programs.run(host, 80, "--format", "json", *args, env=env, watchdog=60).result


@pytest.mark.parametrize("kind", ["10.8", "10.9"])
def test_what_opened_too_late_and_ended_is_a_timeout(network, kind):
    result = stalled(network, f"{kind}.0.1", "--timeout", "100ms", "--hold", "1s")
    details = result["details"]
    assert (details["class"], details["phase"], details["errno"]) == ("timeout", "connect", None)
    assert not result["connected"] and details["notes"] == []


@pytest.mark.parametrize("kind", ["10.10", "10.11"])
def test_an_end_after_the_hold_does_not_count_however_late_we_hear_of_it(network, kind):
    result = stalled(network, f"{kind}.0.1", "--hold", f"{HOLD_MS}ms")
    assert (result["status"], result["details"]["class"]) == ("success", "open")
