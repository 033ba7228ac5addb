"""A save appends the whole state of an item; the newest counts and nothing is rewritten."""

from __future__ import annotations

import pytest

from exams.models import Response
from exams.protocol import Entry
from tests.exams.sitting import Sitting

pytestmark = pytest.mark.database


def test_a_batch_is_acknowledged_entry_by_entry(sitting: Sitting) -> None:
    reply = sitting.save(Entry(1, 1, (2,)), Entry(3, 2, (1,), flagged=True))
    assert reply.acked == {1: 1, 3: 2}
    assert reply.attempt.rev == 2
    assert sitting.reload().rev == 2
    assert sitting.state() == {1: (2,), 3: (1,)}


def test_everything_of_an_entry_is_kept(sitting: Sitting) -> None:
    entry = Entry(2, 1, (3,), flagged=True, struck=(1, 4), sure=False, language="ko", shown_ms=900)
    sitting.save(entry, at=12.5)
    order = sitting.item(2).choice_order
    kept = Response.objects.get()
    assert kept.selected == [order[2]]
    assert kept.struck == sorted([order[0], order[3]])
    assert (kept.flagged, kept.sure, kept.language, kept.shown_ms) == (True, False, "ko", 900)
    assert (kept.client_id, kept.seq, kept.rev) == ("tab", 1, 1)
    assert kept.received_at == sitting.at(12.5)


def test_changing_ones_mind_leaves_the_earlier_answer_in_the_log(sitting: Sitting) -> None:
    sitting.save(Entry(1, 1, (1,)))
    sitting.save(Entry(1, 2, (4,)))
    sitting.save(Entry(1, 3, ()))
    assert sitting.state() == {1: ()}
    assert Response.objects.count() == 3


def test_a_replayed_batch_is_acknowledged_and_writes_nothing(sitting: Sitting) -> None:
    batch = [Entry(1, 1, (2,)), Entry(2, 2, (1,))]
    first = sitting.save(*batch)
    again = sitting.save(*batch, at=90)
    assert again.acked == first.acked
    assert again.attempt.rev == first.attempt.rev
    assert Response.objects.count() == 2


def test_an_older_entry_that_comes_late_is_acknowledged_and_changes_nothing(
    sitting: Sitting,
) -> None:
    sitting.save(Entry(1, 5, (3,)))
    reply = sitting.save(Entry(1, 4, (1,)), at=61)
    assert reply.acked == {1: 4}
    assert sitting.state() == {1: (3,)}


def test_an_older_entry_still_counts_for_another_item(sitting: Sitting) -> None:
    sitting.save(Entry(1, 5, (3,)))
    sitting.save(Entry(2, 4, (1,)))
    assert sitting.state() == {1: (3,), 2: (1,)}


def test_an_empty_batch_asks_for_news_and_writes_nothing(sitting: Sitting) -> None:
    sitting.save(Entry(1, 1, (2,)), client="phone")
    reply = sitting.save(client="tab", base_rev=0)
    assert [response.item.position for response in reply.elsewhere] == [1]
    assert sitting.save(client="tab", base_rev=1).elsewhere == []
    assert Response.objects.count() == 1


def test_two_devices_count_on_their_own(sitting: Sitting) -> None:
    sitting.save(Entry(1, 1, (2,)), client="phone")
    sitting.save(Entry(2, 1, (3,)), client="tab")
    assert sitting.state() == {1: (2,), 2: (3,)}


def test_two_devices_on_one_item_are_both_told_and_the_last_counts(sitting: Sitting) -> None:
    sitting.save(Entry(1, 1, (1,)), client="phone")
    written = sitting.save(Entry(1, 1, (2,)), client="tab", base_rev=0)
    assert [response.client_id for response in written.elsewhere] == ["phone"]
    assert sitting.state() == {1: (2,)}
    told = sitting.save(client="phone", base_rev=1)
    assert [(r.client_id, r.item.position) for r in told.elsewhere] == [("tab", 1)]


def test_a_device_that_has_heard_is_told_no_more(sitting: Sitting) -> None:
    sitting.save(Entry(1, 1, (1,)), client="phone")
    heard = sitting.save(Entry(2, 1, (2,)), client="tab", base_rev=0).attempt.rev
    assert sitting.save(Entry(3, 2, (2,)), client="tab", base_rev=heard).elsewhere == []


def test_a_revealed_item_takes_no_more_answers_and_the_rest_of_the_batch_is_saved(
    tutored: Sitting,
) -> None:
    tutored.save(Entry(1, 1, (1,)))
    tutored.reveal(1)
    reply = tutored.save(Entry(1, 2, (2,)), Entry(2, 3, (1,)))
    assert reply.refused == [{"item": 1, "seq": 2, "reason": "revealed"}]
    assert reply.acked == {1: 2, 2: 3}
    assert tutored.state() == {1: (1,), 2: (1,)}
