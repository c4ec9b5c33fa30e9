"""What a notice says, in both languages, without anything about persons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from console import source_words
from console.crossing_words import crossed
from console.i18n import catalogue, t_in
from console.services.notice_records import Notice

_ZONE = ZoneInfo("Asia/Shanghai")


def line(lang: str, facts: Mapping[str, Any], severity: str) -> str:
    """One alarm in one line: severity, case, what is overdue, where."""
    said = _said(lang, facts)
    name = str(facts.get(f"name_{lang}") or facts.get("name_zh") or "")
    parts = (str(facts.get("source", "")), said, name, str(facts.get("place", "")))
    rest = " · ".join(" ".join(part.split()) for part in parts if part)
    return t_in(lang, "notify.line", severity=t_in(lang, f"states.severity.{severity}"), text=rest)


def subject(lang: str, notice: Notice, purpose: str) -> str:
    """The subject of a mail; marked where it is no real alarm."""
    if "count" in notice.facts:
        text = t_in(lang, "notify.many", n=notice.facts["count"])
    elif notice.facts.get("test"):
        text = t_in(lang, "notify.test.subject")
    else:
        text = line(lang, notice.facts, notice.severity.value)
    mark = t_in(lang, f"common.purpose.{purpose}") if purpose in ("demo", "drill", "test") else ""
    return " ".join((f"[{mark}] {text}" if mark else text).split())[:200]


def body(lang: str, notice: Notice) -> str:
    """The text of a mail in one language."""
    if notice.facts.get("test"):
        return t_in(lang, "notify.test.body")
    named = notice.facts.get("named")
    rows = [dict(row) for row in named] if isinstance(named, list) else [dict(notice.facts)]
    lines = [line(lang, row, str(row.get("severity", notice.severity.value))) for row in rows]
    more = int(str(notice.facts.get("count", 0))) - len(rows)
    if more > 0:
        lines.append(t_in(lang, "notify.more", n=more))
    lines.append(t_in(lang, "notify.why", seconds=notice.facts.get("after_s", 0)))
    if named is None:
        lines += [t_in(lang, f"notify.{key}", at=at) for key in ("raised_at", "due_at")
                  if (at := _local(rows[0].get(key)))]  # fmt: skip
    if notice.facts.get("louder"):
        lines.append(t_in(lang, "notify.louder", n=notice.facts["louder"]))
    lines.append(t_in(lang, "notify.answer"))
    return "\n".join(lines)


def target(lang: str, name: str) -> str:
    """Who is called: a role by its name on the screen, a person as written."""
    return catalogue(lang).get(f"states.role.{name}", name)


def reason(lang: str, text: str) -> str:
    """Why a notice did not arrive, as a person reads it."""
    word, _, said = text.partition(":")
    if f"notify.reason.{word}" not in catalogue(lang):
        return text
    told = t_in(lang, f"notify.reason.{word}")
    return f"{told} ({said})" if said else told


def _said(lang: str, facts: Mapping[str, Any]) -> str:
    texts = catalogue(lang)
    if facts.get("deadline"):
        return crossed(lang, str(facts["deadline"]), int(facts.get("threshold") or 0))
    kind, code = str(facts.get("source_kind")), str(facts.get("code", ""))
    if f"alarmtext.source.{kind}" not in texts:
        return ""
    return source_words.sentence(lang, kind, code, facts.get("facts") or {}, int(facts.get("members") or 0))


def _local(text: object) -> str:
    """An instant of the facts in the site's time; empty for none."""
    try:
        return datetime.fromisoformat(str(text)).astimezone(_ZONE).strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        return ""
