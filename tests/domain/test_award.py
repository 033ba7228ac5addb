"""An item is right when exactly its keys are chosen; rulings on the key go before that."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from exams.domain.scoring import Credit, Scale, award, total

SCALE = Scale(100, 1000, 720, Decimal("0.720"))
choices = st.sets(st.integers(1, 6))
keys = st.sets(st.integers(1, 6), min_size=1)


@given(keys, choices)
def test_all_or_nothing(key: set[int], selected: set[int]) -> None:
    assert award(key, selected, Credit.KEY) == int(selected == key)


@given(keys, st.lists(st.integers(1, 6)))
def test_the_order_of_the_choices_does_not_matter(key: set[int], selected: list[int]) -> None:
    assert award(key, selected, Credit.KEY) == award(key, sorted(selected), Credit.KEY)


@given(choices)
def test_a_blank_is_wrong_whatever_the_key(key: set[int]) -> None:
    assert award(key, (), Credit.KEY) == 0


@given(keys, choices)
def test_a_ruling_credits_everybody_or_counts_for_nobody(key: set[int], selected: set[int]) -> None:
    assert award(key, selected, Credit.CREDIT_ALL) == 1
    assert award(key, selected, Credit.EXCLUDE) is None


awards = st.lists(st.sampled_from([Decimal(0), Decimal(1), None]), max_size=80)


@given(awards)
def test_the_sum_counts_what_was_not_excluded(given_awards: list[Decimal | None]) -> None:
    score = total(given_awards, SCALE)
    assert score.raw == given_awards.count(Decimal(1))
    assert score.maximum == len(given_awards) - given_awards.count(None)
    assert SCALE.lowest <= score.scaled <= SCALE.highest
    assert score.passed == (score.scaled >= SCALE.cut_score)


@given(awards, st.randoms(use_true_random=False))
def test_a_score_does_not_depend_on_the_order_of_items(
    given_awards: list[Decimal | None], rng: object
) -> None:
    shuffled = list(given_awards)
    rng.shuffle(shuffled)
    assert total(shuffled, SCALE) == total(given_awards, SCALE)


def test_an_attempt_without_a_scored_item_is_worth_the_lowest_score() -> None:
    assert total([], SCALE).scaled == SCALE.lowest
    assert not total([None, None], SCALE).passed
