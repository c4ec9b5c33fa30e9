"""A backup is put back somewhere else and held against the live database."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

import db
from console import rehearsal
from console.clock import SystemClock
from console.domain.errors import Refusal
from console.domain.model import Evidence
from console.domain.vocabulary import Action, EvidenceKind
from console.services.evidence import FileEvidenceStore
from console.settings import Places
from db import admin, rehearse
from tests.db import raw
from tests.db.building import NOW, case, draft


@pytest.fixture
def backup(store: db.Store, url: str, tmp_path: Path) -> Path:
    """Three cases with a file each, backed up."""
    files = FileEvidenceStore(tmp_path / "evidence", tmp_path / "spool")
    with store.uows.write() as unit:
        for word in (b"one", b"two", b"three"):
            sha, size = files.put_bytes(word, ".jpg")
            made = unit.cases.add(
                case(evidence=(Evidence("", "", EvidenceKind.AFTER, sha, size, NOW),)), "20260805"
            )
            unit.events.append([draft(made.id)])
        unit.commit()
    file = tmp_path / "backup.zip"
    assert admin.backup(url, file, tmp_path / "evidence")["chain_ok"]
    return file


def run(url: str, file: Path, tmp_path: Path) -> dict[str, object]:
    return rehearsal.run(Places(url, tmp_path, tmp_path), file, SystemClock(), tmp_path)


def databases(url: str) -> list[str]:
    """Databases made for trial that are still on the server."""
    if url.startswith("sqlite"):
        return []
    made = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with made.connect() as connection:
        rows = connection.execute(
            text("SELECT datname FROM pg_database WHERE datname LIKE 'fifteen_rehearsal%'")
        )
        found = list(rows.scalars())
    made.dispose()
    return found


def test_a_good_backup_passes_and_nothing_is_left_behind(
    store: db.Store, url: str, backup: Path, tmp_path: Path
) -> None:
    before = admin.info(url)
    with store.uows.write() as unit:
        unit.events.append([draft("20260805-0001", Action.NOTE)])
        unit.commit()
    found = run(url, backup, tmp_path)
    assert found["ok"] is True
    assert (found["chain_same"], found["schema"]) == (True, before["schema"])
    assert found["evidence"] == {"files": 3, "bytes": 11, "bad": [], "missing": []}
    record = {row["id"]: row for row in found["record"]}  # type: ignore[attr-defined]
    assert record["cases"] == {"id": "cases", "backup": 3, "live": 3, "same": True}
    assert found["later"] == 1, "one case has moved on since"
    assert len(found["figures"]) > 20  # type: ignore[arg-type]
    assert not list(tmp_path.glob("fifteen-rehearsal-*"))
    assert databases(url) == []
    with store.uows.read() as unit:
        assert len(unit.events.of_case("20260805-0001")) == 2, "the live database is as it was"


def test_damaged_evidence_and_another_chain_do_not_pass(
    store: db.Store, url: str, backup: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.zip"
    with zipfile.ZipFile(backup) as good, zipfile.ZipFile(broken, "w") as bad:
        for name in good.namelist():
            data = good.read(name)
            if name == "manifest.json":
                manifest = json.loads(data)
                first = next(iter(manifest["evidence"]))
                manifest["evidence"][first] = "0" * 64
                data = json.dumps(manifest).encode()
            bad.writestr(name, data)
    found = run(url, broken, tmp_path)
    assert found["ok"] is False
    assert len(found["evidence"]["bad"]) == 1  # type: ignore[index]
    # Somebody puts another history in the place of the live one.
    raw.drop_trigger(url, "event_no_update", "event")
    raw.run(url, f"UPDATE event SET hash = '{'f' * 64}' WHERE seq = 3")
    found = run(url, backup, tmp_path)
    assert (found["ok"], found["chain_same"]) == (False, False)


def test_what_is_no_backup_or_has_no_room_is_refused(
    url: str, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = tmp_path / "nothing.zip"
    nothing.write_bytes(b"PK")
    with pytest.raises(Refusal) as refused:
        run(url, nothing, tmp_path)
    assert refused.value.code == "bad_file"
    full = shutil._ntuple_diskusage(1000, 1000, 0)  # type: ignore[attr-defined]
    monkeypatch.setattr(rehearse.shutil, "disk_usage", _gives(full))
    with pytest.raises(Refusal) as small:
        run(url, backup, tmp_path)
    assert small.value.code == "disk_full"


def _gives(value: object) -> object:
    def give(_path: object) -> object:
        return value

    return give
