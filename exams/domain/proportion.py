"""A share with how sure we are of it."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

LEVEL = 0.90
MINIMUM_TO_LABEL = 8


@dataclass(frozen=True, slots=True)
class Proportion:
    """``right`` of ``n`` answers."""

    right: int
    n: int

    @property
    def share(self) -> float | None:
        """Right over n, 0-1; ``None`` without answers."""
        return self.right / self.n if self.n else None

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Wilson's score interval for the true share (Wilson 1927), 0-1.

        Recommended for small n by Brown, Cai & DasGupta (2001). Without answers it is 0 to 1.
        """
        if not self.n:
            return (0.0, 1.0)
        z = NormalDist().inv_cdf(0.5 + level / 2)
        p = self.right / self.n
        spread = 1 + z * z / self.n
        centre = (p + z * z / (2 * self.n)) / spread
        half = z * sqrt(p * (1 - p) / self.n + z * z / (4 * self.n * self.n)) / spread
        # The share is inside; at 0 and 1 it is the end, but for floating-point dust.
        return (max(0.0, min(p, centre - half)), min(1.0, max(p, centre + half)))

    def label(self, target: float) -> str:
        """``"focus"``, ``"on-track"`` or ``"unsure"`` against a target share.

        Something is said only from eight answers on, and only when the whole 90 % interval
        lies on one side of the target.
        """
        low, high = self.interval()
        if self.n >= MINIMUM_TO_LABEL and high < target:
            return "focus"
        if self.n >= MINIMUM_TO_LABEL and low >= target:
            return "on-track"
        return "unsure"
