"""How learners differ, grow and drift: fitted to everybody's first answers. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import sqrt
from statistics import NormalDist

import numpy as np

from exams.domain.ability_grid import GRID, SIZE, STEP, Floats, Ints, chance
from exams.domain.evidence import GROWTH_STEPS, Answers, Evidence, evidence
from exams.domain.mastery import (
    TINY,
    Population,
    level_kernels,
    level_weights,
    likelihoods,
    looking_back,
    posterior,
)
from exams.domain.nelder_mead import minimise

ENOUGH_LEARNERS = 50
SMALLEST_SPREAD = 0.15  # logits; a finer one would fall between the grid's points
WIDEST_DRIFT = 1.0
DECAYS = (0.95, 0.85)
COVERAGE = 0.86
WIDENING = 1.25
PRUDENCE = 1.25
WORTH_DECAY = 5e-4
Z = 1.6449  # of a 90 % interval
EDGES: Floats = np.array([0.3, 0.3, 0.3, 0.15, 0.5])  # of the first simplex


def log_evidence(found: Evidence, population: Population) -> Floats:
    """log P(answers) of each learner, (L,): log sum_q N(q) prod_c A_c(q), up to the prior's sum."""
    likelihood, peaks = likelihoods(found)
    ones = np.ones((1, 1, SIZE))
    backward = looking_back(ones, likelihood, found, population)
    chances = np.maximum(backward @ level_kernels(found, population).transpose(0, 2, 1), TINY)
    logs = np.log(chances).sum(axis=1)
    top = logs.max(axis=1)
    prior = level_weights(np.zeros_like(logs))
    return np.asarray(np.log((prior * np.exp(logs - top[:, None])).sum(axis=1)) + top + peaks)


def fit(
    answers: Answers, chapters: int, learners: int, start: Population | None = None
) -> Population:
    """Maximise the marginal likelihood of all learners' answers; some 300 to 600 learners do.

    Growth (never below 0) and drift are fitted when somebody answered at two different ages.
    Under ``ENOUGH_LEARNERS`` learners nothing can be said and ``start`` is returned.
    """
    start = start or Population()
    if np.unique(answers.learner).size < ENOUGH_LEARNERS:
        return start
    found = evidence(answers, chapters, learners, decay=start.decay)
    moving = found.ages.size > 1

    def cost(point: Floats) -> float:
        tried = _unpacked(point, start)
        return -float(log_evidence(grown(found, tried.growth), tried).sum()) / learners

    point = _packed(start, moving)
    for scale in (EDGES[: point.size], EDGES[: point.size] / 3):  # again, should it have collapsed
        point = minimise(cost, point, scale, tolerance=0.03, most_calls=150)
    return _unpacked(point, start)


def _packed(population: Population, moving: bool) -> Floats:
    point = [population.mean, np.log(population.between), np.log(population.within)]
    return np.array([*point, population.growth, np.log(population.drift)] if moving else point)


def _unpacked(point: Floats, start: Population) -> Population:
    between, within = (max(float(np.exp(log)), SMALLEST_SPREAD) for log in point[1:3])
    found = replace(start, mean=float(point[0]), between=between, within=within)
    if point.size == 3:
        return found
    drift = min(float(np.exp(point[4])), WIDEST_DRIFT)
    return replace(found, growth=abs(float(point[3])), drift=drift)


def grown(found: Evidence, growth: float) -> Evidence:
    """The evidence of no growth seen with growth: each age's rows moved up the grid.

    Cubic between grid points, which spares the logarithms. (Linear would lie below the curve
    between grid points and draw the fit to growths that fall on them.)
    """
    offsets = growth * np.minimum(found.ages, GROWTH_STEPS)
    rows = [_moved(table, by) for table, by in zip(found.log_likelihood, offsets, strict=True)]
    return replace(found, log_likelihood=np.stack(rows))


def _moved(table: Floats, by: float) -> Floats:
    """Lagrange's cubic through four neighbours; the ends of the grid stay as they are."""
    if by == 0:
        return table
    whole = int(by // STEP)
    f = 1.0 - (by / STEP - whole)
    outer = (-f * (f - 1) * (f - 2) / 6, (f + 1) * f * (f - 1) / 6)
    inner = ((f + 1) * (f - 1) * (f - 2) / 2, -(f + 1) * f * (f - 2) / 2)
    weights = (outer[0], *inner, outer[1])
    first = np.arange(SIZE) - whole - 2
    columns = [np.clip(first + k, 0, SIZE - 1) for k in range(4)]
    moved = sum(w * table[..., rows] for w, rows in zip(weights, columns, strict=True))
    return np.asarray(moved)


@dataclass(frozen=True, slots=True)
class HeldOut:
    """How well each learner's newest step was foreseen from the older ones.

    ``log_loss`` is per answer. ``coverage`` is what the 90 % intervals of chapter scores cover,
    with the luck of single answers taken out: were errors ``excess`` times their claimed variance,
    2 Phi(1.645 / sqrt(excess)) - 1. ``learners`` are those with both steps.
    """

    log_loss: float
    excess: float
    learners: int

    @property
    def coverage(self) -> float:
        return 2 * NormalDist().cdf(Z / sqrt(max(self.excess, 1e-9))) - 1


def held_out(answers: Answers, chapters: int, learners: int, population: Population) -> HeldOut:
    """Leave out the answers of age 0, believe the rest, and compare.

    In a chapter the number right S has mean E[S], and (S - E[S])^2 is on average the variance of
    its expectation, which is what an interval is about, plus that of single answers, p (1 - p)
    each. Raises ValueError when no learner has answered at two ages.
    """
    older = np.bincount(answers.learner[answers.age > 0], minlength=learners) > 0
    newest = answers.taken((answers.age == 0) & older[answers.learner])
    if not newest.age.size:
        raise ValueError("Nobody answered at two ages.")
    past = answers.taken((answers.age > 0) & older[answers.learner])
    found = evidence(past, chapters, learners, growth=population.growth, decay=population.decay)
    mass = posterior(found, np.ones((chapters, SIZE)), population).mass
    p = chance(GRID, newest.difficulty[:, None], newest.slope[:, None])
    foreseen = (mass[newest.learner, newest.chapter] * p).sum(axis=1)
    chosen = np.where(newest.right > 0.5, foreseen, 1 - foreseen)
    loss = float(-np.log(np.maximum(chosen, 1e-9)).mean())
    return HeldOut(loss, _excess(newest, mass, p), int(older.sum()))


def _excess(newest: Answers, mass: Floats, p: Floats) -> float:
    """Squared errors of chapters' numbers right, less the answers' own variance, over the claim."""
    chapters = mass.shape[1]
    cell = newest.learner * chapters + newest.chapter
    sums, own = (_summed(values, cell, mass) for values in (p, p * (1 - p)))
    right = np.bincount(cell, newest.right, mass[..., 0].size).reshape(mass.shape[:2])
    mean = (mass * sums).sum(axis=-1)
    claimed = (mass * np.square(sums)).sum(axis=-1) - np.square(mean)
    found = np.square(right - mean) - (mass * own).sum(axis=-1)
    return float(found.sum() / max(claimed.sum(), TINY))


def _summed(values: Floats, cell: Ints, like: Floats) -> Floats:
    """Rows added up by learner and chapter: (n, SIZE) to (L, C, SIZE)."""
    order = np.argsort(cell, kind="stable")
    starts = np.flatnonzero(np.diff(cell[order], prepend=-1))
    table = np.zeros((like[..., 0].size, SIZE))
    table[cell[order][starts]] = np.add.reduceat(values[order], starts, axis=0)
    return table.reshape(like.shape)


def prudent(population: Population) -> Population:
    """A quarter more drift than fitted.

    Ability does not drift normally: a few chapters get studied and jump, most stand still. The
    likelihood is served by the average, but intervals have to hold for those that jumped. Where
    nothing drifts nothing is added.
    """
    return replace(population, drift=population.drift * PRUDENCE)


def with_decay(
    answers: Answers,
    chapters: int,
    learners: int,
    population: Population,
    decays: Iterable[float] = DECAYS,
) -> Population:
    """The population with the decay that foresees the newest step best (log loss per answer).

    Less than 1 only where it gains ``WORTH_DECAY``: drift makes old answers fade already.
    """

    def loss(one: Population) -> float:
        return held_out(answers, chapters, learners, one).log_loss

    plain = replace(population, decay=1.0)
    best = min((replace(population, decay=decay) for decay in decays), key=loss)
    return best if loss(best) < loss(plain) - WORTH_DECAY else plain


def widened(answers: Answers, chapters: int, learners: int, population: Population) -> Population:
    """Raise the drift until the 90 % intervals cover 86 % of the newest steps' chapters."""
    while (
        population.drift < WIDEST_DRIFT
        and held_out(answers, chapters, learners, population).coverage < COVERAGE
    ):
        population = replace(population, drift=min(population.drift * WIDENING, WIDEST_DRIFT))
    return population


def estimate(
    answers: Answers, chapters: int, learners: int, start: Population | None = None
) -> Population:
    """What the site uses: fitted, prudent, with the best decay, and wide enough.

    Ages count back from each learner's newest step. Where nobody has two, the fit is all there is.
    """
    found = prudent(fit(answers, chapters, learners, start))
    older = np.unique(answers.learner[answers.age > 0])
    if not np.isin(answers.learner[answers.age == 0], older).any():
        return found
    found = with_decay(answers, chapters, learners, found)
    return widened(answers, chapters, learners, found)
