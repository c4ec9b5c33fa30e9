"""What a supervisor goes through besides the samples: steps beside the usual
way, broken promises, places where things come back, cameras nobody looks at,
shift logs that are not whole. Only reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from console.domain import repeats, review
from console.domain.errors import Refusal
from console.domain.model import Actor, Case, Event
from console.domain.shifts import ShiftSpan, spans_between
from console.domain.vocabulary import Action, SourceKind
from console.services import permissions, shift_plan
from console.services.coverage import local_day
from console.services.figures import SITE_ZONE, today
from console.services.oversight_views import (
    KINDS,
    CameraList,
    CameraWatch,
    Deed,
    Deeds,
    LateList,
    LogList,
    LogRow,
    RepeatList,
    RepeatPlace,
    Span,
)
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory
from console.services.review_records import CameraDown, PlacedCase
from console.services.reviews import SAMPLE
from console.services.rules import causes_of
from console.services.shift_records import ShiftRow

#: A list longer than this is no list to go through; the newest, the worst.
MOST: Final = 5000
#: Longest period of one list, days.
MOST_DAYS: Final = 366
#: A camera not looked at for so long is told of.
UNSEEN_AFTER: Final = timedelta(days=7)
#: A hand-over signed later than this after the planned end is late.
HAND_OVER_LATE: Final = timedelta(minutes=10)
#: A list up to now holds what happens at this very instant.
_NOW_TOO: Final = timedelta(microseconds=1)
#: What people do to alarms that keeps them from calling.
ASIDE: Final = ("shelved", "suppressed")


class OversightService:
    """All for who holds the right ``sample``. Raises ``Refusal``: ``forbidden``,
    ``bad_value.span`` for a period that is none or too long."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows, self._clock = uows, clock

    def deeds(self, actor: Actor, start: datetime | None = None, end: datetime | None = None) -> Deeds:
        """What was recorded in a period (a week back by default)."""
        permissions.demand(actor, SAMPLE)
        span = self._span(start, end, 7)
        with self._uows.read() as uow:
            events = uow.reviews.deeds(span.start, span.end, MOST + 1)
            told = [_of_event(one) for one in events if one.data.get("asked") is not True]
            told += _of_alarms(uow, span)
            told += _of_limits(uow, span)
            told.sort(key=_newest)
            cut = len(told) > MOST or len(events) > MOST
            cases = _cases(uow, {one.case for one in told[:MOST] if one.case})
        rows = tuple(_named(one, cases.get(one.case)) for one in told[:MOST])
        return Deeds(replace(span, cut=cut), rows)

    def late(self, actor: Actor, start: datetime | None = None, end: datetime | None = None) -> LateList:
        """Broken promises of the cases filed in a period (a week back)."""
        permissions.demand(actor, SAMPLE)
        span = self._span(start, end, 7)
        with self._uows.read() as uow:
            rows = uow.reviews.late(span.start, span.end, self._clock.now(), MOST + 1)
            known = {one.code: (one.zh, one.en) for one in causes_of(uow.settings.all())}
        return LateList(replace(span, cut=len(rows) > MOST), rows[:MOST], known)

    def repeats(
        self,
        actor: Actor,
        days: int = repeats.WINDOW.days,
        metres: float = repeats.METRES,
        least: int = repeats.LEAST,
    ) -> RepeatList:
        """Places where one small class came back within ``days`` until now."""
        permissions.demand(actor, SAMPLE)
        if not 1 <= days <= MOST_DAYS or not 1 <= metres <= 1000 or not 2 <= least <= 1000:
            raise Refusal("bad_value", "span", days=MOST_DAYS)
        now = self._clock.now()
        span = Span(now - timedelta(days=days), now + _NOW_TOO)
        with self._uows.read() as uow:
            cases = uow.reviews.placed(span.start, span.end)
        classes: dict[tuple[str, str], list[PlacedCase]] = {}
        for case in cases:
            classes.setdefault((case.kind, case.code), []).append(case)
        found = [place for rows in classes.values() for place in _places(rows, metres, least)]
        found.sort(key=_fullest)
        return RepeatList(replace(span, cut=len(found) > MOST), tuple(found[:MOST]), metres, least)

    def cameras(self, actor: Actor, days: int = 30) -> CameraList:
        """Every enabled camera over the last ``days`` local days, today too."""
        permissions.demand(actor, SAMPLE)
        if not 1 <= days <= MOST_DAYS:
            raise Refusal("bad_value", "span", days=MOST_DAYS)
        now = self._clock.now()
        first = today(now)[0] - timedelta(days=days - 1)
        with self._uows.read() as uow:
            down = {one.camera: one for one in uow.reviews.cameras_down(local_day(first), local_day(now))}
            seen = {one.camera: one for one in uow.camera_records.seen()}
            cameras = [one for one in uow.cameras.all() if one.enabled]
        rows = []
        for camera in cameras:
            last, fell = seen.get(camera.id), down.get(camera.id, CameraDown(camera.id, 0.0, 0.0, 0, ""))
            rows.append(
                CameraWatch(
                    camera=camera.id,
                    name=camera.name,
                    community=camera.community,
                    seen_at=last.at if last else None,
                    seen_by=last.by if last else "",
                    unseen=last is None or now - last.at >= UNSEEN_AFTER,
                    watched_s=fell.watched_s,
                    down_s=fell.down_s,
                    flaps=fell.flaps,
                    last_reason=fell.last_reason,
                )
            )
        rows.sort(key=_neglected)
        return CameraList(Span(first, now), tuple(rows))

    def logs(self, actor: Actor, start: datetime | None = None, end: datetime | None = None) -> LogList:
        """Is every shift's log there, signed, and in time (a month back)? Told
        from the first shift that was ever opened on."""
        permissions.demand(actor, SAMPLE)
        span, now = self._span(start, end, 30), self._clock.now()
        with self._uows.read() as uow:
            plan = shift_plan.load(uow)
            kept = {row.id: row for row in uow.shifts.between(span.start - timedelta(days=1), span.end)}
        begun = min((row.start_at for row in kept.values()), default=span.end)
        planned = {one.id: one for one in spans_between(plan, max(span.start, begun), min(span.end, now))}
        ids = sorted(
            {*planned, *(one for one, row in kept.items() if row.end_at > span.start)},
            key=lambda one: kept[one].start_at if one in kept else planned[one].start,
            reverse=True,
        )
        rows = (_log(kept.get(one), planned.get(one), now) for one in ids)
        return LogList(span, tuple(row for row in rows if row.end_at <= now))

    def _span(self, start: datetime | None, end: datetime | None, days: int) -> Span:
        until = end or self._clock.now() + _NOW_TOO
        begin = start or today(until)[0] - timedelta(days=days - 1)
        if begin >= until or until - begin > timedelta(days=MOST_DAYS + 1):
            raise Refusal("bad_value", "span", days=MOST_DAYS)
        return Span(begin, until)


# -- steps beside the usual way --------------------------------------------------------


def _of_event(event: Event) -> Deed:
    data = event.data
    beside = event.action.value in KINDS
    asked_by = str(data.get("asked_by") or "")
    told = {name: str(data.get(name) or "") for name in ("field", "old", "new")}
    if event.action is Action.SUSPEND:
        told["new"] = str(data.get("until") or "")
    if not beside:
        told["field"] = event.action.value
    return Deed(
        at=event.at,
        recorded_at=event.recorded_at,
        kind=event.action.value if beside else "manual",
        who=asked_by or event.actor,
        second=event.actor if asked_by else "",
        case=event.case,
        words=str(data.get("reason") or data.get("text") or ""),
        **told,
    )


def _of_alarms(uow: UnitOfWork, span: Span) -> Iterator[Deed]:
    """Alarms somebody put aside; what the office's rules suppress is by design."""
    events = [
        one
        for one in uow.alarms.events_between(span.start, span.end)
        if one.what in ASIDE and one.actor not in review.NOBODY
    ]
    alarms = {one.id: one for one in uow.alarms.load(sorted({event.alarm for event in events}))}
    newest = {event.alarm: event for event in events if event.what == "shelved"}
    for event in events:
        alarm = alarms.get(event.alarm)
        if alarm is None:
            continue
        of_case = alarm.source_kind is SourceKind.CASE
        subject = "" if of_case else alarm.source_id
        still = alarm.shelved_until if newest.get(event.alarm) is event else None
        yield Deed(
            at=event.at,
            recorded_at=event.at,
            kind=event.what,
            who=event.actor,
            case=alarm.source_id if of_case else "",
            subject_zh=subject,
            subject_en=subject,
            words=event.reason,
            new=still.isoformat() if still is not None else "",
        )


def _of_limits(uow: UnitOfWork, span: Span) -> Iterator[Deed]:
    """Limits of the standard, thresholds and promises that began to hold."""
    for row in uow.reference.conditions(active=False):
        if row.version > 1 and span.start <= row.valid_from < span.end:
            was = uow.reference.condition(row.condition_id, row.version - 1)
            old = f"{was.limit_value} {was.limit_unit.value}" if was is not None else ""
            new = f"{row.limit_value} {row.limit_unit.value}"
            if old != new:
                names = (f"{row.condition_id} {row.name_zh}", f"{row.condition_id} {row.name_en}")
                yield Deed(row.valid_from, row.valid_from, "limit", "", "", "", *names, old=old, new=new)
    for promise in uow.reference.promises():
        since = promise.get("valid_from")
        if isinstance(since, datetime) and span.start <= since < span.end:
            name, new = str(promise["kind"]), f"{promise['value']} {promise['unit']}"
            yield Deed(since, since, "limit", "", "", "", name, name, new=new)
    for item in uow.thresholds.all():
        if span.start <= item.valid_from < span.end:
            name = " ".join(filter(None, item.scope))
            yield Deed(
                item.valid_from, item.valid_from, "limit", item.set_by, "", "", name, name, new=item.at
            )


def _cases(uow: UnitOfWork, wanted: Iterable[str]) -> dict[str, Case]:
    return {case.id: case for case in uow.cases.load(sorted(wanted))}


def _named(deed: Deed, case: Case | None) -> Deed:
    if case is None:
        return deed
    return replace(deed, subject_zh=case.name_zh, subject_en=case.name_en, place=case.place)


# -- places, cameras, logs ---------------------------------------------------------------


def _places(rows: Sequence[PlacedCase], metres: float, least: int) -> Iterator[RepeatPlace]:
    known = {row.id: row for row in rows}
    for one in repeats.places(rows, metres, least):
        middle, cases = known[one.middle], [known[case] for case in one.ids]
        named = next((case.place for case in (middle, *reversed(cases)) if case.place), "")
        yield RepeatPlace(
            ids=one.ids,
            kind=middle.kind,
            code=middle.code,
            name_zh=middle.name_zh,
            name_en=middle.name_en,
            place=named,
            community=middle.community,
            lon=middle.lon,
            lat=middle.lat,
            metres=one.metres,
            first_at=cases[0].opened_at,
            last_at=cases[-1].opened_at,
            open=sum(case.open for case in cases),
        )


def _log(row: ShiftRow | None, span: ShiftSpan | None, now: datetime) -> LogRow:
    if row is None:
        assert span is not None
        kind = span.kind
        late = max(0.0, (now - span.end).total_seconds())
        return LogRow(span.id, kind.zh, kind.en, span.start, span.end, "missing", late, "", "", "", 0, 0)
    signed = row.on_at
    late = max(0.0, ((signed or now) - row.end_at).total_seconds())
    fault = "unsigned" if signed is None else "late" if late > HAND_OVER_LATE.total_seconds() else ""
    return LogRow(
        row.id, row.zh, row.en, row.start_at, row.end_at, fault, late, row.off_by, row.on_by,
        row.objection, row.events, row.addenda,
    )  # fmt: skip


def _newest(deed: Deed) -> tuple[float, str]:
    return -deed.recorded_at.timestamp(), deed.case


def _fullest(place: RepeatPlace) -> tuple[int, float, str]:
    return -len(place.ids), -place.last_at.timestamp(), place.ids[0]


def _neglected(row: CameraWatch) -> tuple[bool, bool, float, str]:
    return row.seen_at is not None, not row.unseen, -row.down_s, row.camera


def day_bounds(first: date, last: date) -> tuple[datetime, datetime]:
    """First instant of one local day, and of the day after another."""
    start = datetime(first.year, first.month, first.day, tzinfo=SITE_ZONE)
    after = last + timedelta(days=1)
    return start, datetime(after.year, after.month, after.day, tzinfo=SITE_ZONE)
