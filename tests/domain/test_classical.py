"""Item and test statistics are those of R, to nine digits, whatever the order of the rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.domain.classical import (
    ability_groups,
    alpha,
    distractor_table,
    form_statistics,
    membership,
    moodle_statistics,
    upper_lower,
)
from tests.domain.lsat import SECTIONS, reference, scores

FORM = (
    "facility",
    "sd",
    "discrimination",
    "upper_lower",
    "alpha_if_dropped",
    "alpha",
    "sem",
    "mean",
    "total_sd",
)
MOODLE = {
    "moodle_effective_weight": "effective_weight",
    "moodle_discrimination_index": "discrimination_index",
    "moodle_discriminative_efficiency": "discriminative_efficiency",
    "moodle_cic": "cic",
    "moodle_error_ratio": "error_ratio",
    "moodle_skewness": "skewness",
    "moodle_kurtosis": "kurtosis",
    "median": "median",
    "mean": "mean",
    "total_sd": "standard_deviation",
    "sem": "standard_error",
}


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("name", FORM)
def test_a_forms_statistics_are_rs(section: str, name: str) -> None:
    found = asdict(form_statistics(scores(section)))[name]
    assert found == pytest.approx(reference()[section]["classical"][name], abs=1e-9)


@pytest.mark.parametrize("section", SECTIONS)
def test_alpha_of_right_and_wrong_is_kr_20(section: str) -> None:
    expected = reference()[section]["classical"]["kr20"]
    assert alpha(scores(section).astype(float)) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize(("theirs", "ours"), MOODLE.items())
def test_moodles_measures_are_computed_as_moodle_defines_them(
    section: str, theirs: str, ours: str
) -> None:
    found = asdict(moodle_statistics(scores(section)))[ours]
    assert found == pytest.approx(reference()[section]["classical"][theirs], abs=1e-9, rel=1e-9)


def test_moodles_weights_follow_the_points() -> None:
    found = moodle_statistics(scores("lsat6"), [1, 1, 1, 1, 4])
    assert found.intended_weight.tolist() == [12.5, 12.5, 12.5, 12.5, 50.0]
    assert found.facility_index == pytest.approx(100 * scores("lsat6").mean(axis=0))
    assert np.nansum(found.effective_weight) == pytest.approx(100)
    assert found.effective_weight.argmax() == 4


tables = st.integers(2, 6).flatmap(
    lambda items: st.lists(
        st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=items, max_size=items),
        min_size=2,
        max_size=30,
    )
)


@given(tables, st.randoms(use_true_random=False))
@pytest.mark.parametrize("statistics", [form_statistics, moodle_statistics])
def test_the_order_of_the_rows_changes_nothing(
    statistics: Callable[..., Any], table: list[list[float]], rng: object
) -> None:
    shuffled = list(table)
    rng.shuffle(shuffled)
    one, other = (asdict(statistics(rows)) for rows in (table, shuffled))
    for name in one:
        assert np.array_equal(one[name], other[name], equal_nan=True), name


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30), st.floats(0.05, 0.95))
def test_a_group_has_its_size_and_ties_are_shared(totals: list[int], share: float) -> None:
    total = np.array(totals, dtype=float)
    belongs = membership(total, share)
    assert belongs.sum() == pytest.approx(share * total.size)
    for value in set(totals):
        assert np.unique(belongs[total == value]).size == 1
    order = np.argsort(total)
    assert (np.diff(belongs[order]) >= 0).all()


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30), st.integers(1, 5))
def test_everybody_belongs_to_the_groups_once(totals: list[int], groups: int) -> None:
    weights = ability_groups(np.array(totals, dtype=float), groups)
    assert weights.sum(axis=0) == pytest.approx(1)
    assert weights.sum(axis=1) == pytest.approx(len(totals) / groups)


def test_the_27_percent_index_without_ties_is_counted_by_hand() -> None:
    """Ten people: 2.7 at each end; the third counts 0.7."""
    table = np.array([[i > 3, i > 8] for i in range(10)], dtype=float) + np.arange(10)[:, None] / 99
    high = (table[9] + table[8] + 0.7 * table[7]) / 2.7
    low = (table[0] + table[1] + 0.7 * table[2]) / 2.7
    assert upper_lower(table) == pytest.approx(high - low)


def test_what_does_not_vary_has_no_discrimination() -> None:
    found = form_statistics([[1, 0, 1], [1, 1, 1], [1, 0, 0]])
    assert np.isnan(found.discrimination[0])
    assert not np.isnan(found.discrimination[1:]).any()
    flat = moodle_statistics([[1, 0], [1, 0], [1, 0], [1, 0]])
    assert np.isnan(form_statistics(np.ones((4, 2))).sem)
    for value in (flat.cic, flat.error_ratio, flat.skewness, flat.kurtosis):
        assert np.isnan(value)


@pytest.mark.parametrize("table", [[[1, 0]], [[1], [0]], [1, 0]])
def test_one_person_or_one_item_is_no_form(table: list[Any]) -> None:
    with pytest.raises(ValueError, match="two people"):
        form_statistics(table)


def test_a_distractor_that_the_best_prefer_is_pointed_out() -> None:
    chosen = np.eye(3, dtype=bool)[[0, 0, 1, 2, 1, 1]]
    rows = distractor_table(chosen, np.array([True, False, False]), np.arange(6.0))
    assert [row.count for row in rows] == [2, 3, 1]
    assert rows[0].shares == (1.0, 0.0, 0.0)
    assert [row.beats_the_key for row in rows] == [False, True, False]
    assert [row.is_key for row in rows] == [True, False, False]


def test_blanks_are_in_nobodys_share() -> None:
    chosen = np.array([[True, False], [False, False]])
    rows = distractor_table(chosen, np.array([True, False]), np.array([1.0, 1.0]), groups=1)
    assert rows[0].shares == (0.5,)
    assert rows[1].shares == (0.0,)


def test_nobody_is_no_table() -> None:
    with pytest.raises(ValueError, match="Nobody"):
        distractor_table(np.zeros((0, 2), dtype=bool), np.array([True, False]), np.zeros(0))
