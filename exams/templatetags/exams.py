"""Template filters and charts of the sittings' pages. Charts are SVG drawn on the server."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from math import cos, pi, sin
from typing import Any

from django import template
from django.utils.translation import gettext as _

from exams.domain.mastery import ChapterMastery
from exams.domain.proportion import Proportion
from exams.models import ExamBlueprint, Result

register = template.Library()

BAR = 200  # width of a bar chart in its own units
RADIUS = 100  # of the gauge's half ring
CENTRE = (120, 118)


@register.filter
def at(mapping: Mapping[Any, Any], key: Any) -> Any:
    return mapping.get(key)


@register.filter
def percent(value: float | None) -> str:
    """0-1 as a whole percentage; an en dash where there is nothing to show."""
    return "–" if value is None else f"{value * 100:.0f}%"


@register.filter
def duration(value: timedelta | None) -> str:
    """``18분 42초`` or ``18 min 42 s``; whole minutes without seconds from an hour on."""
    if value is None:
        return "–"
    seconds = int(value.total_seconds())
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    if minutes:
        return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": rest}
    return _("%(seconds)d s") % {"seconds": rest}


@register.inclusion_tag("exams/_bar.html")
def bar(proportion: Proportion, target: float) -> dict[str, Any]:
    """A bar with its 90 % interval as a whisker and the target as a dashed line."""
    low, high = proportion.interval()
    return {
        "share": round((proportion.share or 0) * BAR, 1),
        "low": round(low * BAR, 1),
        "high": round(high * BAR, 1),
        "target": round(target * BAR, 1),
        "empty": not proportion.n,
    }


@register.inclusion_tag("exams/_range.html")
def range_bar(estimate: ChapterMastery, target: float) -> dict[str, Any]:
    """A 90 % interval as a line, the estimate on it, the target dashed."""
    return {
        "low": round(estimate.low * BAR, 1),
        "high": round(estimate.high * BAR, 1),
        "mean": round(estimate.expected * BAR, 1),
        "target": round(float(target) * BAR, 1),
        "seen": estimate.answers > 0,
    }


@register.filter
def interval(proportion: Proportion) -> str:
    low, high = proportion.interval()
    return f"{low * 100:.0f}–{high * 100:.0f}%"


@register.inclusion_tag("exams/_gauge.html")
def gauge(result: Result, blueprint: ExamBlueprint) -> dict[str, Any]:
    """A half ring from the lowest to the highest scaled score with a tick at the cut."""
    span = blueprint.scale_max - blueprint.scale_min
    score = (result.scaled - blueprint.scale_min) / span
    cut = (blueprint.cut_score - blueprint.scale_min) / span
    inner, outer = _point(cut, RADIUS - 14), _point(cut, RADIUS + 12)
    return {
        "result": result,
        "blueprint": blueprint,
        "track": _arc(0, 1),
        "fill": _arc(0, max(score, 0.004)),
        "cut": (*inner, *outer),
        "cut_label": _point(cut, RADIUS + 24),
        "centre": CENTRE,
    }


def _point(share: float, radius: float) -> tuple[float, float]:
    angle = pi * (1 - share)
    return (
        round(CENTRE[0] + radius * cos(angle), 1),
        round(CENTRE[1] - radius * sin(angle), 1),
    )


def _arc(start: float, end: float) -> str:
    (x1, y1), (x2, y2) = _point(start, RADIUS), _point(end, RADIUS)
    return f"M{x1} {y1}A{RADIUS} {RADIUS} 0 0 1 {x2} {y2}"
