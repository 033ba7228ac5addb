"""In tutor mode an answer can be shown; the item is locked then and what follows is no evidence."""

from __future__ import annotations

from typing import Any

import pytest

from exams import attempts
from exams.models import AttemptEvent
from exams.protocol import Entry
from exams.queries.review import review
from tests.exams.sitting import Sitting, begin

pytestmark = pytest.mark.database


def test_a_reveal_locks_the_item_and_is_logged_once(tutored: Sitting) -> None:
    assert tutored.reveal(3, at=30).revealed_at == tutored.at(30)
    assert tutored.reveal(3, at=40).revealed_at == tutored.at(30)
    event = tutored.attempt.events.get(kind=AttemptEvent.Kind.REVEALED)
    assert (event.at, event.detail) == (tutored.at(30), {"item": 3})


def test_the_review_of_a_revealed_item_shows_its_key_and_the_answer_so_far(
    tutored: Sitting,
) -> None:
    tutored.save(Entry(3, 1, tutored.wrong(3)))
    tutored.reveal(3)
    [entry] = review(tutored.attempt, [3])
    assert tuple(choice.number for choice in entry.keys) == tutored.keys(3)
    assert tuple(choice.number for choice in entry.chosen) == tutored.wrong(3)
    assert entry.verdict == "wrong"


def test_an_answer_given_before_the_reveal_counts(tutored: Sitting) -> None:
    tutored.save(Entry(1, 1, tutored.keys(1)))
    tutored.reveal(1)
    tutored.submit()
    assert tutored.item(1).awarded == 1


def test_an_item_that_was_revealed_blank_is_worth_nothing(tutored: Sitting) -> None:
    tutored.reveal(1)
    tutored.save(Entry(1, 1, tutored.keys(1)))
    tutored.submit()
    assert tutored.item(1).awarded == 0
    assert tutored.item(1).final_response is None


def test_an_exam_reveals_nothing(sitting: Sitting) -> None:
    with pytest.raises(attempts.RefusedError) as refusal:
        sitting.reveal(1)
    assert refusal.value.code == "mode"
    assert sitting.item(1).revealed_at is None


@pytest.mark.parametrize("position", [0, 9, 10**6])
def test_an_item_that_is_not_there_is_not_found(tutored: Sitting, position: int) -> None:
    with pytest.raises(attempts.NotFoundError):
        tutored.reveal(position)


def test_somebody_elses_item_is_not_found(tutored: Sitting, other_learner: Any) -> None:
    stranger = Sitting(type(tutored.owner)(user=other_learner), tutored.attempt)
    with pytest.raises(attempts.NotFoundError):
        stranger.reveal(1)


def test_nothing_is_revealed_after_the_grace_or_the_end(tutored: Sitting) -> None:
    for at in (tutored.limit + 5.1, None):
        if at is None:
            tutored.submit()
        with pytest.raises(attempts.RefusedError) as refusal:
            tutored.reveal(1, at=at or 130)
        assert refusal.value.code == "closed"
    assert tutored.item(1).revealed_at is None


def test_without_a_limit_an_answer_can_be_shown_whenever(exam: Any, learner: Any) -> None:
    sitting = begin(learner, exam, mode="tutor", accommodation="none")
    assert sitting.reveal(1, at=10**7).revealed_at is not None
