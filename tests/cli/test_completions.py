"""Completions in a real bash and a real zsh, on a terminal, as somebody at the keys has them.

In place of the programs stand functions that print their arguments: what a line came to
after the tabulator is what the program would have been given.
"""

import os
import subprocess

import pytest

from support.capability import missing, tool
from support.contract import NOTES, OUTCOMES
from support.program import Stream
from support.terminal import Terminal

LIBRARY = "/usr/share/bash-completion/bash_completion"
COMMANDS = {"run", "wait", "lint", "schema", "explain"}

PROGRAMS = r"""
tcpcheck() { printf '<%s>' "$@"; echo; }
check_tcp_connection() { printf '<%s>' "$@"; echo; }
"""

BASH = r"""
bind 'set bell-style none'
bind 'set enable-bracketed-paste off'
source "$COMPLETIONS/tcpcheck.bash"
"""

# The last one: a target like [::1]:80 is not a pattern to match files with.
ZSH = r"""
unsetopt beep prompt_sp prompt_cr nomatch
fpath=("$COMPLETIONS" $fpath)
autoload -Uz compinit && compinit -D -u
"""


@pytest.fixture(scope="module")
def folder(root):
    return f"{root}/packaging/completions"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home of nobody in particular, with files and hosts to complete."""
    path = tmp_path_factory.mktemp("home")
    (path / ".ssh").mkdir()
    (path / ".ssh" / "known_hosts").write_text("knownhost.test ssh-ed25519 AAAA\n")
    (path / "hosts").write_text("192.0.2.1 knownhost.test\n")
    (path / "checks.yaml").write_text("[]\n")
    (path / "two words.yaml").write_text("[]\n")
    return path


@pytest.fixture(scope="module")
def environment(home, folder):
    return {"HOME": str(home), "PATH": os.environ["PATH"], "TERM": "dumb", "LANG": "C", "COMPLETIONS": folder,
            "HISTFILE": "/dev/null", "HOSTFILE": f"{home}/hosts", "INPUTRC": "/dev/null"}


class Shell:
    """An interactive shell on a terminal."""

    def __init__(self, argv, setup, home, environment):
        self._terminal = Terminal()
        with self._terminal.file as file:
            self._process = subprocess.Popen(argv, stdin=file, stdout=file, stderr=file, cwd=home,
                                             env=environment, start_new_session=True)
        self._shown = Stream(self._terminal.fd)
        self._seen = 0
        self._enter(setup + PROGRAMS)

    def _enter(self, text):
        """What the shell says to some lines."""
        os.write(self._terminal.fd, f"{text}\necho d''one\n".encode())
        data = self._shown.wait_for(lambda data: b"done" in data[self._seen:])
        said, self._seen = data[self._seen:], len(data)
        return said.decode()

    def type(self, line):
        """The arguments that the program gets when `line` is completed and entered."""
        said = self._enter(line if "\t" in line else line + "\t")
        answers = [answer for answer in said.splitlines() if answer.startswith("<")]
        assert len(answers) == 1, said
        return answers[0].strip()[1:-1].split("><")

    def close(self):
        os.write(self._terminal.fd, b"exit\n")
        self._process.wait(30)
        self._shown.wait_for_end(30)


def bash_library():
    """The file of the package bash-completion that shells source."""
    if not os.path.exists(LIBRARY):
        missing(f"{LIBRARY} is missing: apt-get install bash-completion")
    return LIBRARY


@pytest.fixture(scope="module", params=["bash", "bash with bash-completion", "zsh"])
def shell(request, home, environment):
    if request.param == "zsh":
        made = Shell([tool("zsh", "zsh"), "-f", "-i"], ZSH, home, environment)
    else:
        library = "" if request.param == "bash" else f"source {bash_library()}"
        made = Shell([tool("bash", "bash"), "--norc", "--noprofile", "-i"], library + BASH, home, environment)
    yield made
    made.close()


@pytest.mark.parametrize("line, arguments", [
    ("tcpcheck expl", ["explain"]),
    ("tcpcheck explain refused_i", ["explain", "refused_icmp"]),
    ("tcpcheck explain refused dns_nx", ["explain", "refused", "dns_nxdomain"]),
    ("tcpcheck run --targ", ["run", "--targets"]),
    ("tcpcheck run che", ["run", "checks.yaml"]),
    ("tcpcheck run two", ["run", "two words.yaml"]),
    ("tcpcheck lint -q che", ["lint", "-q", "checks.yaml"]),
    ("tcpcheck run --targets che", ["run", "--targets", "checks.yaml"]),
    ("tcpcheck run --format jun", ["run", "--format", "junit"]),
    ("tcpcheck run --format=jun", ["run", "--format=junit"]),
    ("tcpcheck -f prom", ["-f", "prometheus"]),
    ("tcpcheck run checks.yaml --output=che", ["run", "checks.yaml", "--output=checks.yaml"]),
    ("tcpcheck --expect filt", ["--expect", "filtered"]),
    ("tcpcheck --search fal", ["--search", "false"]),
    ("tcpcheck --interface l", ["--interface", "lo"]),
    ("tcpcheck --handshake half", ["--handshake", "half_open"]),
    ("tcpcheck --rate unl", ["--rate", "unlimited"]),
    ("tcpcheck --color alw", ["--color", "always"]),
    ("tcpcheck knownh", ["knownhost.test"]),
    ("tcpcheck -q --timeout 3 knownh", ["-q", "--timeout", "3", "knownhost.test"]),
    ("tcpcheck 127.0.0.1 elast", ["127.0.0.1", "elasticsearch"]),
    ("tcpcheck ::1 elast", ["::1", "elasticsearch"]),
    ("tcpcheck db:elast", ["db:elasticsearch"]),
    ("tcpcheck [::1]:elast", ["[::1]:elasticsearch"]),
    ("tcpcheck --port elast", ["--port", "elasticsearch"]),
    ("tcpcheck wait db:1 cache:elast", ["wait", "db:1", "cache:elasticsearch"]),
    ("tcpcheck wait knownh\t443", ["wait", "knownhost.test:443"]),
    ("tcpcheck wait db:1 --fo", ["wait", "db:1", "--for"]),
    ("tcpcheck wait db:1 -- che", ["wait", "db:1", "--", "check_tcp_connection"]),
    ("tcpcheck wait db:1 -- cat che", ["wait", "db:1", "--", "cat", "checks.yaml"]),
    ("check_tcp_connection --st", ["--stdin"]),
    ("check_tcp_connection -r cr", ["-r", "crit"]),
    ("check_tcp_connection --refuse=wa", ["--refuse=warn"]),
    ("check_tcp_connection -H knownh", ["-H", "knownhost.test"]),
    ("check_tcp_connection -H db -p elast", ["-H", "db", "-p", "elasticsearch"]),
    ("check_tcp_connection -c 1 --cl", ["-c", "1", "--close"]),
    # Nothing fits: nothing changes.
    ("tcpcheck run --stdi", ["run", "--stdi"]),
    ("tcpcheck schema --form", ["schema", "--form"]),
    ("tcpcheck --timeout exp", ["--timeout", "exp"]),
    ("tcpcheck -q expl", ["-q", "expl"]),
])
def test_the_tabulator_completes(shell, line, arguments):
    assert shell.type(line) == arguments


ASK = r"""
source "$COMPLETIONS/tcpcheck.bash" || exit
COMP_LINE=$1 COMP_POINT=${#1}
read -ra COMP_WORDS <<<"$1"
[[ $1 != *' ' ]] || COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_tcpcheck
printf '%s\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def offers(home, environment):
    """offers(line): all that bash would offer at the end of it."""

    def ask(line):
        done = subprocess.run([tool("bash", "bash"), "--norc", "-c", ASK, "bash", line], text=True, timeout=30,
                              capture_output=True, check=True, cwd=home, env=environment)
        assert done.stderr == ""
        return [word for word in done.stdout.split("\n") if word]

    return ask


def test_every_command_is_offered_first_and_only_there(offers):
    assert COMMANDS <= set(offers("tcpcheck "))
    assert not COMMANDS & set(offers("tcpcheck -q "))
    assert not COMMANDS & set(offers("tcpcheck db "))


def test_every_class_and_note_is_offered_and_those_that_fit_what_was_typed(offers):
    assert set(offers("tcpcheck explain ")) == set(OUTCOMES) | NOTES
    assert set(offers("tcpcheck explain dns_")) == {name for name in OUTCOMES if name.startswith("dns_")}


@pytest.mark.parametrize("command", ["", *sorted(COMMANDS)])
def test_a_command_is_offered_its_own_options_all_of_them_and_no_others(offers, programs, command):
    said = programs.run(*command.split(), "--help").expect(0).out
    in_help = {word.rstrip(",") for line in said.splitlines() if line.startswith("  ")
               for word in line.split()[:2] if word.startswith("--")}
    assert set(offers(f"tcpcheck {command} --".replace("  ", " "))) == in_help


def test_the_plugin_is_offered_its_own_options_all_of_them_and_no_others(offers, programs):
    said = programs.plugin("--help").out
    in_help = {word for line in said.splitlines() if line.startswith("  ")
               for word in line.split()[:2] if word.startswith("--")}
    assert set(offers("check_tcp_connection --")) == in_help | {"--hostname"}
    assert set(offers("check_tcp_connection ")) == in_help | {"--hostname"}


def test_what_takes_any_value_is_offered_none(offers):
    for option in ("--timeout", "--attempts", "--warning", "--only", "--label", "--for"):
        assert offers(f"tcpcheck run {option} ") == []


def test_bash_completion_loads_the_file_by_the_name_of_either_program(folder, environment, tmp_path):
    """As installed: the file under one name, and a link to it under the other."""
    place = tmp_path / "bash-completion" / "completions"
    place.mkdir(parents=True)
    (place / "tcpcheck").symlink_to(f"{folder}/tcpcheck.bash")
    (place / "check_tcp_connection").symlink_to("tcpcheck")
    environment = environment | {"BASH_COMPLETION_USER_DIR": f"{tmp_path}/bash-completion"}
    for program in ("tcpcheck", "check_tcp_connection"):
        script = f"source {bash_library()}; _completion_loader {program}; complete -p {program}"
        done = subprocess.run([tool("bash", "bash"), "--norc", "-c", script], env=environment, text=True,
                              capture_output=True, timeout=30, check=False)
        assert done.stdout == f"complete -F _tcpcheck {program}\n", done.stderr


def test_zsh_finds_the_file_for_both_programs(environment):
    script = ZSH + "print -r -- $_comps[tcpcheck] $_comps[check_tcp_connection]; autoload +X _tcpcheck"
    done = subprocess.run([tool("zsh", "zsh"), "-f", "-c", script], env=environment, text=True,
                          capture_output=True, timeout=30, check=True)
    assert (done.stdout, done.stderr) == ("_tcpcheck _tcpcheck\n", "")
