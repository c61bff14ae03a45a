"""tcpcheck run: files, lists, which of their checks, and what would be checked."""

import os

import pytest

from support.check_files import entry
from support.program import UNLIMITED


def names(completed):
    return [result["name"] for result in completed.results]


@pytest.fixture
def run_json(run):
    return lambda *args, **options: run("run", *args, "--format", "json", **options)


def test_a_list_runs_in_file_order(run_json, peers, write):
    silent, peer = peers.silent(), peers.open()
    path = write(entry("slow", silent, "timeout: 300ms") + entry("quick", peer))
    results = run_json(path).expect(1).results
    assert [result["name"] for result in results] == ["slow", "quick"]
    assert all("line" not in result for result in results)


def test_jsonl_comes_as_checks_finish(run, peers, write):
    path = write(entry("slow", peers.silent(), "timeout: 300ms") + entry("quick", peers.open()))
    completed = run("run", path, "--format", "jsonl").expect(1)
    assert names(completed) == ["quick", "slow"]


def test_a_mapping_with_checks_and_defaults_runs(run_json, peers, write):
    silent = peers.silent()
    path = write("defaults: {timeout: 200ms, attempts: 2, retry_delay: 1ms}\nchecks:\n"
                 + entry("a", silent) + entry("b", silent, "attempts: 1"))
    assert [result["attempts"] for result in run_json(path).expect(1).results] == [2, 1]


def test_defaults_may_stand_below_the_checks(run_json, peers, write):
    path = write("checks:\n" + entry("a", peers.refused()) + "defaults: {attempts: 3, retry_delay: 0}\n")
    assert run_json(path).expect(1).results[0]["attempts"] == 3


def test_built_in_gives_way_to_defaults_to_check_to_option(run_json, peers, write):
    peer = peers.refused()
    path = write("defaults: {attempts: 2, retry_delay: 0}\nchecks:\n"
                 + entry("a", peer) + entry("b", peer, "attempts: 3"))
    assert [result["attempts"] for result in run_json(path).results] == [2, 3]
    assert [result["attempts"] for result in run_json(path, "--attempts", 4).results] == [4, 4]


def test_aliases_and_merge_keys_work(run_json, peers, write):
    peer = peers.refused()
    path = write(f"""
defaults: &d {{retry_delay: 0}}
checks:
- name: &n first
  plugin: check_tcp_connection
  parameters: &p {{host: 127.0.0.1, port: {peer.port}, attempts: 2}}
- name: second
  plugin: check_tcp_connection
  description: *n
  parameters: {{<<: *p, attempts: 3}}
- name: third
  plugin: check_tcp_connection
  parameters: {{<<: [*d, *p]}}
- name: fourth
  plugin: check_tcp_connection
  parameters: *p
""")
    results = run_json(path).expect(1).results
    assert [(result["name"], result["attempts"]) for result in results] == [
        ("first", 2), ("second", 3), ("third", 2), ("fourth", 2)]


def test_no_checks_succeed(run, write):
    path = write("checks: []\n")
    assert "".join(run("run", path, "--format", "json").expect(0).out.split()) == "[]"
    run("run", write("[]\n")).expect(0)


def test_files_run_in_the_order_they_are_named(run_json, peers, write):
    peer = peers.open()
    first, second = write(entry("a", peer), "1.yaml"), write(entry("b", peer), "2.yaml")
    assert names(run_json(second, first).expect(0)) == ["b", "a"]


def test_standard_input_is_a_file_too(run_json, peers):
    assert names(run_json("-", stdin=entry("piped", peers.open())).expect(0)) == ["piped"]


def test_a_file_with_carriage_returns_or_a_byte_order_mark_is_read(run_json, peers, write):
    text = entry("a", peers.open())
    run_json(write(text.replace("\n", "\r\n"))).expect(0)
    run_json(write("\ufeff" + text)).expect(0)


def test_no_is_a_string_and_so_is_any_other_word(run_json, peers, write):
    peer = peers.open()
    text = "".join(entry(name, peer) for name in ("'1'", "no", "true", "~x", "1.5"))
    assert names(run_json(write(text)).expect(0)) == ["1", "no", "true", "~x", "1.5"]


def test_a_host_called_no_is_a_host(run_json, write):
    path = write("- {name: a, plugin: check_tcp_connection, parameters: {host: no, port: 1}}\n")
    assert run_json(path, "--resolve", "no:127.0.0.1").results[0]["host"] == "no"


@pytest.mark.parametrize("duration, at_least", [("300ms", 0.3), ("0.3", 0.3), ("0.3s", 0.3), ("0.005m", 0.3)])
def test_durations_have_units(run_json, peers, write, duration, at_least):
    result, = run_json(write(entry("a", peers.silent(), f"timeout: {duration}"))).expect(1).results
    assert result["details"]["class"] == "timeout" and result["response_time"] >= at_least


@pytest.mark.parametrize("text", [
    "{host} {port}", "{host}:{port}", "label,{host},{port}", "  {host}\t{port}  ", "{host}:{port} # comment",
    "{host}:{port}\r", "\n\n# all of this is skipped\n{host} {port}"])
def test_a_target_list_line_may_take_each_form(run_json, peers, write, text):
    peer = peers.open()
    path = write(text.format(host=peer.host, port=peer.port) + "\n", "list")
    result, = run_json("--targets", path).expect(0).results
    assert (result["host"], result["port"], result["line"]) == (peer.host, peer.port, text.count("\n") + 1)
    assert result["name"] == ("label" if text.startswith("label") else peer.target)


def test_a_target_list_takes_ipv6_in_brackets(run_json, peers):
    peer = peers.open("::1")
    forms = ("[::1]:{}", "[::1] {}", "::1 {}", "v6,::1,{}", "v6,[::1],{}")
    completed = run_json("--targets", "-", stdin="".join(form.format(peer.port) + "\n" for form in forms))
    assert [result["host"] for result in completed.expect(0).results] == ["::1"] * len(forms)


def test_a_list_without_a_last_line_feed_or_without_lines_is_fine(run_json, peers, write):
    peer = peers.open()
    assert len(run_json("--targets", "-", stdin=f"{peer.target}\n{peer.target}").expect(0).results) == 2
    assert run_json("--targets", write("", "list")).expect(0).results == []


def test_a_list_and_files_run_together(run_json, peers, write):
    peer = peers.open()
    completed = run_json(write(entry("filed", peer)), "--targets", write(peer.target + "\n", "list"))
    assert sorted(names(completed.expect(0))) == sorted(["filed", peer.target])


def test_a_list_is_streamed(start, peers):
    """The first targets are checked before the list has ended."""
    peer = peers.open()
    read_end, write_end = os.pipe()
    with os.fdopen(read_end, "rb") as stdin, os.fdopen(write_end, "wb", buffering=0) as feed:
        running = start("run", "--targets", "-", "--format", "jsonl", stdin=stdin)
        feed.write(f"{peer.target}\n".encode())
        running.out.wait_for(lambda data: data.count(b"\n") == 1)
        feed.write(f"{peer.target}\n".encode())
        running.out.wait_for(lambda data: data.count(b"\n") == 2)
    assert len(running.finish().expect(0).results) == 2


def test_only_selects_by_name(run_json, peers, write):
    peer = peers.open()
    path = write("".join(entry(name, peer) for name in ("web_1", "web_2", "db_1")))
    assert names(run_json(path, "--only", "web_*").expect(0)) == ["web_1", "web_2"]
    assert names(run_json(path, "--only", "*_1").expect(0)) == ["web_1", "db_1"]
    assert names(run_json(path, "--only", "web_[2]", "--only", "db_?").expect(0)) == ["web_2", "db_1"]
    assert peer.count() == 6


def test_only_that_matches_nothing_runs_nothing_and_says_so(run_json, peers, write):
    peer = peers.untouched()
    completed = run_json(write(entry("a", peer)), "--only", "nothing*").expect(0)
    assert completed.results == [] and "--only" in completed.err
    peer.assert_untouched()


def test_label_selects_by_label(run_json, peers, write):
    peer = peers.open()
    path = write(entry("a", peer, labels="team: web, tier: '1'") + entry("b", peer, labels="team: db")
                 + entry("c", peer))
    assert names(run_json(path, "--label", "team=web").expect(0)) == ["a"]
    assert names(run_json(path, "--label", "tier=1").expect(0)) == ["a"]


def test_dry_run_shows_everything_and_connects_to_nothing(run, peers, write):
    peer = peers.untouched()
    path = write("limits: {rate: 7, host_rate: 3}\nchecks:\n"
                 + entry("shown", peer, "timeout: 4s") + entry("hidden", peer))
    completed = run("run", path, "--dry-run", "--only", "shown").expect(0)
    assert "shown" in completed.out and peer.target in completed.out
    assert "hidden" not in completed.out and "7" in completed.out
    peer.assert_untouched()


def test_max_time_ends_a_run_with_what_is_known(run_json, peers, write):
    path = write(entry("quick", peers.open()) + entry("slow", peers.silent(), "timeout: 1h"))
    quick, slow = run_json(path, "--max-time", "500ms").expect(3).results
    assert quick["status"] == "success"
    assert (slow["error"], slow["details"]["class"]) == ("Cancelled", "cancelled")


def test_max_time_leaves_no_check_of_a_file_without_a_result(run_json, peers, write):
    silent = peers.silent()
    path = write("".join(entry(f"n{i}", silent, "timeout: 1h") for i in range(2000)))
    results = run_json(path, "--max-time", "300ms", "--concurrency", 3).expect(3).results
    assert [result["name"] for result in results] == [f"n{i}" for i in range(2000)]
    assert {result["details"]["class"] for result in results} == {"cancelled"}
    assert sorted(result["attempts"] for result in results)[-4:] == [0, 1, 1, 1]


def test_max_time_before_the_end_of_a_list_is_no_success(run, peers):
    """What came of the others nobody knows: neither 0, nor without a word."""
    peer = peers.open()
    read_end, write_end = os.pipe()
    with os.fdopen(read_end, "rb") as stdin, os.fdopen(write_end, "wb", buffering=0) as feed:
        feed.write(f"{peer.target}\n".encode())
        completed = run("run", "--targets", "-", "--format", "jsonl", "--max-time", "500ms", stdin=stdin)
    assert [result["status"] for result in completed.expect(3).results] == ["success"]
    assert "--max-time" in completed.err and len(completed.err.splitlines()) == 1


def test_text_is_one_aligned_line_a_check_then_a_summary(run, peers, write):
    open_, refused = peers.open(), peers.refused()
    path = write(entry("a", open_) + entry("a_long_name", open_) + entry("down", refused))
    lines = run("run", path).expect(1).out.splitlines()
    by_name = {name: line for line in lines for name in ("a_long_name", "down") if name in line}
    column = by_name["a_long_name"].index(open_.target)
    assert by_name["down"].index(refused.target) == column
    assert "Connection refused" in by_name["down"]
    assert "2" in lines[-1] and "1" in lines[-1]


def test_many_checks_all_come_back(run, peers, write):
    peer = peers.open()
    completed = run("run", "--targets", write(f"{peer.target}\n" * 3000, "list"), "--format", "jsonl",
                    *UNLIMITED, watchdog=60).expect(0)
    assert sorted(result["line"] for result in completed.results) == list(range(1, 3001))


@pytest.mark.parametrize("option, value", [
    ("--timeout", "3s"), ("--source-port", "54340"), ("--attempts", "2"), ("--retry-delay", "1ms"),
    ("--source-address", "127.0.0.1"), ("--interface", "lo"), ("--family", "ipv4"), ("--resolver", "dns"), ("--search", "false"),
    ("--handshake", "half_open"), ("--close", "reset"), ("--expect", "open"), ("--warning", "100"), ("--critical", "100")])
def test_every_parameter_is_an_option(run_json, peers, write, option, value):
    run_json(write(entry("a", peers.open())), option, value).expect(0)
