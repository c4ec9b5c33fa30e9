"""Finding a filing condition by what a hand types in two seconds.

Chinese words, pinyin initials (``zdjy`` for 占道经营), English words and either
numbering (``09006``, ``04-06``) all lead to a row. Everything is prepared when
the index is built; a search is a walk over some hundred rows.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from console.domain.model import Condition
from console.services.reference import SHIPPED, alike_table
from console.services.views import ConditionHit

_HAN: Final = re.compile(r"[\u3400-\u9fff]+")
_WORD: Final = re.compile(r"[a-z]{2,}")
_CODE: Final = re.compile(r"[\d-]+")

# How well a row answers, smaller is better.
_EXACT, _NAME_START, _NAME, _INITIALS_START, _INITIALS, _WORDS, _TEXT = range(7)


@cache
def _prepared() -> Mapping[str, str]:
    """Initials of the texts the program is shipped with: loading the pinyin
    tables for them would cost a third of a second at the first search."""
    with (SHIPPED / "initials.csv").open(encoding="utf-8", newline="") as handle:
        return {row["text"]: row["initials"] for row in csv.DictReader(handle)}


def initials(text: str) -> str:
    """Pinyin initials of the Chinese characters, other characters dropped:
    ``占道经营`` → ``zdjy``."""
    known = _prepared().get(text)
    return spelt(text) if known is None else known


def spelt(text: str) -> str:
    """The same, always from the pinyin tables."""
    from pypinyin import Style, lazy_pinyin

    han = "".join(_HAN.findall(text))
    return "".join(lazy_pinyin(han, style=Style.FIRST_LETTER)).casefold()


@dataclass(frozen=True, slots=True)
class _Entry:
    condition: Condition
    codes: tuple[str, ...]
    name: str
    text: str
    name_initials: str
    text_initials: str
    words: frozenset[str]
    hit: ConditionHit


class ConditionIndex:
    """An index over one state of the filing standard."""

    def __init__(self, conditions: Sequence[Condition]) -> None:
        self._entries = [_entry(condition) for condition in conditions if condition.active]

    def find(self, text: str, limit: int = 20) -> tuple[ConditionHit, ...]:
        """The rows for ``text``, best first; all rows, as the standard orders
        them, for an empty text. Every word typed must be found."""
        words = text.casefold().split()
        if not words:
            return tuple(entry.hit for entry in self._entries[:limit])
        ranked = []
        for place, entry in enumerate(self._entries):
            scores = [_score(entry, word) for word in words]
            if None not in scores:
                ranked.append((max(s for s in scores if s is not None), place, entry.hit))
        ranked.sort(key=_order)
        return tuple(hit for _, _, hit in ranked[:limit])

    def same_class(self, kind: str, code: str) -> tuple[Condition, ...]:
        """Conditions of one class, whichever numbering ``code`` is in."""
        return tuple(
            e.condition for e in self._entries if e.condition.category.kind == kind and code in e.codes
        )


def _order(ranked: tuple[int, int, ConditionHit]) -> tuple[int, int]:
    return ranked[0], ranked[1]


def _entry(condition: Condition) -> _Entry:
    key = condition.category
    alike = alike_table().get((key.kind, key.code), ())
    english = f"{condition.name_en} {condition.condition_en}".casefold()
    codes = (
        condition.condition_id.casefold(),
        key.code,
        condition.code_2013,
        condition.code_2013.replace("-", ""),
    )
    return _Entry(
        condition=condition,
        codes=tuple(code for code in codes if code),
        name=condition.name_zh,
        text=condition.condition_zh,
        name_initials=initials(condition.name_zh),
        text_initials=initials(condition.condition_zh),
        words=frozenset(_WORD.findall(english)),
        hit=ConditionHit(
            condition,
            alike_zh=tuple(f"{other.name_zh}：{other.mark_zh}" for other in alike),
            alike_en=tuple(f"{other.name_en}: {other.mark_en}" for other in alike),
        ),
    )


def _score(entry: _Entry, word: str) -> int | None:
    if word in entry.codes:
        return _EXACT
    if _CODE.fullmatch(word):
        return _NAME_START if any(code.startswith(word) for code in entry.codes) else None
    if _HAN.search(word):
        if word in entry.name:
            return _NAME_START if entry.name.startswith(word) else _NAME
        return _TEXT if word in entry.text else None
    return _score_latin(entry, word)


def _score_latin(entry: _Entry, word: str) -> int | None:
    if any(code.startswith(word) for code in entry.codes):
        return _NAME_START
    if entry.name_initials.startswith(word):
        return _INITIALS_START
    if word in entry.name_initials:
        return _INITIALS
    if any(known.startswith(word) for known in entry.words):
        return _WORDS
    if len(word) > 2 and word in entry.text_initials:
        return _TEXT
    return None
