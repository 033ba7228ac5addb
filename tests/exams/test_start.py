"""A start makes one form and one clock; one that is open already is given back."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from exams.models import Attempt, AttemptEvent, Owner
from tests.exams.sitting import Sitting, begin
from tests.factories import NOW

pytestmark = pytest.mark.database


def test_a_start_stores_the_form_in_its_order(sitting: Sitting) -> None:
    items = list(sitting.attempt.items.select_related("revision__question__domain"))
    assert [item.position for item in items] == list(range(1, 9))
    assert sum(item.unscored for item in items) == 2
    domains = Counter(item.revision.question.domain.number for item in items)
    assert [domains[n] for n in (1, 2, 3, 4)] == [2, 2, 2, 2]
    assert sitting.attempt.events.get().kind == AttemptEvent.Kind.STARTED


def test_the_choices_of_an_item_are_all_there_in_an_order_of_its_own(sitting: Sitting) -> None:
    orders = []
    for item in sitting.attempt.items.all():
        published = list(item.revision.choices.values_list("pk", flat=True))
        assert sorted(item.choice_order) == sorted(published)
        orders.append([published.index(pk) for pk in item.choice_order])
    assert any(order != sorted(order) for order in orders)


@pytest.mark.parametrize(
    ("accommodation", "minutes"), [("x1", 40), ("esl", 50), ("x1.5", 60), ("x2", 80)]
)
def test_the_clock_follows_the_accommodation(
    exam: Any, learner: Any, accommodation: str, minutes: int
) -> None:
    attempt = begin(learner, exam, accommodation=accommodation).attempt
    assert attempt.deadline == NOW + timedelta(minutes=minutes)
    assert attempt.grace_until == NOW + timedelta(minutes=minutes, seconds=5)


def test_without_a_limit_there_is_no_deadline(exam: Any, learner: Any) -> None:
    attempt = begin(learner, exam, mode="tutor", accommodation="none").attempt
    assert attempt.deadline is attempt.grace_until is None


def test_a_second_start_gives_the_open_attempt_back(
    sitting: Sitting, exam: Any, learner: Any
) -> None:
    again = begin(learner, exam, seed=2, now=sitting.at(30), accommodation="x2")
    assert again.attempt == sitting.attempt
    assert again.attempt.deadline == sitting.attempt.deadline
    assert Attempt.objects.count() == 1


def test_the_next_attempt_has_the_next_number(sitting: Sitting, exam: Any, learner: Any) -> None:
    sitting.submit()
    assert begin(learner, exam, now=sitting.at(200)).attempt.number == 2


def test_numbers_are_each_learners_own(sitting: Sitting, exam: Any, other_learner: Any) -> None:
    assert begin(other_learner, exam).attempt.number == 1


def test_a_start_closes_the_attempt_whose_time_is_long_over(
    sitting: Sitting, exam: Any, learner: Any
) -> None:
    later = begin(learner, exam, now=sitting.at(sitting.limit + 60))
    assert later.attempt != sitting.attempt
    assert sitting.reload().state == Attempt.State.SCORED
    assert sitting.attempt.closed_by == Attempt.ClosedBy.TIMEOUT


def test_the_same_seed_gives_two_learners_the_same_form(
    sitting: Sitting, exam: Any, other_learner: Any
) -> None:
    def form(attempt: Attempt) -> list[Any]:
        return list(attempt.items.values_list("revision", "choice_order", "unscored"))

    assert form(begin(other_learner, exam).attempt) == form(sitting.attempt)
    sitting.submit()
    assert form(begin(Owner(user=sitting.owner.user), exam, seed=2).attempt) != form(
        sitting.attempt
    )
