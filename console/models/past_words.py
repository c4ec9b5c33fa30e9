"""Deeds of a shift in words. No Qt."""

from __future__ import annotations

from collections.abc import Mapping

from console.domain.model import AlarmEvent, Event
from console.domain.shift_log import shift_of
from console.domain.shifts import ShiftSpan
from console.domain.terms import SYSTEM
from console.i18n import catalogue, either, language, t
from console.models.names import NameBook
from console.models.wording import alarm_text, clock, event_detail, event_line, local, number
from console.services.history_records import GONE, WallChange
from console.services.past_shift import Deed


def deed_words(deed: Deed, teams: Mapping[str, str]) -> str:
    """What was done: ``#0042 Filed``. ``teams``: id → name in the language now."""
    what = deed.what
    if isinstance(what, WallChange):
        if what.what == GONE:
            return t("history.deed.wall_gone", wall=what.wall)
        return t("history.deed.wall", wall=what.wall, layout=str(what.hung.get("layout", "")))
    if isinstance(what, AlarmEvent):
        said = alarm_text(deed.alarm) if deed.alarm is not None else ""
        about = number(deed.case) or (deed.alarm.source_id if deed.alarm is not None else "")
        return t("history.deed.alarm", what=_called("alarms.life", what.what), said=f"{about} {said}".strip())
    if shift_of(what.case):
        return t("history.deed.shift", what=_called("history.what", str(what.data.get("what", ""))))
    return f"{number(deed.case)} {event_line(what, teams)}".strip()


def deed_detail(deed: Deed) -> str:
    """The free words of a deed: reason, note, what was written in the log."""
    what = deed.what
    if isinstance(what, WallChange):
        return ""
    if isinstance(what, AlarmEvent):
        return what.reason
    if shift_of(what.case):
        return str(what.data.get("words") or what.data.get("weather") or "")
    return event_detail(what)


def deed_who(deed: Deed, names: NameBook) -> str:
    """Who it was; nobody for a wall that changed while nobody was signed in."""
    if not deed.actor:
        return t("history.deed.nobody")
    return names.person(deed.actor)


def noticed(deed: Deed) -> bool:
    """The program noticed it; nobody did it."""
    return deed.actor == SYSTEM.name


def is_breach(deed: Deed) -> bool:
    """A limit was passed."""
    what = deed.what
    return isinstance(what, Event) and int(str(what.data.get("threshold") or 0)) >= 100


def span_words(span: ShiftSpan) -> str:
    """``2026-11-21 Morning 08:00–16:00``."""
    start, end = local(span.start), local(span.end)
    kind = either(span.kind.zh, span.kind.en)
    return t(
        "history.page.shift", day=f"{start:%Y-%m-%d}", kind=kind, start=f"{start:%H:%M}", end=f"{end:%H:%M}"
    )


def deed_line(deed: Deed, teams: Mapping[str, str], names: NameBook) -> str:
    """The whole deed for a screen reader or a terminal."""
    words = (clock(deed.at), deed_who(deed, names), deed_words(deed, teams), deed_detail(deed))
    return "  ".join(word for word in words if word)


def _called(table: str, word: str) -> str:
    key = f"{table}.{word}"
    return t(key) if key in catalogue(language()) else word
