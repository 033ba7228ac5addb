"""Items are split by weight exactly, and each share is its exact part rounded up or down."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.domain.assembly import BlueprintError, SectionSpec, largest_remainder, quotas

weights = st.lists(
    st.decimals(0, 100, places=2) | st.integers(0, 100), min_size=1, max_size=12
).filter(lambda values: sum(Fraction(str(value)) for value in values) > 0)


@given(st.integers(0, 200), weights)
def test_the_shares_add_up_and_none_is_a_whole_item_off(
    total: int, given_weights: list[Decimal | int]
) -> None:
    shares = largest_remainder(total, given_weights)
    exact = [Fraction(str(weight)) for weight in given_weights]
    assert sum(shares) == total
    for share, weight in zip(shares, exact, strict=True):
        part = total * weight / sum(exact)
        assert floor(part) <= share <= ceil(part)


@given(st.integers(0, 200), weights)
def test_what_is_left_goes_to_the_largest_remainders(
    total: int, given_weights: list[Decimal | int]
) -> None:
    shares = largest_remainder(total, given_weights)
    exact = [Fraction(str(weight)) for weight in given_weights]
    parts = [total * weight / sum(exact) for weight in exact]
    raised = [p - floor(p) for p, share in zip(parts, shares, strict=True) if share > p]
    lowered = [p - floor(p) for p, share in zip(parts, shares, strict=True) if share <= floor(p)]
    assert min(raised, default=Fraction(1)) >= max(lowered, default=Fraction(0))


@given(st.integers(0, 200), weights)
def test_a_heavier_section_never_gets_less(total: int, given_weights: list[Decimal | int]) -> None:
    shares = largest_remainder(total, given_weights)
    by_weight = sorted(zip(given_weights, shares, strict=True))
    assert all(
        share <= more
        for (weight, share), (heavier, more) in pairwise(by_weight)
        if weight < heavier
    )


def test_the_official_weights_give_the_official_quotas() -> None:
    assert largest_remainder(65, [30, 26, 24, 20]) == [19, 17, 16, 13]
    assert largest_remainder(15, [19, 17, 16, 13]) == [4, 4, 4, 3]


def test_equal_remainders_go_to_the_larger_weight_then_to_the_earlier_section() -> None:
    assert largest_remainder(1, [1, 1]) == [1, 0]
    assert largest_remainder(2, [1, 3]) == [0, 2]


@pytest.mark.parametrize("bad", [[], [0, 0], [3, -1]])
def test_weights_that_split_nothing_are_refused(bad: list[int]) -> None:
    with pytest.raises(BlueprintError):
        largest_remainder(10, bad)


def test_counts_stand_and_weights_share_the_rest() -> None:
    sections = [SectionSpec(count=4), SectionSpec(weight=1), SectionSpec(weight=2)]
    assert quotas(sections, 10) == [4, 2, 4]


@pytest.mark.parametrize("total", [3, 5])
def test_counts_that_do_not_add_up_are_refused(total: int) -> None:
    with pytest.raises(BlueprintError):
        quotas([SectionSpec(count=2), SectionSpec(count=2)], total)


def test_counts_beyond_the_total_leave_nothing_to_share() -> None:
    with pytest.raises(BlueprintError):
        quotas([SectionSpec(count=12), SectionSpec(weight=1)], 10)
