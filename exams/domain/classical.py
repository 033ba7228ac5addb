"""Classical statistics of a form that many people took, and Moodle's for comparison. Pure.

``scores`` are (n people, J items), fractions of each item's points, 0-1. Everything is a sum over
people: the order of rows never matters. Statistics that need variation are nan where there is
none. Items that are shown one by one, from sums in the database, are in ``item_analysis``.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from exams.domain.ability_grid import Floats

EXTREME_SHARE = 0.27  # Kelley 1939: what separates best under a normal distribution


@dataclass(frozen=True, slots=True)
class FormStatistics:
    """Of items, (J,): ``facility`` (mean score), ``sd`` (n - 1), ``discrimination`` (Pearson's r
    with the sum of the other items), ``upper_lower`` (27 % index), ``alpha_if_dropped``. Of the
    form: ``mean``, ``total_sd`` (n - 1), ``alpha`` and ``sem``, in points.
    """

    n: int
    facility: Floats
    sd: Floats
    discrimination: Floats
    upper_lower: Floats
    alpha_if_dropped: Floats
    mean: float
    total_sd: float
    alpha: float
    sem: float


def form_statistics(scores: npt.ArrayLike) -> FormStatistics:
    """Raises ValueError for fewer than two people or two items."""
    table = _checked(scores)
    total = table.sum(axis=1)
    reliability = alpha(table)
    kept = [np.delete(table, j, axis=1) for j in range(table.shape[1])]
    return FormStatistics(
        n=table.shape[0],
        facility=table.mean(axis=0),
        sd=table.std(axis=0, ddof=1),
        discrimination=correlation(table, total[:, None] - table),
        upper_lower=upper_lower(table),
        alpha_if_dropped=np.array([alpha(rest) for rest in kept]),
        mean=float(total.mean()),
        total_sd=float(total.std(ddof=1)),
        alpha=reliability,
        sem=float(total.std(ddof=1) * np.sqrt(np.maximum(1 - reliability, 0.0))),
    )


def _checked(scores: npt.ArrayLike) -> Floats:
    """In one order of rows, so that sums agree to the bit however the rows came."""
    table = np.asarray(scores, dtype=np.float64)
    if table.ndim != 2 or min(table.shape) < 2:
        raise ValueError("Statistics of a form need two people and two items at least.")
    return table[np.lexsort(table.T)]


def correlation(one: Floats, other: Floats) -> Floats:
    """Pearson's r, column by column, (J,); nan where a column does not vary."""
    a, b = one - one.mean(axis=0), other - other.mean(axis=0)
    scale = np.sqrt((a * a).sum(axis=0) * (b * b).sum(axis=0))
    return np.asarray(
        np.where(scale > 1e-12, (a * b).sum(axis=0), np.nan) / np.maximum(scale, 1e-12)
    )


def alpha(scores: Floats) -> float:
    """Cronbach's alpha (1951), which is KR-20 (Kuder & Richardson 1937) for 0/1 items.

    J / (J - 1) (1 - sum of item variances / variance of the total); nan where the total does not
    vary or there is one item.
    """
    items, spread = scores.shape[1], float(scores.sum(axis=1).var())
    if items < 2 or spread <= 1e-12:
        return float("nan")
    return items / (items - 1) * (1 - float(scores.var(axis=0).sum()) / spread)


def upper_lower(scores: Floats, share: float = EXTREME_SHARE) -> Floats:
    """Mean score of the best 27 % less that of the worst 27 %, by total, (J,).

    Who ties at a border is in with the fraction of the tie that fits (the mean over all ways of
    breaking it), so the index is defined whatever the order of rows.
    """
    total = scores.sum(axis=1)
    high, low = membership(total, share), membership(-total, share)
    return np.asarray(high @ scores / high.sum() - low @ scores / low.sum())


def membership(total: Floats, share: float) -> Floats:
    """How much each person belongs to the ``share`` with the highest totals, 0-1, (n,)."""
    _, which, counts = np.unique(np.round(total, 9), return_inverse=True, return_counts=True)
    above = counts[::-1].cumsum()[::-1] - counts
    return np.asarray(np.clip((share * total.size - above) / counts, 0.0, 1.0)[which])


@dataclass(frozen=True, slots=True)
class DistractorRow:
    """One choice: how often it was chosen, and its share (0-1) within each ability group.

    ``shares`` go from the lowest group to the highest. ``beats_the_key``: the best group chose
    this distractor more often than a key.
    """

    choice: int
    is_key: bool
    count: int
    shares: tuple[float, ...]
    beats_the_key: bool


def distractor_table(
    chosen: npt.NDArray[np.bool_],
    keys: npt.NDArray[np.bool_],
    ability: Floats,
    groups: int = 3,
) -> list[DistractorRow]:
    """How people of low to high ability chose.

    ``chosen`` (n, K) says who chose which choices (a blank: none of them), ``keys`` (K,) which
    are right, ``ability`` (n,) is a rest score or theta. Groups are equal in size; ties at a
    border are shared. Raises ValueError without people.
    """
    if not ability.size:
        raise ValueError("Nobody answered this item.")
    weights = ability_groups(ability, groups)
    shares = weights @ chosen / weights.sum(axis=1, keepdims=True)
    best_key = shares[-1][keys].min() if keys.any() else 0.0
    return [
        DistractorRow(
            choice,
            bool(keys[choice]),
            int(chosen[:, choice].sum()),
            tuple(float(share) for share in shares[:, choice]),
            bool(not keys[choice] and shares[-1, choice] > best_key),
        )
        for choice in range(keys.size)
    ]


def ability_groups(ability: Floats, groups: int) -> Floats:
    """Membership of each person in equal groups from low to high, (groups, n); sums to 1."""
    edges = [membership(ability, share) for share in np.linspace(1, 0, groups + 1)]
    return np.array([edges[g] - edges[g + 1] for g in range(groups)])


@dataclass(frozen=True, slots=True)
class MoodleStatistics:
    """What Moodle's quiz statistics report shows; percent except skewness and kurtosis.

    ``standard_error`` and ``standard_deviation`` are in points. Weights and indices are (J,).
    """

    facility_index: Floats
    item_standard_deviation: Floats
    intended_weight: Floats
    effective_weight: Floats
    discrimination_index: Floats
    discriminative_efficiency: Floats
    mean: float
    median: float
    standard_deviation: float
    skewness: float
    kurtosis: float
    cic: float
    error_ratio: float
    standard_error: float


def moodle_statistics(scores: npt.ArrayLike, points: npt.ArrayLike = 1.0) -> MoodleStatistics:
    """Moodle's definitions (developer documentation, "Quiz statistics calculations").

    ``points`` are each item's, (J,) or one for all. The discrimination index is the item-rest
    correlation; the effective weight is sqrt(cov(item, total)) as a share of the sum of these,
    nan where the covariance is negative; discriminative efficiency is cov(item, rest) as a share
    of what it would be were both in the same order. Raises ValueError as form_statistics does.
    """
    table = _checked(scores)
    value = np.broadcast_to(np.asarray(points, dtype=float), table.shape[1:])
    marks = table * value
    total = marks.sum(axis=1)
    rest = total[:, None] - marks
    reliability = alpha(marks)
    error = float(np.sqrt(np.maximum(1 - reliability, 0.0)))
    return MoodleStatistics(
        facility_index=100 * table.mean(axis=0),
        item_standard_deviation=100 * table.std(axis=0, ddof=1),
        intended_weight=100 * value / value.sum(),
        effective_weight=_effective_weight(covariance(marks, total[:, None])),
        discrimination_index=100 * correlation(marks, rest),
        discriminative_efficiency=_efficiency(marks, rest),
        mean=float(total.mean()),
        median=float(np.median(total)),
        standard_deviation=float(total.std(ddof=1)),
        skewness=skewness(total),
        kurtosis=kurtosis(total),
        cic=100 * reliability,
        error_ratio=100 * error,
        standard_error=error * float(total.std(ddof=1)),
    )


def covariance(one: Floats, other: Floats) -> Floats:
    """Sample covariance (n - 1), column by column, (J,)."""
    centred = (one - one.mean(axis=0)) * (other - other.mean(axis=0))
    return np.asarray(centred.sum(axis=0) / (one.shape[0] - 1))


def _effective_weight(with_total: Floats) -> Floats:
    roots = np.sqrt(np.where(with_total >= 0, with_total, np.nan))
    whole = np.nansum(roots)
    return np.asarray(100 * roots / whole if whole > 0 else np.full_like(roots, np.nan))


def _efficiency(marks: Floats, rest: Floats) -> Floats:
    best = covariance(np.sort(marks, axis=0), np.sort(rest, axis=0))
    found = covariance(marks, rest)
    return np.asarray(100 * np.where(best > 1e-12, found, np.nan) / np.maximum(best, 1e-12))


def skewness(values: Floats) -> float:
    """k3 / k2^1.5 with Fisher's k-statistics (1928); nan below three values or without spread."""
    n, m2 = values.size, float(values.var())
    if n < 3 or m2 <= 1e-12:
        return float("nan")
    m3 = float(((values - values.mean()) ** 3).mean())
    return m3 / m2**1.5 * sqrt(n * (n - 1)) / (n - 2)


def kurtosis(values: Floats) -> float:
    """k4 / k2^2 with Fisher's k-statistics: 0 for a normal distribution; nan below four values."""
    n, m2 = values.size, float(values.var())
    if n < 4 or m2 <= 1e-12:
        return float("nan")
    m4 = float(((values - values.mean()) ** 4).mean())
    return (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * m4 / m2**2 - 3 * (n - 1))
