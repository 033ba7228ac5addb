"""The estimate rises with the share right and meets the cut exactly where we say it does."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from exams.domain.scoring import Scale, scaled_score

SAA = Scale(100, 1000, 720, Decimal("0.720"))


@st.composite
def scales(draw: st.DrawFn) -> Scale:
    lowest, cut, highest = sorted(
        draw(st.lists(st.integers(0, 2000), min_size=3, max_size=3, unique=True))
    )
    return Scale(lowest, highest, cut, draw(st.decimals("0.001", "0.999", places=3)))


shares = st.fractions(0, 1, max_denominator=100).map(
    lambda share: Decimal(share.numerator) / Decimal(share.denominator)
)


@given(scales())
def test_it_meets_the_ends_of_the_scale_and_the_cut(scale: Scale) -> None:
    assert scaled_score(Decimal(0), scale) == scale.lowest
    assert scaled_score(scale.cut_fraction, scale) == scale.cut_score
    assert scaled_score(Decimal(1), scale) == scale.highest


@given(scales(), shares, shares)
def test_it_never_falls_as_the_share_rises(scale: Scale, one: Decimal, other: Decimal) -> None:
    less, more = sorted((one, other))
    assert scaled_score(less, scale) <= scaled_score(more, scale)


@given(scales(), shares)
def test_rounding_lifts_nobody_over_the_cut(scale: Scale, share: Decimal) -> None:
    assert (scaled_score(share, scale) >= scale.cut_score) == (share >= scale.cut_fraction)


def test_fifty_scored_items_pass_from_thirty_six_right() -> None:
    assert scaled_score(Decimal(35) / 50, SAA) == 703
    assert scaled_score(Decimal(36) / 50, SAA) == 720


def test_a_hair_below_the_cut_stays_below() -> None:
    assert scaled_score(Decimal("0.7199999"), SAA) == 719
