"""The overview on a screen: what is painted and decoded, and what keys do."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.domain.vocabulary import FeedState
from console.i18n import t
from console.widgets.overview_page import OverviewPage
from console.widgets.overview_view import ASK_AT_ONCE, SLICES
from console.widgets.wall_pane import WallPane
from console.wiring.overview import hang
from tests.gui.wall_kit import Bench, cameras, health, plain, street

COUNT = 600
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def page(kit: Bench, qtbot: QtBot) -> OverviewPage:
    made = OverviewPage(kit.sight)
    qtbot.addWidget(made)
    made.set_cameras(cameras(COUNT))
    made.resize(1280, 720)
    made.show()
    qtbot.waitExposed(made)
    made.view._timer.stop()  # the test looks when it wants to
    made.view._ask.stop()
    made._preparing.stop()
    return made


def ask_all(page: OverviewPage) -> None:
    for _ in range(-(-COUNT // ASK_AT_ONCE) + 1):
        page.view.ask_more()


def seen(page: OverviewPage) -> list[str]:
    return [page.view.cameras[i].id for i in page.view.visible()]


def test_those_in_view_are_asked_for_first_then_all_of_them(page: OverviewPage, kit: Bench) -> None:
    page.view._asked = {}
    page.view.ask_more()
    first = kit.feeds.budgets[-1]
    assert len(first) == ASK_AT_ONCE
    assert set(first) >= set(seen(page)[:ASK_AT_ONCE])
    ask_all(page)
    last = kit.feeds.budgets[-1]
    assert len(last) == COUNT
    assert {b.mode for b in last.values()} == {"slow"}
    assert max(b.width for b in last.values()) < 260


def test_closed_it_decodes_reads_and_paints_nothing(page: OverviewPage, kit: Bench) -> None:
    ask_all(page)
    page.hide()
    assert kit.feeds.budgets[-1] == {}
    reads = kit.feeds.reads
    page.view.look()
    assert kit.feeds.reads == reads
    assert not page.view._timer.isActive()
    assert not page.view._ask.isActive()


def test_one_look_reads_the_thumbnails_in_view_and_paints_the_new_ones(
    page: OverviewPage, kit: Bench, qtbot: QtBot
) -> None:
    QApplication.processEvents()
    reads = kit.feeds.reads
    page.view.look()
    assert kit.feeds.reads - reads == len(seen(page)) < 100
    QApplication.processEvents()
    page.view.painted.clear()
    new, unseen = seen(page)[3], page.view.cameras[-1].id
    for camera in (new, unseen):
        kit.feeds.show(camera, plain(64, 36, (0, 0, 255)), 64, 36)
    page.view.look()
    QApplication.processEvents()
    assert set(page.view.painted) == {new}


def test_glances_look_at_every_thumbnail_once_a_fifth_at_a_time(page: OverviewPage, kit: Bench) -> None:
    QApplication.processEvents()
    page.view.look()
    counts = []
    for camera in seen(page):
        kit.feeds.show(camera, plain(64, 36, (0, 0, 255)), 64, 36)
    before = {camera: page.view._cells[camera].seq for camera in seen(page)}
    for _ in range(SLICES):
        reads = kit.feeds.reads
        page.view.glance()
        counts.append(kit.feeds.reads - reads)
    assert sum(counts) == len(seen(page))
    assert max(counts) - min(counts) <= 1
    assert all(page.view._cells[camera].seq > before[camera] for camera in seen(page))


def test_a_picture_that_grows_old_stops_looking_live(page: OverviewPage, kit: Bench) -> None:
    camera = seen(page)[0]
    kit.feeds.show(camera, street("plaza-a.mp4", 176, 99), 176, 99)
    page.set_health({camera: health(camera, FeedState.LIVE, interval_s=4.0)})
    page.view.look()
    cell = page.view._cells[camera]
    assert cell.truth.state is FeedState.LIVE
    assert t("overview.cell.age", seconds=0) in cell.foot
    kit.clock.go(3)
    page.view.look()
    assert t("overview.cell.age", seconds=3) in cell.foot
    kit.clock.go(10)
    page.view.look()
    assert cell.truth.state is FeedState.STALE
    assert "13" in cell.foot


def test_typing_filters_at_once_and_escape_undoes_step_by_step(
    page: OverviewPage, kit: Bench, qtbot: QtBot
) -> None:
    page.search.setFocus()
    qtbot.keyClicks(page.search, "jbl")
    assert page.view.cameras
    assert {c.name.split("-")[0] for c in page.view.cameras} == {"经北六路"}
    qtbot.keyClicks(page.search, "zzz")
    assert page.view.cameras == ()
    assert "jblzzz" in page.view._empty
    closed: list[bool] = []
    page.closed.connect(lambda: closed.append(True))
    qtbot.keyClick(page.search, Qt.Key.Key_Escape)
    assert len(page.view.cameras) == COUNT
    assert not closed
    qtbot.keyClick(page.search, Qt.Key.Key_Escape)
    assert closed


def test_letters_typed_over_the_thumbnails_go_to_the_search(page: OverviewPage, qtbot: QtBot) -> None:
    page.view.setFocus()
    qtbot.keyClick(page.view, Qt.Key.Key_C)
    assert page.search.text() == "c"


def test_keys_walk_and_the_cursor_stays_in_view(page: OverviewPage, qtbot: QtBot) -> None:
    view, columns = page.view, page.view._columns
    for key, at in (
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Down, 1 + columns),
        (Qt.Key.Key_Left, columns),
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_End, COUNT - 1),
        (Qt.Key.Key_PageUp, None),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_PageDown, None),
    ):
        qtbot.keyClick(page.search, key)
        assert at is None or view._at == at
        assert view.viewport().rect().contains(view.rect_of(view._at))
    assert 0 < view._at < COUNT - 1


def test_enter_sends_one_and_what_was_collected_in_its_order(page: OverviewPage, qtbot: QtBot) -> None:
    sent: list[tuple[str, ...]] = []
    page.sent.connect(sent.append)
    first, second, third = (camera.id for camera in page.view.cameras[:3])
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    assert sent == [(first,)]
    middle = page.view.rect_of(2).center()
    qtbot.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, SHIFT, QPoint(middle))
    qtbot.keyClick(page.view, Qt.Key.Key_Left)
    qtbot.keyClick(page.view, Qt.Key.Key_Space)
    assert page.view.chosen == (third, second)
    qtbot.keyClick(page.view, Qt.Key.Key_Return)
    assert sent[-1] == (third, second)
    assert "2" in page.view.accessibleDescription()


def test_filters_follow_the_states(page: OverviewPage, qtbot: QtBot) -> None:
    everyone = [camera.id for camera in cameras(COUNT)]
    states = {c: health(c, FeedState.LIVE) for c in everyone}
    page.set_health(states)
    page.shows["bad"].click()
    assert page.view._empty == t("overview.empty.all_live")
    page.set_health({**states, everyone[5]: health(everyone[5], FeedState.LOST)})
    assert [camera.id for camera in page.view.cameras] == [everyone[5]]
    assert page.shows["bad"].text() == t("overview.show.bad", count=1)


def test_what_is_sent_hangs_from_the_selected_tile_on(kit: Bench, qtbot: QtBot) -> None:
    pane = WallPane(kit.sight, lambda *_: None, lambda _: None)
    qtbot.addWidget(pane)
    pane.set_cameras(cameras(12))
    pane.wall.use_layout("4")
    pane.wall.select(2)
    assert hang(pane.wall, ("CAM-009", "CAM-010")) == 2
    assert [tile.camera for tile in pane.wall.tiles][2:] == ["CAM-009", "CAM-010"]
    assert hang(pane.wall, tuple(f"CAM-{n:03d}" for n in range(5, 11))) == 4
    assert [tile.camera for tile in pane.wall.tiles] == ["CAM-005", "CAM-006", "CAM-007", "CAM-008"]
    pane.wall.undo()
    assert [tile.camera for tile in pane.wall.tiles][2:] == ["CAM-009", "CAM-010"]
