"""Another key: everything encrypted opens as before, with the new key alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import db
from console.clock import SystemClock
from console.domain.errors import Refusal
from console.domain.model import Actor
from console.domain.vocabulary import Role
from console.services.cameras import CameraService
from console.services.key_rotation import KeyRotation
from console.services.notify_settings import NotifySettings
from console.services.persons import Caller, PersonService
from console.services.vault import Vault
from db import Store
from tests.db import building

ADMIN = Actor("zhao.min", Role.ADMIN)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with db.open_store(url) as made:
        yield made


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "fifteen.key")


def filled(store: Store, vault: Vault) -> CameraService:
    """Cameras with passwords old and new, a reporter, the key of the webhook."""
    cameras = CameraService(store.uows, SystemClock(), vault)
    cameras.add(ADMIN, {"id": "a", "name": "a", "url": "rtsp://u:first@10.0.0.1/1"})
    cameras.set_many(ADMIN, ("a",), {"password": "second"})
    NotifySettings(store.uows, SystemClock(), vault).put(ADMIN, "webhook.secret", "hook-word")
    with store.uows.write() as uow:
        case = uow.cases.add(building.case(), "20260805")
        row = PersonService(store.uows, SystemClock(), vault).sealed(
            "p1", case.id, Caller("王大爷", "13800138000")
        )
        uow.persons.add(row)
        uow.commit()
    return cameras


def test_everything_opens_with_the_new_key_alone(store: Store, vault: Vault, tmp_path: Path) -> None:
    cameras = filled(store, vault)
    old = (tmp_path / "fifteen.key").read_bytes()
    running = Vault(tmp_path / "fifteen.key")
    assert running.digest("x") == vault.digest("x")
    done = KeyRotation(store.uows, SystemClock(), vault).rotate(ADMIN)
    assert (done.sealed, done.unreadable, done.retired) == (3, (), 1)
    new = (tmp_path / "fifteen.key").read_bytes()
    assert old not in new
    assert len(new.split()) == 1
    assert (tmp_path / "fifteen.key").stat().st_mode & 0o77 == 0
    assert (tmp_path / "fifteen.key.retired").read_bytes() == old
    assert (tmp_path / "fifteen.key.retired").stat().st_mode & 0o77 == 0
    # A program that was running meanwhile sees the new key at its next use.
    with store.uows.read() as uow:
        card = uow.cameras.get("a")
        people = uow.persons.with_key(running.digest("13800138000"))
        settings = NotifySettings(store.uows, SystemClock(), running).config(uow)
    assert card is not None
    assert running.open(card.secret, "a") == "second"
    assert [running.open(row.name_sealed, row.id) for row in people] == ["王大爷"]
    assert settings.sealed == ()
    # What is taken back brings the password of then.
    cameras.undo(ADMIN)
    with store.uows.read() as uow:
        back = uow.cameras.get("a")
    assert back is not None
    assert running.open(back.secret, "a") == "first"


def test_other_workstations_first_get_the_new_key(store: Store, vault: Vault, tmp_path: Path) -> None:
    filled(store, vault)
    rotation = KeyRotation(store.uows, SystemClock(), vault)
    assert rotation.rotate(ADMIN, keep_old=True).retired == 0
    assert vault.keys() == 2
    # Interrupted or asked again: no third key.
    assert rotation.rotate(ADMIN, keep_old=True).sealed == 3
    assert vault.keys() == 2
    assert rotation.finish(ADMIN) == 1
    assert vault.keys() == 1
    assert rotation.finish(ADMIN) == 0
    with pytest.raises(Refusal) as said:
        rotation.rotate(Actor("li.na", Role.LEADER))
    assert said.value.code == "forbidden"


def test_what_no_key_opens_is_named_and_keeps_the_old_keys(
    store: Store, vault: Vault, tmp_path: Path
) -> None:
    filled(store, vault)
    with store.uows.write() as uow:
        card = uow.cameras.get("a")
        assert card is not None
        stranger = Vault(tmp_path / "other.key").seal("x", "a")
        uow.cameras.put([type(card)("b", "b", "rtsp://10.0.0.1/2", secret=stranger)])
        uow.commit()
    done = KeyRotation(store.uows, SystemClock(), vault).rotate(ADMIN)
    assert (done.sealed, done.unreadable, done.retired) == (3, ("camera b",), 0)
    assert vault.keys() == 2
