"""Ability on a grid: curves over it, how it wanders, and where its mass lies. Pure.

Ability theta is in logits: at theta = b an item of difficulty b is answered right half the time.
Arrays end with the grid's axis; the axes before it are the caller's.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]

STEP = 0.1
GRID: Floats = np.linspace(-7.0, 7.0, 141)
SIZE = GRID.size


def chance(theta: Floats, difficulty: Floats, slope: Floats | float = 1.0) -> Floats:
    """P(right) = 1 / (1 + exp(-a (theta - b))): Rasch (1960) for a = 1, else Birnbaum (1968)."""
    return 1.0 / (1.0 + np.exp(-slope * (theta - difficulty)))


def information(theta: Floats, difficulty: Floats, slope: Floats | float = 1.0) -> Floats:
    """Fisher information of one answer about theta, a^2 P (1 - P) (Birnbaum 1968), per logit^2."""
    p = chance(theta, difficulty, slope)
    return np.square(slope) * p * (1.0 - p)


def normal_rows(centres: Floats, spread: float) -> Floats:
    """N(theta; centre, spread^2) normalised over the grid: (n,) centres to (n, SIZE)."""
    exponent = -0.5 * ((GRID - centres[:, None]) / spread) ** 2
    rows = np.exp(exponent - exponent.max(axis=1, keepdims=True))
    return rows / rows.sum(axis=1, keepdims=True)


@lru_cache(maxsize=256)
def walk(variance: float) -> Floats:
    """Transitions of a random walk on the grid whose steps have this variance (logit^2).

    The continuous-time walk between neighbours, reflected at the ends: exp(variance / (2 h^2) L)
    of the path's Laplacian L, by its cosine eigenvectors. Its variance is exact however small,
    its rows and columns sum to 1, and like every birth-and-death process it is totally positive
    (Karlin & McGregor 1957), so that better evidence never turns into a lower estimate.
    """
    k = np.arange(SIZE)
    vectors = np.cos(np.pi * np.outer(k + 0.5, k) / SIZE) * np.sqrt(2.0 / SIZE)
    vectors[:, 0] = np.sqrt(1.0 / SIZE)
    rates = 2.0 - 2.0 * np.cos(np.pi * k / SIZE)
    kernel = (vectors * np.exp(-rates * variance / (2.0 * STEP**2))) @ vectors.T
    return np.maximum(kernel, 0.0)


def quantile(mass: Floats, share: float) -> Floats:
    """Theta below which ``share`` (0-1) of the mass lies, spread evenly in each grid cell."""
    cumulated = np.cumsum(mass, axis=-1)
    cell = np.minimum((cumulated < share).sum(axis=-1), SIZE - 1)[..., None]
    within = np.take_along_axis(mass, cell, -1)
    before = np.take_along_axis(cumulated, cell, -1) - within
    part = np.clip((share - before) / np.maximum(within, 1e-300), 0.0, 1.0)
    return np.asarray((GRID[cell] + (part - 0.5) * STEP)[..., 0])


def mass_below(mass: Floats, theta: Floats) -> Floats:
    """Share of the mass below theta; ``theta`` has the shape of ``mass`` without its last axis."""
    place = np.clip((theta - GRID[0]) / STEP + 0.5, 0.0, SIZE - 1e-9)
    cell = place.astype(np.int64)[..., None]
    within = np.take_along_axis(mass, cell, -1)
    before = np.take_along_axis(np.cumsum(mass, axis=-1), cell, -1) - within
    return np.asarray((before + (place[..., None] - cell) * within)[..., 0])


def curve_at(curves: Floats, theta: Floats) -> Floats:
    """Each curve's height at its theta, linearly between grid points; shapes broadcast."""
    place = np.clip((theta - GRID[0]) / STEP, 0.0, SIZE - 1.000001)
    cell = place.astype(np.int64)[..., None]
    shape = (*cell.shape[:-1], SIZE)
    rows = np.broadcast_to(curves, shape)
    low, high = (np.take_along_axis(rows, cell + up, -1)[..., 0] for up in (0, 1))
    return np.asarray(low + (place - cell[..., 0]) * (high - low))
