"""Small random pools for assembly, and an answer found by trying everything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

from hypothesis import strategies as st

from exams.domain.assembly import Candidate

FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
GROUPS = ("", "", "", "twins", "triplets", "1")


def day(number: int) -> datetime:
    return FIRST_DAY + timedelta(days=number)


@st.composite
def pools(
    draw: st.DrawFn, *, max_size: int = 9, sections: int = 3, grouped: bool = True
) -> tuple[list[int], list[Candidate]]:
    """Quotas of up to three sections, and candidates that fit one or more of them."""
    count = draw(st.integers(1, sections))
    quotas = draw(st.lists(st.integers(0, 3), min_size=count, max_size=count).filter(any))
    fits = st.frozensets(st.integers(0, count - 1), min_size=1)
    seen = st.none() | st.integers(0, 5).map(day)
    group = st.sampled_from(GROUPS if grouped else ("",))
    rows = draw(st.lists(st.tuples(fits, group, seen), max_size=max_size))
    candidates = [
        Candidate(question, 100 + question, places, name, when)
        for question, (places, name, when) in enumerate(rows, 1)
    ]
    return quotas, candidates


def fewest_seen(quotas: Sequence[int], candidates: Sequence[Candidate]) -> int | None:
    """The least number of seen items a full form can have; ``None`` when there is no form.

    Tries, idea by idea, every section the idea could stand in.
    """
    ideas: dict[str | int, dict[int, int]] = {}
    for candidate in candidates:
        costs = ideas.setdefault(candidate.group or candidate.question, {})
        for section in candidate.sections:
            cost = int(candidate.seen_at is not None)
            costs[section] = min(costs.get(section, cost), cost)
    options = list(ideas.values())

    @cache
    def best(index: int, left: tuple[int, ...]) -> int | None:
        if not any(left):
            return 0
        if index == len(options):
            return None
        found = [best(index + 1, left)]
        for section, cost in options[index].items():
            if left[section]:
                fewer = tuple(n - (s == section) for s, n in enumerate(left))
                rest = best(index + 1, fewer)
                found.append(None if rest is None else rest + cost)
        return min((cost for cost in found if cost is not None), default=None)

    return best(0, tuple(quotas))
