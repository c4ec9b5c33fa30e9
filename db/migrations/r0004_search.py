"""Fourth revision: the search index knows states, teams and officers, and what
was said about a case; on PostgreSQL it is kept in the order of the cases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from db import search
from db.migrations.columns import texts

_STEP = 2000
_TEXTS = (
    "name_zh name_en place grid community camera cat_code code_2013 condition_id condition_zh "
    "condition_en owner note filed_by dispatched_by closed_by"
)
_POSTGRES = (
    "ALTER TABLE case_search ADD COLUMN key bigint",
    "UPDATE case_search SET key = CAST(f.day AS bigint) * 1000000 + f.number "
    "FROM case_file f WHERE f.id = case_search.case_id",
    "ALTER TABLE case_search ALTER COLUMN key SET NOT NULL",
    "CREATE UNIQUE INDEX ix_case_search_key ON case_search (key)",
)


def create() -> None:
    """Create the table and the order, and cut every case anew."""
    op.create_table(
        "case_said",
        sa.Column("case_id", sa.String(20), nullable=False),
        *texts("words"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_case_said_case_id_case_file"),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_said"),
    )
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        for statement in _POSTGRES:
            op.execute(statement)
    for rows in _bundles(connection):
        ids = [row.id for row in rows]
        teams, said = _teams(connection, ids), _said(connection, ids)
        told = [{"id": case_id, "words": words} for case_id, words in said.items()]
        if told:
            connection.execute(sa.text("INSERT INTO case_said (case_id, words) VALUES (:id, :words)"), told)
        _index(connection, [(_words(row, teams.get(row.id, [])), said.get(row.id, "")) for row in rows])


def _index(connection: sa.Connection, cases: list[tuple[search.Words, str]]) -> None:
    if connection.dialect.name != "sqlite":
        search.index(connection, cases)
        return
    # The index of that time kept its text and could be told to replace it.
    put = sa.text("INSERT OR REPLACE INTO case_search(rowid, tokens) VALUES (:key, :tokens)")
    rows = [
        {"key": search.row_key(words.case_id), "tokens": " ".join(search.tokens_of(words, said))}
        for words, said in cases
    ]
    if rows:
        connection.execute(put, rows)


def _bundles(connection: sa.Connection) -> Iterator[list[Any]]:
    columns = ", ".join(_TEXTS.split())
    query = sa.text(
        f"SELECT id, state, source, {columns} FROM case_file WHERE id > :last ORDER BY id LIMIT :n"
    )
    last = ""
    while rows := list(connection.execute(query, {"last": last, "n": _STEP})):
        yield rows
        last = rows[-1].id


def _of(connection: sa.Connection, statement: str, ids: list[str]) -> list[Any]:
    query = sa.text(statement).bindparams(sa.bindparam("ids", expanding=True))
    return list(connection.execute(query, {"ids": ids}))


def _teams(connection: sa.Connection, ids: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in _of(connection, "SELECT case_id, team FROM case_team WHERE case_id IN :ids", ids):
        found.setdefault(row.case_id, []).append(row.team)
    return found


def _said(connection: sa.Connection, ids: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    statement = "SELECT case_id, data FROM event WHERE case_id IN :ids ORDER BY seq"
    for row in _of(connection, statement, ids):
        data = json.loads(row.data)
        for key in ("text", "reason"):
            value = data.get(key)
            if isinstance(value, str) and value:
                found[row.case_id] = search.joined(found.get(row.case_id, ""), value)
    return found


def _words(row: Any, teams: list[str]) -> search.Words:
    values = row._mapping
    text = [values[name] for name in _TEXTS.split()[:13] if name != "note"]
    marks = {
        ("state", row.state),
        ("source", row.source),
        ("camera", row.camera),
        ("community", row.community),
        ("grid", row.grid),
        ("category", row.cat_code or ""),
        ("condition", row.condition_id),
        *(("team", team) for team in teams),
        *(("officer", values[name]) for name in ("owner", "filed_by", "dispatched_by", "closed_by")),
    }
    parts = [*text, *teams, row.note[:500]]
    return search.Words(row.id, " ".join(p for p in parts if p), frozenset(m for m in marks if m[1]))
