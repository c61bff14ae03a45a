"""Programs run side by side, in turn, and what each run took."""

import os
import shlex
import statistics
import subprocess
import sys
from typing import Callable, NamedTuple, Optional

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NS_PER_S, US_PER_S, KIB_PER_MIB = 1e9, 1e6, 1024


class Contestant(NamedTuple):
    name: str
    argv: tuple
    checks: int = 1  # that one run makes
    statuses: tuple = (0,)  # with which it may end
    count: Optional[Callable] = None  # of (output, complaints), bytes: the checks that ended as they should
    is_driver: bool = False  # of a server that is what is measured: it stays off the server's core


class Usage(NamedTuple):
    """What a run took; of a program with processes of its own, all of them together."""

    wall_s: float
    user_s: float
    system_s: float
    peak_mib: float

    @property
    def cpu_s(self):
        return self.user_s + self.system_s


class Bench:
    """Where the programs are, where to write, and on which cores to run."""

    def __init__(self, build, scratch):
        self.build, self.scratch = build, scratch
        cores = sorted(os.sched_getaffinity(0))
        self.one_core, self.other_core = str(cores[0]), str(cores[-1])
        self.two_cores = ",".join(str(core) for core in cores[:2])
        self.core_count = len(cores)

    def path(self, name):
        return os.path.join(self.scratch, name)

    def command_line(self, argv):
        """As one would type it at the top of the source tree."""
        text = shlex.join(argv).replace(f"{self.scratch}/", "").replace(f"{self.build}/", "build/")
        return text.replace(f"{TOP}/", "").replace(sys.executable, "python3")

    def run(self, contestant, cores="-", output="/dev/null"):
        """One run to its end: what it took. `output`: where its standard output goes."""
        took = self.path("took")
        command = [f"{self.build}/bench/measured", took, cores, *contestant.argv]
        with open(output, "wb") as stdout, open(self.path("stderr"), "wb") as stderr:
            status = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr).returncode
        if status != 0:
            self._complain(contestant, status)
        with open(took, encoding="ascii") as file:
            status, wall_ns, user_us, system_us, peak_kib = map(int, file.read().split())
        if status not in contestant.statuses:
            self._complain(contestant, status)
        return Usage(wall_ns / NS_PER_S, user_us / US_PER_S, system_us / US_PER_S, peak_kib / KIB_PER_MIB)

    def _complain(self, contestant, status):
        with open(self.path("stderr"), encoding="utf-8", errors="replace") as stderr:
            said = stderr.read()[-2000:]
        sys.exit(f"bench: {' '.join(contestant.argv)} ended with status {status}\n{said}")

    def prove(self, contestants, cores="-"):
        """One run each that does not count: programs that find the wrong thing are not compared."""
        for contestant in contestants:
            self.run(contestant, self._place(contestant, cores), self.path("output"))
            if contestant.count is None:
                continue
            with open(self.path("output"), "rb") as output, open(self.path("stderr"), "rb") as stderr:
                right = contestant.count(output.read(), stderr.read())
            if right != contestant.checks:
                sys.exit(f"bench: {' '.join(contestant.argv)}: {right} of {contestant.checks} checks "
                         "ended as they should")

    def _place(self, contestant, cores):
        return self.other_core if contestant.is_driver and cores == self.one_core else cores

    def interleaved(self, contestants, rounds, cores="-"):
        """{name: [Usage, a round each]}; who goes first changes from round to round."""
        usages = {contestant.name: [] for contestant in contestants}
        for nth in range(rounds):
            first = nth % len(contestants)
            for contestant in [*contestants[first:], *contestants[:first]]:
                usages[contestant.name].append(self.run(contestant, self._place(contestant, cores)))
        return usages


def wall(usages, contestant):
    """Seconds a check, a round each."""
    return [usage.wall_s / contestant.checks for usage in usages[contestant.name]]


def cpu(usages, contestant):
    return [usage.cpu_s / contestant.checks for usage in usages[contestant.name]]


def kernel_share(usages, contestant):
    return statistics.median(usage.system_s / usage.cpu_s for usage in usages[contestant.name])
