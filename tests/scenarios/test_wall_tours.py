"""Tours of every kind, made, changed by two seats, started by typing; and a
pinned tile that none of them moves."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

import db
from console.clock import SystemClock
from console.domain.model import Actor
from console.domain.vocabulary import Role
from console.services.wall_layouts import Hung, NamedLayout, TourPlan, WallLayoutService
from console.settings import Places
from console.widgets.tour_editor import TourEditor
from console.wiring.layouts import Layouts
from console.wiring.tours import WallTour
from tests.scenarios.console_kit import Seat, press, seat, until
from tests.scenarios.test_layouts_live import hold, rooms

pytestmark = [pytest.mark.display, pytest.mark.rtsp]
CTRL = Qt.KeyboardModifier.ControlModifier
OTHER = Actor("wang.lei", Role.LEADER)


@pytest.fixture
def stored(site: Places) -> Places:
    """Two layouts, and a tour of each kind."""
    with db.open_store(site.db_url) as store:
        with store.uows.read() as uow:
            groups = sorted({name for camera in uow.cameras.all() for name in camera.groups})
        service = WallLayoutService(store.uows, SystemClock())
        for name, cameras in (("东", ("cam001", "cam002")), ("西", ("cam003", "cam004"))):
            service.put(OTHER, NamedLayout(name, Hung("4", cameras)))
        service.put(OTHER, TourPlan("窗", "cameras", ("cam005", "cam006", "cam007"), 2))
        service.put(OTHER, TourPlan("组", "group", tuple(groups[:1]), 2))
        service.put(OTHER, TourPlan("局", "layouts", ("东", "西"), 2))
    return site


def command(here: Seat, words: str) -> None:
    """Ctrl+K, words, Enter."""
    here.take(here.desk, here.desk.parts.cameras.tree)
    press(Qt.Key.Key_K, CTRL)
    until(here.desk.parts.command.field.hasFocus, "the command bar")
    here.desk.parts.command.field.setText(words)  # an input method does this for people
    press(Qt.Key.Key_Return)


def stepped(walk: WallTour, stop: int) -> None:
    """Wait for a stop of the tour."""
    assert walk.tour is not None
    walk.tour.dwell_s = 0.5
    until(lambda: walk.tour is not None and walk.tour.at == stop, f"stop {stop}")


def test_each_kind_walks_past_a_pinned_tile(stored: Places) -> None:
    with seat(stored) as here:
        here.sign_in()
        _, tours = rooms(here)
        pane, walk = here.walls["wall-1"], tours.walls["wall-1"]
        wall = pane.wall
        wall.use_layout("4")
        hold(here, "wall-1")
        wall.select(3)
        press(Qt.Key.Key_K)
        kept = wall.tiles[3].camera
        home = wall.plan
        assert wall.tiles[3].pinned

        wall.select(0)
        command(here, "开始轮巡：窗")
        until(lambda: walk.tour is not None, "the tour of one tile")
        assert wall.tiles[0].camera == "cam005"
        stepped(walk, 1)
        shown = [tile.camera for tile in wall.tiles]
        assert (shown[0], shown[3]) == ("cam006", kept)
        assert shown[1:3] == list(home.shown()[1:3]), "one tile walks, the others stay"

        command(here, "开始轮巡：组")
        until(lambda: walk.tour is not None and walk.tour.name == "组", "the group's tour")
        first = [tile.camera for tile in wall.tiles]
        stepped(walk, 1)
        second = [tile.camera for tile in wall.tiles]
        assert first[3] == second[3] == kept
        assert not {*first[:3]} & {*second[:3]} - {""}, "another page of the group"

        command(here, "开始轮巡：局")
        until(lambda: walk.tour is not None and walk.tour.name == "局", "the layouts' tour")
        assert [tile.camera for tile in wall.tiles][:2] == ["cam001", "cam002"]
        stepped(walk, 1)
        assert {tile.camera for tile in wall.tiles[:3]} <= {"cam003", "cam004", ""}
        assert (wall.tiles[0].camera, wall.tiles[3].camera) == ("cam003", kept)
        assert walk.home == home

        tours.halt("cam008")
        assert wall.tiles[3].camera == kept, "nor does an alarm move it"
        assert "cam008" in [tile.camera for tile in wall.tiles]
        command(here, "停止轮巡")
        until(lambda: walk.tour is None, "it stops")
        assert wall.plan == home


def test_the_overview_and_a_layout_by_typing(stored: Places) -> None:
    with seat(stored) as here:
        here.sign_in()
        pane = here.walls["wall-1"]
        command(here, "载入布局：西")
        until(lambda: pane.wall.plan.shown()[:2] == ("cam003", "cam004"), "the layout hangs")
        command(here, "总览")
        until(lambda: pane.covered_by is not None, "the overview lies over the wall")
        assert pane.wall.plan.shown()[:2] == ("cam003", "cam004"), "what hangs below is still there"


def editor_of(layouts: Layouts) -> TourEditor:
    """The editor that is open."""
    until(lambda: layouts.editing.editor is not None, "the editor")
    found = layouts.editing.editor
    assert found is not None
    return found


def test_two_seats_change_the_same_tour(stored: Places) -> None:
    with seat(stored) as here, db.open_store(stored.db_url) as store:
        here.sign_in()
        layouts, _ = rooms(here)
        pane = here.walls["wall-1"]
        pane.bar.asked.emit("compose", "tours", "窗")
        editor = editor_of(layouts)
        assert editor.stops.stops == ("cam005", "cam006", "cam007")
        editor.stops.setCurrentRow(1)
        QTest.keyClick(editor.stops, Qt.Key.Key_Delete)
        editor.dwell.setValue(7)

        # Meanwhile the other room was quicker.
        other = WallLayoutService(store.uows, SystemClock())
        theirs = other.library().find("tours", "窗")
        assert isinstance(theirs, TourPlan)
        other.put(OTHER, replace(theirs, dwell_s=60), "窗", theirs.version)
        editor.finish()
        until(lambda: editor.problem.text() != "", "told that somebody was quicker")
        assert "别的席位" in editor.problem.text()
        assert editor.stops.stops == ("cam005", "cam007"), "nothing chosen is lost"
        until(lambda: editor.start.version == theirs.version + 1, "what is there now")
        editor.finish()
        until(lambda: layouts.editing.editor is None, "stored at the second attempt")
        now = other.library().find("tours", "窗")
        assert isinstance(now, TourPlan)
        assert (now.stops, now.dwell_s, now.by) == (("cam005", "cam007"), 7, "li.na")

        # The same over a layout: who comes second is told, nothing is overwritten.
        east = other.library().layout("东")
        assert east is not None
        until(lambda: layouts.library.layout("东") == east, "known here")
        other.put(OTHER, replace(east, hung=Hung("9", ("cam008",))), "东", east.version)
        pane.bar.asked.emit("overwrite", "layouts", "东")
        until(lambda: any("别的席位" in line for line in said(here)), "the refusal in words")
        kept = other.library().layout("东")
        assert kept is not None
        assert kept.hung.slots == ("cam008",)


def said(here: Seat) -> list[str]:
    """Sentences on screen."""
    return [line for pane in here.console.panes for line in pane.strip.notices]
