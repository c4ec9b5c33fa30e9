"""One line of search, read: words, fields, times, numbers.

Words stand beside each other and must all be found; ``field:value`` narrows
(``team:一队 状态:挂账,办结``); ``"…"`` keeps blanks together. Fields have Chinese and
English names. What a value means is looked up in a :class:`Lexicon`: by id, by
name in both languages, by pinyin initials. Nothing is asked of a database here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from difflib import get_close_matches
from typing import Final

from console.domain.errors import Refusal
from console.services import clean, query_times

#: Longest line and most words: what a hand types, not a pasted table.
MOST_CHARS: Final = 400
MOST_WORDS: Final = 24
#: Alternatives of one word; more would not be a narrowing.
MOST_MEANT: Final = 40

#: Kind of a field by its names. ``text`` fields search the text as a whole.
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "state": ("状态", "state", "zt"),
    "team": ("队伍", "班组", "处置队", "team", "dw"),
    "community": ("社区", "community", "sq"),
    "grid": ("网格", "grid", "wg"),
    "camera": ("摄像头", "监控", "相机", "camera", "cam", "sxt"),
    "officer": ("人员", "经办", "officer", "by", "ry"),
    "condition": ("类别", "小类", "条件", "category", "condition", "lb"),
    "source": ("来源", "source", "ly"),
    "person": ("报案人", "反映人", "电话", "person", "phone"),
    "number": ("编号", "案号", "number", "id"),
    "time": ("时间", "日期", "time", "date"),
    "from": ("从", "自", "from", "since"),
    "to": ("到", "至", "to", "until"),
    "text": ("文字", "地点", "道路", "备注", "text", "place", "road", "note"),
}
_BY_NAME: Final = {name: kind for kind, names in FIELDS.items() for name in names}
_PIECE: Final = re.compile(r'(?:[^\s"“”]*[:：])?["“][^"“”]*["”]?|\S+')
_FULL: Final = re.compile(r"\d{8}-\d{4,6}")
_SHORT: Final = re.compile(r"#\d{1,6}")
_LATIN: Final = re.compile(r"[a-z]{2,}")
_QUOTES: Final = '"“”'


@dataclass(frozen=True, slots=True)
class Name:
    """Something of the site a word may mean. ``initials`` of its Chinese name."""

    kind: str
    id: str
    zh: str
    en: str = ""
    initials: str = ""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The names of a site: states, sources, teams, communities, grids, cameras,
    officers, conditions."""

    names: tuple[Name, ...] = ()

    def exact(self, kind: str, value: str) -> list[Name]:
        """Those of a kind with this id or name."""
        return [n for n in self.names if n.kind == kind and _is(n, value)]

    def like(self, kind: str, value: str) -> list[Name]:
        """Those of a kind whose name contains the value or whose initials
        begin with it."""
        return [n for n in self.names if n.kind == kind and _resembles(n, value)]


def _is(name: Name, value: str) -> bool:
    return value in (name.id.casefold(), name.zh.casefold(), name.en.casefold())


def _resembles(name: Name, value: str) -> bool:
    if value in name.zh.casefold() or value in name.en.casefold() or name.id.casefold().startswith(value):
        return True
    return bool(_LATIN.fullmatch(value)) and name.initials.startswith(value)


Group = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a line asks for. ``groups`` as in ``CaseMatch``; ``numbers`` are
    case numbers as typed, ``persons`` names or telephones of reporters;
    ``words`` are to be shown where they were found."""

    groups: tuple[Group, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    numbers: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """True when nothing was asked for."""
        return not (self.groups or self.since or self.until or self.numbers or self.persons)


@dataclass
class _Reading:
    """The line on its way through."""

    lexicon: Lexicon
    now: datetime
    zone: tzinfo
    groups: list[Group] = field(default_factory=list)
    spans: list[query_times.Span] = field(default_factory=list)
    since: datetime | None = None
    until: datetime | None = None
    numbers: list[str] = field(default_factory=list)
    persons: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


def read(line: str, lexicon: Lexicon, now: datetime, zone: tzinfo) -> Wanted:
    """Understand a line. Raises ``Refusal('bad_usage')``: ``query_long``,
    ``query_field`` (no such field, with what is near), ``query_value`` (nothing
    of that name), ``query_empty`` (a field without a value), ``query_time``."""
    text = clean.narrow(line)
    if len(text) > MOST_CHARS:
        raise Refusal("bad_usage", "query_long", length=len(text), most=MOST_CHARS)
    pieces = _PIECE.findall(text)
    if len(pieces) > MOST_WORDS:
        raise Refusal("bad_usage", "query_many", words=len(pieces), most=MOST_WORDS)
    reading = _Reading(lexicon, now, zone)
    for piece in pieces:
        _take(reading, piece)
    return _wanted(reading)


def _wanted(reading: _Reading) -> Wanted:
    since, until = reading.since, reading.until
    for first, last in reading.spans:
        since = first if since is None else max(since, first)
        until = last if until is None else min(until, last)
    if since is not None and until is not None and until <= since:
        raise Refusal("bad_usage", "query_span", since=since, until=until)
    return Wanted(
        tuple(reading.groups),
        since,
        until,
        tuple(reading.numbers),
        tuple(reading.persons),
        tuple(dict.fromkeys(reading.words)),
    )


def _take(reading: _Reading, piece: str) -> None:
    head, sign, value = piece.partition(":")
    quoted = piece[0] in _QUOTES
    if sign and not quoted and not head.isdigit():
        kind = _BY_NAME.get(head.casefold())
        if kind is None:
            near = get_close_matches(head.casefold(), _BY_NAME, n=3, cutoff=0.5)
            known = near or [names[0] for names in FIELDS.values()]
            raise Refusal("bad_usage", "query_field", field=head, known=" ".join(f"{k}:" for k in known))
        if not value.strip(_QUOTES).strip():
            raise Refusal("bad_usage", "query_empty", field=head)
        _take_field(reading, head, kind, value)
        return
    _take_word(reading, piece.strip(_QUOTES), quoted)


def _take_word(reading: _Reading, word: str, quoted: bool) -> None:
    if not word.strip():
        return
    if not quoted:
        if reading.spans:
            hours = query_times.hours_of(word, reading.spans[-1], reading.zone)
            if hours is not None:
                reading.spans[-1] = hours
                return
        span = query_times.span_of(word, reading.now.astimezone(reading.zone).date(), reading.zone)
        if span is not None:
            reading.spans.append(span)
            return
        if _FULL.fullmatch(word) or _SHORT.fullmatch(word):
            reading.numbers.append(word)
            return
    reading.words.append(word)
    reading.groups.append(_meanings(reading.lexicon, word))


#: Kinds a bare word may also mean, beside being text.
_BARE: Final = ("state", "source", "team", "community", "officer", "camera")


def _meanings(lexicon: Lexicon, word: str) -> Group:
    """A bare word as text, or as anything of the site that has this name."""
    value = word.casefold()
    terms: list[tuple[str, str]] = [("", word)]
    for kind in _BARE:
        names = lexicon.exact(kind, value)
        if not names and kind not in ("state", "source") and len(value) > 1:
            names = [n for n in lexicon.like(kind, value) if value in n.zh.casefold()]
        terms += [(kind, name.id) for name in names]
    return tuple(dict.fromkeys(terms[:MOST_MEANT]))


def _take_field(reading: _Reading, head: str, kind: str, value: str) -> None:
    today = reading.now.astimezone(reading.zone).date()
    plain = value.strip(_QUOTES)
    if kind == "from":
        reading.since = query_times.from_of(plain, today, reading.zone)
    elif kind == "to":
        reading.until = query_times.to_of(plain, today, reading.zone)
    elif kind == "time":
        span = query_times.span_of(plain, today, reading.zone)
        if span is None:
            raise Refusal("bad_usage", "query_time", value=plain)
        reading.spans.append(span)
    elif kind == "number":
        reading.numbers.append(plain)
    elif kind == "person":
        reading.persons.append(plain)
    elif kind == "text":
        reading.words.append(plain)
        reading.groups.append((("", plain),))
    else:
        values = [one.strip(_QUOTES) for one in re.split(r"[,，、]", value) if one.strip(_QUOTES)]
        terms = [term for one in values for term in _named(reading.lexicon, head, kind, one)]
        reading.groups.append(tuple(dict.fromkeys(terms))[:MOST_MEANT])


def _named(lexicon: Lexicon, head: str, kind: str, value: str) -> list[tuple[str, str]]:
    """The terms for one value of a field. Raises ``query_value``."""
    wanted = value.casefold()
    if kind == "state" and wanted in _ENDED:
        return [("state", name.id) for name in lexicon.names if name.kind == "state" and name.id in _TERMINAL]
    if kind == "state" and wanted in _OPEN:
        return [
            ("state", name.id) for name in lexicon.names if name.kind == "state" and name.id not in _TERMINAL
        ]
    names: Sequence[Name] = lexicon.exact(kind, wanted)
    if kind == "condition":
        names = [*names, *lexicon.exact("category", wanted)]
    names = names or lexicon.like(kind, wanted)
    if not names:
        raise Refusal("bad_usage", "query_value", field=head, value=value, near=_near(lexicon, kind, wanted))
    return [(name.kind, name.id) for name in names]


_ENDED: Final = frozenset({"ended", "结束", "办结", "已办结", "完结"})
_OPEN: Final = frozenset({"open", "在办", "未结", "未办结"})
_TERMINAL: Final = frozenset({"closed", "rejected", "voided", "duplicate"})


def _near(lexicon: Lexicon, kind: str, wanted: str) -> str:
    """Names that are near what was typed, else the first ones there are."""
    zh = {name.zh: name.zh for name in lexicon.names if name.kind == kind}
    by_word = zh | {name.en.casefold(): name.en for name in lexicon.names if name.kind == kind and name.en}
    found = [by_word[word] for word in get_close_matches(wanted, by_word, n=4, cutoff=0.4)]
    return "、".join(dict.fromkeys(found or list(zh)[:6])) or "—"
