"""Colour and progress: on a terminal only, unless told otherwise; NO_COLOR is honoured."""

import os
import signal

import pytest

from support.program import Stream, UNLIMITED
from support.terminal import COLOUR, Terminal, assert_no_controls, without_escapes

TERM = {"TERM": "xterm-256color"}


@pytest.fixture
def on_terminal(programs):
    """on_terminal(*args): what was shown on stdout (or stderr) when that is a terminal."""

    def show(*args, stream="stdout", env=None, **options):
        terminal = Terminal()
        with terminal.file:
            completed = programs.start(*args, env=TERM | (env or {}), **{stream: terminal.file}, **options)
        shown = Stream(terminal.fd)
        return completed.finish(), shown.wait_for_end(30)

    return show


def test_colour_is_shown_on_a_terminal(on_terminal, peers):
    assert COLOUR.search(on_terminal(peers.refused().target)[1])


def test_colour_changes_no_word(on_terminal, peers):
    peer = peers.refused("127.0.0.1")
    shown = without_escapes(on_terminal(peer.target)[1])
    assert "Connection refused" in shown and peer.target in shown


def test_no_colour_goes_into_a_pipe(run, peers):
    assert not COLOUR.search(run(peers.refused().target, env=TERM).out_bytes)


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"NO_COLOR": "anything"}])
def test_the_environment_can_forbid_colour(on_terminal, peers, env):
    assert not COLOUR.search(on_terminal(peers.refused().target, env=env)[1])


def test_an_empty_no_color_forbids_nothing(on_terminal, peers):
    assert COLOUR.search(on_terminal(peers.refused().target, env={"NO_COLOR": ""})[1])


def test_options_overrule(on_terminal, run, peers):
    target = peers.refused().target
    assert not COLOUR.search(on_terminal(target, "--color", "never")[1])
    assert COLOUR.search(run(target, "--color", "always").out_bytes)
    assert COLOUR.search(on_terminal(target, "--color", "always", env={"NO_COLOR": "1"})[1])


@pytest.mark.parametrize("name", ["json", "jsonl", "csv", "junit", "tap", "prometheus", "nagios"])
def test_machine_formats_are_never_coloured(run, on_terminal, peers, name):
    target = peers.refused().target
    assert not COLOUR.search(run(target, "--format", name, "--color", "always").out_bytes)
    assert not COLOUR.search(on_terminal(target, "--format", name)[1])


def test_output_to_a_file_is_not_coloured_though_stdout_is_a_terminal(on_terminal, peers, tmp_path):
    on_terminal(peers.refused().target, "--output", tmp_path / "out")
    assert b"\x1b" not in (tmp_path / "out").read_bytes()


@pytest.fixture
def long_run(start, peers, write):
    """A run that lasts until it is told to end."""

    def begin(**options):
        return start("run", "--targets", write(f"{peers.silent().target}\n", "list"), "--timeout", "1h",
                     "--format", "jsonl", *options.pop("args", ()), **options)

    return begin


def test_progress_of_a_long_run_is_shown_on_a_terminal_and_wiped_in_the_end(long_run):
    terminal = Terminal()
    with terminal.file:
        running = long_run(stderr=terminal.file, env=TERM)
    shown = Stream(terminal.fd)
    shown.wait_for(lambda data: b"0 of 1" in data or b"checked" in data)
    running.send_signal(signal.SIGINT)
    running.finish().expect(130)
    data = shown.wait_for_end(30)
    assert b"\r" in data and data.rfind(b"\x1b[K") > data.rfind(b"checked")


def test_progress_is_not_shown_in_a_pipe(long_run):
    running = long_run(args=["--max-time", "1500ms"])
    assert running.finish().err.count("\r") == 0


def test_progress_can_be_asked_for_or_forbidden(long_run):
    running = long_run(args=["--progress", "always"])
    running.err.wait_for(lambda data: b"checked" in data)
    running.send_signal(signal.SIGINT)
    running.finish()
    terminal = Terminal()
    with terminal.file:
        running = long_run(args=["--progress", "never", "--max-time", "1500ms"], stderr=terminal.file,
                           env=TERM)
    shown = Stream(terminal.fd)
    running.finish()
    assert b"checked" not in shown.wait_for_end(30)


def test_a_short_run_shows_no_progress(on_terminal, peers):
    _, shown = on_terminal(peers.refused().target, stream="stderr")
    assert shown == b""


def test_hostile_names_cannot_reach_a_terminal(on_terminal, peers, write):
    hostile = "\\x1b]0;owned\\x07\\x1b[2J\\u202e\\x9b31m"
    path = write(f"""
- name: "{hostile}"
  plugin: check_tcp_connection
  description: "{hostile}"
  labels: {{a: "{hostile}"}}
  parameters: {{host: 127.0.0.1, port: {peers.refused().port}}}
""")
    for options in ([], ["-v"], ["--dry-run"], ["--format", "tap"]):
        _, shown = on_terminal("run", path, *options, "--color", "never")
        assert_no_controls(shown.replace(b"\r\n", b"\n").decode())
        assert b"owned" in shown


def test_a_terminal_that_goes_away_ends_the_run(programs, peers, write):
    """The other side of a terminal closes (a lost ssh session): no hang, no crash by a sanitizer."""
    terminal = Terminal()
    peer = peers.open()
    with terminal.file:
        running = programs.start("run", "--targets", write(f"{peer.target}\n" * 50_000, "list"),
                                 "--format", "jsonl", *UNLIMITED, stdout=terminal.file)
    os.read(terminal.fd, 100)
    os.close(terminal.fd)
    running.finish(watchdog=60).expect(74)
