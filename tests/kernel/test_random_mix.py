"""Whatever a network can do, to a stream of targets: not one wrong word, not one result lost or told twice.

TCPCHECK_TARGETS: how many targets; a million is what the program is made for, and takes five minutes.
"""

import os

import pytest

from support.capability import tool
from support.program import UNLIMITED
from support.random_mix import TIMEOUT_S, Census, rules
from support.stream import Streamed

TARGETS = int(os.environ.get("TCPCHECK_TARGETS", 100_000))
IN_FLIGHT = 1000
# With few descriptors each second of silence costs more: fewer targets take as long.
DESCRIPTORS, FEWER = 64, 10
LEAST_PER_S = 200  # slower than that is a run that hangs


@pytest.fixture(scope="module")
def network(scripted_networks):
    return scripted_networks(rules())


def run(network, count, **options):
    census = Census(network, count)
    with Streamed(network.programs, census.lines(), "run", "--targets", "-", "--format", "jsonl", "--concurrency",
                  IN_FLIGHT, "--timeout", f"{TIMEOUT_S}s", *UNLIMITED, watchdog=60 + count / LEAST_PER_S,
                  **options) as running:
        for line in running.lines:
            census.take(line)
        completed = running.finish().expect(1)
    census.finish()
    print(f"{count} targets in {completed.elapsed_s:.1f} s, peak {completed.peak_kib} KiB, {census.by_class}")
    return completed


def test_no_outcome_of_a_stream_is_wrong_lost_or_doubled(network):
    assert run(network, TARGETS).err == ""


def test_the_same_at_the_limit_of_descriptors(network):
    """It asks for a thousand at once, and has to do with a few tens."""
    run(network, TARGETS // FEWER, wrap=[tool("prlimit", "util-linux"), f"--nofile={DESCRIPTORS}:{DESCRIPTORS}", "--"])
