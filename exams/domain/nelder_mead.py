"""Minimising a function of a few numbers without derivatives. Pure."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from exams.domain.ability_grid import Floats


def minimise(
    cost: Callable[[Floats], float],
    start: Floats,
    scale: Floats,
    *,
    tolerance: float = 1e-3,
    most_calls: int = 400,
) -> Floats:
    """The best point the simplex of Nelder & Mead (1965) finds from ``start``, (n,).

    The first simplex has edges ``scale`` (n,). Stops when no edge is longer than ``tolerance`` of
    these, or after about ``most_calls`` calls of ``cost``.
    """
    points = np.vstack([start, start + np.diag(scale)])
    costs = np.array([cost(point) for point in points])
    calls = costs.size
    while calls < most_calls and (np.ptp(points, axis=0) / scale).max() > tolerance:
        order = np.argsort(costs, kind="stable")
        points, costs = points[order], costs[order]
        calls += _improve(cost, points, costs)
    return np.asarray(points[np.argmin(costs)])


def _improve(cost: Callable[[Floats], float], points: Floats, costs: Floats) -> int:
    """Reflect, expand, contract or shrink in place; returns the calls it took."""
    centre = points[:-1].mean(axis=0)

    def along(step: float) -> tuple[float, Floats]:
        point = centre + step * (points[-1] - centre)
        return cost(point), point

    best = along(-1.0)
    calls = 1
    if best[0] < costs[0]:
        best, calls = min(best, along(-2.0), key=lambda tried: tried[0]), 2
    elif best[0] >= costs[-2]:
        best, calls = along(-0.5 if best[0] < costs[-1] else 0.5), 2
    if best[0] < costs[-1]:
        costs[-1], points[-1] = best
        return calls
    points[1:] = points[0] + 0.5 * (points[1:] - points[0])
    costs[1:] = [cost(point) for point in points[1:]]
    return calls + costs.size - 1
