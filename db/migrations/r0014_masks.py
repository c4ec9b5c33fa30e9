"""Fourteenth revision: privacy masks of cameras, as it was when it was written."""

from __future__ import annotations

from alembic import op

from db.migrations.columns import json_text


def create() -> None:
    """A camera carries the parts of its picture nobody is to see."""
    op.add_column("camera", json_text("masks", "[]"))
