"""Unseen questions first, the oldest seen next, from as short a run of the bank as suffices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from exams import drawing
from exams.models import Owner
from tests import factories
from tests.exams.sitting import Sitting, begin

pytestmark = pytest.mark.database


def asked(sitting: Sitting) -> set[int]:
    return set(sitting.attempt.items.values_list("revision__question", flat=True))


def test_the_second_form_is_new_while_the_bank_lasts(
    sitting: Sitting, exam: Any, learner: Any
) -> None:
    sitting.submit()
    second = begin(learner, exam, seed=2, now=sitting.at(200))
    assert not asked(sitting) & asked(second)
    assert second.attempt.reused_count == 0
    assert all(item.first_look for item in second.attempt.items.all())


def test_the_third_form_brings_back_the_oldest_and_says_how_many(
    sitting: Sitting, exam: Any, learner: Any
) -> None:
    sitting.submit()
    begin(learner, exam, seed=2, now=sitting.at(200)).submit(at=60)
    third = begin(learner, exam, seed=3, now=sitting.at(400))
    assert asked(third) == asked(sitting)
    assert third.attempt.reused_count == 8
    assert not any(item.first_look for item in third.attempt.items.all())


def test_what_an_other_learner_saw_is_unseen(
    sitting: Sitting, exam: Any, other_learner: Any
) -> None:
    assert begin(other_learner, exam, seed=1).attempt.reused_count == 0


def test_what_a_void_attempt_showed_is_unseen_again(
    sitting: Sitting, exam: Any, learner: Any, author: Any
) -> None:
    from exams import attempts

    attempts.void(sitting.attempt, reason="power cut", by=author, now=sitting.at(60))
    again = begin(learner, exam, seed=1, now=sitting.at(90))
    assert asked(again) == asked(sitting)
    assert again.attempt.reused_count == 0


class CountingPool(drawing._Pool):
    """Counts what it reads."""

    rows = 0

    def _read(self, *args: Any) -> Any:
        found = super()._read(*args)
        type(self).rows += len(found)
        return found


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> type[CountingPool]:
    monkeypatch.setattr(CountingPool, "rows", 0)
    monkeypatch.setattr(drawing, "_Pool", CountingPool)
    monkeypatch.setattr(drawing, "SPARE", 2)
    return CountingPool


def test_a_form_reads_a_run_and_not_the_bank(
    bank: Callable[..., Any], subject: Any, learner: Any, counting: type[CountingPool]
) -> None:
    bank(400)
    begin(learner, factories.blueprint(subject, item_count=8))
    assert counting.rows <= 4 * 2 * (2 * 2 + 2)


def test_a_section_that_is_seen_out_does_not_make_the_others_read_on(
    bank: Callable[..., Any], subject: Any, learner: Any, counting: type[CountingPool]
) -> None:
    """One domain has two questions, which the learner has met; the others have hundreds."""
    numbers = [4, 8, *(n for n in range(9, 500) if n % 4)]
    factories.publish(subject, [factories.record(n) for n in numbers])
    blueprint = factories.blueprint(subject, item_count=8)
    first = begin(learner, blueprint)
    first.submit()
    counting.rows = 0
    second = begin(learner, blueprint, seed=2, now=first.at(300)).attempt
    assert second.reused_count == 2
    assert counting.rows <= 100


def test_a_guests_draw_is_the_guests_own(bank: Callable[..., Any], subject: Any) -> None:
    bank(8, sample=True)
    mini = factories.blueprint(
        subject, item_count=4, code="mini", samples_only=True, open_to_guests=True
    )
    first = begin(Owner(guest_key="one"), mini)
    assert asked(first) == asked(begin(Owner(guest_key="two"), mini))
