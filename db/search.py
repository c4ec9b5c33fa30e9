"""Text search over cases with own tokens, alike on both databases.

FTS5's and PostgreSQL's tokenisers cut no Chinese and trigrams find no word of
two characters, so the program cuts the text itself: Chinese into bigrams (and
the last character of a run, so that one character finds something), the pinyin
initials of each run from every position, Latin words and digits. A query is
cut the same way; every piece must be found, the Latin ones as prefixes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from sqlalchemy import Connection, text

from console.domain.model import Case

_PIECES = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+|[a-z]+|[0-9]+")
#: Initials are kept this far from each position; nobody types more.
_INITIALS = 12
#: Notes can be long; their beginning is searched.
_NOTE = 500


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


def query_tokens(value: str) -> list[tuple[str, bool]]:
    """``(token, prefix?)`` of a query, all of which must be found."""
    found: list[tuple[str, bool]] = []
    for piece in _PIECES.findall(value.lower()):
        if not _is_chinese(piece) or len(piece) == 1:
            found.append((piece, True))
        else:
            found.extend((piece[i : i + 2], False) for i in range(len(piece) - 1))
    return found


def case_text(case: Case) -> str:
    """What of a case is searched: number, names, place, codes, note."""
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
    return " ".join(part for part in parts if part)


def row_key(case_id: str) -> int:
    """The FTS5 row number of a case: its day and number as one integer."""
    day, _, number = case_id.partition("-")
    return int(day) * 1_000_000 + int(number)


_SQLITE_PUT = text("INSERT OR REPLACE INTO case_search(rowid, tokens) VALUES (:key, :tokens)")
_POSTGRES_PUT = text(
    "INSERT INTO case_search(case_id, tokens) VALUES (:id, array_to_tsvector(:tokens)) "
    "ON CONFLICT (case_id) DO UPDATE SET tokens = excluded.tokens"
)


def index(connection: Connection, cases: Iterable[tuple[str, str]]) -> None:
    """Store the tokens of ``(case id, text)`` pairs."""
    rows = [(case_id, sorted(tokens(value) | tokens(case_id))) for case_id, value in cases]
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(_SQLITE_PUT, [{"key": row_key(i), "tokens": " ".join(t)} for i, t in rows])
    else:
        connection.execute(_POSTGRES_PUT, [{"id": i, "tokens": t} for i, t in rows])


def condition(dialect: str) -> str:
    """SQL that is true for cases matching ``:search``."""
    if dialect == "sqlite":
        return (
            "(CAST(case_file.day AS INTEGER) * 1000000 + case_file.number) IN "
            "(SELECT rowid FROM case_search WHERE case_search MATCH :search)"
        )
    return "case_file.id IN (SELECT case_id FROM case_search WHERE tokens @@ CAST(:search AS tsquery))"


def expression(dialect: str, value: str) -> str | None:
    """The query language of each database for ``value``; ``None`` when there
    is nothing in it to look for."""
    wanted = query_tokens(value)
    if not wanted:
        return None
    if dialect == "sqlite":
        return " AND ".join(f'"{token}"{"*" if prefix else ""}' for token, prefix in wanted)
    return " & ".join(f"'{token}'{':*' if prefix else ''}" for token, prefix in wanted)


#: DDL of the index, by dialect.
DDL = {
    "sqlite": ("CREATE VIRTUAL TABLE case_search USING fts5(tokens, tokenize='unicode61', prefix='1 2 3')",),
    "postgresql": (
        "CREATE TABLE case_search (case_id varchar(20) PRIMARY KEY, tokens tsvector NOT NULL)",
        "CREATE INDEX ix_case_search_tokens ON case_search USING gin (tokens)",
    ),
}
