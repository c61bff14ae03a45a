"""Every ICMP and ICMPv6 error that can meet a SYN: class, errno, verdict, and who said it.

The rows are those of support/icmp_table.py; that the kernel sees them so is shown by
test_scripted_network.py, with plain sockets.
"""

import pytest

from support.contract import OUTCOMES
from support.icmp_table import FATAL, IGNORED, ROWS, RULES


OTHERS = """
10.5.0.1 icmp type=3 code=13
2001:db8:5::1 icmp type=1 code=1
10.5.0.2 icmp type=3 code=1 from=10.255.0.1 nth=2
2001:db8:5::2 icmp type=1 code=3 from=2001:db8:ffff::1 nth=2
10.5.0.3 icmp type=3 code=13 from=10.255.0.1 synack=50ms
2001:db8:5::3 icmp type=1 code=1 from=2001:db8:ffff::1 synack=50ms
"""


@pytest.fixture(scope="module")
def network(scripted_networks):
    return scripted_networks(RULES + OTHERS)


def evidence(result):
    """Of a result, what the table speaks of."""
    details = result["details"]
    said = details["icmp"]
    return (details["class"], details["errno"], details["verdict"], details["phase"],
            said and (said["type"], said["code"], said["from"]))


def expected(row):
    if row.errno is None:
        return "open", None, "up", "connect", None
    return (row.outcome, row.errno, OUTCOMES[row.outcome][1], "connect",
            (row.type, row.code, row.router))


@pytest.mark.parametrize("row", FATAL, ids=str)
def test_an_icmp_error_is_named(network, row):
    result = network.programs.check(row.target)
    assert evidence(result) == expected(row)
    assert result["error"] == OUTCOMES[row.outcome][0] and not result["connected"]
    details = result["details"]
    assert details["address"] == row.host and details["notes"] == []
    assert (details["handshake_rtt"], details["rtt_source"], details["syn_retransmits"]) == (None, None, 0)
    (answer,) = network.answers(row.host)
    assert answer.icmp == (row.type, row.code)
    assert details["source"].endswith(f":{answer.client_port}")


@pytest.mark.parametrize("row", IGNORED, ids=str)
def test_an_icmp_message_that_is_no_error_does_not_end_an_attempt(network, row):
    result = network.programs.check(row.target)
    assert evidence(result) == expected(row)
    assert result["connected"] and result["details"]["syn_retransmits"] == 0
    assert [answer.event for answer in network.answers(row.host)] == ["icmp", "synack"]


def test_all_of_them_at_once_are_told_apart(network):
    targets = "".join(f"{row.target}\n" for row in ROWS)
    completed = network.programs.run("run", "--targets", "-", "--format", "json", stdin=targets).expect(1)
    assert [evidence(result) for result in completed.results] == [expected(row) for row in ROWS]


@pytest.mark.parametrize("host, said", [("10.5.0.1", (3, 13)), ("2001:db8:5::1", (1, 1))])
def test_the_target_itself_may_be_who_says_it(network, host, said):
    result = network.programs.check(host, 80)
    assert result["details"]["class"] == "filtered"
    assert evidence(result)[4] == (*said, host)


@pytest.mark.parametrize("host", ["10.5.0.2", "2001:db8:5::2"])
def test_an_icmp_error_that_meets_the_second_syn_counts_the_first(network, host):
    result = network.programs.check(host, 80)
    details = result["details"]
    assert details["class"] == "host_unreachable" and details["syn_retransmits"] == 1
    assert result["response_time"] >= 1


@pytest.mark.parametrize("host", ["10.5.0.3", "2001:db8:5::3"])
def test_one_icmp_error_ends_an_attempt_though_a_synack_would_follow(network, host):
    result = network.programs.check(host, 80, "--attempts", 2, "--retry-delay", "1ms")
    assert result["details"]["class"] == "filtered" and result["attempts"] == 2


def test_an_icmp_error_where_one_is_expected_is_success(network):
    row = next(row for row in FATAL if row.outcome == "filtered")
    result = network.programs.check(row.target, "--expect", "filtered")
    assert result["status"] == "success" and not result["connected"]
