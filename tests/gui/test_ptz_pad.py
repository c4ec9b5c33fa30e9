"""The pad: what is held is repeated, and everything that ends it says stop."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from console.theme import Theme
from console.widgets.ptz_pad import PtzPad

pytestmark = pytest.mark.display


class Heard:
    """What a pad asked for."""

    def __init__(self, pad: PtzPad) -> None:
        self.moves: list[tuple[float, float, float]] = []
        self.stops = 0
        self.presets: list[str] = []
        self.closed: list[str] = []
        pad.moveWanted.connect(self._move)
        pad.stopWanted.connect(self._stop)
        pad.presetWanted.connect(self._preset)
        pad.closed.connect(self.closed.append)

    def _move(self, _camera: str, pan: float, tilt: float, zoom: float) -> None:
        self.moves.append((pan, tilt, zoom))

    def _stop(self, _camera: str) -> None:
        self.stops += 1

    def _preset(self, _camera: str, token: str) -> None:
        self.presets.append(token)


@pytest.fixture
def pad(qtbot: QtBot) -> Iterator[PtzPad]:
    """Open, ready, with the keyboard."""
    window = QWidget()
    window.resize(900, 600)
    below = QWidget(window)
    below.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    field = QLineEdit(window)
    column = QVBoxLayout(window)
    column.addWidget(below, 1)
    column.addWidget(field)
    made = PtzPad(Theme("dark"), below)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    made.open_for("cam001", "朝凤路-01", QRect(10, 10, 300, 170))
    made.set_ready([("7", "东路口"), ("9", "广场")])
    qtbot.waitUntil(made.hasFocus)
    yield made
    window.close()


def test_a_held_key_is_repeated_and_stops_when_it_is_up(pad: PtzPad, qtbot: QtBot) -> None:
    heard = Heard(pad)
    QTest.keyPress(pad, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: len(heard.moves) >= 3)
    assert set(heard.moves) == {(0.5, 0.0, 0.0)}
    QTest.keyPress(pad, Qt.Key.Key_Up)
    assert heard.moves[-1] == (0.5, 0.5, 0.0)
    QTest.keyRelease(pad, Qt.Key.Key_Right)
    assert heard.moves[-1] == (0.0, 0.5, 0.0)
    assert heard.stops == 0
    QTest.keyRelease(pad, Qt.Key.Key_Up)
    assert heard.stops == 1
    told = len(heard.moves)
    QTest.qWait(700)
    assert (len(heard.moves), heard.stops) == (told, 1)


@pytest.mark.parametrize("end", ["focus", "escape", "refused", "hidden", "other"])
def test_every_end_is_a_stop(pad: PtzPad, qtbot: QtBot, end: str) -> None:
    heard = Heard(pad)
    QTest.keyPress(pad, Qt.Key.Key_Left)
    assert heard.moves == [(-0.5, 0.0, 0.0)]
    if end == "focus":
        field = pad.window().findChild(QLineEdit)
        assert field is not None
        field.setFocus()
        qtbot.waitUntil(lambda: not pad.hasFocus())
        assert pad.camera == "cam001"
    elif end == "escape":
        QTest.keyClick(pad, Qt.Key.Key_Escape)
        assert heard.closed == ["cam001"]
        assert QApplication.focusWidget() is pad.parentWidget()
    elif end == "refused":
        pad.refuse("被接管", may_seize=True)
        assert not pad.ready
    elif end == "hidden":
        pad.parentWidget().hide()
        assert heard.closed == ["cam001"]
    else:
        pad.open_for("cam002", "广场-02", QRect(0, 0, 100, 100))
        assert heard.closed == ["cam001"]
    assert heard.stops == 1


def test_presets_speed_and_wheel(pad: PtzPad, qtbot: QtBot) -> None:
    heard = Heard(pad)
    QTest.keyClick(pad, Qt.Key.Key_2)
    QTest.keyClick(pad, Qt.Key.Key_5)
    assert heard.presets == ["9"]
    for _ in range(20):
        QTest.keyClick(pad, Qt.Key.Key_BracketRight)
    QTest.keyClick(pad, Qt.Key.Key_Minus)
    assert heard.moves[-1] == (0.0, 0.0, -1.0)
    stops = heard.stops
    at = QPointF(20, 20)
    turn = QWheelEvent(
        at, pad.parentWidget().mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(pad.parentWidget(), turn)
    assert heard.moves[-1] == (0.0, 0.0, 1.0)
    qtbot.waitUntil(lambda: heard.stops == stops + 1)


def test_nothing_moves_before_the_camera_listens(pad: PtzPad) -> None:
    pad.refuse("没有云台")
    heard = Heard(pad)
    QTest.keyClick(pad, Qt.Key.Key_Right)
    QTest.keyClick(pad, Qt.Key.Key_1)
    assert (heard.moves, heard.presets, heard.stops) == ([], [], 0)
