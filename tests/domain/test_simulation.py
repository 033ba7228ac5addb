"""The simulated worlds are what they claim, and the measures are those that the figures name."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.simulation_measures import calibration_error, log_loss, precision_at_three, rmse
from benchmarks.simulation_worlds import COUNTS, EXAMS, Growth, world


def test_every_form_is_by_blueprint_and_no_question_comes_twice() -> None:
    one = world(3, learners=20)
    for learner in range(20):
        mine = one.learner == learner
        assert np.unique(one.item[mine]).size == 65 * EXAMS
        for exam in range(EXAMS):
            chapters = one.chapter[one.item[mine & (one.exam == exam)]]
            assert np.bincount(chapters).tolist() == COUNTS.tolist()


def test_the_same_seed_is_the_same_world() -> None:
    one, other = world(3, learners=20), world(3, learners=20)
    assert (one.right == other.right).all() and (one.next_right == other.next_right).all()
    assert (one.item != world(4, learners=20).item).any()


def test_learners_learn_as_they_are_told() -> None:
    still = world(3, learners=400).theta
    assert (still[0] == still[-1]).all()
    grown = world(3, learners=400, growth=Growth()).theta
    assert (grown[-1] - grown[0]).mean() == pytest.approx(4 * 0.2, abs=0.02)
    same = world(3, learners=400, growth=Growth(drift=0.0, same_two=True)).theta
    assert sorted(np.unique(np.round(same[-1] - same[0], 6))) == [0.4, 2.8]


def test_true_scores_are_between_none_and_all() -> None:
    truth = world(3, learners=20).true_scores()
    assert truth.shape == (20, COUNTS.size)
    assert truth.min() > 0 and truth.max() < 1


def test_measures_are_counted_by_hand() -> None:
    truth = np.array([[0.1, 0.2, 0.3, 0.4]])
    assert precision_at_three(np.array([[0.9, 0.2, 0.3, 0.4]]), truth) == pytest.approx(2 / 3)
    assert rmse(truth + 0.5, truth) == pytest.approx(0.5)
    chances, happened = np.array([0.9, 0.9, 0.1, 0.1]), np.array([1, 1, 0, 1])
    assert calibration_error(chances, happened) == pytest.approx((0.1 + 0.4) / 2)
    assert log_loss(chances, happened) == pytest.approx(-(3 * np.log(0.9) + np.log(0.1)) / 4)
