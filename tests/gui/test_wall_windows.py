"""Which window goes on which monitor, and monitors that come and go."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect
from pytestqt.qtbot import QtBot

from console.simulation.display import VirtualDisplay
from console.windows.placement import DESK, PAGE, Placement, Screen, keys, place, remember
from console.windows.screen_watch import ScreenWatch, put_on, screens_now
from console.windows.wall_window import WallWindow
from tests.gui.wall_kit import Bench, cameras

LEFT = Screen("DP-1", "AOC", "24G", "S1", 0, 0, 1920, 1080, True)
MIDDLE = Screen("DP-2", "AOC", "24G", "S2", 1920, 0, 1920, 1080)
RIGHT = Screen("HDMI-1", "", "", "", 3840, 0, 3840, 2160)


def key_of(screen: Screen, among: list[Screen]) -> str:
    return next(k for k, s in keys(among).items() if s == screen)


def test_one_display_has_the_page_with_both() -> None:
    assert place([LEFT]).windows == {PAGE: "AOC/24G/S1"}


def test_with_more_the_desk_is_on_the_primary_and_walls_on_the_rest() -> None:
    got = place([RIGHT, LEFT, MIDDLE]).windows
    assert got == {DESK: "AOC/24G/S1", "wall-1": "AOC/24G/S2", "wall-2": "HDMI-1/3840x2160"}


def test_a_display_is_known_by_what_it_is_not_by_where_it_is_plugged() -> None:
    moved = replace(MIDDLE, name="DP-9", x=0, y=2000)
    assert key_of(moved, [LEFT, moved]) == key_of(MIDDLE, [LEFT, MIDDLE])


def test_two_of_the_same_without_a_serial_are_told_apart_by_place() -> None:
    twins = [Screen("", "", "", "", x, 0, 1920, 1080) for x in (0, 1920, 3840)]
    assert len(keys(twins)) == 3
    assert list(keys(reversed(twins)).values()) == twins


def test_unplugged_is_parked_and_goes_home() -> None:
    home = dict(place([LEFT, MIDDLE, RIGHT]).windows)
    without = place([LEFT, RIGHT], home)
    assert without.parked == ("wall-1",)
    assert without.windows == {DESK: home[DESK], "wall-2": home["wall-2"]}
    again = place([LEFT, MIDDLE, RIGHT], remember(home, without))
    assert again == Placement(home, ())


def test_the_desk_moves_when_its_screen_is_gone_and_comes_back() -> None:
    home = dict(place([LEFT, MIDDLE, RIGHT]).windows)
    without = place([replace(MIDDLE, primary=True), RIGHT], home)
    assert without.windows[DESK] == key_of(MIDDLE, [MIDDLE, RIGHT])
    assert "wall-1" in without.parked


def test_down_to_one_all_walls_are_parked() -> None:
    home = dict(place([LEFT, MIDDLE, RIGHT]).windows)
    alone = place([LEFT], home)
    assert alone == Placement({PAGE: "AOC/24G/S1"}, ("wall-1", "wall-2"))
    back = place([LEFT, MIDDLE, RIGHT], remember(home, alone))
    assert {w: back.windows[w] for w in home} == home


def test_no_screen_is_an_error() -> None:
    with pytest.raises(ValueError, match="no screen"):
        place([])


@given(st.lists(st.sampled_from([LEFT, MIDDLE, RIGHT]), min_size=1, unique=True), st.data())
def test_no_screen_gets_two_windows_and_none_stays_empty(there: list[Screen], data: st.DataObject) -> None:
    home: dict[str, str] = {}
    for _ in range(data.draw(st.integers(0, 4))):
        some = data.draw(st.lists(st.sampled_from([LEFT, MIDDLE, RIGHT]), min_size=1, unique=True))
        home = remember(home, place(some, home))
    placed = place(there, home)
    assert sorted(placed.windows.values()) == sorted(keys(there))
    assert not set(placed.windows) & set(placed.parked)


def nothing(*_: object) -> None:
    """No player in these tests."""


@pytest.mark.display
def test_a_wall_fills_its_monitor_and_monitors_are_watched(
    kit: Bench, qtbot: QtBot, room: VirtualDisplay
) -> None:
    qtbot.waitUntil(lambda: len(screens_now()) == 3)
    watch = ScreenWatch()
    places = keys(screens_now())
    third = list(places)[2]
    window = WallWindow("wall-1", kit.sight, nothing, nothing)
    qtbot.addWidget(window)
    window.pane.set_cameras(cameras(4))
    assert put_on(window, third)
    wanted = places[third]
    qtbot.waitUntil(
        lambda: window.geometry() == QRect(wanted.x, wanted.y, wanted.width, wanted.height), timeout=5000
    )
    told: list[tuple[Screen, ...]] = []
    watch.changed.connect(told.append)
    try:
        room.unplug(2)
        qtbot.waitUntil(lambda: bool(told), timeout=8000)
        assert [len(screens) for screens in told] == [2]
        assert not put_on(window, third)
        room.plug(2)
        qtbot.waitUntil(lambda: len(told) == 2, timeout=8000)
        assert len(told[1]) == 3
        assert put_on(window, third)
    finally:
        if len(screens_now()) < 3:
            room.plug(2)
            qtbot.waitUntil(lambda: len(screens_now()) == 3)
        watch.deleteLater()
