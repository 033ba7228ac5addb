"""Whatever order, however often: the same entries give the same final answers."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exams.models import Response
from exams.protocol import Entry
from tests.exams.sitting import Sitting

pytestmark = pytest.mark.database

# One item's history: each later entry is the client's newer state.
histories = st.lists(
    st.tuples(st.integers(1, 8), st.integers(0, 4), st.booleans()), min_size=1, max_size=12
)


def entries(history: list[tuple[int, int, bool]]) -> list[Entry]:
    return [
        Entry(item, seq, (number,) if number else (), flagged=flagged)
        for seq, (item, number, flagged) in enumerate(history, 1)
    ]


def final(written: list[Entry]) -> dict[int, tuple[tuple[int, ...], bool]]:
    return {entry.item: (entry.selected, entry.flagged) for entry in written}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories, st.data())
def test_any_order_with_any_repeats_ends_in_the_same_answers(
    sitting: Sitting, history: list[tuple[int, int, bool]], data: Any
) -> None:
    written = entries(history)
    repeats = data.draw(st.lists(st.sampled_from(written), max_size=6))
    requests = data.draw(st.permutations([*written, *repeats]))
    with transaction.atomic():
        for entry in requests:
            assert sitting.save(entry).acked == {entry.item: entry.seq}
        newest = Response.objects.filter(attempt=sitting.attempt).order_by("rev")
        ended = {
            response.item.position: (
                tuple(response.item.choice_order.index(pk) + 1 for pk in response.selected),
                response.flagged,
            )
            for response in newest.select_related("item")
        }
        assert ended == final(written)
        assert {n: chosen for n, (chosen, _) in ended.items()} == sitting.state()
        transaction.set_rollback(True)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories, st.data())
def test_however_the_entries_are_cut_into_batches(
    sitting: Sitting, history: list[tuple[int, int, bool]], data: Any
) -> None:
    """A batch holds an item once, as the browser's queue does: its newest state."""
    written = entries(history)
    with transaction.atomic():
        start = 0
        while start < len(written):
            size = data.draw(st.integers(1, len(written) - start))
            newest = {entry.item: entry for entry in written[start : start + size]}
            sitting.save(*newest.values())
            start += size
        assert sitting.state() == {n: chosen for n, (chosen, _) in final(written).items()}
        transaction.set_rollback(True)
