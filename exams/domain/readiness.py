"""Readiness: the chance of reaching the cut on a new form, and our estimate of the score. Pure.

It speaks of our own forms. Until learners report their results, the official exam may be harder
or easier.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import erf, sqrt

import numpy as np
import numpy.typing as npt

from exams.domain.ability_grid import GRID, Floats, chance
from exams.domain.mastery import LEVEL, Posterior
from exams.domain.scoring import Scale, scaled_score

ENOUGH_ANSWERS = 65  # a full exam's worth
BANDS = ((0.2, "unlikely"), (0.5, "borderline-low"), (0.8, "borderline-high"), (1.0, "likely"))
WIDE = (BANDS[0][0], BANDS[2][0])
Z = 1.6449  # of a 90 % interval

_phi = np.vectorize(lambda z: 0.5 * (1.0 + erf(z / sqrt(2.0))), otypes=[float])


@dataclass(frozen=True, slots=True)
class Readiness:
    """``chance`` (0-1) of passing a new form, after ``answers`` answers, and its ``band``.

    ``low`` and ``high`` hold the chance given the learner's level, nine times of ten. ``band`` is
    ``"unlikely"``, ``"borderline-low"``, ``"borderline-high"``, ``"likely"``, or ``"withheld"``
    below 65 answers or when it is ``too_close``: then the number is not to be shown either.
    """

    chance: float
    low: float
    high: float
    answers: int
    band: str

    @property
    def too_close(self) -> bool:
        """Whether the interval spans 20 to 80 %, so that it may go either way."""
        return self.low < WIDE[0] and self.high > WIDE[1]


@dataclass(frozen=True, slots=True)
class ScoreEstimate:
    """Expected share right on the reference blueprint, 0-1, and on the scale, with 90 % ends.

    It is about the learner, not about one sitting: luck of questions and of the day comes on top
    (``sitting_low`` and ``sitting_high`` have it in).
    """

    share: float
    low: float
    high: float
    scaled: int
    scaled_low: int
    scaled_high: int
    sitting_low: int
    sitting_high: int


def readiness(
    believed: Posterior, counts: Sequence[float], cut: float, learner: int = 0
) -> Readiness:
    """Pass chance of one learner on a form with ``counts`` questions a chapter, ``cut`` of them."""
    given = chances_given_level(believed, counts, cut)[learner]
    level = believed.level[learner]
    answers = int(believed.answers[learner].sum())
    low, high = _weighted_ends(given, level)
    share = min(float((level * given).sum()), 1.0)
    found = Readiness(share, low, high, answers, band(share, answers))
    return replace(found, band="withheld") if found.too_close else found


def band(share: float, answers: int) -> str:
    """The word for a pass chance; ``"withheld"`` below a full exam's worth of answers."""
    if answers < ENOUGH_ANSWERS:
        return "withheld"
    return next(word for end, word in BANDS if share <= end)


def pass_chances(believed: Posterior, counts: npt.ArrayLike, cut: float) -> Floats:
    """Posterior predictive P(number right >= cut) of every learner, 0-1, (L,)."""
    return np.asarray((believed.level * chances_given_level(believed, counts, cut)).sum(axis=1))


def chances_given_level(believed: Posterior, counts: npt.ArrayLike, cut: float) -> Floats:
    """P(pass | level q), (L, Q): Phi((M(q) - (cut - 1/2)) / sqrt V(q)), see :func:`moments`."""
    mean, variance, _ = moments(believed, counts)
    return np.asarray(_phi((mean - (cut - 0.5)) / np.sqrt(np.maximum(variance, 1e-12))))


def moments(believed: Posterior, counts: npt.ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Of the number right on a new form, given the level: (L, Q) each.

    Mean M = sum n_c E[T_c | q]; variance V = sum n_c E[T (1 - T) | q] + n_c^2 Var(T_c | q); and
    the second part of V alone, the variance of the learner's true score. Chapters are independent
    given the level. ``counts`` (C,) may be fractions.
    """
    n = np.asarray(counts, dtype=float)[:, None]
    spread = np.maximum(believed.score_square - np.square(believed.score), 0.0)
    own = (n**2 * spread).sum(axis=1)
    luck = (n * (believed.score - believed.score_square)).sum(axis=1)
    return (n * believed.score).sum(axis=1), luck + own, own


def estimated_score(
    believed: Posterior, counts: Sequence[float], scale: Scale, learner: int = 0
) -> ScoreEstimate:
    """Our estimate of the scaled score on the reference blueprint ``counts``, with its band.

    Because items' difficulties are in the ability, it does not depend on which forms were taken.
    """
    total = float(np.sum(counts))
    mean, variance, own = (part[learner] for part in moments(believed, counts))
    level = believed.level[learner]
    share = float((level * mean).sum()) / total
    between = (level * np.square(mean - share * total)).sum()
    half, half_sitting = (
        Z * sqrt(float((level * part).sum() + between)) / total for part in (own, variance)
    )
    low, high = max(share - half, 0.0), min(share + half, 1.0)
    ends = (share, low, high, share - half_sitting, share + half_sitting)
    return ScoreEstimate(share, low, high, *(_scaled(end, scale) for end in ends))


def _scaled(share: float, scale: Scale) -> int:
    return scaled_score(Decimal(str(min(max(share, 0.0), 1.0))), scale)


def equated_share(
    right: float, difficulty: npt.ArrayLike, reference: Floats, slope: npt.ArrayLike = 1.0
) -> float:
    """Share right on the reference blueprint that ``right`` on this form is worth, 0-1.

    IRT true-score equating (Kolen & Brennan 2014, ch. 6): the ability at which this form's
    expected number right is ``right``, then the reference's curve (SIZE,) there. None and all
    right stay none and all, as usual. Raises ValueError for a number the form cannot give.
    """
    items = np.asarray(difficulty, dtype=float)
    if not 0 <= right <= items.size:
        raise ValueError("The number right is between none and all of the form's items.")
    if right in {0, items.size}:
        return float(right > 0)
    slopes = np.broadcast_to(np.asarray(slope, dtype=float), items.shape)
    curve = chance(GRID, items[:, None], slopes[:, None]).sum(axis=0)
    return float(np.interp(np.interp(right, curve, GRID), GRID, reference))


def reference_curve(curves: Floats, counts: npt.ArrayLike) -> Floats:
    """Expected share right on the reference blueprint by ability, (SIZE,)."""
    weights = np.asarray(counts, dtype=float)
    return np.asarray(weights @ curves / weights.sum())


def _weighted_ends(values: Floats, weights: Floats) -> tuple[float, float]:
    """The values below which 5 % and 95 % of the weight lies; ``values`` ascend."""
    places = np.cumsum(weights) - weights / 2
    tail = (1 - LEVEL) / 2
    low, high = np.interp([tail, 1 - tail], places, values)
    return float(low), float(high)
