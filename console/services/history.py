"""Looking back at a shift: everything about it, read once, and what hung on walls.

Reading is for whoever may replay; what hangs on walls is written down by the
console itself, whoever sits there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from console.domain import past_alarms, past_cases, shifts
from console.domain.errors import Refusal
from console.domain.model import Actor, Alarm, AlarmEvent, Condition, Event
from console.domain.past_cases import CasePast, Tape
from console.domain.shifts import ShiftPlan, ShiftSpan
from console.domain.terms import SYSTEM
from console.domain.vocabulary import Action, SourceKind
from console.services import past_shift, permissions, shift_plan
from console.services.figures import today
from console.services.history_records import WallChange
from console.services.past_shift import Deed, Moment, PastShift
from console.services.ports import Clock, EvidenceStore, UnitOfWork, UnitOfWorkFactory
from console.services.requests import Heavy, Prompt
from console.services.rules import load_rules

if TYPE_CHECKING:
    from console.services.assembly import Services

#: What officers answer to alarms; that one of a case rang is told by the chain.
_ANSWERS: Final = frozenset({"acknowledged", "shelved", "unshelved", "handed_over"})
_EVENT: Final = attrgetter("at")


@dataclass(frozen=True, slots=True)
class LoadPastShift(Heavy):
    """A shift by its number (``20261121-night``), or the one in which ``at``
    lies, ``None`` the present one → ``PastShift``."""

    shift_id: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LoadShiftPlan(Prompt):
    """Which shifts there are → ``ShiftPlan``."""


@dataclass(frozen=True, slots=True)
class ShowMoment(Prompt):
    """A moment of a shift that was read → ``Moment``."""

    past: PastShift
    at: datetime


class HistoryService:
    """Reads shifts that are over (or running), keeps what hung on walls."""

    def __init__(
        self, uows: UnitOfWorkFactory, clock: Clock, store: EvidenceStore, purpose: str = ""
    ) -> None:
        self._uows, self._clock = uows, clock
        self._store, self._purpose = store, purpose

    def plan(self) -> ShiftPlan:
        """The plan of shifts in force."""
        with self._uows.read() as uow:
            return shift_plan.load(uow)

    def shift(self, actor: Actor, shift_id: str = "", at: datetime | None = None) -> PastShift:
        """A shift with everything about it; while it runs, up to now. Raises
        ``forbidden`` and ``unknown_shift`` (also for one that has not begun)."""
        permissions.demand(actor, "replay")
        begun = self._clock.monotonic()
        with self._uows.read() as uow:
            now = self._clock.now()
            plan = shift_plan.load(uow)
            span = shifts.span_of(plan, shift_id) if shift_id else shifts.span_at(plan, at or now)
            if span.start > now:
                raise Refusal("unknown_shift", "ahead", shift=span.id)
            return self._read(uow, span, min(span.end, now), begun)

    def moment(self, actor: Actor, past: PastShift, at: datetime) -> Moment:
        """One moment of it."""
        permissions.demand(actor, "replay")
        return past_shift.moment(past, at)

    def hang(self, rows: Iterable[WallChange]) -> None:
        """Write down what hangs on walls from now on."""
        with self._uows.write(cases=False) as uow:
            uow.history.hang(rows)
            uow.commit()

    # -- reading -------------------------------------------------------------

    def _read(self, uow: UnitOfWork, span: ShiftSpan, end: datetime, begun: float) -> PastShift:
        since = min(span.start, today(span.start)[0])
        rows = uow.history.alarms_between(span.start, end)
        of_alarms = {one.source_id for one in rows if one.source_kind is SourceKind.CASE}
        ids = tuple(sorted({*uow.history.cases_between(since, span.start, end), *of_alarms}))
        told = uow.history.events_of(ids, end)
        cases = _cases(uow, told)
        answers = uow.history.alarm_events([one.id for one in rows], end)
        alarms = _alarms(rows, answers, cases, told)
        changes = uow.history.walls(span.start, end)
        own = uow.history.entered(span.start, end)
        deeds = _deeds(span, chain(own, *told.values()), rows, answers, changes)
        evidence = uow.history.evidence_of(ids, end)
        paths = ((one.sha256, self._store.path(one.sha256)) for one in evidence)
        return PastShift(
            span=span,
            end=end,
            cases=tuple(cases.values()),
            alarms=alarms,
            deeds=deeds,
            marks=past_shift.marks_of(deeds),
            walls=changes,
            evidence=evidence,
            paths={sha256: str(path) for sha256, path in paths if path is not None},
            rules=load_rules(uow, span.start),
            teams={team.id: team for team in uow.reference.teams()},
            purpose=self._purpose,
            read_s=self._clock.monotonic() - begun,
        )


def _cases(uow: UnitOfWork, told: Mapping[str, Sequence[Event]]) -> dict[str, CasePast]:
    """Every case with its versions; the texts of conditions come from the
    standard, a version of which never changes."""
    standard: dict[tuple[str, int], Condition] = {}
    wanted = {
        (str(event.data["condition"]), int(str(event.data["condition_version"])))
        for events in told.values()
        for event in events
        if "condition" in event.data and "condition_version" in event.data
    }
    for key in wanted:
        found = uow.reference.condition(*key)
        if found is not None:
            standard[key] = found
    return {
        case_id: past_cases.past_of(case_id, events, standard) for case_id, events in told.items() if events
    }


def _alarms(
    rows: Sequence[Alarm],
    answers: Mapping[int, Sequence[AlarmEvent]],
    cases: Mapping[str, CasePast],
    told: Mapping[str, Sequence[Event]],
) -> tuple[Tape[Alarm], ...]:
    of_case = {one.source_id for one in rows if one.source_kind is SourceKind.CASE}
    crossings = {
        (int(str(e.data["alarm"])), str(e.data["deadline"]), int(str(e.data["due_version"])),
         int(str(e.data["threshold"]))): e
        for case_id in of_case
        for e in told.get(case_id, ())
        if e.action is Action.ALARM
    }  # fmt: skip
    return tuple(
        past_alarms.past_of(one, answers.get(one.id, ()), cases.get(one.source_id), crossings)
        for one in rows
        if answers.get(one.id)
    )


def _deeds(
    span: ShiftSpan,
    events: Iterable[Event],
    rows: Sequence[Alarm],
    answers: Mapping[int, Sequence[AlarmEvent]],
    changes: Iterable[WallChange],
) -> tuple[Deed, ...]:
    """Who did what, and what the program noticed, in the order of entry."""
    inside = sorted((one for one in events if one.recorded_at >= span.start), key=attrgetter("seq"))
    found = [Deed(one.recorded_at, one.actor, one, one.case) for one in inside]
    for alarm in rows:
        case = alarm.source_id if alarm.source_kind is SourceKind.CASE else ""
        for one in answers.get(alarm.id, ()):
            noticed = not case and one.actor == SYSTEM.name and one.what in ("raised", "returned")
            if one.at >= span.start and (noticed or one.what in _ANSWERS):
                found.append(Deed(one.at, one.actor, one, case, alarm))
    found += [Deed(one.at, one.actor, one) for one in changes if one.at >= span.start]
    return tuple(sorted(found, key=_EVENT))


def handlers(services: Services) -> Mapping[type, Callable[[Any], object]]:
    """What this room answers."""
    history = services.history

    def shift(request: LoadPastShift) -> PastShift:
        return history.shift(request.actor, request.shift_id, request.at)

    def moment(request: ShowMoment) -> Moment:
        return history.moment(request.actor, request.past, request.at)

    def plan(_request: LoadShiftPlan) -> ShiftPlan:
        return history.plan()

    return {LoadPastShift: shift, ShowMoment: moment, LoadShiftPlan: plan}
