"""Words of the side branches: until when and why a case rests, who waits for
what, what was corrected, and what may be chosen quickly in a form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from console.domain.calendars import WorkingCalendar
from console.domain.errors import Refusal
from console.domain.limits import UNIT_SECONDS
from console.domain.model import Event
from console.domain.vocabulary import Action, Source, Unit
from console.i18n import catalogue, language, t
from console.models.names import NameBook
from console.models.typed import parse_time
from console.models.wording import clock, local
from console.services.supervision import REPLY_SOON
from console.services.views import CaseCard

#: Office hours begin; "tomorrow" means then.
_MORNING: Final = 9


def moment(at: datetime | None, now: datetime) -> str:
    """``09:00`` of today, ``03-05 09:00`` of another day of this year."""
    if at is None:
        return t("common.time.none")
    there, today = local(at), local(now)
    if there.date() == today.date():
        return there.strftime("%H:%M")
    return there.strftime("%m-%d %H:%M" if there.year == today.year else "%Y-%m-%d %H:%M")


def reply_tone(reply_by: datetime, now: datetime) -> str:
    """``red`` when over, ``yellow`` within half an hour, else nothing."""
    if now >= reply_by:
        return "red"
    return "yellow" if reply_by - now <= REPLY_SOON else ""


def resting(until: datetime | None, why: str, now: datetime) -> str:
    """Until when a case is suspended, and why."""
    words = t("branches.mark.suspended", until=moment(until, now))
    return f"{words} · {why}" if why else words


def reply_due(reply_by: datetime, now: datetime) -> str:
    """A supervision that waits for a reply, or has waited too long."""
    key = "reply_over" if now >= reply_by else "reply"
    return t(f"branches.mark.{key}", by=moment(reply_by, now))


# -- quick choices -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quick:
    """Something to choose: ``words`` on the button, ``text`` for the field."""

    words: str
    text: str


def times(action: Action, now: datetime, calendar: WorkingCalendar | None) -> tuple[Quick, ...]:
    """Instants people mean, for the field of an action that looks ahead."""
    if action is Action.SUSPEND:
        days: tuple[int, ...] = (1, 3, 5)
        hours: tuple[int, ...] = (2,)
    elif action is Action.SUPERVISE:
        days, hours = (1,), (1, 2, 4)
    else:
        return ()
    found = [Quick(t("branches.when.hours", n=n), _typed(now + timedelta(hours=n))) for n in hours]
    morning = (local(now) + timedelta(days=1)).replace(hour=_MORNING, minute=0, second=0, microsecond=0)
    found.append(Quick(t("branches.when.tomorrow"), _typed(morning)))
    if calendar is not None:
        day = UNIT_SECONDS[Unit.WORK_DAY]
        found += [
            Quick(t("branches.when.work_days", n=n), _typed(calendar.add(now, n * day, Unit.WORK_DAY)))
            for n in days
        ]
    return tuple(found)


def reasons(action: str) -> tuple[Quick, ...]:
    """What is usually written as the reason of an action."""
    texts = catalogue(language())
    found: list[Quick] = []
    for n in count(1):
        key = f"branches.reason.{action.replace('-', '_')}_{n}"
        if key not in texts:
            return tuple(found)
        found.append(Quick(t(key), t(key)))
    return ()


def sources() -> tuple[Quick, ...]:
    """Who may have seen it first."""
    return tuple(Quick(t(f"states.source.{one.value}"), t(f"states.source.{one.value}")) for one in Source)


def source_named(words: str) -> str:
    """The source somebody means by its word; other words come back."""
    known = {t(f"states.source.{one.value}"): one.value for one in Source}
    return known.get(words.strip(), words.strip())


def _typed(at: datetime) -> str:
    """As the form's time fields read it."""
    return local(at).strftime("%Y-%m-%d %H:%M")


def meaning(text: str, now: datetime) -> str:
    """What a typed time comes to; empty while it cannot be read."""
    try:
        at = parse_time(text, now)
    except Refusal:
        return ""
    if at <= now:
        return t("branches.when.past", at=moment(at, now))
    minutes = int((at - now).total_seconds()) // 60
    if minutes >= 1440:
        left = t("branches.when.days", d=minutes // 1440, h=minutes % 1440 // 60)
    elif minutes >= 60:
        left = t("branches.when.hm", h=minutes // 60, m=minutes % 60)
    else:
        left = t("branches.when.m", m=minutes)
    return t("branches.when.means", at=moment(at, now), left=left)


# -- corrections -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Correction:
    """What an event set right: the field in words, old and new value."""

    field: str
    old: str
    new: str


def field_name(field: str) -> str:
    """A correctable field in words."""
    return t(f"branches.field.{field}")


def correction(event: Event, names: NameBook) -> Correction | None:
    """What this event corrected, or asks to have corrected."""
    data = event.data
    if event.action is not Action.CORRECT or not data.get("field"):
        return None
    field = str(data["field"])
    old, new = (value_words(field, str(data.get(key) or ""), names) for key in ("old", "new"))
    return Correction(field_name(field), old, new)


def value_words(field: str, value: str, names: NameBook) -> str:
    """A field's value as people read it."""
    if field.endswith("_at"):
        try:
            return clock(datetime.fromisoformat(value))
        except ValueError:
            return value or t("common.time.none")
    if field == "source":
        return t(f"states.source.{value}") if value in {one.value for one in Source} else value
    if field == "community":
        return names.community(value) or value
    if field == "category":
        return value.rpartition(":")[2] or t("common.time.none")
    return value or t("common.time.none")


def granted(events: Sequence[Event]) -> tuple[Event, ...]:
    """The corrections that were made, the newest of each field, in order."""
    newest: dict[str, Event] = {}
    for event in sorted(events, key=_seq):
        if event.action is Action.CORRECT and not event.data.get("asked"):
            newest[str(event.data.get("field"))] = event
    return tuple(newest.values())


def _seq(event: Event) -> int:
    return event.seq


# -- cards -------------------------------------------------------------------


def card_marks(card: CaseCard, now: datetime) -> tuple[tuple[str, str], ...]:
    """Short words of a card and the colour each is written in."""
    found: list[tuple[str, str]] = []
    if card.reply_by is not None:
        tone = reply_tone(card.reply_by, now)
        key = "reply_late_short" if tone == "red" else "reply_short"
        words = t(f"branches.mark.{key}", by=moment(card.reply_by, now))
        found.append((words, f"lamp.{tone}" if tone else "accent"))
    if card.suspended_until is not None:
        # Of another day only the date, so that the reason has room.
        until = moment(card.suspended_until, now).partition(" ")[0]
        words = t("branches.mark.suspended_short", until=until)
        found.append((f"{words} · {card.suspended_why}" if card.suspended_why else words, "muted"))
    if card.urges:
        found.append((t("branches.mark.urges_short", n=card.urges), "accent"))
    return tuple(found)


def marks_told(card: CaseCard, now: datetime) -> tuple[str, ...]:
    """The same in whole sentences, for a tool tip."""
    found = []
    if card.suspended_until is not None:
        found.append(resting(card.suspended_until, card.suspended_why, now))
    if card.reply_by is not None:
        found.append(reply_due(card.reply_by, now))
    if card.urges:
        found.append(t("branches.mark.urges", n=card.urges))
    return tuple(found)
