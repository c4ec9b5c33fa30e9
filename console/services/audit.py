"""The audit log: written within the transaction of what it tells, read by those
who answer for the site.

``write`` is called by the other services; an entry is stored or lost together
with the change it is about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Final, Protocol

from console.domain import audit
from console.domain.audit import Entry as Entry
from console.domain.audit import Kind as Kind
from console.domain.errors import Refusal
from console.domain.model import Actor
from console.i18n import LANGUAGES, t_in
from console.services import permissions
from console.services.audit_records import AuditPage as AuditPage
from console.services.audit_records import AuditQuery
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory

#: Most rows of one page.
MOST: Final = 5000


def write(uow: UnitOfWork, clock: Clock, actor: Actor | None, kind: Kind | str, /, **facts: object) -> None:
    """Add an entry to this transaction. ``actor`` is ``None`` where nobody is
    known (a failed sign-in under a name that does not exist). Facts are plain
    values; never a secret, never a name or number of a reporter. Raises
    ``ValueError`` for a kind that is not in the list or a fact named like a secret."""
    name, seat = (actor.name, actor.seat) if actor is not None else ("", "")
    uow.events.append([audit.draft(Kind(kind), name, seat, clock.now(), facts)])
    uow.touch("audit")


def changed(uow: UnitOfWork, clock: Clock, actor: Actor, what: str, **facts: object) -> None:
    """An entry of kind ``setting``: ``what`` was changed, with whatever tells how."""
    write(uow, clock, actor, Kind.SETTING, what=what, **facts)


def imported(
    uow: UnitOfWork, clock: Clock, actor: Actor, what: str, file: str, rows: Iterable[Judged]
) -> None:
    """An entry of kind ``import``: a table was taken in, so many rows of each outcome."""
    counts = Counter(row.action for row in rows)
    write(uow, clock, actor, Kind.IMPORT, what=what, file=file, rows=dict(counts))


class Judged(Protocol):
    """A row of a table that was judged."""

    @property
    def action(self) -> str: ...


class AuditLog:
    """Who may read the audit log, and how it is searched."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows, self._clock = uows, clock

    def search(
        self,
        actor: Actor,
        text: str = "",
        kinds: Iterable[Kind | str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 200,
        offset: int = 0,
        who: str = "",
    ) -> AuditPage:
        """Entries from ``since`` until before ``until``, newest first. ``text`` is found
        in accounts, workstations, facts and the names of the kinds in both
        languages; ``who`` is one account. Raises ``forbidden``, ``bad_value.audit_kind``."""
        permissions.demand(actor, "audit.read")
        text = " ".join(text.split()).casefold()
        query = AuditQuery(
            text=text,
            named=_named(text),
            kinds=frozenset(known(kind) for kind in kinds),
            who=who,
            since=since,
            until=until,
            limit=max(1, min(limit, MOST)),
            offset=max(0, offset),
        )
        with self._uows.read() as uow:
            return uow.audit.find(query)

    def exported(self, actor: Actor, what: str, file: str, *, right: str = "export", **facts: object) -> None:
        """``what`` is about to leave the house as a file, which needs ``right``."""
        permissions.demand(actor, right)
        with self._uows.write() as uow:
            write(uow, self._clock, actor, Kind.EXPORT, what=what, file=file, **facts)
            uow.commit()

    def taken(
        self,
        actor: Actor,
        file: str,
        text: str = "",
        kinds: Iterable[Kind | str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
        who: str = "",
    ) -> tuple[Entry, ...]:
        """Everything a search finds, to be written into ``file``, which is written
        into the log first. Raises as :meth:`search`."""
        permissions.demand(actor, "audit.read")
        kinds = [known(kind) for kind in kinds]
        with self._uows.write() as uow:
            write(uow, self._clock, actor, Kind.EXPORT, what="audit", file=file, text=text, kinds=kinds)
            uow.commit()
        found: list[Entry] = []
        while True:
            page = self.search(actor, text, kinds, since, until, MOST, len(found), who)
            found.extend(page.rows)
            if len(page.rows) < MOST:
                return tuple(found)


def known(kind: Kind | str) -> Kind:
    """A kind by its word; raises ``Refusal('bad_value', 'audit_kind')``."""
    try:
        return Kind(kind)
    except ValueError:
        raise Refusal("bad_value", "audit_kind", kind=kind, allowed=", ".join(Kind)) from None


def _named(text: str) -> frozenset[Kind]:
    """Kinds whose name on screen holds ``text``."""
    if not text:
        return frozenset()
    return frozenset(
        kind
        for kind in Kind
        if any(text in t_in(language, f"audit.kind.{kind.value}").casefold() for language in LANGUAGES)
    )
