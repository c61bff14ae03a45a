"""A signal every 200 microseconds: nothing that was interrupted is lost, and no cause is taken for another."""

import collections
import json

import pytest

from support.icmp_table import FATAL
from support.name_server import Answer
from support.preload import preload
from support.program import UNLIMITED

EACH_FAMILY = 5_000
PORT = 443
NETS = {4: "10.0.0.0/8", 6: "2001:db8::/32"}
KINDS = {"open": "open", "refuse": "refused", "synack-rst": "open", "drop": "timeout"}


def rules():
    for row in FATAL:
        yield f"let icmp-{row} icmp type={row.type} code={row.code} from={row.router}"
    yield "let banner synack-data text=220\\shello"
    for version, net in NETS.items():
        choices = ["open*300", "refuse*300", "synack-rst*100", "banner*100", "drop*4"]
        choices += [f"icmp-{row}*20" for row in FATAL if row.version == version]
        yield f"{net} mix seed={version} " + ",".join(choices)


@pytest.fixture(scope="module")
def network(scripted_networks):
    return scripted_networks(rules())


def foretold(host, behaviour):
    kind, *keys = behaviour.split()
    if kind != "icmp":
        return KINDS.get(kind, "open")
    key = dict(word.split("=") for word in keys)
    wanted = (6 if ":" in host else 4, int(key["type"]), int(key["code"]))
    return next(row.outcome for row in FATAL if (row.version, row.type, row.code) == wanted)


def test_a_random_mix_survives_a_storm_of_signals(network):
    hosts = [f"10.{n >> 12}.{n >> 6 & 63}.{n & 63}" for n in range(EACH_FAMILY)]
    hosts += [f"2001:db8::{n >> 8:x}:{n & 255:x}" for n in range(1, EACH_FAMILY + 1)]
    explained = network.explain((host, PORT) for host in hosts)
    expected = [foretold(host, behaviour) for host, (_, behaviour) in zip(hosts, explained)]
    completed = network.programs.run(
        "run", "--targets", "-", "--format", "jsonl", "--timeout", "4s", "--rate", "unlimited", "--host-rate",
        "unlimited", "--concurrency", 2000, stdin="".join(f"{host} {PORT}\n" for host in hosts),
        env=preload(network.programs.build, "storm"), watchdog=120).expect(1)
    results = [json.loads(line) for line in completed.out.splitlines()]
    counted = collections.Counter(result["line"] for result in results)
    assert counted == dict.fromkeys(range(1, len(hosts) + 1), 1)
    wrong = [(result, expected[result["line"] - 1]) for result in results
             if result["details"]["class"] != expected[result["line"] - 1]]
    assert not wrong, f"{len(wrong)} of {len(results)}, the first: {wrong[:3]}"


@pytest.mark.parametrize("resolver", ["dns", "system"])
def test_a_name_is_found_in_a_storm(programs, name_server, peers, resolver):
    name_server({"some.example": Answer(a=["127.0.0.1"])})
    result = programs.check("some.example", peers.open().port, "--resolver", resolver,
                            env=preload(programs.build, "storm"))
    assert result["details"]["class"] == "open"


@pytest.mark.parametrize("form", ["json", "junit"])
def test_an_output_file_is_whole_after_a_storm(programs, peers, tmp_path, form):
    out = tmp_path / "out"
    targets = [peers.open().target] * 500
    programs.run("--format", form, "--output", out, *targets, *UNLIMITED, env=preload(programs.build, "storm")).expect(0)
    assert out.read_text().count("127.0.0.1") >= 500
