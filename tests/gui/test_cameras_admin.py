"""The section of cameras without a program around it: six hundred rows, what a
form hands over, masks by mouse and keys, trials that come in by the dozen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QStackedWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from console.domain.masks import WHOLE, rectangle
from console.domain.vocabulary import FeedState
from console.models.camera_table import BAD, HEALTH, MASKED, SETUP, CameraAdminModel
from console.models.mask_sketch import MaskSketch
from console.models.trial_rows import FoundRow, TrialRow
from console.services.camera_cards import CameraCard, CameraTable, Group
from console.services.camera_records import CameraDay
from console.widgets.camera_form import BULK, EDIT, NEW, REPLACE
from console.widgets.cameras_section import CamerasSection
from tests.gui.wall_kit import START, Bench, cameras, health, street

CARDS = tuple(
    CameraCard(
        replace(
            one,
            url=f"rtsp://10.0.{at // 200}.{at % 200}:554/Streaming/Channels/101",
            url_sub=f"rtsp://10.0.{at // 200}.{at % 200}:554/Streaming/Channels/102",
            vendor="hikvision",
            host=f"10.0.{at // 200}.{at % 200}",
            channel="1",
            username="admin",
            segment=f"S{at // 24}",
            masks=(rectangle(0, 0, 5000, 5000),) if at % 50 == 0 else (),
        ),
        has_password=True,
    )
    for at, one in enumerate(cameras(600))
)
FIRST = CARDS[0].camera.id


@pytest.fixture
def section(kit: Bench, qtbot: QtBot) -> Iterator[CamerasSection]:
    made = CamerasSection(kit.theme, kit.sight)
    qtbot.addWidget(made)
    made.resize(1400, 800)
    made.show()
    made.activateWindow()
    assert QTest.qWaitForWindowActive(made)
    made.list.show_table(CameraTable(CARDS))
    yield made
    made.hide()


def days(count: int) -> list[CameraDay]:
    """The third camera was down half of the day."""
    return [
        CameraDay(
            card.camera.id, "2026-03-02", 100.0, 50.0 if at == 2 else 100.0, int(at == 2), "lost", START
        )
        for at, card in enumerate(CARDS[:count])
    ]


def test_six_hundred_rows_cost_what_is_looked_at(section: CamerasSection, qtbot: QtBot) -> None:
    told: list[tuple[str, str]] = []
    words = section.list.model.words

    def counted(camera: str, column: str) -> str:
        told.append((camera, column))
        return words(camera, column)

    section.list.model.words = counted  # type: ignore[method-assign]
    states = {card.camera.id: health(card.camera.id, FeedState.LIVE) for card in CARDS}
    section.list.set_health(states, START)
    section.grab()
    rows = {camera for camera, _ in told}
    assert 5 < len(rows) < 60, "only rows in sight are put into words"
    assert section.list.model.rowCount() == 600


def test_found_by_name_initials_address_and_what_is_wrong(section: CamerasSection) -> None:
    listed, model = section.list, section.list.model
    listed.search.setText("cfl 10.0.0.5 ")  # 朝凤路 by its initials, and an address
    assert set(model.ids) == {
        c.camera.id for c in CARDS if "朝凤路" in c.camera.name and "10.0.0.5" in c.camera.host
    }
    listed.search.setText("１２３")  # full-width digits
    assert all("123" in camera + model.words(camera, "address") for camera in model.ids)
    assert model.ids
    listed.search.setText("nothing like that")
    assert (model.ids, listed.empty.isVisible()) == ((), True)
    listed.search.clear()
    listed.show_only.setCurrentIndex(listed.show_only.findData(MASKED))
    assert len(model.ids) == 12
    listed.set_health({FIRST: health(FIRST, FeedState.LOST, 30.0)}, START)
    listed.show_only.setCurrentIndex(listed.show_only.findData(BAD))
    assert FIRST in model.ids, "what nobody watches here counts as not well, too"


def test_the_worst_come_first_and_rows_do_not_run_away(section: CamerasSection) -> None:
    listed, model = section.list, section.list.model
    listed.table.setFocus()
    bad, poor = CARDS[400].camera.id, CARDS[2].camera.id
    states = {card.camera.id: health(card.camera.id, FeedState.LIVE) for card in CARDS}
    states[bad] = health(bad, FeedState.LOST, 90.0, reason="no_answer")
    listed.set_health(states, START)
    model.set_days(days(600))
    QTest.keyClick(listed.table, Qt.Key.Key_H)
    assert model.ids[:2] == (bad, poor)
    assert listed.current == bad
    assert (model.words(poor, "available"), model.words(poor, "falls")) == ("50.0 %", "1")
    listed.set_health({**states, bad: health(bad, FeedState.LIVE)}, START + timedelta(seconds=1))
    assert model.ids[0] == bad, "the order changes when it is asked for, not under the hand"
    QTest.keyClick(listed.table, Qt.Key.Key_H)
    assert (model.view, model.ids.index(bad) > 1) == (SETUP, True)


def test_what_is_chosen_stays_chosen_when_the_table_comes_anew(section: CamerasSection) -> None:
    listed, asked = section.list, []
    listed.asked.connect(lambda what, ids: asked.append((what, ids)))
    listed.go_to(CARDS[5].camera.id)
    QTest.keyClick(listed.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    two = listed.ids()
    assert len(two) == 2
    listed.show_table(CameraTable(tuple(replace(card, has_password=False) for card in CARDS)))
    assert listed.ids() == two
    for key in (Qt.Key.Key_E, Qt.Key.Key_P, Qt.Key.Key_N):
        QTest.keyClick(listed.table, key)
    assert asked == [("bulk", two), ("masks", (listed.current,)), ("new", ())]


def test_a_form_hands_over_what_was_changed_and_no_password_comes_out(section: CamerasSection) -> None:
    form, saved = section.form, []
    form.saved.connect(lambda *given: saved.append(given))
    section.turn(form)
    form.open(EDIT, CARDS[:1])
    password = form.fields["password"]
    assert isinstance(password, QLineEdit)
    assert (password.text(), password.echoMode()) == ("", QLineEdit.EchoMode.Password)
    QTest.keyClick(form, Qt.Key.Key_Return)
    assert (saved, form.problem.isVisible()) == ([], True)
    host = form.fields["host"]
    assert isinstance(host, QLineEdit)
    host.setText("10.9.9.9")
    assert "rtsp://10.9.9.9:554/Streaming/Channels/101" in form.preview.text()
    assert "以填的为准" not in form.preview.text(), "the address goes with the device"
    password.setText(" a word ")
    assert " a word " not in form.preview.text()
    QTest.keyClick(form, Qt.Key.Key_Return)
    assert saved == [(EDIT, (FIRST,), {"host": "10.9.9.9", "password": " a word "}, {FIRST: 1}, "")]

    form.open(BULK, CARDS[:3])
    enabled = form.fields["enabled"]
    assert isinstance(enabled, QComboBox)
    enabled.setCurrentIndex(enabled.findData("0"))
    QTest.keyClick(form, Qt.Key.Key_Return)
    assert saved[-1][2] == {"enabled": "0"}, "empty fields stay as they are"

    form.open(REPLACE, CARDS[:1])
    assert password.text() == ""
    for name, text in (("url", "rtsp://10.1.1.1/1"), ("reason", "雷击损坏")):
        field = form.fields[name]
        assert isinstance(field, QLineEdit)
        field.setText(text)
    QTest.keyClick(form, Qt.Key.Key_Return)
    assert saved[-1] == (REPLACE, (FIRST,), {"url": "rtsp://10.1.1.1/1"}, {FIRST: 1}, "雷击损坏")

    form.open(NEW)
    number = form.fields["id"]
    assert isinstance(number, QLineEdit)
    number.setText("41017100081186000001")
    assert "118" in form.preview.text(), "a recorder's number is told, and nobody is stopped"


def test_masks_are_drawn_by_keys_and_by_mouse(section: CamerasSection, kit: Bench) -> None:
    editor, saved = section.masks, []
    editor.saved.connect(lambda *given: saved.append(given))
    left: list[bool] = []
    editor.left.connect(lambda: left.append(True))
    kit.feeds.show("CAM-002", street("plaza-a.mp4", 320, 240), 320, 240)
    section.turn(editor)
    editor.open(CARDS[1].camera)
    canvas, sketch = editor.canvas, editor.canvas.sketch
    QTest.keyClick(canvas, Qt.Key.Key_N)
    assert sketch.chosen == 0
    QTest.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(canvas, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert sketch.masks[0] == rectangle(3520, 3500, 3000, 3100)
    QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert sketch.masks[0] == rectangle(3520, 3500, 3000, 3000)

    room = canvas.room()

    def at(x: int, y: int) -> QPointF:
        return QPointF(room.x() + x / WHOLE * room.width(), room.y() + y / WHOLE * room.height())

    button = Qt.MouseButton.LeftButton
    QTest.mousePress(canvas, button, pos=at(500, 500).toPoint())
    QTest.mouseMove(canvas, at(2500, 2500).toPoint())
    QTest.mouseRelease(canvas, button, pos=at(2500, 2500).toPoint())
    assert len(sketch.masks) == 2
    (x1, y1), _, (x2, y2), _ = sketch.masks[1]
    assert max(abs(x1 - 500), abs(y1 - 500), abs(x2 - 2500), abs(y2 - 2500)) < 40
    for x, y in ((7000, 7000), (9000, 7000), (8000, 9500)):
        QTest.mouseClick(canvas, button, pos=at(x, y).toPoint())
    assert len(sketch.open) == 3
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert (len(sketch.masks), sketch.open) == (3, [])
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert len(sketch.masks) == 2
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert (left, "Esc" in editor.state.text()) == ([], True), "drawn masks are not dropped by one key"
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert saved == [("CAM-002", tuple(sketch.masks), 1)]


def test_a_sketch_keeps_inside_the_picture_and_takes_steps_back() -> None:
    sketch = MaskSketch([rectangle(0, 0, 2000, 2000)])
    sketch.next()
    sketch.keep()
    sketch.move(-500, 99_000)
    assert sketch.masks == [rectangle(0, 8000, 2000, 2000)]
    sketch.move_corner(0, 0, -50, 12_000)
    assert sketch.masks[0][0] == (0, WHOLE)
    assert (sketch.undo(), sketch.masks) == (True, [rectangle(0, 0, 2000, 2000)])
    assert (sketch.undo(), sketch.changed) == (False, False)


def test_trials_come_in_by_the_dozen_failed_ones_first(section: CamerasSection, qtbot: QtBot) -> None:
    view = section.trials
    laid: list[int] = []
    apply = view.table.apply

    def counted(*given: object, **more: object) -> None:
        laid.append(1)
        apply(*given, **more)  # type: ignore[arg-type]

    view.table.apply = counted  # type: ignore[method-assign]
    section.turn(view)
    view.begin({card.camera.id: card.camera.name for card in CARDS[:100]})
    for at, card in enumerate(CARDS[:50]):
        view.take(TrialRow(card.camera.id, card.camera.name, "auth" if at == 49 else "ok"))
    assert (len(laid), view.bar.isVisible()) == (1, True), "the table is not laid for each of them"
    stopped: list[bool] = []
    view.stopped.connect(lambda: stopped.append(True))
    QTest.keyClick(view.table, Qt.Key.Key_Escape)
    assert stopped == [True]
    view.over()
    assert view.bad == (CARDS[49].camera.id,)
    assert view.current == CARDS[49].camera.id
    assert "50/100" in view.sum.text()
    again: list[object] = []
    view.again.connect(again.append)
    QTest.keyClick(view.table, Qt.Key.Key_B)
    assert again == [(CARDS[49].camera.id,)]


def test_devices_not_configured_yet_come_first(section: CamerasSection) -> None:
    found, chosen = section.found, []
    found.chosen.connect(lambda *given: chosen.append(given))
    section.turn(found)
    found.begin()
    found.show_rows([FoundRow("10.0.0.1", "A", "X", "朝凤路-01"), FoundRow("10.0.0.2", "B", "Y")])
    found.password.setText("secret")
    QTest.keyClick(found.table, Qt.Key.Key_Return)
    assert chosen == [("10.0.0.2", "", "secret")]
    section.back()
    assert found.password.text() == "", "not for the next person"


def test_a_group_is_renamed_where_the_keyboard_stands(section: CamerasSection) -> None:
    groups, renamed = section.groups, []
    groups.renamed.connect(lambda *given: renamed.append(given))
    section.turn(groups)
    groups.show_groups([Group("groups", "学校", ("a", "b")), Group("segment", "S1", ("a",))])
    QTest.keyClick(groups.table, Qt.Key.Key_R)
    assert groups.to.hasFocus()
    QTest.keyClick(groups.to, Qt.Key.Key_Return)
    assert renamed == [], "the same name is no change"
    groups.to.setText("校园")
    QTest.keyClick(groups.to, Qt.Key.Key_Return)
    assert renamed == [("groups", "学校", "校园")]


def test_a_model_without_cameras_says_nothing() -> None:
    model = CameraAdminModel()
    model.use_view(HEALTH)
    assert (model.ids, model.counts()["all"]) == ((), 0)


def test_a_section_that_is_put_back_takes_no_keyboard_from_another_page(kit: Bench, qtbot: QtBot) -> None:
    """When somebody signs in, forms are emptied on a page nobody sees."""
    window, pages, board, bar = QWidget(), QStackedWidget(), QLineEdit(), QLineEdit()
    section = CamerasSection(kit.theme, kit.sight)
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    column.addWidget(bar)
    column.addWidget(pages)
    pages.addWidget(board)
    pages.addWidget(section)
    window.show()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    board.setFocus()
    section.form.open(NEW)
    section.back()
    assert QApplication.focusWidget() is board
    pages.setCurrentWidget(section)
    section.turn(section.form)
    section.form.open(NEW)
    bar.setFocus()
    section.back()
    assert (section.current, QApplication.focusWidget()) == (section.list, bar), "what is typed goes on"
    section.turn(section.form)
    section.form.open(NEW)
    assert section.form.isAncestorOf(QApplication.focusWidget())
    section.back()
    assert QApplication.focusWidget() is section.list.table
    window.hide()
