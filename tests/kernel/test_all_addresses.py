"""Names of which more than one address matters: `addresses: all` with `require`, and `race`."""

import pytest

NAME = "several.test"


def resolving(*addresses):
    return ("--resolve", f"{NAME}:{','.join(addresses)}")


def told(result):
    """address -> class, of details.addresses."""
    return {entry["address"]: entry["class"] for entry in result["details"]["addresses"]}


# ---- all -------------------------------------------------------------------


def test_every_address_has_its_entry(check, peers):
    live = peers.open("127.0.0.2")
    silent = peers.silent("127.0.0.3", live.port)
    result = check(NAME, live.port, *resolving(live.host, silent.host, "127.0.0.4"), "--addresses", "all",
                   "--timeout", "500ms")
    assert told(result) == {live.host: "open", silent.host: "timeout", "127.0.0.4": "refused"}
    assert (result["status"], result["error"]) == ("error", "Connection refused")
    assert result["details"]["address"] == "127.0.0.4" and not result["connected"]
    assert result["details"]["addresses"] == result["details"]["attempts_detail"][-1]["addresses"]


@pytest.mark.parametrize("require, status", [(1, "success"), (2, "success"), (3, "error")])
def test_as_many_as_required_are_enough(check, peers, require, status):
    live = [peers.open("127.0.0.2")]
    live.append(peers.open("127.0.0.3", live[0].port))
    result = check(NAME, live[0].port, *resolving("127.0.0.2", "127.0.0.3", "127.0.0.4"), "--addresses", "all",
                   "--require", require)
    assert result["status"] == status
    assert told(result) == {"127.0.0.2": "open", "127.0.0.3": "open", "127.0.0.4": "refused"}
    assert (result["details"]["met"], result["details"]["required"]) == (2, require)


def test_both_families_are_tried(check, peers):
    live = peers.open("127.0.0.1")
    result = check(NAME, live.port, *resolving("127.0.0.1", "::1"), "--addresses", "all")
    assert told(result) == {"127.0.0.1": "open", "::1": "refused"}
    assert result["details"]["notes"] == ["ipv6_failed"] and result["error"] == "Connection refused"


def test_an_address_that_could_not_be_checked_leaves_it_open(check, peers):
    live = peers.open("127.0.0.1")
    unsure = check(NAME, live.port, *resolving("127.0.0.1", "203.0.113.1"), "--addresses", "all")
    assert (unsure["details"]["class"], unsure["details"]["verdict"]) == ("no_route", "unknown")
    sure = check(NAME, live.port, *resolving("127.0.0.1", "203.0.113.1", "127.0.0.9"), "--addresses", "all")
    assert (sure["details"]["class"], sure["details"]["verdict"]) == ("refused", "down")
    assert check(NAME, live.port, *resolving("127.0.0.1", "203.0.113.1"), "--addresses", "all",
                 "--require", 1)["status"] == "success"


def test_what_is_uncertain_is_not_called_unknown_altogether(peers, run):
    """Another address opened: packets left, and something is known of the target."""
    live = peers.open("127.0.0.1")
    out = run(NAME, live.port, *resolving("127.0.0.1", "203.0.113.1"), "--addresses", "all").expect(3).out
    words = " ".join(out.split())
    assert "not every address could be checked" in words and "addresses 1 of 2 as expected, 2 required" in words
    assert "no packet left" not in words and "nothing about the target" not in words


def test_every_form_for_people_counts_the_addresses(peers, run, plugin):
    live = peers.open("127.0.0.1")
    words = (*resolving("127.0.0.1", "127.0.0.7", "127.0.0.8"), "--addresses", "all", "--require", 2)
    assert "addresses   1 of 3 as expected, 2 required" in run(NAME, live.port, *words).expect(1).out
    assert "1 of 3 as expected, 2 required" in run(NAME, live.port, *words, "-f", "junit").expect(1).out
    line = plugin("-H", NAME, "-p", live.port, *words).out
    assert line.startswith(f"TCP CRITICAL - Connection refused, 1 of 2 required on {NAME} port"), line


def test_fewer_addresses_than_required_are_an_error_of_a_target_that_is_up(check, peers, run):
    live = peers.open("127.0.0.1")
    result = check(NAME, live.port, *resolving("127.0.0.1"), "--addresses", "all", "--require", 2)
    assert (result["error"], result["details"]["verdict"], result["connected"]) == ("Too few addresses", "up", True)
    text = run(f"{NAME}:{live.port}", *resolving("127.0.0.1"), "--addresses", "all", "--require", 2).expect(1).out
    assert "Too few addresses" in text and "has 1, needs 2. The name is pinned" in " ".join(text.split())
    literal = check(live.target, "--addresses", "all", "--require", 2)
    assert "in the place of a name" in literal["details"]["hint"]


def test_all_may_be_required_to_be_closed(check, peers):
    port = peers.refused("127.0.0.2").port
    addresses = resolving("127.0.0.2", "127.0.0.3")
    shut = check(NAME, port, *addresses, "--addresses", "all", "--expect", "closed")
    assert shut["status"] == "success"
    peers.open("127.0.0.3", port)
    leak = check(NAME, port, *addresses, "--addresses", "all", "--expect", "closed")
    assert (leak["status"], leak["error"], leak["details"]["address"]) == ("error", "Connection opened", "127.0.0.3")


def test_sixty_four_addresses_are_connected_to_at_once(check, peers):
    port = peers.refused("127.0.1.1").port
    addresses = [f"127.0.1.{last}" for last in range(1, 65)]
    result = check(NAME, port, *resolving(*addresses), "--addresses", "all")
    assert told(result) == {address: "refused" for address in addresses}


def test_a_literal_is_a_name_with_one_address(check, peers):
    live = peers.open()
    for how in ("all", "race"):
        assert told(check(live.target, "--addresses", how)) == {"127.0.0.1": "open"}
    assert "addresses" not in check(live.target)["details"]


def test_require_without_all_is_a_usage_error(run, peers):
    peer = peers.untouched()
    completed = run(peer.target, "--require", 2).expect(64)
    assert "require 2 and addresses any exclude each other" in completed.err
    peer.assert_untouched()


def test_a_file_may_ask_for_all(run, peers, write):
    live = peers.open("127.0.0.1")
    path = write(f"""
- name: both
  plugin: check_tcp_connection
  parameters: {{host: {NAME}, port: {live.port}, addresses: all, require: 1, hold: 50ms}}
""")
    result = run("run", path, *resolving("127.0.0.1", "127.0.0.7"), "--format", "json").expect(0).results[0]
    assert told(result) == {"127.0.0.1": "open", "127.0.0.7": "refused"}


def test_text_names_every_address(run, peers):
    live = peers.open("127.0.0.1")
    words = (f"{NAME}:{live.port}", *resolving("127.0.0.1", "127.0.0.7"), "--addresses", "all")
    text = run(*words).expect(1).out
    assert "127.0.0.7" in text and "127.0.0.1: open" in text
    line = run(*words, f"127.0.0.1:{live.port}").expect(1).out
    assert "1 of 2 addresses as expected, 2 required" in line


# ---- race ------------------------------------------------------------------


def test_the_faster_family_wins_and_the_slower_is_told_of(scripted_networks):
    network = scripted_networks(["10.1.0.1 open after=20ms", "2001:db8:1::1 open after=500ms"])
    result = network.programs.check(NAME, 80, *resolving("2001:db8:1::1", "10.1.0.1"), "--addresses", "race")
    assert result["details"]["address"] == "10.1.0.1" and result["details"]["notes"] == []
    assert told(result) == {"2001:db8:1::1": "open", "10.1.0.1": "open"}
    six, four = result["details"]["addresses"]
    assert six["address"] == "2001:db8:1::1" and four["offset"] - six["offset"] >= 0.25
    assert result["response_time"] < 0.25 <= six["connect_time"]


@pytest.mark.parametrize("rule, outcome", [("drop", "timeout"), ("refuse", "refused"),
                                           ("icmp type=1 code=1 from=2001:db8:1::fe", "filtered")])
def test_a_broken_family_is_never_hidden(scripted_networks, rule, outcome):
    network = scripted_networks(["10.1.0.1 open", f"2001:db8:1::1 {rule}"])
    result = network.programs.check(NAME, 80, *resolving("2001:db8:1::1", "10.1.0.1"), "--addresses", "race",
                                    "--timeout", "3s")
    assert result["status"] == "success" and result["details"]["notes"] == ["ipv6_failed"]
    assert told(result) == {"2001:db8:1::1": outcome, "10.1.0.1": "open"}


def test_the_family_that_would_have_had_no_turn_gets_one(scripted_networks):
    network = scripted_networks(["10.1.0.1 refuse", "2001:db8:1::/64 open"])
    result = network.programs.check(NAME, 80, *resolving("2001:db8:1::1", "2001:db8:1::2", "10.1.0.1"),
                                    "--addresses", "race")
    assert told(result) == {"2001:db8:1::1": "open", "10.1.0.1": "refused"}
    assert result["details"]["notes"] == ["ipv4_failed"]


def test_when_no_address_opens_the_strongest_evidence_speaks(scripted_networks):
    network = scripted_networks(["10.1.0.1 refuse", "2001:db8:1::/64 drop"])
    result = network.programs.check(NAME, 80, *resolving("2001:db8:1::1", "2001:db8:1::2", "10.1.0.1"),
                                    "--addresses", "race", "--timeout", "1s")
    assert (result["error"], result["details"]["address"]) == ("Connection refused", "10.1.0.1")
    assert len(told(result)) == 3
