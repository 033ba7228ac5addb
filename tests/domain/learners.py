"""Answers of a learner for property tests, and a small bank they are answers to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from exams.domain.evidence import Answers, evidence, score_curves
from exams.domain.mastery import Population, Posterior, posterior

CHAPTERS = 3
CURVES = score_curves([0, 0, 0, 1, 1, 2], [-1.0, 0.0, 1.0, -0.5, 0.5, 0.3])
WANDERING = Population(mean=0.2, growth=0.15, drift=0.3)

Row = tuple[int, int, float, int]  # chapter, right, difficulty, age


@dataclass(frozen=True)
class History:
    rows: list[Row]

    def answers(self) -> Answers:
        columns = list(zip(*self.rows, strict=True)) or [(), (), (), ()]
        return Answers.of(columns[0], columns[1], columns[2], age=columns[3])

    def believed(self, population: Population = WANDERING) -> Posterior:
        found = evidence(self.answers(), CHAPTERS, growth=population.growth, decay=population.decay)
        return posterior(found, CURVES, population)


rows = st.tuples(
    st.integers(0, CHAPTERS - 1),
    st.integers(0, 1),
    st.floats(-3, 3).map(lambda b: round(b, 3)),
    st.integers(0, 6),
)


@st.composite
def histories(draw: st.DrawFn, least: int = 0, most: int = 25) -> History:
    return History(draw(st.lists(rows, min_size=least, max_size=most)))


def simulated(
    seed: int, learners: int, exams: int, truth: Population, answers_each: int = 6
) -> tuple[Answers, np.ndarray]:
    """Learners drawn from ``truth`` who answer every chapter at every exam, and their ability."""
    dice = np.random.default_rng(seed)
    level = dice.normal(truth.mean, truth.between, (learners, 1))
    theta = level + dice.normal(0, truth.within, (learners, CHAPTERS))
    columns = []
    for exam in range(exams):
        if exam:
            theta = theta + truth.growth + dice.normal(0, truth.drift, theta.shape)
        shape = (learners, CHAPTERS, answers_each)
        difficulty = dice.normal(0, 1, shape)
        chances = 1 / (1 + np.exp(difficulty - theta[..., None]))
        who, chapter, _ = np.indices(shape)
        age = np.full(shape, exams - 1 - exam)
        columns.append([chapter, dice.random(shape) < chances, difficulty, age, who])
    chapter, right, difficulty, age, who = (
        np.concatenate([np.ravel(one) for one in column]) for column in zip(*columns, strict=True)
    )
    return Answers.of(chapter, right, difficulty, age=age, learner=who), theta
