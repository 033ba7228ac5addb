"""A drill that cannot fail shows nothing: each of these faults has to be caught."""

from __future__ import annotations

import pytest

from drills import planted
from drills.house import House


@pytest.mark.parametrize("fault", ["acknowledge-early", "score-twice", "ignore-deadline"])
def test_a_planted_fault_is_caught(place: House, fault: str) -> None:
    outcome = planted.run(place, fault)
    assert outcome.caught, outcome.line()
