"""Rerun the figures of docs/analytics.md: ``python -m benchmarks.simulation [--large]``.

Learners of known ability sit exams; items and population are estimated from their answers, and
the estimates compared with the truth. Seeds are fixed; one core. Exit 1 when a target is missed.
``--large`` calibrates ten million answers instead of one.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when numpy is imported, below

import numpy as np

from benchmarks.simulation_measures import (
    Measures,
    calibration_error,
    joined,
    log_loss,
    measured,
)
from benchmarks.simulation_speed import calibration, one_learner
from benchmarks.simulation_worlds import CHAPTERS, COUNTS, CUT, EXAMS, Growth, World, world
from exams.domain.ability_grid import Floats
from exams.domain.calibration import calibrate, chunks_of
from exams.domain.evidence import Answers, evidence, score_curves
from exams.domain.mastery import Population, Posterior, posterior
from exams.domain.population import estimate
from exams.domain.readiness import pass_chances

BASE_SEEDS = (1, 2, 3, 4, 5)
LEARNING_SEEDS = (1, 2, 3)
FITTED_LEARNERS = 200
GROUP = 250  # learners estimated at once

AT_LEAST = {"precision", "coverage", "right"}
BASE_TARGETS = {
    1: {"precision": 0.59, "rmse": 0.100, "width": 0.31, "pass log loss": 0.31},
    2: {"precision": 0.63, "rmse": 0.085, "width": 0.27, "pass log loss": 0.28},
    5: {"precision": 0.70, "rmse": 0.066, "width": 0.22, "pass log loss": 0.25},
}
EVERYWHERE = {"coverage": 0.86, "right": 0.93, "pass ECE": 0.02}
LEARNING_TARGETS = {"rmse": 0.085, "coverage": 0.86, "pass ECE": 0.04}
HIGHEST_COVERAGE = 0.93


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure with its target; ``None``: only reported."""

    name: str
    value: float
    target: float | None = None
    at_least: bool = False

    @property
    def holds(self) -> bool:
        if self.target is None:
            return True
        return self.value >= self.target if self.at_least else self.value <= self.target

    def __str__(self) -> str:
        sign = "" if self.target is None else f"{'>=' if self.at_least else '<='} {self.target:g}"
        return f"{self.name:<52}{self.value:>9.4g}  {sign:<9} {'' if self.holds else 'MISSED'}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--large", action="store_true", help="calibrate ten million answers")
    large = parser.parse_args().large
    missed = 0
    for goal in goals(large):
        print(goal, flush=True)
        missed += not goal.holds
    return min(missed, 1)


def goals(large: bool) -> Iterator[Goal]:
    yield Goal("a learner with 1,000 answers, ms of CPU", 1000 * one_learner(), 10)
    answers = 10_000_000 if large else 1_000_000
    found = calibration(answers)
    yield Goal(f"calibration of {answers:,} answers, s of CPU", found["seconds"], 600)
    yield Goal("  its peak of memory, GB", found["gigabytes"], 4)
    yield Goal("  its difficulties' correlation with the truth", found["correlation"])
    yield from base_world()
    yield from learning_world("two other chapters each time", Growth())
    yield from learning_world("the same two chapters", Growth(same_two=True))


def base_world() -> Iterator[Goal]:
    worlds = [world(seed) for seed in BASE_SEEDS]
    for exams, targets in BASE_TARGETS.items():
        until = [one.until(exams) for one in worlds]
        found, best = pooled(until, from_answers), pooled(until, from_truth)
        yield from rows(f"base, {exams} exams", found, targets | EVERYWHERE)
        yield Goal(f"base, {exams} exams: coverage", found["coverage"], HIGHEST_COVERAGE)
        for measure in ("precision", "rmse", "pass ECE", "pass log loss"):
            yield Goal(f"base, {exams} exams: ceiling, {measure}", best[measure])


def learning_world(name: str, growth: Growth) -> Iterator[Goal]:
    worlds = [world(seed, growth=growth) for seed in LEARNING_SEEDS]
    yield from rows(f"learning, {name}", pooled(worlds, from_answers), LEARNING_TARGETS)


def rows(name: str, found: dict[str, float], targets: dict[str, float]) -> Iterator[Goal]:
    for measure, value in found.items():
        yield Goal(f"{name}: {measure}", value, targets.get(measure), measure in AT_LEAST)


def pooled(worlds: list[World], believe: Callable[[World], Posterior]) -> dict[str, float]:
    """Measures of chapters on average over worlds, of pass chances over all their learners."""
    measures, chances, passed = [], [], []
    for one in worlds:
        believed = believe(one)
        measures.append(measured(believed, one.true_scores()))
        chances.append(pass_chances(believed, COUNTS, CUT))
        passed.append(one.next_right[-1] >= CUT)
    names = Measures.__slots__
    found = {name: float(np.mean([getattr(one, name) for one in measures])) for name in names}
    happened = np.concatenate(passed)
    found["pass ECE"] = calibration_error(np.concatenate(chances), happened)
    found["pass log loss"] = log_loss(np.concatenate(chances), happened)
    return found


def from_answers(one: World) -> Posterior:
    """Calibrate, fit and believe, from nothing but the answers, as the site does."""
    sitting = one.learner * EXAMS + one.exam
    items = calibrate(chunks_of(sitting, one.item, one.right), one.chapter.size, tolerance=0.005)
    answers = answers_of(one, items.difficulty, items.slope)
    some = answers.taken(answers.learner < FITTED_LEARNERS)
    population = estimate(some, CHAPTERS, FITTED_LEARNERS)
    curves = score_curves(one.chapter, items.difficulty, items.slope)
    return believed(answers, curves, population)


def from_truth(one: World) -> Posterior:
    """The ceiling of the base world: true items and the true population."""
    curves = score_curves(one.chapter, one.difficulty, one.slope)
    population = Population(mean=0.0, between=1.0, within=0.6, drift=0.0)
    return believed(answers_of(one, one.difficulty, one.slope), curves, population)


def answers_of(one: World, difficulty: Floats, slope: Floats) -> Answers:
    age = one.exam.max() - one.exam
    rows = (one.chapter[one.item], one.right, difficulty[one.item], slope[one.item])
    return Answers.of(*rows, age, one.learner)


def believed(answers: Answers, curves: Floats, population: Population) -> Posterior:
    """Everybody's posterior, a group of learners at a time."""
    parts = []
    for first in range(0, int(answers.learner.max()) + 1, GROUP):
        group = answers.taken((answers.learner >= first) & (answers.learner < first + GROUP))
        group = replace(group, learner=group.learner - first)
        found = evidence(group, CHAPTERS, GROUP, growth=population.growth, decay=population.decay)
        parts.append(posterior(found, curves, population))
    return joined(parts)


if __name__ == "__main__":
    started = time.perf_counter()
    status = main()
    print(f"{time.perf_counter() - started:.0f} s")
    sys.exit(status)
