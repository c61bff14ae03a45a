"""Libraries that are laid before a program by LD_PRELOAD; see tests/kernel/preload."""

import os

from support.capability import missing

FOLDER = "tests/kernel/preload"


def preload(build, name):
    """The environment that lays the library before a program."""
    path = os.path.join(build, FOLDER, f"{name}.so")
    if not os.access(path, os.R_OK):
        missing(f"{path} is not there: build with -Dtests=true, or set TCPCHECK_BUILD")
    # A sanitizer wants to be first: it may come second where nothing is in its way.
    return {"LD_PRELOAD": path, "ASAN_OPTIONS": "verify_asan_link_order=0"}


def is_sanitized(build):
    with open(os.path.join(build, "tcpcheck"), "rb") as program:
        return b"__asan_init" in program.read()
