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
    SIZE,
    Floats,
    Ints,
    chance,
    curve_at,
    mass_below,
    normal_rows,
    quantile,
    walk,
)

LEVEL = 0.90
CERTAIN = 0.8
MINIMUM_TO_LABEL = 3
CLEAR_HALF_WIDTH = 0.12
MOST_MORE_ANSWERS = 63
GROWTH_STEPS = 10.0  # growth is not extrapolated further back
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
class Answers:
    """First answers before the reveal, as columns of one length; rows in any order.

    ``right`` is 0 or 1, ``difficulty`` and ``slope`` are the item's, ``age`` counts whole steps
    ago (0: now), ``learner`` and ``chapter`` count from 0.
    """

    chapter: Ints
    right: Floats
    difficulty: Floats
    slope: Floats
    age: Floats
    learner: Ints

    @classmethod
    def of(
        cls,
        chapter: npt.ArrayLike,
        right: npt.ArrayLike,
        difficulty: npt.ArrayLike,
        slope: npt.ArrayLike = 1.0,
        age: npt.ArrayLike = 0.0,
        learner: npt.ArrayLike = 0,
    ) -> Answers:
        """From columns or constants. Raises ValueError when lengths differ or an age is negative."""
        chapters = np.asarray(chapter, dtype=np.int64)
        floats = (
            np.broadcast_to(np.asarray(column, dtype=np.float64), chapters.shape)
            for column in (right, difficulty, slope, age)
        )
        learners = np.broadcast_to(np.asarray(learner, dtype=np.int64), chapters.shape)
        result = cls(chapters, *floats, learners)
        if (result.age < 0).any():
            raise ValueError("An answer's age is not negative.")
        return result

    def sorted(self) -> Answers:
        """In one order whatever order the rows came in, so that sums are the same to the bit."""
        columns = (self.right, self.slope, self.difficulty, self.chapter, self.learner, self.age)
        return self.taken(np.lexsort(columns))

    def taken(self, rows: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Answers:
        """Only these rows, by index or mask."""
        return Answers(
            self.chapter[rows],
            self.right[rows],
            self.difficulty[rows],
            self.slope[rows],
            self.age[rows],
            self.learner[rows],
        )


def score_curves(
    chapter: npt.ArrayLike,
    difficulty: npt.ArrayLike,
    slope: npt.ArrayLike = 1.0,
) -> Floats:
    """T_c(theta): the mean chance of a right answer over chapter c's whole bank, (C, SIZE).

    One entry per question of the bank, chapters counted from 0. The domain score of Bock,
    Thissen & Zimowski 1997. Raises ValueError for a chapter without questions.
    """
    chapters = np.asarray(chapter, dtype=np.int64)
    bank = np.broadcast_to(np.asarray(difficulty, dtype=np.float64), chapters.shape)
    slopes = np.broadcast_to(np.asarray(slope, dtype=np.float64), chapters.shape)
    counts = np.bincount(chapters)
    if not counts.size or not counts.all():
        raise ValueError("Every chapter has at least one question.")
    order = np.lexsort((slopes, bank, chapters))
    curves = chance(GRID, bank[order, None], slopes[order, None])
    starts = np.cumsum(counts) - counts
    return np.asarray(np.add.reduceat(curves, starts, axis=0) / counts[:, None])


@dataclass(frozen=True, slots=True)
class Evidence:
    """Log-likelihoods of theta-now, (E ages, L learners, C chapters, SIZE), and the counts.

    ``ages`` ascend; ``oldest`` (L,) is each learner's first step; ``answers`` and ``right``
    are (L, C).
    """

    ages: Floats
    oldest: Floats
    log_likelihood: Floats
    answers: Floats
    right: Floats


def evidence(
    answers: Answers, chapters: int, learners: int = 1, *, growth: float = 0.0, decay: float = 1.0
) -> Evidence:
    """Sum the answers' log-likelihoods by age, learner and chapter.

    An answer given e steps ago stands for ability theta - growth * e (at most ``GROWTH_STEPS``
    of them) and weighs decay^e. Raises ValueError for a chapter that is not there.
    """
    if answers.chapter.size and answers.chapter.max() >= chapters:
        raise ValueError("An answer belongs to a chapter that is not there.")
    rows = answers.sorted()
    ages = np.unique(rows.age) if rows.age.size else np.zeros(1)
    cell = (np.searchsorted(ages, rows.age) * learners + rows.learner) * chapters + rows.chapter
    offset = growth * np.minimum(rows.age, GROWTH_STEPS) + rows.difficulty
    table = _summed(rows, offset, decay**rows.age, cell, ages.size * learners * chapters)
    oldest = np.zeros(learners)
    np.maximum.at(oldest, rows.learner, rows.age)
    place = rows.learner * chapters + rows.chapter
    return Evidence(
        ages,
        oldest,
        table.reshape(ages.size, learners, chapters, SIZE),
        np.bincount(place, minlength=learners * chapters).astype(float).reshape(learners, chapters),
        np.bincount(place, rows.right, learners * chapters).reshape(learners, chapters),
    )


def _summed(rows: Answers, offset: Floats, weight: Floats, cell: Ints, cells: int) -> Floats:
    """Weighted log-likelihoods added up by cell, (cells, SIZE); ``cell`` ascends."""
    table = np.zeros((cells, SIZE))
    starts = np.flatnonzero(np.diff(cell, prepend=-1))
    for part in np.array_split(starts, max(1, rows.age.size // 20_000)):
        if not part.size:
            continue
        after = starts[starts > part[-1]]
        chosen = slice(part[0], after[0] if after.size else rows.age.size)
        z = rows.slope[chosen, None] * (GRID - offset[chosen, None])
        gain = rows.right[chosen, None] * z - np.log1p(np.exp(z))
        gain *= weight[chosen, None]
        table[cell[part]] = np.add.reduceat(gain, part - part[0], axis=0)
    return table


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
    likelihood = _likelihood(found)
    rows = np.stack([np.ones_like(curves), curves, np.square(curves)])
    backward = looking_back(rows[:, None], likelihood, found, population)
    kernels = level_kernels(found, population)
    given = np.einsum("klcg,lqg->klcq", backward, kernels, optimize=True)
    chances = np.maximum(given[0], 1e-300)
    level = level_weights(np.log(chances).sum(axis=1))
    start = np.einsum("lcq,lqg->lcg", level[:, None, :] / chances, kernels, optimize=True)
    mass = _looking_forward(start, likelihood, found, population)
    scores = given[1:] / chances
    return Posterior(mass, level, scores[0], scores[1], curves, found.answers, found.right)


def _likelihood(found: Evidence) -> Floats:
    peaks = found.log_likelihood.max(axis=-1, keepdims=True)
    return np.exp(found.log_likelihood - peaks)


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
        mass = mass * likelihood[e]
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
    if answers >= MINIMUM_TO_LABEL and below <= 1 - CERTAIN:
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
    logs = np.log(np.maximum(believed.mass, 1e-300)) + count[..., None] * gain
    mass = np.exp(logs - logs.max(axis=-1, keepdims=True))
    mass /= mass.sum(axis=-1, keepdims=True)
    low, high = (quantile(mass, (1 + sign * LEVEL) / 2) for sign in (-1, 1))
    return np.asarray((curve_at(believed.curves, high) - curve_at(believed.curves, low)) / 2)
