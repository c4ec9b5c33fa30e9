"""Shifts in words: heads, conditions, lines of the log. No Qt in here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.domain import ids
from console.domain.model import Event
from console.domain.shift_log import Conditions, Entry, Sat, ShiftLog, Signature, Stage
from console.domain.shifts import ShiftKind
from console.i18n import either, t
from console.models.names import NameBook
from console.models.wording import event_line, local, percent, span
from console.services.shift_items import Item
from console.services.shift_reading import DutyView, ShiftView
from console.services.shift_records import ShiftRow
from console.services.shift_roster import Duty

#: Key of a line of the log that the site's chain tells by itself.
AUTO: Final = "auto:"


@dataclass(frozen=True, slots=True)
class LogRow:
    """A line as the table shows it; ``cells``: time, kind, words, who, state.
    ``tone``: ``muted`` for what is told by itself, ``red`` for what is overdue."""

    key: str
    cells: tuple[str, ...]
    tone: str = ""
    case: str = ""


def hours(start: datetime, end: datetime) -> str:
    """``11-22 00:00–08:00``."""
    return f"{local(start):%m-%d %H:%M}–{local(end):%H:%M}"


def moment(at: datetime | None) -> str:
    """``11-22 06:49``, or a dash."""
    return f"{local(at):%m-%d %H:%M}" if at is not None else t("common.time.none")


def title(row: ShiftRow | ShiftLog) -> str:
    """``夜班 11-22 00:00–08:00``."""
    start, end = (row.start_at, row.end_at) if isinstance(row, ShiftRow) else (row.start, row.end)
    return f"{either(row.zh, row.en)} {hours(start, end)}"


def stage(row: ShiftRow | ShiftLog) -> str:
    """How far the log is."""
    return t(f"shifts.stage.{row.stage}")


def chosen(row: ShiftRow, late: bool) -> str:
    """A shift in the list of shifts."""
    return " · ".join((title(row), t("shifts.page.late") if late else stage(row)))


def signal(one: Conditions) -> str:
    """``暴雨黄色预警``; empty for none."""
    if not one.signal:
        return ""
    words = t(f"shifts.signal.{one.signal}"), t(f"shifts.colour.{one.colour}")
    return t("shifts.signal_line", signal=words[0], colour=words[1])


def level(one: Conditions) -> str:
    """``四级``; empty for none."""
    return t(f"shifts.level.{one.level}") if one.level else ""


def conditions(one: Conditions) -> str:
    """Weather, warning, level and order on one line."""
    parts = [one.weather, signal(one)]
    if one.level:
        parts.append(t("shifts.level_line", level=level(one)))
    parts.append(one.order)
    return " · ".join(part for part in parts if part) or t("shifts.no_conditions")


def header(view: DutyView) -> tuple[str, str]:
    """What the header says of the shift, and why that is not as it should be:
    ``中班``, or ``早班 未交接``; the reason is empty when all is well."""
    by_clock: ShiftKind = view.span.kind
    if view.row is None:
        # A house that keeps no shifts is not told so all day long.
        return either(by_clock.zh, by_clock.en), t("shifts.header.not_opened") if view.kept else ""
    return either(view.row.zh, view.row.en), t("shifts.header.late") if view.late else ""


def weather(one: Conditions) -> str:
    """Weather and warning for a header; empty for none."""
    return " · ".join(part for part in (one.weather, signal(one)) if part)


def wall(one: Conditions) -> str:
    """Warning and level for the line above a wall; empty while nothing is set."""
    parts = [signal(one), t("shifts.level_line", level=level(one)) if one.level else ""]
    return " · ".join(part for part in parts if part)


def duty_names(duty: Duty | ShiftLog, names: NameBook) -> list[tuple[str, str]]:
    """Duty leader, shift leader and officers: label and names."""
    rows = (
        ("leader", duty.leader),
        ("chief", duty.chief),
        ("officers", t("shifts.page.and").join(map(names.person, duty.officers))),
    )
    return [(t(f"shifts.page.{key}"), names.person(value)) for key, value in rows if value]


def people(log: ShiftLog, names: NameBook) -> str:
    """Who leads and who is named, on one line."""
    found = [f"{label} {who}" for label, who in duty_names(log, names)]
    return " · ".join(found) or t("shifts.page.no_roster")


def seats(sat: Sequence[Sat], names: NameBook) -> str:
    """Who sits where, those who are there first."""
    told = []
    for one in sorted(sat, key=_there):
        until = f"{local(one.left):%H:%M}" if one.left is not None else ""
        told.append(f"{names.person(one.who)} {one.seat} {local(one.came):%H:%M}–{until}".replace("  ", " "))
    return " · ".join(told) or t("shifts.page.nobody")


def log_rows(view: ShiftView, names: NameBook, teams: Mapping[str, str], now: datetime) -> list[LogRow]:
    """Every line: what people wrote, and what the chain tells by itself, in order."""
    rows = [(one.at, one.seq, _entry_row(one, names, now)) for one in view.log.entries]
    rows += [(one.recorded_at, one.seq, _auto_row(one, names, teams)) for one in view.notable]
    return [row for _, _, row in sorted(rows, key=_when)]


def _entry_row(one: Entry, names: NameBook, now: datetime) -> LogRow:
    overdue = one.open and one.due is not None and one.due <= now
    state = t("shifts.log.open") if one.open else (t("shifts.log.done") if _ended(one) else "")
    if one.open and one.due is not None:
        state = t("shifts.log.due", at=moment(one.due))
    said = f"{one.text}  →  {one.follows[-1].text}" if one.follows and one.follows[-1].text else one.text
    cells = (
        f"{local(one.at):%H:%M}" if one.seq else moment(one.at),
        t(f"shifts.kind.{one.kind}"),
        said.replace("\n", " "),
        names.person(one.owner or one.by),
        state,
    )
    return LogRow(one.key, cells, "red" if overdue else "", one.fields.get("case", ""))


def _ended(one: Entry) -> bool:
    return bool(one.follows) and one.follows[-1].done


def _auto_row(one: Event, names: NameBook, teams: Mapping[str, str]) -> LogRow:
    reason = str(one.data.get("reason") or "")
    words = f"{ids.number(one.case)} {event_line(one, teams)}"
    cells = (
        f"{local(one.recorded_at):%H:%M}",
        t("shifts.log.auto"),
        f"{words} · {reason}" if reason else words,
        names.person(one.actor),
        "",
    )
    return LogRow(f"{AUTO}{one.seq}", cells, "muted", one.case)


def entry_lines(one: Entry, names: NameBook) -> str:
    """An entry in full: its fields, and what became of it."""
    head = f"{one.n}. {t(f'shifts.kind.{one.kind}')} · {moment(one.at)} · {names.person(one.by)}"
    lines = [head, one.text]
    told = [f"{t(f'shifts.field.{key}')} {_worded(key, value)}" for key, value in one.fields.items()]
    if one.owner:
        told.append(f"{t('shifts.field.owner')} {names.person(one.owner)}")
    if one.due is not None:
        told.append(f"{t('shifts.field.due')} {moment(one.due)}")
    if told:
        lines.append(" · ".join(told))
    for after in one.follows:
        mark = f" · {t('shifts.log.done')}" if after.done else ""
        lines.append(f"{moment(after.at)} {names.person(after.by)}{mark}  {after.text}".rstrip())
    return "\n".join(lines)


def _worded(key: str, value: str) -> str:
    if key == "stage":
        return t(f"shifts.report_stage.{value}")
    return t(f"shifts.device.{value}") if key == "device" else value


def attainment(view: ShiftView) -> str:
    """``15 分钟达标 5/6 83 % · P50 08:10 …``."""
    total = view.figures.get("total_met")
    if total is None or not total.den:
        return t("shifts.page.no_figures")
    parts = [t("shifts.page.met", met=f"{total.num:g}", n=total.den, rate=percent(total.value))]
    for name in ("p50", "p90", "p95"):
        one = view.figures.get(f"total_{name}")
        if one is not None and one.value is not None:
            parts.append(f"{name.upper()} {span(one.value)}")
    return " · ".join(parts)


def equipment(found: Mapping[str, int]) -> str:
    """Alarms about equipment by kind; a plain word when there are none."""
    told = [f"{t(f'shifts.gear.{kind}')} {n}" for kind, n in sorted(found.items()) if n]
    return " · ".join(told) or t("shifts.page.gear_fine")


def item_cells(item: Item, log: ShiftLog, names: NameBook, teams: Mapping[str, str]) -> tuple[str, ...]:
    """Mark, kind, what, how it stands, due, who."""
    seen = item.key in log.seen
    mark = t("shifts.hand.red") if item.red else ""
    if seen:
        mark = t("shifts.hand.seen")
    who = ", ".join(teams.get(one, names.person(one)) for one in item.who.split(", ") if one)
    due = moment(item.due) if item.due is not None else ""
    return mark, t(f"shifts.item.{item.kind}"), either(*item.about), either(*item.detail), due, who


def signature(key: str, one: Signature | None, names: NameBook) -> str:
    """Who signed and when, early or late; a word for a signature not given."""
    if one is None:
        return t(f"shifts.hand.{key}_missing")
    said = t(f"shifts.hand.{key}_signed", who=names.person(one.who), at=moment(one.at))
    if abs(one.offset_s) >= 60 and key == "on":
        late = t("shifts.hand.after" if one.offset_s > 0 else "shifts.hand.before", span=length(one.offset_s))
        said = f"{said} · {late}"
    return said


def length(seconds: int) -> str:
    """``1:15`` hours and minutes."""
    minutes = abs(seconds) // 60
    return t("shifts.page.length", h=minutes // 60, m=f"{minutes % 60:02d}")


def frozen(log: ShiftLog) -> bool:
    """Nothing but addenda may be added."""
    return log.stage is Stage.HANDED


def _there(one: Sat) -> tuple[bool, datetime]:
    return one.left is not None, one.came


def _when(row: tuple[datetime, int, LogRow]) -> tuple[datetime, int]:
    return row[0], row[1]
