"""A new database for each test, once on SQLite and once on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import db
from db import admin
from tests import postgres

KINDS = ["sqlite", "postgresql"]


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Which database the test runs on."""
    return str(request.param)


@pytest.fixture
def empty_url(kind: str, tmp_path: Path) -> Iterator[str]:
    """A database with nothing in it: no file yet on SQLite."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / '案件 库.db'}"
        return
    url = postgres.fresh_url()
    yield url
    postgres.drop(url)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with our schema, made once and copied."""
    path = tmp_path_factory.mktemp("template") / "fifteen.db"
    admin.init(str(path), "test")
    return path


@pytest.fixture(scope="session")
def fresh_store(sqlite_template: Path) -> Callable[[Path], db.Store]:
    """Open a new SQLite file with our schema: for tests that need many."""

    def opened(file: Path) -> db.Store:
        shutil.copy(sqlite_template, file)
        return db.open_store(f"sqlite:///{file}")

    return opened


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """An SQLite file with our schema, for what only SQLite has."""
    shutil.copy(sqlite_template, tmp_path / "fifteen.db")
    return f"sqlite:///{tmp_path / 'fifteen.db'}"


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database with our schema, purpose ``test``."""
    if kind == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    made = postgres.fresh_url("test")
    yield made
    postgres.drop(made)


@pytest.fixture
def store(url: str) -> Iterator[db.Store]:
    """The database, open."""
    with db.open_store(url) as opened:
        yield opened
