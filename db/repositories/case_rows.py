"""Cases and clocks as rows, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import Connection, select

from console.domain.model import Case, CaseLink, CategoryKey, Deadline, Evidence, Limit, Mark
from console.domain.records import replace
from console.domain.vocabulary import OPEN, DeadlineKind, Severity
from db.repositories.base import Row, chunks
from db.tables import (
    CASE_COUNTS,
    CASE_FLAGS,
    CASE_TEXTS,
    CASE_TIMES,
    case_file,
    case_link,
    case_team,
    deadline,
)
from db.types import dump_json, from_micros, to_micros

#: Fields that are columns of the same name.
PLAIN: Final = (
    "id", "state", "source", "lon", "lat", *CASE_TEXTS, *CASE_TIMES, *CASE_COUNTS, *CASE_FLAGS, "version",
)  # fmt: skip
COLUMNS: Final = [case_file.c[name] for name in (*PLAIN, "cat_standard", "cat_kind", "cat_code")]
_CUT: Final = len(PLAIN)
_PLAIN_OF: Final = attrgetter(*PLAIN)

_CLOCK_COLUMNS: Final = [
    deadline.c[name]
    for name in (
        "case_id", "kind", "start_at", "limit_value", "limit_unit", "limit_version", "due_at", "warn_at",
        "met_at", "cancelled", "paused_since", "paused_s", "due_version", "times", "missed_before",
        "marks",
    )
]  # fmt: skip


def case_row(case: Case) -> Row:
    """The row of a case, with what is kept for sorting and cutting."""
    row: Row = dict(zip(PLAIN, _PLAIN_OF(case), strict=True))
    key = case.category
    row["cat_standard"] = key.standard if key else None
    row["cat_kind"] = key.kind if key else None
    row["cat_code"] = key.code if key else None
    row["headline_due"] = _headline_due(case)
    row["reported_cut"] = case.reported_at or case.found_at or case.opened_at
    row["due_cut"] = next((d.due_at for d in case.deadlines if d.kind is DeadlineKind.HANDLING), None)
    return row


def _alive(clock: Deadline) -> bool:
    return clock.running and clock.paused_since is None and clock.kind is not DeadlineKind.TOTAL


def _headline_due(case: Case) -> datetime | None:
    if case.state not in OPEN:
        return None
    return min((d.due_at for d in case.deadlines if _alive(d)), default=None)


def clock_row(case: Case, pos: int) -> Row:
    """The row of a case's deadline; ``next_at`` as if nothing were swept."""
    clock = case.deadlines[pos]
    return {
        "case_id": case.id,
        "kind": clock.kind,
        "pos": pos,
        "start_at": clock.start_at,
        "limit_value": clock.limit.value,
        "limit_unit": clock.limit.unit,
        "limit_version": clock.limit.version,
        "due_at": clock.due_at,
        "warn_at": clock.warn_at,
        "met_at": clock.met_at,
        "cancelled": clock.cancelled,
        "paused_since": clock.paused_since,
        "paused_s": clock.paused_s,
        "due_version": clock.due_version,
        "times": clock.times,
        "missed_before": clock.missed_before,
        "marks": marks_text(clock.marks),
        "next_at": _first_at(clock) if _alive(clock) and case.state in OPEN else None,
    }


def _first_at(clock: Deadline) -> datetime | None:
    if clock.marks is None:
        return clock.warn_at
    return clock.marks[0].at if clock.marks else None


def marks_text(marks: tuple[Mark, ...] | None) -> str:
    """Marks as they are stored: nothing for the usual two."""
    if marks is None:
        return ""
    return dump_json([[m.threshold, to_micros(m.at), m.severity.value, m.left_s] for m in marks])


def marks_of(text: str) -> tuple[Mark, ...] | None:
    """Marks as they were stored."""
    if not text:
        return None
    return tuple(Mark(row[0], from_micros(row[1]), Severity(row[2]), row[3]) for row in json.loads(text))


def team_rows(case: Case) -> list[Row]:
    """A case's teams in order."""
    return [{"case_id": case.id, "pos": pos, "team": team} for pos, team in enumerate(case.teams)]


def link_rows(case: Case) -> list[Row]:
    """A case's links in order."""
    return [
        {"case_id": case.id, "pos": pos, "other": link.id, "kind": link.kind}
        for pos, link in enumerate(case.links)
    ]


def _clock(row: Any) -> Deadline:
    made = Deadline(row[1], row[2], Limit(row[3], row[4], row[5]), *row[6:15])
    # Few have marks of their own, and a board reads forty thousand clocks.
    return replace(made, marks=marks_of(row[15])) if row[15] else made


def clocks_of(db: Connection, ids: Sequence[str]) -> Mapping[str, tuple[Deadline, ...]]:
    """Deadlines by case, in the case's own order."""
    found: dict[str, list[Deadline]] = {}
    for part in chunks(ids):
        query = select(*_CLOCK_COLUMNS).where(deadline.c.case_id.in_(part)).order_by(deadline.c.pos)
        for row in db.execute(query):
            found.setdefault(row[0], []).append(_clock(row))
    return {case_id: tuple(rows) for case_id, rows in found.items()}


def teams_of(db: Connection, ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """Team ids by case."""
    found: dict[str, list[str]] = {}
    for part in chunks(ids):
        query = select(case_team.c.case_id, case_team.c.team).where(case_team.c.case_id.in_(part))
        for case_id, team in db.execute(query.order_by(case_team.c.pos)):
            found.setdefault(case_id, []).append(team)
    return {case_id: tuple(rows) for case_id, rows in found.items()}


def links_of(db: Connection, ids: Sequence[str]) -> Mapping[str, tuple[CaseLink, ...]]:
    """Links by case."""
    found: dict[str, list[CaseLink]] = {}
    for part in chunks(ids):
        query = select(case_link.c.case_id, case_link.c.other, case_link.c.kind)
        query = query.where(case_link.c.case_id.in_(part)).order_by(case_link.c.pos)
        for case_id, other, kind in db.execute(query):
            found.setdefault(case_id, []).append(CaseLink(other, kind))
    return {case_id: tuple(rows) for case_id, rows in found.items()}


def build(
    rows: Sequence[Any],
    clocks: Mapping[str, tuple[Deadline, ...]],
    teams: Mapping[str, tuple[str, ...]],
    links: Mapping[str, tuple[CaseLink, ...]],
    evidence: Mapping[str, tuple[Evidence, ...]],
) -> list[Case]:
    """Cases from rows of :data:`COLUMNS` and what belongs to them."""
    made = []
    for row in rows:
        values = dict(zip(PLAIN, row, strict=False))
        case_id = row[0]
        made.append(
            Case(
                category=CategoryKey(*row[_CUT:]) if row[_CUT] is not None else None,
                deadlines=clocks.get(case_id, ()),
                teams=teams.get(case_id, ()),
                links=links.get(case_id, ()),
                evidence=evidence.get(case_id, ()),
                **values,
            )
        )
    return made
