"""Fails every call that can fail, one a run, and judges how each run ended.

A run may end with its true results, with the verdict `unknown` in the place of any of
them, or with an exit code that says what went wrong and a line on standard error. See
tests/kernel/preload/fault.c for what is counted as a call.
"""

import collections
import errno
import json
import mmap
import os
import re
import struct
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from support.preload import is_sanitized, preload

WORKERS = 4
CALLS_MAX = 5000  # nothing is called so often
WRONG_MAX = 3
STEP_OF_SLOW = 12
WATCHDOG_S = 30
EXIT_UNKNOWN = 3
# Bad input (of which what could not be read is a kind), no input, internal, no output.
ADMITTED = {65, 66, 70, 74}

SHORTAGE = [errno.EMFILE, errno.ENFILE, errno.ENOMEM]
MEMORY = [errno.ENOMEM]
# By function, the errnos of its man page that can befall a caller who makes no mistake.
FAULTS = {
    "malloc": MEMORY, "calloc": MEMORY, "realloc": MEMORY, "reallocarray": MEMORY, "strdup": MEMORY,
    "asprintf": MEMORY, "realpath": [errno.ENOMEM, errno.EACCES], "tsearch": MEMORY,
    "socket": [*SHORTAGE, errno.ENOBUFS, errno.EACCES],
    "bind": [errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES, errno.ENOMEM],
    "connect": [errno.EINTR, errno.EAGAIN, errno.EADDRNOTAVAIL, errno.ENETUNREACH, errno.EACCES,
                errno.EPERM, errno.ENOBUFS],
    "setsockopt": [errno.ENOMEM, errno.ENOPROTOOPT, errno.EPERM],
    # A filter of this host (seccomp, BPF) may say anything, also what the network says.
    "getsockopt": [errno.ENOMEM, errno.ENOPROTOOPT, errno.ECONNREFUSED, errno.ETIMEDOUT, errno.ECONNRESET],
    "getsockname": [errno.ENOBUFS],
    "shutdown": [errno.ENOTCONN, errno.ENOBUFS],
    "recv": [errno.EINTR, errno.ENOMEM], "recvfrom": [errno.EINTR, errno.ENOMEM],
    "recvmsg": [errno.EINTR, errno.ENOMEM], "send": [errno.ENOBUFS, errno.ENOMEM],
    "sendmsg": [errno.EAGAIN, errno.ENOBUFS, errno.ENOMEM, errno.EPERM],
    "epoll_create1": SHORTAGE, "epoll_ctl": [errno.ENOMEM, errno.ENOSPC],
    "epoll_pwait2": [errno.EINTR, errno.ENOSYS, errno.EPERM], "epoll_wait": [errno.EINTR],
    "poll": [errno.EINTR, errno.ENOMEM], "ppoll": [errno.EINTR, errno.ENOMEM],
    "eventfd": SHORTAGE, "eventfd_write": [errno.EAGAIN],
    # Not EACCES: a hosts file that we may not read is none, as for the C library.
    "open64": [*SHORTAGE, errno.EIO], "read": [errno.EINTR, errno.EIO],
    "write": [errno.EINTR, errno.ENOSPC, errno.EIO], "fstat64": MEMORY, "stat64": MEMORY,
    "fsync": [errno.EIO, errno.ENOSPC], "fchmod": [errno.EPERM], "rename": [errno.ENOSPC],
    "mkostemp64": [errno.EEXIST, *SHORTAGE],
    "gethostname": [errno.ENAMETOOLONG], "getrlimit64": [errno.EPERM], "setrlimit64": [errno.EPERM],
    "pthread_create": [errno.EAGAIN], "pthread_attr_init": MEMORY, "pthread_mutex_init": MEMORY,
    "pthread_cond_init": MEMORY, "getaddrinfo": [0],
}



@dataclass
class Scenario:
    """What is run, and what is true of it.

    classes: of each result in order, where the output is JSON; None: the output is compared with that
    of a run without a fault, numbers aside. output: the name of a file that it goes to.
    """

    args: list
    code: int
    classes: list = None
    program: str = "tcpcheck"
    stdin: str = None
    output: str = None
    env: dict = field(default_factory=dict)


class Faults:
    """Walks through the faults of scenarios in one namespace."""

    def __init__(self, programs):
        self._programs = programs
        # A run with sanitizers takes ten times as long. It looks for crashes and leaks, in a sample: what is
        # said is seen to by the other build.
        is_slow = is_sanitized(programs.build)
        self._step = STEP_OF_SLOW if is_slow else 1
        self._faults = {call: numbers[:1] if is_slow else numbers for call, numbers in FAULTS.items()}
        self.met = collections.Counter()
        self._env = preload(programs.build, "fault")

    def walk(self, scenario):
        """How many calls of each function were failed. Fails the test if a run was wrong."""
        truth, _ = self._run(scenario, "none", 0, 0)
        truth.expect(scenario.code)
        walks = [(scenario, truth, call, number) for call, numbers in self._faults.items() for number in numbers]
        with ThreadPoolExecutor(WORKERS) as pool:
            ended = list(pool.map(lambda walk: self._walk(*walk), walks))
        wrong = [line for _, lines in ended for line in lines]
        assert not wrong, f"{len(wrong)} wrong:\n" + "\n".join(wrong)
        calls = {walk[2]: calls for walk, (calls, _) in zip(walks, ended)}
        self.met.update(calls)
        return calls

    def _walk(self, scenario, truth, call, number):
        wrong = []
        for nth in range(1, CALLS_MAX, self._step):
            try:
                completed, calls = self._run(scenario, call, nth, number)
                complaint = complain(scenario, truth, completed)
            except (AssertionError, ValueError, pytest.fail.Exception) as failure:
                completed, calls, complaint = "", nth, f"{failure}"
            if complaint:
                wrong.append(f"{call} {nth} {errno.errorcode.get(number)}: {complaint} {completed}")
            if calls < nth or len(wrong) == WRONG_MAX:
                return nth - 1, wrong
        raise AssertionError(f"{call} is called without end")

    def _run(self, scenario, call, nth, number):
        """The completed run, whose `said` is its output, and how often the function was called."""
        with tempfile.TemporaryDirectory(dir=self._programs.namespace.scratch) as folder:
            log = os.path.join(folder, "log")
            with open(log, "wb") as file:
                file.write(bytes(8))
            env = {**self._env, **scenario.env, "FAULT_CALL": call, "FAULT_NTH": nth, "FAULT_ERRNO": number,
                   "FAULT_LOG": log}
            completed = self._programs.run(*scenario.args, program=scenario.program, stdin=scenario.stdin, env=env,
                                           cwd=folder, watchdog=WATCHDOG_S)
            completed.said = said_by(completed, scenario, folder)
            with open(log, "rb") as file:
                return completed, struct.unpack("=Q", file.read())[0]


def said_by(completed, scenario, folder):
    """What the run put out; a file that it was not to leave behind is a failure."""
    left = set(os.listdir(folder)) - {"log", scenario.output}
    assert not left, f"left behind: {left}"
    if scenario.output is None:
        return completed.out
    try:
        with open(os.path.join(folder, scenario.output), encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def complain(scenario, truth, completed):
    """What is wrong with the run, or None."""
    if completed.code in ADMITTED:
        return None if re.fullmatch(r"(?:[^\n]*\n)+", completed.err) else "no word on standard error"
    if scenario.classes is not None:
        return complain_of_results(scenario, completed)
    if completed.code == EXIT_UNKNOWN:
        return None if completed.said or completed.err else "not a word"
    if completed.code != scenario.code:
        return "a wrong exit code"
    return None if says_the_same(completed.said, truth.said) else f"not what it says else: {truth}"


def complain_of_results(scenario, completed):
    if completed.code == EXIT_UNKNOWN and scenario.program != "tcpcheck" and is_excused(completed):
        return None
    results = read_results(completed.said)
    if completed.code == EXIT_UNKNOWN and len(results) == 1 and "details" not in results[0]:
        # The plugin's, where there is not even a check.
        return None if results[0]["status"] == "error" and results[0]["error"] else "not a word"
    if len(results) != len(scenario.classes):
        return f"{len(results)} results"
    seen = [(result["details"]["class"], result["details"]["verdict"]) for result in results]
    if any(outcome != truth and verdict != "unknown" for (outcome, verdict), truth in zip(seen, scenario.classes)):
        return "a lie"
    verdicts = {verdict for result, (_, verdict) in zip(results, seen) if result["status"] == "error"}
    expected = 0 if not verdicts else EXIT_UNKNOWN if verdicts == {"unknown"} else scenario.code
    return None if completed.code == expected else f"not the exit code of these results, {expected}"


def is_excused(completed):
    """The plugin has no exit code for what it could not do: it says so where it can, at least on standard error."""
    return bool(re.fullmatch(r"TCP UNKNOWN - .+\n", completed.said) or (not completed.said and completed.err))


def read_results(text):
    """An array, or a result a line, in the order of the input."""
    if text.startswith("["):
        return json.loads(text)
    results = [json.loads(line) for line in text.splitlines()]
    return sorted(results, key=lambda result: result.get("line", 0))


def says_the_same(said, truth):
    """Line by line, numbers aside; a line may leave out what it would have added to the cause."""
    lines, true_lines = skeleton(said).splitlines(), skeleton(truth).splitlines()
    return len(lines) == len(true_lines) and all(
        true_line.startswith(line) for line, true_line in zip(lines, true_lines))


def skeleton(text):
    return re.sub(r"[0-9.]+(?: ?[mµu]?s\b)?", "0", text)
