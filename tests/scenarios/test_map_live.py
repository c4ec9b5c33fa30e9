"""The map in the real program: opened by its key, walked by keyboard, clicked
with the mouse; cases open, cameras come to the wall, a point becomes a case."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from console.domain.model import Command
from console.domain.vocabulary import Action, Source
from console.services.cases import NewCase
from console.settings import Places
from console.widgets.map_canvas import Placed
from console.widgets.map_page import MapPage
from console.widgets.map_view import MapView
from console.widgets.wall_pane import WallPane
from console.wiring.map import DistrictMap
from tests.scenarios.console_kit import OFFICER, Seat, Story, press, seat, until

pytestmark = [
    pytest.mark.display,
    pytest.mark.rtsp,
    # The clock of the story stands still: the waker sees and says so.
    pytest.mark.logs("the clock was stepped"),
]

#: The place of cam001, and another 300 m away.
HERE, THERE = (113.7263, 34.6993), (113.7290, 34.6975)


def new_case(here: Seat, lon: float, lat: float) -> str:
    service = here.console.engine.services.cases
    new = NewCase(source=Source.PATROL, condition="E09006-1", place="镜湖大道", lon=lon, lat=lat)
    return service.open(OFFICER, new).case.id


def opened(here: Seat) -> MapPage:
    """The page, after F7, with its ground."""
    desk = here.desk
    here.take(desk, desk.parts.board.columns["dispatching"].view)
    press(Qt.Key.Key_F7)
    page = desk.parts.pages.widget("map")
    assert isinstance(page, MapPage)
    until(lambda: page.isVisible() and page.view.ground is not None, "the map")
    until(lambda: QApplication.focusWidget() is page.view, "the keyboard on the map")
    return page


def mark(view: MapView, kind: str, id: str) -> Placed:
    """The mark of one thing that stands alone."""
    return next(
        one
        for one in view.marks
        if one.spot.kind == kind and [view.id_of(kind, m) for m in one.spot.members] == [id]
    )


def click(view: MapView, at: QPoint) -> None:
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)


def chosen_from(menu: QMenu, words: str) -> None:
    action = next(one for one in menu.actions() if words in one.text())
    menu.close()
    action.trigger()


def hung(here: Seat) -> list[str]:
    pane: WallPane = here.walls["wall-1"]
    return [tile.camera for tile in pane.wall.tiles]


def test_keyboard_alone_finds_a_case_and_brings_its_cameras_to_the_wall(site: Places, story: Story) -> None:
    with seat(site, story) as here:
        here.sign_in()
        here.live("cam001", "cam002", "cam003", "cam004")
        case = new_case(here, *HERE)
        new_case(here, *THERE)
        view = opened(here).view
        until(lambda: len(view.cases) == 2, "two cases on the map")
        before = hung(here)
        # Tab walks the cases first; both wait for a decision.
        for _ in range(2):
            press(Qt.Key.Key_Tab)
            if view.lit == ("case", case):
                break
        assert view.lit == ("case", case)
        press(Qt.Key.Key_Return)
        until(lambda: here.desk.parts.detail.case_id == case, "the case opened")
        assert QApplication.focusWidget() is view, "a refresh took the keyboard"
        # A newer state of the case leaves the map where somebody looks now.
        press(Qt.Key.Key_Right)
        looked_at = view.view
        here.desk.link.load_case()
        QTest.qWait(300)
        assert view.view == looked_at
        press(Qt.Key.Key_W)
        until(lambda: hung(here) != before, "cameras on the wall")
        cameras = {camera.id: camera for camera in here.console.cameras}
        four = hung(here)[:4]
        assert "cam001" in four
        assert len(set(four)) == 4
        assert set(four) <= set(cameras)
        assert here.desk.parts.toast.text().count("、") == 3
        # One step back, on the wall itself.
        wall = here.walls["wall-1"].wall
        here.take(here.console._walls["wall-1"], wall)
        press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        until(lambda: hung(here) == before, "undone")


def test_the_map_in_the_case_names_the_nearest_cameras(site: Places, story: Story) -> None:
    with seat(site, story) as here:
        here.sign_in()
        here.live("cam001", "cam003")
        case = new_case(here, *HERE)
        nowhere = here.console.engine.services.cases.open(OFFICER, NewCase(source=Source.PUBLIC)).case
        desk = here.desk
        desk.open_case(case)
        detail = desk.parts.detail
        until(lambda: detail.case_id == case, "the case")
        part = next(one for one in here.console._parts if isinstance(one, DistrictMap))
        section = part._desks[0].case_map
        detail.sections.show_section(section)
        until(lambda: "在线 · 镜湖大道和顺街口西" in section.rows[0].text(), "the nearest camera, live")
        until(lambda: section.mini.painted >= 1, "the picture")
        before = hung(here)
        here.take(desk, detail)
        press(Qt.Key.Key_W)
        until(lambda: hung(here) != before, "W brings them to the wall")
        QTest.mouseClick(section.mini, Qt.MouseButton.LeftButton)
        page = desk.parts.pages.widget("map")
        assert isinstance(page, MapPage)
        until(lambda: page.isVisible() and page.view.lit == ("case", case), "the large map, at the case")
        assert page.view.view.middle == pytest.approx(HERE, abs=1e-6)
        desk.open_case(nowhere.id)
        until(lambda: detail.case_id == nowhere.id, "the case without a place")
        until(lambda: "没有坐标" in section._said.text(), "it says so")
        assert section.mini.isHidden()
        after = hung(here)
        press(Qt.Key.Key_W)
        assert hung(here) == after
        assert "没有坐标" in desk.parts.toast.text()


def test_the_mouse_opens_a_case_and_makes_one_at_a_point(site: Places, story: Story) -> None:
    with seat(site, story) as here:
        here.sign_in()
        case = new_case(here, *THERE)
        page = opened(here)
        view = page.view
        until(lambda: len(view.cases) == 1, "the case on the map")
        view.go(view.view.centred(*THERE, 1.0))
        QApplication.processEvents()
        click(view, mark(view, "case", case).hit.center().toPoint())
        until(lambda: here.desk.parts.detail.case_id == case, "the case opened by a click")
        menus: list[QMenu] = []
        view.menu_made.connect(menus.append)
        camera = next(one for one in view.marks if one.spot.kind == "camera" and len(one.spot.members) == 1)
        name = view.id_of("camera", camera.spot.members[0])
        click(view, camera.hit.center().toPoint())
        chosen_from(menus[-1], "上墙")
        until(lambda: name in hung(here), "the camera on the wall")
        # Ground without a mark: a case is taken in there.
        bare = QPoint(30, 60)
        while view.placed_at(bare.x(), bare.y()) is not None:
            bare += QPoint(7, 3)
        lon, lat = view.view.place_at(bare.x(), bare.y())
        click(view, bare)
        chosen_from(menus[-1], "登记案件")
        intake = here.desk.parts.intake
        until(lambda: intake.isVisible(), "the sheet")
        located = intake._located
        assert located is not None
        assert (located.lon, located.lat) == pytest.approx((lon, lat))


def test_the_heat_counts_by_grid_and_teams_stand_where_they_arrived(site: Places, story: Story) -> None:
    with seat(site, story) as here:
        here.sign_in()
        cases = [new_case(here, *THERE) for _ in range(3)]
        for action in (Action.FILE, Action.DISPATCH, Action.ACCEPT, Action.ARRIVE):
            here.console.engine.services.cases.act(OFFICER, cases[0], Command(action))
        page = opened(here)
        until(lambda: len(page.view.teams) == 1, "the team that arrived")
        (team,) = page.view.teams.teams
        assert (team.id, team.busy) == ("appearance", True)
        assert (team.lon, team.lat) == pytest.approx(THERE)
        press(Qt.Key.Key_H)
        until(lambda: page.view.heat is not None and sum(page.view.heat.values()) == 3, "the heat")
        assert page.view.heat is not None
        ((grid, count),) = page.view.heat.items()
        assert count == 3
        ground = page.view.ground
        assert ground is not None
        around = ground.grid_index.find(THERE)
        assert around is not None
        assert grid == around.id
        press(Qt.Key.Key_H)
        until(lambda: page.view.heat is None, "no heat")
