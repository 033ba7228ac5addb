"""Learners of known ability who sit real blueprints: what an estimate can be compared with.

The worlds of docs/analytics.md. Items follow a 2PL, which the estimates do not know.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exams.domain.ability_grid import Floats, Ints, chance

COUNTS = np.array([8, 7, 7, 6, 6, 6, 5, 5, 5, 4, 3, 3])
CHAPTERS = COUNTS.size
PER_CHAPTER = 100
CUT = 47
EXAMS = 5


@dataclass(frozen=True, slots=True)
class Growth:
    """Change of ability between exams, logits: everybody's, of two chapters, and by chance.

    ``same_two``: a learner works on the same two chapters all the time, else on others each time.
    """

    everybody: float = 0.1
    two_chapters: float = 0.6
    drift: float = 0.2
    same_two: bool = False


@dataclass(frozen=True, slots=True)
class World:
    """A bank, (J,) each, and the answers of L learners at EXAMS exams, one row an answer.

    ``theta`` is ability at each exam, (EXAMS, L, C). ``next_right`` (EXAMS, L) is the number
    right on a new form after that many exams, sat with that exam's ability.
    """

    chapter: Ints
    difficulty: Floats
    slope: Floats
    theta: Floats
    learner: Ints
    item: Ints
    right: Ints
    exam: Ints
    next_right: Ints

    def until(self, exams: int) -> World:
        """The first so many exams."""
        rows = self.exam < exams
        return World(
            self.chapter,
            self.difficulty,
            self.slope,
            self.theta[:exams],
            self.learner[rows],
            self.item[rows],
            self.right[rows],
            self.exam[rows],
            self.next_right[:exams],
        )

    def true_scores(self) -> Floats:
        """T_c of each learner after the last exam, (L, C)."""
        chances = chance(self.theta[-1][:, self.chapter], self.difficulty, self.slope)
        return chances.reshape(-1, CHAPTERS, PER_CHAPTER).mean(axis=2)


def world(
    seed: int, learners: int = 2000, within: float = 0.6, growth: Growth | None = None
) -> World:
    """Draw one: theta is N(0, 1) + N(0, within^2), log a is N(0, 0.3^2).

    Difficulty is N(-1.1, 1), and chapters differ by N(0, 0.5^2).
    """
    dice = np.random.default_rng(seed)
    chapter = np.repeat(np.arange(CHAPTERS), PER_CHAPTER)
    difficulty = dice.normal(-1.1, 1.0, chapter.size) + dice.normal(0, 0.5, CHAPTERS)[chapter]
    slope = np.exp(dice.normal(0, 0.3, chapter.size))
    theta = _abilities(dice, learners, within, growth)
    forms = _forms(dice, learners)
    before = (chapter, difficulty, slope)
    right = np.stack([_answered(dice, theta[e], forms[e], before) for e in range(EXAMS)])
    new = np.roll(forms, -1, axis=0)
    new[-1] = _forms(dice, learners)[0]
    after = [_answered(dice, theta[e], new[e], before).sum(axis=1) for e in range(EXAMS)]
    exam, who, _ = np.indices(forms.shape)
    learner, item, answered, when = (np.ravel(part) for part in (who, forms, right, exam))
    return World(*before, theta, learner, item, answered, when, np.stack(after))


def _abilities(
    dice: np.random.Generator, learners: int, within: float, growth: Growth | None
) -> Floats:
    theta = dice.normal(0, 1, (learners, 1)) + dice.normal(0, within, (learners, CHAPTERS))
    two = _two_chapters(dice, learners)
    rows = [theta]
    for _ in range(EXAMS - 1):
        if growth:
            two = two if growth.same_two else _two_chapters(dice, learners)
            drift = dice.normal(0, growth.drift, theta.shape)
            theta = theta + growth.everybody + growth.two_chapters * two + drift
        rows.append(theta)
    return np.stack(rows)


def _two_chapters(dice: np.random.Generator, learners: int) -> Floats:
    ranks = dice.random((learners, CHAPTERS)).argsort(axis=1).argsort(axis=1)
    return (ranks < 2).astype(float)


def _forms(dice: np.random.Generator, learners: int) -> Ints:
    """EXAMS forms by blueprint for each learner without repeats, (EXAMS, L, 65)."""
    parts = []
    for c, count in enumerate(COUNTS):
        order = dice.random((learners, PER_CHAPTER)).argsort(axis=1)[:, : count * EXAMS]
        parts.append(order.reshape(learners, EXAMS, count) + c * PER_CHAPTER)
    return np.concatenate(parts, axis=2).transpose(1, 0, 2)


def _answered(
    dice: np.random.Generator, theta: Floats, items: Ints, bank: tuple[Ints, Floats, Floats]
) -> Ints:
    chapter, difficulty, slope = bank
    ability = np.take_along_axis(theta, chapter[items], axis=1)
    return (dice.random(items.shape) < chance(ability, difficulty[items], slope[items])).astype(int)
