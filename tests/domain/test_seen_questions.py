"""Unseen questions come first; what the learner has seen comes back oldest first."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from exams.domain.assembly import Candidate, Shortage, assemble
from tests.domain.pools import day, fewest_seen, pools

seeds = st.integers(0, 2**32)


@settings(max_examples=300)
@given(pools(grouped=False), seeds)
def test_no_form_has_fewer_seen_questions(
    pool: tuple[list[int], list[Candidate]], seed: int
) -> None:
    quotas, candidates = pool
    fewest = fewest_seen(quotas, candidates)
    assume(fewest is not None)
    form = assemble(quotas, candidates, 0, random.Random(seed))
    assert sum(item.candidate.seen_at is not None for item in form) == fewest


@given(st.integers(0, 6), st.lists(st.integers(0, 30), min_size=1, max_size=10, unique=True), seeds)
def test_the_oldest_seen_return(unseen: int, days: list[int], seed: int) -> None:
    pool = [Candidate(n, n, frozenset({0})) for n in range(unseen)]
    pool += [Candidate(100 + d, 100 + d, frozenset({0}), seen_at=day(d)) for d in days]
    quota = min(len(pool), 8)
    form = assemble([quota], pool, 0, random.Random(seed))
    returned = sorted(d for item in form if (d := item.candidate.question - 100) >= 0)
    assert returned == sorted(days)[: max(0, quota - unseen)]


def test_a_seen_variant_does_not_push_out_its_unseen_one() -> None:
    """The idea stands in the form unseen; its seen variant fits where somebody else can go."""
    idea = [
        Candidate(1, 1, frozenset({0}), group="idea"),
        Candidate(2, 2, frozenset({1}), group="idea", seen_at=day(0)),
    ]
    others = [
        Candidate(3, 3, frozenset({0}), seen_at=day(1)),
        Candidate(4, 4, frozenset({1}), seen_at=day(2)),
    ]
    for seed in range(20):
        form = assemble([1, 1], [*idea, *others], 0, random.Random(seed))
        assert {item.candidate.question for item in form} == {1, 4}


def test_a_seen_variant_is_taken_where_nothing_else_fits() -> None:
    pool = [
        Candidate(1, 1, frozenset({0}), group="idea"),
        Candidate(2, 2, frozenset({1}), group="idea", seen_at=day(0)),
        Candidate(3, 3, frozenset({0}), seen_at=day(1)),
    ]
    form = assemble([1, 1], pool, 0, random.Random(1))
    assert {item.candidate.question for item in form} == {2, 3}


@given(st.lists(st.integers(1, 20), min_size=1, max_size=6), st.data(), seeds)
def test_the_unscored_items_follow_the_proportions_of_the_form(
    quotas: list[int], data: st.DataObject, seed: int
) -> None:
    total = sum(quotas)
    unscored = data.draw(st.integers(0, total - 1))
    pool = [
        Candidate(100 * section + n, n, frozenset({section}))
        for section, quota in enumerate(quotas)
        for n in range(quota + 2)
    ]
    form = assemble(quotas, pool, unscored, random.Random(seed))
    assert sum(item.unscored for item in form) == unscored
    by_section = Counter(item.section for item in form if item.unscored)
    for section, quota in enumerate(quotas):
        assert abs(by_section[section] - unscored * quota / total) < 1


def test_which_items_are_unscored_is_drawn_by_the_seed() -> None:
    pool = [Candidate(n, n, frozenset({0})) for n in range(8)]
    drawn = set()
    for seed in range(30):
        form = assemble([8], pool, 2, random.Random(seed))
        drawn.add(frozenset(item.candidate.question for item in form if item.unscored))
    assert len(drawn) > 10


@given(pools(), st.randoms(use_true_random=False))
def test_a_pool_that_is_too_small_is_never_padded(
    pool: tuple[list[int], list[Candidate]], rng: random.Random
) -> None:
    quotas, candidates = pool
    too_much = [quota + len(candidates) + 1 for quota in quotas]
    with pytest.raises(Shortage) as refusal:
        assemble(too_much, candidates, 0, rng)
    assert refusal.value.found <= len(candidates)
