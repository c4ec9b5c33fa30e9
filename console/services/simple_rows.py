"""Rows of the other tables a site brings: teams, places, the calendar."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from console.domain.errors import Refusal
from console.domain.limits import GRADES
from console.domain.model import Place, Team
from console.services.sheets import Row, unguard

TEAM_COLUMNS: Final = ("id", "name_zh", "name_en", "own", "communities", "categories", "leader", "phone")
PLACE_COLUMNS: Final = ("kind", "id", "name_zh", "name_en", "parent", "lon", "lat", "wkt", "grade")
PLACE_ALIASES: Final = {"区域等级": "grade", "管理区域等级": "grade"}
PLACE_KINDS: Final = ("community", "grid", "road", "shop", "site", "courtyard", "segment")
CALENDAR_COLUMNS: Final = ("type", "from", "to", "start", "end", "name")
CALENDAR_TYPES: Final = ("period", "holiday", "workday")

_ZONE: Final = ZoneInfo("Asia/Shanghai")
_YES: Final = frozenset({"1", "true", "yes", "是"})
_NO: Final = frozenset({"0", "false", "no", "否", ""})


@dataclass
class Seen:
    """Finds the row that says the same thing a second time."""

    rows: dict[str, int] = field(default_factory=dict)

    def once(self, key: str, number: int) -> None:
        """Refuse ``key`` when an earlier row had it."""
        if key in self.rows:
            raise Refusal("bad_row", "duplicate", row=self.rows[key], value=key)
        self.rows[key] = number


def read_team(row: Row) -> Team:
    """A team; ``communities`` and ``categories`` are lists with ``;`` between."""
    return Team(
        id=_needed(row, "id"),
        name_zh=_needed(row, "name_zh"),
        name_en=_text(row, "name_en"),
        own=_flag(row, "own"),
        communities=_list(row, "communities"),
        categories=_list(row, "categories"),
        leader=_text(row, "leader"),
        phone=_text(row, "phone"),
    )


def read_place(row: Row) -> Place:
    """A place; coordinates are degrees of CGCS2000 or WGS-84."""
    kind = _needed(row, "kind")
    if kind not in PLACE_KINDS:
        raise Refusal("bad_row", "place_kind", value=kind, kinds=", ".join(PLACE_KINDS))
    lon, lat = _degrees(row, "lon", 180), _degrees(row, "lat", 90)
    if (lon is None) != (lat is None):
        raise Refusal("bad_row", "half_a_point")
    return Place(
        kind=kind,
        id=_needed(row, "id"),
        name_zh=_needed(row, "name_zh"),
        name_en=_text(row, "name_en"),
        parent=_text(row, "parent"),
        lon=lon,
        lat=lat,
        wkt=_text(row, "wkt"),
        grade=_grade(row),
    )


def read_calendar_row(row: Row) -> Mapping[str, str]:
    """A row of the calendar, its days and times in ISO form."""
    kind = _needed(row, "type")
    if kind not in CALENDAR_TYPES:
        raise Refusal("bad_row", "calendar_type", value=kind, types=", ".join(CALENDAR_TYPES))
    first = _day(row, "from", _needed(row, "from"))
    last = _day(row, "to", _text(row, "to")) if _text(row, "to") else None
    if last is not None and last < first:
        raise Refusal("bad_row", "backwards", value=f"{first} – {last}")
    start = end = ""
    if kind == "period":
        start, end = _hour(row, "start"), _hour(row, "end")
        if end <= start:
            raise Refusal("bad_row", "backwards", value=f"{start} – {end}")
    return {
        "type": kind,
        "from": first.isoformat(),
        "to": last.isoformat() if last else ("" if kind == "period" else first.isoformat()),
        "start": start,
        "end": end,
        "name": _text(row, "name"),
    }


def instant(text: str, column: str) -> datetime | None:
    """A day or an instant as UTC; without an offset it is the site's time. Raises
    ``bad_row``."""
    try:
        at = datetime.fromisoformat(text) if text else None
        if at is not None and at.tzinfo is None:
            at = at.replace(tzinfo=_ZONE)
        return at.astimezone(UTC) if at is not None else None
    except (ValueError, OverflowError):
        raise Refusal("bad_row", "day", column=column, value=text[:40]) from None


def _text(row: Row, column: str) -> str:
    return unguard(row.get(column))


def _needed(row: Row, column: str) -> str:
    text = _text(row, column)
    if not text:
        raise Refusal("bad_row", "empty", column=column)
    return text


def _flag(row: Row, column: str) -> bool:
    text = _text(row, column).casefold()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise Refusal("bad_row", "flag", column=column, value=text)


def _list(row: Row, column: str) -> tuple[str, ...]:
    text = _text(row, column).replace("；", ";").replace("、", ";")
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _grade(row: Row) -> str:
    """``A``, ``b``, ``C类``, full width too; empty for none."""
    text = unicodedata.normalize("NFKC", _text(row, "grade")).upper()
    grade = text.removesuffix("区域").removesuffix("类").removesuffix("级").strip()
    if grade and grade not in GRADES:
        raise Refusal("bad_row", "grade", value=_text(row, "grade"), grades=", ".join(GRADES))
    return grade


def _degrees(row: Row, column: str, most: float) -> float | None:
    text = _text(row, column)
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        raise Refusal("bad_row", "number", column=column, value=text) from None
    if not -most <= value <= most:
        raise Refusal("bad_row", "number", column=column, value=text)
    return value


def _day(row: Row, column: str, text: str) -> date:
    try:
        return date.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise Refusal("bad_row", "day", column=column, value=text) from None


def _hour(row: Row, column: str) -> str:
    text = _needed(row, column)
    try:
        hour, _, minute = text.partition(":")
        if int(hour) == 24 and int(minute) == 0:
            return "24:00"
        return time(int(hour), int(minute)).strftime("%H:%M")
    except ValueError:
        raise Refusal("bad_row", "hour", column=column, value=text) from None
