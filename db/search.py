"""Text search over cases with own tokens, alike on both databases.

FTS5's and PostgreSQL's tokenisers cut no Chinese and trigrams find no word of
two characters, so the program cuts the text itself: Chinese into bigrams (and
the last character of a run, so that one character finds something), the pinyin
initials of each run from every position, Latin words and digits. A query is
cut the same way; every piece must be found, the Latin ones as prefixes.

State, team, camera and the like are marks: one token each, under which a case
is found by its id. So one index answers every question, newest case first,
and stops when a page is full.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from sqlalchemy import Connection, bindparam, select, text

from console.domain.model import Case, EventDraft
from db.tables import case_said
from db.types import Instant

#: Groups of ``(kind, value)``: of each group one term must be found. Kind ``""``
#: is text, any other the kind of a mark.
Groups = Sequence[Sequence[tuple[str, str]]]
#: Begins the tokens of marks; no text is cut into it and nobody types it.
SIGN = "ƒ"

_PIECES = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+|[a-z]+|[0-9]+")
#: Initials are kept this far from each position; nobody types more.
_INITIALS = 12
#: Notes can be long; their beginning is searched.
_NOTE = 500
#: Longer lines are notes, and no two are alike.
_SHORT = 80
#: What is kept of all that was said about a case, in characters.
_SAID = 4000
#: No case of these is stored yet.
NEW: Final[Mapping[str, tuple[Words, str]]] = {}


def _is_chinese(piece: str) -> bool:
    return piece[0] >= "\u3400"


def prepare() -> None:
    """Load the dictionaries of pinyin. That takes a tenth of a second, and much
    longer on a busy machine: whoever will write does it before taking the lock
    for which everybody else waits."""
    _initials("预备")


@lru_cache(maxsize=4096)
def _initials(run: str) -> tuple[str, ...]:
    # Imported here: most command lines only read and never need them.
    from pypinyin import Style, lazy_pinyin

    letters = "".join(part[:1].lower() for part in lazy_pinyin(run, style=Style.FIRST_LETTER))
    return tuple(letters[i : i + _INITIALS] for i in range(len(letters) - 1))


def tokens(value: str) -> set[str]:
    """Every token under which ``value`` is found."""
    found: set[str] = set()
    for piece in _PIECES.findall(value.lower()):
        if not _is_chinese(piece):
            found.add(piece)
            if piece.isdigit():
                found.add(piece.lstrip("0") or "0")
            continue
        found.update(piece[i : i + 2] for i in range(len(piece) - 1))
        found.add(piece[-1])
        found.update(_initials(piece))
    return found


@lru_cache(maxsize=4096)
def _line_tokens(line: str) -> frozenset[str]:
    return frozenset(tokens(line))


def query_tokens(value: str) -> list[tuple[str, bool]]:
    """``(token, prefix?)`` of a query, all of which must be found."""
    found: list[tuple[str, bool]] = []
    for piece in _PIECES.findall(value.lower()):
        if not _is_chinese(piece) or len(piece) == 1:
            found.append((piece, True))
        else:
            found.extend((piece[i : i + 2], False) for i in range(len(piece) - 1))
    return found


@dataclass(frozen=True, slots=True)
class Words:
    """What of a case is searched. ``text`` is cut into tokens; ``marks`` are
    ``(kind, id)`` pairs which are found only as a whole, under their kind."""

    case_id: str
    text: str
    marks: frozenset[tuple[str, str]]


def words_of(case: Case) -> Words:
    """Number, names, place, codes and note as text; state, source, teams,
    camera, community, grid, class, condition and officers as marks."""
    code = case.category.code if case.category else ""
    parts = (
        case.name_zh,
        case.name_en,
        case.place,
        case.grid,
        case.community,
        case.camera,
        code,
        case.code_2013,
        case.condition_id,
        case.condition_zh,
        case.condition_en,
        case.owner,
        " ".join(case.teams),
        case.note[:_NOTE],
    )
    officers = {case.owner, case.filed_by, case.dispatched_by, case.closed_by}
    marks = {
        ("state", case.state.value),
        ("source", case.source.value),
        ("camera", case.camera),
        ("community", case.community),
        ("grid", case.grid),
        ("category", code),
        ("condition", case.condition_id),
        *(("team", team) for team in case.teams),
        *(("officer", name) for name in officers),
    }
    told = frozenset(mark for mark in marks if mark[1])
    return Words(case.id, "\n".join(part for part in parts if part), told)


@lru_cache(maxsize=4096)
def mark(kind: str, value: str) -> str:
    """The one token of a mark: a sign nobody types, the kind, the id spelt in
    letters and digits only."""
    spelt = "".join(c if c.isascii() and c.isalnum() else f"{SIGN}{ord(c):x}{SIGN}" for c in value.casefold())
    return f"{SIGN}{kind}{spelt}"


def tokens_of(words: Words, said: str = "") -> list[str]:
    """All tokens of a case, ``said`` being what people wrote about it since."""
    found = tokens(words.case_id)
    found.update([mark(*pair) for pair in words.marks])
    # Names, places and codes are the same in many cases.
    for line in words.text.split("\n"):
        found.update(_line_tokens(line) if len(line) <= _SHORT else tokens(line))
    if said:
        found.update(*map(_said_tokens, said.split("\n")))
    return sorted(found)


@lru_cache(maxsize=1024)
def _said_tokens(line: str) -> frozenset[str]:
    """Reasons are chosen from a list more often than not."""
    return frozenset(tokens(line))


def row_key(case_id: str) -> int:
    """The FTS5 row number of a case: its day and number as one integer."""
    day, _, number = case_id.partition("-")
    return int(day) * 1_000_000 + int(number)


def case_id_of(key: int) -> str:
    """The case of :func:`row_key`."""
    return f"{key // 1_000_000:08d}-{key % 1_000_000:04d}"


_SQLITE_PUT = text("INSERT INTO case_search(rowid, tokens) VALUES (:key, :tokens)")
#: The index keeps no text of its own, so it must be told what to forget.
_SQLITE_FORGET = text("INSERT INTO case_search(case_search, rowid, tokens) VALUES ('delete', :key, :tokens)")
_POSTGRES_PUT = text(
    "INSERT INTO case_search(case_id, key, tokens) VALUES (:id, :key, array_to_tsvector(:tokens)) "
    "ON CONFLICT (case_id) DO UPDATE SET tokens = excluded.tokens"
)


def index(
    connection: Connection, cases: Iterable[tuple[Words, str]], former: Mapping[str, tuple[Words, str]] = NEW
) -> None:
    """Store the tokens of cases, each with what was said about it. ``former``
    holds by id what was stored of those that are not new."""
    if connection.dialect.name == "sqlite":
        _index_sqlite(connection, cases, former)
        return
    put = [
        {"id": words.case_id, "key": row_key(words.case_id), "tokens": tokens_of(words, said)}
        for words, said in cases
    ]
    if put:
        connection.execute(_POSTGRES_PUT, put)


def _index_sqlite(
    connection: Connection, cases: Iterable[tuple[Words, str]], former: Mapping[str, tuple[Words, str]]
) -> None:
    """Only what differs is written: a step changes a mark or two."""
    gone, come = [], []
    for words, said in cases:
        key, now = row_key(words.case_id), set(tokens_of(words, said))
        before = former.get(words.case_id)
        was = set(tokens_of(*before)) if before is not None else set()
        if was - now:
            gone.append({"key": key, "tokens": " ".join(sorted(was - now))})
        if now - was:
            come.append({"key": key, "tokens": " ".join(sorted(now - was))})
    for statement, rows in ((_SQLITE_FORGET, gone), (_SQLITE_PUT, come)):
        if rows:
            connection.execute(statement, rows)


def said_of(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """What people wrote about cases after they were opened, by case."""
    query = select(case_said.c.case_id, case_said.c.words).where(case_said.c.case_id.in_(ids))
    return {row.case_id: row.words for row in connection.execute(query)}


def said_in(drafts: Iterable[EventDraft]) -> dict[str, str]:
    """Notes and reasons in events, by case; repeated ones once."""
    found: dict[str, list[str]] = {}
    for draft in drafts:
        for key in ("text", "reason"):
            value = draft.data.get(key)
            if isinstance(value, str) and value:
                found.setdefault(draft.case, []).append(value)
    return {case_id: said_by(lines) for case_id, lines in found.items()}


def said_by(lines: Iterable[str]) -> str:
    """What was said in these words, repeated ones once."""
    return "\n".join(dict.fromkeys(line[:_NOTE] for line in lines))


def joined(old: str, new: str) -> str:
    """What was said before and now, each line once, the newest kept when it
    grows too long."""
    lines = dict.fromkeys([*old.split("\n"), *new.split("\n")])
    return "\n".join(line for line in lines if line)[-_SAID:]


def sql_of(dialect: str, groups: Groups) -> str | None:
    """All groups, any term of each, in the query language of each database;
    ``None`` when nothing can match."""
    both, either = (" AND ", " OR ") if dialect == "sqlite" else (" & ", " | ")
    found = []
    for group in groups:
        terms = [one for kind, value in group if (one := _term(dialect, kind, value, both))]
        if not terms:
            return None
        found.append(f"({either.join(terms)})")
    return both.join(found) or None


def _term(dialect: str, kind: str, value: str, both: str) -> str:
    wanted = [(mark(kind, value), False)] if kind else query_tokens(value)
    quoted = []
    for token, prefix in wanted:
        if dialect == "sqlite":
            quoted.append(f'"{token}"{"*" if prefix else ""}')
        else:
            quoted.append(f"'{token}'{':*' if prefix else ''}")
    return f"({both.join(quoted)})" if quoted else ""


def condition(dialect: str) -> str:
    """SQL that is true for cases matching ``:search``."""
    if dialect == "sqlite":
        return (
            "(CAST(case_file.day AS INTEGER) * 1000000 + case_file.number) IN "
            "(SELECT rowid FROM case_search WHERE case_search MATCH :search)"
        )
    return "case_file.id IN (SELECT case_id FROM case_search WHERE tokens @@ CAST(:search AS tsquery))"


def keys(
    connection: Connection,
    wanted: str,
    bounds: tuple[int, int],
    exact: tuple[datetime | None, datetime | None],
    limit: int,
    only: Sequence[int] = (),
) -> list[int]:
    """Row keys of the newest ``limit`` cases that match, newest first.

    ``bounds`` are the first and last key looked at; ``exact`` narrows by the
    instant of opening, from–to; ``only`` names the keys to choose from. Both
    databases walk the index backwards and stop at the limit when much matches.
    """
    sqlite = connection.dialect.name == "sqlite"
    values: dict[str, object] = {"wanted": wanted, "low": bounds[0], "high": bounds[1], "most": limit}
    if sqlite:
        key, match = "rowid", "case_search MATCH :wanted"
        # By its full name: inside, a bare rowid would be the case's own.
        case = (
            "case_file.day = printf('%08d', case_search.rowid / 1000000) "
            "AND case_file.number = case_search.rowid % 1000000"
        )
    else:
        key, match = "key", "tokens @@ CAST(:wanted AS tsquery)"
        case = "case_file.id = case_search.case_id"
    where = [match, f"{key} BETWEEN :low AND :high"]
    inside = []
    kinds = []
    if only:
        where.append(f"{key} IN ({', '.join(map(str, only))})")
    for name, sign, at in (("since", ">=", exact[0]), ("until", "<", exact[1])):
        if at is not None:
            inside.append(f"case_file.opened_at {sign} :{name}")
            values[name] = at
            kinds.append(bindparam(name, type_=Instant))
    if inside:
        where.append(f"EXISTS (SELECT 1 FROM case_file WHERE {case} AND {' AND '.join(inside)})")
    statement = text(
        f"SELECT {key} FROM case_search WHERE {' AND '.join(where)} ORDER BY {key} DESC LIMIT :most"
    )
    return [int(row[0]) for row in connection.execute(statement.bindparams(*kinds), values)]


#: The index as revision 0013 made it on SQLite: no text, no places of words in
#: it, no lengths; a fifth of what FTS5 keeps otherwise. Which cases have a token
#: is all that is ever asked.
SQLITE_DDL: Final = (
    "CREATE VIRTUAL TABLE {name} USING fts5("
    "tokens, content='', detail=none, columnsize=0, tokenize='unicode61', prefix='1 2 3')"
)

#: DDL of the index as the first revision made it, by dialect.
DDL = {
    "sqlite": ("CREATE VIRTUAL TABLE case_search USING fts5(tokens, tokenize='unicode61', prefix='1 2 3')",),
    "postgresql": (
        "CREATE TABLE case_search (case_id varchar(20) PRIMARY KEY, tokens tsvector NOT NULL)",
        "CREATE INDEX ix_case_search_tokens ON case_search USING gin (tokens)",
    ),
}
