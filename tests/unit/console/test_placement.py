"""Which window belongs on which monitor: 500 rooms with monitors made up from a
seed, people who send windows about, cables pulled and plugged."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.windows.displays import Screen, in_order, recognise
from console.windows.placement import (
    DESK,
    KIOSK,
    PAGE,
    Parked,
    Placement,
    Room,
    arrange,
    place,
    put_away,
    room_from,
    room_from_first_form,
    room_row,
    send,
)

LEFT = Screen("DP-1", "AOC", "24G", "S1", 0, 0, 1920, 1080, True, 527, 296)
MIDDLE = Screen("DP-2", "AOC", "24G", "S2", 1920, 0, 1920, 1080, False, 527, 296)
RIGHT = Screen("HDMI-1", "", "", "", 3840, 0, 3840, 2160)
THREE = (LEFT, MIDDLE, RIGHT)
SEEDS = range(500)


def stands(room: Room, *screens: Screen) -> dict[str, str]:
    """Window → socket of the screen it is on."""
    placed = place(room, screens)[1]
    return {window: placed.screens[one].name for window, one in placed.windows.items()}


def first(*screens: Screen) -> tuple[Room, Placement]:
    """A room seen for the first time."""
    return place(Room(), screens)


def test_one_display_has_the_page_with_both() -> None:
    assert stands(Room(), LEFT) == {PAGE: "DP-1"}


def test_with_more_the_desk_is_on_the_primary_and_walls_on_the_rest() -> None:
    assert stands(Room(), RIGHT, LEFT, MIDDLE) == {DESK: "DP-1", "wall-1": "DP-2", "wall-2": "HDMI-1"}


def test_unplugged_is_parked_and_listed_and_goes_home() -> None:
    room, before = first(*THREE)
    room, without = place(room, (LEFT, RIGHT))
    assert without.parked == (Parked("wall-1", before.windows["wall-1"], "gone"),)
    room, alone = place(room, (LEFT,))
    assert list(alone.windows) == [PAGE]
    assert [one.window for one in alone.parked] == ["wall-1", "wall-2"]
    assert place(room, THREE)[1].windows == before.windows


def test_the_desk_goes_to_the_primary_when_its_screen_is_gone_and_comes_back() -> None:
    room, _ = first(*THREE)
    other = replace(MIDDLE, primary=True)
    assert stands(room, other, RIGHT) == {DESK: "DP-2", "wall-2": "HDMI-1"}
    room, _ = place(room, (other, RIGHT))
    assert stands(room, *THREE)[DESK] == "DP-1"
    # Another primary alone moves nothing: the desk has its display.
    assert stands(room, replace(LEFT, primary=False), other, RIGHT)[DESK] == "DP-1"


@pytest.mark.parametrize(
    ("what", "changed"),
    [
        ("other socket", (LEFT, replace(MIDDLE, name="DP-9"), RIGHT)),
        ("stands elsewhere", (LEFT, replace(MIDDLE, x=0, y=1080), RIGHT)),
        ("other resolution", (LEFT, replace(MIDDLE, width=1280, height=720), replace(RIGHT, x=3200))),
        ("scaled", (LEFT, replace(MIDDLE, width=1280, height=720, scale=1.5), RIGHT)),
        ("portrait", (LEFT, replace(MIDDLE, width=1080, height=1920, width_mm=296, height_mm=527), RIGHT)),
        ("blind one with another size", (LEFT, MIDDLE, replace(RIGHT, width=1920, height=1080))),
        ("not read yet by the switch", (LEFT, replace(MIDDLE, manufacturer="", model="", serial=""), RIGHT)),
    ],
)
def test_a_display_is_known_by_what_it_is(what: str, changed: tuple[Screen, ...]) -> None:
    room, before = first(*THREE)
    _, after = place(room, changed)
    assert after.windows == before.windows, what
    assert not after.parked


def test_sockets_swapped_the_windows_follow_the_glass() -> None:
    room, _ = first(*THREE)
    swapped = (replace(LEFT, name="DP-2"), replace(MIDDLE, name="DP-1"), RIGHT)
    assert stands(room, *swapped) == {DESK: "DP-2", "wall-1": "DP-1", "wall-2": "HDMI-1"}


def twins(
    serial: str = "", names: tuple[str, str] = ("DP-1", "DP-2"), swap: bool = False
) -> tuple[Screen, ...]:
    """Two of the same model."""
    xs = (1920, 0) if swap else (0, 1920)
    return tuple(Screen(n, "DEL", "U27", serial, x, 0, 1920, 1080) for n, x in zip(names, xs, strict=True))


@pytest.mark.parametrize("serial", ["", "000000"])
def test_twins_are_told_apart_by_socket_then_by_place(serial: str) -> None:
    room, _ = place(Room(), twins(serial))
    assert stands(room, *twins(serial)) == {DESK: "DP-1", "wall-1": "DP-2"}
    # Moved about on the desk: each is still on its cable.
    assert stands(room, *twins(serial, swap=True)) == {DESK: "DP-1", "wall-1": "DP-2"}
    # The dock gives its sockets new names: left stays left.
    assert stands(room, *twins(serial, ("DP-7", "DP-8"))) == {DESK: "DP-7", "wall-1": "DP-8"}
    # One of them pulled: the other stays who it is.
    assert stands(room, twins(serial)[1]) == {PAGE: "DP-2"}
    assert [one.display for one in place(room, twins(serial)[:1])[1].parked] == [room.homes["wall-1"]]


def test_three_without_any_name_are_told_apart_by_place() -> None:
    blind = tuple(Screen("", "", "", "", x, 0, 1920, 1080) for x in (0, 1920, 3840))
    room, before = place(Room(), blind)
    assert len(before.screens) == 3
    assert place(room, blind[::-1])[1].windows == before.windows
    assert {one.window for one in place(room, blind[:2])[1].parked} == {"wall-2"}


def test_mirrored_monitors_count_once() -> None:
    mirror = replace(MIDDLE, x=0, width=1280, height=720)
    assert in_order((mirror, LEFT)) == (LEFT,)
    assert stands(Room(), mirror, LEFT) == {PAGE: "DP-1"}


def test_a_page_covers_a_wall_and_gives_its_place_back() -> None:
    room, before = first(*THREE)
    home = before.windows["wall-1"]
    room, shown = place(send(room, before, "show-map", home), THREE)
    assert shown.on(home) == "show-map"
    assert shown.parked == (Parked("wall-1", home, "taken"),)
    # Its display pulled: the map is in the desk, listed, and comes back.
    room, without = place(room, (LEFT, RIGHT))
    assert {one.window for one in without.parked} == {"show-map", "wall-1"}
    room, again = place(room, THREE)
    assert again.windows == shown.windows
    assert place(put_away(room, "show-map"), THREE)[1].windows == before.windows


def test_two_walls_change_places_and_a_parked_one_takes_a_place() -> None:
    room, before = first(*THREE)
    swapped = send(room, before, "wall-1", before.windows["wall-2"])
    assert stands(swapped, *THREE) == {DESK: "DP-1", "wall-2": "DP-2", "wall-1": "HDMI-1"}
    parked = put_away(room, "wall-1")
    room, placed = place(parked, THREE)
    assert placed.parked == (Parked("wall-1", before.windows["wall-1"], "away"),)
    assert "wall-3" not in placed.windows, "whoever closed a wall wants its display empty"
    room, placed = place(send(room, placed, "wall-1", placed.windows["wall-2"]), THREE)
    assert placed.windows["wall-1"] == before.windows["wall-2"]
    assert placed.windows["wall-2"] == before.windows["wall-1"], "the empty display is for whoever gave way"
    # Its own display pulled: whoever stands where it is sent gives way and is parked.
    room, placed = place(put_away(room, "wall-1"), (LEFT, MIDDLE))
    room, placed = place(send(room, placed, "wall-1", placed.windows["wall-2"]), (LEFT, MIDDLE))
    assert [one.window for one in placed.parked] == ["wall-2"]


def test_the_desk_is_never_parked_and_never_under_the_kiosk() -> None:
    room, placed = first(*THREE)
    room, placed = place(send(room, placed, KIOSK, placed.windows[DESK]), THREE)
    assert placed.windows[KIOSK] != placed.windows[placed.desk]
    with pytest.raises(ValueError, match="kiosk"):
        send(room, placed, "wall-1", placed.windows[KIOSK])
    with pytest.raises(ValueError, match="not here"):
        send(room, placed, "wall-1", "nowhere")
    # One display left, and it is the kiosk's: the deadlines come first.
    room, alone = place(room, (LEFT,))
    assert list(alone.windows) == [PAGE]
    assert KIOSK in {one.window for one in alone.parked}


def test_the_desk_moves_by_hand_and_stays_there() -> None:
    room, placed = first(*THREE)
    room, placed = place(send(room, placed, DESK, placed.windows["wall-2"]), THREE)
    assert stands(room, *THREE) == {DESK: "HDMI-1", "wall-1": "DP-2", "wall-2": "DP-1"}


def test_a_stored_set_of_places_is_taken_as_far_as_displays_are_here() -> None:
    room, placed = first(*THREE)
    wish = {DESK: placed.windows["wall-1"], "wall-1": placed.windows[DESK], "show-map": "elsewhere"}
    room, placed = place(arrange(room, wish), THREE)
    assert stands(room, *THREE) == {DESK: "DP-2", "wall-1": "DP-1", "wall-2": "HDMI-1"}
    assert [one.window for one in placed.parked] == ["show-map"]


def test_no_screen_is_an_error() -> None:
    with pytest.raises(ValueError, match="no screen"):
        place(Room(), [])


def test_a_file_of_the_first_form_is_understood() -> None:
    old = {"desk": "AOC/24G/S1", "wall-1": "HDMI-1/3840x2160", "wall-2": "AOC/24G/S2", "page": "AOC/24G/S1"}
    assert stands(room_from_first_form(old), *THREE) == {DESK: "DP-1", "wall-1": "HDMI-1", "wall-2": "DP-2"}


# Five hundred rooms ----------------------------------------------------------


def made_up(seed: int) -> tuple[random.Random, list[Screen]]:
    """Up to six monitors: named ones, twins with one serial, twins without,
    blind ones; some in portrait, some scaled, rows of different height."""
    dice = random.Random(seed)
    makers = [("DEL", "U27"), ("AOC", "24G"), ("", ""), ("", ""), ("HIK", "DS-D5055")]
    room: list[Screen] = []
    x = y = 0
    for at in range(dice.randint(1, 6)):
        maker, model = dice.choice(makers)
        serial = dice.choice(["", "0", f"S{at}"]) if maker else ""
        wide, high = dice.choice([(1920, 1080), (2560, 1440), (3840, 2160), (1280, 1024)])
        if dice.random() < 0.2:
            wide, high = high, wide
        name = dice.choice([f"DP-{at}", f"HDMI-{at}", ""])
        scale = dice.choice([1.0, 1.0, 1.25, 2.0])
        mm = dice.choice([(0, 0), (527, 296), (1209, 680)])
        one = Screen(
            name, maker, model, serial, x, y, int(wide / scale), int(high / scale), at == 0, *mm, scale
        )
        room.append(one)
        if dice.random() < 0.3:
            x, y = 0, y + one.height
        else:
            x += one.width
        x, y = (x, y) if not any(_overlap(x, y, o) for o in room) else (0, max(o.y + o.height for o in room))
    return dice, room


def _overlap(x: int, y: int, other: Screen) -> bool:
    return other.x <= x < other.x + other.width and other.y <= y < other.y + other.height


def sound(room: Room, placed: Placement, there: list[Screen], seed: int) -> None:
    """What must hold whatever happened."""
    note = f"seed {seed}"
    assert set(placed.screens.values()) == set(in_order(there)), note
    assert set(placed.windows.values()) <= set(placed.screens), f"{note}: off every screen"
    assert len(set(placed.windows.values())) == len(placed.windows), f"{note}: two on one display"
    assert len(placed.windows.keys() & {DESK, PAGE}) == 1, f"{note}: the board is not seen"
    listed = {one.window for one in placed.parked}
    assert not listed & placed.windows.keys(), note
    assert set(room.homes) - {DESK} <= listed | placed.windows.keys(), f"{note}: lost"
    assert json.loads(json.dumps(room_row(room))) == room_row(room), note
    kept = room_from(room_row(room))
    assert place(kept, there)[1].windows == placed.windows, f"{note}: another room after a restart"
    assert place(room, there)[1] == placed, f"{note}: put up twice, it moves"


Deed = Callable[[random.Random, Room, Placement], Room]


def _sent(dice: random.Random, room: Room, placed: Placement) -> Room:
    window = dice.choice([*room.homes, "show-map", "show-figures", KIOSK, DESK])
    display = dice.choice([*placed.screens])
    if placed.on(display) == KIOSK:
        return room
    after = send(room, placed, window, display)
    now = place(after, list(placed.screens.values()))[1]
    if window != KIOSK or len(placed.screens) > 1:
        wanted = now.desk if window == DESK else window
        crowded = (window != DESK and len(placed.screens) == 1) or KIOSK in placed.windows
        assert crowded or now.windows.get(wanted) == display, (window, display, now.windows)
    return after


def _away(dice: random.Random, room: Room, _placed: Placement) -> Room:
    return put_away(room, dice.choice([*room.homes, "show-map"]))


def _nothing(_dice: random.Random, room: Room, _placed: Placement) -> Room:
    return room


@pytest.mark.parametrize("start", range(0, len(SEEDS), 100))
def test_500_rooms_of_made_up_monitors(start: int) -> None:
    for seed in SEEDS[start : start + 100]:
        dice, everything = made_up(seed)
        room, placed = place(Room(), everything)
        sound(room, placed, everything, seed)
        whole = placed
        for _ in range(6):
            there = dice.sample(everything, dice.randint(1, len(everything)))
            room, placed = place(room, there)
            sound(room, placed, there, seed)
        room, placed = place(room, everything)
        if all(one.name or one.serial for one in everything):
            assert placed.windows == whole.windows, f"seed {seed}: pulled and plugged, not all came home"
        for _ in range(8):
            room = dice.choice([_sent, _sent, _away, _nothing])(dice, room, placed)
            there = dice.choice([everything, dice.sample(everything, dice.randint(1, len(everything)))])
            room, placed = place(room, there)
            sound(room, placed, there, seed)


@settings(max_examples=60)
@given(st.integers(500, 10**6), st.data())
def test_every_screen_has_an_id_of_its_own_and_keeps_it(seed: int, data: st.DataObject) -> None:
    _, everything = made_up(seed)
    here, known = recognise((), everything)
    assert len(here) == len(everything)
    some = data.draw(st.lists(st.sampled_from(everything), min_size=1, unique=True))
    again, after = recognise(known, some)
    assert set(again) <= set(here)
    if all(one.name or one.serial for one in everything):
        assert all(here[key] == screen for key, screen in again.items())
    assert _ids(after) == set(here)


def _ids(displays: object) -> set[str]:
    assert isinstance(displays, tuple)
    return {one.id for one in displays}


def test_what_is_parked_can_be_told_by_a_table_of_reasons() -> None:
    room, placed = first(*THREE)
    homes: Mapping[str, str] = room.homes
    room = send(put_away(room, "wall-2"), placed, "show-map", homes["wall-1"])
    why = {one.window: one.why for one in place(room, (LEFT, MIDDLE))[1].parked}
    assert why == {"wall-1": "taken", "wall-2": "away"}
