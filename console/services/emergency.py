"""Up-reports of emergencies: which cases ask for them, what is still owed, and
the record of what was reported.

A report is an event of the case; nothing else of the case changes by it. What is
owed is computed from the case and its events each time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from console.domain import emergency, ids
from console.domain.conditions import Condition
from console.domain.emergency import PHONE, WRITTEN, Timer
from console.domain.errors import Refusal
from console.domain.model import Actor, Case, Event, EventDraft
from console.domain.vocabulary import Action, SourceKind
from console.services import audit, clean, lookup, permissions
from console.services.ports import CaseMatch, Clock, UnitOfWork, UnitOfWorkFactory
from console.services.requests import Request

#: Settings: which conditions are emergencies, and the minutes of each report.
CONDITIONS: Final = "emergency.conditions"
MINUTES: Final[Mapping[str, str]] = {PHONE: "emergency.phone_min", WRITTEN: "emergency.written_min"}
PHONE_MIN: Final = 20
WRITTEN_MIN: Final = 40
MINUTES_RANGE: Final = (0, 1440)
RIGHT: Final = "emergency.report"
_DEFAULTS: Final = {PHONE: PHONE_MIN, WRITTEN: WRITTEN_MIN}
_ZONE: Final = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class UpReport(Request):
    """It has been reported upward → ``Emergency``. ``kind`` is one of
    ``emergency.KINDS``, ``to`` whom; ``at`` ``None``: now."""

    case_id: str
    kind: str
    to: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Emergency:
    """A case that is reported upward, with its clocks and what was reported:
    kind and time, in order."""

    case: Case
    timers: tuple[Timer, ...]
    reports: tuple[tuple[str, datetime], ...]


class EmergencyService:
    """Knows what is owed; keeps what was reported."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows = uows
        self._clock = clock

    def owed(self, actor: Actor) -> tuple[Emergency, ...]:
        """Emergencies of the last day, the newest first. Raises ``forbidden``."""
        permissions.demand(actor, "case.read")
        return self._all(self._clock.now())

    def report(self, actor: Actor, wish: UpReport) -> Emergency:
        """Record a report of any case: whether it is an emergency is for people
        to say. Raises ``forbidden``, ``unknown_case``, ``bad_value.report_kind``,
        ``time_future``, ``time_order``."""
        permissions.demand(actor, RIGHT)
        if wish.kind not in emergency.KINDS:
            raise Refusal(
                "bad_value", "report_kind", value=wish.kind[:40], allowed=", ".join(emergency.KINDS)
            )
        if wish.at is not None:
            permissions.demand(actor, "at")
        now = self._clock.now()
        at = wish.at or now
        if at > now:
            raise Refusal("time_future", "", at=at, now=now)
        with self._uows.write() as uow:
            case = lookup.case(uow, wish.case_id)
            known = emergency.known_at(case)
            if known is not None and at < known:
                raise Refusal("time_order", "before_found", at=at, former=known)
            data: dict[str, object] = {"result": f"report_{wish.kind}", "kind": wish.kind}
            to = clean.line(wish.to, "to", clean.NAME_MOST)
            if to:
                data["to"] = to
            uow.events.append([EventDraft(case.id, at, now, actor.name, Action.UP_REPORT, data)])
            made = [*_reports(uow.events.of_case(case.id)), (wish.kind, at)]
            minutes = minutes_of(uow)
            uow.touch("case")
            uow.commit()
        return Emergency(case, emergency.timers(case, minutes, _first(made)), tuple(sorted(made, key=_when)))

    def conditions(self, now: datetime) -> list[Condition]:
        """What is owed and nearly or quite due, for the door of the alarms."""
        found = []
        for one in self._all(now):
            for timer in one.timers:
                code = timer.code(now)
                if code:
                    facts = {
                        "number": ids.number(one.case.id),
                        "name": " · ".join(part for part in (one.case.name_zh, one.case.place) if part),
                        "due": timer.due_at.astimezone(_ZONE).strftime("%H:%M"),
                    }
                    since = timer.since(now)
                    found.append(Condition(SourceKind.EMERGENCY, one.case.id, code, since, "", facts))
        return found

    def _all(self, now: datetime) -> tuple[Emergency, ...]:
        with self._uows.read() as uow:
            wanted = conditions_of(uow)
            if not wanted:
                return ()
            rows = [row for name in wanted if (row := uow.reference.condition(name)) is not None]
            classes = {row.category for row in rows}
            group = tuple(("category", code) for code in sorted({one.code for one in classes}))
            if not group:
                return ()
            ids_ = uow.cases.matching(CaseMatch((group,), since=now - emergency.OLDEST))
            minutes = minutes_of(uow)
            found = []
            for case in uow.cases.load(ids_):
                # Before it is filed only its class is known; the telephone waits
                # for no condition.
                if case.condition_id not in wanted if case.condition_id else case.category not in classes:
                    continue
                reports = _reports(uow.events.of_case(case.id))
                timers = emergency.timers(case, minutes, _first(reports))
                if timers:
                    found.append(Emergency(case, timers, tuple(reports)))
        return tuple(found)


def conditions_of(uow: UnitOfWork) -> tuple[str, ...]:
    """Ids of the conditions that are emergencies at this site."""
    stored = uow.settings.get(CONDITIONS)
    if not stored:
        return emergency.CONDITIONS
    return tuple(part for part in stored.split(",") if part and part != "-")


def set_conditions(
    uows: UnitOfWorkFactory, clock: Clock, actor: Actor, wanted: Sequence[str]
) -> tuple[str, ...]:
    """Choose them; none: nothing is reported upward. Raises ``forbidden``,
    ``unknown_condition``."""
    permissions.demand(actor, "setting.edit")
    with uows.write() as uow:
        known = tuple(dict.fromkeys(lookup.condition(uow, one).condition_id for one in wanted))
        uow.settings.put(CONDITIONS, ",".join(known) or "-")
        audit.changed(uow, clock, actor, "emergencies", ids=known)
        uow.commit()
    return known


def minutes_of(uow: UnitOfWork) -> dict[str, int]:
    """Minutes of each report's clock, 0 for none."""
    found = {}
    for kind, key in MINUTES.items():
        text = uow.settings.get(key)
        found[kind] = int(text) if text.isdecimal() else _DEFAULTS[kind]
    return found


def _reports(events: Sequence[Event]) -> list[tuple[str, datetime]]:
    return [(str(e.data.get("kind", "")), e.at) for e in events if e.action is Action.UP_REPORT]


def _first(reports: Sequence[tuple[str, datetime]]) -> dict[str, datetime]:
    made: dict[str, datetime] = {}
    for kind, at in reports:
        made[kind] = min(at, made.get(kind, at))
    return made


def _when(report: tuple[str, datetime]) -> datetime:
    return report[1]


def handlers(service: EmergencyService) -> Mapping[type, Callable[[Any], object]]:
    """What this room answers."""

    def report(request: UpReport) -> Emergency:
        return service.report(request.actor, request)

    return {UpReport: report}
