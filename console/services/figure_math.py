"""Counting cases by columns: every indicator, of all cases or group by group.

One pass over the columns serves all groups: a count is a yes or no for each
case and is added up by group. What is counted is said in
``console.domain.kpi_counts``, what is made of it in ``console.domain.kpi``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from console.domain import kpi
from console.domain.figure_row import (
    CANCELLED,
    EXEMPT,
    KINDS,
    MISSED_BEFORE,
    NONE,
    PAUSED,
    SATISFIED,
    THERE,
    UNSATISFIED,
    micros,
    word,
)
from console.domain.figure_rules import FigureRules
from console.domain.kpi_counts import Counts, Stage
from console.domain.vocabulary import Source, State
from console.services.figure_rows import SECOND, Array, FigureRows, Groups

if TYPE_CHECKING:
    import numpy as np
else:
    from console.services.late_numpy import np


#: Clocks whose lengths are wanted; of the others only kept or broken.
TIMED: Final = ("decision", "dispatch", "arrival", "total")
#: Microseconds of 35 years fit beside the number of a group.
_LENGTH_BITS: Final = 50
_LONGEST: Final = (1 << _LENGTH_BITS) - 1
_OWN_EYES: Final = (Source.CAMERA, Source.PATROL)
_GONE: Final = (State.REJECTED, State.VOIDED, State.DUPLICATE)


def compute(
    rows: FigureRows,
    mask: Array | None,
    now: datetime,
    rules: FigureRules = kpi.DEFAULT_RULES,
) -> Mapping[str, kpi.Value]:
    """Every indicator of the cases of ``mask`` (``None``: of all) as of ``now``."""
    return kpi.values(count(rows if mask is None else rows.pick(mask), now), rules)


def by(
    rows: FigureRows,
    keys: str | Groups,
    now: datetime,
    rules: FigureRules = kpi.DEFAULT_RULES,
) -> Mapping[str, tuple[int, Mapping[str, kpi.Value]]]:
    """Number of cases and every indicator of each group that has cases, in the
    order of the keys."""
    return {
        key: (counts.reported, kpi.values(counts, rules))
        for key, counts in counts_by(rows, keys, now).items()
    }


def count(rows: FigureRows, now: datetime) -> Counts:
    """The counts of all cases."""
    whole = Groups(np.zeros(len(rows), np.int32), ("all",))
    return counts_by(rows, whole, now).get("all", Counts())


def counts_by(rows: FigureRows, keys: str | Groups, now: datetime) -> Mapping[str, Counts]:
    """The counts of each group that has cases."""
    groups = rows.groups(keys) if isinstance(keys, str) else keys
    many = len(groups.words)
    if not many:  # no cases, so no groups
        return {}
    columns = marks(rows, now)
    sums = {name: np.bincount(groups.codes, column, many) for name, column in columns.items()}
    stages = {kind: _stages(rows, kind, groups, now) for kind in KINDS}
    found = {}
    for at, key in enumerate(groups.words):
        if not sums["reported"][at]:
            continue
        numbers = {name: column[at] for name, column in sums.items()}
        whole = {name: float(n) if name.endswith("_sum") else int(n) for name, n in numbers.items()}
        of_kinds = {kind: stage[at] for kind, stage in stages.items()}
        found[key] = Counts(**whole, stages=of_kinds)  # type: ignore[arg-type]
    return found


def members(rows: FigureRows, indicator: str, now: datetime) -> Array:
    """Mask of the cases behind a figure: those a count counts, those a rate is
    taken over, those a time was measured on."""
    columns = marks(rows, now)
    stage, _, what = indicator.rpartition("_")
    found: Array
    if what in ("p50", "p90", "p95") or (what == "mean" and stage in TIMED):
        found = rows.took_us(stage, now) != NONE
        return found
    if what == "met" or indicator in ("verify_on_time", "check_on_time"):
        found = rows.counts(stage if what == "met" else indicator.removesuffix("_on_time"), now) >= 0
        return found
    found = np.asarray(columns[_BEHIND.get(indicator, indicator)] != 0)
    if indicator == "to_close" or indicator.startswith("close_"):
        found = found & ~rows.state(State.SUSPENDED)
    elif indicator == "pending_on_time":
        found = found & (columns["handled"] == 0) & (columns["pending_overdue"] == 0)
    elif indicator == "filed_right":
        found = found & (columns["filed_voided"] == 0)
    return found


def failed(rows: FigureRows, indicator: str, now: datetime) -> Array:
    """Mask of the cases that pull a rate away from what is wanted: in the
    denominator but not in the numerator, or in it where less is better."""
    inside: Array = members(rows, indicator, now)
    stage, _, what = indicator.rpartition("_")
    if what == "met" or indicator in ("verify_on_time", "check_on_time"):
        kind = stage if what == "met" else indicator.removesuffix("_on_time")
        inside = inside & (rows.counts(kind, now) == 0)
        return inside
    if indicator == "filing_accuracy":
        inside = inside & rows.state(State.VOIDED)
        return inside
    good = _GOOD.get(indicator)
    if good is None:
        return inside
    hit = marks(rows, now)[good] != 0
    inside = inside & (hit if kpi.BY_ID[indicator].direction < 0 else ~hit)
    return inside


#: The column of the cases behind an indicator where it is not its own.
_BEHIND: Final[Mapping[str, str]] = {
    "to_close": "back",
    "valid_reports": "own_filed",
    "missed_reports": "filed_public",
    "filed_right": "filed",
    "pending_on_time": "to_handle",
    "rework_times": "rework",
    "filing_rate": "reported",
    "filing_on_time": "filed",
    "filing_accuracy": "filed",
    "dispatch_on_time": "to_dispatch",
    "dispatch_accuracy": "to_dispatch",
    "handling_rate": "to_handle",
    "handling_on_time": "to_handle",
    "close_rate": "back",
    "close_on_time": "back",
    "rework_rate": "handed_back",
    "extension_rate": "to_handle",
    "suspension_rate": "filed",
    "public_share": "filed",
    "missed_report_rate": "filed",
    "valid_report_rate": "own_reported",
    "verify_issue_on_time": "verify_sent",
    "check_issue_on_time": "check_sent",
    "satisfaction_rate": "called_back",
    "accept_mean": "accepted",
    "handle_mean": "handle_n",
    "overrun_multiple": "overrun",
    "score_department": "filed",
    "score_area": "filed",
    "score_leader": "filed",
    "score_dispatcher": "to_dispatch",
    "score_inspector": "own_reported",
    "score_calltaker": "reported",
}

#: The column of a rate's numerator.
_GOOD: Final[Mapping[str, str]] = {
    "filing_rate": "filed",
    "filing_on_time": "filed_on_time",
    "dispatch_on_time": "dispatched_on_time",
    "dispatch_accuracy": "dispatched_right",
    "handling_rate": "handled",
    "handling_on_time": "on_time",
    "close_rate": "closed",
    "close_on_time": "closed_on_time",
    "rework_rate": "rework",
    "extension_rate": "extended",
    "suspension_rate": "suspended",
    "public_share": "filed_public",
    "missed_report_rate": "filed_public",
    "valid_report_rate": "own_filed",
    "verify_issue_on_time": "verify_sent_on_time",
    "check_issue_on_time": "check_sent_on_time",
    "satisfaction_rate": "satisfied",
}


def marks(rows: FigureRows, now: datetime) -> dict[str, Array]:
    """For every name of ``Counts`` but the stages: what each case adds to it."""
    found: dict[str, Array] = {"reported": np.ones(len(rows), bool)}
    found["filed"] = rows.has("filed")
    found |= _filing(rows, found["filed"])
    found |= _dispatching(rows, found["filed"], now)
    found |= _handling(rows, now)
    found |= _tasks(rows)
    found["called_back"] = rows.flag(SATISFIED) | rows.flag(UNSATISFIED)
    found["satisfied"] = rows.flag(SATISFIED)
    return found


def _filing(rows: FigureRows, filed: Array) -> dict[str, Array]:
    own = np.isin(rows.raw["source"], [word(source.value) for source in _OWN_EYES])
    suspended, voided = rows.state(State.SUSPENDED), rows.state(State.VOIDED)
    met = rows.met("decision")
    decided = rows.clock("decision", THERE) & (met != NONE)
    in_time = decided & (met <= rows.due("decision")) & ~rows.clock("decision", MISSED_BEFORE)
    accepted = decided & ~rows.clock("decision", CANCELLED)
    seconds = rows.own_s("decision", rows.start_of("decision"), met, accepted)
    return {
        "rejected": rows.state(State.REJECTED),
        "voided": voided,
        "extended": rows.number("extensions") > 0,
        "suspended": suspended,
        "suspended_ever": rows.number("suspensions") > 0,
        "own_reported": own,
        "own_filed": own & filed,
        "filed_suspended": filed & suspended,
        "filed_voided": filed & voided,
        "filed_public": filed & (rows.raw["source"] == word(Source.PUBLIC.value)),
        "filed_on_time": filed & in_time,
        "accepted": accepted,
        "accept_sum": np.where(accepted, np.maximum(0, seconds - rows.paused_s("decision")), 0),
    }


def _dispatching(rows: FigureRows, filed: Array, now: datetime) -> dict[str, Array]:
    sent = filed & (rows.has("dispatched") | (rows.number("refusals") > 0))
    broken = rows.outcome("dispatch", now) == 0
    return {
        "dispatched": sent,
        "to_dispatch": sent | (filed & broken),
        "dispatched_on_time": sent & ~broken,
        "dispatched_right": sent & (rows.number("refusals") == 0),
    }


def _handling(rows: FigureRows, now: datetime) -> dict[str, Array]:
    there = ~rows.state(*_GONE)
    at, due, has_due = rows.at("handled"), rows.due("handling"), rows.clock("handling", THERE)
    handled, exempt = there & rows.has("handled"), rows.flag(EXEMPT)
    closed, reworked = there & rows.state(State.CLOSED), rows.number("rework")
    to_handle = there & (rows.has("dispatched") | (rows.number("refusals") > 0))
    in_time = has_due & (at <= due) & ~rows.clock("handling", MISSED_BEFORE)
    good = handled & (exempt | in_time)
    waits = to_handle & ~rows.has("handled") & has_due & (rows.met("handling") == NONE)
    waits &= ~rows.clock("handling", PAUSED) & ~rows.clock("handling", CANCELLED)
    back = handled | closed
    in_time = has_due & rows.has("closed") & (rows.at("closed") <= due)
    return {
        "to_handle": to_handle,
        "handled": handled,
        "on_time": good,
        "late": handled & ~good,
        "pending_overdue": waits & (due < micros(now)),
        "handed_back": handled | (there & (reworked > 0)),
        "rework": there & (reworked > 0),
        "rework_times": np.where(there, reworked, 0),
        "back": back,
        "back_suspended": back & rows.state(State.SUSPENDED),
        "closed": closed,
        "closed_on_time": closed & (exempt | in_time),
        **_own_calendar(rows, handled & has_due),
    }


def _own_calendar(rows: FigureRows, handled: Array) -> dict[str, Array]:
    """How long handling took and by how much it overran, on the calendar of
    the case's own limit."""
    at, due, limit = rows.at("handled"), rows.due("handling"), rows.limit_s("handling")
    took = rows.own_s("handling", rows.start_of("handling"), at, handled)
    over = handled & (at > due) & (limit > 0) & ~rows.flag(EXEMPT)
    beyond = rows.own_s("handling", due, at, over)
    return {
        "handle_n": handled,
        "handle_sum": np.where(handled, np.maximum(0, took - rows.paused_s("handling")), 0),
        "overrun": over,
        "overrun_sum": np.where(over, beyond / np.maximum(limit, 1), 0),
    }


def _tasks(rows: FigureRows) -> dict[str, Array]:
    """Tasks the call-taker issues."""
    verify = rows.clock("verify", THERE) & rows.clock("decision", THERE)
    due = rows.due("decision") - rows.paused_s("decision") * SECOND
    check = rows.clock("check", THERE) & rows.has("check_sent")
    return {
        "verify_sent": verify,
        "verify_sent_on_time": verify & (rows.start_of("verify") <= due),
        "check_sent": check,
        "check_sent_on_time": check & (rows.at("check_sent") <= rows.due("check")),
    }


def _stages(rows: FigureRows, kind: str, groups: Groups, now: datetime) -> list[Stage]:
    """One clock, by group."""
    many = len(groups.words)
    counted = rows.counts(kind, now)
    hits = np.bincount(groups.codes, counted == 1, many).astype(int).tolist()
    misses = np.bincount(groups.codes, counted == 0, many).astype(int).tolist()
    took: list[Array] = [np.empty(0, np.int64)] * many
    if kind in TIMED:
        lengths = rows.took_us(kind, now, counted)
        there = lengths != NONE
        # One number for group and length sorts five times as fast as the pair.
        codes = groups.codes[there].astype(np.int64) << _LENGTH_BITS
        both = np.sort(codes + np.minimum(lengths[there], _LONGEST))
        took = np.split(both & _LONGEST, np.searchsorted(both, np.arange(1, many) << _LENGTH_BITS))
    three = zip(hits, misses, took, strict=True)
    return [Stage(hit, missed, lengths, int(lengths.sum())) for hit, missed, lengths in three]  # type: ignore[arg-type]
