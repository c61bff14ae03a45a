"""nginx, redis, PostgreSQL and sshd, really running in a namespace.

Each has a folder of its own, runs in the foreground under its own user where
the tests are root (else under theirs), and counts as started once its port
accepts.
"""

import glob
import os
import pwd
import shutil
import signal
import subprocess

from support.capability import missing, tool
from support.peers import wait_until

START_WATCHDOG_S = 60


class Service:
    """A server in the foreground. start() only begins; wait() is what makes it usable."""

    name = user = package = None
    ports = ()
    stop_signal = signal.SIGTERM

    def __init__(self, namespace):
        self.namespace = namespace
        self.folder = os.path.join(namespace.scratch, self.name)
        os.mkdir(self.folder, 0o755)
        self.process = None

    def start(self):
        self.prepare()
        if os.geteuid() == 0 and self.user:
            self.give_away()
        with open(os.path.join(self.folder, "log"), "wb") as log, open(os.devnull, "rb") as nothing:
            self.process = self.namespace.popen(self.as_user(self.command()), nothing, log, log,
                                                cwd=self.folder)

    def prepare(self):
        """Writes what the server needs into its folder."""

    def command(self):
        raise NotImplementedError

    def as_user(self, argv):
        if os.geteuid() != 0 or not self.user:
            return argv
        return [tool("setpriv", "util-linux"), f"--reuid={self.user}", f"--regid={self.user}",
                "--clear-groups", "--", *argv]

    def give_away(self):
        if self.user not in {entry.pw_name for entry in pwd.getpwall()}:
            missing(f"there is no user {self.user}: apt-get install {self.package}")
        shutil.chown(self.folder, self.user)

    def wait(self):
        wait_until(lambda: self.accepts_or_ended(), f"{self.name} accepted", START_WATCHDOG_S)
        assert self.process.is_running(), f"{self.name} ended: {self.log()}"

    def accepts_or_ended(self):
        return not self.process.is_running() or all(map(self.accepts, self.ports))

    def accepts(self, port):
        with self.namespace.socket() as probe:
            probe.settimeout(5)
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def log(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def write(self, name, text, mode=0o644):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def stop(self):
        if self.process is None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(START_WATCHDOG_S)
        except subprocess.TimeoutExpired:
            self.process.end()


class Nginx(Service):
    name, user, package, ports = "nginx", "www-data", "nginx", (80, 443)

    def prepare(self):
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = " ".join(f"{kind}_temp_path {self.folder}/{kind};" for kind in kinds)
        self.write("nginx.conf", f"""
            daemon off; worker_processes 1; pid {self.folder}/pid; error_log stderr;
            events {{ worker_connections 256; }}
            http {{ access_log {self.folder}/access; {temporary}
                server {{ listen 80; listen 443; return 204; }} }}
            """)

    def command(self):
        return [tool("nginx", self.package), "-p", self.folder, "-e", "stderr",
                "-c", os.path.join(self.folder, "nginx.conf")]


class Redis(Service):
    name, user, package, ports = "redis", "redis", "redis-server", (6379,)

    def command(self):
        return [tool("redis-server", self.package), "--port", "6379", "--bind", "127.0.0.1", "::1",
                "--save", "", "--appendonly", "no", "--dir", self.folder]


class Postgresql(Service):
    name, user, package, ports = "postgresql", "postgres", "postgresql", (5432,)
    stop_signal = signal.SIGINT  # "fast": does not wait for clients, and leaves no shared memory

    def command(self):
        """initdb and the server in one shell: both must run as the server's user."""
        data = os.path.join(self.folder, "data")
        settings = " ".join(f"-c {item}" for item in (
            "listen_addresses=127.0.0.1", "fsync=off", f"unix_socket_directories={self.folder}"))
        return ["/bin/sh", "-ec", f"{self.program('initdb')} --no-sync -A trust -E UTF8 -D {data} &&"
                                  f" exec {self.program('postgres')} -D {data} {settings}"]

    def program(self, name):
        found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"))
        return found[-1] if found else tool(name, self.package)


class Sshd(Service):
    """The one whose own user is root: it must be able to become others."""

    name, package, ports = "sshd", "openssh-server", (22,)

    def prepare(self):
        self.namespace.sh(f"{tool('ssh-keygen', 'openssh-client')} -q -t ed25519 -N '' -f {self.folder}/key")
        self.write("sshd_config", f"""
Port 22
HostKey {self.folder}/key
PidFile {self.folder}/pid
UsePAM no
MaxStartups 100:30:200
""")

    def command(self):
        return [tool("sshd", self.package), "-D", "-e", "-f", os.path.join(self.folder, "sshd_config")]


class Services:
    """All four, started together."""

    def __init__(self, namespace):
        self.all = {kind.name: kind(namespace) for kind in (Nginx, Redis, Postgresql, Sshd)}
        try:
            for service in self.all.values():
                service.start()
            for service in self.all.values():
                service.wait()
        except BaseException:
            self.close()
            raise

    def __getitem__(self, name):
        return self.all[name]

    def close(self):
        for service in self.all.values():
            service.stop()


def banner(namespace, host, port):
    """The first bytes a server says."""
    with namespace.socket() as client:
        client.settimeout(10)
        client.connect((host, port))
        return client.recv(64)
