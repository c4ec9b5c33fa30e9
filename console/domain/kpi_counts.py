"""One pass over the cases: the counts every indicator is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from console.domain.model import CaseFact
from console.domain.vocabulary import Source, State

_SECOND: Final = timedelta(seconds=1)
_GONE: Final = frozenset({State.REJECTED, State.VOIDED, State.DUPLICATE})
_OWN_EYES: Final = frozenset({Source.CAMERA.value, Source.PATROL.value})


@dataclass(slots=True)
class Stage:
    """One clock over all cases: kept, broken, and how long each took in
    seconds (without pauses)."""

    hits: int = 0
    misses: int = 0
    took: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Counts:
    """Numbers of cases; the names are those of the indicators, the others
    feed rates. ``to_dispatch``: filed and dispatched, or waiting past the
    limit. ``handed_back``: handled at least once, also when sent back since."""

    reported: int = 0
    filed: int = 0
    rejected: int = 0
    dispatched: int = 0
    to_handle: int = 0
    handled: int = 0
    on_time: int = 0
    late: int = 0
    to_close: int = 0
    closed: int = 0
    closed_on_time: int = 0
    rework: int = 0
    extended: int = 0
    suspended: int = 0
    voided: int = 0
    filed_on_time: int = 0
    filed_voided: int = 0
    filed_public: int = 0
    to_dispatch: int = 0
    dispatched_on_time: int = 0
    dispatched_right: int = 0
    handed_back: int = 0
    own_reported: int = 0
    own_filed: int = 0
    verify_sent: int = 0
    verify_sent_on_time: int = 0
    check_sent: int = 0
    check_sent_on_time: int = 0
    stages: dict[str, Stage] = field(default_factory=dict)

    def attained(self, stage: str) -> tuple[int, int]:
        """Promises kept, and all that were kept or broken."""
        found = self.stages.get(stage)
        return (found.hits, found.hits + found.misses) if found else (0, 0)

    def elapsed(self, stage: str) -> list[float]:
        """Seconds each case took, ascending."""
        found = self.stages.get(stage)
        return sorted(found.took) if found else []


def count(facts: Iterable[CaseFact], now: datetime) -> Counts:
    """Count once over the cases as of ``now``; mis-keys are no cases."""
    counts = Counts()
    for fact in facts:
        if fact.mis_key:
            continue
        _intake(counts, fact)
        if fact.filed_at is not None:
            _filing(counts, fact)
            _dispatching(counts, fact, now)
        _handling(counts, fact)
        _tasks(counts, fact)
        for kind in fact.deadlines:
            _stage(counts, fact, kind, now)
    return counts


def kept(fact: CaseFact, kind: str, now: datetime) -> bool | None:
    """Was this promise kept? ``None`` while it is neither kept nor broken
    (running in time, paused, cancelled, never begun). An earlier round that
    ended late breaks it for good."""
    clock = fact.deadlines.get(kind)
    if clock is None:
        return None
    _start, due, met, cancelled = clock
    if kind in fact.missed_before:
        return False
    if cancelled:
        return None
    if met is not None:
        return met <= due
    return False if now > due and kind not in fact.paused else None


def _intake(counts: Counts, fact: CaseFact) -> None:
    counts.reported += 1
    counts.rejected += fact.state is State.REJECTED
    counts.voided += fact.state is State.VOIDED
    counts.extended += fact.extensions > 0
    counts.suspended += fact.state is State.SUSPENDED
    if fact.source in _OWN_EYES:
        counts.own_reported += 1
        counts.own_filed += fact.filed_at is not None


def _filing(counts: Counts, fact: CaseFact) -> None:
    counts.filed += 1
    counts.filed_voided += fact.state is State.VOIDED
    counts.filed_public += fact.source == Source.PUBLIC.value
    clock = fact.deadlines.get("decision")
    in_time = clock is not None and clock[2] is not None and clock[2] <= clock[1]
    counts.filed_on_time += in_time and "decision" not in fact.missed_before


def _dispatching(counts: Counts, fact: CaseFact, now: datetime) -> None:
    """A refused case was dispatched too, though it waits again."""
    sent = fact.dispatched_at is not None or fact.refusals > 0
    in_time = kept(fact, "dispatch", now)
    counts.dispatched += sent
    if sent or in_time is False:
        counts.to_dispatch += 1
        counts.dispatched_on_time += sent and in_time is not False
        counts.dispatched_right += sent and fact.refusals == 0


def _handling(counts: Counts, fact: CaseFact) -> None:
    if fact.state in _GONE:
        return
    back = fact.handled_at is not None
    closed = fact.state is State.CLOSED
    counts.to_handle += fact.dispatched_at is not None or fact.refusals > 0
    clock = fact.deadlines.get("handling")
    due = clock[1] if clock is not None else None
    if back:
        in_time = due is not None and fact.handled_at is not None and fact.handled_at <= due
        good = fact.exempt or (in_time and "handling" not in fact.missed_before)
        counts.handled += 1
        counts.on_time += good
        counts.late += not good
    counts.handed_back += back or fact.rework > 0
    counts.rework += fact.rework > 0
    if (back or closed) and fact.state is not State.SUSPENDED:
        counts.to_close += 1
        counts.closed += closed
        in_time = closed and due is not None and fact.closed_at is not None and fact.closed_at <= due
        counts.closed_on_time += closed and (fact.exempt or in_time)


def _tasks(counts: Counts, fact: CaseFact) -> None:
    """Tasks the call-taker issues: a verification while the decision was not
    yet due, a check while the check was not."""
    verify, decision = fact.deadlines.get("verify"), fact.deadlines.get("decision")
    if verify is not None and decision is not None:
        due = decision[1] - fact.paused_s.get("decision", 0) * _SECOND
        counts.verify_sent += 1
        counts.verify_sent_on_time += verify[0] <= due
    check = fact.deadlines.get("check")
    if check is not None and fact.check_sent_at is not None:
        counts.check_sent += 1
        counts.check_sent_on_time += fact.check_sent_at <= check[1]


def _stage(counts: Counts, fact: CaseFact, kind: str, now: datetime) -> None:
    """A clock of one case. An appeal that was granted takes the miss out of
    the figure, not out of the case."""
    good = kept(fact, kind, now)
    if good is None or (fact.exempt and not good):
        return
    stage = counts.stages.setdefault(kind, Stage())
    stage.hits += good
    stage.misses += not good
    start, due, met, cancelled = fact.deadlines[kind]
    if met is None and (cancelled or kind in fact.paused or now <= due):
        return  # broken in an earlier round; this one has no length yet
    took = ((met or now) - start) / _SECOND - fact.paused_s.get(kind, 0)
    stage.took.append(max(0.0, took))
