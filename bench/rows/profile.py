"""Where the time goes: the kernel's share from rusage, the rest from perf's samples."""

import subprocess

import peers
import samples
import servers
import targets
from finding import Finding, Table
from programs import Contestant, kernel_share

HOSTS = 128
CHECKS = HOSTS * targets.PORTS
ROUNDS = 3
SAMPLES_PER_S = 1999
SHOWN = 0.01
FUNCTIONS = 12
TEXT = ("Shares of CPU time on one core. The first line is the kernel's own account (getrusage, median of "
        f"{ROUNDS}), the others are samples of `perf record`, by the clock; what is below 1 % everywhere is left out.")
NO_PERF = " perf(1) does not work on this machine, so there are no samples."


def _samples(bench, program, listing):
    """(places, functions), or None where perf does not work (it ends with 255, or 129 of its options)."""
    data = bench.path(f"perf of {program.name}")
    argv = ("perf", "record", "--quiet", "--call-graph", "fp", "-e", "cpu-clock", "-F", str(SAMPLES_PER_S),
            "-o", data, "--", *program.argv)
    bench.run(Contestant(program.name, argv, statuses=(*program.statuses, 129, 255)), bench.one_core)
    done = subprocess.run(["perf", "script", "-i", data, "-F", "ip,sym,dso"], capture_output=True, text=True,
                          errors="replace", check=False)
    return samples.shares(done.stdout, samples.layers(listing)) if done.stdout.strip() else None


def _percent(share):
    return f"{share:.0%}" if share >= SHOWN else "–"


def places_table(kernel, found):
    """`kernel`: {program: share}; `found`: {program: Counter or None}."""
    lines = [("**kernel, by getrusage**", *(f"**{share:.0%}**" for share in kernel.values()))]
    counters = [found[name] or {} for name in kernel]
    names = {name for counter in counters for name, share in counter.items() if share >= SHOWN}
    for name in sorted(names, key=lambda name: (not name.startswith("kernel"), -max(c.get(name, 0) for c in counters))):
        lines.append((name, *(_percent(counter.get(name, 0)) for counter in counters)))
    text = TEXT if any(counters) else TEXT + NO_PERF
    return Table("Where the time goes", text, ("", *kernel), tuple(lines))


def functions_table(functions):
    lines = tuple((f"`{name}`", where, f"{share:.1%}") for (name, where), share in functions.most_common(FUNCTIONS))
    return Table("The functions outside the kernel that take the most, refused targets", "Samples as above.",
                 ("function", "of", "share"), lines)


def run(bench):
    listing = subprocess.run(["nm", "--line-numbers", "--defined-only", f"{bench.build}/tcpcheck"],
                             capture_output=True, text=True, check=True).stdout
    kernel, places, functions = {}, {}, None
    with servers.OpenPorts(bench, bench.other_core):
        for outcome, port in (("refused", targets.CLOSED_PORT), ("open", targets.OPEN_PORT)):
            path = targets.write(bench.scratch, outcome, targets.street(HOSTS, port))
            programs = (peers.tcpcheck(bench.build, path, CHECKS, outcome),
                        peers.bare_loop(bench.build, path, CHECKS, outcome))
            usages = bench.interleaved(programs, ROUNDS, bench.one_core)
            for program in programs:
                name = f"{program.name}, {outcome}"
                kernel[name] = kernel_share(usages, program)
                found = _samples(bench, program, listing)
                places[name] = found and found[0]
                functions = functions or (found and found[1])
                print(f"share of the kernel, {name}: {kernel[name]:.0%}", flush=True)
    tables = [places_table(kernel, places)]
    return Finding(tables=tuple(tables + ([functions_table(functions)] if functions else [])))
