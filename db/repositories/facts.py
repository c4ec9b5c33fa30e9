"""Read side of the figures: light rows, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from console.domain.errors import Refusal
from console.domain.model import CaseFact
from console.domain.vocabulary import DeadlineKind, State
from db.repositories.base import Repository, chunks
from db.tables import case_file, case_team, deadline

_PAGE = 1000
_CUTS = {
    "reported": case_file.c.reported_cut,
    "filed": case_file.c.filed_at,
    "due": case_file.c.due_cut,
    "closed": case_file.c.closed_at,
}
_SAME = (
    "id state source community camera found_at reported_at opened_at filed_at dispatched_at arrived_at "
    "handled_at check_sent_at closed_at rework refusals extensions suspensions exempt mis_key"
).split()
_COLUMNS = [case_file.c[name] for name in _SAME] + [
    case_file.c.cat_kind,
    case_file.c.cat_code,
    case_file.c.filed_by,
    case_file.c.owner,
]
_CLOCK = [
    deadline.c[name]
    for name in "case_id kind start_at due_at met_at cancelled missed_before paused_since paused_s".split()
]


class Facts(Repository):
    """Implements ``FactsRepository``."""

    def facts(self, start: datetime, end: datetime, cut: str) -> Iterator[CaseFact]:
        """Cases whose ``cut`` lies in ``[start, end)``, oldest first, without
        mis-keys. ``reported`` falls back to found and opened; ``due`` is when
        the handling limit ends. ``team`` is the first team, ``category``
        ``kind:code``, ``officer`` who filed, else who owns the case.
        Raises ``Refusal('bad_usage', 'cut')`` for another cut."""
        column = _CUTS.get(cut)
        if column is None:
            raise Refusal("bad_usage", "cut", cut=cut)
        inside = (column >= start) & (column < end)
        query = select(case_file.c.id).where(inside, ~case_file.c.mis_key)
        ids = [
            row.id for row in self._db.execute(query.order_by(column, case_file.c.day, case_file.c.number))
        ]
        for part in chunks(ids, _PAGE):
            yield from self._page(part)

    def places_of_cases(self, since: datetime) -> tuple[tuple[str, float | None, float | None, int], ...]:
        """Counted by the database; a case that names its grid is not told by
        its place."""
        grid, lon, lat = case_file.c.grid, case_file.c.lon, case_file.c.lat
        many = func.count().label("many")
        counted = (case_file.c.opened_at >= since) & ~case_file.c.mis_key
        named = select(grid, many).where(counted, grid != "").group_by(grid)
        placed = select(lon, lat, many).where(counted, grid == "").group_by(lon, lat)
        found: list[tuple[str, float | None, float | None, int]] = [
            (row.grid, None, None, row.many) for row in self._db.execute(named)
        ]
        found += [("", row.lon, row.lat, row.many) for row in self._db.execute(placed)]
        return tuple(found)

    def _page(self, ids: Sequence[str]) -> Iterator[CaseFact]:
        first: dict[str, str] = {}
        teams = select(case_team).where(case_team.c.case_id.in_(ids), case_team.c.pos == 0)
        for row in self._db.execute(teams):
            first[row.case_id] = row.team
        clocks: dict[str, list[Any]] = {}
        for row in self._db.execute(select(*_CLOCK).where(deadline.c.case_id.in_(ids))):
            clocks.setdefault(row.case_id, []).append(row)
        rows = {row.id: row for row in self._db.execute(select(*_COLUMNS).where(case_file.c.id.in_(ids)))}
        for case_id in ids:
            yield _fact(rows[case_id], first.get(case_id, ""), clocks.get(case_id, []))


def _fact(row: Any, team: str, clocks: Sequence[Any]) -> CaseFact:
    values = dict(zip(_SAME, row, strict=False))
    deadlines: dict[str, tuple[datetime, datetime, datetime | None, bool]] = {}
    missed: list[str] = []
    paused: list[str] = []
    paused_s: dict[str, int] = {}
    for clock in clocks:
        kind: DeadlineKind = clock.kind
        deadlines[kind.value] = (clock.start_at, clock.due_at, clock.met_at, clock.cancelled)
        if clock.missed_before:
            missed.append(kind.value)
        if clock.paused_since is not None:
            paused.append(kind.value)
        if clock.paused_s:
            paused_s[kind.value] = clock.paused_s
    state: State = values["state"]
    return CaseFact(
        **values,
        team=team,
        category=f"{row.cat_kind}:{row.cat_code}" if row.cat_code else "",
        officer=row.filed_by or row.owner,
        voided=state is State.VOIDED,
        suspended=state is State.SUSPENDED,
        deadlines=deadlines,
        missed_before=tuple(missed),
        paused=tuple(paused),
        paused_s=paused_s,
    )
