"""Mastery: what share of a chapter's questions a learner would get right, and how sure we are.

The model is a hierarchical Rasch model that wanders. A learner has a level g ~ N(mean, between^2);
in chapter c the ability at the first answer is N(g, within^2). From step to step (an exam, or a
week: whatever the ages count) it grows by ``growth`` and drifts with standard deviation
``drift``. An answer is right with probability 1 / (1 + exp(-a (theta - b))). Chapters share g, so
one with two answers leans on the others and one with forty speaks for itself. Everything is
summed exactly over a grid, without sampling: chapters are independent given g, and within a
chapter the steps are a hidden Markov chain (Rabiner 1989). Sources: Rasch 1960; Gelman & Hill
2007, ch. 14 (partial pooling); West & Harrison 1997 (local-level growth models).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from exams.domain.ability_grid import (
    GRID,
    Floats,
    Ints,
    curve_at,
    mass_below,
    normal_rows,
    quantile,
    walk,
)
from exams.domain.evidence import GROWTH_STEPS, Evidence

LEVEL = 0.90
CERTAIN = 0.8
MINIMUM_TO_LABEL = 3
CLEAR_HALF_WIDTH = 0.12
MOST_MORE_ANSWERS = 63
TINY = 1e-300
NODES: Floats = np.linspace(-4.5, 4.5, 41)  # of the level, in units of ``between``


@dataclass(frozen=True, slots=True)
class Population:
    """How learners differ, in logits; ``growth`` and ``drift`` are per step of age.

    ``decay`` is the weight of an answer one step old (1: drift alone makes old answers fade).
    """

    mean: float = 0.0
    between: float = 1.0
    within: float = 0.6
    growth: float = 0.0
    drift: float = 0.2
    decay: float = 1.0


@dataclass(frozen=True, slots=True)
class Posterior:
    """What is believed after the answers. Axes: L learners, C chapters, Q nodes of the level.

    ``mass`` (L, C, SIZE) is P(theta now); ``level`` (L, Q) the weight of the level's nodes;
    ``score`` and ``score_square`` (L, C, Q) are E[T] and E[T^2] given the level; ``curves``
    (C, SIZE) are T itself.
    """

    mass: Floats
    level: Floats
    score: Floats
    score_square: Floats
    curves: Floats
    answers: Floats
    right: Floats

    def expected(self) -> Floats:
        """E[T_c], the expected chapter score, 0-1, (L, C)."""
        return np.asarray((self.mass * self.curves).sum(axis=-1))

    def interval(self, level: float = LEVEL) -> tuple[Floats, Floats]:
        """Ends of the central credible interval of T_c, 0-1, (L, C) each."""
        low, high = (quantile(self.mass, (1 + sign * level) / 2) for sign in (-1, 1))
        return curve_at(self.curves, low), curve_at(self.curves, high)

    def below(self, target: npt.ArrayLike) -> Floats:
        """P(T_c < target), (L, C); ``target`` is a share 0-1, one for all or one per chapter."""
        targets = np.broadcast_to(np.asarray(target, dtype=float), self.curves.shape[:1])
        pairs = zip(targets, self.curves, strict=True)
        theta = np.array([np.interp(share, curve, GRID) for share, curve in pairs])
        return mass_below(self.mass, np.broadcast_to(theta, self.mass.shape[:-1]))


def posterior(found: Evidence, curves: Floats, population: Population) -> Posterior:
    """Exact posterior over the grid. ``curves`` are :func:`score_curves` of the whole bank.

    A_c(q) = P(answers in c | level q) comes from looking back over the steps; the level's weights
    are W(q) ~ N(q) prod_c A_c(q); chapter c starts from sum_q N(theta; g_q, within^2) W(q) / A_c(q)
    and is carried forward to now.
    """
    likelihood, _ = likelihoods(found)
    kernels = level_kernels(found, population)
    rows = np.stack([np.ones_like(curves), curves, np.square(curves)])[:, None]
    given = looking_back(rows, likelihood, found, population) @ kernels.transpose(0, 2, 1)
    chances = np.maximum(given[0], TINY)
    level = level_weights(np.log(chances).sum(axis=1))
    start = (level[:, None, :] / chances) @ kernels
    mass = _looking_forward(start, likelihood, found, population)
    scores = given[1:] / chances
    return Posterior(mass, level, scores[0], scores[1], curves, found.answers, found.right)


def likelihoods(found: Evidence) -> tuple[Floats, Floats]:
    """exp(log-likelihood - its peak), (E, L, C, SIZE), and the sums of the peaks, (L,)."""
    peaks = found.log_likelihood.max(axis=-1)
    return np.exp(found.log_likelihood - peaks[..., None]), peaks.sum(axis=(0, 2))


def level_kernels(found: Evidence, population: Population) -> Floats:
    """N(theta; g_q, within^2) at each learner's first step, seen from now: (L, Q, SIZE)."""
    levels = population.mean + population.between * NODES
    shift = population.growth * np.minimum(found.oldest, GROWTH_STEPS)
    distinct, which = np.unique(shift, return_inverse=True)
    kernels = np.stack([normal_rows(levels + by, population.within) for by in distinct])
    return kernels[which]


def level_weights(log_chances: Floats) -> Floats:
    """Normalised weights of the level's nodes from its prior and log P(answers | node), (L, Q)."""
    logs = log_chances - 0.5 * np.square(NODES)
    weights = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True))


def looking_back(
    rows: Floats, likelihood: Floats, found: Evidence, population: Population
) -> Floats:
    """E[row(theta now) P(answers | path) | theta at the first step]: (..., L, C, SIZE)."""
    shape = np.broadcast_shapes(rows.shape, likelihood.shape[1:])
    message = np.broadcast_to(rows, shape)
    for e, gap in enumerate(np.diff(found.ages, prepend=0.0)):
        message = _carried(message, gap, found.oldest >= found.ages[e], population)
        message = message * likelihood[e]
    return message


def _looking_forward(
    start: Floats, likelihood: Floats, found: Evidence, population: Population
) -> Floats:
    """Mass of theta now from the mass at the first step: (L, C, SIZE), normalised."""
    mass = start
    gaps = np.diff(found.ages, prepend=0.0)
    for e in reversed(range(found.ages.size)):
        mass = np.maximum(mass * likelihood[e], TINY)  # answers may contradict each other wildly
        mass = mass / mass.sum(axis=-1, keepdims=True)
        mass = _carried(mass, gaps[e], found.oldest >= found.ages[e], population)
    return np.asarray(mass / mass.sum(axis=-1, keepdims=True))


def _carried(
    message: Floats, gap: float, moving: npt.NDArray[np.bool_], population: Population
) -> Floats:
    """The message over ``gap`` steps of drift, for those learners who had begun by then."""
    variance = round(gap * population.drift**2, 12)
    if variance <= 0 or not moving.any():
        return message
    carried = message @ walk(variance)
    return carried if moving.all() else np.where(moving[:, None, None], carried, message)


@dataclass(frozen=True, slots=True)
class ChapterMastery:
    """One chapter of one learner; shares are 0-1.

    ``expected`` with ``low`` and ``high`` (90 %) is the share of the whole chapter's bank this
    learner would get right; ``below`` is P(share < target). ``label`` is ``"focus"``,
    ``"on-track"`` or ``"unsure"``. ``more_answers`` would bring the interval's half-width under
    12 points (``None``: more than 63). ``expected_points`` are questions of the exam to be won.
    """

    answers: int
    right: int
    expected: float
    low: float
    high: float
    below: float
    label: str
    more_answers: int | None
    expected_points: float


def label(below: float, answers: int) -> str:
    """``"focus"`` from 80 % certainty below the target, ``"on-track"`` from 80 % above it.

    Never on fewer than three answers in the chapter.
    """
    if answers >= MINIMUM_TO_LABEL and below >= CERTAIN:
        return "focus"
    if answers >= MINIMUM_TO_LABEL and 1 - below >= CERTAIN:
        return "on-track"
    return "unsure"


def chapters(
    believed: Posterior, target: float, weights: Sequence[float], learner: int = 0
) -> list[ChapterMastery]:
    """Every chapter of one learner; ``weights`` are its questions on the exam, maybe fractions.

    Expected points are weight x (target - E[T])+.
    """
    one = _only(believed, learner)
    expected, below = one.expected()[0], one.below(target)[0]
    low, high = (end[0] for end in one.interval())
    more = more_answers(one)[0]
    points = np.asarray(weights, dtype=float) * np.maximum(target - expected, 0.0)
    return [
        ChapterMastery(
            int(one.answers[0, c]),
            int(one.right[0, c]),
            float(expected[c]),
            float(low[c]),
            float(high[c]),
            float(below[c]),
            label(float(below[c]), int(one.answers[0, c])),
            int(more[c]) if more[c] <= MOST_MORE_ANSWERS else None,
            float(points[c]),
        )
        for c in range(expected.size)
    ]


def _only(believed: Posterior, learner: int) -> Posterior:
    one = slice(learner, learner + 1)
    return Posterior(
        believed.mass[one],
        believed.level[one],
        believed.score[one],
        believed.score_square[one],
        believed.curves,
        believed.answers[one],
        believed.right[one],
    )


def more_answers(believed: Posterior) -> Ints:
    """Fewest further answers that bring the half-width of T_c under 12 points, (L, C).

    Each further answer adds the log-likelihood to be expected if the truth were E[T_c], scaled to
    the information of items whose difficulty is known. 64 stands for more than 63.
    """
    gain = _expected_gain(believed)
    fewest = np.zeros(believed.answers.shape, dtype=np.int64)
    for bit in (64, 32, 16, 8, 4, 2, 1):
        tried = fewest + bit - 1
        fewest = np.where(_half_width(believed, gain, tried) >= CLEAR_HALF_WIDTH, tried + 1, fewest)
    return np.minimum(fewest, MOST_MORE_ANSWERS + 1)


def _expected_gain(believed: Posterior) -> Floats:
    curves = np.clip(believed.curves, 1e-12, 1 - 1e-12)
    expected = believed.expected()
    logit = np.log(expected / (1 - expected))
    steepness = np.gradient(curves, GRID, axis=-1)
    theta = np.stack(
        [np.interp(row, np.log(c / (1 - c)), GRID) for row, c in zip(logit.T, curves, strict=True)]
    ).T
    known = expected * (1 - expected) / np.maximum(curve_at(steepness, theta), 1e-6)
    right = expected[..., None] * np.log(curves) + (1 - expected[..., None]) * np.log1p(-curves)
    return np.asarray(np.maximum(known, 1.0)[..., None] * right)


def _half_width(believed: Posterior, gain: Floats, count: Ints) -> Floats:
    logs = np.log(np.maximum(believed.mass, TINY)) + count[..., None] * gain
    mass = np.exp(logs - logs.max(axis=-1, keepdims=True))
    mass /= mass.sum(axis=-1, keepdims=True)
    low, high = (quantile(mass, (1 + sign * LEVEL) / 2) for sign in (-1, 1))
    return np.asarray((curve_at(believed.curves, high) - curve_at(believed.curves, low)) / 2)
