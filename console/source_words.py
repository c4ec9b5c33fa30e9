"""What an alarm about something else than a case says, in one sentence, and what
to do about it. For the screens, the command line and the notices alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from console.domain.model import Alarm
from console.i18n import catalogue, t_in

#: Blanks a sentence may have; what the facts do not fill stays empty.
_BLANKS: Final = (
    "name", "offset", "free", "percent", "path", "seat", "hours", "seconds", "took",
    "n", "missing", "number", "minutes", "due",
)  # fmt: skip


def said(lang: str, alarm: Alarm) -> str:
    """``Picture shows nothing: Heshun Street N``; for a code nobody has words
    for, what its kind says."""
    return sentence(lang, alarm.source_kind.value, alarm.code, alarm.facts, len(alarm.members))


def sentence(lang: str, kind: str, code: str, pairs: object, members: int = 0) -> str:
    """The same from plain facts: ``pairs`` of name and text, or a mapping."""
    texts = catalogue(lang)
    facts: dict[str, str] = dict.fromkeys(_BLANKS, "")
    facts["n"] = str(members)
    facts.update(_plain(pairs))
    folder, role = facts.get("folder", ""), facts.get("role", "")
    facts["folder"] = texts.get(f"alarmtext.folder.{folder}", folder)
    facts["role"] = texts.get(f"alarmtext.role.{role}", role)
    facts["why"] = _why(texts, facts.get("reason", ""))
    key = f"alarmtext.of.{kind}.{code}"
    if code and key in texts:
        return t_in(lang, key, **facts)
    return t_in(lang, f"alarmtext.source.{kind}", n=members)


def word(lang: str, kind: str, code: str) -> str:
    """What is wrong, where nothing but the code is known: in the life of an alarm."""
    short = f"alarmtext.word.{kind}.{code}"
    return t_in(lang, short) if short in catalogue(lang) else sentence(lang, kind, code, ())


def guide(lang: str, alarm: Alarm) -> str:
    """What to do about it; empty when nobody has written that."""
    texts = catalogue(lang)
    kind = alarm.source_kind.value
    keys = (f"alarmtext.do.{kind}.{alarm.code}", f"alarmtext.guide.{kind}")
    return next((texts[key] for key in keys if key in texts), "")


def _plain(pairs: object) -> dict[str, str]:
    items = pairs.items() if isinstance(pairs, Mapping) else pairs
    found: dict[str, str] = {}
    for one in items if isinstance(items, (list, tuple)) or hasattr(items, "__iter__") else ():
        if isinstance(one, (list, tuple)) and len(one) == 2:
            found[str(one[0])] = str(one[1])
    return found


def _why(texts: Mapping[str, str], reason: str) -> str:
    """Why, with the colon before it: a reason of the feeds, a refusal's code, or
    the words that were given."""
    if not reason:
        return ""
    for room in ("feeds.reason.{}", "states.feed.{}", "errors.{}.message"):
        if room.format(reason) in texts:
            reason = texts[room.format(reason)].rstrip("。.")
            break
    return texts["alarmtext.why"].format(reason=reason)
