"""Calibration: how hard each question is, from everybody's first answers in exam mode. Pure.

Marginal maximum likelihood by EM (Bock & Aitkin 1981) with abilities N(0, 1) on Gauss-Hermite
nodes. Answers come in chunks of whole sittings and are read once a pass, so that what is kept in
memory is one chunk, and two numbers per item and node.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from exams.domain.ability_grid import Floats

ENOUGH_FOR_SLOPE = 300  # answers before an item gets a slope of its own
ENOUGH_TO_CALIBRATE = 100  # below: the author's difficulty and Elo
NODES = 21
BOUND = 6.0  # logits; an item everybody gets right has no finite difficulty
SLOPES = (0.2, 4.0)
NEWTON_STEPS = 3

type Chunks = Callable[[], Iterable["Chunk"]]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Answers of whole sittings: all rows of one stand together, ``right`` is 0 or 1.

    A sitting is one attempt of one learner, since between attempts ability moves; its number
    needs only to change from sitting to sitting. ``item`` counts from 0.
    """

    sitting: npt.NDArray[np.integer]
    item: npt.NDArray[np.integer]
    right: npt.NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Items:
    """Difficulties and slopes, (J,) each, on the scale on which the mean slope is 1.

    ``spread`` is the standard deviation of ability in logits, ``answers`` (J,) their number.
    """

    difficulty: Floats
    slope: Floats
    spread: float
    answers: Floats
    passes: int = 0


def chunks_of(
    sitting: npt.NDArray[np.integer],
    item: npt.NDArray[np.integer],
    right: npt.NDArray[np.integer],
    *,
    rows: int = 50_000,
) -> Chunks:
    """Chunks of about ``rows`` answers from columns in any order.

    Rows are put in order once, by sitting, item and answer, so that their order changes nothing.
    """
    order = np.lexsort((right, item, sitting))
    columns = tuple(column[order] for column in (sitting, item, right))
    starts = np.flatnonzero(np.diff(columns[0], prepend=columns[0][:1] - 1))
    wanted = np.searchsorted(starts, np.arange(rows, sitting.size, rows))
    cuts = [0, *np.unique(starts[wanted[wanted < starts.size]]), sitting.size]

    def chunks() -> Iterator[Chunk]:
        for begin, end in pairwise(cuts):
            if end > begin:
                yield Chunk(*(column[begin:end] for column in columns))

    return chunks


def calibrate(
    chunks: Chunks,
    items: int,
    *,
    two_parameter: bool = True,
    enough_for_slope: int = ENOUGH_FOR_SLOPE,
    nodes: int = NODES,
    tolerance: float = 1e-3,
    most_passes: int = 60,
) -> Items:
    """Difficulties by marginal ML: Rasch, and 2PL for items with answers enough for a slope.

    Each pass reads all chunks. Stops when no difficulty or slope moves more than ``tolerance``.
    An item without answers gets the mean difficulty. Raises ValueError without any answer.
    """
    points, weights = nodes_and_weights(nodes)
    slope, intercept, answers = _starting_point(chunks, items)
    free = (answers >= enough_for_slope) & two_parameter
    passes = 0
    while passes < most_passes:
        passes += 1
        right, wrong = expected_counts(chunks, slope, intercept, points, weights)
        new_slope, new_intercept = _maximised(right, wrong, slope, intercept, free, points)
        moved = np.abs(np.concatenate([new_slope - slope, new_intercept - intercept])).max()
        slope, intercept = new_slope, new_intercept
        if moved < tolerance:
            break
    return _on_slope_one(slope, intercept, answers, passes)


def nodes_and_weights(nodes: int) -> tuple[Floats, Floats]:
    """Gauss-Hermite nodes and weights for N(0, 1), (Q,) each."""
    points, weights = np.polynomial.hermite_e.hermegauss(nodes)
    return points, weights / weights.sum()


def _starting_point(chunks: Chunks, items: int) -> tuple[Floats, Floats, Floats]:
    answers, right = np.zeros(items), np.zeros(items)
    for chunk in chunks():
        answers += np.bincount(chunk.item, minlength=items)
        right += np.bincount(chunk.item, chunk.right, items)
    if not answers.any():
        raise ValueError("There is nothing to calibrate from.")
    share = (right + 0.5) / (answers + 1.0)
    mean = (right.sum() + 0.5) / (answers.sum() + 1.0)
    share = np.where(answers > 0, share, mean)
    return np.ones(items), 1.2 * np.log(share / (1 - share)), answers


def expected_counts(
    chunks: Chunks, slope: Floats, intercept: Floats, points: Floats, weights: Floats
) -> tuple[Floats, Floats]:
    """The E step: expected right and wrong answers of each item at each node, (J, Q) both."""
    z = slope[:, None] * points + intercept[:, None]
    wrong = -np.logaddexp(0.0, z)
    table = np.stack([wrong, wrong + z], axis=1).reshape(-1, points.size)
    counts = np.zeros_like(table)
    for chunk in chunks():
        _add_counts(counts, chunk, table, np.log(weights))
    pairs = counts.reshape(-1, 2, points.size)
    return pairs[:, 1], pairs[:, 0]


def _add_counts(counts: Floats, chunk: Chunk, table: Floats, prior: Floats) -> None:
    """Add one chunk's expected counts by item and answer, rows 2 item + right of ``counts``."""
    code = 2 * chunk.item.astype(np.int64) + chunk.right
    starts = np.flatnonzero(np.diff(chunk.sitting, prepend=chunk.sitting[:1] - 1))
    logs = np.add.reduceat(table[code], starts, axis=0) + prior
    belief = np.exp(logs - logs.max(axis=1, keepdims=True))
    belief /= belief.sum(axis=1, keepdims=True)
    who = np.repeat(np.arange(starts.size), np.diff(starts, append=code.size))
    order = np.argsort(code, kind="stable")
    sorted_code = code[order]
    firsts = np.flatnonzero(np.diff(sorted_code, prepend=-1))
    counts[sorted_code[firsts]] += np.add.reduceat(belief[who[order]], firsts, axis=0)


def _maximised(
    right: Floats,
    wrong: Floats,
    slope: Floats,
    intercept: Floats,
    free: npt.NDArray[np.bool_],
    points: Floats,
) -> tuple[Floats, Floats]:
    """The M step: Newton on slope and intercept, with one slope common to items not ``free``."""
    total = right + wrong
    for _ in range(NEWTON_STEPS):
        p = 1.0 / (1.0 + np.exp(-(slope[:, None] * points + intercept[:, None])))
        rest, curved = right - total * p, total * p * (1 - p)
        g_b, g_a = rest.sum(axis=1), rest @ points
        h_bb, h_ab, h_aa = curved.sum(axis=1) + 1e-9, curved @ points, curved @ points**2 + 1e-9
        gain = g_a - h_ab * g_b / h_bb  # of the slope, intercepts following
        need = np.maximum(h_aa - h_ab**2 / h_bb, 1e-9)
        step = gain / need
        if not free.all():
            step = np.where(free, step, gain[~free].sum() / need[~free].sum())
        step = np.clip(step, -0.5, 0.5)
        move = np.clip((g_b - h_ab * step) / h_bb, -1.0, 1.0)
        slope = np.clip(slope + step, *SLOPES)
        intercept = np.clip(intercept + move, -BOUND * slope, BOUND * slope)
    return slope, intercept


def _on_slope_one(slope: Floats, intercept: Floats, answers: Floats, passes: int) -> Items:
    """Stretch ability so that the geometric mean of slopes, weighted by answers, is 1."""
    known = answers > 0
    common = float(np.exp(np.average(np.log(slope), weights=answers)))
    difficulty = -intercept / slope * common
    difficulty = np.where(known, difficulty, difficulty[known].mean())
    return Items(difficulty, np.where(known, slope / common, 1.0), common, answers, passes)


def anchored(items: Items, established: npt.NDArray[np.bool_], mean: float, sd: float) -> Items:
    """On the scale on which the established items have this mean and SD of difficulty.

    Mean-sigma linking (Marco 1977; Kolen & Brennan 2014, ch. 6): without it the scale drifts as
    learners improve. Slopes go the other way. Raises ValueError without two different items.
    """
    chosen = items.difficulty[established]
    if chosen.size < 2 or chosen.std() <= 0:
        raise ValueError("A scale is anchored by two items of different difficulty at least.")
    stretch = sd / float(chosen.std())
    shift = mean - stretch * float(chosen.mean())
    return replace(
        items,
        difficulty=stretch * items.difficulty + shift,
        slope=items.slope / stretch,
        spread=items.spread * stretch,
    )


def expected_ability(chunk: Chunk, items: Items, nodes: int = 61) -> tuple[Floats, Floats]:
    """EAP of ability in each sitting and its SD, logits, (S,) each (Bock & Mislevy 1982)."""
    points, weights = nodes_and_weights(nodes)
    theta = points * items.spread
    z = items.slope[:, None] * (theta - items.difficulty[:, None])
    gain = chunk.right[:, None] * z[chunk.item] - np.logaddexp(0.0, z)[chunk.item]
    starts = np.flatnonzero(np.diff(chunk.sitting, prepend=chunk.sitting[:1] - 1))
    logs = np.add.reduceat(gain, starts, axis=0) + np.log(weights)
    belief = np.exp(logs - logs.max(axis=1, keepdims=True))
    belief /= belief.sum(axis=1, keepdims=True)
    mean = belief @ theta
    return mean, np.sqrt(np.maximum(belief @ theta**2 - mean**2, 0.0))
