"""Alembic's entry: runs on the connection ``db.schema`` hands over."""

from __future__ import annotations

from alembic import context

from db.schema import metadata


def run() -> None:
    """Run the revisions Alembic has chosen."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        render_as_batch=True,
        transactional_ddl=True,
    )
    context.run_migrations()


# The name under which Alembic executes this file; a plain import does nothing.
if __name__ == "env_py":
    run()
