"""What reports and their periods are called, in either language."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from console.domain.periods import ZONE
from console.domain.report_plan import Span, Subject
from console.i18n import t_in

#: What a file system or a shell may not like in a name.
_FORBIDDEN: Final = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


def title(subject: Subject, name: tuple[str, str], lang: str) -> str:
    """What a report is called: 班报, Daily report, 队伍报告 · 市容劝导一队 …"""
    said = t_in(lang, f"reports.kind.{subject.kind}")
    return f"{said} · {either(name, lang)}" if subject.key else said


def period(span: Span, lang: str, now: datetime | None = None) -> str:
    """A period in words; of one that is not over yet, until when it is told."""
    start, last = span.start.astimezone(ZONE), (span.end - timedelta(seconds=1)).astimezone(ZONE)
    facts = {
        "start": f"{start:%Y-%m-%d}",
        "end": f"{last:%m-%d}" if start.year == last.year else f"{last:%Y-%m-%d}",
        "year": start.year,
        "month": t_in(lang, f"reports.month.{start.month}"),
        "weekday": t_in(lang, f"reports.weekday.{start.weekday()}"),
        "week": start.isocalendar().week,
        "ten": t_in(lang, f"reports.ten.{min(3, 1 + start.day // 10)}"),
        "quarter": (start.month + 2) // 3,
        "from": f"{start:%H:%M}",
        "to": _clock(span.end, start),
        "until": f"{span.end.astimezone(ZONE):%Y-%m-%d %H:%M}",
        "name": _shift_name(span, lang),
    }
    words = t_in(lang, f"reports.period.{span.kind}", **facts)
    if now is not None and now < span.end:
        words = t_in(lang, "reports.period.running", period=words, at=f"{now.astimezone(ZONE):%m-%d %H:%M}")
    return words


def _shift_name(span: Span, lang: str) -> str:
    """The plan's own name of a shift is not in its number; its kind is."""
    kind = span.id.partition("-")[2]
    key = f"reports.shift.{kind}"
    return t_in(lang, key) if kind in ("morning", "middle", "night") else kind


def _clock(end: datetime, start: datetime) -> str:
    local = end.astimezone(ZONE)
    return "24:00" if local.hour == local.minute == 0 and local.date() > start.date() else f"{local:%H:%M}"


def either(pair: tuple[str, str], lang: str) -> str:
    """The name of a pair in ``lang``, or the other one."""
    zh, en = pair
    return (zh or en) if lang == "zh" else (en or zh)


def file_name(title: str, span: Span) -> str:
    """A name any file system takes, without its suffix: ``日报-2026-11-21``."""
    return _FORBIDDEN.sub(" ", f"{title}-{span.id}").strip().replace(" · ", "-")
