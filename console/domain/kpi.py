"""The figures: what is counted, over what, and how it is graded.

Every indicator is a row of :data:`INDICATORS` (numerator and denominator in
words, for the page that explains a number) with its formula in
:data:`FORMULAS`. Rules: a mis-key is no case; a zero denominator gives ``None``,
shown as a dash, never 0 % or 100 %; a granted appeal counts as on time but the
overrun stays in the case; a promise is measured over completed cases plus open
ones already past their limit, which count as misses; percentiles are by nearest
rank over the same cases and are never averaged. Counting rules and weights:
practice under GB/T 30428.4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.domain.kpi_counts import Counts, count
from console.domain.model import CaseFact


@dataclass(frozen=True, slots=True)
class Value:
    """A figure: for a rate ``num``/``den`` and their quotient (0–1 or
    ``None``); for a count ``den`` is ``None``; for seconds ``num`` is the rank
    (or the sum, for a mean) and ``den`` the number of cases; for a score 0–100
    ``grade`` A–E."""

    value: float | None
    num: float | None
    den: int | None
    grade: str = ""


@dataclass(frozen=True, slots=True)
class Indicator:
    """What an indicator is. ``kind``: ``count``, ``rate``, ``seconds``,
    ``score``. ``direction``: 1 more is better, -1 less is better, 0 neither."""

    id: str
    zh: str
    en: str
    numerator: str
    denominator: str
    kind: str
    direction: int


#: Grade from a score of 0–100 (half-open bands): A ≥90, B ≥75, C ≥60, D ≥40, E.
GRADES: Final = ((90.0, "A"), (75.0, "B"), (60.0, "C"), (40.0, "D"), (0.0, "E"))

#: Points for a number of cases: ``(up to and including, points)``, the last
#: one for all above. City-month sized, as the practice has them; a site scales
#: them by giving its own to :func:`compute`.
BANDS: Final[Mapping[str, tuple[tuple[int | None, float], ...]]] = {
    "work": ((100, 0.0), (300, 40.0), (500, 60.0), (1200, 75.0), (2000, 90.0), (None, 100.0)),
    "department": ((50, 100.0), (100, 90.0), (200, 75.0), (500, 60.0), (1000, 40.0), (None, 0.0)),
    "grid": ((0, 100.0), (2, 90.0), (4, 75.0), (6, 60.0), (8, 40.0), (None, 0.0)),
}

#: Parts of the composites: (weight in per cent, part). A part is a rate (times
#: 100), ``1-RATE``, or ``BAND:COUNT``. Each adds up to 100.
SCORES: Final[Mapping[str, tuple[tuple[int, str], ...]]] = {
    "score_department": (
        (10, "department:filed"),
        (30, "close_rate"),
        (30, "handling_on_time"),
        (30, "1-rework_rate"),
    ),
    "score_area": ((10, "1-public_share"), (20, "grid:filed"), (30, "close_rate"), (40, "close_on_time")),
    "score_leader": ((25, "filing_on_time"), (40, "filing_accuracy"), (35, "close_on_time")),
    "score_dispatcher": ((20, "work:dispatched"), (40, "dispatch_on_time"), (40, "dispatch_accuracy")),
    "score_inspector": (
        (40, "_valid_reports"),
        (20, "1-public_share"),
        (20, "_verify_on_time"),
        (20, "_check_on_time"),
    ),
    "score_calltaker": ((25, "work:reported"), (40, "_verify_sent_on_time"), (35, "_check_sent_on_time")),
}

_COUNTS: Final = (
    ("reported", "受理数", "Taken in", "cases taken in, without mis-keys", 0),
    ("filed", "立案数", "Filed", "cases with a filing time", 0),
    ("rejected", "不予受理数", "Rejected", "cases turned down before filing", 0),
    ("dispatched", "派遣数", "Dispatched", "cases sent to a team", 0),
    ("to_handle", "应处置数", "To be handled", "dispatched, neither voided nor merged", 0),
    ("handled", "处置数", "Handled", "to be handled and handed back", 1),
    ("on_time", "按期处置数", "Handled on time", "handled by the due time, or exempt by appeal", 1),
    ("late", "超期处置数", "Handled late", "handled after the due time, not exempt", -1),
    ("to_close", "应结案数", "To be closed", "handed back or closed, not voided, not suspended", 0),
    ("closed", "结案数", "Closed", "closed cases", 1),
    ("closed_on_time", "按期结案数", "Closed on time", "closed by the handling due time, or exempt", 1),
    ("rework", "返工数", "Rework", "cases sent back at least once", -1),
    ("extended", "延期数", "Extended", "cases with at least one extension", -1),
    ("suspended", "挂账数", "Suspended", "cases suspended now", -1),
    ("voided", "作废数", "Voided", "voided cases", -1),
)

#: id, Chinese, English, numerator, denominator (words), direction.
_RATES: Final = (
    ("filing_rate", "立案率", "Filing rate", "filed", "taken in", 1),
    ("filing_on_time", "按时立案率", "Filed on time", "filed within the decision limit", "filed", 1),
    ("filing_accuracy", "准确立案率", "Filing accuracy", "filed, not voided", "filed", 1),
    ("dispatch_on_time", "按时派遣率", "Dispatched on time", "dispatched within the limit", "to dispatch", 1),
    ("dispatch_accuracy", "准确派遣率", "Dispatch accuracy", "dispatched, never refused", "to dispatch", 1),
    ("handling_rate", "处置率", "Handling rate", "handled", "to be handled", 1),
    ("handling_on_time", "按期处置率", "Handled on time", "handled on time", "to be handled", 1),
    ("close_rate", "结案率", "Close rate", "closed", "to be closed", 1),
    ("close_on_time", "按期结案率", "Closed on time", "closed on time", "to be closed", 1),
    ("rework_rate", "返工率", "Rework rate", "sent back at least once", "handed back at least once", -1),
    ("extension_rate", "延期率", "Extension rate", "extended", "to be handled", -1),
    ("suspension_rate", "挂账率", "Suspension rate", "suspended now", "filed", -1),
    ("public_share", "监督举报率", "Public-report share", "filed after a citizen's report", "filed", -1),
    ("decision_met", "研判达标率", "Decision attainment", "decided in time", "decided or overdue", 1),
    ("dispatch_met", "派遣达标率", "Dispatch attainment", "dispatched in time", "dispatched or overdue", 1),
    ("arrival_met", "到场达标率", "Arrival attainment", "arrived in time", "arrived or overdue", 1),
    ("total_met", "15分钟达标率", "Total attainment", "arrived within the total", "arrived or overdue", 1),
)

_STAGES: Final = (
    ("decision", "研判", "Decision"),
    ("dispatch", "派遣", "Dispatch"),
    ("arrival", "到场", "Arrival"),
    ("total", "全程", "Total"),
)

_PERCENTILES: Final = (("p50", 50), ("p90", 90), ("p95", 95))

_SCORE_NAMES: Final = (
    ("score_department", "专业部门综合指标值", "Department score"),
    ("score_area", "区域综合指标值", "Area score"),
    ("score_leader", "值班长综合指标值", "Shift leader score"),
    ("score_dispatcher", "派遣员综合指标值", "Dispatcher score"),
    ("score_inspector", "监督员综合指标值", "Inspector score"),
    ("score_calltaker", "受理员综合指标值", "Call-taker score"),
)


def _indicators() -> tuple[Indicator, ...]:
    found = [Indicator(i, zh, en, words, "", "count", d) for i, zh, en, words, d in _COUNTS]
    found += [Indicator(i, zh, en, num, den, "rate", d) for i, zh, en, num, den, d in _RATES]
    for stage, zh, en in _STAGES:
        cases = "completed cases and open ones past their limit"
        for name, share in _PERCENTILES:
            words = f"x[ceil({share / 100:g}·n)−1], nearest rank"
            found.append(
                Indicator(f"{stage}_{name}", f"{zh}P{share}", f"{en} P{share}", words, cases, "seconds", -1)
            )
        found.append(
            Indicator(f"{stage}_mean", f"{zh}平均时长", f"{en} mean", "sum of seconds", cases, "seconds", -1)
        )
    for name, zh, en in _SCORE_NAMES:
        parts = " + ".join(f"{part.lstrip('_')} {weight} %" for weight, part in SCORES[name])
        found.append(Indicator(name, zh, en, parts, "100", "score", 1))
    return tuple(found)


#: Every indicator of the command line, in its order.
INDICATORS: Final = _indicators()

#: Rates: numerator and denominator from the counts.
FORMULAS: Final[Mapping[str, Callable[[Counts], tuple[int, int]]]] = {
    "filing_rate": lambda c: (c.filed, c.reported),
    "filing_on_time": lambda c: (c.filed_on_time, c.filed),
    "filing_accuracy": lambda c: (c.filed - c.filed_voided, c.filed),
    "dispatch_on_time": lambda c: (c.dispatched_on_time, c.to_dispatch),
    "dispatch_accuracy": lambda c: (c.dispatched_right, c.to_dispatch),
    "handling_rate": lambda c: (c.handled, c.to_handle),
    "handling_on_time": lambda c: (c.on_time, c.to_handle),
    "close_rate": lambda c: (c.closed, c.to_close),
    "close_on_time": lambda c: (c.closed_on_time, c.to_close),
    "rework_rate": lambda c: (c.rework, c.handed_back),
    "extension_rate": lambda c: (c.extended, c.to_handle),
    "suspension_rate": lambda c: (c.suspended, c.filed),
    "public_share": lambda c: (c.filed_public, c.filed),
    "decision_met": lambda c: c.attained("decision"),
    "dispatch_met": lambda c: c.attained("dispatch"),
    "arrival_met": lambda c: c.attained("arrival"),
    "total_met": lambda c: c.attained("total"),
    # Parts of composites that are no indicator of their own.
    "_valid_reports": lambda c: (c.own_filed, c.own_reported),
    "_verify_on_time": lambda c: c.attained("verify"),
    "_check_on_time": lambda c: c.attained("check"),
    "_verify_sent_on_time": lambda c: (c.verify_sent_on_time, c.verify_sent),
    "_check_sent_on_time": lambda c: (c.check_sent_on_time, c.check_sent),
}


def compute(
    facts: Iterable[CaseFact],
    now: datetime,
    bands: Mapping[str, Sequence[tuple[int | None, float]]] = BANDS,
) -> Mapping[str, Value]:
    """Every indicator over these cases as of ``now``; ids of
    :data:`INDICATORS`, in order. One pass, so ``facts`` may be an iterator."""
    counts = count(facts, now)
    rates = {name: _rate(*formula(counts)) for name, formula in FORMULAS.items()}
    values: dict[str, Value] = {}
    for indicator in INDICATORS:
        name = indicator.id
        if indicator.kind == "count":
            value = int(getattr(counts, name))
            values[name] = Value(value, value, None)
        elif indicator.kind == "rate":
            values[name] = rates[name]
        elif indicator.kind == "seconds":
            stage, _, what = name.rpartition("_")
            values[name] = _seconds(counts.elapsed(stage), what)
        else:
            values[name] = _score(SCORES[name], counts, rates, bands)
    return values


def nearest_rank(ordered: Sequence[float], share: int) -> tuple[float, int]:
    """The ``share``-th percentile of ascending values and its rank (from 1):
    ``x[ceil(share/100·n) − 1]``. Raises ``ValueError`` for no values."""
    if not ordered:
        raise ValueError("no percentile of nothing")
    rank = max(1, -(-share * len(ordered) // 100))
    return ordered[rank - 1], rank


def grade(score: float) -> str:
    """A–E for a score of 0–100."""
    return next((letter for floor, letter in GRADES if score >= floor), GRADES[-1][1])


def band(points: Sequence[tuple[int | None, float]], number: int) -> float:
    """Points for a number of cases by a band table."""
    return next(p for top, p in points if top is None or number <= top)


def _rate(num: int, den: int) -> Value:
    return Value(num / den if den else None, num, den)


def _seconds(ordered: Sequence[float], what: str) -> Value:
    if not ordered:
        return Value(None, None, 0)
    if what == "mean":
        total = sum(ordered)
        return Value(total / len(ordered), total, len(ordered))
    value, rank = nearest_rank(ordered, int(what[1:]))
    return Value(value, rank, len(ordered))


def _score(
    parts: Sequence[tuple[int, str]],
    counts: Counts,
    rates: Mapping[str, Value],
    bands: Mapping[str, Sequence[tuple[int | None, float]]],
) -> Value:
    """The weighted sum of the parts, or nothing when one has no cases: a
    missing part is not made up from the others."""
    total = 0.0
    for weight, part in parts:
        if ":" in part:
            table, _, name = part.partition(":")
            points = band(bands[table], int(getattr(counts, name)))
        else:
            share = rates[part.removeprefix("1-")].value
            if share is None:
                return Value(None, None, 100)
            points = 100.0 * (1.0 - share if part.startswith("1-") else share)
        total += weight * points / 100.0
    score = round(total, 6)
    return Value(score, score, 100, grade(score))
