"""Backups are whole or not there, and a restore overwrites nothing."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import db
from console.domain.errors import Refusal
from console.domain.model import Evidence
from console.domain.vocabulary import EvidenceKind
from db import admin, backup, pg_tools, urls
from tests import postgres
from tests.db import raw
from tests.db.building import NOW, case, draft

PICTURE = b"\xff\xd8 a picture of the road"
SHA = hashlib.sha256(PICTURE).hexdigest()


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    """An evidence store with one file, and one still being written."""
    root = tmp_path / "证据"
    (root / SHA[:2]).mkdir(parents=True)
    (root / SHA[:2] / f"{SHA}.jpg").write_bytes(PICTURE)
    (root / SHA[:2] / ".half.part").write_bytes(b"half")
    return root


def fill(store: db.Store, number: int = 3) -> None:
    file = Evidence("", "", EvidenceKind.SNAPSHOT, SHA, len(PICTURE), NOW)
    with store.uows.write() as unit:
        for _ in range(number):
            made = unit.cases.add(case(evidence=(file,)), "20260805")
            unit.events.append([draft(made.id)])
        unit.commit()


def ids(url: str) -> list[str]:
    from console.services.ports import CaseQuery

    with db.open_store(url) as store, store.uows.read() as unit:
        return sorted(item.id for item in unit.cases.find(CaseQuery()).rows)


def refused(call: Callable[[], object], code: str, detail: str) -> None:
    with pytest.raises(Refusal) as caught:
        call()
    assert (caught.value.code, caught.value.detail) == (code, detail)


def test_there_and_back(store: db.Store, url: str, kind: str, tmp_path: Path, evidence: Path) -> None:
    fill(store)
    before = admin.info(url)
    file = tmp_path / "backup.zip"
    told = admin.backup(url, file, evidence)
    assert told == {
        "file": str(file),
        "bytes": file.stat().st_size,
        "schema": before["schema"],
        "events": 3,
        "chain_ok": True,
        "chain_head": before["chain_head"],
        "evidence": {"files": 1, "bytes": len(PICTURE), "missing": []},
    }
    fill(store, 2)
    store.close()
    other = tmp_path / "other"
    back = admin.restore(url, file, other)
    assert (back["events"], back["chain_head"]) == (3, before["chain_head"])
    assert back["evidence"] == {"files": 1, "kept": 0}
    assert (other / SHA[:2] / f"{SHA}.jpg").read_bytes() == PICTURE
    assert ids(url) == [f"20260805-000{number}" for number in (1, 2, 3)]
    assert admin.check(url)["ok"]
    with db.open_store(url) as again:
        fill(again, 1)  # numbers and the chain go on from there
    assert ids(url)[-1] == "20260805-0004"
    # What was in the way is still there, whole.
    assert back["moved_aside"]
    if kind == "sqlite":
        assert admin.info(back["moved_aside"])["rows"]["case_file"] == 5
        assert admin.check(back["moved_aside"])["ok"]
    else:
        with postgres.server().connect(postgres.name_of(url)) as connection:
            row = connection.execute(f"SELECT count(*) FROM {back['moved_aside']}.case_file").fetchone()
        assert row == (5,)
    assert admin.restore(url, file, evidence)["evidence"] == {"files": 0, "kept": 1}


def test_into_an_empty_database(store: db.Store, url: str, empty_url: str, tmp_path: Path, kind: str) -> None:
    fill(store)
    file = tmp_path / "backup.zip"
    assert admin.backup(url, file)["evidence"] is None
    back = admin.restore(empty_url, file, tmp_path / "none")
    assert (back["moved_aside"], back["evidence"]) == ("", None)
    assert ids(empty_url) == ids(url)
    assert admin.check(empty_url, against=file)["ok"]
    assert not (tmp_path / "none").exists()
    leftovers = [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]
    assert leftovers == []


def test_a_backup_is_taken_while_others_write(store: db.Store, url: str, tmp_path: Path) -> None:
    from tests.db.test_processes import start

    fill(store)
    with start(url, "cases", 60) as process:
        assert process.stdout is not None
        process.stdout.readline()
        told = admin.backup(url, tmp_path / "backup.zip")
        process.stdout.read()
    assert process.returncode == 0
    assert told["chain_ok"]
    assert told["events"] == told["chain_head"]["seq"] >= 5
    assert admin.check(url, against=tmp_path / "backup.zip")["ok"]


def test_evidence_that_is_not_here_is_named(store: db.Store, url: str, tmp_path: Path) -> None:
    fill(store)
    told = admin.backup(url, tmp_path / "backup.zip", tmp_path / "empty")
    assert told["evidence"] == {"files": 0, "bytes": 0, "missing": [SHA]}


def test_the_next_backup_replaces_the_last_and_nothing_else(
    store: db.Store, url: str, tmp_path: Path
) -> None:
    file = tmp_path / "backup.zip"
    admin.backup(url, file)
    fill(store)
    assert admin.backup(url, file)["events"] == 3
    letter = tmp_path / "letter.txt"
    letter.write_text("dear all", "utf-8")
    refused(lambda: admin.backup(url, letter), "bad_file", "backup")
    refused(lambda: admin.backup(url, tmp_path / "no" / "folder.zip"), "bad_file", "place")
    refused(lambda: admin.backup(url, tmp_path), "bad_file", "place")
    assert letter.read_text("utf-8") == "dear all"


def test_a_broken_chain_is_backed_up_and_says_so(store: db.Store, url: str, tmp_path: Path) -> None:
    fill(store)
    raw.drop_trigger(url, "event_no_update", "event")
    raw.run(url, "UPDATE event SET actor = 'x' WHERE seq = 2")
    assert admin.backup(url, tmp_path / "backup.zip")["chain_ok"] is False
    store.close()
    admin.restore(url, tmp_path / "backup.zip")
    assert admin.check(url)["first_bad_seq"] == 2


def test_what_is_no_backup_is_refused(store: db.Store, url: str, tmp_path: Path) -> None:
    fill(store)
    store.close()
    letter = tmp_path / "letter.zip"
    letter.write_text("dear all", "utf-8")
    foreign = tmp_path / "foreign.zip"
    with zipfile.ZipFile(foreign, "w") as archive:
        archive.writestr("manifest.json", json.dumps({"format": "another"}))
    refused(lambda: admin.restore(url, letter), "bad_file", "backup")
    refused(lambda: admin.restore(url, foreign), "bad_file", "backup")
    refused(lambda: admin.restore(url, tmp_path / "nothing.zip"), "bad_file", "missing")
    assert len(ids(url)) == 3


def rewritten(file: Path, target: Path, change: Callable[[dict[str, Any], dict[str, bytes]], None]) -> Path:
    """A copy of a backup with something in it changed."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(parts["manifest.json"])
    change(manifest, parts)
    parts["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return target


def test_a_changed_backup_is_refused_and_nothing_is_moved(
    store: db.Store, url: str, kind: str, tmp_path: Path, evidence: Path
) -> None:
    fill(store)
    file = tmp_path / "backup.zip"
    admin.backup(url, file, evidence)
    store.close()
    entry = "database.sqlite" if kind == "sqlite" else "database.dump"

    def flip(manifest: dict[str, Any], parts: dict[str, bytes]) -> None:
        parts[entry] = parts[entry][:-1] + bytes([parts[entry][-1] ^ 1])

    def head(manifest: dict[str, Any], parts: dict[str, bytes]) -> None:
        manifest["chain_head"] = {"seq": 2, "hash": "0" * 64}

    def newer(manifest: dict[str, Any], parts: dict[str, bytes]) -> None:
        manifest["schema"] = "9999"

    def other(manifest: dict[str, Any], parts: dict[str, bytes]) -> None:
        manifest["database"] = "postgresql" if kind == "sqlite" else "sqlite"

    expected = (
        (flip, "db_corrupt", "backup"),
        (head, "db_corrupt", "backup"),
        (newer, "db_newer", "found"),
        (other, "bad_file", "other_database"),
    )
    for change, code, detail in expected:
        bad = rewritten(file, tmp_path / "bad.zip", change)
        refused(lambda bad=bad: admin.restore(url, bad), code, detail)
        assert len(ids(url)) == 3
        assert admin.check(url)["ok"]
    assert [path.name for path in tmp_path.iterdir() if "before-restore" in path.name] == []


def test_a_backup_cannot_write_outside_the_evidence(
    store: db.Store, url: str, tmp_path: Path, evidence: Path
) -> None:
    fill(store)
    file = tmp_path / "backup.zip"
    admin.backup(url, file, evidence)
    store.close()

    def escape(manifest: dict[str, Any], parts: dict[str, bytes]) -> None:
        manifest["evidence"] = {"../../escaped.jpg": SHA}
        parts["evidence/../../escaped.jpg"] = PICTURE

    bad = rewritten(file, tmp_path / "bad.zip", escape)
    refused(lambda: admin.restore(url, bad, tmp_path / "a" / "b"), "db_corrupt", "backup")
    assert list(tmp_path.rglob("escaped.jpg")) == []


def test_a_database_in_use_is_not_restored_over(store: db.Store, url: str, tmp_path: Path) -> None:
    fill(store)
    file = tmp_path / "backup.zip"
    admin.backup(url, file)
    with store.uows.read() as unit:
        assert unit.cases.resolve("1")
        refused(lambda: admin.restore(url, file), "db_locked", "open")
    with store.uows.write() as unit:
        unit.settings.put("a", "b")
        unit.commit()
    assert admin.check(url)["ok"]


def test_a_corrupt_file_is_moved_aside_too(tmp_path: Path, sqlite_template: Path) -> None:
    path = tmp_path / "fifteen.db"
    path.write_bytes(sqlite_template.read_bytes())
    admin.backup(str(path), tmp_path / "backup.zip")
    path.write_bytes(b"garbage" * 1000)
    back = admin.restore(str(path), tmp_path / "backup.zip")
    assert Path(back["moved_aside"]).read_bytes() == b"garbage" * 1000
    assert admin.check(str(path))["ok"]


def test_tools_older_than_the_server_are_refused() -> None:
    refused(lambda: pg_tools.find("pg_dump", 99), "db_unreachable", "tool")
    assert pg_tools.find("pg_dump", 9).endswith("pg_dump")


def test_the_copy_needs_no_write_ahead_log(sqlite_url: str, tmp_path: Path) -> None:
    with db.open_store(sqlite_url) as store:
        fill(store)
        backup.copy_sqlite(urls.file_of(urls.parse(sqlite_url)), tmp_path / "copy.db")
    assert not (tmp_path / "copy.db-wal").exists()
    with backup.plain(tmp_path / "copy.db") as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "delete"
