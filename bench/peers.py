"""The programs that are compared, each with the options that serve it best."""

import os
import re
import subprocess
import sys

import targets
from programs import Contestant

NETCAT = "/bin/nc.openbsd"
CHECK_TCP = "/usr/lib/nagios/plugins/check_tcp"
HOSTS_UNLIMITED = ("--host-rate", "unlimited", "--host-in-flight", "unlimited", "--allow-many-ports", "unlimited")
UNLIMITED = ("--rate", "unlimited", *HOSTS_UNLIMITED)
IN_FLIGHT = 256  # tcpcheck's default, and the bare loop is no faster with more
PROBES_AT_ONCE = 8  # more made blackbox_exporter slower
HERE = os.path.dirname(os.path.abspath(__file__))


def has_threads(build):
    """Whether this build knows --threads."""
    said = subprocess.run([f"{build}/tcpcheck", "run", "--help"], capture_output=True, check=False).stdout
    return b"--threads" in said


def _threads(build, count):
    return ("--threads", str(count)) if has_threads(build) else ()


def tcpcheck(build, path, checks, outcome, threads=1, name="tcpcheck"):
    """`outcome`: open or refused, which is what all of them must be."""
    argv = (f"{build}/tcpcheck", "run", "--targets", path, "--format", "jsonl", "--close", "reset",
            "--concurrency", str(IN_FLIGHT), *_threads(build, threads), *UNLIMITED)
    word = f'"class":"{outcome}","errno"'.encode()
    return Contestant(name, argv, checks, (0 if outcome == "open" else 1,),
                      lambda output, _: sum(word in line for line in output.splitlines()))


def bare_loop(build, path, checks, outcome, has_info=False, is_recycling=False):
    argv = (f"{build}/bench/bare_epoll", *(["--tcp-info"] if has_info else []),
            *(["--recycle"] if is_recycling else []), "--in-flight", str(IN_FLIGHT), path)
    name = "bare loop" + (", TCP_INFO" if has_info else "") + (", sockets used again" if is_recycling else "")
    pattern = re.compile(rf"\b{outcome}=(\d+)".encode())
    return Contestant(name, argv, checks, (0,),
                      lambda _, complaints: int(pattern.search(complaints)[1]))


def nmap(hosts_path, first_port, checks, outcome):
    """-T5 and the groups are what was fastest of what its manual offers; --min-rate made it slower.

    Its output has a line a host: of the closed ports only their number.
    """
    argv = ("nmap", "-sT", "-Pn", "-n", "-T5", "--min-parallelism", "300", "--min-hostgroup", "64",
            "-iL", hosts_path, "-p", targets.port_range(first_port), "-oG", "-")

    def count(output, _):
        if outcome == "open":
            return output.count(b"/open/")
        return sum(map(int, re.findall(rb"closed \((\d+)\)", output)))
    return Contestant("nmap -sT", argv, checks, (0,), count)


def blackbox(path, checks):
    """Its time is that of probe.py, which fails unless all probes succeed."""
    argv = (sys.executable, os.path.join(HERE, "probe.py"), path, str(PROBES_AT_ONCE))
    return Contestant("blackbox_exporter", argv, checks, is_driver=True)


def check_tcp(arguments_path, checks, processes):
    """xargs(1) ends with 123 where one of the processes has failed."""
    argv = ("xargs", "--arg-file", arguments_path, "--max-lines=1", "--max-procs", str(processes), CHECK_TCP)
    return Contestant("check_tcp", argv, checks)


def fping(hosts_path, checks):
    argv = ("fping", "-r", "0", "-i", "0", "-f", hosts_path)
    return Contestant("fping", argv, checks, (0,), lambda output, _: output.count(b" is alive\n"))
