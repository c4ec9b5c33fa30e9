"""Samples of ended cases, and the long lists supervisors go through."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Text, and_, func, insert, or_, select, type_coerce, update

from console.domain.errors import Refusal
from console.domain.model import Event
from console.domain.review import Draw, EndedCase, Part, Review, Standing, Verdict
from console.domain.vocabulary import TERMINAL, Action, DeadlineKind, State
from console.services.review_records import CameraDown, LateRow, PlacedCase, ReviewQuery
from db.repositories.base import Repository, Row
from db.tables import case_file, case_team, deadline, event
from db.tables_cameras import camera_day
from db.tables_review import review_draw, review_item

#: Steps beside the usual way.
DEEDS: Final = (
    Action.VOID,
    Action.FORCE_CLOSE,
    Action.CORRECT,
    Action.EXTEND,
    Action.SUSPEND,
    Action.APPEAL,
    Action.REOPEN,
)
_DRAW: Final = tuple(field.name for field in fields(Draw))
_REVIEW: Final = {field.name: field.name for field in fields(Review)} | {"case": "case_id"}
_HANDS: Final = [case_file.c[name] for name in ("id", "owner", "filed_by", "dispatched_by", "closed_by")]
_NO_REPEAT: Final = (State.REJECTED, State.VOIDED, State.DUPLICATE)


class Reviews(Repository):
    """Implements ``ReviewRepository``."""

    # -- draws and reviews ------------------------------------------------------------

    def ended(self, start: datetime, end: datetime) -> tuple[EndedCase, ...]:
        """Cases that ended in ``[start, end)``, mis-keys left out."""
        c = case_file.c
        closed = select(*_HANDS).where(c.closed_at >= start, c.closed_at < end, c.state == State.CLOSED)
        other = select(*_HANDS).where(
            c.closed_at.is_(None), c.ended_at >= start, c.ended_at < end, ~c.mis_key
        )
        rows = {row.id: EndedCase(*row) for query in (closed, other) for row in self._db.execute(query)}
        return tuple(rows[one] for one in sorted(rows))

    def add(self, draw: Draw, reviews: Sequence[Review]) -> bool:
        """Store a draw with its reviews, unless the week has one."""
        self._touch("review")
        statement = self._insert(review_draw).values(**{name: getattr(draw, name) for name in _DRAW})
        stored = statement.on_conflict_do_nothing(index_elements=["week"]).returning(review_draw.c.week)
        if self._db.execute(stored).first() is None:
            return False
        if reviews:
            self._db.execute(insert(review_item), [_row(one) for one in reviews])
        return True

    def draw(self, week: str) -> Draw | None:
        """The draw of a week."""
        row = self._db.execute(select(review_draw).where(review_draw.c.week == week)).first()
        return None if row is None else Draw(**row._mapping)

    def draws(self, limit: int = 60) -> tuple[Draw, ...]:
        """The newest week first."""
        rows = self._db.execute(select(review_draw).order_by(review_draw.c.week.desc()).limit(limit))
        return tuple(Draw(**row._mapping) for row in rows)

    def get(self, review_id: str) -> Review | None:
        """One by its number."""
        row = self._db.execute(select(review_item).where(review_item.c.id == review_id)).first()
        return None if row is None else _review(row)

    def find(self, query: ReviewQuery) -> tuple[Review, ...]:
        """Newest week first, by number within it."""
        c = review_item.c
        wanted: list[ColumnElement[bool]] = []
        for column, value in ((c.week, query.week), (c.officer, query.officer), (c.case_id, query.case)):
            if value:
                wanted.append(column == value)
        if query.standing is not None:
            wanted.append(c.standing == query.standing.value)
        found = select(review_item).where(and_(True, *wanted)).order_by(c.week.desc(), c.id)
        return tuple(_review(row) for row in self._db.execute(found.limit(query.limit)))

    def save(self, review: Review, expected_version: int) -> Review:
        """Compare-and-set on the version, which grows by one."""
        self._touch("review")
        kept = replace(review, version=expected_version + 1)
        c = review_item.c
        same = (c.id == review.id) & (c.version == expected_version)
        if self._db.execute(update(review_item).where(same).values(**_row(kept))).rowcount != 1:
            raise Refusal("conflict", "review", review=review.id)
        return kept

    # -- lists to go through -----------------------------------------------------------

    def deeds(self, start: datetime, end: datetime, limit: int) -> tuple[Event, ...]:
        """Steps beside the usual way, recorded in ``[start, end)``, newest first."""
        c = event.c
        text = type_coerce(c.data, Text)
        beside = or_(c.action.in_(DEEDS), and_(c.case_id != "", text.like('%"manual":true%')))
        query = select(event).where(c.recorded_at >= start, c.recorded_at < end, beside)
        rows = self._db.execute(query.order_by(c.seq.desc()).limit(limit))
        return tuple(_event(row) for row in rows)

    def late(self, start: datetime, end: datetime, now: datetime, limit: int) -> tuple[LateRow, ...]:
        """Promises of cases filed in ``[start, end)`` that were broken, the
        longest overdue first; ``total`` is counted, never a promise of its own."""
        found = sorted(self._late(start, end, now), key=_overdue)
        return tuple(found[:limit])

    def _late(self, start: datetime, end: datetime, now: datetime) -> Iterator[LateRow]:
        for row in self._db.execute(_late_query(start, end, now)):
            until = row.met_at if row.met_at is not None else row.closed_at or row.ended_at or now
            yield LateRow(
                case=row.id,
                clock=row.kind.value,
                due_at=row.due_at,
                met_at=row.met_at,
                late_s=max(0.0, (until - row.due_at).total_seconds()),
                limit_value=row.limit_value,
                limit_unit=row.limit_unit.value,
                name_zh=row.name_zh,
                name_en=row.name_en,
                place=row.place,
                community=row.community,
                team=row.team or "",
                officer=row.filed_by or row.owner,
                exempt=row.exempt,
                cause=row.breach_cause,
                cause_words=row.breach_words,
            )

    def placed(self, since: datetime, until: datetime) -> tuple[PlacedCase, ...]:
        """Cases with a class and coordinates, oldest first."""
        c = case_file.c
        wanted = [c.id, c.cat_kind, c.cat_code, c.name_zh, c.name_en, c.place, c.community, c.lon, c.lat]
        query = select(*wanted, c.opened_at, c.state).where(
            c.opened_at >= since,
            c.opened_at < until,
            c.cat_code.is_not(None),
            c.lon.is_not(None),
            c.lat.is_not(None),
            ~c.mis_key,
            c.state.not_in(_NO_REPEAT),
        )
        rows = self._db.execute(query.order_by(c.opened_at, c.id))
        return tuple(PlacedCase(*row[:10], open=row.state not in TERMINAL) for row in rows)

    def cameras_down(self, first: str, last: str) -> tuple[CameraDown, ...]:
        """Sums over local days, the longest down first."""
        c = camera_day.c
        watched, live, flaps = func.sum(c.watched_s), func.sum(c.live_s), func.sum(c.flaps)
        within = c.day.between(first, last)
        query = select(c.camera, watched.label("w"), live.label("l"), flaps.label("f")).where(within)
        why: dict[str, str] = {}
        told = select(c.camera, c.last_reason).where(within, c.last_bad_at.is_not(None))
        for row in self._db.execute(told.order_by(c.last_bad_at)):
            why[row.camera] = row.last_reason
        found = [
            CameraDown(row.camera, row.w, max(0.0, row.w - row.l), int(row.f), why.get(row.camera, ""))
            for row in self._db.execute(query.group_by(c.camera))
        ]
        return tuple(sorted(found, key=_down))


def _late_query(start: datetime, end: datetime, now: datetime) -> Select[Any]:
    d, c = deadline.c, case_file.c
    open_still = and_(d.met_at.is_(None), ~d.cancelled, d.paused_since.is_(None), d.due_at < now)
    broken = or_(d.met_at > d.due_at, d.missed_before, open_still)
    first = and_(case_team.c.case_id == c.id, case_team.c.pos == 0)
    told = (
        "id name_zh name_en place community filed_by owner exempt closed_at ended_at "
        "breach_cause breach_words"
    ).split()
    columns = [*(c[name] for name in told), d.kind, d.due_at, d.met_at, d.limit_value, d.limit_unit]
    return (
        select(*columns, case_team.c.team)
        .select_from(case_file)
        .join(deadline, d.case_id == c.id)
        .outerjoin(case_team, first)
        .where(c.filed_at >= start, c.filed_at < end, d.kind != DeadlineKind.TOTAL, broken)
    )


def _overdue(row: LateRow) -> tuple[float, str, str]:
    return -row.late_s, row.case, row.clock


def _down(row: CameraDown) -> tuple[float, str]:
    return -row.down_s, row.camera


def _row(review: Review) -> Row:
    row = {column: getattr(review, name) for name, column in _REVIEW.items()}
    row["parts"] = [part.value for part in review.parts]
    row["standing"] = review.standing.value
    for name in ("verdict", "second"):
        row[name] = getattr(review, name).value if getattr(review, name) is not None else ""
    row["answers"] = dict(review.answers)
    return row


def _review(row: Any) -> Review:
    values = {name: getattr(row, column) for name, column in _REVIEW.items()}
    values["parts"] = tuple(Part(one) for one in row.parts)
    values["standing"] = Standing(row.standing)
    for name in ("verdict", "second"):
        values[name] = Verdict(values[name]) if values[name] else None
    return Review(**values)


def _event(row: Any) -> Event:
    data = json.loads(row.data) if isinstance(row.data, str) else row.data
    return Event(
        row.seq, row.case_id, row.at, row.recorded_at, row.actor, row.action, data, row.v,
        row.prev_hash, row.hash,
    )  # fmt: skip
