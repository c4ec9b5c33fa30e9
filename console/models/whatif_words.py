"""What-if in words."""

from __future__ import annotations

from datetime import timedelta

from console.domain.vocabulary import DeadlineKind
from console.i18n import t
from console.models import rank_words
from console.models.wording import clock_name, local
from console.services.whatif import StageRow, WhatIf


def stage(row: StageRow) -> str:
    """The promise's name."""
    return clock_name(DeadlineKind(row.kind))


def limit(row: StageRow, *, after: bool) -> str:
    """``5:00``, or ``own limit × 80 %`` where each case has its own."""
    seconds = row.limit_after if after else row.limit_before
    if seconds is not None:
        return rank_words.span(seconds)
    return t("ranking.whatif.own", percent=f"{row.factor if after else 1:.0%}".replace("%", " %"))


def change(row: StageRow) -> str:
    """Attainment after against before."""
    if row.before is None or row.after is None:
        return rank_words.DASH
    return rank_words.difference(row.after - row.before, "rate")


def against(value: float | int | None) -> str:
    """What it was before."""
    return t("ranking.whatif.was", n=number(value))


def period(found: WhatIf) -> str:
    """The days looked at."""
    first, last = local(found.wish.start), local(found.wish.end - timedelta(microseconds=1))
    return f"{first:%Y-%m-%d} – {last:%Y-%m-%d}"


def summary(found: WhatIf) -> tuple[str, ...]:
    """What it comes to, in a sentence or two."""
    was, will = found.before, found.after
    said = [t("ranking.whatif.head", n=found.n, shifts=len(found.shifts), period=period(found))]
    if was.mean is not None and will.mean is not None:
        said.append(t("ranking.whatif.calls", before=f"{was.mean:.1f}", after=f"{will.mean:.1f}"))
    return tuple(said)


def rules(found: WhatIf) -> tuple[str, ...]:
    """How it was worked out, and what it cannot know."""
    said = [t("ranking.whatif.rule_same"), t("ranking.whatif.rule_alarms")]
    if found.carried:
        said.append(t("ranking.whatif.rule_carried", n=found.carried))
    if found.recorded:
        said.append(t("ranking.whatif.rule_recorded", n=found.recorded, model=found.before.calls))
    else:
        said.append(t("ranking.whatif.rule_unrecorded"))
    if found.origin == "dispatched":
        said.append(t("ranking.whatif.rule_origin"))
    return tuple(said)


def loudness(found: WhatIf) -> str:
    """How loud the shifts were and would have been: mean, nine of ten, floods."""
    was, will = found.before, found.after
    pairs = (
        ("calls_shift", was.mean, will.mean),
        ("calls_p90", was.p90, will.p90),
        ("calls_most", was.most, will.most),
        ("floods", was.floods, will.floods),
    )
    said = [
        t("ranking.whatif.pair", what=t(f"ranking.whatif.{key}"), before=number(a), after=number(b))
        for key, a, b in pairs
    ]
    return "    ".join(said)


def number(value: float | int | None) -> str:
    """A mean with one decimal, a count without."""
    if value is None:
        return rank_words.DASH
    return f"{value:.1f}" if isinstance(value, float) else f"{value:,}"
