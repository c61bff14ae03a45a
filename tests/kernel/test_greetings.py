"""A server that greets sees how a check ends: with an end of file, whenever it greets, and with no reset.

SSH, SMTP and MySQL speak first, some only after they have looked up who is there: by then
our end has long been closed.
"""

import contextlib
import fcntl
import socket
import struct
import termios
import time

import pytest

from support.peers import wait_until

GREETING = b"220 mail.example ESMTP\r\n"
LARGE = b"x" * 60_000
TOO_LARGE = b"x" * 100 * 1024  # beyond the 64 KiB that are read of a greeting
LATE_S = 0.05
CLOSE, CLOSE_WAIT = 7, 8  # of TCP_INFO


@pytest.fixture(params=["127.0.0.1", "::1"])
def listener(namespace, request):
    family = socket.AF_INET6 if ":" in request.param else socket.AF_INET
    with namespace.socket(family) as made:
        made.bind((request.param, 0))
        made.listen(8)
        made.settimeout(20)
        yield made


def check_and_accept(start, listener):
    host, port = listener.getsockname()[:2]
    running = start(host, port, "--format", "json")
    client = listener.accept()[0]
    client.settimeout(20)
    return running, client


def state_of(client):
    return client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]


def is_taken(client):
    """Whether the other side has acknowledged all, or has ended the connection."""
    waiting = struct.unpack("i", fcntl.ioctl(client, termios.TIOCOUTQ, bytes(4)))[0]
    return waiting == 0 or state_of(client) == CLOSE


def assert_ended_without_reset(client):
    wait_until(lambda: is_taken(client), "the greeting was taken")
    assert client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
    assert client.recv(1) == b""
    assert state_of(client) == CLOSE_WAIT


def finish_open(running):
    assert running.finish().expect(0).result["details"]["class"] == "open"


@pytest.mark.parametrize("greeting", [GREETING, LARGE], ids=["short", "large"])
def test_a_greeting_at_once_is_met_by_an_end_of_file(start, listener, greeting):
    running, client = check_and_accept(start, listener)
    with client:
        client.sendall(greeting)
        assert_ended_without_reset(client)
    finish_open(running)


@pytest.mark.parametrize("greeting", [GREETING, LARGE], ids=["short", "large"])
def test_a_greeting_after_our_end_is_taken_all_the_same(start, listener, greeting):
    running, client = check_and_accept(start, listener)
    with client:
        assert client.recv(1) == b""
        time.sleep(LATE_S)  # what this server does before it greets
        client.sendall(greeting)
        assert_ended_without_reset(client)
    finish_open(running)


def test_a_flood_is_cut_off_and_the_target_still_open(start, listener):
    """An end of file comes first even then; the reset meets what nobody will read."""
    running, client = check_and_accept(start, listener)
    with client:
        assert client.recv(1) == b""
        with contextlib.suppress(ConnectionError):
            client.sendall(TOO_LARGE)
        wait_until(lambda: state_of(client) == CLOSE, "the flood was cut off")
    finish_open(running)
