"""bench/: what it makes of its measurements. Nothing is measured here."""

import collections
import importlib
import importlib.machinery
import importlib.util
import pathlib
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
BENCH = TOP / "bench"
sys.path.append(str(BENCH))

import page  # noqa: E402
import picture  # noqa: E402
import row as rows  # noqa: E402
import samples  # noqa: E402
from finding import Finding, Point, Table  # noqa: E402
from probe import is_whole  # noqa: E402
from programs import Contestant, Usage  # noqa: E402
from row import MET, NO_BUDGET, NOT_MEASURED, NOT_MET, Row  # noqa: E402
from rows import versus  # noqa: E402
from rows.versus import Rival  # noqa: E402

FAST = Row("refused", "bare loop", 1.5, (1.4, 1.6), 1.7, budget=1.4)
SLOW = Row("open", "nmap", 0.9, (0.8, 1.0), 0.95, budget=1.8)
SMALL = Row("a million", "peak memory", 12.5, budget=32, is_floor=False, unit="MiB")
DEAR = Row("one check", "nc -z", 1.31, budget=1.3, is_floor=False)
ABSENT = Row("threads", "one thread", None, budget=1.7)
PLAIN = Row("open", "fping", 0.25)
GROWTH = tuple(Point(10 ** power, 1 + 1 / 10 ** (power - 1), 1.0, 4.0 + power) for power in range(2, 7))
FINDINGS = {"one": Finding(rows=(FAST, SLOW, ABSENT, PLAIN), notes=("A note.",), commands=(("ours", ("a", "b c")),)),
            "two": Finding(rows=(SMALL, DEAR), growth=GROWTH,
                           tables=(Table("Calls", "Counted.", ("", "n"), (("x", "1"),)),))}

SAMPLES = """
\tffffffff81 tcp_v4_connect ([kernel.kallsyms])
\tffffffff82 __x64_sys_connect ([kernel.kallsyms])
\t      1234 __libc_connect (/usr/lib/x86_64-linux-gnu/libc.so.6)

\tffffffff83 irqentry_exit ([kernel.kallsyms])

\tffffffff84 ip_recv_error ([kernel.kallsyms])
\tffffffff85 ____sys_recvmsg ([kernel.kallsyms])
\tffffffff86 ___sys_recvmsg ([kernel.kallsyms])
\tffffffff87 do_syscall_64 ([kernel.kallsyms])

\t      2345 text_append+0x5 (/build/tcpcheck)

\t      3456 _int_free (/usr/lib/x86_64-linux-gnu/libc.so.6)
\t         0 [unknown] ([unknown])
"""
LISTING = ("0000000000001000 T text_append\t/usr/src/project/build/../src/core/text.c:12\n"
           "0000000000002000 T main\n")
STRACE = """% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 60.00    0.100000           1      4096      4096 connect
 40.00    0.050000           1        10           epoll_wait
------ ----------- ----------- --------- --------- ----------------
100.00    0.150000           1      4106      4096 total
"""


def test_a_ratio_is_of_medians_and_its_spread_of_rounds():
    found = rows.ratio([2.0, 4.0, 60.0], [1.0, 2.0, 3.0])
    assert found.value == 2.0 and found.spread == (2.0, 20.0)


@pytest.mark.parametrize("row, verdict", [
    (FAST, MET), (SLOW, NOT_MET), (SMALL, MET), (DEAR, NOT_MET), (ABSENT, NOT_MEASURED), (PLAIN, NO_BUDGET),
    (FAST._replace(value=1.4), MET), (DEAR._replace(value=1.3), MET)])
def test_a_verdict_follows_the_budget_and_which_side_of_it_is_good(row, verdict):
    assert rows.verdict(row) == verdict
    assert rows.is_failure(row) == (verdict in (NOT_MET, NOT_MEASURED))
    assert rows.line(row).endswith(verdict)


class FakeBench:
    """Programs that take as long a check as their name says, and twice as long on all cores."""

    one_core, other_core = "0", "1"

    def prove(self, programs, cores):
        pass

    def interleaved(self, programs, rounds, cores):
        scale = 1 if cores == self.one_core else 2
        return {program.name: [Usage(scale * float(program.name) * program.checks, 0, 0, 0)] * rounds
                for program in programs}


def test_a_ceiling_stands_beside_ours_without_a_budget(monkeypatch):
    monkeypatch.setattr(versus.network, "lost_connects", lambda: 0)
    ours, ceiling, fast, slow = (Contestant(name, (), 10) for name in ("2", "1", "3", "8"))
    rivals = (Rival(fast, 1.4, has_ceiling=True), Rival(slow, 5))
    found = versus.compare(FakeBench(), "refused", ours, rivals, ceiling, 3)
    assert found == (Row("refused", "3", 1.5, (1.5, 1.5), 1.5, 1.4), Row("refused", "8", 4.0, (4.0, 4.0), 4.0, 5),
                     Row("ceiling of refused", "3", 3.0, (3.0, 3.0), 3.0))
    assert [rows.verdict(row) for row in found] == [MET, NOT_MET, NO_BUDGET]


def test_the_page_says_what_follows_from_a_ceiling():
    text = " ".join(written(FINDINGS).split())
    assert "A budget above the ceiling cannot be met by any program" in text


def written(findings):
    return page.write(findings, (("kernel", "Linux"),), " ".join, day="2026-01-02")


def test_the_page_names_every_budget_that_is_not_met():
    text = written(FINDINGS)
    assert "2 of 5 budgets are met" in text
    for row in (SLOW, DEAR, ABSENT):
        assert f"{row.what} against {row.against}" in " ".join(text.split())
    table = [line for line in text.splitlines() if line.startswith("| ")]
    for row in (FAST, SLOW, ABSENT, PLAIN, SMALL, DEAR):
        line = next(line for line in table if line.startswith(f"| {row.what} | {row.against} |"))
        assert (rows.verdict(row) in line) and ("**" in line) == rows.is_failure(row)


def test_the_page_holds_all_that_was_found():
    text = written(FINDINGS)
    for words in ("A note.", "# ours\na b c\n", "## Calls\n\nCounted.", "| kernel | Linux |", "| 1,000,000 | 1.00× |"):
        assert words in text, words
    budgets = text.split("## Budgets\n\n")[1].split("\n\n")[0]
    assert len({line.count("|") for line in budgets.splitlines()}) == 1


def numbers(svg, tag, name):
    return [float(item.get(name)) for item in svg.iter(f"{{http://www.w3.org/2000/svg}}{tag}")]


def test_the_picture_is_sound_and_nothing_lies_outside_of_it():
    svg = ElementTree.fromstring(picture.draw(FINDINGS))
    width, height = float(svg.get("width")), float(svg.get("height"))
    for tag, names in (("text", ("x", "y")), ("rect", ("x", "y")), ("line", ("x1", "y1", "x2", "y2")),
                       ("circle", ("cx", "cy"))):
        for name in names:
            found = [float(item.get(name, 0)) for item in svg.iter(f"{{http://www.w3.org/2000/svg}}{tag}")]
            assert found and 0 <= min(found) and max(found) <= (width if "x" in name else height), (tag, name)


def test_the_picture_has_a_bar_for_each_ratio_and_says_which_is_not_met():
    svg = ElementTree.fromstring(picture.draw(FINDINGS))
    words = [item.text for item in svg.iter("{http://www.w3.org/2000/svg}text")]
    for row in (FAST, SLOW, ABSENT, PLAIN, DEAR):
        assert f"{row.what}, {row.against}" in words
    assert sum(word.endswith(NOT_MET) for word in words) == 2 and NOT_MEASURED in words
    # Background, and a bar for each ratio that there is; memory is no ratio.
    assert len(numbers(svg, "rect", "width")) == 1 + 4
    assert len(numbers(svg, "circle", "cx")) == 2 * len(GROWTH)


def test_a_larger_ratio_is_a_longer_bar_and_less_than_one_goes_to_the_left():
    axis = picture.Axis(0.5, 100, 0, 1000, is_log=True)
    assert axis.at(0.5) == 0 < axis.at(0.9) < axis.at(1) < axis.at(1.5) < axis.at(60) < axis.at(100) == 1000
    assert picture.ticks(0.5, 20) == [0.5, 1, 2, 5, 10, 20]


def test_samples_are_told_apart_by_system_call_folder_and_library():
    places, functions = samples.shares(SAMPLES, samples.layers(LISTING))
    expected = ("kernel: connect", "kernel: recvmsg", samples.OTHER_KERNEL, "src/core", "libc")
    assert places == dict.fromkeys(expected, 0.2)
    assert set(functions) == {("text_append", "src/core"), ("_int_free", "libc")}


def test_system_calls_are_counted_without_their_sum():
    calls = importlib.import_module("rows.calls")
    counted = calls.parse(STRACE)
    assert counted == {"connect": 4096, "epoll_wait": 10}
    table = calls.table({"ours": counted, "theirs": collections.Counter({"connect": 2048})}, 4096)
    assert table.lines[0] == ("`connect`", "1.00", "0.50")
    assert table.lines[-1] == ("**all**", "**1.00**", "**0.50**")


@pytest.mark.parametrize("head, body, expected", [
    (b"http/1.1 200 ok\r\ncontent-length: 5", b"12345", True),
    (b"http/1.1 200 ok\r\ncontent-length: 5\r\nvary: x", b"1234", False),
    (b"http/1.1 200 ok\r\ntransfer-encoding: chunked", b"2\r\nab\r\n0\r\n\r\n", True),
    (b"http/1.1 200 ok\r\ntransfer-encoding: chunked", b"2\r\nab\r\n", False)])
def test_an_answer_of_the_exporter_is_read_to_its_end(head, body, expected):
    assert is_whole(head, body) is expected


def bench_run():
    loader = importlib.machinery.SourceFileLoader("bench_run", str(BENCH / "run"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("bench_run", loader))
    loader.exec_module(module)
    return module


def test_each_benchmark_exists_and_the_documents_name_it():
    contributing = (TOP / "CONTRIBUTING.md").read_text(encoding="utf-8")
    usage = subprocess.run([TOP / "dev", "help"], capture_output=True, text=True, check=True).stdout
    for name in bench_run().BENCHMARKS:
        assert callable(importlib.import_module(f"rows.{name}").run)
        assert f"| `{name}` |" in contributing and name in usage.split()


@pytest.mark.parametrize("arguments", [[], ["build", "no-such-benchmark"], ["build", "lint", "Lint"]])
def test_bad_arguments_are_refused_before_anything_runs(arguments):
    done = subprocess.run([sys.executable, BENCH / "run", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 64 and done.stdout == ""
    assert done.stderr.startswith("usage: bench/run BUILD_DIR [refused|")
