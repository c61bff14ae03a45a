"""check_tcp_connection --stdin: one parameters object in, one result out."""

import json

import pytest

from support.contract import load_json
from support.located import read_problems
from support.terminal import assert_no_controls

SUCCESS, CRITICAL, UNKNOWN = 0, 2, 3


@pytest.fixture
def ask(plugin):
    """ask(object or text): the completed run."""

    def make(given, *options, **more):
        text = given if isinstance(given, (str, bytes)) else json.dumps(given)
        return plugin("--stdin", *options, stdin=text, watchdog=10, **more)

    return make


def parameters(peer, **more):
    return {"host": peer.host, "port": peer.port} | more


def whole(peer, **more):
    return {"name": "web", "plugin": "check_tcp_connection", "parameters": parameters(peer, **more)}


def test_a_parameters_object_gives_one_result(ask, peers):
    peer = peers.open()
    result = ask(parameters(peer)).expect(SUCCESS).result
    assert (result["host"], result["port"], result["name"]) == (peer.host, peer.port, peer.target)


def test_a_whole_check_gives_one_result_under_its_name(ask, peers):
    assert ask(whole(peers.open())).expect(SUCCESS).result["name"] == "web"


def test_description_and_labels_are_taken_as_in_a_file(ask, peers):
    check = whole(peers.open()) | {"description": "the web", "labels": {"team": "a"}}
    ask(check).expect(SUCCESS)


def test_exit_codes_are_the_plugins(ask, peers):
    ask(parameters(peers.refused())).expect(CRITICAL)
    ask(parameters(peers.silent(), timeout=0.3)).expect(CRITICAL)
    result = ask({"host": "203.0.113.1", "port": 80}).expect(UNKNOWN).result
    assert result["details"]["class"] == "no_route"


def test_every_kind_of_value_is_taken(ask, peers):
    peer = peers.refused()
    given = parameters(peer, timeout="2.5s", attempts=2, retry_delay=0.001, family="ipv4", search=False,
                       resolver="dns", close="reset", expect="closed", source_address="127.0.0.1",
                       interface="lo", handshake="half_open")
    result = ask(given).expect(SUCCESS).result
    assert result["attempts"] == 1 and result["details"]["class"] == "refused"
    assert ask({"host": peer.host, "port": "ssh", "timeout": 1}).result["port"] == 22
    ask(parameters(peers.open(), warning="1000", critical=1000)).expect(SUCCESS)


def test_white_space_around_the_object_is_fine(ask, peers):
    ask("\n\t " + json.dumps(parameters(peers.open()), indent=4) + "\n\n").expect(SUCCESS)


def test_escapes_in_strings_are_understood(ask, peers):
    peer = peers.open()
    ask('{"\\u0068ost": "127.0\\u002e0.1", "port": %d}' % peer.port).expect(SUCCESS)


def test_options_win_over_the_object(ask, peers):
    completed = ask(parameters(peers.refused(), attempts=5, retry_delay=0), "--attempts", 2)
    assert completed.expect(CRITICAL).result["attempts"] == 2


GOOD = '"host": "127.0.0.1", "port": PORT'
BAD = [
    ("", 1, []),
    ("   ", 1, []),
    ("nonsense", 1, []),
    ("{", 1, []),
    ('{"host": ', 1, []),
    ("[]", 1, ["object"]),
    ("[{%s}]" % GOOD, 1, ["object"]),
    ('"text"', 1, ["object"]),
    ("5", 1, ["object"]),
    ("null", 1, ["object"]),
    ("{}", 1, ["host", "port"]),
    ('{"port": PORT}', 1, ["host"]),
    ('{"host": "127.0.0.1"}', 1, ["port"]),
    ('{"host": 5, "port": PORT}', 1, ["host"]),
    ('{"host": null, "port": PORT}', 1, ["host"]),
    ('{"host": "", "port": PORT}', 1, ["host"]),
    ('{"host": "127.1", "port": PORT}', 1, ["127.1"]),
    ('{"host": "a b", "port": PORT}', 1, ["host"]),
    ('{"host": "a\\u0000b", "port": PORT}', 1, ["NUL"]),
    ('{"host": "a\\u001b[31mb", "port": PORT}', 1, ["host"]),
    ('{"host": "127.0.0.1", "port": 0}', 1, ["1-65535"]),
    ('{"host": "127.0.0.1", "port": 65536}', 1, ["1-65535"]),
    ('{"host": "127.0.0.1", "port": 99999999999999999999}', 1, ["1-65535"]),
    ('{"host": "127.0.0.1", "port": -1}', 1, ["1-65535"]),
    ('{"host": "127.0.0.1", "port": 80.5}', 1, ["80.5"]),
    ('{"host": "127.0.0.1", "port": 8e1}', 1, ["8e1"]),
    ('{"host": "127.0.0.1", "port": "80"}', 1, ["80"]),
    ('{"host": "127.0.0.1", "port": true}', 1, ["port"]),
    ('{"host": "127.0.0.1", "port": [80]}', 1, ["port"]),
    ('{%s, "timeout": 0}' % GOOD, 1, ["timeout"]),
    ('{%s, "timeout": NaN}' % GOOD, 1, []),
    ('{%s, "timeout": "5 parsecs"}' % GOOD, 1, ["5 parsecs"]),
    ('{%s, "attempts": 0}' % GOOD, 1, ["attempts"]),
    ('{%s, "attempts": 1001}' % GOOD, 1, ["1000"]),
    ('{%s, "attempts": 1.5}' % GOOD, 1, ["1.5"]),
    ('{%s,\n "timeuot": 3}' % GOOD, 2, ["timeuot", "timeout"]),
    ('{%s,\n "host": "b"}' % GOOD, 2, ["twice"]),
    ('{%s} {}' % GOOD, 1, []),
    ('{%s} x' % GOOD, 1, []),
    ("{%s,}" % GOOD, 1, []),
    ("{'host': 'a', 'port': PORT}", 1, []),
    ('{"plugin": "check_http", "parameters": {%s}}' % GOOD, 1, ["check_http"]),
    ('{"name": "a", "plugin": "check_tcp_connection"}', 1, ["host"]),
    ('{"name": "a", "plugin": "check_tcp_connection", "parameters": []}', 1, ["parameters"]),
    ('{"name": "", "plugin": "check_tcp_connection", "parameters": {%s}}' % GOOD, 1, ["name"]),
    ('{"name": "a", "parameters": {%s}}' % GOOD, 1, ["plugin"]),
    ('{"name": "a", "plugin": "check_tcp_connection", "parameters": {%s}, "extra": 1}' % GOOD, 1, ["extra"]),
    ('{"host": "\xff", "port": PORT}', 1, []),
    ("[" * 100_000, 1, []),
    ('{"parameters":' * 50_000, 1, []),
    ('{"host": "' + "a" * 2_000_000 + '", "port": PORT}', 1, []),
]


@pytest.mark.parametrize("text, line, words", BAD, ids=[row[0][:50] for row in BAD])
def test_bad_input_is_3_with_an_object_on_stdout_and_a_place_on_stderr(ask, peers, text, line, words):
    peer = peers.untouched()
    completed = ask(text.replace("PORT", str(peer.port)).encode("latin-1")).expect(UNKNOWN)
    answer = load_json(completed.out)
    assert answer["status"] == "error" and answer["error"]
    assert completed.out.count("\n") == 1
    problems = read_problems(completed.err, "<stdin>")
    assert problems and problems[0].line == line, completed
    said = " ".join(problem.message for problem in problems)
    assert all(word in said for word in words), said
    assert_no_controls(completed.err)
    assert_no_controls(completed.out)
    peer.assert_untouched()


def test_utf_16_and_a_byte_order_mark_are_not_json(ask):
    for data in ('{"host": "a", "port": 1}'.encode("utf-16"), b"\0\0\0{"):
        completed = ask(data).expect(UNKNOWN)
        assert load_json(completed.out)["status"] == "error"


def test_other_arguments_beside_stdin_are_refused(plugin, peers):
    peer = peers.untouched()
    plugin("--stdin", "extra", stdin=json.dumps({"host": peer.host, "port": peer.port})).expect(UNKNOWN)
    peer.assert_untouched()


@pytest.mark.parametrize("option", [["--timeout", "nan"], ["--nonsense"], ["--resolve", "x"]])
def test_a_bad_option_is_answered_in_json_too(ask, peers, option):
    completed = ask(parameters(peers.untouched()), *option).expect(UNKNOWN)
    answer = load_json(completed.out)
    assert answer["status"] == "error" and option[0] in answer["error"]


def test_no_input_at_all_is_bad_input(plugin):
    completed = plugin("--stdin").expect(UNKNOWN)
    assert load_json(completed.out)["status"] == "error"
