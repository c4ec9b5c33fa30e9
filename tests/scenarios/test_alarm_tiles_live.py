"""High alarms bring their cameras to the alarm tiles of the wall: held, in a
queue, released by key, gone with the alarm; tours stand, pictures are live."""

from __future__ import annotations

from typing import TypeVar

import pytest
from PySide6.QtCore import Qt

from console.domain.geo import distance_m
from console.domain.model import Camera, Command
from console.domain.vocabulary import Action, AlarmState, Source
from console.services.cases import NewCase
from console.settings import Places
from console.wiring.alarm_tiles import AlarmTilesPart
from console.wiring.coverage import Coverage
from console.wiring.part import Part
from tests.scenarios.console_kit import OFFICER, Seat, Story, at, press, seat, until
from tests.scenarios.test_layouts_live import hold, rooms

pytestmark = [pytest.mark.display, pytest.mark.rtsp, pytest.mark.logs("the clock was stepped")]
ALT = Qt.KeyboardModifier.AltModifier
P = TypeVar("P", bound=Part)


def part(here: Seat, kind: type[P]) -> P:
    """A part of the console."""
    return next(one for one in here.console._parts if isinstance(one, kind))


def opened(here: Seat, camera: str) -> str:
    """A case seen by a camera just now, on the board."""
    new = NewCase(source=Source.CAMERA, camera=camera, found_at=here.console.engine.clock.now())
    case = here.console.engine.services.cases.open(OFFICER, new).case.id
    until(lambda: here.board is not None and any(c.id == case for c in here.board.cards), "on the board")
    return case


def nearest_to(here: Seat, camera: str, count: int) -> list[str]:
    """The camera and those that stand nearest to it, by the map."""
    known = {one.id: one for one in here.console.cameras}

    def place(one: Camera) -> tuple[float, float]:
        assert one.lon is not None
        assert one.lat is not None
        return one.lon, one.lat

    here_is = place(known[camera])
    return sorted(known, key=lambda one: (distance_m(place(known[one]), here_is), one))[:count]


def ended(here: Seat, case: str) -> None:
    """Rejected with a reason, and its alarm acknowledged."""
    services = here.console.engine.services
    services.cases.act(OFFICER, case, Command(Action.REJECT, reason="不属实"))
    for alarm, _ in here.alarms():
        if alarm.source_id == case and alarm.state is not AlarmState.CLEARED:
            services.alarms.acknowledge(OFFICER, alarm.id)


def test_shown_held_released_and_gone(site: Places, story: Story) -> None:
    with seat(site, story) as here:
        here.sign_in()
        for name, pane in here.walls.items():
            pane.wall.use_layout("6" if name == "wall-1" else "1")
        pane = here.walls["wall-1"]
        wall = pane.wall
        home, hung = wall.plan, [tile.camera for tile in wall.tiles]
        known = [one.id for one in here.console.cameras]
        here.live(*known)
        until(lambda: len(part(here, AlarmTilesPart)._health) == len(known), "every camera reported")
        hold(here, "wall-1")
        wall.select(1)
        press(Qt.Key.Key_T)
        walk = rooms(here)[1].walls["wall-1"]
        first = opened(here, known[7])
        assert (wall.lending, dict(wall.loans)) == ((3, 4, 5), {})

        # Its five minutes are over: the alarm is high.
        story.stand(at("08:05:10"))
        until(lambda: bool(wall.loans), "the alarm's cameras")
        shown = [tile.camera for tile in wall.tiles]
        assert shown[3:] == nearest_to(here, known[7], 3)
        assert shown[3] == known[7]
        assert walk.tour is not None
        assert walk.tour.halted == known[7], "the tour stands"
        walk.stop()
        assert [tile.camera for tile in wall.tiles] == [*hung[:3], *shown[3:]]
        assert (wall.plan, wall.selected) == (home, 1), "neither plan nor hand is moved"
        tile = wall.tiles[3]
        until(lambda: tile.truth.current and wall.painted[known[7]] > 0, "the camera of the alarm live")
        place = next(one for one in part(here, Coverage)._places if one.pane is pane)
        covered = set(hung[3:]) - set(shown)
        until(lambda: known[7] in place.in_view(here.console.engine.clock.monotonic()), "counted as seen")
        assert not covered & place.in_view(here.console.engine.clock.monotonic()), "what is not seen is not"

        # A second alarm waits; from the desk to the first; X gives its tiles to the second.
        second = opened(here, known[0])
        story.stand(at("08:11:00"))
        until(pane.bar._waiting.isVisible, "one waits")
        assert wall.tiles[3].camera == known[7], "what is shown is held"
        assert wall.loans[3].more == "+1"
        press(Qt.Key.Key_O)
        assert pane.covered_by is not None, "every camera lies over the wall"
        here.take(here.desk, here.desk.parts.cameras.tree)
        press(Qt.Key.Key_A, ALT)
        until(wall.hasFocus, "the keyboard at the wall")
        assert (pane.covered_by, wall.selected) == (None, 3)
        press(Qt.Key.Key_X)
        until(lambda: wall.tiles[3].camera == known[0], "the second one")
        assert wall.selected == 1, "the hand is back where it was"
        assert not pane.bar._waiting.isVisible()

        # Over: what hung there is back, and the released one stays away.
        ended(here, second)
        until(lambda: not wall.loans, "nothing is lent")
        assert [tile.camera for tile in wall.tiles] == hung
        assert wall.plan == home
        ended(here, first)
