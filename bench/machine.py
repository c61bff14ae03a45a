"""On what the benchmarks ran: (name, text) pairs for the page."""

import os
import re
import subprocess

PACKAGES = ("nmap", "prometheus-blackbox-exporter", "monitoring-plugins-basic", "fping", "netcat-openbsd",
            "hyperfine", "linux-perf", "strace", "libc6")


def _read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def _said(*argv):
    """A program's first line; empty where there is none."""
    try:
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.partition("\n")[0]


def _field(pattern, text):
    found = re.search(pattern, text, re.MULTILINE)
    return found[1].strip() if found else "unknown"


def _processor():
    text = _read("/proc/cpuinfo")
    kind = ", a virtual machine" if re.search(r"^flags\s*:.*\bhypervisor\b", text, re.MULTILINE) else ""
    name = _field(r"^model name\s*:(.*)$", text)
    return f"{name}, {len(os.sched_getaffinity(0))} cores{kind}"


def _memory():
    kib = re.search(r"^MemTotal:\s*(\d+)", _read("/proc/meminfo"), re.MULTILINE)
    return f"{int(kib[1]) / 1024 ** 2:.1f} GiB" if kib else "unknown"


def _compiler(build):
    """The one that the build's compile_commands.json names."""
    found = re.search(r'"command": "(\S+)', _read(f"{build}/compile_commands.json"))
    return _said(found[1], "--version") if found else "unknown"


def _package(name):
    return _said("dpkg-query", "--show", "--showformat", "${Version}", name) or "not installed"


def describe(build, top):
    return (("tcpcheck", f"{_said(f'{build}/tcpcheck', '--version')}, "
                         f"commit {_said('git', '-C', top, 'rev-parse', '--short', 'HEAD') or 'unknown'}"),
            ("processor", _processor()),
            ("memory", _memory()),
            ("kernel", f"{os.uname().sysname} {os.uname().release}"),
            ("system", _field(r'^PRETTY_NAME="?([^"\n]*)', _read("/etc/os-release"))),
            ("compiler", _compiler(build)),
            ("load average at the start", _read("/proc/loadavg").partition(" ")[0]),
            *((name, _package(name)) for name in PACKAGES))
