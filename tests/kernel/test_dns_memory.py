"""What one process remembers of its name servers from one attempt to the next, and what it does not."""

import pytest

from support.name_server import AAAA, A, Answer, NameServer

AGAIN = ("--attempts", 3, "--retry-delay", 0)
PATIENTLY = ("--attempts", 1000, "--retry-delay", "20ms", "--timeout", "20s", "--format", "json")


def servers_of(fresh, scripts):
    return {address: NameServer(fresh.namespace, script, address) for address, script in scripts.items()}


def rest(servers):
    for server in servers.values():
        server.close()


@pytest.mark.parametrize("answer, asked", [
    (Answer(a=["127.0.0.77"]), 1),
    (Answer(a=["127.0.0.77"], aaaa=["::77"]), 1),
    (Answer(a=["127.0.0.77"], ttl_s=0), 3),
    (Answer(a=["127.0.0.77"], rcode_aaaa=2), 3),
    (Answer(a=["127.0.0.77"], ttl_s=0x80000000), 3),
    (Answer(), 3),
    (None, 3),
])
def test_an_answer_is_used_again_only_while_it_holds(check, name_server, answer, asked):
    server = name_server({} if answer is None else {"web.test": answer})
    details = check("web.test.", 1, *AGAIN)["details"]
    queries = server.asked("web.test")
    assert [[query.type for query in queries].count(kind) for kind in (A, AAAA)] == [asked, asked]
    cached = [attempt["dns"]["cached"] for attempt in details["attempts_detail"]]
    assert cached == ([False, True, True] if asked == 1 else [False] * 3)


def test_what_is_remembered_still_names_its_server(check, run, name_server):
    name_server({"web.test": Answer(a=["127.0.0.77"])})
    dns = check("web.test", 1, *AGAIN)["details"]["dns"]
    assert (dns["cached"], dns["name"], dns["server"], dns["rcode"]) == (True, "web.test", "127.0.0.1", "NOERROR")
    assert (dns["families"]["ipv4"]["answer"], dns["families"]["ipv4"]["time"]) == ("addresses", None)
    assert "remembered, 127.0.0.1 says NOERROR" in run("web.test", 1, *AGAIN).out


def test_two_checks_of_one_run_share_an_answer(run, name_server):
    server = name_server({"web.test": Answer(a=["127.0.0.77"])})
    results = run("run", "--format", "jsonl", "--targets", "-", "--concurrency", 1,
                  stdin="web.test 1\nweb.test 2\n").results
    assert sorted(result["details"]["dns"]["cached"] for result in results) == [False, True]
    assert len(server.asked("web.test")) == 2


def test_a_changed_resolv_conf_counts_from_the_next_attempt_on(fresh):
    peer = fresh.peers.open("127.0.0.4")
    servers = servers_of(fresh, {"127.0.0.5": {"web.test": Answer(a=["127.0.0.77"])},
                                 "127.0.0.6": {"web.test": Answer(a=["127.0.0.4"])}})
    try:
        fresh.namespace.write_etc("resolv.conf", "nameserver 127.0.0.5\n")
        process = fresh.programs.start("web.test", peer.port, *PATIENTLY)
        servers["127.0.0.5"].wait_for("web.test", 2)
        fresh.namespace.write_etc("resolv.conf", "nameserver 127.0.0.6\n")
        result = process.finish().expect(0).result
        assert result["details"]["dns"]["server"] == "127.0.0.6"
    finally:
        rest(servers)


def test_a_changed_hosts_file_counts_from_the_next_attempt_on(fresh):
    peer = fresh.peers.open("127.0.0.4")
    servers = servers_of(fresh, {"127.0.0.1": {"web.test": Answer(a=["127.0.0.77"])}})
    try:
        process = fresh.programs.start("web.test", peer.port, *PATIENTLY)
        servers["127.0.0.1"].wait_for("web.test", 2)
        fresh.namespace.write_etc("hosts", "127.0.0.4 web.test\n")
        result = process.finish().expect(0).result
        assert result["details"]["dns"]["source"] == "hosts"
    finally:
        rest(servers)
