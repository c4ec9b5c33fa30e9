"""Short ways to write columns in revisions. A revision is history: what is in
here is never changed, only added to."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from db.types import Instant

#: A counted key: SQLite fills only a plain INTEGER by itself.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def texts(names: str) -> list[sa.Column[Any]]:
    """Texts that may be empty, never null."""
    return [sa.Column(name, sa.Text, nullable=False, server_default="") for name in names.split()]


def times(names: str) -> list[sa.Column[Any]]:
    """Instants that may be missing."""
    return [sa.Column(name, Instant, nullable=True) for name in names.split()]


def stamps(names: str) -> list[sa.Column[Any]]:
    """Instants that are always there."""
    return [sa.Column(name, Instant, nullable=False) for name in names.split()]


def counts(names: str) -> list[sa.Column[Any]]:
    """Whole numbers that begin at 0."""
    return [count(name, "0") for name in names.split()]


def count(name: str, default: str) -> sa.Column[Any]:
    """A whole number with another beginning."""
    return sa.Column(name, sa.Integer, nullable=False, server_default=default)


def flags(names: str) -> list[sa.Column[Any]]:
    """Yes or no, no by default."""
    return [flag(name, "false") for name in names.split()]


def flag(name: str, default: str) -> sa.Column[Any]:
    """Yes or no."""
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.text(default))


def json_text(name: str, default: str) -> sa.Column[Any]:
    """JSON kept as text."""
    return sa.Column(name, sa.Text, nullable=False, server_default=default)
