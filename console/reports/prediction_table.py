"""What is foretold, as lines to read and as a table for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from console.domain.prediction import LEAST, LEAST_LATE, LEGS
from console.domain.prediction_check import Check
from console.i18n import either, t
from console.models import wording
from console.models.chance_words import fact_words, percents
from console.reports.tables import write_table
from console.services.prediction import Known, LegReport, PredictionReport

COLUMNS: Final = (
    "leg", "kind", "what", "low", "high", "n", "said", "came", "least", "most", "odds", "score",
)  # fmt: skip
#: So many facts of a promise are told.
MOST_FACTS: Final = 8
#: What is known from fewer cases is not among them.
LEAST_CASES: Final = 10


def lines(found: PredictionReport) -> list[str]:
    """The report for a person, in the language now."""
    told = [head(found)]
    for one in found.legs:
        told += ["", title(one), *verdict(one)]
        told += [f"  {line}" for line in bins(one.check)]
        facts = [fact_line(found, fact) for fact in worth_telling(one)]
        if facts:
            told += [t("chance.report.facts"), *(f"  {fact}" for fact in facts)]
    return told


def head(found: PredictionReport) -> str:
    """When it was made, and from when on it warns."""
    warn = t("chance.report.warn", n=found.warn) if found.warn else t("chance.report.warn_off")
    return t("chance.report.made", at=f"{wording.local(found.at):%Y-%m-%d %H:%M}", warn=warn)


def title(one: LegReport) -> str:
    """The promise, how many there were and how many were late."""
    return t("chance.report.leg", clock=wording.clock_name(LEGS[one.leg]), n=one.n, late=one.late)


def verdict(one: LegReport) -> list[str]:
    """Whether it is told to anybody, and how good it is."""
    check = one.check
    if check is None:
        return [t("chance.report.few", least=LEAST, late=LEAST_LATE)]
    span = t(
        "chance.report.span",
        learned=check.learned,
        n=check.n,
        late=check.late,
        since=_day(check.since_s),
        until=_day(check.until_s),
    )
    score = t(
        "chance.report.score",
        score=f"{check.brier:.4f}",
        base=f"{check.brier_base:.4f}",
        alone=f"{check.brier_alone:.4f}",
        better_base=round(100 * check.better_than(check.brier_base)),
        better_alone=round(100 * check.better_than(check.brier_alone)),
    )
    return [span, score, t("chance.report.told" if one.told else "chance.report.useless")]


def bins(check: Check | None) -> list[str]:
    """The calibration in words."""
    return [
        t("chance.report.bin", n=round(one.n), **percents(one))
        for one in (check.bins if check is not None else ())
    ]


def worth_telling(one: LegReport) -> list[Known]:
    """The facts that move it most, of those known from some cases."""
    return [fact for fact in one.facts if fact.n >= LEAST_CASES][:MOST_FACTS]


def fact_line(found: PredictionReport, fact: Known) -> str:
    """One fact with its factor."""
    named = fact.fact in ("class", "place", "team")
    name = either(*found.names.get(fact.level, (fact.level,) * 2)) if named else ""
    what = t(f"chance.report.fact_head.{fact.fact}", name=name or fact_words(fact.fact, fact.level))
    return t("chance.report.fact", what=what, factor=f"{fact.factor:.2f}", n=fact.n)


def write(found: PredictionReport, file: Path) -> int:
    """A table; the suffix says which kind. Raises ``Refusal`` as
    :func:`console.reports.tables.write_table` does."""
    return write_table(records(found), COLUMNS, file)


def records(found: PredictionReport) -> Iterator[dict[str, Any]]:
    """Scores, calibration and facts, a row each."""
    for one in found.legs:
        check = one.check
        if check is not None:
            scores = {"model": check.brier, "base": check.brier_base, "alone": check.brier_alone}
            for what, score in scores.items():
                yield {"leg": one.leg, "kind": "score", "what": what, "n": check.n, "score": round(score, 6)}
            for row in check.bins:
                cells = {name: round(getattr(row, name), 4) for name in ("low", "high", "n", "said", "came")}
                bounds = {"least": round(row.least, 4), "most": round(row.most, 4)}
                yield {"leg": one.leg, "kind": "calibration", **cells, **bounds}
        for fact in one.facts:
            what = f"{fact.fact} {fact.level}".strip()
            yield {"leg": one.leg, "kind": "fact", "what": what, "n": fact.n, "odds": round(fact.factor, 4)}


def _day(at_s: float) -> str:
    return f"{wording.local(datetime.fromtimestamp(at_s, UTC)):%Y-%m-%d}"
