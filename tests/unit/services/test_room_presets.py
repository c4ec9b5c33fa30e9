"""Presets of the room: three that are always there, two seats that save at once,
a text that is broken or newer."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from console.domain.errors import Refusal
from console.services.room_presets import (
    AT_FIRST,
    DIMMEST,
    KEY,
    MOST,
    NIGHT,
    RoomPreset,
    decode,
    encode,
)
from console.services.wall_layouts import Hung
from tests.unit.services.conftest import ADMIN, DUTY, KIOSK, LEADER, Site

MINE = RoomPreset(
    NIGHT,
    (("desk", "AOC 24G S1"), ("show-map", "DP-2")),
    ("wall-2",),
    (("wall-1", Hung("9", ("kyl-01", ""))),),
    "dark",
    40,
)


def test_saved_changed_and_deleted(site: Site) -> None:
    room = site.services.room_presets
    assert room.load(KIOSK) == AT_FIRST
    night = replace(MINE, by=DUTY.name, version=1)
    assert room.put(DUTY, MINE) == (AT_FIRST[0], night, AT_FIRST[2])
    storm = RoomPreset("  暴雨  应急 ", dim=0)
    rows = room.put(LEADER, storm)
    assert [one.name for one in rows] == ["day", "night", "emergency", "暴雨 应急"]
    room.put(LEADER, replace(night, dim=20))
    with pytest.raises(Refusal, match="conflict"):
        room.put(DUTY, replace(night, dim=50))
    with pytest.raises(Refusal, match="conflict"):
        room.put(DUTY, RoomPreset("暴雨 应急"))
    with pytest.raises(Refusal, match="conflict"):
        room.drop(DUTY, NIGHT, 1)
    with pytest.raises(Refusal, match="conflict"):
        room.drop(DUTY, "day", 0)
    assert room.drop(DUTY, NIGHT, 2)[:3] == AT_FIRST
    told = [
        (one.actor, one.facts["what"], one.facts["name"]) for one in site.services.audit.search(ADMIN).rows
    ]
    assert told == [
        (DUTY.name, "room_preset_deleted", NIGHT),
        (LEADER.name, "room_preset", NIGHT),
        (LEADER.name, "room_preset", "暴雨 应急"),
        (DUTY.name, "room_preset", NIGHT),
    ]


@pytest.mark.parametrize(
    ("preset", "detail"),
    [
        (replace(MINE, name=" "), "preset_name"),
        (replace(MINE, name="夜" * 41), "preset_name"),
        (replace(MINE, dim=DIMMEST + 1), "preset_light"),
        (replace(MINE, theme="pink"), "preset_light"),
    ],
)
def test_what_cannot_be_saved(site: Site, preset: RoomPreset, detail: str) -> None:
    with pytest.raises(Refusal) as caught:
        site.services.room_presets.put(DUTY, preset)
    assert caught.value.detail == detail
    assert site.services.room_presets.load(DUTY) == AT_FIRST


def test_who_may_and_how_many(site: Site) -> None:
    room = site.services.room_presets
    with pytest.raises(Refusal, match="forbidden"):
        room.put(KIOSK, MINE)
    with pytest.raises(Refusal, match="forbidden"):
        room.drop(KIOSK, NIGHT, 1)
    with site.store.uows.write() as uow:
        uow.settings.put(KEY, encode(tuple(RoomPreset(f"n{at}", version=1) for at in range(MOST))))
        uow.commit()
    with pytest.raises(Refusal) as caught:
        room.put(DUTY, MINE)
    assert caught.value.detail == "preset_many"


@pytest.mark.logs("stored preset")
def test_what_is_stored_is_read_and_a_broken_one_costs_only_itself() -> None:
    rows = (replace(MINE, version=3), RoomPreset("b", version=1))
    assert decode(encode(rows)) == rows
    assert decode("") == decode("{") == decode('{"form":1,"presets":7}') == ()
    raw = json.loads(encode(rows))
    raw["presets"][0]["walls"] = [["wall-1", {}]]
    raw["presets"][1]["dim"] = 900
    assert decode(json.dumps(raw)) == (replace(rows[1], dim=DIMMEST),)
    with pytest.raises(Refusal, match="bad_value"):
        decode('{"form":2,"presets":[]}')
