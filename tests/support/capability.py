"""What the tests need of the machine.

In CI a missing capability is a failure that names the remedy: a suite that
skips quietly proves nothing. On somebody's own machine it is a skip.
"""

import os
import shutil

import pytest

# Debian keeps servers where an ordinary user's PATH does not look.
SEARCH_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])


def missing(remedy):
    """Ends the test: this machine cannot run it. `remedy`: what to install or allow."""
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(f"this machine cannot run the test: {remedy}", pytrace=False)
    pytest.skip(remedy)


def tool(name, package):
    """The path of a program that the Debian package provides."""
    path = shutil.which(name, path=SEARCH_PATH)
    if path is None:
        missing(f"{name} is missing: apt-get install {package}")
    return path


def powerless(*capabilities):
    """A command that runs another without these capabilities ("net_bind_service"); default all."""
    dropped = ",".join(f"-{name}" for name in capabilities or ["all"])
    return [tool("setpriv", "util-linux"), f"--bounding-set={dropped}", f"--inh-caps={dropped}",
            "--ambient-caps=-all", "--"]
