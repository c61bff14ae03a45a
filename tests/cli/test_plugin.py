"""check_tcp_connection: a plugin by the Monitoring Plugins' conventions."""

import pytest

from support.formats import read_nagios
from support.terminal import assert_no_controls

OK, WARNING, CRITICAL, UNKNOWN = range(4)
WORDS = ["OK", "WARNING", "CRITICAL", "UNKNOWN"]
ALWAYS_ALERTS, NEVER_ALERTS = "@0:1000", "1000"


@pytest.fixture
def ask(plugin):
    """ask(peer, *options): (exit code, the words, the performance data); state and code must agree."""

    def make(peer, *options):
        completed = plugin("-H", peer.host, "-p", peer.port, *options)
        words, data = read_nagios(completed.out)
        assert words.startswith(f"TCP {WORDS[completed.code]} - "), completed
        assert completed.err == ""
        return completed.code, words, data

    return make


def test_an_open_port_is_ok_in_the_form_that_users_have_today(ask, peers):
    peer = peers.open()
    code, words, data = ask(peer)
    assert code == OK
    assert words == f"TCP OK - {words[9:14]} second response time on 127.0.0.1 port {peer.port}"
    time = data["time"]
    assert (time.unit, time.warning, time.critical) == ("s", "", "")
    assert (time.minimum, time.maximum) == ("0.000000", "10.000000")
    assert len(time.value.split(".")[1]) == 6


def test_the_timeout_is_the_maximum_of_the_performance_data(ask, peers):
    assert ask(peers.open(), "-t", "3")[2]["time"].maximum == "3.000000"


@pytest.mark.parametrize("options, code", [
    ((), CRITICAL), (("-r", "crit"), CRITICAL), (("-r", "warn"), WARNING), (("-r", "ok"), OK),
    (("--refuse", "warn"), WARNING)])
def test_a_refusal_is_what_r_says(ask, peers, options, code):
    assert ask(peers.refused(), *options)[0] == code


def test_r_is_about_refusals_only(plugin, peers):
    """Behind the address that refused, another one is silent: the firewall in front of it is news."""
    silent = peers.silent("127.0.0.3")
    words = ("-H", "several.test", "-p", silent.port, "-t", "500ms", "-r", "ok", "--addresses", "all", "--resolve")
    assert plugin(*words, "several.test:127.0.0.2,127.0.0.4").code == OK
    assert plugin(*words, "several.test:127.0.0.2,127.0.0.3").code == CRITICAL


def test_a_refusal_reads_critical_and_says_why(ask, peers):
    assert "Connection refused" in ask(peers.refused())[1]


def test_a_timeout_is_critical(ask, peers):
    code, words, _ = ask(peers.silent(), "-t", "0.3")
    assert code == CRITICAL and "Connection timeout" in words


def test_what_could_not_be_checked_is_unknown(plugin):
    completed = plugin("-H", "203.0.113.1", "-p", "80").expect(UNKNOWN)
    assert completed.out.startswith("TCP UNKNOWN - Network unreachable")


@pytest.mark.parametrize("warning, critical, code", [
    (ALWAYS_ALERTS, NEVER_ALERTS, WARNING), (NEVER_ALERTS, ALWAYS_ALERTS, CRITICAL),
    (ALWAYS_ALERTS, ALWAYS_ALERTS, CRITICAL), (NEVER_ALERTS, NEVER_ALERTS, OK),
    ("1000:", NEVER_ALERTS, WARNING), ("~:1000", "0:1000", OK), ("500:1000", "~:1000", WARNING),
    ("@1000:2000", "@1000:2000", OK)])
def test_thresholds_are_ranges(ask, peers, warning, critical, code):
    got, words, data = ask(peers.open(), "-w", warning, "-c", critical)
    assert got == code
    assert data["time"].warning and data["time"].critical


@pytest.mark.parametrize("short, long", [("-H", "--hostname"), ("-H", "--host"), ("-p", "--port"),
                                         ("-t", "--timeout"), ("-w", "--warning"), ("-c", "--critical")])
def test_letters_have_long_forms(plugin, peers, short, long):
    peer = peers.open()
    values = {"-H": peer.host, "-p": str(peer.port), "-t": "5", "-w": "1000", "-c": "1000"}
    args = [word for letter, value in values.items() for word in (long if letter == short else letter, value)]
    plugin(*args).expect(OK)


def test_4_and_6_choose_the_family(plugin, peers):
    four = peers.open("127.0.0.1")
    peers.refused("::1", four.port)
    assert plugin("-4", "-H", "localhost", "-p", four.port).code == OK
    assert plugin("-6", "-H", "localhost", "-p", four.port).code == CRITICAL


@pytest.mark.parametrize("option", ["-h", "--help", "-V", "--version"])
def test_help_and_version_exit_3(plugin, option):
    completed = plugin(option).expect(UNKNOWN)
    assert "check_tcp_connection" in completed.out and completed.err == ""


@pytest.mark.parametrize("args, word", [
    ([], "HOST"), (["-H", "127.0.0.1"], "port"), (["-p", "80"], "HOST"),
    (["-H", "127.0.0.1", "-p", "0"], "1-65535"), (["-H", "127.0.0.1", "-p", "65536"], "1-65535"),
    (["-H", "127.0.0.1", "-p", "nosuch"], "nosuch"), (["-H", "127.1", "-p", "80"], "127.1"),
    (["-H", "a", "-p", "80", "-w", "5:1"], "5:1"), (["-H", "a", "-p", "80", "-c", "x"], "critical"),
    (["-H", "a", "-p", "80", "-t", "0"], "timeout"), (["-H", "a", "-p", "80", "-r", "maybe"], "maybe"),
    (["-H", "a", "-p", "80", "--nonsense"], "nonsense"), (["-H", "a", "-p", "80", "-Z"], "-Z"),
    (["-H", "a", "-p", "80", "extra"], "extra"), (["-H"], "-H"),
    (["-H", "\x1b[31m", "-p", "80"], "host"), (["-H", "a", "-p", "\x07"], "port")])
def test_bad_usage_is_unknown_with_a_message(plugin, args, word):
    completed = plugin(*args, watchdog=10).expect(UNKNOWN)
    said = completed.out + completed.err
    assert word in said
    assert_no_controls(said)


def test_the_line_stays_short_however_long_the_name(plugin, peers):
    name = ".".join(["a" * 60] * 3) + ".test"
    completed = plugin("-H", name, "-p", peers.open().port, "--resolve", f"{name}:127.0.0.1").expect(OK)
    assert read_nagios(completed.out)[1]["time"]


def test_verbose_says_more(plugin, peers):
    peer = peers.refused()
    plain = plugin("-H", peer.host, "-p", peer.port)
    verbose = plugin("-H", peer.host, "-p", peer.port, "-v").expect(plain.code)
    assert len(verbose.out + verbose.err) > len(plain.out)


def test_every_parameter_is_an_option_of_the_plugin_too(plugin, peers):
    peer = peers.open()
    plugin("-H", peer.host, "-p", peer.port, "--attempts", 2, "--retry-delay", "1ms", "--source-address",
           "127.0.0.1", "--family", "ipv4", "--close", "reset", "--resolver", "dns", "--search", "false",
           "--source-port", 54330, "--interface", "lo", "--handshake", "half_open").expect(OK)


@pytest.mark.parametrize("expect, kind, code", [
    ("refused", "refused", OK), ("refused", "open", CRITICAL), ("dropped", "silent", OK),
    ("closed", "refused", OK)])
def test_expectations_turn_the_state(plugin, peers, expect, kind, code):
    peer = getattr(peers, kind)()
    plugin("-H", peer.host, "-p", peer.port, "-t", "0.3", "--expect", expect).expect(code)


def test_a_broken_output_is_unknown(plugin, peers):
    peer = peers.open()
    with open("/dev/full", "wb") as full:
        completed = plugin("-H", peer.host, "-p", peer.port, stdout=full)
    assert completed.code == UNKNOWN and len(completed.err.splitlines()) == 1


def test_the_name_it_is_called_by_decides_what_it_is(programs, peers, tmp_path):
    """Through a link, or copied under the plugin's name into another folder."""
    peer = peers.open()
    linked = tmp_path / "check_tcp_connection"
    linked.symlink_to(programs.path("tcpcheck"))
    programs.run(wrap=["/bin/sh", "-c", f"{linked} -H {peer.host} -p {peer.port}", "sh"]).expect(OK)
