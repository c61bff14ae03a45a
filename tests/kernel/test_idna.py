"""Names in other scripts: written as people write them, asked for as A-labels, from every place alike."""

import json

import pytest

from support.name_server import Answer

NAME, LABELS = "Bücher.example", "xn--bcher-kva.example"


@pytest.fixture
def target(peers, name_server):
    server = name_server({LABELS: Answer(a=["127.0.0.1"])})
    return peers.open().port, server


def assert_found(result, server, host=NAME):
    assert result["status"] == "success" and result["host"] == host
    assert result["details"]["dns"]["name"] == LABELS
    assert {query.name for query in server.queries} == {LABELS}


@pytest.mark.parametrize("name", [NAME, "bücher。EXAMPLE", "bu\u0308cher.example."])
def test_the_name_server_is_asked_for_the_a_labels(check, target, name):
    port, server = target
    assert_found(check(name, port, "--search", "false"), server, name)


@pytest.mark.parametrize("written", ["bücher.example", "BÜCHER.example", LABELS])
def test_the_hosts_file_may_have_either_form(fresh, written):
    port = fresh.peers.open().port
    fresh.namespace.write_etc("hosts", f"127.0.0.1 {written}\n")
    result = fresh.check(NAME, port)
    assert result["status"] == "success" and result["details"]["dns"]["source"] == "hosts"


def test_ascii_names_are_asked_for_as_they_are(check, name_server):
    server = name_server({})
    check("xn--zzzzzz.example.", 80)
    assert {query.name for query in server.queries} == {"xn--zzzzzz.example"}


def test_a_check_file_and_its_defaults_may_name_it(run, write, target):
    port, server = target
    for text in (f"- name: a\n  plugin: check_tcp_connection\n  parameters: {{host: {NAME}, port: {port}}}\n",
                 f"defaults: {{host: {NAME}}}\nchecks:\n- name: a\n  plugin: check_tcp_connection\n"
                 f"  parameters: {{port: {port}}}\n"):
        assert_found(run("run", "--format", "jsonl", write(text)).result, server)


def test_a_list_a_json_object_and_an_option_may_name_it(run, plugin, target):
    port, server = target
    assert_found(run("run", "--format", "jsonl", "--targets", "-", stdin=f"{NAME}:{port}\n").result, server)
    assert_found(plugin("--stdin", stdin=json.dumps({"host": NAME, "port": port})).result, server)
    assert plugin("-H", NAME, "-p", port).expect(0)


def test_the_text_shows_the_name_that_answered(run, target):
    port, _ = target
    out = run(NAME, port).out
    assert NAME in out and LABELS in out


def test_a_name_can_be_pinned_as_it_is_written(check, target):
    port, server = target
    for pinned in (NAME, LABELS):
        dns = check(NAME, port, "--resolve", f"{pinned}:127.0.0.1")["details"]["dns"]
        assert (dns["source"], dns["name"]) == ("pinned", LABELS)
    assert not server.queries


def test_a_pin_that_cannot_be_a_name_is_an_error(run):
    completed = run("localhost", 80, "--resolve", "a.-ü:127.0.0.1").expect(64)
    assert "--resolve: has the name 'a.-ü'" in completed.err


@pytest.mark.parametrize("host, words", [
    ("a.-ü.example", "has a hyphen where none may be"),
    ("😀.example", "has a character that no name may have"),
    ("１27.0.0.1", "ends in a number"),
    ("ex℀mple.ü", "contains '/'"),
    ("ü" * 60, "up to 63 octets are accepted, as an A-label"),
])
def test_what_cannot_be_a_name_is_located(run, plugin, write, host, words):
    text = f"- name: a\n  plugin: check_tcp_connection\n  parameters:\n    host: {host}\n    port: 80\n"
    path = write(text)
    completed = run("lint", path).expect(65)
    assert f"{path}:4:11: host '" in completed.err and words in completed.err
    assert words in run("run", "--targets", "-", stdin=f"{host} 80\n").expect(65).err
    assert words in run(host, 80).expect(64).err
    assert words in plugin("--stdin", stdin=json.dumps({"host": host, "port": 80})).expect(3).err
