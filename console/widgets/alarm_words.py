"""What the banner and the page of alarms say about one alarm."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from console import source_words
from console.crossing_words import crossed
from console.domain.calendars import WorkingCalendar
from console.domain.model import Alarm, AlarmEvent
from console.domain.vocabulary import AlarmState, SourceKind
from console.i18n import catalogue, either, language, t
from console.models.names import NameBook
from console.models.wording import alarm_text, clock, countdown, local, span
from console.services.views import AlarmRow, CaseCard
from console.widgets.ring import read

#: An alarm raised later than this after its instant says so, seconds.
LATE_S: Final = 1.0
_SHOWN_MEMBERS: Final = 12


def time_left(
    row: AlarmRow, cards: Mapping[str, CaseCard], calendar: WorkingCalendar | None, now: datetime
) -> str:
    """What is left of the clock an alarm speaks of, or how far it is over."""
    alarm = row.alarm
    card = cards.get(alarm.source_id) if alarm.source_kind is SourceKind.CASE else None
    head = card.headline if card is not None else None
    if head is not None and head.kind is alarm.deadline and calendar is not None:
        # The case's own clock knows its calendar; the alarm knows only when.
        return read(head, now, calendar).text
    if alarm.due_at is None:
        return ""
    return countdown((alarm.due_at - now).total_seconds())


def standing(alarm: Alarm, now: datetime) -> str:
    """How long an alarm without a clock has stood: since what it tells began."""
    since = alarm.began_at or alarm.raised_at
    return t("alarms.row.stands", span=span((now - since).total_seconds()))


def who_has_it(row: AlarmRow, names: NameBook, now: datetime) -> str:
    """Who took it on and until when, who shelved it and why, or who is sent."""
    alarm = row.alarm
    if alarm.state is AlarmState.ACKNOWLEDGED:
        left = (alarm.promise_until - now).total_seconds() if alarm.promise_until is not None else 0.0
        return t("alarms.row.acked", who=names.person(alarm.acked_by), left=countdown(left))
    if alarm.state is AlarmState.SHELVED:
        until = day_clock(alarm.shelved_until, now)
        who = names.person(alarm.shelved_by)
        return t("alarms.row.shelved", who=who, until=until, reason=alarm.reason)
    if alarm.state is AlarmState.SUPPRESSED:
        return t("alarms.row.suppressed_why" if alarm.reason else "alarms.row.suppressed", why=alarm.reason)
    if alarm.state is AlarmState.RETURNED:
        return t("alarms.row.returned", at=clock(alarm.returned_at))
    sent = either(row.who_zh, row.who_en)
    asks = t("alarms.row.louder", n=alarm.louder) if alarm.louder else t("alarms.row.nobody")
    return f"{asks} · {sent}" if sent else asks


def lateness(late_s: float, text: str = "alarms.row.late") -> str:
    """ "raised 12 s late" for an alarm raised late, else nothing; ``text`` for
    what else came late."""
    if late_s < LATE_S:
        return ""
    late = span(late_s) if late_s >= 60 else f"{late_s:.0f} s"
    return t(text, late=late)


def said(row: AlarmRow) -> str:
    """Number and what it says: ``#1042 Arrival overdue``."""
    return f"{row.number} {alarm_text(row.alarm)}".strip()


def place(row: AlarmRow) -> str:
    """Where: class and place of a case, members of what is folded."""
    words = either(row.what_zh, row.what_en)
    if words or not row.alarm.members:
        return words
    return member_words(row.alarm.members)


def member_words(members: tuple[str, ...]) -> str:
    """The first dozen, and how many more."""
    words = "  ".join(members[:_SHOWN_MEMBERS])
    rest = len(members) - _SHOWN_MEMBERS
    return f"{words}  +{rest}" if rest > 0 else words


def life_line(event: AlarmEvent, names: NameBook, now: datetime, kind: str = "") -> str:
    """One thing that happened: when, what, who, how late, why. ``kind`` is that
    of the source, for what was wrong with it."""
    key = f"alarms.life.{event.what}"
    what = t(key) if key in catalogue(language()) else event.what
    if event.deadline is not None and event.what in ("raised", "worsened"):
        what = " · ".join(w for w in (what, crossed(language(), event.deadline.value, event.threshold)) if w)
    elif event.code and kind and event.what in ("raised", "worsened", "unsuppressed"):
        what = f"{what} · {source_words.word(language(), kind, event.code)}"
    facts = (
        day_clock(event.at, now),
        t(f"alarms.severity.{event.severity.value}"),
        what,
        names.person(event.actor) if event.actor != "system" else "",
        lateness(event.late_s, "alarms.row.late" if event.what == "raised" else "alarms.life.late"),
        _why(event, names),
    )
    return "  ".join(word for word in facts if word)


def _why(event: AlarmEvent, names: NameBook) -> str:
    """The reason given; of an escalation whom it went to, of a hand-over whose it was."""
    if event.what == "escalated":
        return catalogue(language()).get(f"states.role.{event.reason}") or names.person(event.reason)
    return names.person(event.reason) if event.what == "handed_over" else event.reason


def day_clock(at: datetime | None, now: datetime) -> str:
    """``14:32:07``, with its day when that is not today."""
    if at is None or local(at).date() == local(now).date():
        return clock(at)
    return f"{local(at):%m-%d} {clock(at)}"


def within(minutes: int) -> str:
    """A length of time in the words of the shelf."""
    if minutes % 60 == 0:
        return t("alarms.shelf.hours", n=minutes // 60)
    return t("alarms.shelf.minutes", n=minutes)


def answer_time(seconds: float | None) -> str:
    """Time to acknowledge."""
    if seconds is None:
        return t("alarms.row.never_acked")
    if seconds < 60:
        return t("alarms.row.acked_s", n=f"{seconds:.0f}")
    return t("alarms.row.acked_in", span=span(timedelta(seconds=seconds).total_seconds()))
