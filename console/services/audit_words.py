"""An entry of the audit log as a person reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from console.domain.audit import Entry
from console.i18n import catalogue, language, t

#: Facts whose values are words of the field, and where their text is.
_WORDED = {
    "role": "states.role",
    "what": "audit.what",
    "why": "audit.what",
    "action": "actions.verb",
}


#: Facts that are instants.
_TIMES = frozenset({"at", "start", "end", "since", "until"})
_SITE_ZONE = ZoneInfo("Asia/Shanghai")


def kind(entry: Entry) -> str:
    """What it is about, in the language of the screen."""
    return t(f"audit.kind.{entry.kind.value}")


def told(entry: Entry) -> str:
    """Its facts in one line, what was done first: ``修改；账号 wang；角色 值班员 → 值班长``."""
    facts = sorted(entry.facts.items(), key=_place)
    return t("audit.between").join(_fact(name, value) for name, value in facts if value not in ("", None, []))


def _place(fact: tuple[str, object]) -> int:
    return 0 if fact[0] in ("what", "why", "action") else 1


def _fact(name: str, value: object) -> str:
    texts = catalogue(language())
    word = texts.get(f"audit.fact.{name}") or texts.get(f"audit.what.{name}", name)
    if value is True:
        return word
    told_value = _value(name, value)
    if name in ("what", "why", "action"):
        return told_value
    return f"{word} {told_value}".strip()


def _value(name: str, value: object) -> str:
    texts = catalogue(language())
    if isinstance(value, bool):
        return t("audit.value.yes" if value else "audit.value.no")
    if name in _TIMES and isinstance(value, str):
        return _local(value)
    if isinstance(value, list | tuple) and len(value) == 2 and name not in ("ids", "cameras", "names"):
        return f"{_value(name, value[0])} → {_value(name, value[1])}"
    if isinstance(value, list | tuple):
        return t("audit.comma").join(_value(name, item) for item in value)
    if isinstance(value, Mapping):
        return t("audit.comma").join(_fact(str(key), item) for key, item in value.items())
    if value is None or value == "":
        return t("audit.value.none")
    return texts.get(f"{_WORDED.get(name, 'audit.what')}.{value}", str(value))


def _local(text: str) -> str:
    """An instant as the site reads it; what is none stays as it is."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{at.astimezone(_SITE_ZONE):%Y-%m-%d %H:%M:%S}" if at.tzinfo is not None else text
