"""Columns that most tables have, under one way of writing them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, String, Text, text

from db.types import Instant, Json

#: An integer key that SQLite fills by itself and PostgreSQL counts in 64 bits.
Serial = BigInteger().with_variant(Integer(), "sqlite")


def serial_id(**more: Any) -> Column[Any]:
    """A counted primary key ``id``."""
    return Column("id", Serial, primary_key=True, autoincrement=True, **more)


def words(name: str, **more: Any) -> Column[Any]:
    """Text that may be empty but never null."""
    return Column(name, Text, nullable=False, server_default="", **more)


def count(name: str, default: int = 0) -> Column[Any]:
    """A whole number, never null."""
    return Column(name, Integer, nullable=False, server_default=str(default))


def flag(name: str, default: bool = False) -> Column[Any]:
    """Yes or no, never null."""
    return Column(name, Boolean, nullable=False, server_default=text("true" if default else "false"))


def instant(name: str, nullable: bool = True) -> Column[Any]:
    """An aware UTC instant."""
    return Column(name, Instant, nullable=nullable)


def json_text(name: str, default: str = "[]") -> Column[Any]:
    """JSON kept as text; a list unless said otherwise."""
    return Column(name, Json, nullable=False, server_default=default)


def of_case(**more: Any) -> Column[Any]:
    """The case a row belongs to."""
    return Column("case_id", String(20), ForeignKey("case_file.id"), nullable=False, **more)
