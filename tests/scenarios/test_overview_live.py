"""Twenty-four cameras on the overview of the real program, three of them out
of order: found by filter and by initials, and sent to the wall."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from console.domain.vocabulary import FeedState
from console.feeds.pool import FeedPool
from console.services.search import spelt
from console.settings import Places
from console.simulation.camera_process import CameraPlan, SpawnedCameras
from console.widgets.overview_page import OverviewPage
from console.wiring.overview import Overview
from tests.scenarios.console_kit import OFFICER, Seat, build_site, press, seat, typed, until

pytestmark = [pytest.mark.display, pytest.mark.rtsp]

COUNT = 24
FAULTS = {22: "auth", 23: "missing", 24: "mute"}


@pytest.fixture
def district_site(tmp_path: Path, qapp: QApplication) -> Iterator[Places]:
    plan = CameraPlan(COUNT, tmp_path / "footage", size=(352, 288), fps=5, auth=("operator", "street"))
    with SpawnedCameras(plan) as cameras:
        for number, kind in FAULTS.items():
            cameras.set_fault(number, kind)
        folder = tmp_path / "data"
        yield build_site(folder, f"sqlite:///{folder / 'site.sqlite'}", cameras)


def overview(here: Seat, wall: str) -> OverviewPage:
    """The overview of a wall, opened with its key."""
    pane = here.walls[wall]
    here.take(pane.window(), pane.wall)
    press(Qt.Key.Key_O)
    part = next(part for part in here.console._parts if isinstance(part, Overview))
    page = part.walls[wall].page
    assert page is not None
    assert pane.covered_by is page
    return page


def slow(feeds: FeedPool) -> int:
    return sum(feeds.budget(camera).mode == "slow" for camera in feeds.health())


def test_filter_search_and_send(district_site: Places) -> None:
    with seat(district_site, actor=OFFICER, layout="4") as here:
        feeds = here.console.engine.feeds
        assert feeds is not None
        pane = here.walls["wall-1"]
        page = overview(here, "wall-1")
        until(lambda: page.index.counts() == (COUNT - len(FAULTS), COUNT), "all whole cameras live")
        until(lambda: sum(page.view.age(c.id) is not None for c in page.view.cameras) == 21, "thumbnails")
        assert slow(feeds) > 4  # what hangs on another wall may move

        page.shows["bad"].click()
        bad = {f"cam{number:03d}" for number in FAULTS}
        until(lambda: {camera.id for camera in page.view.cameras} == bad, "the faulty ones alone")
        page.view.look()
        states = {name: page.view._cells[name].truth.state for name in bad}
        assert states["cam022"] is FeedState.UNAUTHORISED
        assert states["cam023"] is FeedState.NOT_FOUND
        page.shows["all"].click()

        wanted = next(c for c in here.console.cameras if c.id == "cam015")
        page.search.setFocus()
        typed(spelt(wanted.name))
        assert wanted.id in {camera.id for camera in page.view.cameras}
        page.view.go([camera.id for camera in page.view.cameras].index(wanted.id))
        press(Qt.Key.Key_Return)

        assert pane.covered_by is None
        assert pane.wall.selected_camera == wanted.id
        until(lambda: (truth := pane.wall.truth(wanted.id)) is not None and truth.current, "it is live")
        shown = {tile.camera for one in here.walls.values() for tile in one.wall.tiles}
        until(lambda: {c for c in feeds.health() if feeds.budget(c).mode != "idle"} <= shown, "rest idle")
