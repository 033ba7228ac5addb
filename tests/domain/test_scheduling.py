"""Cards move exactly as the fsrs package moves them, and come back before the exam."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from fsrs import Card, Rating, Scheduler
from hypothesis import given
from hypothesis import strategies as st

from exams.domain.scheduling import due_at, recall, replayed, reviewed

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
steps = st.lists(st.tuples(st.integers(0, 60 * 24 * 200), st.booleans()), min_size=1, max_size=12)


def timed(given_steps: list[tuple[int, bool]]) -> list[tuple[datetime, bool]]:
    """Answers that many minutes apart."""
    now, answers = START, []
    for minutes, right in given_steps:
        now += timedelta(minutes=minutes + 1)
        answers.append((now, right))
    return answers


@given(steps)
def test_every_state_is_the_packages(given_steps: list[tuple[int, bool]]) -> None:
    scheduler = Scheduler(enable_fuzzing=False)
    card, state = Card(card_id=0, due=START), None
    for at, right in timed(given_steps):
        card, _ = scheduler.review_card(card, Rating.Good if right else Rating.Again, at)
        state = reviewed(state, right, at)
        assert state | {"card_id": 0} == card.to_dict()


@given(steps, st.randoms(use_true_random=False))
def test_replaying_gives_the_same_state_in_any_order(
    given_steps: list[tuple[int, bool]], rng: object
) -> None:
    answers = timed(given_steps)
    state = None
    for at, right in answers:
        state = reviewed(state, right, at)
    rng.shuffle(answers)
    assert replayed(answers) == state


@given(steps, st.integers(1, 100))
def test_an_exam_caps_the_day_and_nothing_else(
    given_steps: list[tuple[int, bool]], days: int
) -> None:
    answers = timed(given_steps)
    last = answers[-1][0]
    free, capped = replayed(answers), replayed(answers, last + timedelta(days=days))
    assert free and capped
    assert due_at(capped) == min(due_at(free), last + timedelta(days=days))
    for name in ("state", "step", "stability", "difficulty", "last_review"):
        assert capped[name] == free[name]


def test_an_exam_that_is_over_caps_nothing() -> None:
    answers = timed([(0, True), (20, True)])
    assert replayed(answers, START) == replayed(answers)


def test_a_state_is_plain_json() -> None:
    state = reviewed(None, True, START)
    assert json.loads(json.dumps(state)) == state
    assert due_at(state) == START + timedelta(minutes=10)


def test_a_wrong_answer_comes_back_sooner() -> None:
    answers = timed([(0, True), (20, True), (60 * 24 * 3, True)])
    known = replayed(answers)
    assert known
    at = due_at(known)
    assert due_at(reviewed(known, False, at)) < due_at(reviewed(known, True, at))
    assert recall(known, at) == pytest.approx(0.9, abs=0.02)
    assert recall(known, at + timedelta(days=60)) < recall(known, at)


def test_times_in_any_zone_are_the_same_time() -> None:
    seoul = START.astimezone(timezone(timedelta(hours=9)))
    assert reviewed(None, True, seoul) == reviewed(None, True, START)


def test_no_answers_are_no_card() -> None:
    assert replayed([]) is None


def test_times_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        reviewed(None, True, START.replace(tzinfo=None))
    with pytest.raises(ValueError, match="does not come before"):
        reviewed(reviewed(None, True, START), True, START - timedelta(days=1))
