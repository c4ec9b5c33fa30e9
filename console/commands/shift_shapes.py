"""Shifts as the command line tells them: plain documents, and lines on a terminal."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from console.commands.framework import LOCAL
from console.commands.session import iso
from console.domain import shift_log
from console.domain.errors import Refusal
from console.domain.shift_log import ShiftLog
from console.domain.shifts import NAME_CHARS, ShiftKind
from console.i18n import either, t
from console.services.shift_items import Item
from console.services.shift_reading import ShiftView
from console.services.shift_records import ShiftRow
from console.services.shift_roster import Duty

Document = dict[str, Any]


def shift(log: ShiftLog) -> Document:
    """A shift's log as JSON; callers only by an id."""
    return {
        "id": log.id,
        "kind": log.kind,
        "name_zh": log.zh,
        "name_en": log.en,
        "start": iso(log.start),
        "end": iso(log.end),
        "stage": log.stage.value,
        "opened_at": iso(log.opened_at),
        "opened_by": log.opened_by,
        "leader": log.leader,
        "chief": log.chief,
        "officers": list(log.officers),
        "conditions": conditions(log.weather),
        "stock": {name: one["n"] for name, one in log.stock.items()},
        "seats": [
            {"who": one.who, "role": one.role, "seat": one.seat, "came": iso(one.came), "left": iso(one.left)}
            for one in log.seats
        ],
        "entries": [_entry(one) for one in log.entries],
        "taking": log.taking or None,
        "signed_off": _signature(log.off),
        "signed_on": _signature(log.on),
        "addenda": [{"at": iso(one.at), "by": one.by, "text": one.text} for one in log.addenda],
    }


def kind(one: ShiftKind) -> Document:
    """A kind of shift."""
    times = {"start": f"{one.start:%H:%M}", "end": f"{one.end:%H:%M}"}
    return {"id": one.id, "name_zh": one.zh, "name_en": one.en} | times


def kind_of(text: str) -> ShiftKind:
    """``night:夜班:Night:00.00-08.00`` (or with colons in the times). Raises
    ``Refusal('bad_value', 'shift_kind')``."""
    parts = text.split(":", 3)
    try:
        start, end = (time.fromisoformat(at.strip().replace(".", ":")) for at in parts[3].split("-"))
        return ShiftKind(parts[0].strip(), parts[1].strip(), parts[2].strip(), start, end)
    except (ValueError, IndexError):
        raise Refusal("bad_value", "shift_kind", id=text[:40], most=NAME_CHARS) from None


def conditions(one: shift_log.Conditions) -> Document:
    """Weather, signal and level as JSON."""
    names = ("weather", "signal", "colour", "level", "order", "by")
    return {name: getattr(one, name) or None for name in names} | {"at": iso(one.at)}


def conditions_line(one: shift_log.Conditions) -> str:
    """The same on one line."""
    parts = [one.weather]
    if one.signal:
        words = t(f"shifts.signal.{one.signal}"), t(f"shifts.colour.{one.colour}")
        parts.append(t("shifts.signal_line", signal=words[0], colour=words[1]))
    if one.level:
        parts.append(t("shifts.level_line", level=t(f"shifts.level.{one.level}")))
    return " · ".join(part for part in (*parts, one.order) if part) or t("shifts.no_conditions")


def row(row: ShiftRow) -> Document:
    """A shift in a list."""
    return {
        "id": row.id,
        "name_zh": row.zh,
        "name_en": row.en,
        "start": iso(row.start_at),
        "end": iso(row.end_at),
        "stage": row.stage,
        "opened_by": row.opened_by,
        "signed_off_by": row.off_by or None,
        "signed_on_by": row.on_by or None,
        "signed_on_at": iso(row.on_at),
        "objection": row.objection or None,
        "addenda": row.addenda,
    }


def more(view: ShiftView) -> Document:
    """What a shift hands over, its flow, its figures, whether it is whole."""
    return {
        "items": [item(one, view.log) for one in view.items],
        "flow": {name: len(cases) for name, cases in view.flow.items()},
        "figures": {
            name: {"value": one.value, "num": one.num, "den": one.den} for name, one in view.figures.items()
        },
        "equipment": dict(view.equipment),
        "late_s": view.late_s,
        "intact": view.broken == 0,
        "broken_seq": view.broken or None,
    }


def item(item: Item, log: ShiftLog) -> Document:
    """Something to hand over."""
    return {
        "key": item.key,
        "kind": item.kind,
        "red": item.red,
        "about_zh": item.about[0],
        "about_en": item.about[1],
        "detail_zh": item.detail[0],
        "detail_en": item.detail[1],
        "due": iso(item.due),
        "who": item.who or None,
        "case": item.case or None,
        "seen_by": log.seen[item.key][0] if item.key in log.seen else None,
    }


def _entry(entry: shift_log.Entry) -> Document:
    return {
        "n": entry.n,
        "key": entry.key,
        "kind": entry.kind,
        "at": iso(entry.at),
        "by": entry.by,
        "text": entry.text,
        "owner": entry.owner or None,
        "due": iso(entry.due),
        "fields": dict(entry.fields),
        "caller": entry.person or None,
        "open": entry.open,
        "follows": [
            {"at": iso(one.at), "by": one.by, "text": one.text, "done": one.done} for one in entry.follows
        ],
    }


def _signature(one: shift_log.Signature | None) -> Document | None:
    if one is None:
        return None
    return {
        "who": one.who,
        "at": iso(one.at),
        "offset_s": one.offset_s,
        "head": {"seq": one.head[0], "hash": one.head[1]},
        "cautions": one.cautions or None,
        "keys": one.keys or None,
        "objection": one.objection or None,
    }


def duty(duty: Duty) -> Document:
    """Who is on."""
    return {"leader": duty.leader, "chief": duty.chief, "officers": list(duty.officers)}


def _local(at: datetime | None) -> str:
    return f"{at.astimezone(LOCAL):%m-%d %H:%M}" if at is not None else ""


def row_line(row: ShiftRow, late: bool) -> str:
    """A shift in a list, on a terminal."""
    signed = " → ".join(one for one in (row.off_by, row.on_by) if one)
    told = [row.id, either(row.zh, row.en), t(f"shifts.stage.{row.stage}"), signed, row.objection]
    return "  ".join(one for one in (*told, t("shifts.cli.late") if late else "") if one)


def lines(log: ShiftLog) -> list[str]:
    """A log on a terminal."""
    head = f"{log.id}  {either(log.zh, log.en)}  {_local(log.start)} – {_local(log.end)}"
    found = [f"{head}  {t(f'shifts.stage.{log.stage.value}')}", f"  {conditions_line(log.weather)}"]
    for one in log.entries:
        mark = t("shifts.cli.open_mark") if one.open else ""
        parts = (f"{one.n}.", _local(one.at), t(f"shifts.kind.{one.kind}"), one.text, one.owner, mark)
        found.append("  ".join(part for part in ("", *parts) if part or part == ""))
        found += [f"      {_local(after.at)}  {after.by}  {after.text}" for after in one.follows]
    for key, signature in (("off", log.off), ("on", log.on)):
        if signature is not None:
            said = t(f"shifts.cli.signed_{key}", who=signature.who, at=_local(signature.at))
            found.append("  " + "  ".join(part for part in (said, signature.objection) if part))
    found += [t("shifts.cli.added", at=_local(one.at), by=one.by, text=one.text) for one in log.addenda]
    return found


def more_lines(view: ShiftView) -> list[str]:
    """What is to be handed over, and whether the log is whole."""
    found = [item_line(item, view.log) for item in view.items]
    if view.broken:
        found.append(t("shifts.broken", shift=view.log.id))
    return found


def item_line(item: Item, log: ShiftLog) -> str:
    """Something to hand over, on a terminal."""
    mark = t("shifts.cli.red") if item.red else ""
    seen = t("shifts.cli.seen", who=log.seen[item.key][0]) if item.key in log.seen else ""
    about, detail = either(*item.about), either(*item.detail)
    return "  ".join(part for part in ("", item.key, mark, about, detail, _local(item.due), seen) if part)


def duty_line(day: str, kind: str, duty: Duty) -> str:
    """Who is on, on a terminal."""
    return "  ".join(part for part in (day, kind, duty.leader, duty.chief, ", ".join(duty.officers)) if part)
