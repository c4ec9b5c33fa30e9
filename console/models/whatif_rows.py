"""The table of what-if: each promise before and after."""

from __future__ import annotations

import math

from console.i18n import t
from console.models import rank_words, whatif_words
from console.models.bar_rows import Bar, BarRow, Column
from console.services.whatif import WhatIf


def of_stages(found: WhatIf) -> tuple[tuple[Column, ...], tuple[BarRow, ...]]:
    """Rows by promise; the dot is the attainment as tried with its interval,
    the dashed line what it was."""
    values = [v for row in found.stages for v in (row.before, row.after) if v is not None]
    low = max(0.0, math.floor(min(values, default=0.0) * 10) / 10)

    def share(number: float | None) -> float | None:
        return None if number is None else (number - low) / (1.0 - low) if low < 1.0 else number

    rows = []
    for row in found.stages:
        between = row.interval(after=True) or (None, None)
        bar = Bar(share(row.after), share(between[0]), share(between[1]), share(row.before), dot=True)
        cells = (
            whatif_words.stage(row),
            f"{whatif_words.limit(row, after=False)} → {whatif_words.limit(row, after=True)}",
            rank_words.value(row.before, "rate"),
            rank_words.value(row.after, "rate"),
            "",
            whatif_words.change(row),
            f"{len(row.lost):,}",
            f"{len(row.won):,}",
        )
        rows.append(BarRow(row.kind, cells, bar, muted=row.n_after < 20))
    ends = {"low": rank_words.whole_share(low, "rate"), "high": rank_words.whole_share(1.0, "rate")}
    columns = (
        Column(t("ranking.whatif.promise"), 84),
        Column(t("ranking.whatif.limits"), 0),
        Column(t("ranking.whatif.before"), 84, "figure"),
        Column(t("ranking.whatif.after"), 84, "main"),
        Column(t("ranking.whatif.bar", **ends), 0, "bar"),
        Column(t("ranking.whatif.change"), 124, "figure"),
        Column(t("ranking.whatif.lost"), 92, "figure"),
        Column(t("ranking.whatif.won"), 92, "figure"),
    )
    return columns, tuple(rows)
