"""The site's cameras as an administrator changes them, on both databases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import db
from console.clock import SystemClock
from console.domain.errors import Refusal
from console.domain.masks import rectangle
from console.domain.model import Actor, Camera, Place
from console.domain.vocabulary import Role
from console.services.cameras import CameraService
from console.services.vault import Vault
from db import Store
from tests.db import building

ADMIN, OFFICER, KIOSK = (
    Actor("zhao.min", Role.ADMIN),
    Actor("li.na", Role.DUTY),
    Actor("screen", Role.KIOSK),
)
HIK = {"id": "cam1", "name": "镜湖大道口", "vendor": "海康威视", "host": "10.0.0.7:8000", "channel": "3"}
WORD = "p@ss/w#rd:1"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with db.open_store(url) as made:
        with made.uows.write() as uow:
            uow.reference.put_places([Place("community", "c1", "东关社区", "Dongguan")])
            uow.commit()
        yield made


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "fifteen.key")


@pytest.fixture
def service(store: Store, vault: Vault) -> CameraService:
    return CameraService(store.uows, SystemClock(), vault)


def stored(store: Store) -> Mapping[str, Camera]:
    with store.uows.read() as uow:
        return {one.id: one for one in uow.cameras.all()}


def refused(caught: pytest.ExceptionInfo[Refusal]) -> tuple[str, str]:
    return caught.value.code, caught.value.detail


def test_added_changed_in_bulk_and_taken_back(store: Store, service: CameraService, vault: Vault) -> None:
    service.add(ADMIN, {**HIK, "username": "admin", "password": WORD, "community": "东关社区"})
    url = f"rtsp://admin:{WORD}@10.0.0.8:8554/live/2?x=1"
    service.add(ADMIN, {"id": "cam2", "name": "二号", "url": url, "groups": "城区；重点、城区"})
    cards = {card.camera.id: card for card in service.table(ADMIN).rows}
    one, two = cards["cam1"].camera, cards["cam2"].camera
    assert (one.url, one.url_sub) == (
        "rtsp://10.0.0.7:554/Streaming/Channels/301",
        "rtsp://10.0.0.7:554/Streaming/Channels/302",
    )
    assert (one.vendor, one.host, one.community, one.secret) == ("hikvision", "10.0.0.7:8000", "c1", "")
    assert (two.url, two.username, two.groups) == (
        "rtsp://10.0.0.8:8554/live/2?x=1",
        "admin",
        ("城区", "重点"),
    )
    assert all(vault.open(row.secret, name) == WORD for name, row in stored(store).items())
    assert cards["cam1"].has_password
    assert {card.camera.username for card in service.table(KIOSK).rows} == {""}

    seen = {name: row.version for name, row in stored(store).items()}
    values = {"groups+": "夜巡", "groups-": "城区", "segment": "s1"}
    bulk = service.set_many(ADMIN, ("cam1", "cam2"), values, seen)
    assert bulk.cameras == ("cam1", "cam2")
    assert [one.groups for one in stored(store).values()] == [("夜巡",), ("重点", "夜巡")]
    with pytest.raises(Refusal) as late:
        service.set_many(ADMIN, ("cam1", "cam2"), {"road": "x"}, seen)
    assert refused(late) == ("conflict", "camera")
    assert service.set_many(ADMIN, ("cam1",), {"segment": "s1"}).number == 0, "nothing was different"

    # Somebody changes one of them again: only the other goes back.
    service.set_many(ADMIN, ("cam2",), {"segment": "s2"})
    undone = service.undo(ADMIN, bulk.number)
    assert (undone.cameras, undone.kept) == (("cam1",), ("cam2",))
    assert (stored(store)["cam1"].groups, stored(store)["cam1"].segment) == ((), "")
    assert stored(store)["cam2"].segment == "s2"
    with pytest.raises(Refusal) as twice:
        service.undo(ADMIN, bulk.number)
    assert refused(twice) == ("conflict", "camera_undone")
    # Taking back is a change like any other.
    service.undo(ADMIN)
    assert stored(store)["cam1"].segment == "s1"
    with store.uows.read() as uow:
        told = [(e.facts["what"], e.facts.get("cameras")) for e in _audit(uow)]
    assert told == [("add", 1), ("add", 1), ("bulk", 2), ("edit", 1), ("undo", 1), ("undo", 1)]


def _audit(uow: db.unit.Unit) -> list[object]:
    from console.services.audit_records import AuditQuery

    return list(reversed(uow.audit.find(AuditQuery()).rows))


def test_a_new_device_in_the_same_place(store: Store, service: CameraService, vault: Vault) -> None:
    service.add(ADMIN, {**HIK, "username": "admin", "password": WORD, "groups": "城区"})
    service.put_masks(ADMIN, "cam1", [rectangle(0, 0, 1000, 1000)], seen=1)
    done = service.replace(ADMIN, "cam1", {"vendor": "大华", "host": "10.0.0.9", "channel": "1"}, "坏了")
    new = stored(store)["cam1"]
    assert new.url == "rtsp://10.0.0.9:554/cam/realmonitor?channel=1&subtype=0"
    assert (new.name, new.groups, new.secret, new.username) == ("镜湖大道口", ("城区",), "", "")
    assert new.masks == (rectangle(0, 0, 1000, 1000),)
    service.undo(ADMIN, done.number)
    old = stored(store)["cam1"]
    assert vault.open(old.secret, "cam1") == WORD
    assert old.url.startswith("rtsp://10.0.0.7")
    with pytest.raises(Refusal) as nothing:
        service.replace(ADMIN, "cam1", {"note": "x"})
    assert refused(nothing) == ("bad_row", "no_address")


def test_what_was_added_goes_unless_a_case_names_it(store: Store, service: CameraService) -> None:
    for name in ("cam1", "cam2"):
        number = service.add(ADMIN, {**HIK, "id": name}).number
        with store.uows.write() as uow:
            if name == "cam2":
                uow.cases.add(building.case(camera=name), "20260805")
            uow.commit()
        undone = service.undo(ADMIN, number)
        assert (undone.gone, undone.off) == ((("cam1",), ()) if name == "cam1" else ((), ("cam2",)))
    assert {name: row.enabled for name, row in stored(store).items()} == {"cam2": False}
    service.undo(ADMIN)
    assert stored(store)["cam2"].enabled


def test_groups_are_renamed_and_work_has_an_end(store: Store, service: CameraService) -> None:
    for name, groups in (("cam1", "城区;夜巡"), ("cam2", "城区")):
        service.add(ADMIN, {**HIK, "id": name, "groups": groups, "segment": "s1"})
    named = {(group.kind, group.name): group.cameras for group in service.groups(OFFICER)}
    assert named["groups", "城区"] == named["segment", "s1"] == ("cam1", "cam2")
    service.rename_group(ADMIN, "groups", "城区", "夜巡")
    assert [row.groups for row in stored(store).values()] == [("夜巡",), ("夜巡",)]
    end = SystemClock().now() + timedelta(hours=2)
    rows = service.set_aside(ADMIN, ("cam1", "cam2"), "换线", end)
    assert [row.id for row in rows] == ["cam1", "cam2"]
    assert [len(card.aside) for card in service.table(OFFICER).rows] == [1, 1]
    service.end_aside(ADMIN, ("cam1",))
    assert [len(card.aside) for card in service.table(OFFICER).rows] == [0, 1]


def test_nobody_else_changes_them(store: Store, service: CameraService) -> None:
    service.add(ADMIN, HIK)
    with store.uows.write() as uow:
        card = uow.cameras.get("cam1")
        assert card is not None
        uow.cameras.put([replace(card, note="旧")])
        uow.commit()
    for who in (OFFICER, KIOSK):
        with pytest.raises(Refusal) as caught:
            service.set_many(who, ("cam1",), {"note": "x"})
        assert refused(caught) == ("forbidden", "role")
    assert stored(store)["cam1"].note == "旧"
