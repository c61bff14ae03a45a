"""Nothing goes undocumented: help, schema and header against man pages and completions.

What the completions do is in test_completions.py.
"""

import json
import re
import subprocess

import pytest

from support.capability import tool
from support.contract import DETAILS_KEYS, OUTCOMES, SUCCESS_KEYS

COMMANDS = ["run", "wait", "lint", "schema", "explain"]
EXIT_CODES = ["0", "1", "3", "64", "65", "66", "70", "74", "124", "130", "143"]
FORMATS = ["text", "json", "jsonl", "csv", "junit", "tap", "prometheus", "nagios"]
OPTION_LINE = re.compile(r"^\s*(?:-(\w), )?--([a-z0-9-]+)", re.MULTILINE)


@pytest.fixture(scope="module")
def read(root):
    def make(path):
        with open(f"{root}/{path}", encoding="utf-8") as file:
            return file.read()

    return make


@pytest.fixture(scope="module")
def man(read):
    """man("tcpcheck.1"): the page's source without scdoc's escapes."""
    return lambda page: read(f"man/{page}.scd").replace("\\", "")


def options_of(help_text):
    """{long option: letter or ''}"""
    return {name: letter for letter, name in OPTION_LINE.findall(help_text)}


@pytest.fixture(scope="module")
def tcpcheck_options(programs):
    """The options of all of tcpcheck's commands."""
    options = options_of(programs.run("--help").expect(0).out)
    for command in COMMANDS:
        options |= options_of(programs.run(command, "--help").expect(0).out)
    return options


@pytest.fixture(scope="module")
def plugin_options(programs):
    return options_of(programs.plugin("--help").out)


@pytest.fixture(scope="module")
def parameters(programs):
    schema = programs.run("schema").out
    found = re.search(r'"properties":\s*\{\s*"host"', schema)
    assert found, "the schema lists no parameters"
    decoder = json.JSONDecoder()
    start = schema.index("{", found.start())
    return list(decoder.raw_decode(schema[start:])[0])


def test_help_lists_what_the_design_promises(tcpcheck_options, plugin_options):
    assert set(tcpcheck_options) >= {
        "format", "output", "targets", "only", "label", "max-time", "dry-run", "concurrency", "rate",
        "host-rate", "host-in-flight", "allow-many-ports", "expand-cidr", "skip-bad-lines", "audit", "summary",
        "resolve", "for", "color", "progress", "quiet", "verbose", "help", "version"}
    letters = {letter for letter in plugin_options.values() if letter}
    assert letters >= set("HptwcvVh46r") and "stdin" in plugin_options


def test_every_parameter_is_an_option(parameters, tcpcheck_options, plugin_options):
    options = {name.replace("_", "-") for name in parameters}
    assert options <= set(tcpcheck_options) and options <= set(plugin_options)


def test_every_option_of_tcpcheck_is_in_its_man_page(man, tcpcheck_options):
    page = man("tcpcheck.1")
    missing = [name for name in tcpcheck_options if not re.search(rf"\*--{name}\*|--{name}\b", page)]
    assert not missing
    letters = [letter for letter in tcpcheck_options.values() if letter and f"-{letter}" not in page]
    assert not letters


def test_every_option_of_the_plugin_is_in_its_man_page(man, plugin_options):
    page = man("check_tcp_connection.1")
    assert not [name for name in plugin_options if not re.search(rf"--{name}\b", page)]
    assert not [letter for letter in plugin_options.values() if letter and f"-{letter}" not in page]


def test_man_pages_name_no_option_that_does_not_exist(man, tcpcheck_options, plugin_options):
    for page, known in (("tcpcheck.1", tcpcheck_options), ("check_tcp_connection.1", plugin_options)):
        named = set(re.findall(r"\*--([a-z][a-z0-9-]+)\*", man(page)))
        assert named <= set(known) | set(tcpcheck_options), page


def test_every_parameter_is_in_the_page_on_check_files(man, parameters):
    page = man("tcpcheck-checks.5")
    assert not [name for name in parameters if not re.search(rf"\*{name}\*|\b{name}\b", page)]
    for key in ("name", "plugin", "parameters", "description", "labels", "checks", "defaults", "limits",
                "rate", "host_rate", "host_in_flight", "allow_many_ports", "policy", "allow", "deny", "audit", "file",
                "required"):
        assert re.search(rf"\b{key}\b", page), key


def test_every_choice_and_default_of_a_parameter_is_documented(man, programs):
    page = man("tcpcheck-checks.5")
    choices = re.findall(r'"enum":\s*\[([^\]]*)\]', programs.run("schema").out)
    for word in re.findall(r'"([a-z0-9_]+)"', " ".join(choices)):
        assert re.search(rf"\b{word}\b", page), word


def test_help_shows_the_values_of_choices_and_what_an_option_does_here(programs):
    for help_text in (programs.run("--help").expect(0).out, programs.plugin("--help").out):
        words = " ".join(help_text.split())
        for values in ("(any, ipv4 or ipv6; default any)", "(any, all or race; default any)",
                       "(dns or system; default dns)", "(full or half_open; default full)",
                       "(graceful or reset; default graceful)",
                       "(open, refused, dropped, filtered or closed; default open)"):
            assert values in words
    assert re.search(r"--verbose\s+show every attempt", programs.run("--help").out)
    assert re.search(r"--verbose\s+print the result as JSON", programs.plugin("--help").out)


def test_every_command_format_exit_code_and_class_is_in_the_man_page(man):
    page = man("tcpcheck.1")
    for word in [*COMMANDS, *FORMATS, *EXIT_CODES]:
        assert re.search(rf"\b{word}\b", page), word
    for name, (message, _) in OUTCOMES.items():
        assert re.search(rf"\b{name}\b", page), name
        assert message is None or message in page, message


def test_every_key_of_a_result_is_in_the_man_page(man):
    page = man("tcpcheck.1")
    for key in SUCCESS_KEYS + DETAILS_KEYS + ["error", "name", "line", "details", "met", "required"]:
        assert re.search(rf"\b{key}\b", page), key


def test_every_function_and_outcome_of_the_header_is_in_the_library_page(read, man):
    header, page = read("include/tcpcheck.h"), man("tcpcheck.3")
    functions = re.findall(r"\b(tcpcheck_\w+)\(", re.sub(r"/\*.*?\*/", "", header, flags=re.DOTALL))
    assert len(functions) >= 20
    assert not [name for name in functions if not re.search(rf"\b{name}\b", page)]
    assert not [name for name in re.findall(r"\b(tcpcheck_\w+)\*?\(", page) if name not in functions]


def test_the_readme_shows_the_commands_that_the_project_is_used_with(read):
    text = read("README.md")
    assert "examples/quickstart.yaml" in text and "./dev test" in text


def test_an_example_uses_what_a_check_can_ask_for(read):
    text, readme = read("examples/several.yaml"), read("README.md")
    for word in ("addresses: all", "addresses: race", "require:", "hold:", "handshake: half_open", "interface:",
                 "expect:"):
        assert word in text and word.split(":")[0] in readme, word
    assert "examples/several.yaml" in readme


@pytest.mark.parametrize("path", ["packaging/completions/tcpcheck.bash", "packaging/completions/_tcpcheck"])
def test_every_option_and_command_is_completed(read, tcpcheck_options, plugin_options, path):
    text = read(path)
    words = [*tcpcheck_options, *plugin_options, *COMMANDS, *FORMATS]
    assert not [word for word in words if not re.search(rf"\b{word}\b", text)]
    assert "check_tcp_connection" in text


@pytest.mark.parametrize("page", ["tcpcheck.1", "check_tcp_connection.1", "tcpcheck-checks.5", "tcpcheck.3"])
def test_man_pages_are_made_without_a_complaint(root, page):
    with open(f"{root}/man/{page}.scd", "rb") as source:
        done = subprocess.run([tool("scdoc", "scdoc")], stdin=source, capture_output=True, timeout=30,
                              check=False)
    assert done.returncode == 0 and done.stderr == b"" and done.stdout.startswith(b".")
