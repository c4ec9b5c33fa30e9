"""The large display's plan, what is put on it, and its PIN."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from console.domain.errors import Refusal
from console.domain.kiosk import KioskPlan
from console.services.kiosk import PIN, PLAN, PUSH, KioskService, decode, encode
from console.services.people import Argon2Hasher
from tests.unit.services.conftest import ADMIN, DUTY, KIOSK, LEADER, Site

CHEAP = Argon2Hasher(time_cost=1, memory_kib=1024, parallelism=1)


@pytest.fixture
def room(site: Site, tmp_path: Path) -> KioskService:
    return KioskService(site.store.uows, site.clock, CHEAP, tmp_path / "tries.json")


def said(call: object, *words: object) -> tuple[str, str]:
    with pytest.raises(Refusal) as caught:
        call(*words)  # type: ignore[operator]
    return caught.value.code, caught.value.detail


def test_the_plan_is_changed_by_leaders_and_two_never_overwrite_each_other(room: KioskService) -> None:
    first = room.load(KIOSK).plan
    assert first == KioskPlan()
    assert said(room.put, DUTY, first) == ("forbidden", "role")
    wish = replace(first, pages=(("kpi", 20), ("map", 0), ("board", 15)), night_from="9:05", title=" 朝凤 ")
    kept = room.put(LEADER, wish).plan
    assert (kept.pages, kept.night_from, kept.title) == ((("kpi", 20), ("board", 15)), "09:05", "朝凤")
    assert kept.version == 1
    assert said(room.put, ADMIN, wish) == ("conflict", "kiosk")
    assert room.load(KIOSK).plan == kept


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"pages": ()}, "kiosk_pages"),
        ({"pages": (("kpi", 9), ("kpi", 9))}, "kiosk_pages"),
        ({"pages": (("cinema", 20),)}, "kiosk_page"),
        ({"pages": (("kpi", 3),)}, "kiosk_number"),
        ({"distance_dm": 900}, "kiosk_number"),
        ({"night_to": "25:00"}, "kiosk_hour"),
        ({"notice": "长" * 900}, "too_long"),
    ],
)
def test_a_plan_nobody_can_follow_is_refused(room: KioskService, change: dict[str, Any], detail: str) -> None:
    assert said(room.put, LEADER, replace(KioskPlan(), **change)) == ("bad_value", detail)
    assert room.load(KIOSK).plan == KioskPlan()


@pytest.mark.logs("settings of the large display cannot be read")
def test_a_plan_that_cannot_be_read_is_the_usual_one() -> None:
    plan = KioskPlan(pages=(("board", 40),), version=3)
    assert decode(encode(plan)) == plan
    later = json.loads(encode(plan)) | {"hologram": True}
    assert decode(json.dumps(later)) == plan, "a newer program's words do not matter"
    for broken in ("{", '{"form":1}', encode(replace(plan, push_s=1))):
        assert decode(broken) == KioskPlan()


def test_a_case_or_camera_is_put_there_for_a_while_and_taken_away(site: Site, room: KioskService) -> None:
    case = site.open(place="亚太广场")
    assert said(room.push, KIOSK, "case", case.id) == ("forbidden", "role")
    put = room.push(DUTY, "case", case.id[-4:]).push
    assert put is not None
    assert (put.kind, put.id, put.by) == ("case", case.id, DUTY.name)
    assert (put.until - put.at).total_seconds() == KioskPlan().push_s
    assert room.load(KIOSK).push == put, "a display elsewhere reads the same"
    assert said(room.push, DUTY, "camera", "cam999")[0] == "unknown_camera"
    assert said(room.push, DUTY, "film", "x") == ("bad_value", "kiosk_kind")
    site.do(case, "reject", reason="不属于受理范围")
    assert said(room.push, DUTY, "case", case.id) == ("bad_value", "kiosk_closed")
    assert room.push(DUTY, "").push is None
    with site.store.uows.write() as uow:
        uow.settings.put(PUSH, '{"kind":"case"}')
        uow.commit()
    assert room.load(KIOSK).push is None


def test_a_pin_is_guessed_slowly_also_after_a_restart_and_kept_as_a_hash(
    site: Site, room: KioskService, tmp_path: Path
) -> None:
    assert said(room.try_pin, KIOSK, "4829") == ("auth_failed", "pin_none")
    assert said(room.set_pin, LEADER, "4829") == ("forbidden", "role")
    assert said(room.set_pin, ADMIN, "1234") == ("bad_value", "pin")
    assert room.set_pin(ADMIN, "４８２９").has_pin
    assert [said(room.try_pin, KIOSK, "0000")[1] for _ in range(3)] == ["pin", "pin", "pin_wait"]
    assert said(room.try_pin, KIOSK, "4829")[1] == "pin_wait", "the right one waits too"
    again = KioskService(site.store.uows, site.clock, CHEAP, tmp_path / "tries.json")
    assert said(again.try_pin, KIOSK, "4829")[1] == "pin_wait", "pulling the plug gives no more tries"
    site.clock.on(seconds=6)
    assert said(again.try_pin, KIOSK, "0001")[1] == "pin_wait"
    site.clock.on(seconds=11)
    assert again.try_pin(KIOSK, "4829") is True
    assert said(again.try_pin, KIOSK, "0000")[1] == "pin", "the count begins anew"
    told = site.services.audit.search(ADMIN, kinds=("kiosk",)).rows
    words = [entry.facts["what"] for entry in told]
    assert sorted(words) == ["exit-code-set", "left", *["wrong-exit-code"] * 5]
    with site.store.uows.read() as uow:
        assert uow.settings.get(PIN).startswith("$argon2id$")
        assert "4829" not in json.dumps(dict(uow.settings.all()))
        assert uow.settings.get(PLAN) == ""
    assert "4829" not in str([entry.facts for entry in told])


def test_names_for_the_display_are_of_places_and_teams_and_of_nobody(site: Site, room: KioskService) -> None:
    known = room.names(KIOSK)
    assert site.services.people.list(ADMIN), "there are people"
    assert known.names.people == {}
    assert known.teams, "there are teams"
