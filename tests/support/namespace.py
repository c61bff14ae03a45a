"""A network of the tests' own: nothing in it can reach, or be reached by, a real one.

A Namespace is a private network and mount namespace, made as root or in a user
namespace of the caller's. Every program under test runs in one, so no test can
ever send a packet to anybody. See agent.py for what happens inside.
"""

import array
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading

from support.capability import missing, tool

AGENT = os.path.join(os.path.dirname(__file__), "agent.py")
START_WATCHDOG_S = 30

ETC = {
    "resolv.conf": "nameserver 127.0.0.1\n",
    "hosts": "127.0.0.1 localhost\n::1 localhost ip6-localhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\nservices: files\n",
    "services": "ssh 22/tcp\nhttp 80/tcp www\nhttps 443/tcp\n"
                "tcpcheck-test 4242/tcp tct\ntcpcheck-udp 4243/udp\n",
}


class Process:
    """A program running in the namespace; `pid` is the real one.

    peak_kib: when it has ended, the most memory that it had (ru_maxrss). The kernel counts from before
    exec(2): a program smaller than the agent that starts it seems to be as big. None: it was not told.
    """

    def __init__(self, argv, pid, status_pipe):
        self.argv, self.pid, self.peak_kib = argv, pid, None
        self._status_pipe = status_pipe
        self._returncode = None
        self._ended = threading.Event()
        threading.Thread(target=self._await_end, daemon=True).start()

    def _await_end(self):
        with os.fdopen(self._status_pipe) as pipe:
            told = pipe.read().split()
        self._returncode, self.peak_kib = map(int, told) if told else (-signal.SIGKILL, None)
        self._ended.set()

    def wait(self, timeout=None):
        """The exit status, -N for signal N. subprocess.TimeoutExpired when it still runs."""
        if not self._ended.wait(timeout):
            raise subprocess.TimeoutExpired(self.argv, timeout)
        return self._returncode

    def is_running(self):
        return not self._ended.is_set()

    def send_signal(self, number):
        if self.is_running():
            os.kill(self.pid, number)

    def end(self):
        """Ends it and whatever it started."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.wait(START_WATCHDOG_S)


class Namespace:
    def __init__(self):
        self.scratch = tempfile.mkdtemp(prefix="tcpcheck-tests-")
        os.chmod(self.scratch, 0o755)  # servers run in it as other users
        self.etc = os.path.join(self.scratch, "etc")
        os.mkdir(self.etc, 0o755)
        for name, text in ETC.items():
            self.write_etc(name, text)
        self._lock = threading.Lock()
        self._control, self._agent = self._start_agent()

    def _start_agent(self):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(START_WATCHDOG_S)
        agent = subprocess.Popen(
            [tool("unshare", "util-linux"), *self._unshare_options(), "--",
             sys.executable, AGENT, str(theirs.fileno()), self.scratch],
            pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            cwd="/", start_new_session=True)
        theirs.close()
        answer = json.loads(ours.recv(1 << 16) or "{}")
        if "pid" not in answer:
            agent.wait(START_WATCHDOG_S)
            with agent.stderr:
                said = answer.get("error", "") or agent.stderr.read()
            missing("a private network namespace could not be made: run as root or allow "
                    f"unprivileged user namespaces ({said.strip()})")
        return ours, agent

    @staticmethod
    def _unshare_options():
        tool("ip", "iproute2")
        options = ["--net", "--mount", "--propagation", "private"]
        return options if os.geteuid() == 0 else ["--map-current-user", "--keep-caps", *options]

    @property
    def pid(self):
        """Of a process in it: what ip(8) takes for a namespace's name."""
        return self._agent.pid

    def close(self):
        """Ends the agent and with it everything that still runs inside."""
        self._control.close()
        self._agent.wait(START_WATCHDOG_S)
        self._agent.stderr.close()
        shutil.rmtree(self.scratch)

    def write_etc(self, name, text):
        """Replaces /etc/NAME of the namespace, as an administrator's tool would."""
        path = os.path.join(self.etc, name)
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(path + ".new", path)

    def socket(self, family=socket.AF_INET, kind=socket.SOCK_STREAM):
        """A socket that lives in this network and is used from out here."""
        _, fds = self._ask({"do": "socket", "family": int(family), "type": int(kind)})
        return socket.socket(family, kind, fileno=fds[0])

    def popen(self, argv, stdin, stdout, stderr, env=None, cwd=None):
        """Starts a program on three open files. cwd: default the scratch folder."""
        read_end, write_end = os.pipe()
        try:
            answer, _ = self._ask(
                {"do": "start", "argv": [os.fspath(item) for item in argv],
                 "env": dict(os.environ) if env is None else env, "cwd": str(cwd or self.scratch)},
                [stdin.fileno(), stdout.fileno(), stderr.fileno(), write_end])
        except OSError:
            os.close(read_end)
            raise
        finally:
            os.close(write_end)
        return Process(argv, answer["pid"], read_end)

    def sh(self, script, watchdog=30):
        """Runs a shell script as the namespace's administrator; returns what it printed."""
        with tempfile.TemporaryFile("w+") as output, open(os.devnull, encoding="ascii") as nothing:
            process = self.popen(["/bin/sh", "-ec", script], nothing, output, output)
            status = process.wait(watchdog)
            output.seek(0)
            said = output.read()
        if status != 0:
            raise AssertionError(f"sh -ec {shlex.quote(script)}: exit {status}\n{said}")
        return said

    def set_knob(self, name, value):
        """sysctl(8) in this network: set_knob("net.ipv4.ip_local_port_range", "40000 40001")."""
        self.sh(f"echo {shlex.quote(str(value))} > /proc/sys/{name.replace('.', '/')}")

    def _ask(self, request, fds=()):
        ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        passed = array.array("i")
        with self._lock:
            self._control.sendmsg([json.dumps(request).encode()], ancillary)
            data, received, _, _ = self._control.recvmsg(
                1 << 16, socket.CMSG_SPACE(passed.itemsize), socket.MSG_CMSG_CLOEXEC)
        for _, _, content in received:
            passed.frombytes(content[:len(content) - len(content) % passed.itemsize])
        answer = json.loads(data or '{"error": "the agent has ended"}')
        if "error" in answer:
            raise OSError(answer.get("errno"), answer["error"])
        return answer, list(passed)
