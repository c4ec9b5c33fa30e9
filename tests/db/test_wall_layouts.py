"""Named layouts on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

import db
from console.clock import SystemClock
from console.domain.errors import Refusal
from console.domain.model import Actor
from console.domain.vocabulary import Role
from console.services.wall_layouts import Hung, NamedLayout, WallLayoutService

OFFICER, OTHER = Actor("li.na", Role.DUTY), Actor("wang.lei", Role.LEADER)


@pytest.fixture
def service(url: str) -> Iterator[WallLayoutService]:
    """On a database with nothing stored."""
    with db.open_store(url) as store:
        yield WallLayoutService(store.uows, SystemClock())


def refused(call: object, *args: object, **facts: object) -> tuple[str, str]:
    """The refusal's code and detail."""
    with pytest.raises(Refusal) as caught:
        call(*args, **facts)  # type: ignore[operator]
    return caught.value.code, caught.value.detail


def test_two_seats_do_not_overwrite_each_other(service: WallLayoutService) -> None:
    first = service.put(OFFICER, NamedLayout(" 早  高峰 ", Hung("9", ("a",)))).layouts[0]
    assert (first.name, first.by, first.version) == ("早 高峰", "li.na", 1)
    mine = replace(first, hung=Hung("16"))
    assert service.put(OTHER, mine, first.name, 1).layouts[0].version == 2
    assert refused(service.put, OFFICER, replace(first, hung=Hung("4")), first.name, 1) == (
        "conflict",
        "layout",
    )
    assert refused(service.delete, OFFICER, "layouts", first.name, 1) == ("conflict", "layout")
    assert refused(service.put, OFFICER, first) == ("conflict", "layout_exists")
    stored = service.load(OFFICER).layouts
    assert [(one.hung.layout, one.by) for one in stored] == [("16", "wang.lei")]
    # Another entry is nobody's loss.
    assert len(service.put(OFFICER, NamedLayout("b", Hung("1"))).layouts) == 2
    assert (
        refused(service.put, OFFICER, replace(stored[0], name="b"), stored[0].name, 2)[1] == "layout_exists"
    )
    assert [one.name for one in service.delete(OFFICER, "layouts", "早 高峰", 2).layouts] == ["b"]


def test_a_locked_layout_is_only_renamed_or_unlocked(service: WallLayoutService) -> None:
    entry = service.put(OFFICER, NamedLayout("a", Hung("9", (), True))).layouts[0]
    assert refused(service.delete, OFFICER, "layouts", "a", 1) == ("bad_value", "layout_locked")
    assert (
        refused(service.put, OFFICER, replace(entry, hung=Hung("4", (), True)), "a", 1)[1] == "layout_locked"
    )
    assert service.put(OFFICER, replace(entry, name="b"), "a", 1).layouts[0].name == "b"
    free = replace(entry, name="b", hung=Hung("9", (), False))
    assert not service.put(OFFICER, free, "b", 2).layouts[0].hung.locked
    assert service.delete(OFFICER, "layouts", "b", 3).layouts == ()


def test_a_kiosk_looks_and_does_not_save(service: WallLayoutService) -> None:
    kiosk = Actor("hall", Role.KIOSK)
    assert service.load(kiosk).layouts == ()
    assert refused(service.put, kiosk, NamedLayout("a", Hung("9"))) == ("forbidden", "role")
    assert refused(service.put, OFFICER, NamedLayout("  ", Hung("9"))) == ("bad_value", "layout_name")
