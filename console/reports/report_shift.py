"""What a shift's report tells beside its figures: who was there, what was found,
what was written, what was handed over, and who signed (the duty log)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Final

from console.domain.periods import ZONE
from console.domain.shift_log import Conditions, Entry, ShiftLog, Signature
from console.i18n import t_in
from console.reports.report_doc import Block, Cell, Column, Facts, Lines, Table, instant, text
from console.reports.report_words import either
from console.services.reports import ReportData
from console.services.shift_items import STOCK, Item, thawed

_COLUMNS: Final = (("time", 1.0), ("kind", 0.9), ("entry", 4.0), ("owner", 1.1), ("state", 1.0))
_ITEMS: Final = (("kind", 1.0), ("item", 2.6), ("how", 2.4), ("due", 1.5), ("owner", 1.1))
Say = Callable[..., str]


def blocks(data: ReportData, lang: str) -> Iterator[Block]:
    """The log of the shift; one sentence when nobody opened it."""
    say, log = partial(t_in, lang), data.shift
    if log is None:
        yield Lines(say("reports.shiftlog.title"), (say("reports.shiftlog.none"),))
        return
    yield Facts(say("reports.shiftlog.title"), tuple(_head(data, log, say)))
    if log.stock:
        yield Facts(say("reports.shiftlog.stock"), tuple(_stock(log, say)))
    yield _entries(data, log, say)
    yield _handed(data, log, lang, say)
    if log.addenda:
        lines = tuple(f"{_at(one.at)} {_who(data, one.by, lang)}：{one.text}" for one in log.addenda)
        yield Lines(say("reports.shiftlog.addenda"), lines)


def _head(data: ReportData, log: ShiftLog, say: Say) -> Iterator[tuple[str, Cell]]:
    lang = _lang(say)
    people = (("leader", (log.leader,)), ("chief", (log.chief,)), ("officers", log.officers))
    for name, logins in people:
        named = say("reports.shiftlog.and").join(_who(data, one, lang) for one in logins if one)
        if named:
            yield say(f"reports.shiftlog.{name}"), text(named)
    seats = "；".join(f"{_who(data, one.who, lang)} {one.seat} {_at(one.came)}" for one in log.seats)
    if seats:
        yield say("reports.shiftlog.seats"), text(seats)
    yield say("reports.shiftlog.conditions"), text(_conditions(log.weather, say))
    for name, signature in (("off", log.off), ("on", log.on)):
        yield say(f"reports.shiftlog.{name}"), _signed(data, signature, say)
    for name in ("cautions", "keys"):
        words = getattr(log.off, name) if log.off is not None else ""
        if words:
            yield say(f"reports.shiftlog.{name}"), text(words)
    if log.on is not None and log.on.objection:
        yield say("reports.shiftlog.objection"), text(log.on.objection, "bad")


def _signed(data: ReportData, one: Signature | None, say: Say) -> Cell:
    """Who, when, how late, and the head of the chain that stood then."""
    if one is None:
        return text(say("reports.shiftlog.unsigned"), "bad")
    facts = {"who": _who(data, one.who, _lang(say)), "at": _at(one.at), "seq": one.head[0]}
    return text(say("reports.shiftlog.signed", hash=one.head[1][:12], **facts))


def _conditions(one: Conditions, say: Say) -> str:
    words = [one.weather]
    if one.signal:
        colour = say(f"shifts.colour.{one.colour}") if one.colour else ""
        words.append(say("shifts.signal_line", signal=say(f"shifts.signal.{one.signal}"), colour=colour))
    if one.level:
        words.append(say("shifts.level_line", level=say(f"shifts.level.{one.level}")))
    told = " · ".join(word for word in words if word)
    return told or say("shifts.no_conditions")


def _stock(log: ShiftLog, say: Say) -> Iterator[tuple[str, Cell]]:
    for name in STOCK:
        found = log.stock.get(name)
        number = int(found.get("n", 0)) if isinstance(found, dict) else 0
        yield (
            say(f"shifts.number.{name}"),
            Cell(number, "count", "bad" if name == "overdue" and number else ""),
        )


def _entries(data: ReportData, log: ShiftLog, say: Say) -> Table:
    columns = tuple(Column(say(f"reports.shiftlog.col.{name}"), width) for name, width in _COLUMNS)
    rows = tuple(_entry(data, one, say) for one in log.entries)
    return Table(say("reports.shiftlog.entries"), columns, rows, empty=say("reports.shiftlog.no_entries"))


def _entry(data: ReportData, one: Entry, say: Say) -> tuple[Cell, ...]:
    lang = _lang(say)
    told = [one.text, *(f"→ {_at(step.at)} {_who(data, step.by, lang)} {step.text}" for step in one.follows)]
    state = (
        text(say("reports.shiftlog.todo"), "warn")
        if one.open
        else text(say("reports.shiftlog.over"), "muted")
    )
    return (
        text(_at(one.at)),
        text(say(f"shifts.kind.{one.kind}")),
        text("\n".join(told)),
        text(one.owner or _who(data, one.by, lang)),
        state,
    )


def _handed(data: ReportData, log: ShiftLog, lang: str, say: Say) -> Table:
    """Items as they stood at the hand-over; before it there are none."""
    columns = tuple(Column(say(f"reports.shiftlog.col.{name}"), width) for name, width in _ITEMS)
    items = [thawed(one) for one in log.closing.get("items", ())]
    empty = "nothing" if log.on is not None else "not_yet"
    rows = tuple(_item(data, one, lang, say) for one in items)
    return Table(say("reports.shiftlog.handed"), columns, rows, empty=say(f"reports.shiftlog.{empty}"))


def _item(data: ReportData, one: Item, lang: str, say: Say) -> tuple[Cell, ...]:
    return (
        text(say(f"shifts.item.{one.kind}"), "bad" if one.red else ""),
        text(either(one.about, lang), drill=f"case|{one.case}|" if one.case else ""),
        text(either(one.detail, lang)),
        instant(one.due),
        text(_who(data, one.who, lang) if one.who else ""),
    )


def _who(data: ReportData, login: str, lang: str) -> str:
    for kind in ("officer", "team"):
        if login in data.names.get(kind, {}):
            return either(data.name(kind, login), lang)
    return login


def _at(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%m-%d %H:%M}"


def _lang(say: Say) -> str:
    """The language a ``partial(t_in, lang)`` speaks."""
    assert isinstance(say, partial)
    return str(say.args[0])
