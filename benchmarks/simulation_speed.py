"""What estimates and calibration cost, in seconds of CPU."""

from __future__ import annotations

import resource
import statistics
import time

import numpy as np

from exams.domain.ability_grid import chance
from exams.domain.calibration import calibrate, chunks_of
from exams.domain.evidence import Answers, evidence, score_curves
from exams.domain.mastery import Population, chapters, posterior

RUNS = 40
AGES = 20
ITEMS = 5000
PER_SITTING = 100


def one_learner() -> float:
    """All chapters of a learner with 1,000 answers of twenty ages; the bank's curves are cached."""
    dice = np.random.default_rng(1)
    chapter = np.repeat(np.arange(12), 100)
    difficulty = dice.normal(-1.1, 1.0, chapter.size)
    curves = score_curves(chapter, difficulty)
    item = dice.permutation(chapter.size)[:1000]
    right = dice.random(item.size) < chance(np.zeros(item.size), difficulty[item])
    answers = Answers.of(chapter[item], right, difficulty[item], age=np.arange(item.size) % AGES)
    population = Population(growth=0.1)
    taken = []
    for _ in range(RUNS):
        started = time.process_time()
        found = evidence(answers, 12, growth=population.growth)
        chapters(posterior(found, curves, population), 0.7, [5.0] * 12)
        taken.append(time.process_time() - started)
    return statistics.median(taken)


def calibration(answers: int) -> dict[str, float]:
    """Sort and calibrate; 5,000 items of a 2PL, a hundred answers a sitting."""
    dice = np.random.default_rng(2)
    difficulty = dice.normal(-1, 1, ITEMS)
    slope = np.exp(dice.normal(0, 0.3, ITEMS))
    shape = (answers // PER_SITTING, PER_SITTING)
    item = dice.integers(0, ITEMS, shape, dtype=np.int32)
    right = np.empty(shape, dtype=np.int8)
    for first in range(0, shape[0], 1000):
        rows = slice(first, first + 1000)
        ability = dice.normal(0, 1, (right[rows].shape[0], 1))
        p = chance(ability, difficulty[item[rows]], slope[item[rows]])
        right[rows] = dice.random(p.shape) < p
    sitting = np.repeat(np.arange(shape[0], dtype=np.int32), PER_SITTING)
    started = time.process_time()
    chunks = chunks_of(sitting, item.ravel(), right.ravel())
    found = calibrate(chunks, ITEMS, tolerance=1e-3)
    return {
        "seconds": time.process_time() - started,
        "gigabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
        "correlation": float(np.corrcoef(found.difficulty, difficulty)[0, 1]),
        "passes": found.passes,
    }
