"""The fence between programs of different age at one database.

An upgrade writes into the database which programs may still write: those that
know its revision, and older ones only where every revision since theirs has
merely added what they need not know (``schema.ADDITIVE``). Each writing
transaction looks before it writes, so that no older console ever writes into a
schema it does not understand; it goes on reading and is told to restart.

On PostgreSQL a writer holds the upgrade's advisory lock shared while it writes,
and the upgrade holds it alone: nobody looks, is overtaken, and writes.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from console.domain.errors import Refusal
from db import schema

#: Key in the table ``site``: the oldest revision whose programs may write.
WRITERS = "writers_from"
_LOOK = f"SELECT value FROM site WHERE key = '{WRITERS}'"
_TRY = f"SELECT pg_try_advisory_xact_lock_shared({schema.LOCK}), ({_LOOK})"
_WAIT = f"SELECT pg_advisory_xact_lock_shared({schema.LOCK})"


@dataclass(frozen=True, slots=True)
class Standing:
    """A database beside this program: its revision, the one this program knows,
    and the oldest whose programs may write. All are texts that sort by age."""

    stored: str
    known: str
    writers_from: str

    @property
    def newer(self) -> bool:
        """The database was upgraded by a newer program."""
        return self.stored > self.known

    @property
    def may_write(self) -> bool:
        """Whether this program may still write."""
        return self.writers_from <= self.known


def demand(connection: Connection) -> None:
    """Called at the beginning of every writing transaction. Raises
    ``Refusal('db_newer', 'writing')`` for a program that must not write any
    more, ``db_locked`` while an upgrade takes longer than writers wait."""
    found: str | None
    if connection.dialect.name == "postgresql":
        free, found = connection.exec_driver_sql(_TRY).one()
        if not free:
            # An upgrade is at work: it ends before we write, and is then seen.
            connection.exec_driver_sql(_WAIT)
            found = connection.exec_driver_sql(_LOOK).scalar()
    else:
        found = connection.exec_driver_sql(_LOOK).scalar()
    if found is not None and found > schema.HEAD:
        raise Refusal("db_newer", "writing", found=found, known=schema.HEAD)


def standing(connection: Connection) -> Standing:
    """How the database stands beside this program."""
    stored = schema.stored(connection) or ""
    found = connection.execute(text(_LOOK)).scalar()
    return Standing(stored, schema.HEAD, str(found) if found else "")
