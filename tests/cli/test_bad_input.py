"""Bad check files: a located error for every one, nothing run, and never a hang or a crash.

In the tables « marks where the error must be pointed at.
"""

import itertools

import pytest

from support.check_files import entry
from support.located import assert_shown, read_problems, unmark
from support.terminal import assert_no_controls

BAD_CONTENTS = 65
WATCHDOG_S = 20


def bad(parameters, head="name: bad\n  plugin: check_tcp_connection"):
    return f"- {head}\n  parameters:\n" + "".join(f"    {line}\n" for line in parameters.splitlines())


def with_value(key, value):
    """A check that is right but for one value."""
    right = {"host": "127.0.0.1", "port": "1"}
    lines = [f"{name}: {text}" for name, text in right.items() if name != key]
    return bad("\n".join(lines + [f"{key}: «{value}"]))


LONG_LABEL = "a" * 64 + ".test"
LONG_NAME = ".".join(["a" * 49] * 5) + ".test"  # 254 octets
assert len(LONG_NAME) == 254

# (what, text, words that the message must hold)
BAD_VALUES = [
    ("host", '""', ["host", "empty"]),
    ("host", LONG_LABEL, ["host", "63"]),
    ("host", LONG_NAME, ["host", "253"]),
    ("host", "two words", ["host"]),
    ("host", '" db"', ["host"]),
    ("host", '"a\\tb"', ["host", "\\t"]),
    ("host", '"a\\x1b[31mb"', ["host"]),
    ("host", '"a\\0b"', ["NUL"]),
    ("host", "127.1", ["127.1"]),
    ("host", "0x7f.1", ["0x7f.1"]),
    ("host", "2130706433", ["2130706433"]),
    ("host", "256.0.0.1", ["256.0.0.1"]),
    ("host", "a..b", ["host"]),
    ("host", '"[::1"', ["host"]),
    ("host", '"fe80::zz"', ["host"]),
    ("host", "~", ["host"]),
    ("host", "[a, b]", ["host", "list"]),
    ("host", "{a: b}", ["host", "mapping"]),
    ("port", "0", ["port", "0", "1-65535"]),
    ("port", "65536", ["65536", "1-65535"]),
    ("port", "99999999999999999999", ["99999999999999999999", "1-65535"]),
    ("port", "-1", ["-1", "1-65535"]),
    ("port", "80.5", ["80.5", "1-65535"]),
    ("port", '"80"', ["80", "1-65535"]),
    ("port", "'80'", ["80", "1-65535"]),
    ("port", "0o120", ["0o120"]),
    ("port", "0x50", ["0x50"]),
    ("port", "010", ["010"]),
    ("port", "+80", ["+80"]),
    ("port", "8e1", ["8e1"]),
    ("port", "1_000", ["1_000"]),
    ("port", "nosuchservice", ["nosuchservice", "service"]),
    ("port", "tcpcheck-udp", ["tcpcheck-udp"]),
    ("port", "~", ["port"]),
    ("port", "true", ["port"]),
    ("port", "[80]", ["port", "list"]),
    ("timeout", "0", ["timeout"]),
    ("timeout", "-1", ["timeout", "-1"]),
    ("timeout", ".nan", [".nan"]),
    ("timeout", "nan", ["nan"]),
    ("timeout", ".inf", [".inf"]),
    ("timeout", "1e9", ["1e9"]),
    ("timeout", "5 parsecs", ["5 parsecs"]),
    ("timeout", "3601", ["3601"]),
    ("timeout", "0.0001", ["0.0001"]),
    ("timeout", '"10"', ["10"]),
    ("timeout", ".5", [".5"]),
    ("timeout", "5.", ["5."]),
    ("attempts", "0", ["attempts", "1000"]),
    ("attempts", "1001", ["1001", "1000"]),
    ("attempts", "1.5", ["1.5", "1000"]),
    ("retry_delay", "-1", ["-1"]),
    ("retry_delay", "2h", ["2h"]),
    ("source_port", "0", ["source_port", "1-65535"]),
    ("source_port", "65536", ["65536"]),
    ("source_address", "localhost", ["localhost", "address"]),
    ("interface", '""', ["interface", "15"]),
    ("interface", "a-name-too-long0", ["a-name-too-long0", "1-15"]),
    ("interface", "../eth0", ["../eth0", "/"]),
    ("interface", "eth 0", ["eth 0", "white space"]),
    ("family", "ipx", ["ipx", "ipv4", "ipv6", "any"]),
    ("resolver", "doh", ["doh", "dns", "system"]),
    ("search", "yes", ["yes", "true"]),
    ("handshake", "half-open", ["half-open", "half_open", "full"]),
    ("close", "slam", ["slam", "graceful", "reset"]),
    ("expect", "opened", ["opened", "open", "refused"]),
    ("warning", "5:1", ["5:1"]),
    ("critical", "fast", ["fast"]),
]

WHOLE_CHECKS = [
    ("missing name", "- plugin: check_tcp_connection\n  parameters: {host: a, port: 1}\n",
     ["name", "missing"]),
    ("missing plugin", "- name: bad\n  parameters: {host: a, port: 1}\n", ["plugin", "missing"]),
    ("missing host", bad("port: 1"), ["host", "missing"]),
    ("missing port", bad("host: a"), ["port", "missing"]),
    ("missing parameters", "- name: bad\n  plugin: check_tcp_connection\n", ["host", "port"]),
    ("another plugin", bad("host: a\nport: 1", "name: bad\n  plugin: «check_http"),
     ["check_http", "check_tcp_connection"]),
    ("empty name", bad("host: a\nport: 1", 'name: «""\n  plugin: check_tcp_connection'), ["name"]),
    ("name that is a list", bad("host: a\nport: 1", "name: «[a]\n  plugin: check_tcp_connection"),
     ["name"]),
    ("unknown parameter", bad("host: a\nport: 1\n«timeuot: 3"), ["timeuot", "timeout"]),
    ("unknown key", bad("host: a\nport: 1", "name: bad\n  «plugn: x\n  plugin: check_tcp_connection"),
     ["plugn", "plugin"]),
    ("hold of what is half open", bad("host: a\nport: 1\nhandshake: half_open\nhold: «5s"),
     ["hold 5s", "half_open"]),
    ("require without all", bad("host: a\nport: 1\nrequire: «2"), ["require 2", "addresses any", "only addresses all"]),
    ("close that contradicts handshake", bad("host: a\nport: 1\nhandshake: half_open\nclose: «graceful"),
     ["graceful", "half_open", "reset"]),
    ("duplicate parameter", bad("host: a\nport: 1\n«host: b"), ["host", "twice"]),
    ("duplicate key", bad("host: a\nport: 1", "name: bad\n  «name: worse\n  plugin: check_tcp_connection"),
     ["name", "twice"]),
    ("parameters that are a list", "- name: bad\n  plugin: check_tcp_connection\n  parameters: «[host, a]\n",
     ["parameters", "mapping"]),
    ("labels that are a list",
     bad("host: a\nport: 1", "name: bad\n  plugin: check_tcp_connection\n  labels: «[x]"),
     ["labels", "mapping"]),
    ("label that is a mapping",
     bad("host: a\nport: 1", "name: bad\n  plugin: check_tcp_connection\n  labels: {a: «{b: c}}"),
     ["label", "mapping"]),
    ("list where a value belongs", bad("host: «-\nport: 1"), []),
    ("list that does not end", bad("host: [::1\nport: 1"), []),
    ("a check that is text", "- «just text\n", ["just text", "mapping"]),
    ("a check that is nothing", "- \n", ["mapping"]),
    ("unknown alias", "- «*nothing\n", ["nothing"]),
    ("family against address", bad("host: 127.0.0.1\nport: 1\nfamily: ipv6"), ["family"]),
]

WHOLE_FILES = [
    ("empty", b"", []),
    ("blank", b"\n\n", []),
    ("comment only", b"# nothing\n", []),
    ("scalar", b"hello\n", ["list"]),
    ("number", b"5\n", ["list"]),
    ("null", b"~\n", ["list"]),
    ("not yaml", b"- name: [a\n- b: }{\n", []),
    ("tabs", b"- name: a\n\tplugin: check_tcp_connection\n", ["tab"]),
    ("two documents", b"[]\n---\n[]\n", ["document"]),
    ("invalid utf-8", b"- name: \xff\xfe\n", ["UTF-8"]),
    ("overlong utf-8", b"- name: \xc0\xaf\n", ["UTF-8"]),
    ("surrogate", b"- name: \xed\xa0\x80\n", ["UTF-8"]),
    ("utf-16", "- name: a\n".encode("utf-16"), ["UTF-8"]),
    ("utf-16 without mark", "- name: a\n".encode("utf-16-le"), []),
    ("latin-1", "- name: caf\xe9\n".encode("latin-1"), ["UTF-8"]),
    ("nul byte", b"- name: a\0b\n", []),
    ("unknown top key", b"checks: []\nrules: {}\n", ["rules", "policy"]),
    ("policy that is a list", b"checks: []\npolicy: [10.0.0.0/8]\n", ["policy", "allow", "deny"]),
    ("host bits in a policy", b"checks: []\npolicy: {deny: [10.0.0.1/8]}\n", ["10.0.0.1/8", "10.0.0.0/8"]),
    ("a name in a policy", b"checks: []\npolicy: {allow: [db.example.com]}\n", ["db.example.com"]),
    ("ports the wrong way round", b"checks: []\npolicy: {deny: ['10.0.0.0/8:90-80']}\n", ["90-80"]),
    ("audit without a file", b"checks: []\naudit: {required: true}\n", ["file", "journal"]),
    ("near miss of a top key", b"cheks: []\n", ["cheks", "checks"]),
    ("no checks", b"defaults: {timeout: 3}\n", ["checks"]),
    ("checks that are a mapping", b"checks: {a: b}\n", ["checks", "list"]),
    ("bad defaults", b"defaults: {timeout: 0}\nchecks: []\n", ["timeout"]),
    ("unknown default", b"defaults: {timeuot: 3}\nchecks: []\n", ["timeuot", "timeout"]),
    ("bad rate", b"limits: {rate: fast}\nchecks: []\n", ["rate", "fast"]),
    ("unknown limit", b"limits: {in_flight: 3}\nchecks: []\n", ["in_flight", "host_in_flight"]),
    ("bad host_in_flight", b"limits: {host_in_flight: 0}\nchecks: []\n", ["host_in_flight", "1-1000000"]),
    ("bad allow_many_ports", b"limits: {allow_many_ports: 65536}\nchecks: []\n", ["allow_many_ports"]),
    ("duplicate top key", b"checks: []\nchecks: []\n", ["checks", "twice"]),
    ("binary", bytes(range(256)) * 4, []),
    ("elf", b"\x7fELF\x02\x01\x01" + b"\0" * 64, []),
    ("anchor cycle", b"&a [*a]\n", []),
    ("33 levels", b"- " + b"[" * 32 + b"]" * 32 + b"\n", ["32"]),
    ("100 kB of brackets", b"[" * 100_000, ["32"]),
    ("100 kB of braces", b"{" * 100_000, ["32"]),
    ("100 kB of dashes", b"- " * 50_000, ["32"]),
    ("100 kB of question marks", b"? " * 50_000, ["32"]),
]


def judge(completed, path, words):
    """Exit 65, nothing on stdout, every message located and safe to print."""
    completed.expect(BAD_CONTENTS)
    assert completed.out == ""
    assert_no_controls(completed.err)
    problems = read_problems(completed.err, path)
    assert problems, f"no located message: {completed}"
    missing = [word for word in words if not any(word in problem.message for problem in problems)]
    assert not missing, f"not mentioned: {missing}: {completed.err}"
    return problems


def both_commands(run, path, words):
    """`run` and `lint` say the same."""
    problems = judge(run("run", path, watchdog=WATCHDOG_S), path, words)
    assert judge(run("lint", path, watchdog=WATCHDOG_S), path, words) == problems
    return problems


@pytest.fixture
def bad_file(run, peers, write):
    """bad_file(text, words): a file whose other check is right, and must not be run."""

    def judge_file(marked, words):
        peer = peers.untouched()
        text, place = unmark(entry("good", peer) + marked)
        path = write(text)
        problems = both_commands(run, path, words)
        lines = text.splitlines()
        for problem in problems:
            assert 4 <= problem.line <= len(lines)
            assert_shown_if_plain(problem, lines[problem.line - 1])
        if place:
            assert place in [(problem.line, problem.column) for problem in problems], (place, problems)
        peer.assert_untouched()
        return problems

    return judge_file


def assert_shown_if_plain(problem, line):
    if len(line) < 100 and line.isprintable():
        assert_shown(problem, line)


@pytest.mark.parametrize("key, value, words", BAD_VALUES, ids=lambda item: str(item)[:30])
def test_a_bad_value_is_pointed_at(bad_file, key, value, words):
    problems = bad_file(with_value(key, value), words)
    assert len(problems) == 1, "one mistake, one message"


def table(rows):
    """Rows that begin with what they are called."""
    return {"argvalues": [row[1:] for row in rows], "ids": [row[0] for row in rows]}


@pytest.mark.parametrize("text, words", **table(WHOLE_CHECKS))
def test_a_bad_check_is_pointed_at(bad_file, text, words):
    bad_file(text, words)


@pytest.mark.parametrize("content, words", **table(WHOLE_FILES))
def test_a_bad_file_is_an_error(run, write, content, words):
    both_commands(run, write(content), words)


@pytest.mark.parametrize("content", [b"", b"hello\n", b"# nothing\n"])
def test_an_error_of_the_whole_file_is_at_its_start(run, write, content):
    problem, = both_commands(run, write(content), [])
    assert (problem.line, problem.column) == (1, 1)


def test_all_errors_of_a_file_come_in_one_pass(bad_file):
    text = "".join(with_value("port", str(70000 + number)).replace("«", "") for number in range(5))
    problems = bad_file(text + bad("hots: a\nport: 0\ntimeout: 0"), [])
    assert [problem.line for problem in problems] == sorted(problem.line for problem in problems)
    assert sum("7000" in problem.message for problem in problems) == 5
    tail = " ".join(problem.message for problem in problems[5:])
    assert all(word in tail for word in ("hots", "port", "timeout"))


def test_twenty_errors_are_shown_and_the_others_counted(run, write):
    path = write(with_value("port", "0").replace("«", "") * 33)
    completed = run("lint", path)
    assert len(judge(completed, path, [])) == 20
    assert "13" in completed.err.splitlines()[-1]


def test_errors_of_several_files_are_each_under_their_name(run, write):
    first = write("hello\n", "first.yaml")
    second = write(with_value("port", "0").replace("«", ""), "second.yaml")
    completed = run("run", first, second).expect(BAD_CONTENTS)
    assert read_problems(completed.err, first) and read_problems(completed.err, second)


def test_one_bad_file_among_good_ones_runs_nothing(run, write, peers):
    peer = peers.untouched()
    good = write(with_value("port", str(peer.port)).replace("«", ""), "good.yaml")
    run("run", good, write("hello\n", "bad.yaml")).expect(BAD_CONTENTS)
    peer.assert_untouched()


def test_standard_input_is_named_in_messages(run):
    completed = run("run", "-", stdin="- name: x\n").expect(BAD_CONTENTS)
    assert read_problems(completed.err, "<stdin>")


def test_an_alias_bomb_is_defused(run, write):
    bomb = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    for previous, name in itertools.pairwise("abcdefghi"):
        bomb.append(f"{name}: &{name} [{', '.join([f'*{previous}'] * 10)}]")
    both_commands(run, write("\n".join(bomb) + "\n"), [])


def test_a_bomb_inside_defaults_is_defused(run, write):
    lines = ["checks: []", "defaults:", "  a: &a [x, x, x, x, x, x, x, x, x, x]"]
    for previous, name in itertools.pairwise("abcdefghi"):
        lines.append(f"  {name}: &{name} [{', '.join([f'*{previous}'] * 10)}]")
    both_commands(run, write("\n".join(lines) + "\n"), [])


def test_more_aliased_nodes_than_a_million_are_refused(run, write):
    check = "- &c {name: a, plugin: check_tcp_connection, parameters: {host: a, port: 1}}\n"
    judge(run("lint", path := write(check + "- *c\n" * 150_000)), path, ["1,000,000"])


def test_32_levels_are_accepted_by_the_depth_rule(run, write):
    path = write(b"- " + b"[" * 31 + b"]" * 31 + b"\n")
    problems = both_commands(run, path, [])
    assert not any("32" in problem.message for problem in problems)


def test_a_file_over_the_cap_is_refused(run, tmp_path):
    path = tmp_path / "huge.yaml"
    with open(path, "wb") as file:
        file.truncate(64 * 1024 * 1024 + 1)
    judge(run("lint", path), path, ["64 MiB"])


def test_a_list_over_the_cap_on_standard_input_is_refused(run):
    completed = run("lint", "-", stdin=b"# x\n" * (16 * 1024 * 1024 + 1)).expect(BAD_CONTENTS)
    assert "64 MiB" in completed.err


@pytest.mark.parametrize("text", ["\x1b[31mred", "a\u202eb", "a\x9bb", "bell\x07", "\u2066x", "a\u200bb"])
def test_what_a_file_says_is_escaped_wherever_an_error_quotes_it(run, write, text):
    quoted = '"' + "".join(f"\\U{ord(letter):08x}" if not letter.isascii() or ord(letter) < 32 else letter
                           for letter in text) + '"'
    for content in (with_value("host", quoted), with_value(quoted, "1"), with_value("expect", quoted),
                    bad("host: a\nport: 1", f"name: a\n  plugin: {quoted}")):
        path = write(content.replace("«", ""))
        both_commands(run, path, [])


def test_a_check_has_at_most_64_labels(run, write):
    def labelled(count):
        labels = ", ".join(f"l{i}: x" for i in range(count))
        return write("- name: a\n  plugin: check_tcp_connection\n  parameters: {host: a, port: 1}\n"
                     f"  labels: {{{labels}}}\n", f"labels{count}.yaml")

    run("lint", labelled(64)).expect(0)
    completed = run("lint", labelled(65)).expect(65)
    assert "labels65.yaml:4:11: 65 labels are too many: a check has at most 64" in completed.err
