"""A batch with one wrong entry is refused whole: nothing of it is written."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from exams import attempts
from exams.models import Owner, Response
from exams.protocol import Batch, Entry, ProtocolError
from tests.exams.sitting import Sitting
from tests.factories import NOW

pytestmark = pytest.mark.database

GOOD = Entry(1, 1, (1,))


def single(sitting: Sitting) -> int:
    """The position of an item with one key."""
    return next(n for n in range(1, 9) if sitting.item(n).revision.pick_count == 1)


def refused(sitting: Sitting, entry: Entry) -> ProtocolError:
    with pytest.raises(ProtocolError) as error:
        sitting.save(GOOD, entry)
    assert not Response.objects.exists()
    assert sitting.reload().rev == 0
    return error.value


def test_an_item_that_is_not_on_the_paper(sitting: Sitting) -> None:
    error = refused(sitting, Entry(9, 2, (1,)))
    assert (error.field, error.status) == ("entries[1].item", 422)


def test_a_choice_that_the_item_does_not_have(sitting: Sitting) -> None:
    assert refused(sitting, Entry(2, 2, (6,))).field == "selected"


def test_a_struck_choice_that_the_item_does_not_have(sitting: Sitting) -> None:
    refused(sitting, Entry(2, 2, (), struck=(20,)))


def test_more_picks_than_keys(sitting: Sitting) -> None:
    position = single(sitting)
    with pytest.raises(ProtocolError):
        sitting.save(Entry(position, 2, (1, 2)))
    assert not Response.objects.exists()
    sitting.save(Entry(position, 2, (2,)))
    assert sitting.state() == {position: (2,)}


def test_a_number_that_this_client_gave_another_item(sitting: Sitting) -> None:
    sitting.save(GOOD)
    with pytest.raises(ProtocolError) as error:
        sitting.save(Entry(2, 1, (1,)))
    assert error.value.field == "seq"
    assert sitting.state() == {1: (1,)}


def test_somebody_elses_attempt_is_not_found(sitting: Sitting, other_learner: Any) -> None:
    for owner in (Owner(user=other_learner), Owner(guest_key="visitor")):
        with pytest.raises(attempts.NotFoundError):
            attempts.save(owner, sitting.attempt.pk, Batch("tab", 0, (GOOD,)), arrival=NOW)
        with pytest.raises(attempts.NotFoundError):
            attempts.save(owner, sitting.attempt.pk, Batch("tab", 0, ()), arrival=NOW)
    assert not Response.objects.exists()


def test_an_attempt_that_does_not_exist_is_not_found(sitting: Sitting) -> None:
    with pytest.raises(attempts.NotFoundError):
        attempts.save(sitting.owner, uuid4(), Batch("tab", 0, (GOOD,)), arrival=NOW)


@pytest.mark.parametrize("entries", [(GOOD,), ()])
def test_a_closed_attempt_takes_nothing_and_gives_no_news(
    sitting: Sitting, entries: tuple[Entry, ...]
) -> None:
    sitting.submit()
    with pytest.raises(attempts.RefusedError) as refusal:
        sitting.save(*entries, at=121)
    assert refusal.value.code == "closed"
    assert not Response.objects.exists()
