"""Rows about evidence files."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from console.domain.model import Evidence
from db.repositories.base import Repository, chunks
from db.tables import evidence


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
