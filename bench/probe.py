#!/usr/bin/python3
"""Asks blackbox_exporter to probe each target of a list, over connections that stay.

usage: bench/probe.py LIST CONNECTIONS

Ends with 1 unless every probe succeeded. One loop over all connections, requests as short as they
can be: on a core of its own it is busy for a small part of the time that the exporter needs.
"""

import selectors
import socket
import sys

from servers import EXPORTER_ADDRESS

READ_SIZE = 1 << 16
SUCCESS = b"\nprobe_success 1\n"


class Client:
    """A connection, and the answer that it waits for."""

    def __init__(self, paths):
        self._paths, self._answer = paths, b""
        self.socket = socket.create_connection(EXPORTER_ADDRESS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self):
        """False when there is nothing left to ask."""
        target = next(self._paths, None)
        if target is None:
            return False
        self._answer = b""
        self.socket.sendall(b"GET /probe?module=tcp_connect&target=%s HTTP/1.1\r\nHost: x\r\n\r\n" % target)
        return True

    def hear(self):
        """None: more is to come. Else whether the probe succeeded."""
        part = self.socket.recv(READ_SIZE)
        if not part:
            sys.exit("probe: the exporter has closed the connection")
        self._answer += part
        head, end, body = self._answer.partition(b"\r\n\r\n")
        if not end or not is_whole(head.lower(), body):
            return None
        return SUCCESS in body


def is_whole(head, body):
    """`head` in small letters. An answer without a length comes in chunks, of which the last is empty."""
    length = head.partition(b"content-length: ")[2].partition(b"\r\n")[0]
    return len(body) >= int(length) if length else body.endswith(b"\r\n0\r\n\r\n")


def probe_all(paths, connection_count):
    """How many succeeded."""
    succeeded = 0
    with selectors.DefaultSelector() as selector:
        for client in [Client(paths) for _ in range(connection_count)]:
            if client.ask():
                selector.register(client.socket, selectors.EVENT_READ, client)
        while selector.get_map():
            for key, _ in selector.select():
                is_success = key.data.hear()
                if is_success is None:
                    continue
                succeeded += is_success
                if not key.data.ask():
                    selector.unregister(key.fileobj)
    return succeeded


def main():
    with open(sys.argv[1], "rb") as file:
        paths = file.read().split()
    sys.exit(0 if probe_all(iter(paths), int(sys.argv[2])) == len(paths) else 1)


if __name__ == "__main__":
    main()
