"""What a policy forbids is decided on the address really connected to, and no packet of it leaves."""

import os

import pytest

from support.check_files import entry

NOT_ALLOWED = "Not allowed by policy"
POLICY = "tcpcheck/policy.yaml"


def packets_out(fresh):
    """How many packets this network has sent, of IPv4 and of IPv6."""
    ipv4 = [line.split() for line in fresh.namespace.sh("cat /proc/net/snmp").splitlines()
            if line.startswith("Ip:")]
    ipv6 = dict(line.split() for line in fresh.namespace.sh("cat /proc/net/snmp6").splitlines())
    return int(dict(zip(*ipv4))["OutRequests"]), int(ipv6["Ip6OutRequests"])


@pytest.fixture
def system_policy(fresh):
    """system_policy(text or bytes): /etc/tcpcheck/policy.yaml of a namespace of one's own."""
    os.mkdir(os.path.join(fresh.namespace.etc, "tcpcheck"))

    def make(text):
        fresh.namespace.write_etc(POLICY, text)

    return make


def assert_denied(result, rule, address=None):
    assert result["error"] == f"{NOT_ALLOWED} ({rule})"
    details = result["details"]
    assert (details["class"], details["verdict"], details["errno"]) == ("not_allowed", "unknown", None)
    assert result["attempts"] == 1 and result["connected"] is False
    if address is not None:
        assert details["address"] == address


DENIED = [
    ("127.0.0.0/8", "127.0.0.1"), ("127.0.0.1", "0.0.0.0"), ("127.0.0.1/32:80-90", "::ffff:127.0.0.1"),
    ("::1", "::"), ("::1/128", "[::1]"), ("10.0.0.0/8", "64:ff9b::10.0.0.1"), ("0.0.0.0/0", "192.0.2.1"),
]


@pytest.mark.parametrize("rule, host", DENIED)
def test_no_packet_of_what_is_denied_leaves(fresh, write, rule, host):
    path = write(f"policy: {{deny: ['{rule}']}}\nchecks:\n- name: a\n  plugin: check_tcp_connection\n"
                 f"  parameters: {{host: '{host}', port: 80, attempts: 3}}\n")
    before = packets_out(fresh)
    result, = fresh.run("run", path, "--format", "json").expect(3).results
    assert packets_out(fresh) == before
    assert result["details"]["class"] == "not_allowed"
    assert result["error"].startswith(f"{NOT_ALLOWED} (deny {rule.split('/')[0]}/")


def test_what_is_not_in_allow_is_denied(run, peers, write):
    allowed, other = peers.open("127.0.0.2"), peers.untouched("127.0.0.3")
    path = write("policy: {allow: [127.0.0.2], deny: ['127.0.0.0/8:1']}\nchecks:\n"
                 + entry("a", allowed) + entry("b", other))
    good, bad = run("run", path, "--format", "json").expect(3).results
    assert good["status"] == "success"
    assert_denied(bad, "not in allow", "127.0.0.3")
    other.assert_untouched()


def test_deny_wins_and_ports_count(run, peers, write):
    peer, other = peers.untouched(), peers.open()
    path = write(f"policy:\n  allow: [127.0.0.0/8]\n  deny: ['127.0.0.1:{peer.port}']\nchecks:\n"
                 + entry("a", peer) + entry("b", other))
    denied, good = run("run", path, "--format", "json").expect(3).results
    assert_denied(denied, f"deny 127.0.0.1/32:{peer.port}")
    assert good["status"] == "success"
    peer.assert_untouched()


def test_a_permitted_name_that_turns_out_to_be_a_denied_address_is_denied(fresh, write):
    """DNS rebinding: the name says nothing, the address decides."""
    peer = fresh.peers.untouched()
    path = write("policy: {deny: [127.0.0.0/8, '::1']}\nchecks:\n- name: a\n  plugin: check_tcp_connection\n"
                 f"  parameters: {{host: web.example.com, port: {peer.port}}}\n")
    for address in ("127.0.0.1", "::ffff:127.0.0.1", "0.0.0.0"):
        before = packets_out(fresh)
        result, = fresh.run("run", path, "--format", "json", "--resolve", f"web.example.com:{address}").expect(3).results
        assert packets_out(fresh) == before
        assert_denied(result, "deny 127.0.0.0/8", "127.0.0.1")
    peer.assert_untouched()


def test_of_a_name_the_permitted_addresses_are_tried(run, peers, write):
    peer = peers.open("127.0.0.2")
    path = write("policy: {deny: [127.0.0.1]}\nchecks:\n- name: a\n  plugin: check_tcp_connection\n"
                 f"  parameters: {{host: web.test, port: {peer.port}}}\n")
    result, = run("run", path, "--format", "json", "--resolve", "web.test:127.0.0.1,127.0.0.2").expect(0).results
    tried = result["details"]["attempts_detail"][0]["addresses"]
    assert {each["address"]: each["class"] for each in tried} == {
        "127.0.0.1": "not_allowed", "127.0.0.2": "open"}


def test_each_file_has_its_own_policy(run, peers, write):
    peer = peers.open()
    strict = write("policy: {deny: [127.0.0.0/8]}\nchecks:\n" + entry("a", peer), "strict.yaml")
    free = write(entry("b", peer), "free.yaml")
    first, second = run("run", strict, free, "--format", "json").expect(3).results
    assert_denied(first, "deny 127.0.0.0/8")
    assert second["status"] == "success"


def test_people_are_told_which_rule(run, peers, write):
    path = write("policy: {deny: [127.0.0.0/8]}\nchecks:\n" + entry("a", peers.untouched()))
    assert f"{NOT_ALLOWED} (deny 127.0.0.0/8)" in run("run", path).expect(3).out


# ---- the system's -----------------------------------------------------------


def test_the_system_policy_holds_for_every_program(fresh, system_policy):
    system_policy("deny: [127.0.0.0/8]\n")
    peer = fresh.peers.untouched()
    rule = "system: deny 127.0.0.0/8"
    before = packets_out(fresh)
    assert_denied(fresh.check(peer.target), rule)
    plugin = fresh.programs.plugin("-H", peer.host, "-p", peer.port).expect(3)
    assert plugin.out.startswith("TCP UNKNOWN - ") and "deny 127.0.0.0/8" in plugin.out
    stdin = f'{{"host": "{peer.host}", "port": {peer.port}}}'
    assert_denied(fresh.programs.plugin("--stdin", stdin=stdin).expect(3).result, rule)
    waited = fresh.run("wait", peer.target, "--for", "1h", "--", "/bin/echo", "ran").expect(3)
    assert rule in waited.err and waited.out == ""
    listed, = fresh.run("run", "--targets", "-", "--format", "jsonl", stdin=f"{peer.target}\n").expect(3).results
    assert_denied(listed, rule)
    assert packets_out(fresh) == before
    peer.assert_untouched()


def test_both_policies_must_permit(fresh, system_policy, write):
    system_policy("allow: [127.0.0.1, 127.0.0.2]\n")
    peers = [fresh.peers.open(f"127.0.0.{last}") for last in (1, 2, 3)]
    path = write("policy: {allow: [127.0.0.2, 127.0.0.3]}\nchecks:\n"
                 + "".join(entry(f"n{peer.host}", peer) for peer in peers))
    first, second, third = fresh.run("run", path, "--format", "json").expect(3).results
    assert_denied(first, "not in allow")
    assert second["status"] == "success"
    assert_denied(third, "system: not in allow")


WRONG = [
    ("", ":1:1: the file is empty"), ("# nothing\n", ":1:1: there is nothing but comments"),
    ("deny: 10.0.0.0/8\n", ":1:7: deny must be a list"), ("[10.0.0.0/8]\n", ":1:1: policy must be a mapping"),
    ("deny:\n- 10.0.0.1/8\n", ":2:3: '10.0.0.1/8' has bits set behind its prefix: write 10.0.0.0/8"),
    ("deny: []\nlimits: {}\n", ":2:1: unknown key 'limits' in policy"), ("deny: [\n", "policy.yaml:"),
    ("checks: []\n", ":1:1: unknown key 'checks' in policy"),
]


@pytest.mark.parametrize("text, said", WRONG)
def test_a_wrong_system_policy_stops_every_run(fresh, system_policy, text, said):
    system_policy(text)
    peer = fresh.peers.untouched()
    for args in ((peer.target,), ("wait", peer.target), ("run", "--targets", "-"), (peer.target, "-n")):
        completed = fresh.run(*args, stdin=f"{peer.target}\n").expect(65)
        assert completed.out == "" and "/etc/tcpcheck/policy.yaml" in completed.err and said in completed.err
    plugin = fresh.programs.plugin("-H", peer.host, "-p", peer.port).expect(3)
    assert plugin.out.startswith("TCP UNKNOWN - ") and said in plugin.err
    peer.assert_untouched()


@pytest.mark.parametrize("make", ["mkdir /etc/tcpcheck/policy.yaml", "mkfifo /etc/tcpcheck/policy.yaml",
                                  "ln -s nowhere /etc/tcpcheck/policy.yaml"])
def test_a_system_policy_that_cannot_be_read_stops_the_run(fresh, system_policy, make):
    fresh.namespace.sh(make)
    peer = fresh.peers.untouched()
    assert "/etc/tcpcheck/policy.yaml: " in fresh.run(peer.target).expect(65).err
    peer.assert_untouched()


def test_a_missing_system_policy_permits(fresh, system_policy):
    assert fresh.check(fresh.peers.open().target)["status"] == "success"


def test_no_environment_leads_past_the_system_policy(fresh, system_policy):
    system_policy("deny: [127.0.0.0/8]\n")
    peer = fresh.peers.untouched()
    names = ("TCPCHECK_POLICY", "TCPCHECK_SYSTEM_POLICY", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "HOME", "SYSCONFDIR")
    assert_denied(fresh.check(peer.target, env={name: "/nowhere" for name in names}), "system: deny 127.0.0.0/8")


def test_a_dry_run_shows_policies_and_limits(fresh, system_policy, write):
    system_policy("deny: ['[2001:db8::/32]:25', 10.0.0.0/8]\n")
    path = write("limits: {host_rate: 7, allow_many_ports: true}\npolicy: {allow: [127.0.0.0/8]}\nchecks:\n"
                 + entry("a", fresh.peers.untouched()))
    out = fresh.run("run", path, "--dry-run", "--host-in-flight", 3).expect(0).out
    assert "policy of /etc/tcpcheck/policy.yaml: deny [2001:db8::/32]:25, 10.0.0.0/8" in out
    assert f"policy of {path}: allow 127.0.0.0/8" in out
    assert "limits: rate 1000/s, host_rate 7/s, host_in_flight 3, allow_many_ports unlimited" in out
