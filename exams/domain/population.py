"""How learners differ, grow and drift: fitted to everybody's first answers. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from exams.domain.ability_grid import GRID, SIZE, STEP, Floats, Ints, chance
from exams.domain.evidence import GROWTH_STEPS, Answers, Evidence, evidence
from exams.domain.mastery import (
    TINY,
    Population,
    given_level,
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
DECAYS = (1.0, 0.95, 0.85)
COVERAGE = 0.86
WIDENING = 1.25
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

    Linear between grid points, which is fine for fitting and spares the logarithms.
    """
    offsets = growth * np.minimum(found.ages, GROWTH_STEPS)
    rows = [_moved(table, by) for table, by in zip(found.log_likelihood, offsets, strict=True)]
    return replace(found, log_likelihood=np.stack(rows))


def _moved(table: Floats, by: float) -> Floats:
    if by == 0:
        return table
    place = np.clip(np.arange(SIZE) - by / STEP, 0, SIZE - 1)
    low = np.minimum(place.astype(np.int64), SIZE - 2)
    part = place - low
    return np.asarray(table[..., low] * (1 - part) + table[..., low + 1] * part)


@dataclass(frozen=True, slots=True)
class HeldOut:
    """How well each learner's newest step was foreseen from the older ones.

    ``log_loss`` is per answer; ``coverage`` the share of learners whose number right fell into
    its 90 % predictive interval; ``learners`` those with something to foresee and to go by.
    """

    log_loss: float
    coverage: float
    learners: int


def held_out(answers: Answers, chapters: int, learners: int, population: Population) -> HeldOut:
    """Leave out the answers of age 0, believe the rest, and compare.

    Raises ValueError when no learner has both.
    """
    older = np.bincount(answers.learner[answers.age > 0], minlength=learners) > 0
    newest = answers.taken((answers.age == 0) & older[answers.learner])
    if not newest.age.size:
        raise ValueError("Nobody answered at two ages.")
    past = answers.taken((answers.age > 0) & older[answers.learner])
    found = evidence(past, chapters, learners, growth=population.growth, decay=population.decay)
    mean, variance, log_loss = _foreseen(newest, found, population)
    right = np.bincount(newest.learner, newest.right, learners)
    within = np.abs(right - mean) <= Z * np.sqrt(variance)
    return HeldOut(log_loss, float(within[older].mean()), int(older.sum()))


def _foreseen(
    newest: Answers, found: Evidence, population: Population
) -> tuple[Floats, Floats, float]:
    """Mean and variance of each learner's number right, (L,), and the log loss per answer."""
    p = chance(GRID, newest.difficulty[:, None], newest.slope[:, None])
    cell = newest.learner * found.answers.shape[1] + newest.chapter
    sums, spreads = (_summed(values, cell, found) for values in (p, p * (1 - p)))
    level, _, given = given_level(np.stack([sums, np.square(sums), spreads]), found, population)
    means = given[0].sum(axis=1)
    mean = (level * means).sum(axis=1)
    own = (given[2] + given[1] - np.square(given[0])).sum(axis=1)
    variance = (level * (own + np.square(means - mean[:, None]))).sum(axis=1)
    mass = posterior(found, np.ones((found.answers.shape[1], SIZE)), population).mass
    foreseen = (mass[newest.learner, newest.chapter] * p).sum(axis=1)
    chosen = np.where(newest.right > 0.5, foreseen, 1 - foreseen)
    return mean, variance, float(-np.log(np.maximum(chosen, 1e-9)).mean())


def _summed(values: Floats, cell: Ints, found: Evidence) -> Floats:
    """Rows added up by learner and chapter: (n, SIZE) to (L, C, SIZE)."""
    order = np.argsort(cell, kind="stable")
    starts = np.flatnonzero(np.diff(cell[order], prepend=-1))
    table = np.zeros((found.answers.size, SIZE))
    table[cell[order][starts]] = np.add.reduceat(values[order], starts, axis=0)
    return table.reshape(*found.answers.shape, SIZE)


def with_decay(
    answers: Answers,
    chapters: int,
    learners: int,
    population: Population,
    decays: Iterable[float] = DECAYS,
) -> Population:
    """The population with the decay that foresees the newest step best (log loss)."""
    tried = [replace(population, decay=decay) for decay in decays]
    return min(tried, key=lambda one: held_out(answers, chapters, learners, one).log_loss)


def widened(answers: Answers, chapters: int, learners: int, population: Population) -> Population:
    """Raise the drift until 86 % of the newest steps fall into their 90 % intervals."""
    while (
        population.drift < WIDEST_DRIFT
        and held_out(answers, chapters, learners, population).coverage < COVERAGE
    ):
        population = replace(population, drift=min(population.drift * WIDENING, WIDEST_DRIFT))
    return population
