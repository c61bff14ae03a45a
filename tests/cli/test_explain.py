"""tcpcheck explain: every outcome, what it means, what to check, in order."""

import pytest

from support.contract import NOTES, OUTCOMES, PUBLISHED
from support.terminal import assert_no_controls


def test_without_a_class_every_class_is_listed_with_its_message(run):
    out = run("explain").expect(0).out
    for name, (message, verdict) in OUTCOMES.items():
        line = next(line for line in out.splitlines() if line.split()[:1] == [name])
        assert message is None or message in line
        assert verdict in line
    assert_no_controls(out)


@pytest.mark.parametrize("name", OUTCOMES)
def test_a_class_is_explained_with_its_message_verdict_and_steps(run, name):
    message, verdict = OUTCOMES[name]
    out = run("explain", name).expect(0).out
    assert name in out and verdict in out
    assert message is None or message in out
    assert len(out.splitlines()) >= 3
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize("message", PUBLISHED)
def test_a_published_message_can_be_asked_for_as_it_reads(run, message):
    classes = [name for name, (text, _) in OUTCOMES.items() if text == message]
    out = run("explain", message).expect(0).out
    assert all(name in out for name in classes)


def test_advice_differs_from_class_to_class(run):
    texts = {run("explain", name).out.replace(name, "") for name in OUTCOMES}
    assert len(texts) == len(OUTCOMES)


@pytest.mark.parametrize("word", sorted(NOTES) + ["Too slow", "Too few addresses", "Connection opened"])
def test_a_note_or_an_error_that_is_no_class_is_explained_too(run, word):
    assert word in run("explain").expect(0).out
    out = run("explain", word).expect(0).out
    assert out.startswith(word) and "What to do" in out and len(out.splitlines()) >= 4
    assert max(map(len, out.splitlines())) <= 80
    assert run("explain", word.upper()).expect(0).out == out


def test_a_note_that_is_misspelt_is_suggested(run):
    assert "did you mean zero_window?" in run("explain", "zero_windw").expect(64).err


@pytest.mark.parametrize("name", ["source_unavailable", "reset_early", "closed_early"])
def test_the_first_step_is_something_to_do(run, name):
    first = next(line for line in run("explain", name).expect(0).out.splitlines() if line.startswith("  1. "))
    assert first.startswith(("  1. Read ", "  1. ip "))
