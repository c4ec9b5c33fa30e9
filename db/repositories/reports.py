"""Runs of planned reports: one row a plan and a period."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select, update

from console.services.report_records import ReportRun
from db.repositories.base import Repository, Row
from db.tables_reports import report_run

_FIELDS: Final = tuple(field.name for field in fields(ReportRun))
_COLUMNS: Final = [report_run.c[name] for name in _FIELDS]
_MAKING, _AGAIN, _DONE, _FAILED = "making", "again", "done", "failed"


class ReportRuns(Repository):
    """Implements ``ReportRunRepository``."""

    def claim(self, run: ReportRun, now: datetime) -> ReportRun | None:
        """A new row, or a free one taken over: both are one statement, so that
        of two programs at the same instant one gets it."""
        self._touch("report")
        row = _row(run) | {"state": _MAKING, "attempts": 1}
        insert = self._insert(report_run).values(**row).on_conflict_do_nothing()
        number = self._db.execute(insert.returning(report_run.c.id)).scalar()
        if number is None:
            c = report_run.c
            same = and_(c.plan == run.plan, c.period == run.period, _free(now))
            taken = {
                "state": _MAKING,
                "attempts": c.attempts + 1,
                "lease_by": run.lease_by,
                "lease_until": run.lease_until,
                "next_at": None,
            }
            number = self._db.execute(update(report_run).where(same).values(**taken).returning(c.id)).scalar()
        if number is None:
            return None
        return _run(self._db.execute(select(*_COLUMNS).where(report_run.c.id == number)).one())

    def settle(self, run: ReportRun) -> bool:
        """Only whoever still holds the lease."""
        self._touch("report")
        names = ("state", "next_at", "made_at", "files", "sent", "error")
        row = _row(run)
        values = {name: row[name] for name in names} | {"lease_until": None}
        return self._db.execute(update(report_run).where(_mine(run)).values(**values)).rowcount == 1

    def renew(self, run: ReportRun) -> bool:
        """A longer lease; nobody is told."""
        self._touch()
        query = update(report_run).where(_mine(run)).values(lease_until=run.lease_until)
        return self._db.execute(query).rowcount == 1

    def done(self, plan: str, periods: tuple[str, ...], now: datetime) -> frozenset[str]:
        """What is there and not free."""
        c = report_run.c
        query = select(c.period).where(c.plan == plan, c.period.in_(periods), ~_free(now))
        return frozenset(str(row.period) for row in self._db.execute(query))

    def newest(self, limit: int = 100) -> tuple[ReportRun, ...]:
        """By the end of their period."""
        c = report_run.c
        query = select(*_COLUMNS).order_by(c.end_at.desc(), c.id.desc()).limit(limit)
        return tuple(_run(row) for row in self._db.execute(query))

    def again(self, run_id: int, now: datetime) -> bool:
        """One that nobody is making; its tries are counted anew."""
        self._touch("report")
        c = report_run.c
        idle = and_(c.id == run_id, or_(c.state != _MAKING, c.lease_until <= now))
        values = {"state": _AGAIN, "next_at": now, "attempts": 0, "lease_until": None}
        return self._db.execute(update(report_run).where(idle).values(**values)).rowcount == 1


def _free(now: datetime) -> ColumnElement[bool]:
    c = report_run.c
    left = and_(c.state == _MAKING, or_(c.lease_until.is_(None), c.lease_until <= now))
    waited = and_(c.state == _AGAIN, or_(c.next_at.is_(None), c.next_at <= now))
    return or_(left, waited)


def _mine(run: ReportRun) -> ColumnElement[bool]:
    c = report_run.c
    return and_(c.id == run.id, c.lease_by == run.lease_by, c.attempts == run.attempts, c.state == _MAKING)


def _row(run: ReportRun) -> Row:
    row: Row = {name: getattr(run, name) for name in _FIELDS if name != "id"}
    row |= {"files": list(run.files), "sent": list(run.sent), "error": dict(run.error)}
    return row


def _run(row: Any) -> ReportRun:
    found = dict(row._mapping)
    found |= {"files": tuple(found["files"]), "sent": tuple(found["sent"])}
    return ReportRun(**found)
