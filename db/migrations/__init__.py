"""Revisions of the schema, run by Alembic from code (``db.schema``)."""
