"""A visitor's attempts go to the account they make; a person's attempts can be erased whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from exams import attempts
from exams.models import (
    Attempt,
    AttemptEvent,
    AttemptItem,
    Erasure,
    ExamBlueprint,
    Owner,
    Response,
    Result,
)
from exams.protocol import Entry
from tests import factories
from tests.exams.sitting import Sitting, begin

pytestmark = pytest.mark.database

VISITOR = Owner(guest_key="visitor")


@pytest.fixture
def mini(bank: Callable[..., Any], subject: Any) -> ExamBlueprint:
    bank(12, sample=True)
    return factories.blueprint(
        subject, item_count=4, code="mini", samples_only=True, open_to_guests=True
    )


def test_an_owner_is_a_user_or_a_guest_and_never_both(learner: Any) -> None:
    for wrong in ({}, {"user": learner, "guest_key": "visitor"}):
        with pytest.raises(ValueError, match="either"):
            Owner(**wrong)


def test_a_new_account_keeps_the_visitors_attempts(mini: ExamBlueprint, learner: Any) -> None:
    sat = begin(VISITOR, mini)
    sat.submit()
    running = begin(VISITOR, mini, now=sat.at(200))
    assert attempts.adopt("visitor", learner, now=sat.at(300)) == 2
    mine = Attempt.objects.owned_by(Owner(user=learner)).order_by("number")
    assert [attempt.pk for attempt in mine] == [sat.attempt.pk, running.attempt.pk]
    assert [attempt.guest_key for attempt in mine] == ["", ""]
    assert running.attempt.events.filter(kind=AttemptEvent.Kind.ADOPTED).count() == 1
    owned = Sitting(Owner(user=learner), running.attempt)
    assert owned.save(Entry(1, 1, (1,))).acked == {1: 1}


def test_adopted_attempts_are_numbered_after_ones_own(mini: ExamBlueprint, learner: Any) -> None:
    begin(learner, mini).submit()
    guest = begin(VISITOR, mini)
    guest.submit()
    attempts.adopt("visitor", learner, now=guest.at(300))
    assert guest.reload().number == 2


def test_an_open_attempt_whose_place_is_taken_stays_with_the_visitor(
    mini: ExamBlueprint, learner: Any
) -> None:
    begin(learner, mini)
    guest = begin(VISITOR, mini)
    assert attempts.adopt("visitor", learner, now=guest.at(60)) == 0
    assert guest.reload().guest_key == "visitor"


def test_another_visitors_attempts_are_not_touched(mini: ExamBlueprint, learner: Any) -> None:
    other = begin(Owner(guest_key="other"), mini)
    assert attempts.adopt("visitor", learner, now=other.at(60)) == 0
    assert other.reload().guest_key == "other"


def test_an_erased_attempt_leaves_nothing_but_the_record_of_it(sitting: Sitting) -> None:
    sitting.save(Entry(1, 1, (1,)))
    sitting.submit()
    attempts.erase(sitting.attempt, reason="account deleted", now=sitting.at(900))
    for model in (Attempt, AttemptItem, Response, AttemptEvent, Result):
        assert not model.objects.exists()
    assert Erasure.objects.get().reason == "account deleted"


def test_erasing_one_attempt_leaves_the_others(
    sitting: Sitting, exam: ExamBlueprint, other_learner: Any
) -> None:
    other = begin(other_learner, exam)
    other.save(Entry(1, 1, (1,)))
    attempts.erase(sitting.attempt, reason="asked for", now=sitting.at(60))
    assert Attempt.objects.get() == other.attempt
    assert other.state() == {1: (1,)}
