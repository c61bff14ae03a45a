"""The scripted network itself: each behaviour is what it says, seen by plain sockets.

Nothing of the programs under test takes part here.
"""

import errno
import select
import socket

import pytest

from support.icmp_table import FATAL, IGNORED, RULES
from support.peers import wait_until
from support.scripted_network import ScriptedNetwork
from support.tcp_client import TcpClient

ESTABLISHED, SYN_SENT, CLOSE, CLOSE_WAIT = 1, 2, 7, 8

HABITS = """
{0}:1 open
{0}:2 open after=30ms
{0}:3 open-on nth=2
{0}:4 refuse after=30ms
{0}:5 drop
{0}:6 synack-rst
{0}:7 synack-fin
{0}:8 synack-data text=220\\shello\\x00\\r\\n
{0}:9 synack-silence
{0}:10 zero-window
{0}:11 wrong-ack
{0}:12 duplicate-synack n=3 every=10ms
{0}:13 open-on nth=2 timestamps=off
{0}:14 open timestamps=off
{0}:15 synack-rst then=50ms
{0}:16 refuse nth=2
"""

ICMP_HABITS = """
10.2.0.1:1 icmp type=3 code=13 from=10.255.0.9 quote=8 after=30ms nth=2
10.2.0.1:2 icmp type=3 code=13
10.2.0.1:3 icmp type=3 code=13 synack=30ms
[2001:db8:2::1]:1 icmp type=1 code=1 from=2001:db8:ffff::9 quote=8 after=30ms nth=2
[2001:db8:2::1]:2 icmp type=1 code=1
[2001:db8:2::1]:3 icmp type=1 code=1 synack=30ms
"""


@pytest.fixture(scope="module")
def network(scripted_networks):
    habits = HABITS.format("10.1.0.0/16") + HABITS.format("[2001:db8::/64]")
    return scripted_networks(RULES + habits + ICMP_HABITS)


@pytest.fixture(params=["10.1.2.3", "2001:db8::3"])
def host(request):
    return request.param


@pytest.fixture
def connect(network, host):
    """connect(port): a client of the host; closed with the test."""
    made = []

    def make(port, **options):
        made.append(TcpClient(network.namespace, host, port, **options))
        return made[-1]

    yield make
    for client in made:
        client.abort()


def names(events):
    return [event.event for event in events]


def of_client(network, client):
    """What the host did about this one attempt, and saw of it."""
    port = client.port
    return [event for event in network.events(*client.target)
            if event.client_port == port and event.arrived_ns >= client.started_ns]


def test_an_open_port_opens_at_once(network, connect):
    client = connect(1)
    assert client.finish() == 0
    info = client.info()
    assert (info.state, info.total_retrans, info.has_timestamps) == (ESTABLISHED, 0, True)
    synack, established = of_client(network, client)
    assert (synack.event, established.event) == ("synack", "established")
    assert synack.arrived_ns <= synack.acted_ns <= established.arrived_ns
    assert synack.client in ("198.18.0.1", "2001:2::1") and synack.nth == 1


def test_an_answer_comes_as_late_as_the_rule_says(network, connect):
    client = connect(2)
    assert client.finish() == 0
    synack = of_client(network, client)[0]
    assert synack.delay_s >= 0.03
    assert client.info().rtt_us >= 30_000, "the kernel cannot have seen it before it was sent"


@pytest.mark.parametrize("port, has_timestamps", [(3, True), (13, False)])
def test_only_the_second_syn_is_answered(network, connect, port, has_timestamps):
    client = connect(port)
    assert client.finish() == 0
    info = client.info()
    assert (info.total_retrans, info.has_timestamps) == (1, has_timestamps)
    assert (info.rtt_us > 0) == has_timestamps
    assert names(of_client(network, client)) == ["silence", "synack", "established"]
    assert [event.nth for event in of_client(network, client)] == [1, 2, 2]


def test_timestamps_can_be_declined(connect):
    client = connect(14)
    assert client.finish() == 0 and not client.info().has_timestamps


def test_a_refusal_is_a_reset(network, connect):
    client = connect(4)
    assert client.finish() == errno.ECONNREFUSED
    assert client.queued_errors() == []
    (rst,) = of_client(network, client)
    assert rst.event == "rst" and rst.delay_s >= 0.03


def test_a_refusal_may_wait_for_the_second_syn(network, connect):
    client = connect(16)
    assert client.finish() == errno.ECONNREFUSED
    assert names(of_client(network, client)) == ["silence", "rst"]


def test_silence_is_silence(network, connect):
    client = connect(5)
    wait_until(lambda: len(of_client(network, client)) >= 2, "a second SYN")
    assert set(names(of_client(network, client))) == {"silence"}
    assert not client.wait(seconds=0) and client.info().state == SYN_SENT


def test_what_no_rule_has_is_silent_and_logged(network, connect):
    client = connect(99)
    wait_until(lambda: of_client(network, client), "a SYN")
    assert [(event.event, event.line) for event in of_client(network, client)] == [("silence", 0)]


def test_a_reset_follows_the_handshake(network, connect):
    for port, seconds in ((6, 0), (15, 0.05)):
        client = connect(port)
        wait_until(lambda: client.info().state == CLOSE, "a reset")
        assert client.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) in (errno.ECONNRESET, errno.EPIPE)
        events = of_client(network, client)
        assert names(events) == ["synack", "established", "sent-rst"]
        assert events[2].delay_s >= seconds


def test_an_end_follows_the_handshake(network, connect):
    client = connect(7)
    assert client.read() == b""
    assert client.info().state == CLOSE_WAIT
    client.socket.shutdown(socket.SHUT_WR)
    wait_until(lambda: client.info().state == CLOSE, "the end of both directions")
    assert names(of_client(network, client)) == ["synack", "established", "sent-fin", "got-fin"]


def test_data_follows_the_handshake(network, connect):
    client = connect(8)
    assert client.read() == b"220 hello\0\r\n"
    client.socket.shutdown(socket.SHUT_WR)
    assert client.read() == b""
    assert names(of_client(network, client)) == ["synack", "established", "sent-data", "got-fin"]


def test_an_end_is_answered_by_an_end(network, connect):
    client = connect(1)
    assert client.finish() == 0
    client.socket.send(b"anything")
    client.socket.shutdown(socket.SHUT_WR)
    assert client.read() == b""
    assert names(of_client(network, client)) == ["synack", "established", "got-data", "got-fin"]


def test_a_silent_server_never_answers_an_end(network, connect):
    client = connect(9)
    assert client.finish() == 0
    client.socket.shutdown(socket.SHUT_WR)
    wait_until(lambda: "got-fin" in names(of_client(network, client)), "an end that the server sees")
    assert not client.wait(select.POLLIN, seconds=0)


def test_a_zero_window_takes_nothing(network, connect):
    client = connect(10)
    assert client.finish() == 0
    client.socket.send(b"anything")
    with pytest.raises(BlockingIOError):
        while True:
            client.socket.send(b"x" * 4096)
    assert "got-data" not in names(of_client(network, client))


def test_a_wrong_acknowledgement_is_reset_by_the_client_and_opens_nothing(network, connect):
    client = connect(11)
    wait_until(lambda: "got-rst" in names(of_client(network, client)), "the client's reset")
    assert names(of_client(network, client))[:2] == ["wrong-synack", "got-rst"]
    assert client.info().state == SYN_SENT and not client.wait(seconds=0)


def test_a_synack_is_repeated_though_it_was_acknowledged(network, connect):
    client = connect(12)
    assert client.finish() == 0
    wait_until(lambda: names(of_client(network, client)).count("repeat") == 3, "three repeats")
    events = of_client(network, client)
    assert names(events)[:2] == ["synack", "established"]
    repeats = [event.acted_ns - events[0].arrived_ns for event in events if event.event == "repeat"]
    assert [repeat >= at * 1_000_000 for repeat, at in zip(repeats, (10, 20, 30))] == [True] * 3
    assert client.segments_in() == 4 and client.info().state == ESTABLISHED


@pytest.mark.parametrize("row", FATAL, ids=str)
def test_an_icmp_error_ends_the_attempt_with_its_errno(network, row):
    with TcpClient(network.namespace, row.host) as client:
        assert client.finish() == row.number
        assert client.queued_errors() == [(row.number, row.type, row.code, row.router)]
        assert client.info().state == CLOSE
    (icmp,) = network.answers(row.host)
    assert (icmp.event, icmp.icmp) == ("icmp", (row.type, row.code))


@pytest.mark.parametrize("row", IGNORED, ids=str)
def test_an_icmp_message_that_is_no_error_is_ignored(network, row):
    with TcpClient(network.namespace, row.host) as client:
        assert client.finish() == 0 and client.info().state == ESTABLISHED
    assert names(network.answers(row.host)) == ["icmp", "synack"]


@pytest.mark.parametrize("host, router", [("10.2.0.1", "10.255.0.9"), ("2001:db8:2::1", "2001:db8:ffff::9")])
def test_a_short_quotation_late_after_the_second_syn_will_do(network, connect, router):
    client = connect(1)
    assert client.finish() != 0
    assert [entry.offender for entry in client.queued_errors()] == [router]
    silence, icmp = of_client(network, client)
    assert (silence.event, icmp.event, icmp.nth) == ("silence", "icmp", 2) and icmp.delay_s >= 0.03


@pytest.mark.parametrize("host", ["10.2.0.1", "2001:db8:2::1"])
def test_without_a_router_the_host_itself_speaks(connect, host):
    client = connect(2)
    assert client.finish() != 0
    assert [entry.offender for entry in client.queued_errors()] == [host]


@pytest.mark.parametrize("host", ["10.2.0.1", "2001:db8:2::1"])
def test_an_icmp_error_ends_an_attempt_though_a_synack_follows(network, connect):
    client = connect(3)
    assert client.finish() != 0
    wait_until(lambda: len(of_client(network, client)) == 3, "a SYN-ACK and its reset")
    assert names(of_client(network, client)) == ["icmp", "synack", "got-rst"]


def test_a_port_that_is_used_again_begins_anew(network, connect):
    flows = set()
    for _ in range(3):
        client = connect(3, source_port=45678)
        assert client.finish() == 0 and client.info().total_retrans == 1
        flows |= {event.flow for event in of_client(network, client)}
        client.abort()
    assert len(flows) == 3


def test_a_rule_file_with_a_mistake_is_refused_where_it_is(network):
    with pytest.raises(AssertionError, match=r"rules:2:12: no behaviour 'opne'"):
        ScriptedNetwork(network.programs, "10.0.0.0/8 open\n10.0.0.0/8 opne")


def test_a_network_ends_with_its_standard_input(network):
    with ScriptedNetwork(network.programs, "* open", "--name", "tcp1", "--address", "198.18.0.2",
                         "--route", "198.18.1.0/24") as second:
        with TcpClient(second.namespace, "198.18.1.7") as client:
            assert client.finish() == 0
        assert "tcp1" in second.namespace.sh("ip -o link")
    assert "tcp1" not in second.namespace.sh("ip -o link")
