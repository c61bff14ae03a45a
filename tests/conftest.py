"""Fixtures that every test of the programs may use.

`run`, `plugin` and `check` run the programs in a namespace that is shared by all
tests of the session and has nothing in it but loopback: no test can reach a
network. Tests that change the namespace itself take `fresh`, one of their own.
"""

import os

import pytest

from support.capability import missing
from support.name_server import NameServer
from support.namespace import Namespace
from support.peers import Peers
from support.program import Programs
from support.scripted_network import scripted_networks  # noqa: F401  (a fixture)

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


@pytest.fixture(scope="session")
def root():
    """The top of the source tree."""
    return ROOT


@pytest.fixture(scope="session")
def build():
    """Where the programs are: TCPCHECK_BUILD, default build/."""
    path = os.path.abspath(os.path.join(ROOT, os.environ.get("TCPCHECK_BUILD", "build")))
    for program in ("tcpcheck", "check_tcp_connection"):
        if not os.access(os.path.join(path, program), os.X_OK):
            missing(f"{path}/{program} is not there: build first, or set TCPCHECK_BUILD")
    return path


@pytest.fixture(scope="session")
def namespace():
    made = Namespace()
    yield made
    made.close()


@pytest.fixture(scope="session")
def programs(build, namespace):
    return Programs(build, namespace)


@pytest.fixture
def run(programs):
    """run(*args, stdin=…, stdout=…, env=…, wrap=…, watchdog=…): `tcpcheck` to its end."""
    return programs.run


@pytest.fixture
def start(programs):
    """As run, but returns while it runs."""
    return programs.start


@pytest.fixture
def plugin(programs):
    """As run, for `check_tcp_connection`."""
    return programs.plugin


@pytest.fixture
def check(programs):
    """check(*args): the one result of `tcpcheck ARGS`, its contract and exit code checked."""
    return programs.check


@pytest.fixture
def peers(namespace):
    made = Peers(namespace)
    yield made
    made.close()


@pytest.fixture
def name_server(namespace):
    """name_server(script, …): a scripted name server on 127.0.0.1:53."""
    made = []

    def make(script, **options):
        made.append(NameServer(namespace, script, **options))
        return made[-1]

    yield make
    for server in made:
        server.close()


class Fresh:
    """A namespace of one test's own, with everything that the fixtures above offer."""

    def __init__(self, build):
        self.namespace = Namespace()
        self.peers = Peers(self.namespace)
        self.programs = Programs(build, self.namespace)
        self.run, self.check = self.programs.run, self.programs.check

    def close(self):
        self.peers.close()
        self.namespace.close()


@pytest.fixture
def fresh(build):
    made = Fresh(build)
    yield made
    made.close()


@pytest.fixture
def write(tmp_path):
    """write(text_or_bytes, name="checks.yaml"): a file; returns its path."""

    def make(content, name="checks.yaml"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make
