"""Rows about evidence files."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from console.domain.model import Evidence
from console.domain.retention import Piece
from console.domain.review import Standing
from console.domain.vocabulary import OPEN, Action, EvidenceKind
from db.repositories.base import Repository, chunks
from db.tables import case_file, event, evidence
from db.tables_reference import approval
from db.tables_review import review_item


class EvidenceRows(Repository):
    """Implements ``EvidenceRepository``."""

    def add(self, evidence: Evidence) -> Evidence:
        """Store the row; an empty id is given one. The same id twice is one."""
        return self.add_all((evidence,))[0]

    def add_all(self, rows: Sequence[Evidence]) -> tuple[Evidence, ...]:
        """Store rows that are not there yet, keeping their order."""
        if not rows:
            return ()
        self._touch("case")
        named = tuple(row if row.id else replace(row, id=uuid.uuid4().hex[:16]) for row in rows)
        have = self._db.execute(
            select(func.count()).select_from(evidence).where(evidence.c.case_id == named[0].case)
        ).scalar_one()
        values = [_values(row, have + i) for i, row in enumerate(named)]
        self._db.execute(self._insert(evidence).on_conflict_do_nothing(), values)
        return named

    def of_case(self, case_id: str) -> tuple[Evidence, ...]:
        """A case's evidence, oldest first."""
        return self.of_cases((case_id,)).get(case_id, ())

    def of_cases(self, ids: Sequence[str]) -> dict[str, tuple[Evidence, ...]]:
        """Evidence by case, for many cases at once."""
        found: dict[str, list[Evidence]] = {}
        for part in chunks(ids):
            query = select(evidence).where(evidence.c.case_id.in_(part)).order_by(evidence.c.pos)
            for row in self._db.execute(query):
                found.setdefault(row.case_id, []).append(evidence_row(row))
        return {case_id: tuple(rows) for case_id, rows in found.items()}

    def aged(self, before: Mapping[EvidenceKind, datetime]) -> tuple[Piece, ...]:
        """Files of these kinds taken before their instant, with what speaks for
        keeping them."""
        found: list[Piece] = []
        for kind, instant in before.items():
            query = _PIECES.where(evidence.c.kind == kind, evidence.c.captured_at < instant)
            found.extend(map(_piece, self._db.execute(query)))
        return self._guarded(found)

    def uses(self, digests: Sequence[str]) -> tuple[Piece, ...]:
        """Every use of these contents by any case."""
        found: list[Piece] = []
        for part in chunks(digests):
            found.extend(map(_piece, self._db.execute(_PIECES.where(evidence.c.sha256.in_(part)))))
        return self._guarded(found)

    def added_bytes(self, since: datetime) -> int:
        """Size of what was added since then, each row counted."""
        query = select(func.coalesce(func.sum(evidence.c.bytes), 0)).where(evidence.c.captured_at >= since)
        return int(self._db.execute(query).scalar_one())

    def _guarded(self, pieces: list[Piece]) -> tuple[Piece, ...]:
        ids = sorted({one.case for one in pieces if one.ended_at is not None})
        guards: dict[str, set[str]] = {}
        for part in chunks(ids):
            for name, query in _guards(part):
                for case_id in self._db.execute(query).scalars():
                    guards.setdefault(case_id, set()).add(name)
        return tuple(replace(one, guards=frozenset(guards.get(one.case, ()))) for one in pieces)


_PIECES = select(
    evidence.c.sha256,
    evidence.c.kind,
    evidence.c.bytes,
    evidence.c.case_id,
    evidence.c.captured_at,
    evidence.c.added_at,
    case_file.c.state,
    func.coalesce(case_file.c.closed_at, case_file.c.ended_at).label("ended_at"),
).join_from(evidence, case_file, evidence.c.case_id == case_file.c.id)


def _piece(row: Any) -> Piece:
    return Piece(
        sha256=row.sha256,
        kind=row.kind,
        bytes=row.bytes,
        case=row.case_id,
        added_at=max(row.captured_at, row.added_at or row.captured_at),
        ended_at=None if row.state in OPEN else row.ended_at,
    )


def _guards(ids: Sequence[str]) -> tuple[tuple[str, Select[Any]], ...]:
    """Reason → query for the cases, out of ``ids``, it holds for."""
    told = select(event.c.case_id).distinct().where(event.c.case_id.in_(ids))
    going = (Standing.WAITING, Standing.DISPUTED)
    reviews = select(review_item.c.case_id).where(review_item.c.case_id.in_(ids))
    asked = select(approval.c.case_id).where(approval.c.case_id.in_(ids), approval.c.state == "waiting")
    return (
        ("appeal", told.where(event.c.action == Action.APPEAL)),
        ("supervised", told.where(event.c.action == Action.SUPERVISE)),
        ("review", reviews.where(review_item.c.standing.in_([str(one) for one in going]))),
        ("request", asked),
    )


def _values(row: Evidence, pos: int) -> dict[str, Any]:
    return {
        "id": row.id,
        "case_id": row.case,
        "kind": row.kind,
        "sha256": row.sha256,
        "bytes": row.bytes,
        "captured_at": row.captured_at,
        "camera": row.camera,
        "clock_offset_s": row.clock_offset_s,
        "media_type": row.media_type,
        "added_by": row.added_by,
        "added_at": row.added_at,
        "pos": pos,
    }


def evidence_row(row: Any) -> Evidence:
    return Evidence(
        id=row.id,
        case=row.case_id,
        kind=row.kind,
        sha256=row.sha256,
        bytes=row.bytes,
        captured_at=row.captured_at,
        camera=row.camera,
        clock_offset_s=row.clock_offset_s,
        media_type=row.media_type,
        added_by=row.added_by,
        added_at=row.added_at,
    )
