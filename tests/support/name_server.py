"""A name server that follows a script, over UDP and TCP on port 53 of a namespace.

The script is a dictionary from name to Answer; a name that is not in it does
not exist. Every query is logged, so that a test can say that nobody asked.
"""

import ipaddress
import select
import socket
import struct
import threading
from dataclasses import dataclass, field

NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED = range(6)
A, AAAA = 1, 28
UDP_ANSWER_MAX = 512
RESPONSE, RECURSION = 0x8400, 0x0080
TRUNCATED = 0x0200


@dataclass
class Answer:
    """What is said about one name. `silent`: types (A, AAAA) that get no answer at all."""

    a: list = field(default_factory=list)
    aaaa: list = field(default_factory=list)
    rcode: int = NOERROR
    rcode_aaaa: int = None
    silent: tuple = ()
    garbage: bytes = None
    is_truncated: bool = False


@dataclass
class Query:
    name: str
    type: int
    transport: str


class NameServer:
    def __init__(self, namespace, script, address="127.0.0.1", port=53, has_tcp=True):
        self.script = {name.rstrip(".").lower(): answer for name, answer in script.items()}
        self.queries = []
        self._udp = namespace.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind((address, port))
        self._tcp = namespace.socket()
        self._tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if has_tcp:
            self._tcp.bind((address, port))
            self._tcp.listen(16)
        self._has_tcp = has_tcp
        self._waker, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def asked(self, name):
        """The queries for one name so far."""
        return [query for query in self.queries if query.name == name]

    def close(self):
        self._waker.close()
        self._thread.join()
        for item in (self._udp, self._tcp, self._woken):
            item.close()

    def _serve(self):
        sources = [self._udp, self._woken] + ([self._tcp] if self._has_tcp else [])
        while True:
            ready = select.select(sources, [], [])[0]
            if self._woken in ready:
                return
            if self._udp in ready:
                query, client = self._udp.recvfrom(4096)
                answer = self._respond(query, "udp")
                if answer is not None:
                    self._udp.sendto(answer, client)
            if self._tcp in ready:
                self._serve_stream()

    def _serve_stream(self):
        client = self._tcp.accept()[0]
        with client, client.makefile("rwb") as stream:
            client.settimeout(5)
            try:
                while len(prefix := stream.read(2)) == 2:
                    answer = self._respond(stream.read(struct.unpack("!H", prefix)[0]), "tcp")
                    if answer is not None:
                        stream.write(struct.pack("!H", len(answer)) + answer)
                        stream.flush()
            except OSError:
                pass  # the client hung up: its affair

    def _respond(self, query, transport):
        """The answer's bytes, or None for silence."""
        ident, _, questions = struct.unpack_from("!HHH", query)
        name, end = read_name(query, 12)
        kind = struct.unpack_from("!H", query, end)[0]
        self.queries.append(Query(name, kind, transport))
        answer = self.script.get(name.lower(), Answer(rcode=NXDOMAIN))
        if kind in answer.silent or questions != 1:
            return None
        question = query[12:end + 4]
        if answer.garbage is not None:
            header = struct.pack("!HHHHHH", ident, RESPONSE | RECURSION, 1, 1, 0, 0)
            return header + question + answer.garbage
        rcode = answer.rcode_aaaa if kind == AAAA and answer.rcode_aaaa is not None else answer.rcode
        addresses = addresses_of(answer, kind) if rcode == NOERROR else []
        records = [record(kind, address) for address in addresses]
        body = question + b"".join(records)
        is_cut = transport == "udp" and (answer.is_truncated or 12 + len(body) > UDP_ANSWER_MAX)
        flags = RESPONSE | RECURSION | rcode | (TRUNCATED if is_cut else 0)
        count = 0 if is_cut else len(records)
        return struct.pack("!HHHHHH", ident, flags, 1, count, 0, 0) + (question if is_cut else body)


def addresses_of(answer, kind):
    return {A: answer.a, AAAA: answer.aaaa}.get(kind, [])


def record(kind, address):
    data = ipaddress.ip_address(address).packed
    return struct.pack("!HHHIH", 0xC00C, kind, 1, 60, len(data)) + data


def read_name(message, offset):
    """(name, where it ends); a question's name is never compressed."""
    labels = []
    while length := message[offset]:
        labels.append(message[offset + 1:offset + 1 + length].decode("latin-1"))
        offset += 1 + length
    return ".".join(labels), offset + 1
