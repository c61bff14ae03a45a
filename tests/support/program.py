"""Runs the programs under test: always inside a namespace, always under a watchdog.

A run that a sanitizer complains about, or that dies by a signal nobody sent, fails
the test whatever the test was looking at.
"""

import glob
import os
import re
import signal
import subprocess
import tempfile
import threading
import time

import pytest

from support.contract import load_result

WATCHDOG_S = 30
SANITIZER_EXIT = 99
# For tests that are not about limits and check more of one host than the limits would let them.
UNLIMITED = ("--rate", "unlimited", "--host-rate", "unlimited", "--host-in-flight", "unlimited",
             "--allow-many-ports", "unlimited")
SANITIZER_REPORT = re.compile(
    r"(ERROR|WARNING): (Address|Leak|Thread|Memory)Sanitizer|^.*: runtime error: "
    r"|LeakSanitizer has encountered",
    re.MULTILINE)
SANITIZER_WISHES = {"ASAN_OPTIONS": "detect_leaks=1", "UBSAN_OPTIONS": "halt_on_error=1",
                    "TSAN_OPTIONS": "halt_on_error=1"}
# Set: runs of tcpcheck that do not say otherwise have their connections made by so many threads.
THREADS = os.environ.get("TCPCHECK_TEST_THREADS")
ONE_THREADED = ("wait", "lint", "schema", "explain")


class Completed:
    """What a run left behind. `out` and `err` are text, `out_bytes` and `err_bytes` as written.

    peak_kib: see namespace.Process.
    """

    def __init__(self, argv, code, out_bytes, err_bytes, elapsed_s, peak_kib=None):
        self.argv, self.code, self.elapsed_s, self.peak_kib = argv, code, elapsed_s, peak_kib
        self.out_bytes, self.err_bytes = out_bytes, err_bytes

    @property
    def out(self):
        return self.out_bytes.decode("utf-8")

    @property
    def err(self):
        return self.err_bytes.decode("utf-8")

    @property
    def result(self):
        """The one result on stdout, its contract checked."""
        assert self.out.endswith("\n") and self.out.count("\n") == 1, f"not one line: {self}"
        return load_result(self.out)

    @property
    def results(self):
        """Every result on stdout, as JSON lines or as one array, each one's contract checked."""
        if self.out.startswith("["):
            return load_result(self.out)
        return [load_result(line) for line in self.out.splitlines()]

    def expect(self, code):
        assert self.code == code, f"exit {self.code}, expected {code}: {self}"
        return self

    def __str__(self):
        return (f"{' '.join(map(str, self.argv))}\nexit {self.code} after {self.elapsed_s:.3f} s\n"
                f"stdout: {self.out_bytes[:4000]!r}\nstderr: {self.err_bytes[:4000]!r}")


class Stream:
    """Collects what a pipe or terminal says, and lets others wait for something in it."""

    def __init__(self, fd):
        self._fd = fd
        self._data = bytearray()  # grows in place: a run may say a hundred megabytes
        self._changed = threading.Condition()
        self._is_over = False
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        while True:
            try:
                chunk = os.read(self._fd, 1 << 16)
            except OSError:  # a terminal whose other side has closed says EIO
                chunk = b""
            with self._changed:
                self._data += chunk
                self._is_over = not chunk
                self._changed.notify_all()
            if not chunk:
                os.close(self._fd)
                return

    def wait_for(self, is_there, watchdog=WATCHDOG_S):
        """Returns the data once is_there(data) holds; fails the test if it never does."""
        with self._changed:
            self._changed.wait_for(lambda: is_there(self._data) or self._is_over, watchdog)
            if not is_there(self._data):
                pytest.fail(f"what the test waits for never came; so far: {bytes(self._data)!r}")
            return bytes(self._data)

    def wait_for_end(self, watchdog):
        self._thread.join(watchdog)
        with self._changed:
            return bytes(self._data)


class Running:
    """A program that runs. finish() waits for it and judges how it ended."""

    def __init__(self, argv, process, streams, log_prefix, started):
        self.argv, self.process = argv, process
        self.out, self.err = streams
        self._log_prefix, self._started = log_prefix, started

    @property
    def pid(self):
        return self.process.pid

    def send_signal(self, number):
        self.process.send_signal(number)

    def finish(self, watchdog=WATCHDOG_S):
        try:
            code = self.process.wait(watchdog)
        except subprocess.TimeoutExpired:
            self.process.end()
            pytest.fail(f"{' '.join(map(str, self.argv))}: still running after {watchdog} s; "
                        f"stdout {self._said(self.out)!r}, stderr {self._said(self.err)!r}")
        elapsed_s = time.monotonic() - self._started
        completed = Completed(self.argv, code, self._said(self.out), self._said(self.err), elapsed_s,
                              self.process.peak_kib)
        self._judge(completed)
        return completed

    @staticmethod
    def _said(stream):
        return b"" if stream is None else stream.wait_for_end(WATCHDOG_S)

    def _judge(self, completed):
        reports = [read_text(path) for path in glob.glob(self._log_prefix + ".*")]
        text = "\n".join(reports + [completed.err_bytes.decode("utf-8", "replace")])
        if reports or SANITIZER_REPORT.search(text) or completed.code == SANITIZER_EXIT:
            pytest.fail(f"a sanitizer complained: {completed}\n{text}", pytrace=False)
        if completed.code < 0:
            name = signal.Signals(-completed.code).name
            pytest.fail(f"ended by {name}: {completed}", pytrace=False)


class Programs:
    """tcpcheck and check_tcp_connection of one build, in one namespace."""

    def __init__(self, build, namespace):
        self.build, self.namespace = build, namespace

    def path(self, program="tcpcheck"):
        return os.path.join(self.build, program)

    def start(self, *args, program="tcpcheck", stdin=None, stdout=None, stderr=None, env=None,
              wrap=(), cwd=None):
        """Starts a program.

        stdin: bytes, text, or a file; default nothing at all. stdout, stderr: a
        file to write to; default a pipe whose data is collected. env: changes
        to the environment, None unsets. wrap: a command that runs the program.
        """
        argv = [*wrap, self.path(program), *with_threads(program, [*map(str, args)])]
        log_dir = tempfile.mkdtemp(dir=self.namespace.scratch)
        os.chmod(log_dir, 0o1777)
        log_prefix = os.path.join(log_dir, "sanitizer")
        opened = [stdin_file(stdin)]
        streams = []
        for given in (stdout, stderr):
            file, read_fd = (given, None) if given is not None else pipe_file()
            opened.append(file)
            streams.append(None if read_fd is None else Stream(read_fd))
        started = time.monotonic()
        process = self.namespace.popen(argv, *opened, env=environment(env, log_prefix), cwd=cwd)
        for file, given in zip(opened, (stdin, stdout, stderr)):
            if file is not given:
                file.close()
        return Running(argv, process, streams, log_prefix, started)

    def run(self, *args, watchdog=WATCHDOG_S, **options):
        """Runs tcpcheck to its end."""
        return self.start(*args, **options).finish(watchdog)

    def plugin(self, *args, **options):
        """Runs check_tcp_connection to its end."""
        return self.run(*args, program="check_tcp_connection", **options)

    def check(self, *args, **options):
        """`tcpcheck ARGS --format json`: the one result. The exit code must fit it."""
        completed = self.run(*args, "--format", "json", **options)
        result = completed.result
        completed.expect(exit_code_for([result]))
        return result


def with_threads(program, args):
    """The arguments, with the threads that the environment asks for where they can be."""
    if THREADS is None or program != "tcpcheck" or "--threads" in args:
        return args
    if not args or args[0] in ONE_THREADED:
        return args
    words = 1 if args[0] == "run" else 0
    return [*args[:words], "--threads", THREADS, *args[words:]]


def exit_code_for(results):
    """0 all success, 1 any error whose verdict is up or down, else 3."""
    failed = [result for result in results if result["status"] == "error"]
    if not failed:
        return 0
    return 1 if any(result["details"]["verdict"] != "unknown" for result in failed) else 3


def stdin_file(given):
    if given is None:
        return open(os.devnull, "rb")
    if hasattr(given, "fileno"):
        return given
    file = tempfile.TemporaryFile()
    file.write(given.encode() if isinstance(given, str) else given)
    file.seek(0)
    read_end, write_end = os.pipe()
    threading.Thread(target=feed, args=(file, write_end), daemon=True).start()
    return os.fdopen(read_end, "rb")


def feed(source, write_end):
    """Pours a file into a pipe: standard input that cannot be sought."""
    with source, os.fdopen(write_end, "wb", buffering=0) as sink:
        try:
            while chunk := source.read(1 << 16):
                sink.write(chunk)
        except BrokenPipeError:
            pass


def pipe_file():
    read_end, write_end = os.pipe()
    return os.fdopen(write_end, "wb"), read_end


def environment(changes, log_prefix):
    """The tests' own environment: C locale, no colour wishes, sanitizers that report to a file."""
    env = {key: value for key, value in os.environ.items()
           if not key.startswith(("LC_", "TCPCHECK_", "NO_COLOR", "CLICOLOR"))}
    env |= {"LANG": "C", "TERM": "dumb"}
    for key, wishes in SANITIZER_WISHES.items():
        # The last word counts, and may be the test's.
        words = [os.environ.get(key), wishes, f"log_path={log_prefix}:exitcode={SANITIZER_EXIT}"]
        env[key] = ":".join(filter(None, [*words, (changes or {}).get(key)]))
    for key, value in (changes or {}).items():
        if value is None:
            env.pop(key, None)
        elif key not in SANITIZER_WISHES:
            env[key] = str(value)
    return env


def read_text(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()
