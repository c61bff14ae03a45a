"""Inputs that cannot be read at all, and bad lines of target lists."""

import pytest

from support.capability import powerless
from support.check_files import entry
from support.located import read_problems
from support.terminal import assert_no_controls


@pytest.mark.parametrize("option", ["run", "lint"])
@pytest.mark.parametrize("make", ["missing", "directory", "device", "fifo"])
def test_an_input_that_is_no_regular_file_is_66(run, tmp_path, namespace, option, make):
    path = tmp_path / "input"
    if make == "directory":
        path.mkdir()
    elif make == "fifo":
        namespace.sh(f"mkfifo {path}")
    elif make == "device":
        path = "/dev/null"
    completed = run(option, path, watchdog=10).expect(66)
    assert completed.out == "" and str(path) in completed.err
    assert len(completed.err.splitlines()) == 1


def test_an_unreadable_input_is_66(run, write):
    path = write("[]\n")
    path.chmod(0)
    run("run", path, wrap=powerless()).expect(66)


@pytest.mark.parametrize("args", [["run", "-"], ["run", "--targets", "-"], ["lint", "-"]])
@pytest.mark.parametrize("redirection", ["<&-", "</"])
def test_a_standard_input_that_cannot_be_read_is_66(run, args, redirection):
    completed = run(*args, wrap=("sh", "-c", f'exec "$0" "$@" {redirection}')).expect(66)
    assert completed.err.count("<stdin>: cannot be read") == 1


def test_a_missing_file_beside_a_good_one_runs_nothing(run, write, peers, tmp_path):
    peer = peers.untouched()
    run("run", write(entry("good", peer)), tmp_path / "none.yaml").expect(66)
    peer.assert_untouched()


@pytest.mark.parametrize("text, line, words", [
    ("127.0.0.1\n", 1, ["port"]),
    ("# fine\n\n127.0.0.1 0\n", 3, ["1-65535"]),
    ("127.0.0.1:80\n127.0.0.1:port\n", 2, ["port"]),
    ("::1:80\n", 1, ["["]),
    ("a b c\n", 1, []),
    ("name,host\n", 1, []),
    ("x,127.0.0.1,0\n", 1, ["1-65535"]),
    ("127.1 80\n", 1, ["127.1"]),
    ("\xff 80\n", 1, []),
    ("a\0b 80\n", 1, []),
    ("a" * 5000 + " 80\n", 1, ["4096"]),
])
def test_a_bad_line_of_a_target_list_is_pointed_at(run, write, text, line, words):
    path = write(text.encode("latin-1"), "targets")
    completed = run("run", "--targets", path, "--timeout", "200ms", watchdog=10)
    completed.expect(65)
    problems = read_problems(completed.err, path)
    assert [problem.line for problem in problems] == [line]
    assert all(word in problems[0].message for word in words), problems
    assert_no_controls(completed.err)


def test_a_line_of_any_length_is_one_line(run, write):
    path = write("#" + "x" * 200_000 + "\n127.0.0.1:80\nbad\n", "targets")
    problems = read_problems(run("run", "--targets", path).expect(65).err, path)
    assert [problem.line for problem in problems] == [1, 3]
