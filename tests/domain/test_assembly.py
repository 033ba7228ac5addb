"""A form meets every quota with each idea once, whenever the pool allows one at all."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exams.domain.assembly import Candidate, FormItem, Shortage, assemble, disjoint_forms
from tests.domain.pools import fewest_seen, pools

Pool = tuple[list[int], list[Candidate]]
seeds = st.integers(0, 2**32)


def questions(form: list[FormItem]) -> list[int]:
    return [item.candidate.question for item in form]


@settings(max_examples=400)
@given(pools(), seeds)
def test_a_form_is_found_exactly_when_there_is_one(pool: Pool, seed: int) -> None:
    quotas, candidates = pool
    if fewest_seen(quotas, candidates) is None:
        with pytest.raises(Shortage) as refusal:
            assemble(quotas, candidates, 0, random.Random(seed))
        assert refusal.value.quota == quotas[refusal.value.section]
        assert refusal.value.found < refusal.value.quota
        return
    form = assemble(quotas, candidates, 0, random.Random(seed))
    by_section = Counter(item.section for item in form)
    assert [by_section[section] for section in range(len(quotas))] == quotas
    assert all(item.section in item.candidate.sections for item in form)
    assert len({item.candidate.idea for item in form}) == len(form)


def test_a_chain_of_moves_makes_room() -> None:
    """Each question seated first has to give way to the next for the last one to fit."""
    fits = [{0, 1}, {1, 2}, {2, 3}, {0}, {0, 3}]
    pool = [Candidate(n, n, frozenset(places)) for n, places in enumerate(fits, 1)]
    for seed in range(50):
        form = assemble([1, 1, 1, 1], pool, 0, random.Random(seed))
        assert sorted(item.section for item in form) == [0, 1, 2, 3]


def test_variants_of_one_idea_fill_one_place_only() -> None:
    pool = [Candidate(n, n, frozenset({0}), group="twins") for n in (1, 2, 3)]
    assert len(assemble([1], pool, 0, random.Random(1))) == 1
    with pytest.raises(Shortage) as refusal:
        assemble([2], pool, 0, random.Random(1))
    assert (refusal.value.section, refusal.value.quota, refusal.value.found) == (0, 2, 1)


def test_the_section_that_falls_short_is_named() -> None:
    pool = [Candidate(n, n, frozenset({0})) for n in range(5)]
    with pytest.raises(Shortage) as refusal:
        assemble([3, 4], [*pool, Candidate(9, 9, frozenset({1}))], 0, random.Random(1))
    assert (refusal.value.section, refusal.value.quota, refusal.value.found) == (1, 4, 1)


@given(pools(), seeds, st.randoms(use_true_random=False))
def test_the_same_seed_gives_the_same_form_in_whatever_order_the_pool_came(
    pool: Pool, seed: int, shuffler: random.Random
) -> None:
    quotas, candidates = pool
    shuffled = list(candidates)
    shuffler.shuffle(shuffled)
    try:
        form = assemble(quotas, candidates, 0, random.Random(seed))
    except Shortage:
        with pytest.raises(Shortage):
            assemble(quotas, shuffled, 0, random.Random(seed))
    else:
        assert assemble(quotas, shuffled, 0, random.Random(seed)) == form


def test_another_seed_gives_another_form() -> None:
    pool = [Candidate(n, n, frozenset({0})) for n in range(200)]
    forms = {tuple(questions(assemble([20], pool, 0, random.Random(seed)))) for seed in range(20)}
    assert len(forms) == 20


def test_disjoint_forms_are_counted_until_the_pool_is_short() -> None:
    pool = [Candidate(n, n, frozenset({n % 2})) for n in range(20)]
    assert disjoint_forms([3, 2], pool, random.Random(1)) == 3
    assert disjoint_forms([11, 0], pool, random.Random(1)) == 0
