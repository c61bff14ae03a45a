"""tcpcheck HOST PORT, tcpcheck HOST:PORT…: check now, explain for a person."""

import pytest

from support.terminal import assert_no_controls


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_host_and_port_may_be_two_words_or_one(run, peers, host):
    peer = peers.open(host)
    forms = [(host, peer.port), (peer.target,), (f"[{host}]" if ":" in host else host, peer.port)]
    for form in forms:
        completed = run(*form).expect(0)
        assert peer.target in completed.out and completed.err == ""
    peer.wait_for("accepted", 3)
    assert peer.count() == 3


def test_an_open_port_is_explained_in_words(run, peers):
    out = run(peers.open().target).expect(0).out
    assert "open" in out.lower() and "ms" in out or " s" in out
    assert_no_controls(out)


def test_a_failure_is_explained_with_its_cause_and_advice(run, check, peers):
    peer = peers.refused()
    completed = run(peer.target).expect(1)
    hint = check(peer.target)["details"]["hint"]
    assert "Connection refused" in completed.out
    assert " ".join(hint.split()) in " ".join(completed.out.split())


def test_a_local_cause_exits_3(run):
    completed = run("203.0.113.1", 80).expect(3)
    assert "Network unreachable" in completed.out


def test_several_targets_are_each_checked_and_summed_up(run, peers):
    first, second, closed = peers.open(), peers.open("::1"), peers.refused()
    completed = run(first.target, second.target, closed.target).expect(1)
    for peer in (first, second, closed):
        assert peer.target in completed.out
    assert first.count() == second.count() == 1
    summary = completed.out.splitlines()[-1]
    assert "3" in summary and "1" in summary


def test_several_targets_are_an_array_and_one_is_an_object(run, peers):
    first, second = peers.open(), peers.refused()
    assert isinstance(run(first.target, "--format", "json").result, dict)
    results = run(first.target, second.target, "--format", "json").expect(1).results
    assert [result["status"] for result in results] == ["success", "error"]
    assert all("line" not in result for result in results)


def test_a_service_name_is_a_port(fresh):
    peer = fresh.peers.open(port=4242)
    for port in ("tcpcheck-test", "tct", "4242"):
        result = fresh.check("127.0.0.1", port)
        assert result["port"] == 4242 and result["connected"]
    assert peer.count() == 3


@pytest.mark.parametrize("name, port", [
    ("mongodb", 27017), ("elasticsearch", 9200), ("redis", 6379), ("postgresql", 5432), ("mysql", 3306),
    ("imaps", 993), ("pop3s", 995), ("ssh", 22), ("https", 443)])
def test_well_known_services_need_no_etc_services(run, name, port):
    completed = run(f"127.0.0.1:{name}", "--format", "json", "--timeout", "1s")
    assert completed.result["port"] == port


def test_name_of_a_result_is_host_and_port(check, peers):
    for peer in (peers.open(), peers.open("::1")):
        assert check(peer.target)["name"] == peer.target


def test_expectations_change_the_status_not_the_verdict(check, peers):
    open_, refused, silent = peers.open(), peers.refused(), peers.silent()
    quick = ("--timeout", "200ms")
    rows = [
        (refused, "refused", "success", "down"), (refused, "closed", "success", "down"),
        (refused, "dropped", "error", "down"), (refused, "filtered", "error", "down"),
        (silent, "dropped", "success", "down"), (silent, "filtered", "success", "down"),
        (silent, "closed", "success", "down"), (silent, "refused", "error", "down"),
        (open_, "refused", "error", "up"), (open_, "closed", "error", "up"), (open_, "open", "success", "up"),
    ]
    for peer, expect, status, verdict in rows:
        result = check(peer.target, "--expect", expect, *quick)
        assert (result["status"], result["details"]["verdict"]) == (status, verdict), (expect, result)


@pytest.mark.parametrize("expect", ["open", "refused", "dropped", "filtered", "closed"])
def test_what_could_not_be_checked_satisfies_no_expectation(check, expect):
    result = check("203.0.113.1", 80, "--expect", expect)
    assert result["status"] == "error" and result["error"] == "Network unreachable"


def test_an_open_port_that_should_be_closed_says_that_it_opened(check, peers):
    result = check(peers.open().target, "--expect", "closed")
    assert result["error"] == "Connection opened" and result["connected"]


def test_attempts_go_on_until_the_expectation_holds(check, peers):
    result = check(peers.open().target, "--expect", "refused", "--attempts", 3, "--retry-delay", "1ms")
    assert result["attempts"] == 3 and result["status"] == "error"


def test_outside_critical_is_too_slow_but_up(check, peers):
    result = check(peers.open().target, "--critical", "@0:1000")
    assert (result["status"], result["error"]) == ("error", "Too slow")
    details = result["details"]
    assert (details["verdict"], details["class"], result["connected"]) == ("up", "open", True)


def test_outside_warning_is_a_success_with_a_note(check, peers):
    result = check(peers.open().target, "--warning", "@0:1000")
    assert result["status"] == "success" and result["details"]["notes"] == ["slow"]
    assert check(peers.open().target, "--warning", "1000")["details"]["notes"] == []


def test_max_time_cancels_what_is_left(run, peers):
    completed = run(peers.silent().target, peers.silent().target, "--max-time", "300ms", "--format", "json")
    assert [result["details"]["class"] for result in completed.expect(3).results] == ["cancelled"] * 2


def test_verbose_shows_every_attempt_and_address(run, peers):
    peer = peers.refused("127.0.0.2")
    out = run("two.test", peer.port, "--resolve", "two.test:127.0.0.2,127.0.0.3", "--attempts", 2,
              "--retry-delay", "1ms", "-v").expect(1).out
    assert out.count("127.0.0.2") >= 2 and out.count("127.0.0.3") >= 2


def test_quiet_says_only_what_failed(run, peers):
    open_, refused = peers.open(), peers.refused()
    assert run(open_.target, "-q").expect(0).out == ""
    out = run(open_.target, refused.target, "-q").expect(1).out
    assert refused.target in out and open_.target not in out


def test_when_every_target_meets_the_same_local_cause_it_is_said_once(run):
    completed = run("203.0.113.1:80", "203.0.113.2:80", "203.0.113.3:80").expect(3)
    assert (completed.out + completed.err).count("this host") >= 1


BAD_USAGE = [
    ([], "HOST"),
    (["127.0.0.1"], "port"),
    (["127.0.0.1", "0"], "1-65535"),
    (["127.0.0.1", "65536"], "65536"),
    (["127.0.0.1", "80.5"], "80.5"),
    (["127.0.0.1", "0x50"], "0x50"),
    (["127.0.0.1:"], "port"),
    ([":80"], "host"),
    (["::1:80"], "["),
    (["[::1]80"], ""),
    (["127.1", "80"], "127.1"),
    (["2130706433:80"], "2130706433"),
    (["", "80"], "host"),
    (["a b", "80"], "host"),
    (["a" * 64 + ".test", "80"], "63"),
    (["--timeout", "nan", "h:1"], "nan"),
    (["--timeout", "0", "h:1"], "timeout"),
    (["--timeout", "1e9", "h:1"], "1e9"),
    (["--timeout", "5 parsecs", "h:1"], "parsecs"),
    (["--timeout"], "timeout"),
    (["--attempts", "0", "h:1"], "1000"),
    (["--attempts", "1001", "h:1"], "1000"),
    (["--retry-delay", "-1", "h:1"], "-1"),
    (["--source-port", "0", "h:1"], "source"),
    (["--source-address", "eth0", "h:1"], "eth0"),
    (["--interface", "eth0/1", "h:1"], "eth0/1"),
    (["--family", "ipx", "h:1"], "ipx"),
    (["--handshake", "half-open", "h:1"], "half_open"),
    (["--handshake", "half_open", "--close", "graceful", "h:1"], "half_open"),
    (["--expect", "opened", "h:1"], "opened"),
    (["--close", "slam", "h:1"], "slam"),
    (["--warning", "5:1", "h:1"], "5:1"),
    (["--format", "xml", "h:1"], "jsonl"),
    (["--concurrency", "0", "h:1"], "concurrency"),
    (["--rate", "0", "h:1"], "rate"),
    (["--rate", "-5", "h:1"], "rate"),
    (["--host-rate", "x/s", "h:1"], "host-rate"),
    (["--max-time", "never", "h:1"], "never"),
    (["--resolve", "h", "h:1"], "resolve"),
    (["--resolve", "h:not-an-address", "h:1"], "not-an-address"),
    (["--resolve", "h:", "h:1"], "resolve"),
    (["--color", "sometimes", "h:1"], "sometimes"),
    (["--progress", "sometimes", "h:1"], "sometimes"),
    (["--timeuot", "3", "h:1"], "--timeout"),
    (["--nonsense", "h:1"], "--nonsense"),
    (["-\u00e9", "h:1"], "\\xc3"), (["-qZ", "h:1"], "-Z"),
    (["-Z", "h:1"], "-Z"),
    (["--quiet=yes", "h:1"], "quiet"),
    (["--host", "h"], ""),
    (["frobnicate"], "frobnicate"),
    (["run"], ""),
    (["run", "--stdin"], "stdin"),
    (["run", "--label", "nonsense", "x"], "label"),
    (["wait"], "HOST"),
    (["wait", "h:1", "--for", "0"], "for"),
    (["lint"], "FILE"),
    (["explain", "nosuchclass"], "nosuchclass"),
    (["explain", "refuesd"], "refused"),
    (["schema", "extra"], "arguments"),
]


@pytest.mark.parametrize("args, word", BAD_USAGE, ids=[" ".join(args)[:40] for args, _ in BAD_USAGE])
def test_bad_usage_is_64_with_one_clear_line(run, args, word):
    completed = run(*args, watchdog=10).expect(64)
    assert completed.out == ""
    first = completed.err.splitlines()[0]
    assert word in completed.err, first
    assert first.startswith("tcpcheck")


def test_a_bad_parameter_is_named_once_and_as_an_option(run):
    assert "tcpcheck: --hold '0' is out of range" in run("h:1", "--hold", 0).expect(64).err
    assert "tcpcheck: --source-port 'x' is not a number" in run("h:1", "--source-port", "x").expect(64).err


@pytest.mark.parametrize("text", ["\x1b[31mred", "bell\x07", "a\u202eb", "a\nb"])
def test_what_the_command_line_says_is_escaped_in_errors(run, text):
    for args in ([text, "80"], ["127.0.0.1", text], ["--timeout", text, "h:1"], [f"--{text}", "h:1"],
                 ["explain", text], ["run", text], ["h:1", "--output", f"/none/{text}"]):
        completed = run(*args)
        assert completed.code in (64, 66, 74)
        assert_no_controls(completed.err)
        assert len(completed.err.splitlines()) <= 2


@pytest.mark.parametrize("command", [[], ["run"], ["wait"], ["lint"], ["schema"], ["explain"]])
def test_help_and_version_succeed_on_stdout(run, command):
    completed = run(*command, "--help").expect(0)
    assert "tcpcheck" in completed.out and completed.err == ""
    completed = run(*command, "--version").expect(0)
    assert completed.out.split()[-1][0].isdigit()


@pytest.mark.parametrize("command", [[], ["run"], ["wait"], ["lint"], ["schema"], ["explain"]])
def test_help_fits_a_terminal_of_100_columns(run, command):
    assert max(map(len, run(*command, "--help").out.splitlines())) <= 100
