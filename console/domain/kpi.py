"""The figures: what is counted, over what, and how it is graded.

Every indicator is a row of :data:`INDICATORS` with its formula in
:data:`FORMULAS`; the rule of each in words is the text ``indicators.rule.<id>``.
Rules: a mis-key is no case; a zero denominator gives ``None``, shown as a dash,
never 0 % or 100 %; a granted appeal counts as on time but the overrun stays in
the case; a promise is measured over completed cases plus open ones already past
their limit, which count as misses; percentiles are by nearest rank over the
same cases and are never averaged. Counting rules and weights: practice under
GB/T 30428.4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from console.domain.figure_rules import SCORES, FigureRules
from console.domain.kpi_counts import Counts, Stage

#: Fewer cases than this are too few to judge by: the figure stays grey.
FEW: Final = 20
_SECOND: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Value:
    """A figure: for a rate ``num``/``den`` and their quotient (0–1 or
    ``None``); for a count ``den`` is ``None``; for seconds ``num`` is the rank
    (or the sum, for a mean) and ``den`` the number of cases; for a multiple
    ``num`` is the sum; for a score 0–100 ``grade`` A–E."""

    value: float | None
    num: float | None
    den: int | None
    grade: str = ""


@dataclass(frozen=True, slots=True)
class Indicator:
    """What an indicator is. ``kind``: ``count``, ``rate``, ``seconds``,
    ``multiple``, ``score``. ``direction``: 1 more is better, -1 less is
    better, 0 neither. ``family`` is the block it stands in: ``counts rates
    promises scores``."""

    id: str
    zh: str
    en: str
    numerator: str
    denominator: str
    kind: str
    direction: int
    family: str


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
_MORE_COUNTS: Final = (
    ("valid_reports", "有效上报数", "Valid reports", "own reports that were filed", 1),
    ("missed_reports", "漏报数", "Missed reports", "filed cases a citizen saw first", -1),
    ("filed_right", "准确立案数", "Filed rightly", "filed, not voided", 1),
    ("dispatched_right", "准确派遣数", "Dispatched rightly", "dispatched, never refused", 1),
    ("pending_on_time", "按时待处置", "Pending on time", "to be handled, not yet past the limit", 0),
    ("pending_overdue", "超时待处置", "Pending overdue", "to be handled, past the limit", -1),
    ("rework_times", "返工次数", "Times of rework", "how often cases were sent back", -1),
    ("suspended_ever", "历史挂账数", "Ever suspended", "cases suspended at least once", -1),
    ("called_back", "回访数", "Called back", "closed cases whose reporter was called back", 0),
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
)
_PROMISES: Final = (
    ("decision_met", "研判达标率", "Decision attainment", "decided in time", "decided or overdue", 1),
    ("dispatch_met", "派遣达标率", "Dispatch attainment", "dispatched in time", "dispatched or overdue", 1),
    ("arrival_met", "到场达标率", "Arrival attainment", "arrived in time", "arrived or overdue", 1),
    ("total_met", "15分钟达标率", "Total attainment", "arrived within the total", "arrived or overdue", 1),
)
_MORE_RATES: Final = (
    ("valid_report_rate", "有效上报率", "Valid-report rate", "own reports filed", "own reports", 1),
    ("missed_report_rate", "漏报率", "Missed-report rate", "filed cases a citizen saw first", "filed", -1),
    (
        "verify_on_time",
        "按时核实率",
        "Verified on time",
        "verified within the limit",
        "verified or overdue",
        1,
    ),
    ("check_on_time", "按时核查率", "Checked on time", "checked within the limit", "checked or overdue", 1),
    ("verify_issue_on_time", "核实按时派发率", "Verification sent on time", "sent in time", "sent", 1),
    ("check_issue_on_time", "核查按时派发率", "Check sent on time", "sent in time", "sent", 1),
    ("satisfaction_rate", "回访满意率", "Call-back satisfaction", "satisfied", "called back", 1),
)
#: On the limit's own calendar: id, Chinese, English, words, over, kind.
_OWN: Final = (
    ("accept_mean", "平均受理时长", "Mean time to accept", "sum of seconds", "decided cases", "seconds"),
    ("handle_mean", "平均处置时长", "Mean time to handle", "sum of seconds", "handled cases", "seconds"),
    ("overrun_multiple", "处置超时倍数", "Overrun multiple", "sum of overrun ÷ limit", "overrun", "multiple"),
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
    found = [Indicator(i, zh, en, words, "", "count", d, "counts") for i, zh, en, words, d in _COUNTS]
    for family, rows in (("rates", _RATES), ("promises", _PROMISES)):
        found += [Indicator(i, zh, en, num, den, "rate", d, family) for i, zh, en, num, den, d in rows]
    for stage, zh, en in _STAGES:
        cases = "completed cases and open ones past their limit"
        for name, share in _PERCENTILES:
            words = f"x[ceil({share / 100:g}·n)−1], nearest rank"
            found.append(_seconds_row(f"{stage}_{name}", f"{zh}P{share}", f"{en} P{share}", words, cases))
        found.append(_seconds_row(f"{stage}_mean", f"{zh}平均时长", f"{en} mean", "sum of seconds", cases))
    for name, zh, en in _SCORE_NAMES:
        parts = " + ".join(f"{part} {weight} %" for weight, part in SCORES[name])
        found.append(Indicator(name, zh, en, parts, "100", "score", 1, "scores"))
    found += [Indicator(i, zh, en, words, "", "count", d, "counts") for i, zh, en, words, d in _MORE_COUNTS]
    found += [Indicator(i, zh, en, num, den, "rate", d, "rates") for i, zh, en, num, den, d in _MORE_RATES]
    found += [Indicator(i, zh, en, num, den, kind, -1, "rates") for i, zh, en, num, den, kind in _OWN]
    return tuple(found)


def _seconds_row(name: str, zh: str, en: str, words: str, cases: str) -> Indicator:
    return Indicator(name, zh, en, words, cases, "seconds", -1, "promises")


#: Every indicator of the command line, in its order.
INDICATORS: Final = _indicators()
BY_ID: Final[Mapping[str, Indicator]] = {one.id: one for one in INDICATORS}

#: Counts that are not simply a field of :class:`Counts`.
_DERIVED: Final[Mapping[str, Callable[[Counts, FigureRules], int]]] = {
    "filed": lambda c, r: _filed(c, r),
    "to_close": lambda c, r: _to_close(c, r),
    "valid_reports": lambda c, r: c.own_filed,
    "missed_reports": lambda c, r: c.filed_public,
    "filed_right": lambda c, r: c.filed - c.filed_voided,
    "pending_on_time": lambda c, r: c.to_handle - c.handled - c.pending_overdue,
}

#: Rates: numerator and denominator from the counts.
FORMULAS: Final[Mapping[str, Callable[[Counts, FigureRules], tuple[int, int]]]] = {
    "filing_rate": lambda c, r: (_filed(c, r), c.reported),
    "filing_on_time": lambda c, r: (c.filed_on_time, c.filed),
    "filing_accuracy": lambda c, r: (c.filed - c.filed_voided, c.filed),
    "dispatch_on_time": lambda c, r: (c.dispatched_on_time, c.to_dispatch),
    "dispatch_accuracy": lambda c, r: (c.dispatched_right, c.to_dispatch),
    "handling_rate": lambda c, r: (c.handled, c.to_handle),
    "handling_on_time": lambda c, r: (c.on_time, c.to_handle),
    "close_rate": lambda c, r: (c.closed, _to_close(c, r)),
    "close_on_time": lambda c, r: (c.closed_on_time, _to_close(c, r)),
    "rework_rate": lambda c, r: (c.rework, _to_close(c, r) if r.rework_over == "to_close" else c.handed_back),
    "extension_rate": lambda c, r: (c.extended, c.to_handle),
    "suspension_rate": lambda c, r: (c.suspended, c.filed),
    "public_share": lambda c, r: (c.filed_public, c.filed),
    "decision_met": lambda c, r: c.attained("decision"),
    "dispatch_met": lambda c, r: c.attained("dispatch"),
    "arrival_met": lambda c, r: c.attained("arrival"),
    "total_met": lambda c, r: c.attained("total"),
    "valid_report_rate": lambda c, r: (c.own_filed, c.own_reported),
    "missed_report_rate": lambda c, r: (c.filed_public, c.filed),
    "verify_on_time": lambda c, r: c.attained("verify"),
    "check_on_time": lambda c, r: c.attained("check"),
    "verify_issue_on_time": lambda c, r: (c.verify_sent_on_time, c.verify_sent),
    "check_issue_on_time": lambda c, r: (c.check_sent_on_time, c.check_sent),
    "satisfaction_rate": lambda c, r: (c.satisfied, c.called_back),
}

#: Means and multiples: sum and number.
_SUMS: Final[Mapping[str, Callable[[Counts], tuple[float, int]]]] = {
    "accept_mean": lambda c: (c.accept_sum, c.accepted),
    "handle_mean": lambda c: (c.handle_sum, c.handle_n),
    "overrun_multiple": lambda c: (c.overrun_sum, c.overrun),
}

DEFAULT_RULES: Final = FigureRules()


def values(counts: Counts, rules: FigureRules = DEFAULT_RULES) -> Mapping[str, Value]:
    """Every indicator from the counts; ids of :data:`INDICATORS`, in order."""
    rates = {name: _rate(*formula(counts, rules)) for name, formula in FORMULAS.items()}
    found: dict[str, Value] = {}
    for indicator in INDICATORS:
        name = indicator.id
        if indicator.kind == "count":
            number = count_of(name, counts, rules)
            found[name] = Value(number, number, None)
        elif indicator.kind == "rate":
            found[name] = rates[name]
        elif name in _SUMS:
            total, many = _SUMS[name](counts)
            found[name] = Value(total / many, total, many) if many else Value(None, None, 0)
        elif indicator.kind == "seconds":
            stage, _, what = name.rpartition("_")
            found[name] = _seconds(counts.stage(stage), what)
        else:
            found[name] = _score(rules.scores[name], counts, rates, rules)
    return found


def count_of(name: str, counts: Counts, rules: FigureRules = DEFAULT_RULES) -> int:
    """One of the counts, under the office's policies."""
    derived = _DERIVED.get(name)
    return derived(counts, rules) if derived is not None else int(getattr(counts, name))


def nearest_rank(ordered: Sequence[float], share: int) -> tuple[float, int]:
    """The ``share``-th percentile of ascending values and its rank (from 1):
    ``x[ceil(share/100·n) − 1]``. Raises ``ValueError`` for no values."""
    if len(ordered) == 0:
        raise ValueError("no percentile of nothing")
    rank = max(1, -(-share * len(ordered) // 100))
    return ordered[rank - 1], rank


def points_of(part: str, counts: Counts, rates: Mapping[str, Value], rules: FigureRules) -> float | None:
    """0–100 points of one part of a composite; ``None`` where it has no cases."""
    if ":" in part:
        table, _, name = part.partition(":")
        return rules.points(table, count_of(name, counts, rules))
    share = rates[part.removeprefix("1-")].value
    if share is None:
        return None
    return 100.0 * (1.0 - share if part.startswith("1-") else share)


def _filed(counts: Counts, rules: FigureRules) -> int:
    return counts.filed - (counts.filed_suspended if rules.filed_without_suspended else 0)


def _to_close(counts: Counts, rules: FigureRules) -> int:
    return counts.back - (counts.back_suspended if rules.close_without_suspended else 0)


def _rate(num: int, den: int) -> Value:
    return Value(num / den if den else None, num, den)


def _seconds(stage: Stage, what: str) -> Value:
    many = len(stage.took)
    if many == 0:
        return Value(None, None, 0)
    if what == "mean":
        total = stage.total / _SECOND
        return Value(total / many, total, many)
    value, rank = nearest_rank(stage.took, int(what[1:]))
    return Value(int(value) / _SECOND, rank, many)


def _score(
    parts: Sequence[tuple[int, str]], counts: Counts, rates: Mapping[str, Value], rules: FigureRules
) -> Value:
    """The weighted sum of the parts, or nothing when one has no cases: a
    missing part is not made up from the others."""
    total = 0.0
    for weight, part in parts:
        points = points_of(part, counts, rates, rules)
        if points is None:
            return Value(None, None, 100)
        total += weight * points / 100.0
    score = round(total, 6)
    return Value(score, score, 100, rules.grade(score))
