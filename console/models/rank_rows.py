"""Rankings, places and causes as rows of a table."""

from __future__ import annotations

import math
from typing import Final

from console.domain.ranking import Standing
from console.i18n import t
from console.models import rank_words
from console.models.bar_rows import Bar, BarRow, Column
from console.services.rankings import CauseList, HeatMap, Ranking

#: Which lists of places there are.
PLACES: Final = ("community", "road", "camera")


def axis(found: Ranking) -> tuple[float, float]:
    """From and to where the bars run: rates from the tenth below the lowest
    interval to 100 % (or from 0 % where less is better), all else from 0."""
    shown = [row for row in found.rows if row.place] or list(found.rows)
    values = [v for row in shown for v in (row.value, row.low, row.high) if v is not None]
    if found.whole is not None:
        values.append(found.whole)
    if found.kind == "rate":
        if found.direction < 0:
            return 0.0, min(1.0, math.ceil(max(values, default=1.0) * 10 + 0.01) / 10)
        return max(0.0, math.floor(min(values, default=0.0) * 10) / 10), 1.0
    return 0.0, max(values, default=0.0) or 1.0


def of_ranking(found: Ranking) -> tuple[tuple[Column, ...], tuple[BarRow, ...]]:
    """The table of a ranking."""
    kind, (low, high) = found.kind, axis(found)

    def share(number: float | None) -> float | None:
        return None if number is None else (number - low) / (high - low)

    rows = []
    for row in found.rows:
        bar = Bar(
            share(row.value),
            share(row.low),
            share(row.high),
            share(found.whole),
            dot=kind in ("rate", "seconds"),
        )
        rows.append(BarRow(row.key, _cells(found, row), bar, not row.place, row.flag))
    return _columns(found, low, high), tuple(rows)


def _columns(found: Ranking, low: float, high: float) -> tuple[Column, ...]:
    kind = found.kind
    ends = {"low": rank_words.whole_share(low, kind), "high": rank_words.whole_share(high, kind)}
    flags = 72
    if any(row.flag for row in found.rows):
        flags = 196 if any(row.again for row in found.rows) else 128
    made = [
        Column(t("ranking.column.place"), 56, "figure"),
        Column(t("ranking.column.flag"), flags, "flag"),
        Column(rank_words.heading(found.wish.by), 0, weight=3),
        Column(rank_words.measure(found.wish.measure), 132, "main"),
        Column(t("ranking.column.bar", **ends), 0, "bar"),
        Column(t("ranking.column.base"), 132 if kind == "hourly" else 64, "figure"),
        Column(t("ranking.column.change_unit", unit=t(f"ranking.unit.{kind}")), 112, "figure"),
        Column(t("ranking.column.mix"), 0),
    ]
    if kind == "rate":
        made.insert(6, Column(t("ranking.column.adjusted"), 84, "figure"))
    if not found.direction:
        del made[1]
    return tuple(made)


def _cells(found: Ranking, row: Standing) -> tuple[str, ...]:
    kind = found.kind
    made = [
        str(row.place) if row.place else "–",
        rank_words.flag(row),
        rank_words.key_name(row.key, found.names),
        rank_words.value(row.value, kind, found.rules),
        rank_words.interval(row, kind),
        rank_words.base(row, kind) if kind == "hourly" else f"{row.den:.0f}",
        rank_words.bare_change(row, kind),
        rank_words.mix(row, found.names),
    ]
    if kind == "rate":
        made.insert(6, rank_words.value(row.adjusted, kind))
    if not found.direction:
        del made[1]
    return tuple(made)


def of_places(found: HeatMap, by: str) -> tuple[tuple[Column, ...], tuple[BarRow, ...]]:
    """Places by their cases."""
    rows = found.places.get(by, ())
    most = max((n for _, n, _, _ in rows), default=1)
    columns = (
        Column(rank_words.heading(by), 0),
        Column(t("ranking.heat.cases"), 72, "main"),
        Column("", 0, "bar"),
        Column(t("ranking.heat.late_share"), 112, "figure"),
    )
    made = []
    for key, n, late, of in rows:
        share = f"{rank_words.share(late / of)}" if of >= 20 else rank_words.DASH
        cells = (rank_words.key_name(key, found.names), f"{n:,}", "", share)
        made.append(BarRow(key, cells, Bar(n / most)))
    return columns, tuple(made)


def of_causes(found: CauseList) -> tuple[tuple[Column, ...], tuple[BarRow, ...]]:
    """Causes in order, with the running share."""
    most = max((row.n for row in found.rows), default=1)
    columns = (
        Column(t("ranking.causes.cause"), 260),
        Column(t("ranking.causes.cases"), 80, "main"),
        Column(t("ranking.causes.share"), 96, "figure"),
        Column("", 0, "bar"),
        Column(t("ranking.causes.running"), 96, "figure"),
    )
    made = []
    for row in found.rows:
        words = (rank_words.share(row.share), "", rank_words.share(row.running))
        cells = (rank_words.cause(row, found), f"{row.n:,}", *words)
        made.append(BarRow(row.code, cells, Bar(row.n / most), muted=not row.code))
    return columns, tuple(made)
