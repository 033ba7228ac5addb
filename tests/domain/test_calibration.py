"""Difficulties are those of the field's tools, whatever the order and the size of the chunks."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from exams.domain.ability_grid import chance, information
from exams.domain.calibration import (
    Chunk,
    Chunks,
    Items,
    anchored,
    calibrate,
    chunks_of,
    expected_ability,
)
from tests.domain.lsat import SECTIONS, patterns, reference, scores

MODELS = {"rasch": False, "two": True}
CASES = [(section, model) for section in SECTIONS for model in MODELS]


def lsat_chunks(section: str) -> Chunks:
    data = scores(section)
    learner, item = np.indices(data.shape)
    return chunks_of(learner.ravel(), item.ravel(), data.ravel())


def calibrated(section: str, model: str) -> Items:
    return calibrate(
        lsat_chunks(section),
        5,
        two_parameter=MODELS[model],
        nodes=41,
        tolerance=1e-6,
        most_passes=500,
    )


@pytest.mark.parametrize(("section", "model"), CASES)
def test_items_are_those_of_direct_maximisation_in_r(section: str, model: str) -> None:
    """R's abilities have SD 1; ours have ``spread``."""
    found, expected = calibrated(section, model), reference()[section][model]
    assert found.difficulty / found.spread == pytest.approx(expected["difficulty"], abs=5e-4)
    assert found.slope * found.spread == pytest.approx(expected["slope"], abs=5e-4)


@pytest.mark.parametrize("section", SECTIONS)
def test_rasch_is_the_mixed_logistic_regression_of_lme4(section: str) -> None:
    found, expected = calibrated(section, "rasch"), reference()[section]["lme4_rasch"]
    assert -found.difficulty == pytest.approx(expected["easiness"], abs=2e-3)
    assert found.spread == pytest.approx(expected["ability_sd"], abs=2e-3)


def test_the_2pl_of_lsat6_is_the_published_one() -> None:
    """What R's package ltm (Rizopoulos 2006) prints for ``ltm(LSAT ~ z1)``, 21 nodes."""
    found = calibrated("lsat6", "two")
    difficulty = [-3.3597, -1.3696, -0.2799, -1.8659, -3.1236]
    slope = [0.8254, 0.7229, 0.8905, 0.6886, 0.6575]
    assert found.difficulty / found.spread == pytest.approx(difficulty, abs=5e-3)
    assert found.slope * found.spread == pytest.approx(slope, abs=5e-3)


@pytest.mark.parametrize(("section", "model"), CASES)
def test_abilities_are_the_eap_of_r(section: str, model: str) -> None:
    found, expected = calibrated(section, model), reference()[section][model]
    learner, item = np.indices(patterns().shape)
    chunk = Chunk(learner.ravel(), item.ravel(), patterns().ravel())
    mean, sd = expected_ability(chunk, found)
    assert mean / found.spread == pytest.approx(expected["eap"], abs=1e-3)
    assert sd / found.spread == pytest.approx(expected["eap_sd"], abs=1e-3)


@pytest.mark.parametrize(("section", "model"), CASES)
def test_information_is_that_of_r(section: str, model: str) -> None:
    expected = reference()[section][model]
    theta = np.arange(-2.0, 3.0)[:, None]
    found = information(theta, np.array(expected["difficulty"]), np.array(expected["slope"]))
    assert found.sum(axis=1) == pytest.approx(expected["information_at_minus2_to_2"], abs=1e-6)


def test_the_order_of_the_rows_changes_nothing() -> None:
    data = scores("lsat7")
    columns = [part.ravel() for part in (*np.indices(data.shape), data)]
    order = np.random.default_rng(3).permutation(data.size)
    one, other = (
        calibrate(chunks_of(*(column[rows] for column in columns)), 5)
        for rows in (np.arange(data.size), order)
    )
    assert (one.difficulty == other.difficulty).all()
    assert (one.slope == other.slope).all()


@pytest.mark.parametrize("rows", [333, 10_000])
def test_the_size_of_the_chunks_changes_nothing_that_shows(rows: int) -> None:
    data = scores("lsat7")
    columns = [part.ravel() for part in (*np.indices(data.shape), data)]
    whole, parts = (calibrate(chunks_of(*columns, rows=n), 5) for n in (10**6, rows))
    assert parts.difficulty == pytest.approx(whole.difficulty, abs=1e-9)


def test_a_chunk_holds_whole_sittings() -> None:
    learner = np.repeat(np.arange(9), 5)
    chunks = list(chunks_of(learner, learner, learner % 2, rows=12)())
    assert sum(chunk.item.size for chunk in chunks) == 45
    for before, after in pairwise(chunks):
        assert before.sitting[-1] < after.sitting[0]


def test_an_item_gets_a_slope_of_its_own_from_enough_answers_on() -> None:
    """Items 0 and 1 are answered by all, 2 to 4 by the first 200 only."""
    data = scores("lsat7")[np.random.default_rng(1).permutation(1000)]
    learner, item = (part.ravel() for part in np.indices(data.shape))
    kept = (item < 2) | (learner < 200)
    found = calibrate(chunks_of(learner[kept], item[kept], data.ravel()[kept]), 5)
    assert found.answers.tolist() == [1000, 1000, 200, 200, 200]
    assert np.unique(found.slope[2:]).size == 1
    assert np.unique(found.slope).size == 3


def test_nothing_runs_away_where_everybody_is_right() -> None:
    learner, item = (part.ravel() for part in np.indices((400, 4)))
    right = np.random.default_rng(2).integers(0, 2, item.size)
    right[item == 0], right[item == 1] = 1, 0
    found = calibrate(chunks_of(learner, item, right), 5)
    assert np.isfinite(found.difficulty).all() and np.isfinite(found.slope).all()
    assert found.difficulty[0] < found.difficulty[2:4].min()
    assert found.difficulty[1] > found.difficulty[2:4].max()
    assert found.answers[4] == 0  # never shown: takes the mean
    assert found.difficulty[4] == pytest.approx(found.difficulty[:4].mean())


def test_true_difficulties_are_found_from_different_forms() -> None:
    dice = np.random.default_rng(4)
    truth, ability = dice.normal(-1, 1, 60), dice.normal(0, 1.1, 1500)
    item = np.argsort(dice.random((1500, 60)), axis=1)[:, :30]
    right = dice.random(item.shape) < 1 / (1 + np.exp(truth[item] - ability[:, None]))
    learner = np.repeat(np.arange(1500), 30)
    chunks = chunks_of(learner, item.ravel(), right.ravel().astype(int))
    found = calibrate(chunks, 60, two_parameter=False)
    assert found.spread == pytest.approx(1.1, abs=0.08)
    assert np.sqrt(np.mean((found.difficulty - truth) ** 2)) < 0.15


def test_anchoring_keeps_the_scale_and_every_chance() -> None:
    found = calibrated("lsat7", "two")
    established = np.array([True, True, True, False, False])
    moved = anchored(found, established, mean=-0.4, sd=0.8)
    assert moved.difficulty[established].mean() == pytest.approx(-0.4)
    assert moved.difficulty[established].std() == pytest.approx(0.8)
    stretch = moved.spread / found.spread
    theta = np.linspace(-2, 2, 5)[:, None]
    there = stretch * (theta - found.difficulty[0]) + moved.difficulty[0]
    before = chance(theta, found.difficulty, found.slope)
    assert chance(there, moved.difficulty, moved.slope) == pytest.approx(before)
    again = anchored(moved, established, mean=-0.4, sd=0.8)
    assert again.difficulty == pytest.approx(moved.difficulty)


def test_what_cannot_be_calibrated_is_refused() -> None:
    nothing = np.zeros(0, dtype=int)
    with pytest.raises(ValueError, match="nothing to calibrate"):
        calibrate(chunks_of(nothing, nothing, nothing), 5)
    with pytest.raises(ValueError, match="two items"):
        anchored(calibrated("lsat7", "rasch"), np.arange(5) == 0, 0.0, 1.0)
