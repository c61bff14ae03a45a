"""The published result contract, checked on every result that any test looks at.

Numbers keep the text they were written as, so that "six decimals" can be
seen; objects keep the order of their keys and may not repeat one.
"""

import json
import re
from datetime import datetime

OUTCOMES = {  # class: (message, verdict), as in reference/outcomes.md
    "open": (None, "up"),
    "refused": ("Connection refused", "down"),
    "refused_icmp": ("Connection refused", "down"),
    "timeout": ("Connection timeout", "down"),
    "dns_nxdomain": ("Host not found", "down"),
    "dns_nodata": ("Host not found", "down"),
    "net_unreachable": ("Network unreachable", "down"),
    "no_route": ("Network unreachable", "unknown"),
    "permission": ("Permission denied", "unknown"),
    "source_port_busy": ("Port in use", "unknown"),
    "host_unreachable": ("Host unreachable", "down"),
    "filtered": ("Administratively prohibited", "down"),
    "ttl_exceeded": ("Routing loop", "down"),
    "icmp_other": ("Protocol error", "down"),
    "local_firewall": ("Rejected by this host", "unknown"),
    "reset_early": ("Connection reset", "down"),
    "closed_early": ("Connection closed", "down"),
    "dns_timeout": ("DNS failure: no answer", "unknown"),
    "dns_servfail": ("DNS failure: server failure", "unknown"),
    "dns_refused": ("DNS failure: query refused", "unknown"),
    "dns_malformed": ("DNS failure: malformed answer", "unknown"),
    "dns_unreachable": ("DNS failure: name server unreachable", "unknown"),
    "resource": ("Local resources exhausted", "unknown"),
    "ports_exhausted": ("Local ports exhausted", "unknown"),
    "source_unavailable": ("Source address unavailable", "unknown"),
    "local_config": ("Local routing refuses", "unknown"),
    "not_allowed": ("Not allowed by policy", "unknown"),
    "cancelled": ("Cancelled", "unknown"),
    "internal": ("Internal error", "unknown"),
}
PUBLISHED = ("Connection refused", "Connection timeout", "Host not found", "Network unreachable",
             "Permission denied", "Port in use")
NOTES = {"reset_after_handshake", "zero_window", "synack_repeated", "ipv6_failed", "ipv4_failed",
         "slow", "clock_ms"}

SUCCESS_KEYS = ["status", "host", "port", "connected", "response_time", "attempts", "timestamp"]
ERROR_KEYS = ["status", "host", "port", "connected", "error", "attempts", "response_time", "timestamp"]
DETAILS_KEYS = ["verdict", "class", "errno", "phase", "address", "source", "dns_time", "dns", "connect_time",
                "handshake_rtt", "rtt_source", "syn_retransmits", "total_time", "icmp", "notes", "hint",
                "attempts_detail"]
ATTEMPT_KEYS = ["attempt", "verdict", "class", "error", "phase", "address", "offset", "dns_time",
                "dns", "connect_time", "total_time", "notes", "addresses"]
TRIED_KEYS = ["address", "verdict", "class", "errno", "phase", "source", "offset", "connect_time",
              "handshake_rtt", "rtt_source", "syn_retransmits", "total_time", "icmp", "notes"]
DNS_KEYS = ["name", "source", "cached", "server", "rcode", "time", "addresses", "families", "failed", "asked"]
DNS_SOURCES = ("dns", "hosts", "pinned", "rfc6761", "system")
FAMILY_KEYS = ["answer", "server", "rcode", "time", "truncated", "strays"]
FAILED_KEYS = ["server", "answer"]
ANSWERS = ("addresses", "nodata", "nxdomain", "timeout", "unreachable", "servfail", "refused", "malformed",
           "resource", "pending")
PHASES = ("resolve", "socket", "bind", "connect", "hold")
SECONDS = re.compile(r"(0|[1-9][0-9]*)\.[0-9]{6}")
ENDPOINT = re.compile(r"(\[[0-9a-f:.]+(%\w+)?\]|[0-9.]+):[0-9]{1,5}")


class Seconds(float):
    """A JSON number with a fraction, and its text."""

    def __new__(cls, text):
        self = super().__new__(cls, text)
        self.text = text
        return self


def ordered(pairs):
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), f"a key is repeated: {keys}"
    return dict(pairs)


def reject_constant(text):
    raise AssertionError(f"{text} is not JSON")


def load_json(text):
    return json.loads(text, object_pairs_hook=ordered, parse_float=Seconds,
                      parse_constant=reject_constant)


def load_result(text):
    """A result object, or an array of them, whose every word has been checked."""
    loaded = load_json(text)
    for result in loaded if isinstance(loaded, list) else [loaded]:
        check_result(result)
    return loaded


def check_result(result):
    expected = SUCCESS_KEYS if result["status"] == "success" else ERROR_KEYS
    keys = list(result)
    assert keys[:len(expected)] == expected, f"keys {keys}"
    rest = keys[len(expected):]
    assert rest in (["name", "details"], ["name", "line", "details"], ["name", "details", "line"]), rest
    assert result["status"] in ("success", "error")
    assert isinstance(result["host"], str) and "[" not in result["host"]
    assert is_integer(result["port"]) and 1 <= result["port"] <= 65535
    assert isinstance(result["connected"], bool)
    assert is_integer(result["attempts"]) and result["attempts"] >= 0
    assert_seconds(result["response_time"])
    datetime.strptime(result["timestamp"], "%Y-%m-%dT%H:%M:%SZ")
    assert len(result["timestamp"]) == 20
    assert isinstance(result["name"], str) and result["name"]
    assert is_integer(result.get("line", 1)) and result.get("line", 1) >= 1
    check_details(result, result["details"])


def check_details(result, details):
    keys = list(details)
    if "addresses" in details:
        added = ["addresses", "met", "required"] if "met" in details else ["addresses"]
        assert keys[-len(added) - 1:] == [*added, "attempts_detail"], "where addresses stands"
        keys = [key for key in keys if key not in added]
        assert details["addresses"] == (details["attempts_detail"] or [{"addresses": []}])[-1]["addresses"]
        check_counts(details)
    assert keys == DETAILS_KEYS, f"keys of details: {list(details)}"
    message, _ = check_evidence(details)
    if result["status"] == "error" and details["class"] != "open":
        assert matches_message(result["error"], details["class"], message), result
    assert_time(details["dns_time"])
    check_dns(details["dns"])
    assert details["hint"] is None or isinstance(details["hint"], str)
    assert result["status"] == "success" or details["hint"], "an error without advice"
    assert len(details["attempts_detail"]) == result["attempts"]
    for number, attempt in enumerate(details["attempts_detail"], 1):
        check_attempt(attempt, number)


def check_counts(details):
    """With addresses all: how many of them were as expected, and how many had to be."""
    if "met" not in details:
        return
    assert is_integer(details["met"]) and 0 <= details["met"] <= len(details["addresses"])
    if details["addresses"]:
        assert is_integer(details["required"]) and details["required"] >= 1
    else:
        assert details["required"] is None or is_integer(details["required"])


def check_attempt(attempt, number):
    assert list(attempt) == ATTEMPT_KEYS, f"keys of an attempt: {list(attempt)}"
    assert attempt["attempt"] == number
    message, verdict = OUTCOMES[attempt["class"]]
    assert attempt["verdict"] == verdict
    assert matches_message(attempt["error"], attempt["class"], message)
    assert attempt["phase"] in PHASES and set(attempt["notes"]) <= NOTES
    for key in ("offset", "dns_time", "connect_time", "total_time"):
        assert_time(attempt[key])
    check_dns(attempt["dns"])
    for tried in attempt["addresses"]:
        assert list(tried) == TRIED_KEYS, f"keys of an address: {list(tried)}"
        check_evidence(tried)


def check_dns(dns):
    if dns is None:
        return
    assert list(dns) == DNS_KEYS, f"keys of dns: {list(dns)}"
    assert dns["source"] in DNS_SOURCES and isinstance(dns["cached"], bool)
    assert_seconds(dns["time"])
    assert dns["name"] is None or (dns["addresses"] and not dns["name"].endswith("."))
    assert list(dns["families"]) == ["ipv4", "ipv6"]
    for family in filter(None, dns["families"].values()):
        assert list(family) == FAMILY_KEYS and family["answer"] in ANSWERS
        assert_time(family["time"])
        assert isinstance(family["truncated"], bool) and isinstance(family["strays"], bool)
    for failed in dns["failed"]:
        assert list(failed) == FAILED_KEYS and failed["server"] and failed["answer"] in ANSWERS


def check_evidence(details):
    """What the result as a whole and each address tried have in common."""
    message, verdict = OUTCOMES[details["class"]]
    assert details["verdict"] == verdict
    assert details["errno"] is None or re.fullmatch(r"E[A-Z0-9]+", details["errno"])
    assert details["phase"] in PHASES or (details["phase"] is None and details["class"] == "cancelled")
    assert details["address"] is None or isinstance(details["address"], str)
    assert details["source"] is None or ENDPOINT.fullmatch(details["source"])
    assert_seconds(details["total_time"])
    for key in ("connect_time", "handshake_rtt"):
        assert_time(details[key])
    assert (details["handshake_rtt"] is None) == (details["rtt_source"] is None)
    assert details["rtt_source"] in ("kernel", "kernel_ms", None)
    assert details["syn_retransmits"] is None or is_integer(details["syn_retransmits"])
    assert details["icmp"] is None or list(details["icmp"]) == ["type", "code", "from"]
    assert set(details["notes"]) <= NOTES
    return message, verdict


def matches_message(error, outcome, message):
    """The message word for word; a few say more after it (the rule, the errno)."""
    if outcome in ("not_allowed", "internal"):
        return error.startswith(message)
    return error == message


def is_integer(value):
    return isinstance(value, int) and not isinstance(value, bool)


def assert_time(value):
    """Seconds, or null where nothing was measured."""
    if value is not None:
        assert_seconds(value)


def assert_seconds(value):
    """A number of seconds, 0 or more, with exactly six decimals."""
    assert isinstance(value, Seconds), f"{value!r} has no fraction"
    assert SECONDS.fullmatch(value.text), f"{value.text} is not seconds with six decimals"
