"""The scripted network of tests/kernel in this process's own network namespace, for benchmarks.

The tests' own tests/support/scripted_network.py is made for a few thousand events, and each with
all that is known of it; here there are millions, and two times of each matter.
"""

import os
import struct
import subprocess

PROGRAM = "tests/kernel/scripted/scripted_network"
RECORD = struct.Struct("=qq16s16sHHIIBBBB")  # struct event_record, event_log.h
PRIORITY = 10  # of real time; any is above all that has none
EVENT, NTH = 8, 9  # places in a record
AFTER_HANDSHAKE = ("repeat", "sent-rst", "sent-fin", "sent-data", "established", "got-data", "got-fin", "got-rst")
WITHOUT_ANSWER = ("silence", "lost", "overrun")


class ScriptedHosts:
    """Plays rules until it is closed, and ahead of every other program: see rows/accuracy.py."""

    def __init__(self, build, rules, scratch):
        rules_path, log_path = os.path.join(scratch, "rules"), os.path.join(scratch, "log")
        with open(rules_path, "w", encoding="ascii") as file:
            file.write(rules)
        self._process = subprocess.Popen([f"{build}/{PROGRAM}", "--log", log_path, rules_path],
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        if self._process.stdout.readline() != b"ready\n":
            raise SystemExit("bench: the scripted network did not start")
        self._log = open(log_path, "rb")
        self._make_urgent()
        self._flush()
        self._names = self._log.readline().decode("ascii").split()

    def _make_urgent(self):
        try:
            os.sched_setscheduler(self._process.pid, os.SCHED_FIFO, os.sched_param(PRIORITY))
        except PermissionError:
            raise SystemExit("bench: the scripted network needs a real-time priority: run as root") from None

    def _flush(self):
        self._process.stdin.write(b"\n")
        if self._process.stdout.readline() != b"flushed\n":
            raise SystemExit("bench: the scripted network has ended")

    def arrivals(self):
        """Since last asked: when the first SYN of each connection came, in ns and in that order."""
        self._flush()
        after = [self._names.index(name) for name in AFTER_HANDSHAKE]
        times = [record[0] for record in RECORD.iter_unpack(self._log.read())
                 if record[NTH] == 1 and record[EVENT] not in after]
        return sorted(times)

    def answers(self):
        """Since last asked: {(address, port): (when the SYN came, when the SYN-ACK left)}, in ns,
        and the targets that more than one SYN came to. An address is 16 octets."""
        self._flush()
        synack = self._names.index("synack")
        failed = [self._names.index(name) for name in WITHOUT_ANSWER]
        times, again = {}, set()
        for arrived, acted, _, server, _, port, _, _, event, nth, _, _ in \
                RECORD.iter_unpack(self._log.read()):
            if event == synack and nth == 1:
                times[server, port] = arrived, acted
            elif event == synack or event in failed:
                again.add((server, port))
        return times, again

    def close(self):
        self._process.stdin.close()
        status = self._process.wait()
        self._log.close()
        if status != 0:
            raise SystemExit(f"bench: the scripted network ended with status {status}")
