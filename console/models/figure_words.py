"""Figures in words: one way to say a value, a period, a group."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from console.domain import figure_standards, kpi
from console.domain.figure_rules import FigureRules
from console.domain.kpi import FEW, Indicator, Value
from console.i18n import catalogue, either, language, t
from console.models.wording import local
from console.services.figures_desk import IndicatorsView

DASH: Final = "—"
_MINUTE: Final = 60
_HOUR: Final = 3600


def name(figure: str) -> str:
    """What an indicator is called; parts of composites too (``1-RATE``,
    ``BAND:COUNT``)."""
    if figure.startswith("1-"):
        return f"1 − {name(figure[2:])}"
    if ":" in figure:
        return t("indicators.points", name=name(figure.partition(":")[2]))
    one = kpi.BY_ID[figure]
    return either(one.zh, one.en)


def rule(figure: str) -> str:
    """How an indicator is counted."""
    return t(f"indicators.rule.{figure}")


def span(seconds: float) -> str:
    """A duration: 0:42, 12:05, 3:20:00."""
    whole = round(seconds)
    hours, minutes = divmod(whole // _MINUTE, 60)
    if hours:
        return f"{hours}:{minutes:02d}:{whole % _MINUTE:02d}"
    return f"{minutes}:{whole % _MINUTE:02d}"


def short(one: Indicator, value: Value) -> str:
    """A value without what it was taken over."""
    if value.value is None:
        return DASH
    if one.kind == "rate":
        return f"{value.value:.1%}"
    if one.kind == "seconds":
        return span(value.value)
    if one.kind == "multiple":
        return t("indicators.times", x=f"{value.value:.2f}")
    if one.kind == "score":
        letter = value.grade
        key = f"indicators.grade.{letter}"
        words = t(key) if key in catalogue(language()) else letter
        return f"{value.value:.1f} {words}"
    return f"{value.value:,.0f}"


def over(one: Indicator, value: Value) -> str:
    """What it was taken over: 58/62, n=62; nothing for counts and scores."""
    if one.kind == "rate" and value.num is not None:
        return t("indicators.of", num=f"{value.num:,.0f}", den=f"{value.den or 0:,}")
    if one.kind in ("seconds", "multiple"):
        return t("indicators.n", n=f"{value.den or 0:,}")
    return ""


def few(one: Indicator, value: Value, n: int) -> bool:
    """Too few cases to judge by."""
    if one.kind == "count":
        return False
    if one.kind == "score":
        return n < FEW
    return (value.den or 0) < FEW


def period(start: datetime, end: datetime) -> str:
    """A period, days included where it is whole days."""
    first, last = local(start), local(end)
    inside = local(end - timedelta(microseconds=1))
    if (first.hour, first.minute, last.hour, last.minute) == (0, 0, 0, 0):
        if first.date() == inside.date():
            return f"{first:%Y-%m-%d}"
        return f"{first:%Y-%m-%d} – {inside:%Y-%m-%d}"
    return (
        f"{first:%Y-%m-%d %H:%M} – {last:%H:%M}"
        if first.date() == inside.date()
        else (f"{first:%Y-%m-%d %H:%M} – {last:%Y-%m-%d %H:%M}")
    )


def group(by: str, key: str | None, names: Mapping[str, tuple[str, str]]) -> str:
    """What a group is called."""
    if key is None:
        return t("indicators.all")
    if not key:
        return t("indicators.none")
    if by == "source":
        return t(f"states.source.{key}")
    found = names.get(key)
    return either(*found) if found is not None and any(found) else key


def parts(view: IndicatorsView, figure: str) -> str:
    """The parts of a composite and what each gave."""
    told = []
    for part, weight, points in view.parts.get(figure, ()):
        key = "part" if points is not None else "part_none"
        shown = "" if points is None else f"{points:.1f}"
        told.append(t(f"indicators.{key}", name=name(part), weight=weight, points=shown))
    return t("indicators.parts", parts=" · ".join(told)) if told else ""


def standards(figure: str, value: Value) -> str:
    """What others promise for the same part of the way."""
    found = []
    for one in figure_standards.beside(figure):
        key = "standard_share" if one.share else "standard_mean"
        what = either(one.zh, one.en)
        found.append(t(f"indicators.{key}", name=one.name, what=what, share=one.share, s=span(one.seconds)))
    if not found:
        return ""
    if value.value is not None:
        found.append(t("indicators.ours", value=short(kpi.BY_ID[figure], value)))
    return t("indicators.standards", list=" · ".join(found))


def parts_in_words(rules: FigureRules, figure: str) -> str:
    """The parts of a composite with their weights."""
    return " + ".join(f"{name(part)} {weight}%" for weight, part in rules.scores[figure])
