"""What runs behind a benchmark: ports that open, and blackbox_exporter."""

import subprocess
import sys

import targets

EXPORTER_ADDRESS = ("127.0.0.1", 9115)
EXPORTER_CONFIG = """modules:
  tcp_connect:
    prober: tcp
    timeout: 5s
    tcp: {preferred_ip_protocol: ip4}
"""


def _command(cores, *argv):
    """On those cores (- is all there are), and not a moment longer than we live, however we end."""
    place = [] if cores == "-" else ["taskset", "--cpu-list", cores]
    return ["setpriv", "--pdeathsig", "KILL", *place, *argv]


class _Server:
    """A process that lives as long as the `with` that it serves."""

    def __exit__(self, *_):
        self._process.kill()
        self._process.communicate()

    def _await(self, stream, word):
        for line in stream:
            if word in line:
                return
        sys.exit(f"bench: {self._process.args} did not start")


class OpenPorts(_Server):
    """targets.PORTS ports from targets.OPEN_PORT on, of every address: bench/open_server.c."""

    def __init__(self, bench, cores="-"):
        self._argv = _command(cores, f"{bench.build}/bench/open_server",
                              str(targets.OPEN_PORT), str(targets.PORTS))

    def __enter__(self):
        self._process = subprocess.Popen(self._argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._await(self._process.stdout, b"ready")
        return self


class Exporter(_Server):
    """Says on standard error that it listens, and then nothing more."""

    def __init__(self, bench, cores="-"):
        config = bench.path("blackbox.yml")
        with open(config, "w", encoding="ascii") as file:
            file.write(EXPORTER_CONFIG)
        self._argv = _command(cores, "prometheus-blackbox-exporter", f"--config.file={config}",
                              "--web.listen-address={}:{}".format(*EXPORTER_ADDRESS))

    def __enter__(self):
        self._process = subprocess.Popen(self._argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                         stderr=subprocess.PIPE)
        self._await(self._process.stderr, b"istening")
        return self
