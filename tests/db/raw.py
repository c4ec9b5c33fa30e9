"""What somebody with another tool does behind the program's back."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from db import urls
from tests import postgres


def run(url: str, *statements: str) -> None:
    """Execute SQL on a database without the program."""
    if urls.is_sqlite(urls.parse(url)):
        with closing(sqlite3.connect(urls.file_of(urls.parse(url)), isolation_level=None)) as connection:
            for statement in statements:
                connection.execute(statement)
        return
    with postgres.server().connect(postgres.name_of(url)) as raw:
        for statement in statements:
            raw.execute(statement)


def drop_trigger(url: str, name: str, table: str) -> None:
    """Drop a trigger, in each database's own words."""
    of_table = "" if urls.is_sqlite(urls.parse(url)) else f" ON {table}"
    run(url, f"DROP TRIGGER {name}{of_table}")
