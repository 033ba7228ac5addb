"""How near estimates are to a truth that only a simulation knows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exams.domain.ability_grid import Floats, Ints
from exams.domain.mastery import CERTAIN, Posterior

TARGET = 0.70
BINS = 10


@dataclass(frozen=True, slots=True)
class Measures:
    """Of chapters: ``precision`` of the three weakest, ``rmse``, ``coverage`` and ``width`` of the
    90 % interval, share ``decided`` at 80 % certainty and of these ``right``. Of plain percent
    right: ``raw_precision``, ``raw_rmse``.
    """

    precision: float
    rmse: float
    coverage: float
    width: float
    decided: float
    right: float
    raw_precision: float
    raw_rmse: float


def measured(believed: Posterior, truth: Floats) -> Measures:
    """Compare with true chapter scores (L, C)."""
    expected, below = believed.expected(), believed.below(TARGET)
    low, high = believed.interval()
    decided = np.maximum(below, 1 - below) >= CERTAIN
    agreed = (below >= CERTAIN) == (truth < TARGET)
    raw = believed.right / np.maximum(believed.answers, 1)
    return Measures(
        precision=precision_at_three(expected, truth),
        rmse=rmse(expected, truth),
        coverage=float(((low <= truth) & (truth <= high)).mean()),
        width=float((high - low).mean()),
        decided=float(decided.mean()),
        right=float(agreed[decided].mean()),
        raw_precision=precision_at_three(raw, truth),
        raw_rmse=rmse(raw, truth),
    )


def precision_at_three(estimate: Floats, truth: Floats) -> float:
    """Share of each learner's three lowest estimates among the three truly lowest, on average."""
    ranks = [values.argsort(axis=1, kind="stable")[:, :3] for values in (estimate, truth)]
    return float((ranks[0][:, :, None] == ranks[1][:, None, :]).any(axis=2).mean())


def rmse(estimate: Floats, truth: Floats) -> float:
    return float(np.sqrt(np.square(estimate - truth).mean()))


def calibration_error(chances: Floats, happened: Ints) -> float:
    """Expected calibration error: |mean chance - share that happened| over ten equal bins."""
    cell = np.minimum((chances * BINS).astype(int), BINS - 1)
    gap = np.bincount(cell, chances - happened, BINS)
    return float(np.abs(gap).sum() / chances.size)


def log_loss(chances: Floats, happened: Ints) -> float:
    p = np.clip(np.where(happened, chances, 1 - chances), 1e-6, 1)
    return float(-np.log(p).mean())


def joined(parts: list[Posterior]) -> Posterior:
    """Posteriors of several groups of learners as one."""

    def rows(name: str) -> Floats:
        return np.concatenate([getattr(part, name) for part in parts])

    return Posterior(
        mass=rows("mass"),
        level=rows("level"),
        score=rows("score"),
        score_square=rows("score_square"),
        curves=parts[0].curves,
        answers=rows("answers"),
        right=rows("right"),
    )
