"""Hyper-parameters are found from many learners' answers, and from too few nothing is claimed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from exams.domain.ability_grid import GRID, walk
from exams.domain.evidence import Answers, evidence
from exams.domain.mastery import Population
from exams.domain.nelder_mead import minimise
from exams.domain.population import (
    estimate,
    fit,
    grown,
    held_out,
    log_evidence,
    prudent,
    widened,
    with_decay,
)
from tests.domain.learners import CHAPTERS, simulated

TRUTH = Population(mean=0.4, between=0.8, within=0.5, growth=0.3, drift=0.3)
LEARNERS = 300


@pytest.fixture(scope="module")
def answers() -> Answers:
    return simulated(11, LEARNERS, 4, TRUTH, answers_each=8)[0]


def test_a_population_is_found_again(answers: Answers) -> None:
    found = fit(answers, CHAPTERS, LEARNERS)
    assert found.mean == pytest.approx(TRUTH.mean, abs=0.15)
    assert found.between == pytest.approx(TRUTH.between, abs=0.12)
    assert found.within == pytest.approx(TRUTH.within, abs=0.12)
    assert found.growth == pytest.approx(TRUTH.growth, abs=0.05)
    assert found.drift == pytest.approx(TRUTH.drift, abs=0.1)


def test_after_one_exam_growth_and_drift_stay_as_they_were(answers: Answers) -> None:
    start = replace(TRUTH, mean=0.0, within=0.9)
    found = fit(answers.taken(answers.age == 0), CHAPTERS, LEARNERS, start)
    assert (found.growth, found.drift) == (start.growth, start.drift)
    assert found.within < start.within


def test_a_handful_of_learners_changes_nothing(answers: Answers) -> None:
    assert fit(answers.taken(answers.learner < 49), CHAPTERS, LEARNERS, TRUTH) is TRUTH


def test_evidence_is_what_integrating_says() -> None:
    """One learner, one answer: log of E[P(right)] over N(mean, between^2 + within^2)."""
    found = evidence(Answers.of([0], [1], [0.3]), 1)
    weight = np.exp(-0.5 * (GRID - 0.4) ** 2 / (0.8**2 + 0.5**2))
    expected = weight @ (1 / (1 + np.exp(0.3 - GRID))) / weight.sum()
    still = replace(TRUTH, growth=0.0, drift=0.0)
    assert log_evidence(found, still)[0] == pytest.approx(np.log(expected), abs=1e-4)


def test_growth_seen_later_is_growth_seen_at_once(answers: Answers) -> None:
    plain = grown(evidence(answers, CHAPTERS, LEARNERS), 0.23)
    exact = evidence(answers, CHAPTERS, LEARNERS, growth=0.23)
    apart = np.abs(plain.log_likelihood - exact.log_likelihood)[..., 20:121]
    assert apart.max() < 1e-3


def test_the_next_exam_is_foreseen_with_honest_intervals(answers: Answers) -> None:
    foreseen = held_out(answers, CHAPTERS, LEARNERS, TRUTH)
    assert foreseen.learners == LEARNERS
    assert 0.86 <= foreseen.coverage <= 0.97
    wrong = held_out(answers, CHAPTERS, LEARNERS, replace(TRUTH, mean=3.0, growth=0.0))
    assert wrong.log_loss > foreseen.log_loss


def test_nothing_can_be_held_out_of_one_exam(answers: Answers) -> None:
    with pytest.raises(ValueError, match="two ages"):
        held_out(answers.taken(answers.age == 0), CHAPTERS, LEARNERS, TRUTH)


def test_the_decay_is_the_one_that_foresees_best(answers: Answers) -> None:
    chosen = with_decay(answers, CHAPTERS, LEARNERS, TRUTH, decays=(0.3,))
    assert chosen.decay == 1.0  # drift is in the model already


def test_what_the_site_uses_is_a_little_wider_than_the_fit(answers: Answers) -> None:
    some = answers.taken((answers.learner < 60) & (answers.age < 2))
    fitted, used = fit(some, CHAPTERS, 60), estimate(some, CHAPTERS, 60)
    assert used.drift > fitted.drift
    assert (used.mean, used.within, used.growth) == (fitted.mean, fitted.within, fitted.growth)
    one_exam = some.taken(some.age == 0)
    assert estimate(one_exam, CHAPTERS, 60) == prudent(fit(one_exam, CHAPTERS, 60))


def test_drift_widens_until_the_intervals_hold(answers: Answers) -> None:
    some = answers.taken(answers.learner < 100)
    rigid = replace(TRUTH, between=0.3, within=0.2, growth=0.1, drift=0.02)
    assert held_out(some, CHAPTERS, 100, rigid).coverage < 0.86
    wider = widened(some, CHAPTERS, 100, rigid)
    assert wider.drift > rigid.drift
    assert held_out(some, CHAPTERS, 100, wider).coverage >= 0.86
    assert widened(answers, CHAPTERS, LEARNERS, TRUTH) is TRUTH


@pytest.mark.parametrize("variance", [0.0001, 0.01, 0.3])
def test_a_walk_keeps_the_mass_and_has_its_variance(variance: float) -> None:
    kernel = walk(variance)
    assert kernel.sum(axis=0) == pytest.approx(1)
    assert kernel.sum(axis=1) == pytest.approx(1)
    assert kernel[70] @ GRID**2 == pytest.approx(variance, rel=1e-6)


def test_the_simplex_finds_the_lowest_point_of_a_valley() -> None:
    """Rosenbrock's function, 1960: its minimum is at (1, 1)."""
    point = minimise(
        lambda x: float((1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2),
        np.array([-1.2, 1.0]),
        np.array([0.3, 0.3]),
        tolerance=1e-6,
    )
    assert point == pytest.approx(np.ones(2), abs=1e-4)
