"""Cases from a file: the list a hotline or the city hands down.

Every row is judged by itself and good rows go in, each in a transaction of its
own; a row whose outside number is known already is told apart, however often
the file comes. A dry run does the same and keeps nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from console.domain.errors import Refusal
from console.domain.model import Actor, Place
from console.domain.vocabulary import Channel, Source
from console.services import clean, lookup, permissions, persons
from console.services.cases import SITE_ZONE, NewCase
from console.services.intake import IntakeService, Report, origin_key
from console.services.persons import Caller
from console.services.ports import Clock, UnitOfWorkFactory
from console.services.reference import ImportReport, ImportRow
from console.services.sheets import Row, Sheet, demand_columns, read_sheet, unguard

COLUMNS: Final = (
    "number",
    "source",
    "reported_at",
    "found_at",
    "category",
    "place",
    "community",
    "camera",
    "lon",
    "lat",
    "note",
    "caller",
    "phone",
    "callback",
)
NEEDED: Final = ("number",)
#: The office's own headings, as hotline lists and hand-down lists write them.
ALIASES: Final = {
    "编号": "number",
    "工单编号": "number",
    "工单号": "number",
    "案件编号": "number",
    "任务号": "number",
    "来源": "source",
    "问题来源": "source",
    "上报时间": "reported_at",
    "受理时间": "reported_at",
    "来电时间": "reported_at",
    "发现时间": "found_at",
    "类别": "category",
    "小类": "category",
    "小类代码": "category",
    "立案条件": "category",
    "地点": "place",
    "地址": "place",
    "事发位置": "place",
    "社区": "community",
    "所属社区": "community",
    "摄像头": "camera",
    "经度": "lon",
    "纬度": "lat",
    "情况": "note",
    "问题描述": "note",
    "诉求内容": "note",
    "报案人": "caller",
    "来电人": "caller",
    "姓名": "caller",
    "电话": "phone",
    "来电号码": "phone",
    "联系电话": "phone",
    "回电": "callback",
    "是否回访": "callback",
}
_SOURCES: Final = {
    "巡查": Source.PATROL,
    "群众": Source.PUBLIC,
    "热线": Source.PUBLIC,
    "电话": Source.PUBLIC,
    "12345": Source.PUBLIC,
    "交办": Source.HANDDOWN,
    "其他": Source.OTHER,
}
_YES: Final = frozenset({"1", "true", "yes", "y", "是", "要", "需要"})
_NO: Final = frozenset({"", "0", "false", "no", "n", "否", "不", "不要", "不需要"})
_TIME: Final = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[ T]*(?:(\d{1,2})[:：时](\d{2})?)?")
_TELEPHONED: Final = frozenset({"热线", "电话", "12345"})
#: Older than this a row is a mistake of the file: a month of hand-downs.
_OLDEST: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class _Known:
    """What rows may name."""

    communities: dict[str, str]
    classes: lookup.Classes
    cameras: frozenset[str]
    taken: dict[str, str]


class CaseImport:
    """Takes lists in."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock, intake: IntakeService) -> None:
        self._uows, self._clock, self._intake = uows, clock, intake

    def run(
        self, actor: Actor, path: Path, *, dry_run: bool = False, source: Source = Source.HANDDOWN
    ) -> ImportReport:
        """Import ``path``; ``source`` is that of rows which name none. An
        imported case waits as ``reported``, its clock running from the report.
        Raises ``forbidden`` and ``bad_file``."""
        permissions.demand(actor, "open")
        sheet = read_sheet(path, COLUMNS, ALIASES)
        demand_columns(sheet, NEEDED, path.name)
        known = self._known(sheet, source)
        seen: dict[str, int] = {}
        done = [self._row(actor, row, known, seen, source, dry_run) for row in sheet.rows]
        return ImportReport(tuple(done), sheet.unknown, dry_run)

    def _known(self, sheet: Sheet, source: Source) -> _Known:
        keys = [_key(row, source) for row in sheet.rows]
        with self._uows.read() as uow:
            places = uow.reference.places("community")
            return _Known(
                _named(places),
                lookup.Classes.read(uow),
                frozenset(camera.id for camera in uow.cameras.all()),
                uow.intake.with_origin([key for key in keys if key]),
            )

    def _row(
        self,
        actor: Actor,
        row: Row,
        known: _Known,
        seen: dict[str, int],
        source: Source,
        dry_run: bool,
    ) -> ImportRow:
        number = clean.narrow(unguard(row.get("number")))
        try:
            key = _key(row, source)
            if key in known.taken:
                return ImportRow(row.number, True, known.taken[key], "unchanged")
            report = self._report(row, known, source)
            if key in seen:
                raise Refusal("bad_row", "duplicate", row=seen[key], value=number)
            seen[key] = row.number
            if dry_run:
                return ImportRow(row.number, True, number, "added")
            return ImportRow(row.number, True, self._intake.take(actor, report).case.id, "added")
        except Refusal as refusal:
            return ImportRow(row.number, False, number, "refused", refusal)

    def _report(self, row: Row, known: _Known, source: Source) -> Report:
        number = clean.narrow(unguard(row.get("number")))
        if not number:
            raise Refusal("bad_row", "empty", column=_heading("number"))
        now = self._clock.now()
        reported, found = _time(row, "reported_at", now), _time(row, "found_at", now)
        if found is not None and reported is not None and reported < found:
            raise Refusal("time_order", "reported_before_found", at=reported, former=found)
        lon, lat = _degrees(row, "lon", 180), _degrees(row, "lat", 90)
        if (lon is None) != (lat is None):
            raise Refusal("bad_row", "half_a_point")
        camera = row.get("camera")
        if camera and camera not in known.cameras:
            raise Refusal("unknown_camera", camera=camera)
        caller = persons.checked(unguard(row.get("caller")), unguard(row.get("phone")))
        category, condition = _class(row, known)
        new = NewCase(
            source=_source(row, source),
            category=category,
            condition=condition,
            camera=camera,
            place=clean.line(unguard(row.get("place")), "place"),
            community=_community(row, known),
            lon=lon,
            lat=lat,
            found_at=found,
            reported_at=reported,
            note=clean.note(unguard(row.get("note"))),
            channel=Channel.PHONE if row.get("source") in _TELEPHONED else Channel.DESK,
            untaken=True,
        )
        return Report(new, Caller(caller.name, caller.phone), _flag(row, "callback"), number)


def _heading(column: str) -> str:
    """A column as either kind of list names it."""
    return next((f"{zh} {column}" for zh, name in ALIASES.items() if name == column), column)


def _named(places: Sequence[Place]) -> dict[str, str]:
    return {name: place.id for place in places for name in (place.id, place.name_zh, place.name_en) if name}


def _key(row: Row, source: Source) -> str:
    number = clean.narrow(unguard(row.get("number")))
    try:
        return origin_key(_source(row, source), number) if number else ""
    except Refusal:
        return ""  # told when the row itself is judged


def _source(row: Row, source: Source) -> Source:
    text = clean.narrow(row.get("source"))
    if not text:
        return source
    try:
        return _SOURCES[text] if text in _SOURCES else Source(text.casefold())
    except ValueError:
        words = ", ".join((*_SOURCES, *(one.value for one in Source)))
        raise Refusal("bad_row", "source", value=text, sources=words) from None


def _class(row: Row, known: _Known) -> tuple[str, str]:
    """(category, condition) by condition id, code of either numbering, or the
    class's own name; both empty for an empty cell."""
    text = clean.narrow(unguard(row.get("category")))
    if not text:
        return "", ""
    for one in known.classes.conditions:
        if one.active and text.upper() == one.condition_id:
            return "", one.condition_id
    named = [c for c in known.classes.categories if text in (c.name_zh, c.name_en)]
    filed = [c for c in named if known.classes.under(c.key)] or named
    if len(filed) == 1:
        key = filed[0].key
        return f"{key.standard}:{key.kind}:{key.code}", ""
    found = known.classes.find(text).key
    return f"{found.standard}:{found.kind}:{found.code}", ""


def _community(row: Row, known: _Known) -> str:
    text = clean.narrow(row.get("community"))
    if text and text not in known.communities:
        raise Refusal("bad_row", "community", value=text)
    return known.communities.get(text, "")


def _flag(row: Row, column: str) -> bool:
    text = clean.narrow(row.get(column)).casefold()
    if text not in _YES | _NO:
        raise Refusal("bad_row", "flag", column=_heading(column), value=text)
    return text in _YES


def _degrees(row: Row, column: str, most: float) -> float | None:
    text = clean.narrow(row.get(column))
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not abs(value) <= most:
        raise Refusal("bad_row", "number", column=_heading(column), value=text)
    return value


def _time(row: Row, column: str, now: datetime) -> datetime | None:
    """A local time in one of the ways spreadsheets and people write it."""
    text = clean.narrow(row.get(column))
    if not text:
        return None
    found = _parsed(text)
    if found is None:
        raise Refusal("bad_row", "time", column=_heading(column), value=text)
    if found > now:
        raise Refusal("time_future", "", at=found, now=now)
    if now - found > _OLDEST:
        raise Refusal("bad_row", "old", column=_heading(column), value=text, days=_OLDEST.days)
    return found


def _parsed(text: str) -> datetime | None:
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        found = _TIME.match(text)
        if found is None:
            return None
        year, month, day, hour, minute = (int(part or 0) for part in found.groups())
        try:
            value = datetime(year, month, day, hour, minute, tzinfo=SITE_ZONE)
        except ValueError:
            return None
    return (value if value.tzinfo is not None else value.replace(tzinfo=SITE_ZONE)).astimezone(UTC)
