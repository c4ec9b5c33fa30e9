"""Column types: aware instants, closed word lists, JSON kept as text."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, TypeVar

from sqlalchemy import BigInteger, DateTime, Dialect, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from db.squeeze import text_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

W = TypeVar("W", bound=StrEnum)


def to_micros(at: datetime) -> int:
    """Whole microseconds since 1970 UTC; exact, unlike ``timestamp()``.
    Raises ``ValueError`` for a naive datetime."""
    if at.tzinfo is None:
        raise ValueError("a naive datetime has no place in the database")
    return (at - _EPOCH) // _MICROSECOND


def from_micros(value: int) -> datetime:
    """The aware UTC instant of :func:`to_micros`."""
    return _EPOCH + timedelta(microseconds=value)


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a naive datetime has no place in the database")
    return at.astimezone(UTC)


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant: ``timestamptz`` on PostgreSQL, integer
    microseconds since 1970 on SQLite (sortable, exact, and quick to read:
    SQLAlchemy's own type returns naive values there). Naive values raise."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column type of each database."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(BigInteger())

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """Python to database; one plain function, because lists are long."""
        convert: Callable[[datetime], Any] = _aware if dialect.name == "postgresql" else to_micros

        def bind(value: datetime | None) -> Any:
            return None if value is None else convert(value)

        return bind

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[Any], datetime | None]:
        """Database to Python."""
        if dialect.name == "postgresql":
            return _from_timestamptz
        return _from_integer


def _from_timestamptz(value: Any) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


def _from_integer(value: Any) -> datetime | None:
    return None if value is None else _EPOCH + timedelta(microseconds=value)


class Word(TypeDecorator[StrEnum]):
    """One word of a closed list; read back as its ``StrEnum`` member. An
    unknown word raises ``KeyError``: better a trace than a wrong state."""

    impl = String
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__(24)
        self.words = words

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """Members go in as their value."""

        def bind(value: Any) -> Any:
            return None if value is None else str(value)

        return bind

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[Any], Any]:
        """Values come out as members."""
        members = {member.value: member for member in self.words}

        def result(value: Any) -> Any:
            return None if value is None else members[value]

        return result


class Json(TypeDecorator[Any]):
    """JSON as text on both databases (sorted keys), so that what is hashed
    on one hashes alike on the other; never ``jsonb``, which reorders."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Tuples become lists."""
        return None if value is None else dump_json(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Lists stay lists; the repositories make tuples of them."""
        return None if value is None else json.loads(value)


class EventData(Json):
    """The data of an event: JSON as text, or squeezed on SQLite
    (``db.squeeze``). What can no longer be read comes back as
    :data:`UNREADABLE`, whose hash is no event's, so that a check of the chain
    names the event instead of ending at it."""

    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Text, whichever way it is kept."""
        try:
            return json.loads(text_of(value) if isinstance(value, bytes) else value)
        except (ValueError, TypeError):
            return dict(UNREADABLE)


#: Data of an event that somebody made unreadable.
UNREADABLE: Final = {"unreadable": True}


def dump_json(value: Any) -> str:
    """Compact JSON with sorted keys; Chinese stays readable."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
