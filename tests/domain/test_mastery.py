"""An estimate leans on every answer, says how sure it is, and rises with right answers only."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.domain.evidence import Answers, evidence, score_curves
from exams.domain.mastery import Population, chapters, label, posterior
from tests.domain.learners import CHAPTERS, CURVES, WANDERING, History, histories, simulated

STILL = Population(drift=0.0)
WEIGHTS = [5.0, 5.0, 5.0]


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_the_answers_changes_nothing(history: History, rng: object) -> None:
    shuffled = list(history.rows)
    rng.shuffle(shuffled)
    again = History(shuffled).believed()
    assert (again.mass == history.believed().mass).all()
    assert chapters(again, 0.7, WEIGHTS) == chapters(history.believed(), 0.7, WEIGHTS)


@given(histories(), st.integers(0, CHAPTERS - 1), st.floats(-3, 3), st.integers(0, 6))
def test_one_more_right_answer_lowers_no_estimate(
    history: History, chapter: int, difficulty: float, age: int
) -> None:
    before = History([*history.rows, (0, 0, 0.0, 6)])  # its first step stays the same
    more = History([*before.rows, (chapter, 1, difficulty, age)])
    old, new = before.believed(), more.believed()
    assert (new.expected() >= old.expected() - 1e-9).all()
    assert (np.stack(new.interval()) >= np.stack(old.interval()) - 1e-9).all()
    assert (new.below(0.7) <= old.below(0.7) + 1e-9).all()


@given(histories(), st.integers(0, CHAPTERS - 1), st.floats(-3, 3), st.integers(0, 6))
def test_one_more_wrong_answer_raises_no_estimate(
    history: History, chapter: int, difficulty: float, age: int
) -> None:
    before = History([*history.rows, (0, 1, 0.0, 6)])
    more = History([*before.rows, (chapter, 0, difficulty, age)])
    assert (more.believed().expected() <= before.believed().expected() + 1e-9).all()


@given(histories())
def test_shares_are_shares_and_intervals_hold_the_estimate(history: History) -> None:
    believed = history.believed()
    assert believed.mass.sum(axis=-1) == pytest.approx(1)
    for one in chapters(believed, 0.7, WEIGHTS):
        assert 0 <= one.low <= one.expected <= one.high <= 1
        assert -1e-9 <= one.below <= 1 + 1e-9
        assert one.expected_points == pytest.approx(5 * max(0.7 - one.expected, 0))


@given(histories())
def test_below_three_answers_nothing_is_said(history: History) -> None:
    for one in chapters(history.believed(), 0.7, WEIGHTS):
        assert one.answers >= 3 or one.label == "unsure"


@pytest.mark.parametrize("answers", [0, 1, 2])
def test_two_answers_are_no_label_however_clear(answers: int) -> None:
    assert label(1.0, answers) == label(0.0, answers) == "unsure"


def test_from_three_answers_eighty_percent_certainty_is_a_label() -> None:
    assert label(0.8, 3) == "focus"
    assert label(0.2, 3) == "on-track"
    assert label(0.79, 3) == label(0.21, 3) == "unsure"


def test_without_answers_the_prior_is_wide() -> None:
    prior = History([]).believed(STILL)
    spread = (prior.mass * np.linspace(-7, 7, 141) ** 2).sum(axis=-1)
    assert spread == pytest.approx(1.0 + 0.6**2, rel=1e-3)
    for one in chapters(prior, 0.7, WEIGHTS):
        assert one.answers == 0
        assert one.high - one.low > 0.5
        assert one.label == "unsure"


def test_a_chapter_without_answers_leans_on_the_others_and_stays_wide() -> None:
    prior = History([]).believed(STILL)
    believed = History([(0, 0, 0.0, 0)] * 20).believed(STILL)
    untouched = believed.expected()[0, 2]
    assert believed.expected()[0, 0] < untouched < prior.expected()[0, 2]
    low, high = believed.interval()
    assert high[0, 2] - low[0, 2] > high[0, 0] - low[0, 0]


def test_old_answers_say_less_than_new_ones() -> None:
    population = Population(drift=0.5)
    new = History([(0, 0, 0.0, 0)] * 10).believed(population)
    old = History([(0, 0, 0.0, 5)] * 10).believed(population)
    assert new.expected()[0, 0] < old.expected()[0, 0]
    assert np.ptp(np.stack(new.interval())[:, 0, 0]) < np.ptp(np.stack(old.interval())[:, 0, 0])


def test_growth_lifts_what_was_answered_long_ago() -> None:
    rows = [(0, 0, 0.0, 4), (0, 1, 0.0, 4)] * 5
    flat, steep = (
        History(rows).believed(Population(growth=growth, drift=0.1)) for growth in (0.0, 0.2)
    )
    theta = (steep.mass - flat.mass)[0, 0] @ np.linspace(-7, 7, 141)
    assert theta == pytest.approx(0.8, abs=0.01)  # four steps of 0.2


def test_the_grid_agrees_with_brute_force() -> None:
    """Level and two chapters summed over a fine grid, as the model is written."""
    answers = [(0, 1, -0.4), (0, 0, 0.7), (1, 1, 0.2)]
    points = np.linspace(-7, 7, 281)
    level = np.exp(-0.5 * points**2)
    within = np.exp(-0.5 * ((points[:, None] - points) / 0.6) ** 2)
    chances = np.ones((2, points.size))
    for chapter, right, difficulty in answers:
        p = 1 / (1 + np.exp(difficulty - points))
        chances[chapter] *= p if right else 1 - p
    joint = level[:, None] * (within * chances[0]) * (within @ chances[1])[:, None]
    mass = joint.sum(axis=0) / joint.sum()
    curve = (1 / (1 + np.exp(-1 - points)) + 1 / (1 + np.exp(1 - points))) / 2
    curves = score_curves([0, 0, 1], [-1.0, 1.0, 0.0])
    found = evidence(Answers.of(*zip(*answers, strict=True)), 2)
    assert posterior(found, curves, STILL).expected()[0, 0] == pytest.approx(mass @ curve, abs=1e-4)


def test_a_bank_of_one_item_gives_the_item_itself() -> None:
    curve = score_curves([0], [0.5], [1.3])[0]
    assert curve[70] == pytest.approx(1 / (1 + exp(1.3 * 0.5)))


def test_a_chapter_without_questions_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one question"):
        score_curves([0, 2], [0.0, 0.0])


def test_answers_that_fit_nowhere_are_refused() -> None:
    with pytest.raises(ValueError, match="not there"):
        evidence(Answers.of([3], [1], [0.0]), CHAPTERS)
    with pytest.raises(ValueError, match="not negative"):
        Answers.of([0], [1], [0.0], age=-1)
    with pytest.raises(ValueError, match="broadcast"):
        Answers.of([0, 1], [1, 0, 1], [0.0, 0.0])


def test_more_answers_are_needed_where_less_is_known() -> None:
    few = chapters(History([(0, 1, 0.0, 0)]).believed(STILL), 0.7, WEIGHTS)
    many = chapters(History([(0, i % 2, 0.0, 0) for i in range(200)]).believed(STILL), 0.7, WEIGHTS)
    assert few[0].more_answers is not None and few[0].more_answers > 5
    assert many[0].more_answers == 0


def test_as_many_more_answers_as_promised_do_narrow_the_interval() -> None:
    rows = [(0, 1, 0.0, 0), (0, 0, 0.0, 0), (1, 1, 0.0, 0)]
    promised = chapters(History(rows).believed(STILL), 0.7, WEIGHTS)[0].more_answers
    assert promised
    more = [(0, i % 2, 0.5 - (i % 3) / 2, 0) for i in range(promised)]
    one = chapters(History([*rows, *more]).believed(STILL), 0.7, WEIGHTS)[0]
    assert (one.high - one.low) / 2 == pytest.approx(0.12, abs=0.02)


def test_nine_of_ten_intervals_hold_the_truth() -> None:
    answers, theta = simulated(7, 400, 3, WANDERING)
    found = evidence(answers, CHAPTERS, 400, growth=WANDERING.growth)
    low, high = posterior(found, CURVES, WANDERING).interval()
    grid = np.linspace(-7, 7, 141)
    truth = np.stack([np.interp(theta[:, c], grid, CURVES[c]) for c in range(CHAPTERS)], axis=1)
    assert ((low <= truth) & (truth <= high)).mean() == pytest.approx(0.9, abs=0.03)


@pytest.mark.parametrize("drift", [0.0, 0.01, 0.3])
def test_answers_that_contradict_each_other_wildly_stay_finite(drift: float) -> None:
    rows = [(0, 1, 3.0, 1)] * 400 + [(0, 0, -3.0, 0)] * 400 + [(1, 1, 0.0, 0)]
    believed = History(rows).believed(Population(drift=drift))
    for one in chapters(believed, 0.7, WEIGHTS):
        assert 0 <= one.low <= one.expected <= one.high <= 1
    assert np.isfinite(believed.score).all() and np.isfinite(believed.level).all()


def test_log_odds_far_out_stay_finite() -> None:
    rows = [(0, 1, 3.0, 0)] * 400 + [(1, 0, -3.0, 0)] * 400
    believed = History(rows).believed()
    assert np.isfinite(believed.mass).all()
    assert believed.expected()[0, 0] > 0.9
    assert believed.expected()[0, 1] < 0.1
