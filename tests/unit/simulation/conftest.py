"""A loaded district, made once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import db
from console.services.evidence import FileEvidenceStore
from console.services.people import Argon2Hasher
from console.services.vault import Vault
from console.simulation import district
from console.simulation.replay_clock import ReplayClock

#: A Thursday morning in the district: 10:30 local time.
MORNING = datetime(2026, 10, 22, 2, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the district and 36 cameras."""
    folder = tmp_path_factory.mktemp("district")
    path = folder / "district.sqlite"
    hasher = Argon2Hasher(time_cost=1, memory_kib=64, parallelism=1)
    with db.open_store(f"sqlite:///{path}", create=True, purpose="demo") as store:
        rows = district.camera_rows(36, username="operator")
        district.load(store.uows, ReplayClock(MORNING), hasher, Vault(folder / "key"), rows, "secret")
    return path


@pytest.fixture
def store(loaded: Path, tmp_path: Path) -> Iterator[db.Store]:
    """A district of the test's own."""
    shutil.copy(loaded, tmp_path / "district.sqlite")
    with db.open_store(f"sqlite:///{tmp_path / 'district.sqlite'}") as opened:
        yield opened


@pytest.fixture
def files(tmp_path: Path) -> FileEvidenceStore:
    """An evidence store of the test's own."""
    return FileEvidenceStore(tmp_path / "evidence", tmp_path / "spool")
