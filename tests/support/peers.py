"""Peers on loopback, each with one habit, so that a test says what it faces.

They are made of sockets that live in a namespace and are served by threads out
here. Each knows its `host` and `port`, and is closed with its Peers.
"""

import contextlib
import errno
import select
import socket
import struct
import threading
import time

RESET_ON_CLOSE = struct.pack("ii", 1, 0)
TCP_INFO_UNACKED = 24  # of a listener: connections that wait to be accepted
SO_MEMINFO = 55  # whose ninth number counts what was dropped
POLL_S = 0.01


def family_of(host):
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def wait_until(is_true, what, watchdog_s=20):
    """Polls a real condition; a watchdog ends the wait."""
    deadline = time.monotonic() + watchdog_s
    while not is_true():
        if time.monotonic() > deadline:
            raise AssertionError(f"never happened: {what}")
        time.sleep(POLL_S)


class Peer:
    def __init__(self, namespace, host, port, kind=socket.SOCK_STREAM):
        self._namespace = namespace
        self.socket = namespace.socket(family_of(host), kind)
        if kind == socket.SOCK_STREAM:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((host, port))
        self.host, self.port = host, self.socket.getsockname()[1]

    @property
    def target(self):
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def close(self):
        self.socket.close()


class RefusedPort(Peer):
    """Bound, so that nobody else takes it, and not listening: the kernel answers RST."""


class UntouchedPort(Peer):
    """Open, and able to say afterwards whether anybody ever connected."""

    def __init__(self, namespace, host, port):
        super().__init__(namespace, host, port)
        self.socket.listen(128)
        self.socket.setblocking(False)

    def count_connections(self):
        count = 0
        with contextlib.suppress(BlockingIOError):
            while True:
                self.socket.accept()[0].close()
                count += 1
        return count

    def assert_untouched(self):
        assert self.count_connections() == 0, "something was connected to"


class SilentPort(Peer):
    """Listens with a full accept queue: the kernel drops every SYN, as a firewall would.

    The backlog is 1: with 0, and without SYN cookies, nothing that could fill the queue gets in.
    """

    def __init__(self, namespace, host, port):
        super().__init__(namespace, host, port)
        self.socket.listen(1)
        self._fillers = []
        wait_until(self._is_full, "an accept queue filled up")
        # What did not get in would go on sending SYNs, and be counted among the drops.
        for filler in filter(lambda filler: not is_connected(filler), self._fillers):
            filler.close()

    def _is_full(self):
        queue, limit = struct.unpack_from(
            "II", self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104), TCP_INFO_UNACKED)
        if queue > limit:
            return True
        filler = self._namespace.socket(family_of(self.host))
        filler.setblocking(False)
        filler.connect_ex((self.host, self.port))
        self._fillers.append(filler)
        return False

    def count_drops(self):
        """How many SYNs the kernel has dropped here."""
        return struct.unpack_from("I", self.socket.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, 36), 32)[0]

    def answer(self):
        """Lets the queue grow: from now on the next SYN is answered."""
        self.socket.listen(128)

    def close(self):
        super().close()
        for filler in self._fillers:
            filler.close()


def is_connected(client):
    try:
        client.getpeername()
    except OSError:
        return False
    return True


class Server(Peer):
    """Accepts, and does with each connection what a subclass says, all in one thread.

    `events` lists (time, what, client address): "accepted", then "eof" or "reset"
    for how the client ended it.
    """

    def __init__(self, namespace, host, port):
        super().__init__(namespace, host, port)
        self.events = []
        self._changed = threading.Condition()
        self._clients = {}
        self.socket.listen(1024)
        self.socket.setblocking(False)
        self._waker, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def greet(self, client):
        """What a new connection meets. False: it is over already."""
        return True

    def _serve(self):
        poller = select.epoll()
        for item in (self.socket, self._woken):
            poller.register(item.fileno(), select.EPOLLIN)
        while True:
            for fd, _ in poller.poll():
                if fd == self._woken.fileno():
                    poller.close()
                    return
                if fd == self.socket.fileno():
                    self._accept(poller)
                else:
                    self._read(fd)

    def _accept(self, poller):
        with contextlib.suppress(BlockingIOError):
            while True:
                client, address = self.socket.accept()
                self._note("accepted", address)
                if self._is_greeted(client, address):
                    client.setblocking(False)
                    self._clients[client.fileno()] = (client, address)
                    poller.register(client.fileno(), select.EPOLLIN)

    def _is_greeted(self, client, address):
        try:
            return self.greet(client)
        except ConnectionError:
            client.close()
            self._note("reset", address)
            return False

    def _read(self, fd):
        client, address = self._clients[fd]
        try:
            if client.recv(1 << 16):
                return
            what = "eof"
        except OSError as error:
            what = "reset" if error.errno == errno.ECONNRESET else errno.errorcode[error.errno]
        del self._clients[fd]
        client.close()
        self._note(what, address)

    def _note(self, what, address):
        with self._changed:
            self.events.append((time.monotonic(), what, address))
            self._changed.notify_all()

    def count(self, what="accepted"):
        return sum(1 for _, kind, _ in self.events if kind == what)

    def wait_for(self, what, count=1, watchdog_s=20):
        """Waits until `what` has happened `count` times; returns when and from where."""
        with self._changed:
            if not self._changed.wait_for(lambda: self.count(what) >= count, watchdog_s):
                raise AssertionError(f"{what} did not happen {count} times: {self.events}")
        return [(when, address) for when, kind, address in self.events if kind == what]

    def close(self):
        self._waker.close()
        self._thread.join()
        super().close()
        self._woken.close()
        for client, _ in self._clients.values():
            client.close()


class OpenPort(Server):
    """Accepts, reads, and closes when the client does."""


class ResettingPort(Server):
    """Accepts and resets at once."""

    def greet(self, client):
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        client.close()
        return False


class LeavingPort(Server):
    """Accepts, ends, and resets."""

    def greet(self, client):
        client.shutdown(socket.SHUT_WR)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        client.close()
        return False


class BannerPort(Server):
    """Greets with a banner nobody may ever read, as SSH, SMTP and MySQL do."""

    def greet(self, client):
        client.sendall(b"220 " + b"x" * 1000 + b"\r\n")
        return True


class Peers:
    """Makes peers in one namespace and closes them all in the end."""

    def __init__(self, namespace):
        self._namespace = namespace
        self._made = []

    def _make(self, kind, host, port):
        peer = kind(self._namespace, host, port)
        self._made.append(peer)
        return peer

    def open(self, host="127.0.0.1", port=0):
        return self._make(OpenPort, host, port)

    def resetting(self, host="127.0.0.1", port=0):
        return self._make(ResettingPort, host, port)

    def leaving(self, host="127.0.0.1", port=0):
        return self._make(LeavingPort, host, port)

    def banner(self, host="127.0.0.1", port=0):
        return self._make(BannerPort, host, port)

    def silent(self, host="127.0.0.1", port=0):
        return self._make(SilentPort, host, port)

    def refused(self, host="127.0.0.1", port=0):
        return self._make(RefusedPort, host, port)

    def untouched(self, host="127.0.0.1", port=0):
        return self._make(UntouchedPort, host, port)

    def close(self):
        for peer in self._made:
            peer.close()
