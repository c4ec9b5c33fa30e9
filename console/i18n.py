"""Texts in Chinese and English, without Qt.

The catalogues are plain files, ``resources/translations/<room>.<lang>.toml``;
a text's key is ``room.table.name``. Half of all texts (refusals, the command
line, alarm sentences, reports) live where Qt may not be imported, so both
halves use this one way. A missing key is a bug and raises in tests; in the
field the key itself is shown, which is ugly but never blank.
"""

from __future__ import annotations

import logging
import os
import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from string import Formatter
from zoneinfo import ZoneInfo

from console.domain.errors import Refusal
from console.shipped import RESOURCES

log = logging.getLogger(__name__)

LANGUAGES = ("zh", "en")
_FOLDER = RESOURCES / "translations"
_SITE_ZONE = ZoneInfo("Asia/Shanghai")
_state = {"lang": "zh"}


def _flatten(prefix: str, table: Mapping[str, object], into: dict[str, str]) -> None:
    for key, value in table.items():
        name = f"{prefix}.{key}"
        if isinstance(value, Mapping):
            _flatten(name, value, into)
        else:
            into[name] = str(value)


@cache
def catalogue(lang: str) -> Mapping[str, str]:
    """All texts of one language, by key."""
    texts: dict[str, str] = {}
    for path in sorted(_FOLDER.glob(f"*.{lang}.toml")):
        with path.open("rb") as handle:
            _flatten(path.name.split(".")[0], tomllib.load(handle), texts)
    return texts


def set_language(lang: str) -> None:
    """Choose the language of this process: ``zh`` or ``en``."""
    if lang not in LANGUAGES:
        raise Refusal("bad_usage", "lang", lang=lang)
    _state["lang"] = lang


def language() -> str:
    """The language of this process."""
    return _state["lang"]


def t(key: str, /, **facts: object) -> str:
    """The text ``key`` in the process's language, with its blanks filled."""
    return t_in(_state["lang"], key, **facts)


def t_in(lang: str, key: str, /, **facts: object) -> str:
    """The text ``key`` in ``lang``."""
    text = catalogue(lang).get(key)
    if text is None:
        if os.environ.get("FIFTEEN_STRICT_TEXTS"):
            raise KeyError(f"no text {key} in {lang}")
        log.error("no text %s in %s", key, lang)
        return key
    if not facts:
        return text
    try:
        return text.format(**facts)
    except (KeyError, IndexError, ValueError):
        if os.environ.get("FIFTEEN_STRICT_TEXTS"):
            raise
        log.error("text %s does not fit its facts %s", key, sorted(facts))
        return text


def either(zh: str, en: str) -> str:
    """A name kept in both languages: the one for now, else the other."""
    return (zh or en) if _state["lang"] == "zh" else (en or zh)


#: Facts that are words of the field, and where their text is.
_WORDED = {
    "state": ("states.case", "states.alarm"),
    "action": ("actions.verb", "errors.right"),
    "role": ("states.role",),
}


def _fact(lang: str, name: str, value: object) -> object:
    """A fact as a person reads it: instants in the site's time, words as text."""
    if isinstance(value, datetime):
        return value.astimezone(_SITE_ZONE).strftime("%Y-%m-%d %H:%M:%S")
    texts = catalogue(lang)
    keys = (f"{table}.{str(value).replace('.', '_')}" for table in _WORDED.get(name, ()))
    return next((texts[key] for key in keys if key in texts), value)


def _sentence(lang: str, refusal: Refusal) -> str:
    """Key of the most exact sentence whose blanks the refusal's facts fill:
    the detail's own, one named after a fact (``errors.unknown_case.case``), the
    detail's family's (``before_filed`` → ``before``), or the code's."""
    texts = catalogue(lang)
    base = f"errors.{refusal.code}"
    family = refusal.detail.partition("_")[0]
    for name in dict.fromkeys((refusal.detail, *refusal.facts, family)):
        key = f"{base}.{name}"
        text = texts.get(f"{key}.message")
        if name and text is not None:
            blanks = Formatter().parse(text + texts[f"{key}.mend"])
            if all(blank is None or blank in refusal.facts for _, blank, _, _ in blanks):
                return key
    return base


def explain(refusal: Refusal, lang: str | None = None) -> tuple[str, str]:
    """Message and mend of a refusal: what happened, and what to do."""
    lang = lang or _state["lang"]
    key = _sentence(lang, refusal)
    facts = {name: _fact(lang, name, value) for name, value in refusal.facts.items()}
    return t_in(lang, f"{key}.message", **facts), t_in(lang, f"{key}.mend", **facts)
