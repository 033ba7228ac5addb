"""Scoring: what a response is worth, and what the sum of them means. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

FULL = Decimal(1)
NONE = Decimal(0)


class Credit(StrEnum):
    """How an item counts after the newest ruling on its key."""

    KEY = "key"
    CREDIT_ALL = "credit-all"
    EXCLUDE = "exclude"


@dataclass(frozen=True, slots=True)
class Scale:
    """The reporting scale, and our estimate of the share right that reaches its cut score."""

    lowest: int
    highest: int
    cut_score: int
    cut_fraction: Decimal


@dataclass(frozen=True, slots=True)
class Score:
    """Points of one attempt: ``raw`` of ``maximum`` scored items, on the scale, and the verdict."""

    raw: Decimal
    maximum: Decimal
    scaled: int
    passed: bool


def award(keys: Collection[int], selected: Collection[int], credit: Credit) -> Decimal | None:
    """Points of one response: all or nothing; a blank is wrong; ``None`` when excluded."""
    if credit is Credit.EXCLUDE:
        return None
    if credit is Credit.CREDIT_ALL:
        return FULL
    return FULL if selected and set(selected) == set(keys) else NONE


def total(awards: Iterable[Decimal | None], scale: Scale) -> Score:
    """Sum the scored items' awards (``None``: excluded) and place the sum on the scale.

    An attempt without a scored item is worth the lowest score.
    """
    counted = [points for points in awards if points is not None]
    raw, maximum = sum(counted, NONE), Decimal(len(counted))
    scaled = scaled_score(raw / maximum if maximum else NONE, scale)
    return Score(raw, maximum, scaled, passed=scaled >= scale.cut_score)


def scaled_score(fraction: Decimal, scale: Scale) -> int:
    """Our estimate of the scaled score, in two straight lines that meet at the cut.

    ``fraction`` is the share right, 0-1. The official conversion is not published, so this is
    an estimate by design: lowest at 0, ``cut_score`` at ``cut_fraction``, highest at 1.
    """
    if fraction < scale.cut_fraction:
        span = scale.cut_score - scale.lowest
        exact = scale.lowest + span * fraction / scale.cut_fraction
        # Rounding must not lift a score over the cut.
        return min(_rounded(exact), scale.cut_score - 1)
    span = scale.highest - scale.cut_score
    return _rounded(
        scale.cut_score + span * (fraction - scale.cut_fraction) / (1 - scale.cut_fraction)
    )


def _rounded(value: Decimal) -> int:
    return int(value.to_integral_value(rounding=ROUND_HALF_UP))
