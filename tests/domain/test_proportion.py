"""A share comes with an interval that narrows with answers, and a word only when that is clear."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.domain.proportion import Proportion


@st.composite
def proportions(draw: st.DrawFn, least: int = 1) -> Proportion:
    n = draw(st.integers(least, 500))
    return Proportion(draw(st.integers(0, n)), n)


@given(proportions())
def test_the_interval_holds_the_share_and_stays_in_0_to_1(proportion: Proportion) -> None:
    low, high = proportion.interval()
    assert proportion.share is not None
    assert 0 <= low <= proportion.share <= high <= 1
    assert low < high


@given(proportions())
def test_the_interval_mirrors_right_and_wrong(proportion: Proportion) -> None:
    low, high = proportion.interval()
    mirrored = Proportion(proportion.n - proportion.right, proportion.n).interval()
    assert mirrored == pytest.approx((1 - high, 1 - low))


@given(proportions(), st.integers(2, 20))
def test_more_answers_of_the_same_share_narrow_it(proportion: Proportion, times: int) -> None:
    low, high = proportion.interval()
    closer = Proportion(proportion.right * times, proportion.n * times).interval()
    assert closer[1] - closer[0] < high - low


@given(proportions())
def test_a_higher_level_widens_it(proportion: Proportion) -> None:
    low, high = proportion.interval(0.90)
    wider = proportion.interval(0.99)
    assert wider[0] <= low
    assert high <= wider[1]


def test_it_is_wilsons_interval() -> None:
    """Worked by hand from Wilson's formula with z = 1.6449 for 90 %."""
    assert Proportion(7, 10).interval() == pytest.approx((0.4417, 0.8732), abs=0.001)
    assert Proportion(0, 8).interval() == pytest.approx((0.0, 0.2527), abs=0.001)


def test_without_answers_anything_is_possible() -> None:
    assert Proportion(0, 0).interval() == (0.0, 1.0)
    assert Proportion(0, 0).share is None
    assert Proportion(0, 0).label(0.72) == "unsure"


@pytest.mark.parametrize(
    ("right", "n", "label"),
    [
        (0, 7, "unsure"),  # too few answers to say anything
        (0, 8, "focus"),
        (8, 8, "on-track"),
        (7, 8, "unsure"),
        (72, 100, "unsure"),
        (85, 100, "on-track"),
        (50, 100, "focus"),
    ],
)
def test_a_word_is_said_only_when_the_whole_interval_agrees(right: int, n: int, label: str) -> None:
    assert Proportion(right, n).label(0.72) == label
