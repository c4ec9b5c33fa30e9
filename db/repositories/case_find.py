"""Finding cases: filters, text, thresholds, distance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, exists, func, select, text

from console.domain.geo import RADIUS_M, distance_m
from console.domain.model import CategoryKey
from console.domain.vocabulary import OPEN, State
from console.services.ports import CaseMatch, CaseQuery
from db import search
from db.repositories.base import CHUNK, chunks
from db.repositories.case_rows import COLUMNS
from db.tables import case_file, case_team, deadline

_DAY = timedelta(days=1)
#: Numbers of one day in a row key of the search index.
_PER_DAY = 1_000_000
_METRES_PER_DEGREE = math.pi * RADIUS_M / 180


def run(db: Connection, query: CaseQuery) -> tuple[Sequence[Any], int]:
    """Rows of :data:`COLUMNS` of one page, and how many match in all."""
    where, values = _where(db.dialect.name, query)
    if where is None:
        return (), 0
    total = int(db.execute(select(func.count()).select_from(case_file).where(*where), values).scalar_one())
    page = _ordered(select(*COLUMNS).where(*where), query.order)
    rows = db.execute(page.limit(query.limit).offset(query.offset), values).all()
    return rows, total


def _ordered(statement: Select[Any], order: str) -> Select[Any]:
    newest = (case_file.c.day.desc(), case_file.c.number.desc())
    if order == "due":
        # Written out because "nulls last" is not the default of both databases.
        return statement.order_by(case_file.c.headline_due.is_(None), case_file.c.headline_due, *newest)
    return statement.order_by(*newest)


def _where(dialect: str, query: CaseQuery) -> tuple[list[ColumnElement[bool]] | None, dict[str, Any]]:
    """Conditions and their values; ``None`` when nothing can match."""
    where: list[ColumnElement[bool]] = []
    values: dict[str, Any] = {}
    states = query.states or (OPEN if query.open_only else frozenset())
    if query.open_only:
        states = states & OPEN
    if query.states or query.open_only:
        where.append(case_file.c.state.in_(sorted(states)))
    if query.since is not None:
        where.append(case_file.c.opened_at >= query.since)
    if query.until is not None:
        where.append(case_file.c.opened_at < query.until)
    if query.community:
        where.append(case_file.c.community == query.community)
    if query.camera:
        where.append(case_file.c.camera == query.camera)
    if query.team:
        of_team = (case_team.c.case_id == case_file.c.id) & (case_team.c.team == query.team)
        where.append(exists().where(of_team))
    if query.ids:
        where.append(case_file.c.id.in_(query.ids))
    if query.text.strip():
        wanted = search.sql_of(dialect, [[("", query.text)]])
        if wanted is None:
            return None, {}
        where.append(text(search.condition(dialect)))  # type: ignore[arg-type]
        values["search"] = wanted
    return where, values


def matching_ids(db: Connection, query: CaseMatch) -> tuple[str, ...]:
    """Ids of the newest cases that match, at most ``query.bound``. Both
    databases stop walking as soon as they have so many."""
    low, high = _days(query)
    span = (low * _PER_DAY, high * _PER_DAY + _PER_DAY - 1)
    only = tuple(sorted(map(search.row_key, query.ids), reverse=True)[:CHUNK]) if query.ids else ()
    if query.groups:
        wanted = search.sql_of(db.dialect.name, query.groups)
        if wanted is None:
            return ()
        exact = (query.since, query.until)
        found = search.keys(db, wanted, span, exact, query.bound, only)
        return tuple(search.case_id_of(key) for key in found)
    where: list[ColumnElement[bool]] = [case_file.c.day.between(f"{low:08d}", f"{high:08d}")]
    if query.since is not None:
        where.append(case_file.c.opened_at >= query.since)
    if query.until is not None:
        where.append(case_file.c.opened_at < query.until)
    if query.ids:
        where.append(case_file.c.id.in_([search.case_id_of(key) for key in only]))
    newest = (case_file.c.day.desc(), case_file.c.number.desc())
    rows = db.execute(select(case_file.c.id).where(*where).order_by(*newest).limit(query.bound))
    return tuple(rows.scalars())


def _days(query: CaseMatch) -> tuple[int, int]:
    """Days of case numbers that can lie in the span, a day more at each end:
    which zone the office is in does not matter here."""
    low = int(f"{query.since - _DAY:%Y%m%d}") if query.since is not None else 0
    high = int(f"{query.until + _DAY:%Y%m%d}") if query.until is not None else 99_999_999
    return low, high


def crossing_ids(db: Connection, now: datetime, limit: int) -> list[str]:
    """Ids of cases that need a sweep at ``now``, earliest first."""
    # Grouped in SQL, SQLite walks every deadline there ever was; by the index
    # of what is still to come it reads only what is due. A case has a few
    # clocks, so some more rows than cases are asked for.
    coming = (deadline.c.next_at.is_not(None)) & (deadline.c.next_at <= now)
    clocks = select(deadline.c.case_id, deadline.c.next_at).where(coming)
    due: dict[str, datetime] = {}
    for case_id, at in db.execute(clocks.order_by(deadline.c.next_at).limit(4 * limit)):
        due.setdefault(case_id, at)
    over = (case_file.c.state == State.SUSPENDED) & (case_file.c.suspended_until <= now)
    ended = select(case_file.c.id, case_file.c.suspended_until).where(over).limit(limit)
    for case_id, at in db.execute(ended):
        due[case_id] = min(at, due.get(case_id, at))
    return sorted(due, key=lambda case_id: (due[case_id], case_id))[:limit]


def hold(db: Connection, ids: Sequence[str], skip: bool = False) -> Sequence[str]:
    """Lock the rows of these cases until the transaction ends; answers with
    those that are ours. ``skip``: not waiting for who has one; what he leaves
    is found again. SQLite's writer is alone anyway."""
    if db.dialect.name == "sqlite" or not ids:
        return ids
    ours: set[str] = set()
    for part in chunks(ids):
        rows = select(case_file.c.id).where(case_file.c.id.in_(part)).order_by(case_file.c.id)
        ours.update(db.execute(rows.with_for_update(key_share=True, skip_locked=skip)).scalars())
    return [case_id for case_id in ids if case_id in ours]


def next_crossing(db: Connection, after: datetime | None = None) -> datetime | None:
    """When the next sweep has something to do, or the next after ``after``."""
    clocks = select(func.min(deadline.c.next_at)).where(deadline.c.next_at.is_not(None))
    suspended = select(func.min(case_file.c.suspended_until)).where(case_file.c.state == State.SUSPENDED)
    if after is not None:
        clocks = clocks.where(deadline.c.next_at > after)
        suspended = suspended.where(case_file.c.suspended_until > after)
    ends = [at for query in (clocks, suspended) if (at := db.execute(query).scalar()) is not None]
    return min(ends, default=None)


def near_ids(
    db: Connection, key: CategoryKey, at: tuple[float, float], since: datetime, metres: float
) -> list[str]:
    """Ids of cases of one small class within ``metres``, nearest first."""
    lon, lat = at
    high = metres / _METRES_PER_DEGREE
    wide = high / max(math.cos(math.radians(lat)), 0.01)
    query = select(case_file.c.id, case_file.c.lon, case_file.c.lat).where(
        case_file.c.cat_code == key.code,
        case_file.c.cat_kind == key.kind,
        case_file.c.cat_standard == key.standard,
        case_file.c.opened_at >= since,
        case_file.c.lon.between(lon - wide, lon + wide),
        case_file.c.lat.between(lat - high, lat + high),
    )
    found = [(distance_m(at, (row.lon, row.lat)), row.id) for row in db.execute(query)]
    return [case_id for metre, case_id in sorted(found) if metre <= metres]
