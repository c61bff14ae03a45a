"""The published result contract, beyond what support.contract checks on every result of every test."""

import re
from datetime import datetime, timedelta, timezone

import pytest

from support.contract import ERROR_KEYS, SUCCESS_KEYS
from support.program import UNLIMITED


def utc_now():
    return datetime.now(timezone.utc)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "America/St_Johns", "nonsense"])
def test_the_timestamp_is_the_start_of_the_check_in_utc(check, peers, zone):
    before = utc_now().replace(microsecond=0)
    result = check(peers.silent().target, "--timeout", "1s", env={"TZ": zone})
    started = datetime.strptime(result["timestamp"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    assert before <= started <= utc_now() - timedelta(seconds=1) + timedelta(microseconds=1)


def test_a_success_begins_with_exactly_the_published_keys(run, peers):
    peer = peers.open()
    out = run(peer.target, "--format", "json").expect(0).out
    number = r"\d+\.\d{6}"
    assert re.match(rf'\{{"status":"success","host":"127\.0\.0\.1","port":{peer.port},"connected":true,'
                    rf'"response_time":{number},"attempts":1,"timestamp":"[0-9T:-]+Z","name":', out), out


def test_an_error_begins_with_exactly_the_published_keys(run, peers):
    peer = peers.refused()
    out = run(peer.target, "--format", "json").expect(1).out
    number = r"\d+\.\d{6}"
    assert re.match(rf'\{{"status":"error","host":"127\.0\.0\.1","port":{peer.port},"connected":false,'
                    rf'"error":"Connection refused","attempts":1,"response_time":{number},'
                    rf'"timestamp":"[0-9T:-]+Z","name":', out), out


def test_json_is_compact(run, peers):
    for peer in (peers.open(), peers.refused()):
        out = run(peer.target, "--format", "json").out
        # Outside strings there is no white space but the last line feed.
        assert not re.search(r"\s", re.sub(r'"(?:[^"\\]|\\.)*"', "", out).rstrip("\n")), out


def test_keys_depend_on_the_status_alone(check, peers):
    for expect, keys in (("open", ERROR_KEYS), ("refused", SUCCESS_KEYS)):
        result = check(peers.refused().target, "--expect", expect)
        assert list(result)[:len(keys)] == keys


def test_error_is_there_only_with_status_error(check, peers):
    assert "error" not in check(peers.open().target)
    assert "error" not in check(peers.refused().target, "--expect", "refused")
    assert check(peers.refused().target)["error"] == "Connection refused"


def test_response_time_of_an_error_is_the_whole_check_delays_included(check, peers):
    result = check(peers.refused().target, "--attempts", 3, "--retry-delay", "200ms")
    assert result["response_time"] >= 0.4
    assert result["response_time"].text == result["details"]["total_time"].text


def test_response_time_of_another_expectation_is_the_last_attempts_wall_time(check, peers):
    result = check(peers.silent().target, "--expect", "dropped", "--timeout", "300ms")
    assert result["status"] == "success" and result["response_time"] >= 0.3
    result = check(peers.open().target, "--expect", "refused", "--attempts", 2, "--retry-delay", "300ms")
    assert result["status"] == "error" and result["response_time"] >= 0.3


def test_the_handshake_time_is_the_kernels_own(check, peers):
    details = check(peers.open().target)["details"]
    assert details["rtt_source"] == "kernel" and details["handshake_rtt"] > 0


def test_attempts_detail_is_complete_and_in_order(check, peers):
    result = check(peers.silent().target, "--attempts", 3, "--retry-delay", "100ms", "--timeout", "150ms")
    attempts = result["details"]["attempts_detail"]
    assert [attempt["attempt"] for attempt in attempts] == [1, 2, 3]
    assert all(attempt["class"] == "timeout" and len(attempt["addresses"]) == 1 for attempt in attempts)
    offsets = [attempt["offset"] for attempt in attempts]
    assert offsets[0] == 0 and offsets[1] >= 0.25 and offsets[2] >= 0.5
    assert all(attempt["total_time"] >= 0.15 for attempt in attempts)


def test_a_thousand_attempts_are_all_told(check, peers):
    result = check(peers.refused().target, "--attempts", 1000, "--retry-delay", 0, *UNLIMITED)
    assert result["attempts"] == len(result["details"]["attempts_detail"]) == 1000


def test_the_host_is_as_written_without_brackets(check, peers):
    peer = peers.open("::1")
    assert check(f"[::1]:{peer.port}")["host"] == "::1"
    assert check(f"[0:0::1]:{peer.port}")["host"] == "0:0::1"
    assert check("NoSuch.Invalid.", 80)["host"] == "NoSuch.Invalid."


def test_the_port_is_a_number_even_when_a_service_was_named(check):
    assert check("no-such-host.invalid:https")["port"] == 443


def test_errno_is_null_unless_the_kernel_gave_one(check, peers):
    assert check("no-such-host.invalid:80")["details"]["errno"] is None
    assert check(peers.open().target)["details"]["errno"] is None
    assert check(peers.refused().target)["details"]["errno"] == "ECONNREFUSED"


def test_what_never_happened_is_null(check):
    details = check("no-such-host.invalid:80")["details"]
    for key in ("address", "source", "connect_time", "handshake_rtt", "rtt_source", "syn_retransmits", "icmp"):
        assert details[key] is None, key


def test_a_literal_address_has_no_time_of_resolution(check, peers):
    assert check(peers.open().target)["details"]["dns_time"] is None


def test_exit_codes_rank_failures_above_what_could_not_be_checked(run, peers):
    open_, refused, far = peers.open().target, peers.refused().target, "203.0.113.1:80"
    rows = [((open_,), 0), ((open_, far), 3), ((far,), 3), ((refused,), 1), ((refused, far), 1),
            ((open_, refused, far), 1)]
    for targets, code in rows:
        run(*targets).expect(code)
    run(open_, "--expect", "refused").expect(1)


def test_standard_descriptors_that_are_closed_do_no_harm(run, peers):
    """No socket may get the number of stdout or stderr and be written to as if it were that."""
    peer = peers.open()
    for closed in ("<&-", "2>&-", "<&- 2>&-"):
        run(peer.target, wrap=["/bin/sh", "-c", f'exec "$@" {closed}', "sh"]).expect(0)
    completed = run(peer.target, wrap=["/bin/sh", "-c", 'exec "$@" >&-', "sh"])
    assert completed.code in (0, 74)
