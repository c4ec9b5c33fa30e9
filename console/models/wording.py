"""Short texts out of records: durations, names of states, events in words.

No Qt in here; both languages come from the catalogues.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from console import source_words
from console.crossing_words import crossed
from console.domain import causes, limits
from console.domain.model import Alarm, Condition, Event, Limit
from console.domain.vocabulary import Action, DeadlineKind, Role, Severity, State
from console.i18n import catalogue, either, language, t
from console.length_words import length
from console.services.views import Names

#: The desk shows the site's local time; all instants in memory are UTC.
SITE_ZONE = ZoneInfo("Asia/Shanghai")
_DAY = 86400


def local(at: datetime) -> datetime:
    """An instant on the wall clock of the site."""
    return at.astimezone(SITE_ZONE)


def clock(at: datetime | None) -> str:
    """``14:32:07``, or a dash for no instant."""
    return local(at).strftime("%H:%M:%S") if at is not None else t("common.time.none")


def span(seconds: float) -> str:
    """A duration: ``03:48``, from one hour ``2:03:48``, from one day in words."""
    whole = int(abs(seconds))
    if whole < 3600:
        return f"{whole // 60:02d}:{whole % 60:02d}"
    if whole < _DAY:
        return t("common.time.hours", h=whole // 3600, m=whole // 60 % 60, s=whole % 60)
    return t("common.time.days", d=whole // _DAY, h=whole % _DAY // 3600)


def countdown(remaining_s: float) -> str:
    """What is left, ``03:48``; what is over, ``+01:12``. The last second of a
    promise reads 00:01, so that 00:00 means over by less than a second."""
    if remaining_s > 0:
        whole = int(remaining_s)
        return span(whole if whole == remaining_s else whole + 1)
    return t("common.time.over", span=span(remaining_s))


def ago(seconds: float) -> str:
    """``8 s ago``."""
    whole = max(0, int(seconds))
    if whole < 60:
        return t("common.time.ago_s", n=whole)
    return t("common.time.ago_m", n=whole // 60)


def percent(rate: float | None) -> str:
    """``94 %``, or a dash when nothing was counted."""
    return f"{rate * 100:.0f} %" if rate is not None else t("common.time.none")


def state(value: State) -> str:
    """Name of a state."""
    return t(f"states.case.{value.value}")


def clock_name(kind: DeadlineKind) -> str:
    """Name of a clock: 到场 / Arrival."""
    return t(f"states.clock.{kind.value}")


def letter(severity: Severity) -> str:
    """高/中/低 or H/M/L."""
    return t(f"states.severity.{severity.value}")


def role(value: Role) -> str:
    """Name of a role."""
    return t(f"states.role.{value.value}")


def verb(action: Action) -> str:
    """An action as a button says it."""
    return t(f"actions.verb.{action.value}")


def limit(value: Limit) -> str:
    """``10 minutes``."""
    return length(language(), value.value, value.unit.value)


def condition_limit(condition: Condition, grade: str = "") -> str:
    """The handling limit of a condition in an area of ``grade``, ``2 urgent hours``."""
    return limit(limits.of_condition(condition, grade))


def not_to_file(condition: Condition) -> str:
    """What is no case, in the language now; in Chinese where nothing else is there."""
    return either(condition.not_to_file, condition.not_to_file_en)


def limit_source(condition: Condition, grade: str) -> str:
    """Where a limit comes from, when the condition tells areas apart: the grade
    with its limit, or that the base limit counts and why; else empty."""
    if not condition.grade_limits:
        return ""
    if limits.own_limit(condition, grade) is not None:
        return t("desk.file.graded", grade=grade, base=condition_limit(condition))
    own = (f"{one.grade} {condition_limit(condition, one.grade)}" for one in condition.grade_limits)
    which = "desk.file.grade_without" if grade else "desk.file.ungraded"
    return t(which, grade=grade, limits=" / ".join(own))


def alarm_text(alarm: Alarm) -> str:
    """What an alarm says, from its clock and threshold or its source."""
    if alarm.deadline is not None:
        return crossed(language(), alarm.deadline.value, alarm.threshold)
    return source_words.said(language(), alarm)


def guide(alarm: Alarm) -> str:
    """What to do about it, one sentence; empty when there is none."""
    if alarm.deadline is None:
        return source_words.guide(language(), alarm)
    full = f"alarmtext.guide.{alarm.deadline.value}"
    return t(full) if full in catalogue(language()) else ""


def _listed(value: object, names: Mapping[str, str]) -> str:
    if isinstance(value, (list, tuple)):
        return " ".join(names.get(str(one), str(one)) for one in value)
    return names.get(str(value), str(value)) if value else ""


def _count(listed: object) -> int:
    return len(listed) if isinstance(listed, (list, tuple)) else 0


def event_line(event: Event, teams: Mapping[str, str]) -> str:
    """What happened, in words. ``teams``: id → name in the language now."""
    data = event.data
    if event.action is Action.ALARM and data.get("deadline"):
        return crossed(language(), str(data["deadline"]), int(str(data.get("threshold") or 0)))
    if data.get("told"):
        return t(f"teams.told.{data['told']}", teams=_listed(data.get("by"), teams)).strip()
    result = str(data.get("result") or "")
    result_key = f"actions.result.{result}"
    done = event.action.value
    if data.get("merged"):
        return t("actions.done.merged", other=number(str(data["merged"])), n=_count(data.get("files")))
    if event.action is Action.MERGE and data.get("files"):
        return t("actions.done.merge_files", other=number(str(data["into"])), n=_count(data["files"]))
    if event.action is Action.LINK and data.get("kind"):
        done = f"link_{data['kind']}"
    text = t(
        f"actions.done.{done}",
        result=t(result_key) if result_key in catalogue(language()) else result,
        condition=data.get("condition") or data.get("condition_id") or "",
        other=number(str(data.get("other") or data.get("into") or "")),
        teams=_listed(data.get("by") or data.get("added") or data.get("teams") or data.get("team"), teams),
        field=_field(str(data.get("field") or "")),
        n=_count(data.get("removed")),
    )
    return text.strip().rstrip("：:")


def _field(name: str) -> str:
    """A corrected field in words."""
    key = f"branches.field.{name}"
    return t(key) if key in catalogue(language()) else name


def event_detail(event: Event) -> str:
    """The free words of an event: reason, note, channel."""
    data = event.data
    parts = [t("actions.asked")] if data.get("asked") is True else []
    if data.get("request") and isinstance(data.get("asked"), str):
        # An answer to a request: what was asked, not that it was.
        parts.append(t(f"actions.verb.{data['asked']}"))
    parts += [str(data[key]) for key in ("sent_to", "reason", "text", "note") if data.get(key)]
    if data.get("cause"):
        parts.append(cause_told(data))
    taken = data.get("limit")
    if isinstance(taken, Mapping) and (taken.get("grade") or "old_grade" in data):
        parts.append(_limit_taken(taken))
    channel = str(data.get("channel") or "")
    if channel and channel != "desk" and f"states.channel.{channel}" in catalogue(language()):
        parts.append(t(f"states.channel.{channel}"))
    if data.get("on_behalf_of"):
        parts.append(str(data["on_behalf_of"]))
    return " · ".join(parts)


def cause_name(code: str, known: Iterable[causes.Cause] = causes.CAUSES) -> str:
    """A cause in the language now; an unknown code stays itself."""
    found = next((one for one in known if one.code == code), None)
    return either(found.zh, found.en) if found is not None else code


def cause_told(data: Mapping[str, object]) -> str:
    """The cause an event tells, with its words; nothing when it tells none."""
    code = str(data.get("cause") or "")
    if not code:
        return ""
    words = str(data.get("cause_words") or "")
    named = t("ranking.cause.told", cause=cause_name(code))
    return f"{named} ({words})" if words else named


def _limit_taken(told: Mapping[str, object]) -> str:
    """The limit an event says was taken, and the grade of area it comes from."""
    words = length(language(), int(str(told.get("value"))), str(told.get("unit")))
    grade = str(told.get("grade") or "")
    return t("actions.limit_graded" if grade else "actions.limit_base", limit=words, grade=grade)


#: What people call things, as last read; the same for all windows.
_known: list[Names] = []


def learn(names: Names) -> None:
    """Take the names read from the database; screens say them from now on."""
    _known[:] = [names]


def _called(table: Mapping[str, tuple[str, str]], key: str) -> str:
    zh, en = table.get(key, ("", ""))
    return either(zh, en) or key


def number(case_id: str) -> str:
    """``#0042`` out of ``20260929-0042``."""
    return f"#{case_id.rsplit('-', 1)[-1]}" if case_id else ""


def name(zh: str, en: str) -> str:
    """A name kept in both languages, in the one for now."""
    return either(zh, en)
