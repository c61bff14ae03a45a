"""One connect(2) by hand, and all that the kernel tells about it.

What the programs under test make of the kernel's words is their affair; this is
the words alone.
"""

import contextlib
import errno
import ipaddress
import select
import socket
import struct
import time
from typing import NamedTuple

IP_RECVERR, IPV6_RECVERR = 11, 25
TCP_INFO_SIZE = 104
OPTION_TIMESTAMPS = 1
WATCHDOG_S = 20


class TcpInfo(NamedTuple):
    state: int
    options: int
    rtt_us: int
    total_retrans: int

    @property
    def has_timestamps(self):
        return bool(self.options & OPTION_TIMESTAMPS)


class QueuedError(NamedTuple):
    """An entry of the error queue that came from an ICMP message."""

    errno: int
    type: int
    code: int
    offender: str


class TcpClient:
    """Connects as it is made, without waiting."""

    def __init__(self, namespace, host, port=80, source_port=0):
        self.target = (str(ipaddress.ip_address(host)), port)
        self.family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = namespace.socket(self.family)
        self.socket.setblocking(False)
        is_ipv6 = self.family == socket.AF_INET6
        self.socket.setsockopt(socket.IPPROTO_IPV6 if is_ipv6 else socket.IPPROTO_IP,
                               IPV6_RECVERR if is_ipv6 else IP_RECVERR, 1)
        if source_port:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.socket.bind(("::" if is_ipv6 else "0.0.0.0", source_port))
        self.started_ns = time.monotonic_ns()
        status = self.socket.connect_ex((host, port))
        assert status in (0, errno.EINPROGRESS), errno.errorcode[status]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    @property
    def port(self):
        return self.socket.getsockname()[1]

    def wait(self, events=select.POLLOUT, seconds=WATCHDOG_S):
        """Whether one of them, or an error, came in time."""
        poller = select.poll()
        poller.register(self.socket, events)
        return bool(poller.poll(seconds * 1000))

    def finish(self):
        """The errno that the handshake ended with, 0 when it opened."""
        assert self.wait(), "nothing ever came"
        return self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)

    def info(self):
        data = self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO_SIZE)
        return TcpInfo(data[0], data[5], *struct.unpack_from("I28xI", data, 68))

    def segments_in(self):
        """How many segments have come, by a TCP_INFO that is long enough to say."""
        data = self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
        return struct.unpack_from("I", data, 140)[0]

    def read(self):
        """Waits; returns octets, or the errno of what came instead."""
        assert self.wait(select.POLLIN), "nothing ever came"
        try:
            return self.socket.recv(1 << 16)
        except OSError as error:
            return error.errno

    def queued_errors(self):
        """Empties the error queue."""
        found = []
        with contextlib.suppress(BlockingIOError):
            while True:
                _, ancillary, _, _ = self.socket.recvmsg(512, 512, socket.MSG_ERRQUEUE)
                found += [queued_error(data) for _, kind, data in ancillary
                          if kind in (IP_RECVERR, IPV6_RECVERR)]
        return found

    def abort(self):
        """Closes with a reset, so that nothing of the connection stays. Twice is no harm."""
        if self.socket.fileno() < 0:
            return
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


def queued_error(data):
    """struct sock_extended_err, and behind it the offender's struct sockaddr."""
    number, _, kind, code = struct.unpack_from("IBBB", data)
    family = struct.unpack_from("H", data, 16)[0]
    packed = data[20:24] if family == socket.AF_INET else data[24:40]
    return QueuedError(number, kind, code, str(ipaddress.ip_address(packed)))
