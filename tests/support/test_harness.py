"""The harness itself, proved with stand-ins: what judges the programs must be able to fail."""

import os
import socket
import struct

import pytest

from support import formats
from support.contract import load_json, load_result
from support.name_server import A, AAAA, SERVFAIL, Answer
from support.program import Programs
from support.terminal import Terminal, assert_no_controls, without_escapes

Failed = pytest.fail.Exception


@pytest.fixture
def stand_in(tmp_path, namespace):
    """stand_in(script): Programs whose tcpcheck is this shell script."""

    def make(script):
        path = tmp_path / "tcpcheck"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return Programs(str(tmp_path), namespace)

    return make


def test_run_reports_output_and_exit_code(stand_in):
    completed = stand_in('read line; echo "got $line $1"; echo oops >&2; exit 65').run("x", stdin="in\n")
    assert (completed.code, completed.out, completed.err) == (65, "got in x\n", "oops\n")


def test_standard_input_is_empty_unless_given(stand_in):
    assert stand_in("cat; echo end").run().out == "end\n"


def test_a_program_that_hangs_fails_and_is_ended(stand_in):
    programs = stand_in("echo started; exec sleep 1000")
    running = programs.start()
    running.out.wait_for(lambda data: data == b"started\n")
    with pytest.raises(Failed, match="still running"):
        running.finish(watchdog=0.1)
    with pytest.raises(ProcessLookupError):
        os.kill(running.pid, 0)


def test_death_by_signal_fails(stand_in):
    with pytest.raises(Failed, match="SIGSEGV"):
        stand_in("kill -SEGV $$").run()


@pytest.mark.parametrize("script", [
    'echo "==1==ERROR: AddressSanitizer: heap-use-after-free" >&2; exit 1',
    'echo "x.c:3:4: runtime error: signed integer overflow" >&2',
    'path=${ASAN_OPTIONS##*log_path=}; echo leak > "${path%%:*}.$$"',
    "exit 99",
])
def test_a_sanitizer_report_fails(stand_in, script):
    with pytest.raises(Failed, match="sanitizer"):
        stand_in(script).run()


def test_a_terminal_is_one(stand_in):
    terminal = Terminal()
    stand_in("test -t 1 && printf '\\033[31mred\\033[0m\\n'").run(stdout=terminal.file).expect(0)
    terminal.file.close()
    assert without_escapes(os.read(terminal.fd, 100)) == "red\n"
    os.close(terminal.fd)


def test_the_namespace_has_no_way_out(namespace):
    assert "lo:" in namespace.sh("ip -o link") and namespace.sh("ip -o link").count("\n") == 1
    assert namespace.sh("ip route show table main; ip -6 route show table main default") == ""
    with namespace.socket() as outward, pytest.raises(OSError):
        outward.connect(("203.0.113.1", 80))


def test_the_namespace_has_files_of_its_own(namespace):
    assert namespace.sh("cat /etc/resolv.conf") == "nameserver 127.0.0.1\n"
    namespace.write_etc("hosts", "127.0.0.9 elsewhere\n")
    try:
        assert "127.0.0.9" in namespace.sh("getent hosts elsewhere")
    finally:
        namespace.write_etc("hosts", "127.0.0.1 localhost\n::1 localhost ip6-localhost\n")
    assert namespace.sh("getent passwd root")


def connect(namespace, peer):
    client = namespace.socket(socket.AF_INET6 if ":" in peer.host else socket.AF_INET)
    client.settimeout(5)
    try:
        client.connect((peer.host, peer.port))
    except OSError:
        client.close()
        raise
    return client


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.7", "::1"])
def test_peers_do_as_their_names_say(namespace, peers, host):
    served = peers.open(host)
    connect(namespace, served).close()
    served.wait_for("eof")
    with pytest.raises(ConnectionResetError), connect(namespace, peers.resetting(host)) as client:
        client.recv(1)
    with pytest.raises(ConnectionRefusedError):
        connect(namespace, peers.refused(host))
    with connect(namespace, peers.banner(host)) as client:
        assert client.recv(4) == b"220 "
    untouched = peers.untouched(host)
    untouched.assert_untouched()
    connect(namespace, untouched).close()
    assert untouched.count_connections() == 1


def test_a_silent_port_is_silent_until_it_answers(namespace, peers):
    silent = peers.silent()
    with namespace.socket() as client:
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.connect((silent.host, silent.port))
    assert silent.count_drops() > 0
    silent.answer()
    connect(namespace, silent).close()


def test_a_server_sees_how_a_client_leaves(namespace, peers):
    served = peers.open()
    client = connect(namespace, served)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    served.wait_for("reset")


def ask(namespace, name, kind, is_stream=False):
    """A query by hand; (flags, answers, the whole answer)."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    query = struct.pack("!HHHHHH", 7, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!HH", kind, 1)
    with namespace.socket(kind=socket.SOCK_STREAM if is_stream else socket.SOCK_DGRAM) as client:
        client.settimeout(5 if kind == A else 0.1)
        client.connect(("127.0.0.1", 53))
        client.send(struct.pack("!H", len(query)) + query if is_stream else query)
        answer = client.recv(4096)[2 if is_stream else 0:]
    _, flags, _, count = struct.unpack_from("!HHHH", answer)
    return flags, count, answer


def test_the_name_server_follows_its_script(namespace, name_server):
    many = [f"127.0.1.{last}" for last in range(1, 60)]
    server = name_server({
        "a.test": Answer(a=["127.0.0.1"], silent=(AAAA,)),
        "bad.test": Answer(rcode=SERVFAIL),
        "many.test": Answer(a=many),
    })
    flags, count, answer = ask(namespace, "a.test", A)
    assert (flags & 15, count, answer[-4:]) == (0, 1, bytes([127, 0, 0, 1]))
    with pytest.raises(TimeoutError):
        ask(namespace, "a.test", AAAA)
    assert ask(namespace, "bad.test", A)[0] & 15 == 2
    assert ask(namespace, "else.test", A)[0] & 15 == 3
    flags, count, _ = ask(namespace, "many.test", A)
    assert flags & 0x0200 and count == 0
    assert ask(namespace, "many.test", A, is_stream=True)[1] == len(many)
    assert [query.transport for query in server.asked("many.test")] == ["udp", "tcp"]


def test_json_with_a_repeated_key_is_rejected():
    with pytest.raises(AssertionError, match="repeated"):
        load_json('{"a":1,"a":2}')


def details(**changes):
    values = {"verdict": '"down"', "class": '"refused"', "errno": '"ECONNREFUSED"', "phase": '"connect"',
              "address": '"127.0.0.1"', "source": '"127.0.0.1:4"', "dns_time": "null", "dns": "null",
              "connect_time": "0.000201", "handshake_rtt": "null", "rtt_source": "null",
              "syn_retransmits": "0", "total_time": "0.000300", "icmp": "null", "notes": "[]",
              "hint": '"Start it."', "attempts_detail": f"[{attempt()}]"} | changes
    return "{" + ",".join(f'"{key}":{value}' for key, value in values.items()) + "}"


def attempt():
    return ('{"attempt":1,"verdict":"down","class":"refused","error":"Connection refused","phase":"connect",'
            '"address":"127.0.0.1","offset":0.000000,"dns_time":null,"dns":null,"connect_time":0.000201,'
            '"total_time":0.000250,"notes":[],"addresses":[]}')


def result(time="0.000300", error='"Connection refused"', **changes):
    return ('{"status":"error","host":"db","port":1,"connected":false,"error":' + error +
            ',"attempts":1,"response_time":' + time + ',"timestamp":"2024-01-01T12:00:00Z","name":"x",'
            '"details":' + details(**changes) + "}")


def test_a_result_that_keeps_the_contract_is_accepted():
    assert load_result(result())["details"]["class"] == "refused"


@pytest.mark.parametrize("text", [
    result(time="0.0003"), result(time="3e-4"), result(time="0"), result(time="00.000300"),
    result(error='"connection refused"'), result(verdict='"unknown"'), result(notes='["odd"]'),
    result(hint="null"), result(total_time="1"), result(attempts_detail="[]"),
    result().replace('"host":"db",', ""),
    result().replace('"attempts":1,', "", 1), result().replace("12:00:00Z", "12:00:00"),
])
def test_a_result_that_breaks_the_contract_is_not(text):
    with pytest.raises((AssertionError, ValueError)):
        load_result(text)


GOOD_METRICS = '# HELP a A.\n# TYPE a gauge\na{name="q\\"\\\\\\n",port="1"} 0.5\na{port="2"} 1\n'


def test_prometheus_text_is_read():
    assert formats.read_prometheus(GOOD_METRICS)["a"][0] == ({"name": 'q"\\\n', "port": "1"}, 0.5)


@pytest.mark.parametrize("text", [
    GOOD_METRICS[:-1], GOOD_METRICS.replace('port="2"', 'name="q\\"\\\\\\n",port="1"'),
    GOOD_METRICS + "b 1\n", GOOD_METRICS.replace(" 0.5", " 0,5"), GOOD_METRICS.replace(" 1\n", " 1 123\n"),
    GOOD_METRICS + "\n", GOOD_METRICS.replace("# TYPE a gauge\n", ""),
])
def test_bad_prometheus_text_is_not(text):
    with pytest.raises(AssertionError):
        formats.read_prometheus(text)


def test_plugin_output_is_read():
    words, data = formats.read_nagios(
        "TCP OK - 0.000 second response time on 127.0.0.1 port 19116|time=0.000196s;;;0.000000;10.000000\n")
    assert words.startswith("TCP OK") and data["time"].value == "0.000196"


@pytest.mark.parametrize("text", [
    "x|time=1e-5s\n", "x|time=0,1s\n", "x|time\n", "x|a=1 a=2\n", "x" * 80 + "|a=1\n", "a\nb\n"])
def test_bad_plugin_output_is_not(text):
    with pytest.raises(AssertionError):
        formats.read_nagios(text)


def test_performance_data_with_quoted_labels_is_read():
    assert list(formats.read_perfdata("'a b'=1s;;;0;2 c=2 'it''s'=3ms;~:1;@1:2")) == ["a b", "c", "it's"]


def test_tap_is_read():
    points = formats.read_tap("TAP version 14\n1..2\nok 1 - a\nnot ok 2 - b\n  ---\n  x: y\n  ...\n")
    assert [point.is_ok for point in points] == [True, False] and points[1].diagnostics == ["x: y"]


@pytest.mark.parametrize("text", [
    "1..1\nok 1 - a\n", "TAP version 14\n1..2\nok 1 - a\n", "TAP version 14\n1..1\nok 2 - a\n",
    "TAP version 14\n1..1\nnot ok 1 - a\n  ---\n  x: y\n", "TAP version 14\n1..1\nok 1 - a\n\x1b[2J\n",
])
def test_bad_tap_is_not(text):
    with pytest.raises(AssertionError):
        formats.read_tap(text)


def test_control_characters_are_seen():
    assert_no_controls("fine\tas\nit is, é")
    for bad in "\x1b[31m", "\x07", "\u202e", "\x9b", "\x7f":
        with pytest.raises(AssertionError):
            assert_no_controls(bad)
