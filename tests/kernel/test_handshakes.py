"""What a target may do to a handshake short of refusing it: class, notes, SYNs, and who timed it.

All rows are one run, in which the slow ones wait together.
"""

from typing import NamedTuple

import pytest

from support.contract import OUTCOMES
from support.peers import wait_until

TIMEOUT_S = 4.5
RESET = ("reset_after_handshake",)
BANNER = "text=220\\shello\\r\\n"


class Row(NamedTuple):
    rule: str
    outcome: str
    retransmits: int = 0       # None: as many as the kernel likes, but at least one
    rtt_source: str = "kernel"
    least_s: float = 0         # neither the response time nor the kernel's can be less
    notes: tuple = ()
    may_note: tuple = ()       # depends on whether the kernel knew when it was asked

    def __str__(self):
        return self.rule.replace(" ", "_")


ROWS = [
    Row("open", "open"),
    Row("open after=30ms", "open", least_s=0.03),
    Row("open timestamps=off", "open"),
    # 1 s is the kernel's first timer, on every version (RFC 6298).
    Row("open-on nth=2", "open", 1, "kernel_ms", 1, ("clock_ms",)),
    Row("open-on nth=2 timestamps=off", "open", 1, None, 1),
    Row("open-on nth=3", "open", 2, "kernel_ms", 2, ("clock_ms",)),
    Row("open-on nth=3 timestamps=off", "open", 2, None, 2),
    Row("refuse", "refused", 0, None),
    Row("refuse after=30ms", "refused", 0, None, 0.03),
    Row("refuse nth=2", "refused", 1, None, 1),
    Row("drop", "timeout", None, None, TIMEOUT_S),
    Row("wrong-ack", "timeout", None, None, TIMEOUT_S),
    Row("synack-rst", "open", 0, "kernel", may_note=RESET),
    Row("synack-rst then=50ms", "open"),
    Row("synack-fin", "open"),
    Row(f"synack-data {BANNER}", "open"),
    Row("synack-silence", "open"),
    Row("zero-window", "open"),
    Row("duplicate-synack n=3 every=1ms", "open"),
]
NUMBER = {row: number for number, row in enumerate(ROWS, 1)}
HOST = {4: "10.1.0.{}", 6: "2001:db8:1::{}"}
EVERY_ROW = pytest.mark.parametrize("version, row", [(version, row) for version in (4, 6) for row in ROWS],
                                    ids=str)
GREETING = {4: "10.2.0.1", 6: "2001:db8:2::1"}


def host_of(version, row):
    return HOST[version].format(NUMBER[row])


@pytest.fixture(scope="module")
def network(scripted_networks):
    rules = [f"{host_of(version, row)} {row.rule}" for version in (4, 6) for row in ROWS]
    rules += [f"{host} synack-data {BANNER}" for host in GREETING.values()]
    return scripted_networks(rules)


@pytest.fixture(scope="module")
def results(network):
    """By host, from one run of all rows."""
    targets = "\n".join(f"{host_of(version, row)} 80" for version in (4, 6) for row in ROWS)
    completed = network.programs.run("run", "--targets", "-", "--timeout", f"{TIMEOUT_S}s", "--format",
                                     "jsonl", stdin=targets).expect(1)
    found = {result["host"]: result for result in completed.results}
    assert len(found) == len(completed.results) == 2 * len(ROWS)
    return found


def names(network, host, port):
    return [event.event for event in network.events(host, port)]


@EVERY_ROW
def test_a_handshake_is_named_for_what_became_of_it(results, version, row):
    result = results[host_of(version, row)]
    details = result["details"]
    message, verdict = OUTCOMES[row.outcome]
    assert (details["class"], details["verdict"], details["phase"]) == (row.outcome, verdict, "connect")
    assert (result.get("error"), result["connected"]) == (message, row.outcome == "open")
    assert set(row.notes) <= set(details["notes"]) <= set(row.notes) | set(row.may_note)
    assert details["icmp"] is None and details["address"] == host_of(version, row)
    assert result["response_time"] >= row.least_s


@EVERY_ROW
def test_its_syns_are_counted_as_the_network_saw_them(network, results, version, row):
    details = results[host_of(version, row)]["details"]
    counted = details["syn_retransmits"]
    seen = network.answers(host_of(version, row))
    assert counted == max(answer.nth for answer in seen) - 1
    assert counted == row.retransmits if row.retransmits is not None else counted >= 1


@EVERY_ROW
def test_its_time_is_the_kernels_where_the_kernel_has_one(network, results, version, row):
    result = results[host_of(version, row)]
    details = result["details"]
    if "reset_after_handshake" in details["notes"]:
        assert details["rtt_source"] in ("kernel", None)
        return
    assert details["rtt_source"] == row.rtt_source
    if row.rtt_source == "kernel":
        (synack,) = [event for event in network.answers(host_of(version, row)) if event.event == "synack"]
        assert result["response_time"].text == details["handshake_rtt"].text
        assert details["handshake_rtt"] >= row.least_s and details["handshake_rtt"] >= synack.delay_s - 1e-6
    elif row.rtt_source == "kernel_ms":
        assert details["handshake_rtt"] < 1 <= result["response_time"], "of the last SYN alone"


@pytest.mark.parametrize("version", [4, 6])
def test_a_greeting_server_sees_an_end_and_no_reset(network, version):
    host = GREETING[version]
    for _ in range(10):
        assert network.programs.check(host, 25)["connected"]
    wait_until(lambda: names(network, host, 25).count("got-fin") == 10, "the server saw ten ends")
    seen = names(network, host, 25)
    assert seen.count("sent-data") == 10 and "got-rst" not in seen


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_greeting_server_on_this_host_sees_an_end_and_no_reset(run, peers, host):
    peer = peers.banner(host)
    for _ in range(10):
        run(peer.target).expect(0)
    peer.wait_for("eof", 10)
    assert peer.count("reset") == 0


@pytest.mark.parametrize("version", [4, 6])
def test_a_reset_close_is_seen_as_one(network, version):
    host = GREETING[version]
    assert network.programs.check(host, 26, "--close", "reset")["connected"]
    wait_until(lambda: "got-rst" in names(network, host, 26), "a reset")
    assert "got-fin" not in names(network, host, 26)
