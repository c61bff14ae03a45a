"""tcpcheck schema: a JSON Schema that agrees with the parser, and lint, which is the parser."""

import json
import re

import jsonschema
import pytest
import yaml

from support.terminal import assert_no_controls

PARAMETERS = {"host", "port", "timeout", "source_port", "attempts", "retry_delay", "source_address", "interface",
              "family", "addresses", "require", "resolver", "search", "handshake", "hold", "close", "expect",
              "warning", "critical"}


@pytest.fixture(scope="module")
def schema(programs):
    return json.loads(programs.run("schema").expect(0).out)


@pytest.fixture(scope="module")
def validator(schema):
    return jsonschema.Draft7Validator(schema)


class Yaml12Loader(yaml.SafeLoader):
    """As an editor reads a check file: `no` and `80:80` are strings."""


Yaml12Loader.yaml_implicit_resolvers = {
    key: [(tag, pattern) for tag, pattern in resolvers
          if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")]
    for key, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}
Yaml12Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), "tf")


def check(**parameters):
    return [{"name": "a", "plugin": "check_tcp_connection",
             "parameters": {"host": "h", "port": 1} | parameters}]


def test_it_is_valid_draft_07(schema):
    assert schema["$schema"].rstrip("#") == "http://json-schema.org/draft-07/schema"
    jsonschema.Draft7Validator.check_schema(schema)


def find_parameters(node):
    """The properties of `parameters`, wherever the schema keeps them."""
    if isinstance(node, dict):
        properties = node.get("properties", {})
        if {"host", "port"} <= set(properties):
            return properties
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        if found := find_parameters(child):
            return found
    return None


def test_it_knows_every_parameter_of_this_version_and_no_other(schema):
    properties = find_parameters(schema)
    assert set(properties) == PARAMETERS
    assert all(value.get("description") for value in properties.values())


@pytest.mark.parametrize("name", ["services.yaml", "quickstart.yaml", "several.yaml"])
def test_the_examples_are_valid_to_schema_and_lint(validator, run, root, name):
    path = f"{root}/examples/{name}"
    with open(path, encoding="utf-8") as file:
        validator.validate(yaml.load(file, Yaml12Loader))
    run("lint", path).expect(0)


ACCEPTED = [
    [], {"checks": []}, check(), check(port="ssh"),
    check(timeout=0.001), check(timeout="5m"), check(timeout=3600),
    check(attempts=1000), check(retry_delay=0), check(search=False), check(family="ipv6", host="h"),
    check(host="m\u00fcnchen.example"), check(addresses="all", require=2, hold=5), check(addresses="race", hold="1ms"),
    check(interface="eth0"), check(handshake="half_open"), check(handshake="half_open", close="reset"),
    check(expect="filtered", close="reset", resolver="system"), check(warning=1.5, critical="@10:20"),
    {"checks": check(), "defaults": {"timeout": 3, "attempts": 2},
     "limits": {"rate": 5, "host_rate": "unlimited", "host_in_flight": 3, "allow_many_ports": True}},
    {"checks": check(), "limits": {"host_in_flight": "unlimited", "allow_many_ports": 65535}},
    {"checks": check(), "policy": {}}, {"checks": check(), "policy": {"allow": [], "deny": ["10.0.0.1"]}},
    {"checks": check(), "policy": {"allow": ["10.0.0.0/8", "10.0.0.0/8:443", "10.0.0.0/8:8000-8999",
                                             "10.0.0.0/8:*", "[2001:db8::/32]:443", "2001:db8::/32", "[::1]"]}},
    {"checks": [], "audit": {"file": "journal"}}, {"checks": [], "audit": {"file": "a", "required": False}},
    [check()[0] | {"description": "d", "labels": {"a": "b"}}],
]

REJECTED = [
    5, "text", None, {}, {"defaults": {}}, [5], [{}], [{"name": "a"}],
    [{"name": "a", "plugin": "check_http", "parameters": {"host": "h", "port": 1}}],
    [{"plugin": "check_tcp_connection", "parameters": {"host": "h", "port": 1}}],
    [check()[0] | {"extra": 1}], [check()[0] | {"labels": []}], [check()[0] | {"name": ""}],
    check(port=0), check(port=65536), check(port=80.5), check(port=-1), check(port=True), check(port="80"),
    check(port=[1]), check(host=""), check(host=5), check(host=None),
    check(timeout=0), check(timeout=3601), check(timeout="5 parsecs"),
    check(attempts=0), check(attempts=1001), check(attempts=1.5), check(retry_delay=-1), check(search="yes"),
    check(family="ipx"), check(expect="opened"), check(close="slam"), check(resolver="doh"),
    check(source_port=0),
    check(timeuot=3), check(hold=0), check(addresses="every"), check(require=0),
    check(require=65), check(interface=""), check(interface="a/b"),
    check(interface="a b"), check(interface="a" * 16), check(handshake="half"),
    {"checks": check(), "policy": []}, {"checks": check(), "limits": {"host_in_flight": 0}},
    {"checks": check(), "limits": {"allow_many_ports": "many"}}, {"checks": check(), "policy": {"block": []}},
    {"checks": check(), "policy": {"deny": "10.0.0.0/8"}}, {"checks": check(), "policy": {"deny": [10]}},
    {"checks": check(), "policy": {"deny": ["db.example.com"]}}, {"checks": check(), "policy": {"allow": ["*"]}},
    {"checks": [], "audit": "a"}, {"checks": [], "audit": {"required": True}},
    {"checks": [], "audit": {"file": ""}}, {"checks": [], "audit": {"file": "a", "required": "yes"}},
    {"checks": [], "audit": {"file": "a", "to": "b"}},
    {"checks": check(), "limits": {"rate": "fast"}}, {"checks": check(), "defaults": {"timeout": 0}},
]


def show(value):
    return json.dumps(value)[:70]


@pytest.mark.parametrize("document", ACCEPTED, ids=show)
def test_what_the_schema_accepts_the_parser_accepts(validator, run, write, document):
    validator.validate(document)
    run("lint", write(json.dumps(document))).expect(0)


@pytest.mark.parametrize("document", REJECTED, ids=show)
def test_what_the_schema_rejects_the_parser_rejects(validator, run, write, document):
    assert not validator.is_valid(document)
    run("lint", write(json.dumps(document))).expect(65)


def test_lint_says_what_is_right_and_counts_it(run, write):
    completed = run("lint", write(json.dumps(check() * 3))).expect(0)
    assert "3" in completed.out and completed.err == ""
    assert run("lint", write("[]\n"), "-q").expect(0).out == ""


def test_lint_takes_files_of_many_checks(run, write):
    assert "20000" in run("lint", write(json.dumps(check()[0]).join(["- ", "\n"]) * 20_000)).expect(0).out


def test_lint_judges_several_files_and_tells_them_apart(run, write):
    good, bad = write("[]\n", "good.yaml"), write("hello\n", "bad.yaml")
    completed = run("lint", good, bad).expect(65)
    assert "bad.yaml:1:1" in completed.err


def test_lint_reads_standard_input(run):
    run("lint", "-", stdin="[]\n").expect(0)


def test_lint_connects_to_nothing(run, peers, write):
    peer = peers.untouched()
    run("lint", write(json.dumps(check(host=peer.host, port=peer.port)))).expect(0)
    peer.assert_untouched()


@pytest.mark.parametrize("text", ["\x1b[31m", "\u202e", "\x07"])
def test_lint_prints_file_names_escaped(run, tmp_path, text):
    for path in (tmp_path / f"no{text}ne", tmp_path / f"bad{text}.yaml", tmp_path / f"good{text}.yaml"):
        if "no" not in path.name:
            path.write_text("[]\n" if "good" in path.name else "hello\n")
        completed = run("lint", path)
        assert_no_controls(completed.out)
        assert_no_controls(completed.err)
