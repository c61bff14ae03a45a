"""A reader of results that takes its time slows the work down, holds no memory, and loses nothing."""

import json

from support.peers import wait_until
from support.program import UNLIMITED
from support.stream import Streamed

TARGETS = 60_000  # whose results would be twice the memory that a run may take
IN_FLIGHT = 200
# What is on its way to the reader: in the engine, in the writer's queue, in its batch, in the pipe.
AHEAD = IN_FLIGHT + 3 * 1024 + 500
PAUSES = (1, 5_000, 10_000, 20_000)


def count_when_still(network):
    """The connections made so far. If it was not still after all, the test is only the weaker for it."""
    counts = []

    def is_still():
        counts.append(sum(event.event == "rst" for event in network.log()))
        return counts[-1:] == counts[-2:-1]

    wait_until(is_still, "no more connections are made")
    return counts[-1]


def test_a_reader_that_pauses_holds_the_work_up_and_loses_nothing(scripted_networks):
    network = scripted_networks("10.0.0.0/8 refuse")
    targets = (f"10.0.{number >> 8}.{number & 255} 80\n" for number in range(TARGETS))
    told = bytearray(TARGETS + 1)
    with Streamed(network.programs, targets, "run", "--targets", "-", "--format", "jsonl", "--concurrency", IN_FLIGHT,
                  *UNLIMITED, watchdog=120) as running:
        for count, line in enumerate(running.lines, 1):
            result = json.loads(line)
            assert result["details"]["class"] == "refused"
            told[result["line"]] += 1
            if count in PAUSES:
                assert count <= count_when_still(network) <= count + AHEAD
        running.finish().expect(1)
    assert told == b"\0" + b"\1" * TARGETS
