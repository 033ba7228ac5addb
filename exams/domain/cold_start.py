"""How hard a new question is taken to be until it has answers enough to be calibrated. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import exp

from exams.domain.calibration import ENOUGH_TO_CALIBRATE

AUTHORS_SHIFT = {"easy": -0.7, "medium": 0.0, "hard": 0.7}  # logits
DAMPING = 0.05


@dataclass(frozen=True, slots=True)
class Rating:
    """A rating in logits after ``n`` answers: a learner's ability or an item's difficulty."""

    value: float
    n: int = 0

    @property
    def step(self) -> float:
        """K = 1 / (1 + 0.05 n): large steps at first (Pelanek 2016)."""
        return 1.0 / (1.0 + DAMPING * self.n)

    def moved(self, by: float) -> Rating:
        return Rating(self.value + self.step * by, self.n + 1)


def starting_difficulty(chapter_mean: float, authors_difficulty: str) -> float:
    """The chapter's mean difficulty, shifted by what the author said: easy, medium or hard."""
    return chapter_mean + AUTHORS_SHIFT.get(authors_difficulty, 0.0)


def elo(learner: Rating, item: Rating, right: bool) -> tuple[Rating, Rating]:
    """Both ratings after an answer: what happened less what was expected (Elo 1978).

    A right answer raises the learner and lowers the item's difficulty.
    """
    surprise = float(right) - 1.0 / (1.0 + exp(item.value - learner.value))
    return learner.moved(surprise), item.moved(-surprise)


def elo_difficulty(start: float, answers: Iterable[tuple[float, bool]]) -> Rating:
    """A new item's difficulty from (ability of the learner, right) in order of time.

    The abilities are those of the mastery model and do not move here. Ratings stop moving at
    ``ENOUGH_TO_CALIBRATE`` answers, from where on calibration knows better.
    """
    item = Rating(start)
    for ability, right in answers:
        if item.n == ENOUGH_TO_CALIBRATE:
            break
        _, item = elo(Rating(ability), item, right)
    return item
