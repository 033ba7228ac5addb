"""A new question starts where its author puts it and moves with every answer, less and less."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.domain.cold_start import Rating, elo, elo_difficulty, starting_difficulty

ratings = st.builds(Rating, st.floats(-5, 5), st.integers(0, 500))


@pytest.mark.parametrize(
    ("said", "shift"), [("easy", -0.7), ("medium", 0.0), ("hard", 0.7), ("", 0.0)]
)
def test_the_author_shifts_the_chapters_mean(said: str, shift: float) -> None:
    assert starting_difficulty(-1.1, said) == pytest.approx(-1.1 + shift)


@given(ratings, ratings, st.booleans())
def test_a_right_answer_lifts_the_learner_and_eases_the_item(
    learner: Rating, item: Rating, right: bool
) -> None:
    better, harder = elo(learner, item, right)
    assert (better.value >= learner.value) == right
    assert (harder.value <= item.value) == right
    assert (better.n, harder.n) == (learner.n + 1, item.n + 1)


@given(ratings, ratings)
def test_steps_get_smaller(learner: Rating, item: Rating) -> None:
    better, _ = elo(learner, item, True)
    assert better.step < learner.step


def test_a_hundred_answers_find_the_difficulty_roughly() -> None:
    dice = np.random.default_rng(6)
    found = []
    for _ in range(40):
        ability = dice.normal(0, 1, 300)
        right = dice.random(300) < 1 / (1 + np.exp(0.8 - ability))
        rating = elo_difficulty(-0.7, zip(ability.tolist(), right.tolist(), strict=True))
        assert rating.n == 100  # calibration knows better from here on
        found.append(rating.value)
    assert np.mean(found) == pytest.approx(0.8, abs=0.15)
    assert np.std(found) < 0.45
