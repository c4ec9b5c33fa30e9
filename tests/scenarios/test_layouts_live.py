"""Three monitors: layouts saved and loaded by key, all walls at once, a tour
that an alarm halts, and everything back after the console was gone."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt

from console.domain.vocabulary import Severity, Source
from console.services.cases import NewCase
from console.settings import Places
from console.wiring.layouts import Layouts
from console.wiring.tours import Tours
from tests.scenarios.console_kit import OFFICER, Seat, Story, at, press, seat, until

pytestmark = [pytest.mark.display, pytest.mark.rtsp]
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def rooms(here: Seat) -> tuple[Layouts, Tours]:
    """The two parts under test."""
    layouts = next(one for one in here.console._parts if isinstance(one, Layouts))
    tours = next(one for one in here.console._parts if isinstance(one, Tours))
    return layouts, tours


def hold(here: Seat, name: str) -> None:
    """The keyboard goes to a wall."""
    pane = here.walls[name]
    here.take(pane.window(), pane.wall)


def test_saved_loaded_and_back_after_a_restart(site: Places) -> None:
    with seat(site) as here:
        here.sign_in()
        layouts, _ = rooms(here)
        first, second = here.walls["wall-1"], here.walls["wall-2"]
        first.wall.use_layout("1+5")
        layouts.save(layouts.walls["wall-1"], "layouts", "早高峰")
        until(lambda: layouts.library.layout("早高峰") is not None, "stored")
        layouts.save(layouts.walls["wall-1"], "salvos", "夜间")
        until(lambda: len(layouts.library.salvos) == 1, "the salvo stored")
        saved = (first.wall.plan.layout, first.wall.plan.slots), second.wall.plan.layout
        first.wall.use_layout("9")
        second.wall.use_layout("16")

        hold(here, "wall-1")
        press(Qt.Key.Key_1, CTRL)
        assert (first.wall.plan.layout, first.wall.plan.slots) == saved[0]
        press(Qt.Key.Key_Z, CTRL)
        assert first.wall.plan.layout == "9"
        press(Qt.Key.Key_1, CTRL | SHIFT)
        assert (first.wall.plan.layout, second.wall.plan.layout) == (saved[0][0], saved[1])

        press(Qt.Key.Key_L, CTRL)
        file = site.data / "walls.json"

        def on_disk() -> bool:
            # Written while it runs: a console that is killed loses nothing.
            rows = json.loads(file.read_text("utf-8"))["walls"] if file.exists() else {}
            return bool(rows.get("wall-1", {}).get("locked"))

        until(on_disk, "the lock on the disk")
        wanted = {name: pane.wall.plan for name, pane in here.walls.items()}
    with seat(site) as again:
        assert {name: pane.wall.plan for name, pane in again.walls.items()} == wanted
        assert again.walls["wall-1"].wall.plan.locked
    with seat(site, layout="早高峰") as asked:
        assert asked.walls["wall-1"].wall.plan.layout == "1+5"


@pytest.mark.logs("the clock was stepped")
def test_a_tour_walks_and_an_alarm_halts_it(site: Places, story: Story) -> None:
    with seat(site, story) as here:
        here.sign_in()
        _, tours = rooms(here)
        pane = here.walls["wall-1"]
        pane.wall.use_layout("1")
        hold(here, "wall-1")
        home = pane.wall.plan
        camera = home.slots[5]
        new = NewCase(source=Source.CAMERA, camera=camera, found_at=here.console.engine.clock.now())
        case = here.console.engine.services.cases.open(OFFICER, new).case
        until(lambda: severity(here, case.id) is not Severity.HIGH, "the case on the board, still in time")
        press(Qt.Key.Key_T)
        walk = tours.walls["wall-1"]
        assert walk.tour is not None
        walk.tour.dwell_s = 1.0
        until(lambda: pane.wall.plan.page == 2, "the third camera")
        assert walk.home == home, "looking is not changing"
        assert pane.bar._tour.text().startswith("3/8")

        story.stand(at("15:00:00"))
        until(lambda: walk.tour is not None and walk.tour.paused, "the alarm halts it")
        assert severity(here, case.id) is Severity.HIGH
        assert pane.wall.selected_camera == camera
        name = pane.wall.camera(camera)
        assert name is not None
        assert name.name in pane.bar._tour.text()
        press(Qt.Key.Key_T)
        assert not walk.tour.paused
        walk.stop()
        assert pane.wall.plan == home
        pane.wall.undo()
        assert pane.wall.plan.layout != "1", "the tour left nothing to undo"


def severity(here: Seat, case_id: str) -> object:
    """How bad a case on the board is; ``HIGH`` while it is not there yet."""
    cards = here.board.cards if here.board is not None else ()
    return next((card.severity for card in cards if card.id == case_id), Severity.HIGH)
