"""Every output format, read back by a strict reader of its own specification."""

import json
from types import SimpleNamespace

import pytest

from support import formats
from support.check_files import entry
from support.contract import OUTCOMES
from support.terminal import assert_no_controls

NASTY = "it's \"quoted\", back\\slash; <tag> & # 1|2 {x} é中\x1b[31m\x07\u202e\nline"
FORMATS = ["text", "json", "jsonl", "csv", "junit", "tap", "prometheus", "nagios"]


@pytest.fixture
def checks(peers, write):
    """A file of an open, a refused, a silent, an uncheckable and a nastily named check."""
    open_, refused, silent = peers.open(), peers.refused(), peers.silent()

    far = SimpleNamespace(host="203.0.113.1", port=80)
    rows = [("fine", open_, ""), ("closed", refused, ""), ("mute", silent, ""), ("far", far, ""),
            (NASTY, refused, ", attempts: 2, retry_delay: 0")]
    return write("".join(entry(json.dumps(name), peer, f"timeout: 200ms{more}", f"team: {json.dumps(name)}")
                         for name, peer, more in rows))


CLASSES = ["open", "refused", "timeout", "no_route", "refused"]


@pytest.fixture
def output(run, checks):
    return lambda name, code=1: run("run", checks, "--format", name).expect(code)


def test_json_is_one_array_in_file_order(output):
    results = output("json").results
    assert [result["details"]["class"] for result in results] == CLASSES
    assert results[4]["name"] == NASTY


def test_jsonl_is_a_result_a_line(output):
    completed = output("jsonl")
    assert len(completed.out.splitlines()) == 5
    assert sorted(result["details"]["class"] for result in completed.results) == sorted(CLASSES)


def test_csv_has_the_published_header_and_a_row_a_check(output):
    completed = output("csv")
    rows = {row["name"]: row for row in formats.read_csv(completed.out_bytes.decode())}
    assert len(rows) == 5
    fine, mute = rows["fine"], rows["mute"]
    assert [fine[key] for key in ("status", "connected", "class", "error")] == ["success", "true", "open", ""]
    assert (mute["status"], mute["connected"], mute["error"]) == ("error", "false", "Connection timeout")
    assert float(mute["response_time"]) >= 0.2 and mute["attempts"] == "1"
    assert completed.out_bytes.count(b"\r\n") == 6


def test_junit_has_a_case_a_check_and_tells_failures_from_errors(output):
    suite, cases = formats.read_junit(output("junit").out_bytes)
    assert len(cases) == 5
    problems = {case.get("name"): problem for case in cases for problem in case
                if problem.tag in ("failure", "error")}
    assert set(problems) == {case.get("name") for case in cases} - {"fine"}
    assert problems["closed"].get("message") == "Connection refused"
    assert (problems["closed"].tag, problems["closed"].get("type")) == ("failure", "refused")
    assert problems["far"].tag == "error", "what could not be checked is no failure of the target"
    assert (suite.get("failures"), suite.get("errors")) == ("3", "1")


def test_tap_has_a_point_a_check_with_diagnostics(output):
    points = formats.read_tap(output("tap").out)
    by_name = {point.description: point for point in points}
    assert by_name["fine"].is_ok and not by_name["closed"].is_ok
    assert "class: refused" in by_name["closed"].diagnostics


def test_prometheus_has_the_published_metrics(output):
    metrics = formats.read_prometheus(output("prometheus").out)
    assert set(metrics) >= {"tcpcheck_success", "tcpcheck_connected", "tcpcheck_response_time_seconds",
                            "tcpcheck_attempts", "tcpcheck_outcome", "tcpcheck_timestamp_seconds"}
    success = {labels["name"]: value for labels, value in metrics["tcpcheck_success"]}
    assert success["fine"] == 1 and success["closed"] == 0
    labels = metrics["tcpcheck_success"][0][0]
    assert set(labels) >= {"name", "host", "port", "team"}
    outcomes = {(labels["name"], labels["class"]): value for labels, value in metrics["tcpcheck_outcome"]}
    assert outcomes[("closed", "refused")] == 1
    assert all(outcome in OUTCOMES for _, outcome in outcomes)
    assert dict((labels["name"], value) for labels, value in metrics["tcpcheck_attempts"])["closed"] == 1
    assert all(value > 1_600_000_000 for _, value in metrics["tcpcheck_timestamp_seconds"])


def test_prometheus_shows_every_duplicate_and_repeats_no_sample(run, peers, write):
    peer = peers.open()
    path = write(f"{peer.target}\n" * 3, "list")
    completed = run("run", "--targets", path, "--format", "prometheus").expect(0)
    assert len(formats.read_prometheus(completed.out)["tcpcheck_success"]) == 3


def test_prometheus_labels_cannot_clash_with_ours(run, peers, write):
    peer = peers.open()
    labels = {"name": "x", "host": "y", "class": "z", "a-b": "1", "a.b": "2", "9": "3", "": "4", "__x": "5",
              "ünï": "6", "duplicate": "7"}
    check = {"name": "n", "plugin": "check_tcp_connection", "labels": labels,
             "parameters": {"host": peer.host, "port": peer.port}}
    completed = run("run", write(json.dumps([check, check])), "--format", "prometheus")
    assert completed.code in (0, 65)
    if completed.code == 0:
        (found, _), _ = formats.read_prometheus(completed.out)["tcpcheck_success"]
        assert (found["name"], found["host"], found["port"]) == ("n", peer.host, str(peer.port))


def test_nagios_sums_a_run_up_as_one_plugin(run, checks):
    completed = run("run", checks, "--format", "nagios").expect(2)
    words, _, perfdata = completed.out.splitlines()[0].partition("|")
    assert words.startswith("TCP CRITICAL - ") and len(words) < 80
    assert "fine" in formats.read_perfdata(perfdata)
    assert len(completed.out.splitlines()) == 6


def test_nagios_of_one_target_is_the_plugins_line(run, peers):
    words, data = formats.read_nagios(run(peers.open().target, "--format", "nagios").expect(0).out)
    assert words.startswith("TCP OK") and data["time"].unit == "s"
    assert run("203.0.113.1:80", "--format", "nagios").expect(3).out.startswith("TCP UNKNOWN")


def test_text_shows_every_cause_and_its_advice(output):
    out = output("text").out
    for message in ("Connection refused", "Connection timeout", "Network unreachable"):
        assert message in out
    for name in ("fine", "closed", "mute", "far"):
        assert name in out


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_a_file_says_reaches_a_terminal_unescaped(run, checks, name):
    completed = run("run", checks, "--format", name)
    assert_no_controls(completed.out)
    assert_no_controls(completed.err)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_survives_an_empty_file(run, write, name):
    completed = run("run", write("checks: []\n"), "--format", name)
    assert completed.code == 0, completed
    if name == "junit":
        formats.read_junit(completed.out_bytes)
    if name == "tap":
        assert formats.read_tap(completed.out) == []


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_works_for_one_target(run, peers, name):
    completed = run(peers.refused().target, "--format", name)
    assert completed.code == (2 if name == "nagios" else 1)
    assert completed.out.endswith("\n") and completed.err == ""


def test_numbers_do_not_follow_the_locale(run, peers):
    peer = peers.refused()
    locales = run.__self__.namespace.sh("locale -a").split()
    for locale in [name for name in locales if name.startswith("de_")] + ["de_DE.UTF-8"]:
        result = run(peer.target, "--format", "json", env={"LC_ALL": locale}).result
        assert "." in result["response_time"].text


def test_duplicated_names_stay_apart_in_every_format(run, peers, write):
    peer = peers.open()
    path = write(entry("same", peer) * 2)
    assert len(run("run", path, "--format", "json").expect(0).results) == 2
    assert len(formats.read_csv(run("run", path, "--format", "csv").out_bytes.decode())) == 2
    assert len(formats.read_tap(run("run", path, "--format", "tap").out)) == 2
    formats.read_prometheus(run("run", path, "--format", "prometheus").out)
