"""Monitors that are pulled and plugged while the console works: nothing is
lost, nobody has to sign in again, the board goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtWidgets import QApplication

from console.domain.vocabulary import Source
from console.services.cases import NewCase
from console.settings import Places
from console.simulation import display
from console.simulation.display import VirtualDisplay
from console.windows.screen_watch import screens_now
from tests.scenarios.console_kit import OFFICER, Seat, press, seat, until

pytestmark = [pytest.mark.display, pytest.mark.rtsp]

LEFT, MIDDLE, RIGHT = (QRect(x, 0, 1920, 1080) for x in (0, 1920, 3840))


@pytest.fixture
def cables(room: VirtualDisplay) -> Iterator[VirtualDisplay]:
    """The run's monitors; all three are back afterwards."""
    until(lambda: len(screens_now()) == 3, "three monitors")
    yield room
    there = {screen.name for screen in screens_now()}
    for index, (name, _geometry) in enumerate(display.MONITORS):
        if name not in there:
            room.plug(index)
    until(lambda: len(screens_now()) == 3, "three monitors again")


def pull_the_first(cables: VirtualDisplay) -> None:
    """The virtual screen's one output hangs on the first monitor; it goes to
    the second, which leaves the first without any: gone."""
    name, geometry = display.MONITORS[1]
    cables.unplug(1)
    cables.xrandr("--setmonitor", name, geometry, "screen")


def plug_the_first(cables: VirtualDisplay) -> None:
    """And back."""
    cables.unplug(1)
    cables.plug(0)
    cables.plug(1)


def places(here: Seat) -> dict[str, QRect]:
    """Where each window that is shown stands."""
    return {name: window.geometry() for name, window in here.console.windows.items()}


@contextmanager
def watched(here: Seat) -> Iterator[set[tuple[bool, tuple[str, ...]]]]:
    """Whether the page of a single display was whole, and which desks were
    shown, while everything else went on."""
    seen: set[tuple[bool, tuple[str, ...]]] = set()
    console = here.console

    def look() -> None:
        if "page" in console.desks:
            shown = tuple(name for name, desk in console.desks.items() if desk.isVisible())
            seen.add((console.making.stands("page"), shown))

    timer = QTimer()
    timer.setInterval(1)
    timer.timeout.connect(look)
    timer.start()
    try:
        yield seen
    finally:
        timer.stop()


def stand(here: Seat, wanted: dict[str, QRect]) -> None:
    """Wait until exactly these windows are shown, each filling its monitor."""
    try:
        until(lambda: places(here) == wanted)
    except AssertionError:
        pytest.fail(f"wanted {wanted}, there is {places(here)}")


def works(here: Seat) -> None:
    """The person is signed in at the window shown, and a case taken in on
    another desk comes up on its board."""
    desk = here.desk
    assert here.console.actor is not None
    assert here.console.actor.name == OFFICER.name
    assert desk.link.actor == here.console.actor
    assert desk.parts.page.isVisible()
    assert not desk.parts.login.isVisible()
    new = NewCase(source=Source.PATROL, place="亚太广场")
    case = here.console.engine.services.cases.open(OFFICER, new).case
    until(lambda: desk.parts.board.models.card(case.id) is not None, "the new case on the board")


def moves(here: Seat, *names: str) -> None:
    """The walls shown are painted anew with every picture."""
    for name in names:
        wall = next(p for key, p in here.console.named_panes.items() if key == name).wall
        shown = [tile.camera for tile in wall.tiles if tile.camera]
        assert shown
        before = dict(wall.painted)
        until(lambda: all(wall.painted[c] >= before.get(c, 0) + 5 for c in shown), f"{name} moves")  # noqa: B023


def test_pulled_one_by_one_and_plugged_again(site: Places, cables: VirtualDisplay) -> None:
    with seat(site) as here:
        stand(here, {"desk": LEFT, "wall-1": MIDDLE, "wall-2": RIGHT})
        here.sign_in()
        works(here)
        moves(here, "wall-1", "wall-2")
        hung = {name: pane.wall.plan for name, pane in here.walls.items()}

        cables.unplug(2)
        stand(here, {"desk": LEFT, "wall-1": MIDDLE})
        works(here)
        moves(here, "wall-1")
        # The parked wall sleeps: what only it shows is not decoded any more.
        parked = set(hung["wall-2"].shown()) - set(hung["wall-1"].shown()) - {""}
        feeds = here.console.engine.feeds
        assert feeds is not None
        until(lambda: {feeds.budget(camera).mode for camera in parked} == {"idle"}, "the parked wall sleeps")

        with watched(here) as seen:
            cables.unplug(1)
            stand(here, {"page": LEFT})
        # The page is made a part a turn; until it stands the desk is there.
        assert (False, ("desk",)) in seen
        assert (False, ("page",)) not in seen
        works(here)
        moves(here, "page")
        press_n(here)

        cables.plug(1)
        cables.plug(2)
        stand(here, {"desk": LEFT, "wall-1": MIDDLE, "wall-2": RIGHT})
        works(here)
        moves(here, "wall-1", "wall-2")
        assert {name: pane.wall.plan for name, pane in here.walls.items()} == hung
    assert "wall-2" in (site.data / "windows.json").read_text("utf-8")


def press_n(here: Seat) -> None:
    """On the one display too N on a tile brings a case up beside it."""
    page = here.desk
    wall = next(p for key, p in here.console.named_panes.items() if key == "page").wall
    here.live(wall.tiles[0].camera)
    here.take(page, wall)
    wall.select(0)
    before = len(here.cases())
    press(Qt.Key.Key_N)
    until(lambda: len(here.cases()) == before + 1, "the case")
    newest = here.cases()[-1]
    assert newest.camera == wall.tiles[0].camera
    until(lambda: page.parts.detail.case_id == newest.id, "the case beside the tiles")
    until(lambda: QApplication.focusWidget() is page.parts.detail.filing.field, "the search has the keyboard")
    until(lambda: len(here.case(newest.id).evidence) == 4, "clip, its sidecar and pictures")
    until(lambda: wall.tiles[0].face is not None, "the badge on the tile")


def test_the_desk_goes_elsewhere_when_its_own_monitor_is_pulled(site: Places, cables: VirtualDisplay) -> None:
    with seat(site) as here:
        stand(here, {"desk": LEFT, "wall-1": MIDDLE, "wall-2": RIGHT})
        here.sign_in()
        pull_the_first(cables)
        until(lambda: len(here.console.windows) == 2, "two windows on two monitors")
        until(lambda: sorted(r.x() for r in places(here).values()) == [1920, 3840], str(places(here)))
        assert "desk" in here.console.windows
        works(here)
        plug_the_first(cables)
        stand(here, {"desk": LEFT, "wall-1": MIDDLE, "wall-2": RIGHT})
        works(here)
