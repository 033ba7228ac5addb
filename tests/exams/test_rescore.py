"""A wrong key found late: one correction, one rescore, and the earlier result stays on record."""

from __future__ import annotations

from typing import Any

import pytest

from exams import attempts
from exams.models import AttemptEvent, Result
from questions.models import KeyCorrection
from tests.exams.sitting import Sitting

pytestmark = pytest.mark.database


@pytest.fixture
def scored(sitting: Sitting) -> Sitting:
    """The first scored item is answered wrongly, the others rightly."""
    first, *others = sitting.positions(unscored=False)
    sitting.answer([first], right=False)
    sitting.answer(others, seq=2)
    sitting.submit()
    return sitting


def correct(sitting: Sitting, ruling: str, position: int, by: Any, keys: Any = ()) -> None:
    KeyCorrection.objects.create(
        revision=sitting.item(position).revision,
        ruling=ruling,
        key_positions=list(keys),
        reason="the documentation changed",
        made_by=by,
        made_at=sitting.at(500),
    )


def rescore(sitting: Sitting, by: Any) -> Result | None:
    return attempts.rescore(sitting.attempt, reason="key", by=by, now=sitting.at(600))


def positions_of(sitting: Sitting, position: int, numbers: tuple[int, ...]) -> list[int]:
    """The published positions of choices given by their numbers as shown."""
    item = sitting.item(position)
    places = dict(item.revision.choices.values_list("pk", "position"))
    return [places[item.choice_order[number - 1]] for number in numbers]


def test_without_a_correction_nothing_changes(scored: Sitting, reviewer: Any) -> None:
    assert rescore(scored, reviewer) is None
    assert Result.objects.count() == 1


def test_another_key_makes_the_answer_right(scored: Sitting, reviewer: Any) -> None:
    first = scored.positions(unscored=False)[0]
    keys = positions_of(scored, first, scored.wrong(first))
    correct(scored, "rekey", first, reviewer, keys)
    result = rescore(scored, reviewer)
    assert result is not None
    assert result.raw == 6
    assert result.version == 2
    assert result.reason == "key"
    assert scored.attempt.results.get(version=1).raw == 5
    event = scored.attempt.events.get(kind=AttemptEvent.Kind.RESCORED)
    assert event.by == reviewer
    assert event.detail == {"from": "5.00", "to": "6", "reason": "key"}


def test_credit_to_everybody(scored: Sitting, reviewer: Any) -> None:
    first = scored.positions(unscored=False)[0]
    correct(scored, "credit-all", first, reviewer)
    result = rescore(scored, reviewer)
    assert result is not None
    assert result.raw == 6
    assert scored.item(first).awarded == 1


def test_left_out_of_the_score(scored: Sitting, reviewer: Any) -> None:
    first = scored.positions(unscored=False)[0]
    correct(scored, "exclude", first, reviewer)
    result = rescore(scored, reviewer)
    assert result is not None
    assert (int(result.raw), int(result.maximum), result.scaled) == (5, 5, 1000)
    assert scored.item(first).awarded is None


def test_the_newest_ruling_holds(scored: Sitting, reviewer: Any) -> None:
    first = scored.positions(unscored=False)[0]
    correct(scored, "credit-all", first, reviewer)
    correct(scored, "rekey", first, reviewer, positions_of(scored, first, scored.keys(first)))
    assert rescore(scored, reviewer) is None


def test_a_second_rescore_adds_nothing(scored: Sitting, reviewer: Any) -> None:
    correct(scored, "credit-all", scored.positions(unscored=False)[0], reviewer)
    assert rescore(scored, reviewer) is not None
    assert rescore(scored, reviewer) is None
    assert Result.objects.count() == 2


def test_a_correction_before_the_end_holds_from_the_start(sitting: Sitting, reviewer: Any) -> None:
    first = sitting.positions(unscored=False)[0]
    correct(sitting, "credit-all", first, reviewer)
    assert sitting.submit().results.get().raw == 1


def test_an_open_or_void_attempt_is_not_rescored(sitting: Sitting, reviewer: Any) -> None:
    assert rescore(sitting, reviewer) is None
    attempts.void(sitting.attempt, reason="x", by=reviewer, now=sitting.at(60))
    assert rescore(sitting, reviewer) is None
    assert not Result.objects.exists()
