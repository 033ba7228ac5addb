"""Readiness is said in words, from a full exam's worth of answers on, and rises with right ones."""

from __future__ import annotations

from decimal import Decimal
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.domain.ability_grid import GRID, chance
from exams.domain.evidence import score_curves
from exams.domain.mastery import Population, Posterior
from exams.domain.readiness import (
    band,
    equated_share,
    estimated_score,
    pass_chances,
    readiness,
    reference_curve,
)
from exams.domain.scoring import Scale
from tests.domain.learners import CHAPTERS, CURVES, History, histories

COUNTS = [30.0, 20.0, 15.0]
CUT = 47
SCALE = Scale(100, 1000, 720, Decimal("0.720"))


@given(histories(), st.integers(0, CHAPTERS - 1), st.floats(-3, 3))
def test_one_more_right_answer_lowers_neither_chance_nor_score(
    history: History, chapter: int, difficulty: float
) -> None:
    before = History([*history.rows, (0, 0, 0.0, 6)])
    more = History([*before.rows, (chapter, 1, difficulty, 0)]).believed()
    old = before.believed()
    assert readiness(more, COUNTS, CUT).chance >= readiness(old, COUNTS, CUT).chance - 1e-6
    scores = [estimated_score(one, COUNTS, SCALE) for one in (old, more)]
    assert scores[1].share >= scores[0].share - 1e-9
    assert scores[1].scaled >= scores[0].scaled


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_the_answers_changes_nothing(history: History, rng: object) -> None:
    shuffled = list(history.rows)
    rng.shuffle(shuffled)
    one, other = history.believed(), History(shuffled).believed()
    assert readiness(one, COUNTS, CUT) == readiness(other, COUNTS, CUT)
    assert estimated_score(one, COUNTS, SCALE) == estimated_score(other, COUNTS, SCALE)


@given(histories())
def test_chance_and_scores_stay_where_they_belong(history: History) -> None:
    found = readiness(history.believed(), COUNTS, CUT)
    assert 0 <= found.low <= found.high <= 1
    assert found.band == "withheld"  # 25 answers at most
    score = estimated_score(history.believed(), COUNTS, SCALE)
    assert 100 <= score.sitting_low <= score.scaled_low <= score.scaled
    assert score.scaled <= score.scaled_high <= score.sitting_high <= 1000


@pytest.mark.parametrize(
    ("share", "word"),
    [(0.1, "unlikely"), (0.35, "borderline-low"), (0.65, "borderline-high"), (0.95, "likely")],
)
def test_a_chance_has_a_word_from_sixty_five_answers_on(share: float, word: str) -> None:
    assert band(share, 65) == word
    assert band(share, 64) == "withheld"


def _certain(theta: float) -> Posterior:
    """A learner whose ability is known to be ``theta`` in every chapter."""
    mass = np.zeros((1, CHAPTERS, GRID.size))
    mass[..., np.argmin(np.abs(GRID - theta))] = 1.0
    score = (mass * CURVES).sum(axis=-1)[..., None]
    none = np.zeros((1, CHAPTERS))
    return Posterior(mass, np.ones((1, 1)), score, score**2, CURVES, none, none)


@pytest.mark.parametrize("theta", [-0.5, 0.5, 1.0, 1.5])
def test_a_known_learner_passes_as_often_as_the_binomial_says(theta: float) -> None:
    curves = CURVES[0]
    p = float(np.interp(theta, GRID, curves))
    exact = sum(comb(30, k) * p**k * (1 - p) ** (30 - k) for k in range(20, 31))
    assert pass_chances(_certain(theta), [30.0, 0, 0], 20)[0] == pytest.approx(exact, abs=0.01)


def test_an_interval_from_20_to_80_percent_is_too_close_to_call() -> None:
    much_of_one = History([(0, i % 2, 0.0, 0) for i in range(70)]).believed()
    found = readiness(much_of_one, COUNTS, 34)
    assert found.too_close and found.band == "withheld"
    many = History([(c, 0, -1.0, 0) for c in range(3)] * 30).believed()
    assert not readiness(many, COUNTS, CUT).too_close
    assert readiness(many, COUNTS, CUT).band == "unlikely"


def test_more_answers_narrow_the_score() -> None:
    rows = [(c, i % 2, 0.0, 0) for c in range(3) for i in range(4)]
    still = Population(drift=0.0)
    wide, narrow = (
        estimated_score(History(rows * times).believed(still), COUNTS, SCALE) for times in (1, 10)
    )
    assert narrow.high - narrow.low < 0.7 * (wide.high - wide.low)


def test_a_hard_form_and_an_easy_one_are_worth_the_same_after_equating() -> None:
    """A learner of one ability, on forms a logit apart, gets what the reference would give."""
    reference = reference_curve(score_curves([0] * 65, np.linspace(-2, 2, 65)), [65])
    expected = float(np.interp(0.8, GRID, reference))
    for shift in (-0.5, 0.5):
        form = np.linspace(-2, 2, 65) + shift
        right = float(chance(np.array(0.8), form).sum())
        assert equated_share(right, form, reference) == pytest.approx(expected, abs=1e-3)


def test_none_and_all_right_stay_none_and_all() -> None:
    assert equated_share(0, [0.0, 1.0], CURVES[0]) == 0
    assert equated_share(2, [0.0, 1.0], CURVES[0]) == 1
    with pytest.raises(ValueError, match="between none and all"):
        equated_share(3, [0.0, 1.0], CURVES[0])


def test_the_cut_share_is_the_cut_score() -> None:
    theta = float(np.interp(0.72, CURVES[0], GRID))
    near = estimated_score(_certain(theta), [1.0, 0, 0], SCALE)
    assert near.scaled == pytest.approx(720, abs=10)
