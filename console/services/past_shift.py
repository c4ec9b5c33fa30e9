"""A shift that is over, as a whole, and any moment of it.

Everything is folded once when the shift is read; a moment then costs a search
per case and alarm and the figures of its day. What is handed out is what the
desk shows of the present, as of another instant: the same cards, alarms and
strip, made by the same rules.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from console.domain.figure_row import fact_of, pack
from console.domain.model import Actor, Alarm, AlarmEvent, Case, Event, Evidence, Team
from console.domain.past_cases import CasePast, Tape
from console.domain.shift_log import shift_of
from console.domain.shifts import ShiftSpan
from console.domain.terms import Rules
from console.domain.vocabulary import OPEN, Action, AlarmState, Role, Severity, SourceKind, State
from console.services import figure_math
from console.services.board import SOON_S
from console.services.board_alarms import alarm_row, loud, worst_first
from console.services.board_cards import card_of
from console.services.card_order import by_slack
from console.services.figure_rows import FigureRows, joined
from console.services.figures import today
from console.services.history_records import GONE, WallChange
from console.services.views import BoardView, CaseCard, KpiStrip

#: A picture of a camera says what a tile showed for so long after it was taken.
PICTURE: Final = timedelta(minutes=2)
_STRIP: Final = timedelta(minutes=10)
#: Nobody: a card of the past offers no step.
_NOBODY: Final = Actor("history", Role.KIOSK)
_SOON: Final = timedelta(seconds=SOON_S)


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that somebody did, or that the program noticed: at ``at``, by
    its entry. ``what`` tells it; ``case`` is the case it is about, if any, and
    ``alarm`` the alarm an answer was given to."""

    at: datetime
    actor: str
    what: Event | AlarmEvent | WallChange
    case: str = ""
    alarm: Alarm | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """What the time bar shows. ``kind``: ``alarm`` (one rang), ``breach`` (a
    limit was passed), ``log`` (the duty log)."""

    at: datetime
    kind: str
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A wall as it hung at a moment, and the newest picture of each camera that
    was taken not long before: camera → evidence."""

    change: WallChange
    pictures: Mapping[str, Evidence]


@dataclass(frozen=True, slots=True)
class Moment:
    """Everything at ``at``. ``known`` of the shift's deeds had been done."""

    at: datetime
    board: BoardView
    walls: tuple[Shown, ...]
    known: int


@dataclass(slots=True)
class _Kept:
    """What moments have in common: a card and a row of figures per version of a case.
    One thread at a time."""

    cards: dict[tuple[str, int, Severity | None, bool, str], CaseCard] = field(default_factory=dict)
    rows: dict[int, bytes] = field(default_factory=dict)
    added: dict[str, datetime] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PastShift:
    """A shift read for looking back. ``end`` is its end, or the instant at which
    it was read while it runs."""

    span: ShiftSpan
    end: datetime
    cases: tuple[CasePast, ...]
    alarms: tuple[Tape[Alarm], ...]
    deeds: tuple[Deed, ...]
    marks: tuple[Mark, ...]
    walls: tuple[WallChange, ...]
    evidence: tuple[Evidence, ...]
    paths: Mapping[str, str]
    """SHA-256 → file, of what is here."""
    rules: Rules
    teams: Mapping[str, Team]
    purpose: str = ""
    read_s: float = 0.0
    kept: _Kept = field(default_factory=_Kept)

    def inside(self, at: datetime) -> datetime:
        """The nearest instant of the shift."""
        return min(max(at, self.span.start), self.end)

    def known(self, at: datetime) -> int:
        """How many of the deeds had been done."""
        return bisect_right(self.deeds, at, key=_when)

    def beside(self, at: datetime, after: bool, marks: bool = False) -> datetime | None:
        """The instant of the next deed (or mark) after ``at``, or of the last one
        before it; ``None`` where there is none."""
        rows: Sequence[Deed | Mark] = self.marks if marks else self.deeds
        place = bisect_right(rows, at, key=_when) if after else bisect_left(rows, at, key=_when) - 1
        return rows[place].at if 0 <= place < len(rows) else None


def moment(past: PastShift, at: datetime) -> Moment:
    """The shift at ``at`` (moved into it where it lies outside)."""
    at = past.inside(at)
    then = {one.id: case for one in past.cases if (case := one.tape.at(at)) is not None}
    alarms = [alarm for tape in past.alarms if (alarm := tape.at(at)) is not None]
    standing = [alarm for alarm in alarms if alarm.state is not AlarmState.CLEARED]
    cards = _cards(past, then, standing, at)
    rows = sorted((alarm_row(one, then, past.teams) for one in standing), key=worst_first)
    board = BoardView(
        taken_at=at,
        cards=cards,
        counts=_counts(cards),
        alarms=tuple(rows),
        kpi=_strip(past, then.values(), cards, alarms, at),
        approvals=(),
        calendar=past.rules.calendar,
        purpose=past.purpose,
        read_s=0.0,
        arrival_origin=past.rules.arrival_origin,
    )
    return Moment(at, board, _walls(past, at), past.known(at))


def marks_of(deeds: Iterable[Deed]) -> tuple[Mark, ...]:
    """What of the deeds stands on the time bar, in their order."""
    found = []
    for one in deeds:
        what = one.what
        if isinstance(what, AlarmEvent):
            if what.what == "raised":
                found.append(Mark(one.at, "alarm", what.severity))
        elif isinstance(what, Event) and what.action is Action.ALARM:
            passed = int(str(what.data.get("threshold") or 0)) >= 100
            severity = Severity(str(what.data.get("severity") or Severity.LOW))
            found.append(Mark(one.at, "breach" if passed else "alarm", severity))
        elif isinstance(what, Event) and shift_of(what.case):
            found.append(Mark(one.at, "log"))
    return tuple(found)


def _when(row: Deed | Mark) -> datetime:
    return row.at


# -- the board ---------------------------------------------------------------


def _cards(
    past: PastShift, then: Mapping[str, Case], alarms: Iterable[Alarm], at: datetime
) -> tuple[CaseCard, ...]:
    ringing = {a.source_id: level for a in alarms if a.source_kind is SourceKind.CASE and (level := loud(a))}
    added = _added(past)
    made = []
    for one in past.cases:
        case = then.get(one.id)
        if case is None or case.state not in OPEN:
            continue
        why = one.why.at(at) or ""
        pictured = one.id in added and added[one.id] <= at
        key = (one.id, id(case), ringing.get(one.id), pictured, why)
        card = past.kept.cards.get(key)
        if card is None:
            fresh = card_of(case, _NOBODY, past.rules, ringing.get(one.id))
            card = replace(fresh, has_evidence=pictured, suspended_why=why, next_action=None)
            past.kept.cards[key] = card
        made.append(card)
    return tuple(sorted(made, key=by_slack))


def _added(past: PastShift) -> Mapping[str, datetime]:
    """Since when a case has had evidence."""
    found = past.kept.added
    if found is None:
        found = {}
        for one in past.evidence:
            when = one.added_at or one.captured_at
            found[one.case] = min(found.get(one.case, when), when)
        past.kept.added = found
    return found


def _counts(cards: Iterable[CaseCard]) -> Mapping[State, int]:
    counts: dict[State, int] = {}
    for card in cards:
        counts[card.state] = counts.get(card.state, 0) + 1
    return counts


def _strip(
    past: PastShift,
    cases: Iterable[Case],
    cards: Iterable[CaseCard],
    alarms: Iterable[Alarm],
    at: datetime,
) -> KpiStrip:
    """The strip below the board, as of ``at``: the day's cases by filing."""
    start, end = today(at)
    filed = [
        _row(past, case)
        for case in cases
        if case.filed_at is not None and start <= case.filed_at < end and not case.mis_key
    ]
    rows = FigureRows(joined(filed), {}, start, end, "filed", past.rules.calendar)
    values = figure_math.compute(rows, None, at)
    heads = [card.headline for card in cards]
    dues = [head.due_at for head in heads if head is not None and head.paused_since is None]
    return KpiStrip(
        open=len(heads),
        due_soon=sum(at < due <= at + _SOON for due in dues),
        overdue=sum(due <= at for due in dues),
        total_met=values["total_met"].value,
        total_n=values["total_met"].den or 0,
        arrival_p90_s=values["arrival_p90"].value,
        alarms_10min=sum(alarm.raised_at >= at - _STRIP for alarm in alarms),
    )


def _row(past: PastShift, case: Case) -> bytes:
    """A case as the figures count it."""
    found = past.kept.rows.get(id(case))
    if found is None:
        found = past.kept.rows[id(case)] = pack(fact_of(case))
    return found


# -- the walls ---------------------------------------------------------------


def _walls(past: PastShift, at: datetime) -> tuple[Shown, ...]:
    """Each wall as it hung last, with what its cameras had taken."""
    last: dict[tuple[str, str], WallChange] = {}
    for change in past.walls:
        if change.at <= at:
            last[change.seat, change.wall] = change
    pictures: dict[str, Evidence] = {}
    for one in past.evidence:
        if one.camera and at - PICTURE <= one.captured_at <= at:
            pictures[one.camera] = one
    return tuple(Shown(one, pictures) for _, one in sorted(last.items(), key=_place) if one.what != GONE)


def _place(item: tuple[tuple[str, str], Any]) -> tuple[str, str]:
    return item[0]
