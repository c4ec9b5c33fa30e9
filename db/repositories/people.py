"""Accounts, approvals that wait for a second person, and reporters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from console.domain.errors import Refusal
from console.domain.model import Approval, User
from console.services.ports import PersonRow
from db.repositories.base import Repository
from db.tables import case_file, case_person
from db.tables_reference import account, approval

_USER = tuple(field.name for field in fields(User))


class People(Repository):
    """Implements ``UserRepository``."""

    def all(self) -> tuple[User, ...]:
        """Every account, by name."""
        return tuple(_user(row) for row in self._db.execute(select(account).order_by(account.c.name)))

    def get(self, name: str) -> User | None:
        """One account, or ``None``."""
        row = self._db.execute(select(account).where(account.c.name == name)).first()
        return None if row is None else _user(row)

    def put(self, user: User) -> None:
        """Insert or replace by name; the stored version grows with a change."""
        self._touch("user")
        row = asdict(user)
        row.pop("version")
        self._put(account, [row], versioned=True)

    def ask(self, request: Approval) -> Approval:
        """Store a request; gives it its number."""
        self._touch("approval", "case")
        row = _approval_row(request)
        made = self._db.execute(insert(approval).values(**row)).inserted_primary_key
        return replace(request, id=int(made[0]) if made else 0)

    def approval(self, request_id: int) -> Approval | None:
        """One request, or ``None``."""
        row = self._db.execute(select(approval).where(approval.c.id == request_id)).first()
        return None if row is None else _approval(row)

    def waiting(self, case_id: str = "", hold: bool = False) -> tuple[Approval, ...]:
        """Requests nobody has answered, oldest first. ``hold`` keeps the case
        until the transaction ends, so that two do not ask for the same."""
        if hold:
            # SQLite has one writer anyway and leaves the lock out.
            self._db.execute(select(case_file.c.id).where(case_file.c.id == case_id).with_for_update())
        query = select(approval).where(approval.c.state == "waiting").order_by(approval.c.id)
        if case_id:
            query = query.where(approval.c.case_id == case_id)
        return tuple(_approval(row) for row in self._db.execute(query))

    def answer(self, request: Approval) -> None:
        """Compare-and-set from ``waiting``; raises ``Refusal('conflict')``."""
        self._touch("approval", "case")
        waiting = (approval.c.id == request.id) & (approval.c.state == "waiting")
        values = {
            "state": request.state,
            "answered_by": request.answered_by,
            "answered_at": request.answered_at,
        }
        if self._db.execute(update(approval).where(waiting).values(**values)).rowcount != 1:
            raise Refusal("conflict", "request", request=request.id, case=request.case)


class Persons(Repository):
    """Implements ``PersonRepository``: sealed text only, no clear name here."""

    def add(self, row: PersonRow) -> None:
        """Store a reporter."""
        self._touch("case")
        self._db.execute(insert(case_person).values(**_person_values(row)))

    def get(self, person_id: str) -> PersonRow | None:
        """One reporter, or ``None`` (never there, or erased)."""
        row = self._db.execute(select(case_person).where(case_person.c.id == person_id)).first()
        return None if row is None else _person(row)

    def with_key(self, key: str) -> tuple[PersonRow, ...]:
        """Reporters whose name or telephone has this keyed hash."""
        same = (case_person.c.phone_key == key) | (case_person.c.name_key == key)
        query = select(case_person).where(same).order_by(case_person.c.added_at)
        return tuple(_person(row) for row in self._db.execute(query))

    def older_than(self, at: datetime) -> tuple[PersonRow, ...]:
        """Reporters taken down before ``at``, for the retention limit."""
        query = select(case_person).where(case_person.c.added_at < at).order_by(case_person.c.added_at)
        return tuple(_person(row) for row in self._db.execute(query))

    def erase(self, ids: Sequence[str]) -> int:
        """Delete reporters; returns how many were there."""
        self._touch("case")
        return self._db.execute(delete(case_person).where(case_person.c.id.in_(ids))).rowcount


def _user(row: Any) -> User:
    values = row._mapping
    return User(**{name: values[name] for name in _USER})


def _approval_row(request: Approval) -> dict[str, Any]:
    row = {field.name: getattr(request, field.name) for field in fields(Approval)}
    row["case_id"] = row.pop("case")
    row["command"] = dict(request.command)
    row.pop("id")
    return row


def _approval(row: Any) -> Approval:
    values = dict(row._mapping)
    values["case"] = values.pop("case_id")
    return Approval(**values)


def _person_values(row: PersonRow) -> dict[str, Any]:
    values = asdict(row)
    values["case_id"] = values.pop("case")
    return values


def _person(row: Any) -> PersonRow:
    values = dict(row._mapping)
    values["case"] = values.pop("case_id")
    return PersonRow(**values)
