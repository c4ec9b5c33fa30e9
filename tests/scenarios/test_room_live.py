"""Screens by keys: a page on a monitor of its own, what is parked is listed, a
preset puts everything back, and a restart finds it all where it was; then cables
pulled and plugged at random."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication

from console.i18n import set_language
from console.settings import Places
from console.simulation.display import VirtualDisplay
from console.widgets.overview_page import OverviewPage
from console.widgets.parked_bar import ParkedBar
from console.windows.page_window import PageWindow
from console.windows.screen_watch import screens_now
from console.wiring.room import RoomPart
from tests.gui.cut_text import bare_keys, cut_texts
from tests.scenarios.console_kit import Seat, copied, press, seat, until
from tests.scenarios.monitor_orders import Cables, wrong

pytestmark = pytest.mark.display

SHIFT = Qt.KeyboardModifier.ShiftModifier
KEYS = Qt.Key


@pytest.fixture
def cables(room: VirtualDisplay, qapp: QApplication) -> Iterator[Cables]:
    """The run's monitors; all three are back afterwards."""
    made = Cables(room)
    until(lambda: len(screens_now()) == 3, "three monitors")
    if not next(one for one in screens_now() if one.name == "DP-1").primary:
        # Tests before this one pulled cables: the first of them is the primary again.
        made.change({"DP-1": made.there["DP-1"]})
        made.all_back()
        until(lambda: len(screens_now()) == 3, "three monitors")
    yield made
    made.all_back()
    until(lambda: [s.name for s in screens_now()] == ["DP-1", "DP-2", "DP-3"], "three monitors again")


def part(here: Seat) -> RoomPart:
    """The part under test."""
    found = here.console.findChild(RoomPart)
    assert isinstance(found, RoomPart)
    return found


def stands(here: Seat) -> dict[str, str]:
    """Window → socket of the monitor it fills."""
    rooms = {(s.x, s.y, s.width, s.height): s.name for s in screens_now()}
    found = {}
    for name, window in here.console.windows.items():
        at: QRect = window.geometry()
        found[name] = rooms.get((at.x(), at.y(), at.width(), at.height()), "?")
    return found


def until_stands(here: Seat, **wanted: str) -> None:
    """Wait for exactly these windows on these monitors."""
    asked = {name.replace("_", "-"): socket for name, socket in wanted.items()}
    try:
        until(lambda: stands(here) == asked)
    except AssertionError:
        pytest.fail(f"wanted {asked}, there is {stands(here)}")


def listed(here: Seat) -> tuple[str, ...]:
    """What the desk says is parked."""
    bar = here.desk.findChild(ParkedBar)
    assert isinstance(bar, ParkedBar)
    assert bar.isVisible() == bool(bar.names)
    return bar.names


def opened(here: Seat) -> RoomPart:
    """Shift+F6 from where the keyboard is."""
    mine = part(here)
    press(KEYS.Key_F6, SHIFT)
    until(lambda: mine.sheet is not None and mine.sheet.isVisible(), "the sheet")
    until(lambda: mine.sheet.isAncestorOf(QApplication.focusWidget()), "the sheet has the keyboard")
    return mine


def at_desk(here: Seat) -> None:
    """The keyboard is on the board."""
    desk = here.desk

    def there() -> bool:
        desk.activateWindow()
        desk.parts.board.take_focus()
        held = QApplication.focusWidget()
        return held is not None and desk.isAncestorOf(held)

    until(there, "the keyboard at the desk")


def test_a_page_elsewhere_presets_and_a_restart(quiet: Places, tmp_path: Path, cables: Cables) -> None:
    places = copied(quiet, tmp_path / "data")
    with seat(places) as here:
        here.sign_in()
        until_stands(here, desk="DP-1", wall_1="DP-2", wall_2="DP-3")
        at_desk(here)
        assert listed(here) == ()

        # The map to screen 2: F7, Shift+F6, 2.
        press(KEYS.Key_F7)
        page = here.desk.parts.pages.widget("map")
        assert page is not None
        mine = opened(here)
        assert [one.isVisible() for one in mine.numbers] == [True] * 3
        assert mine.sheet is not None
        for lang in ("zh", "en"):
            here.desk.use_language(lang)
            mine.sheet.tell(mine.view())
            assert not [*cut_texts(mine.sheet), *bare_keys(mine.sheet)]
        set_language("en")
        press(KEYS.Key_2)
        until_stands(here, desk="DP-1", show_map="DP-2", wall_2="DP-3")
        assert listed(here) == ("Wall 1 (its screen shows Map)",)
        press(KEYS.Key_Escape)
        assert not mine.numbers
        window = page.window()
        assert isinstance(window, PageWindow)
        assert page.isVisible()
        # F7 goes there; F5 there comes back to the desk.
        at_desk(here)
        press(KEYS.Key_F7)
        until(lambda: QApplication.activeWindow() is window, "the map's window")
        press(KEYS.Key_F5)
        until(lambda: QApplication.activeWindow() is here.desk, "the desk again")

        # Kept as the preset "night", darker by two steps: O on its row.
        at_desk(here)
        mine = opened(here)
        press(KEYS.Key_Minus)
        press(KEYS.Key_Minus)
        press(KEYS.Key_Right)
        press(KEYS.Key_Down)
        press(KEYS.Key_O)
        until(lambda: mine.presets.rows[1].version == 1, "night is saved")
        assert mine.presets.rows[1].dim == 20
        press(KEYS.Key_Escape)

        # Pulled: the map is in the desk, and listed with the walls.
        cables.pull("DP-2")
        until_stands(here, desk="DP-1", wall_2="DP-3")
        assert listed(here) == ("Map (DP-2 not connected)", "Wall 1 (DP-2 not connected)")
        at_desk(here)
        press(KEYS.Key_F7)
        until(lambda: page.window() is here.desk and page.isVisible(), "the map on the desk")
        cables.plug("DP-2")
        until_stands(here, desk="DP-1", show_map="DP-2", wall_2="DP-3")

        # The overview stands on a monitor of its own too; without any wall left
        # the pictures come to the desk.
        assert here.console.monitors.send("show-overview", here.console.monitors.placed.windows["wall-2"])
        until_stands(here, page="DP-1", show_map="DP-2", show_overview="DP-3")
        assert here.console.windows["show-overview"].findChild(OverviewPage).isVisible()
        here.console.windows["show-overview"].close()
        until_stands(here, desk="DP-1", show_map="DP-2", wall_2="DP-3")

        # Its window closed: the page goes home, the wall comes up again.
        page.window().close()
        until_stands(here, desk="DP-1", wall_1="DP-2", wall_2="DP-3")
        assert listed(here) == ()
        # A wall closed is parked, and 3 brings it up where the other one was,
        # which goes to the display that stands empty.
        here.console.windows["wall-1"].close()
        until_stands(here, desk="DP-1", wall_2="DP-3")
        assert listed(here) == ("Wall 1 (put away, was on DP-2)",)
        at_desk(here)
        mine = opened(here)
        while mine.sheet.window_id != "wall-1":
            press(KEYS.Key_Down)
        press(KEYS.Key_3)
        until_stands(here, desk="DP-1", wall_1="DP-3", wall_2="DP-2")
        # The preset of the night: one letter.
        press(KEYS.Key_N)
        until_stands(here, desk="DP-1", show_map="DP-2", wall_2="DP-3")
        assert here.console.theme.name == "dark"
        press(KEYS.Key_Escape)
        # Locked: nobody reads the map meanwhile.
        at_desk(here)
        here.desk.lock()
        until(lambda: not page.isVisible(), "the map is covered")
        # Nor acts there: whoever presses something is asked at the desk.
        elsewhere = here.console.windows["show-map"]
        elsewhere.activateWindow()
        until(lambda: QApplication.activeWindow() is elsewhere, "the map's window")
        press(KEYS.Key_K, Qt.KeyboardModifier.ControlModifier)
        until(lambda: here.desk.parts.veil.asking, "the desk asks who it is")
        assert here.desk.parts.command.isHidden()
        for name in ("show-map", "wall-2"):
            assert not here.console.windows[name].close(), f"{name} went away while nobody was there"
        until_stands(here, desk="DP-1", show_map="DP-2", wall_2="DP-3")
    assert json.loads((places.data / "windows.json").read_text("utf-8"))["dim"] == 20

    with seat(places) as here:
        until_stands(here, desk="DP-1", show_map="DP-2", wall_2="DP-3")
        assert part(here).presets.dim == 20
        here.sign_in()
        until(lambda: here.desk.parts.pages.widget("map").isVisible(), "the map, uncovered")

        # Five live orders of a seed; ``bench monitors`` has forty.
        dice = random.Random(20261122)
        for number in range(5):
            order = cables.order(dice)
            cables.settle(here.console)
            assert wrong(here.console) == "", f"order {number} of seed 20261122: {order}"
