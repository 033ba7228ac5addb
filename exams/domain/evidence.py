"""What answers say about ability before any belief: log-likelihoods on the grid. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from exams.domain.ability_grid import GRID, SIZE, Floats, Ints, chance

GROWTH_STEPS = 10.0  # growth is not extrapolated further back


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
        """From columns or constants. Raises ValueError for unequal lengths or a negative age."""
        chapters = np.asarray(chapter, dtype=np.int64)
        floats = [
            np.broadcast_to(np.asarray(column, dtype=np.float64), chapters.shape)
            for column in (right, difficulty, slope, age)
        ]
        learners = np.broadcast_to(np.asarray(learner, dtype=np.int64), chapters.shape)
        result = cls(chapters, floats[0], floats[1], floats[2], floats[3], learners)
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
