"""Classical item statistics from sums over attempts. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

MINIMUM = 30  # answers before a statistic is shown
FACILITY_RANGE = (0.2, 0.95)
LOW_DISCRIMINATION = 0.10
ENOUGH_FOR_DISCRIMINATION = 100
ENOUGH_FOR_SUSPECT_KEY = 50


@dataclass(frozen=True, slots=True)
class ItemSums:
    """Sums over the first exam-mode answers to one question.

    x is the awarded fraction, 0-1; r the rest score: the share right of the other scored items
    of the same attempt, 0-1.
    """

    question: int
    n: int
    x: float
    xx: float
    r: float
    rr: float
    xr: float


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """``facility`` with its standard error, and ``discrimination`` (item-rest correlation)."""

    question: int
    n: int
    facility: float
    facility_se: float
    discrimination: float | None

    @property
    def collecting(self) -> bool:
        return self.n < MINIMUM

    @property
    def suspicions(self) -> list[str]:
        """Reasons to look at the item, by code; none while data is being collected."""
        if self.collecting:
            return []
        found = []
        if self.facility < FACILITY_RANGE[0]:
            found.append("too-hard")
        if self.facility > FACILITY_RANGE[1]:
            found.append("too-easy")
        if self.discrimination is not None:
            if self.discrimination < 0 and self.n >= ENOUGH_FOR_SUSPECT_KEY:
                found.append("suspect-key")
            elif self.discrimination < LOW_DISCRIMINATION and self.n >= ENOUGH_FOR_DISCRIMINATION:
                found.append("low-discrimination")
        return found


def statistics(sums: ItemSums) -> ItemStatistics:
    """Facility p = mean of x, its SE sqrt(p(1-p)/n), and Pearson's r between x and the rest.

    Discrimination is ``None`` where x or r does not vary. ``sums.n`` has to be positive.
    """
    n = sums.n
    facility = sums.x / n
    variance_x = sums.xx / n - facility**2
    variance_r = sums.rr / n - (sums.r / n) ** 2
    discrimination = None
    if variance_x > 1e-12 and variance_r > 1e-12:
        covariance = sums.xr / n - facility * sums.r / n
        discrimination = covariance / sqrt(variance_x * variance_r)
    return ItemStatistics(
        sums.question, n, facility, sqrt(max(facility * (1 - facility), 0) / n), discrimination
    )
