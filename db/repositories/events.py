"""The site's hash chain (DESIGN §9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, update

from console.domain import chain
from console.domain.model import Event, EventDraft
from db.repositories.audit import index
from db.repositories.base import Repository
from db.tables import chain_head, event

#: Events read at once while the whole chain is checked.
_STEP = 2000


class Events(Repository):
    """Implements ``EventLog``. Events are numbered when the unit commits."""

    def __init__(self, connection: Connection, touch: Any, still: bool = False) -> None:
        super().__init__(connection, touch, still)
        self._pending: list[tuple[EventDraft, Event]] = []
        self._head: tuple[int, str] | None = None

    def append(self, drafts: Sequence[EventDraft]) -> tuple[Event, ...]:
        """Keep ``drafts`` for the commit. The events returned have ``seq`` 0
        and no hash until :meth:`number` fills them in at the commit: only then
        is the chain's head locked, as the transaction's last lock."""
        if not drafts:
            return ()
        self._touch()
        made = [(draft, _waiting(draft)) for draft in drafts]
        self._pending.extend(made)
        return tuple(waiting for _, waiting in made)

    def pending(self) -> Sequence[EventDraft]:
        """What waits for the commit."""
        return [draft for draft, _ in self._pending]

    def number(self) -> None:
        """Give the pending events number and hash and store them in one go."""
        if not self._pending:
            return
        row = self._db.execute(select(chain_head.c.seq, chain_head.c.hash).with_for_update()).one()
        seq, previous = int(row.seq), str(row.hash)
        rows: list[dict[str, Any]] = []
        made: list[Event] = []
        for draft, waiting in self._pending:
            seq += 1
            linked = chain.link(previous, seq, draft)
            previous = linked.hash
            rows.append(_row(linked))
            made.append(linked)
            _fill(waiting, linked)
        self._db.execute(insert(event), rows)
        index(self._db, made)
        self._db.execute(update(chain_head).values(seq=seq, hash=previous))
        self._pending.clear()

    def of_case(self, case_id: str) -> tuple[Event, ...]:
        """A case's events in order, those of this unit at the end."""
        query = select(event).where(event.c.case_id == case_id).order_by(event.c.seq)
        stored = tuple(read_event(row) for row in self._db.execute(query))
        return stored + tuple(waiting for draft, waiting in self._pending if draft.case == case_id)

    def since(self, seq: int, limit: int = 1000) -> tuple[Event, ...]:
        """Stored events after ``seq``, at most ``limit``."""
        query = select(event).where(event.c.seq > seq).order_by(event.c.seq).limit(limit)
        return tuple(read_event(row) for row in self._db.execute(query))

    def head(self) -> tuple[int, str]:
        """Last stored seq and hash."""
        if self._head is not None:
            return self._head
        row = self._db.execute(select(chain_head.c.seq, chain_head.c.hash)).one()
        found = (int(row.seq), str(row.hash))
        if self._still:
            self._head = found
        return found


def read_chain(connection: Connection) -> Iterator[Event]:
    """Every stored event in order, read in steps."""
    last = -1
    while True:
        query = select(event).where(event.c.seq > last).order_by(event.c.seq).limit(_STEP)
        rows = connection.execute(query).all()
        if not rows:
            return
        for row in rows:
            yield read_event(row)
        last = int(rows[-1].seq)


def _waiting(draft: EventDraft) -> Event:
    return Event(
        seq=0,
        case=draft.case,
        at=draft.at,
        recorded_at=draft.recorded_at,
        actor=draft.actor,
        action=draft.action,
        data=draft.data,
        v=0,
        prev_hash="",
        hash="",
    )


def _fill(waiting: Event, linked: Event) -> None:
    """The record was handed out before its number could be known; this is its
    birth, not a change: nobody may rely on it before the commit."""
    for name in ("seq", "at", "recorded_at", "data", "v", "prev_hash", "hash"):
        object.__setattr__(waiting, name, getattr(linked, name))


def _row(linked: Event) -> dict[str, Any]:
    return {
        "seq": linked.seq,
        "case_id": linked.case,
        "at": linked.at,
        "recorded_at": linked.recorded_at,
        "actor": linked.actor,
        "action": linked.action,
        "data": linked.data,
        "v": linked.v,
        "prev_hash": linked.prev_hash,
        "hash": linked.hash,
    }


def read_event(row: Any) -> Event:
    """A stored row as the record it was."""
    return Event(
        seq=row.seq,
        case=row.case_id,
        at=row.at,
        recorded_at=row.recorded_at,
        actor=row.actor,
        action=row.action,
        data=row.data,
        v=row.v,
        prev_hash=row.prev_hash,
        hash=row.hash,
    )
