"""A name server that follows a script, over UDP and TCP on port 53 of a namespace.

The script is a dictionary from name to Answer; a name that is not in it does
not exist. Every query is logged, so that a test can say that nobody asked.

What is wrong with an answer is one of FORGED, and an answer may be preceded by such
lies: they claim that the name does not exist.
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
# A wrong id; another question; too short for a header; from a port that nobody asked.
WRONG_ID, WRONG_QUESTION, SHORT, WRONG_PORT = FORGED = ("id", "question", "short", "port")


@dataclass
class Answer:
    """What is said about one name.

    silent: types (A, AAAA) that get no answer at all. forged: lies sent over UDP before the answer.
    tcp: the Answer over TCP, where it is another; HANG_UP: none, the connection is closed.
    ttl_s: how long the addresses hold.
    """

    a: list = field(default_factory=list)
    aaaa: list = field(default_factory=list)
    rcode: int = NOERROR
    rcode_aaaa: int = None
    silent: tuple = ()
    garbage: bytes = None
    is_truncated: bool = False
    forged: tuple = ()
    tcp: object = None
    ttl_s: int = 60


HANG_UP = Answer()


@dataclass
class Query:
    name: str
    type: int
    transport: str


class NameServer:
    def __init__(self, namespace, script, address="127.0.0.1", port=53, has_tcp=True):
        self.script = {name.rstrip(".").lower(): answer for name, answer in script.items()}
        self.queries = []
        self._asked = threading.Condition()
        self._udp = namespace.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind((address, port))
        self._tcp = namespace.socket()
        self._tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if has_tcp:
            self._tcp.bind((address, port))
            self._tcp.listen(16)
        self._has_tcp = has_tcp
        self._stranger = namespace.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._stranger.bind((address, 0))
        self._waker, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def asked(self, name):
        """The queries for one name so far."""
        return [query for query in self.queries if query.name == name]

    def wait_for(self, name, count, watchdog_s=20):
        """Until there have been so many queries for the name."""
        with self._asked:
            is_there = self._asked.wait_for(lambda: len(self.asked(name)) >= count, watchdog_s)
        assert is_there, f"{len(self.asked(name))} queries for {name}, not {count}: {self.queries}"

    def close(self):
        self._waker.close()
        self._thread.join()
        for item in (self._udp, self._tcp, self._stranger, self._woken):
            item.close()

    def _serve(self):
        sources = [self._udp, self._woken] + ([self._tcp] if self._has_tcp else [])
        while True:
            ready = select.select(sources, [], [])[0]
            if self._woken in ready:
                return
            if self._udp in ready:
                query, client = self._udp.recvfrom(4096)
                self._lie(query, client)
                answer = self._respond(query, "udp")
                if answer is not None:
                    self._udp.sendto(answer, client)
            if self._tcp in ready:
                self._serve_stream()

    def _lie(self, query, client):
        """Sends what is forged about the name, each lie complete but for the one thing wrong with it."""
        name, end = read_name(query, 12)
        ident, question = struct.unpack_from("!H", query)[0], query[12:end + 4]
        for wrong in self.script.get(name.lower(), Answer()).forged:
            denial = header(ident ^ (wrong == WRONG_ID), NXDOMAIN) + question
            if wrong == WRONG_QUESTION:
                denial = header(ident, NXDOMAIN) + b"\x05wrong" + question
            elif wrong == SHORT:
                denial = denial[:11]
            (self._stranger if wrong == WRONG_PORT else self._udp).sendto(denial, client)

    def _serve_stream(self):
        client = self._tcp.accept()[0]
        with client, client.makefile("rwb") as stream:
            client.settimeout(5)
            try:
                while len(prefix := stream.read(2)) == 2:
                    answer = self._respond(stream.read(struct.unpack("!H", prefix)[0]), "tcp")
                    if answer is HANG_UP:
                        return
                    if answer is not None:
                        stream.write(struct.pack("!H", len(answer)) + answer)
                        stream.flush()
            except OSError:
                pass  # the client hung up: its affair

    def _respond(self, query, transport):
        """The answer's bytes, None for silence, or HANG_UP."""
        ident, _, questions = struct.unpack_from("!HHH", query)
        name, end = read_name(query, 12)
        kind = struct.unpack_from("!H", query, end)[0]
        with self._asked:
            self.queries.append(Query(name, kind, transport))
            self._asked.notify_all()
        answer = self.script.get(name.lower(), Answer(rcode=NXDOMAIN))
        if transport == "tcp" and answer.tcp is not None:
            answer = answer.tcp
        if answer is HANG_UP:
            return HANG_UP
        if kind in answer.silent or questions != 1:
            return None
        question = query[12:end + 4]
        if answer.garbage is not None:
            return header(ident, NOERROR, 1) + question + answer.garbage
        rcode = answer.rcode_aaaa if kind == AAAA and answer.rcode_aaaa is not None else answer.rcode
        addresses = addresses_of(answer, kind) if rcode == NOERROR else []
        records = [record(kind, address, answer.ttl_s) for address in addresses]
        body = question + b"".join(records)
        is_cut = transport == "udp" and (answer.is_truncated or 12 + len(body) > UDP_ANSWER_MAX)
        if is_cut:
            return header(ident, rcode | TRUNCATED) + question
        return header(ident, rcode, len(records)) + body


def header(ident, flags, count=0):
    """Of an answer to one question, with so many records."""
    return struct.pack("!HHHHHH", ident, RESPONSE | RECURSION | flags, 1, count, 0, 0)


def addresses_of(answer, kind):
    return {A: answer.a, AAAA: answer.aaaa}.get(kind, [])


def record(kind, address, ttl_s):
    data = ipaddress.ip_address(address).packed
    return struct.pack("!HHHIH", 0xC00C, kind, 1, ttl_s, len(data)) + data


def read_name(message, offset):
    """(name, where it ends); a question's name is never compressed."""
    labels = []
    while length := message[offset]:
        labels.append(message[offset + 1:offset + 1 + length].decode("latin-1"))
        offset += 1 + length
    return ".".join(labels), offset + 1
