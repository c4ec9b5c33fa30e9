"""Files in the evidence store, and what is kept encrypted."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from console.services.evidence import FileEvidenceStore, media_type
from console.services.vault import Vault
from tests.unit.services.test_cases import refused


@pytest.fixture
def store(tmp_path: Path) -> FileEvidenceStore:
    """A store and its spool."""
    return FileEvidenceStore(tmp_path / "root", tmp_path / "spool")


def left(folder: Path) -> list[str]:
    """Every file below a folder."""
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_a_file_lies_under_its_content(store: FileEvidenceStore, tmp_path: Path) -> None:
    photo = tmp_path / "Photo.JPG"
    photo.write_bytes(b"picture")
    sha256, size = store.put(photo)
    assert (sha256, size) == (hashlib.sha256(b"picture").hexdigest(), 7)
    assert left(tmp_path / "root") == [f"{sha256[:2]}/{sha256}.jpg"]
    assert left(tmp_path / "spool") == []
    assert store.put_bytes(b"picture", ".jpg") == (sha256, 7)
    assert len(left(tmp_path / "root")) == 1
    path = store.path(sha256)
    assert path is not None
    assert path.read_bytes() == b"picture"


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "a" * 63, "g" * 64, "A" * 64])
def test_only_a_hash_names_a_file(store: FileEvidenceStore, name: str) -> None:
    store.put_bytes(b"x", ".jpg")
    assert store.path(name) is None


def test_what_is_no_file_is_refused(store: FileEvidenceStore, tmp_path: Path) -> None:
    with refused("bad_file", "unreadable"):
        store.put(tmp_path / "none.jpg")
    with refused("bad_file", "unreadable"):
        store.put(tmp_path)
    (tmp_path / "empty.jpg").touch()
    with refused("bad_file", "empty_file"):
        store.put(tmp_path / "empty.jpg")
    assert left(tmp_path / "spool") == []


def test_a_full_disk_leaves_nothing_behind(
    store: FileEvidenceStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with refused("disk_full"):
        store.put_bytes(b"x", ".jpg")
    monkeypatch.undo()
    assert left(tmp_path / "spool") == []
    assert not (tmp_path / "root").exists()


def test_media_types_by_suffix() -> None:
    assert [media_type(n) for n in ("a.JPG", "b.jpeg", "c.mp4", "d")] == [
        "image/jpeg", "image/jpeg", "video/mp4", "application/octet-stream",
    ]  # fmt: skip


def test_a_secret_opens_only_where_it_was_sealed(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "data" / "fifteen.key")
    sealed = vault.seal("p@ss:w/rd 密码", "cam01")
    assert "p@ss" not in sealed
    assert Vault(tmp_path / "data" / "fifteen.key").open(sealed, "cam01") == "p@ss:w/rd 密码"
    assert (tmp_path / "data" / "fifteen.key").stat().st_mode & 0o777 == 0o600
    with refused("auth_failed", "key"):
        vault.open(sealed, "cam02")
    with refused("auth_failed", "key"):
        vault.open(sealed[:-4] + "AAAA", "cam01")
    with refused("auth_failed", "key"):
        Vault(tmp_path / "other.key").open(sealed, "cam01")


def test_a_new_key_on_top_still_opens_what_is_old(tmp_path: Path) -> None:
    file = tmp_path / "fifteen.key"
    old = Vault(file).seal("secret", "cam01")
    file.write_bytes(Fernet.generate_key() + b"\n" + file.read_bytes())
    fresh = Vault(file)
    assert fresh.open(old, "cam01") == "secret"
    new = fresh.seal("secret", "cam01")
    file.write_bytes(file.read_bytes().splitlines()[1])
    with refused("auth_failed", "key"):
        Vault(file).open(new, "cam01")


def test_equal_texts_have_equal_digests_under_one_key_only(tmp_path: Path) -> None:
    one, other = Vault(tmp_path / "a.key"), Vault(tmp_path / "b.key")
    assert one.digest("13800000000") == one.digest(" 13800000000 ")
    assert one.digest("13800000000") != one.digest("13800000001")
    assert one.digest("13800000000") != other.digest("13800000000")
