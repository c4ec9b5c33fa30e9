"""The wall as an officer uses it: keys, mouse, drag and drop, menu."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QByteArray, QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from console.i18n import t
from console.models.cameras import CAMERA_MIME as MIME
from console.widgets import layouts
from console.widgets.sight import Sight
from console.widgets.wall_hover import WallHover

CAMERA_MIME: Final = MIME
#: The number of the tile a drag began on, and of the wall it belongs to.
TILE_MIME: Final = "application/x-fifteen-tile"
#: Digits typed within this time form one tile number, ms.
TYPING_MS: Final = 1500
_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_KEYS: Final = {
    Qt.Key.Key_PageDown: "next_page",
    Qt.Key.Key_PageUp: "previous_page",
    Qt.Key.Key_Home: "_to_first",
    Qt.Key.Key_End: "_to_last",
    Qt.Key.Key_Return: "_focus_selected",
    Qt.Key.Key_Enter: "_focus_selected",
    Qt.Key.Key_S: "_snapshot_selected",
    Qt.Key.Key_Space: "_replay_selected",
    Qt.Key.Key_Delete: "_remove_selected",
    Qt.Key.Key_P: "_steer_selected",
    Qt.Key.Key_D: "_details_selected",
    Qt.Key.Key_T: "_tour",
    Qt.Key.Key_O: "_overview",
    Qt.Key.Key_K: "toggle_pin",
    Qt.Key.Key_A: "_to_alarm",
    Qt.Key.Key_X: "_release_alarm",
    Qt.Key.Key_M: "toggle_alarm_tile",
}
#: What the words of the bar under the pointer do.
_TOOLS: Final = {
    "steer": "_steer_selected",
    "snapshot": "_snapshot_selected",
    "replay": "_replay_selected",
    "pin": "toggle_pin",
    "tour": "_tour",
}
_PAGES: Final = (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)
#: What Shift makes of 1 … 9 on the keyboards sold here.
_SHIFTED: Final = "!@#$%^&*("
_CTRL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


def layout_number(key: int) -> int:
    """1 … 9 for a digit, also where Shift turned it into a sign; else 0."""
    if Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
        return key - int(Qt.Key.Key_0)
    return _SHIFTED.find(chr(key)) + 1 if 0 < key < 0x80 else 0


class WallWidget(WallHover):
    """One wall. Signals carry camera ids; nothing is decided in here."""

    focusRequested = Signal(str)
    """Double click or Enter: show this camera large."""
    newCase = Signal(str, object)
    """N: the camera and the instant of the key press (aware UTC)."""
    snapshotRequested = Signal(str)
    """S."""
    replayRequested = Signal(str)
    """Space; only after ``offer_replay``."""
    detailsRequested = Signal(str)
    """D: all that is known of this camera."""
    steerRequested = Signal(str)
    """P: steer this camera."""
    caseRequested = Signal(str)
    """A click on a badge: open this case."""
    layoutWanted = Signal(int)
    """Ctrl+1 … 9: hang this named layout here."""
    salvoWanted = Signal(int)
    """Ctrl+Shift+1 … 9: this salvo on all walls."""
    tourWanted = Signal()
    """T: start a tour, pause it, go on."""
    overviewRequested = Signal()
    """O: every camera as a thumbnail."""
    menuMade = Signal(object)
    """A menu of the selected tile, before it is shown: add what else can be done."""

    def __init__(self, sight: Sight, parent: QWidget | None = None) -> None:
        super().__init__(sight, parent)
        self._pressed: QPoint | None = None
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self._forget_digits)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        self.setMouseTracking(True)

    # Keys ---------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """One key, one thing; the time of N is taken before anything else."""
        pressed_at = self._clock.now()
        key, modifiers = event.key(), event.modifiers()
        if self.closer_key(key, modifiers):
            return
        if modifiers & _CTRL:
            if not self._control_key(key, bool(modifiers & _SHIFT)):
                super().keyPressEvent(event)
        elif modifiers & Qt.KeyboardModifier.AltModifier:
            super().keyPressEvent(event)
        elif key in _ARROWS:
            self.select(layouts.neighbour(self._board.rects(), self.selected, *_ARROWS[Qt.Key(key)]))
        elif key == Qt.Key.Key_N:
            if not event.isAutoRepeat() and self.selected_camera:
                self.newCase.emit(self.selected_camera, pressed_at)
        elif Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
            self._digit(key - Qt.Key.Key_0)
        elif key == Qt.Key.Key_Escape and self._typed:
            self._forget_digits()
        elif key in _KEYS:
            if not event.isAutoRepeat() or key in _PAGES:
                getattr(self, _KEYS[Qt.Key(key)])()
        else:
            super().keyPressEvent(event)

    def _control_key(self, key: int, shift: bool) -> bool:
        if key == Qt.Key.Key_Z:
            (self.redo if shift else self.undo)()
        elif key == Qt.Key.Key_Y:
            self.redo()
        elif key == Qt.Key.Key_L:
            self.toggle_lock()
        elif number := layout_number(key):
            (self.salvoWanted if shift else self.layoutWanted).emit(number)
        else:
            return False
        return True

    def _digit(self, digit: int) -> None:
        """Tile numbers from 1; what cannot be a number of this page starts anew."""
        text = self._typed + str(digit)
        if int(text) > len(self.tiles):
            text = str(digit)
        self._typed = text
        self._typing.start()
        if int(text) > 0:
            self.select(int(text) - 1)
        self.update()

    @Slot()
    def _forget_digits(self) -> None:
        self._typed = ""
        self._typing.stop()
        self.update()

    def _to_first(self) -> None:
        self.select(0)

    def _to_last(self) -> None:
        self.select(len(self.tiles) - 1)

    @Slot()
    def _focus_selected(self) -> None:
        if self._typed:
            self._forget_digits()
        if self.selected_camera:
            self.focusRequested.emit(self.selected_camera)

    @Slot()
    def _snapshot_selected(self) -> None:
        if self.selected_camera:
            self.snapshotRequested.emit(self.selected_camera)

    @Slot()
    def _details_selected(self) -> None:
        if self.selected_camera:
            self.detailsRequested.emit(self.selected_camera)

    @Slot()
    def _steer_selected(self) -> None:
        if self.selected_camera:
            self.steerRequested.emit(self.selected_camera)

    @Slot()
    def _replay_selected(self) -> None:
        if self._replay and self.selected_camera:
            self.replayRequested.emit(self.selected_camera)

    @Slot()
    def _overview(self) -> None:
        self.overviewRequested.emit()

    @Slot()
    def _remove_selected(self) -> None:
        if self.selected_camera and not self.held_back(self.selected):
            self.change(self.plan.placed(self.selected, ""))

    @Slot()
    def _tour(self) -> None:
        self.tourWanted.emit()

    def use_tool(self, name: str) -> None:
        """A word of the bar under the pointer: the same as its key."""
        getattr(self, _TOOLS[name])()

    @Slot()
    def _new_case_here(self) -> None:
        if self.selected_camera:
            self.newCase.emit(self.selected_camera, self._clock.now())

    @Slot()
    def _open_badge(self) -> None:
        badge = self.tiles[self.selected].badge if self.tiles else None
        if badge is not None:
            self.caseRequested.emit(badge.case_id)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The selection frame appears with the keyboard."""
        super().focusInEvent(event)
        self.select(self.selected)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """And goes with it."""
        super().focusOutEvent(event)
        self.select(self.selected)

    # Mouse --------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select; a press on a badge opens its case."""
        if self.band_begins(event) or self.tool_pressed(event):
            return
        index = self.tile_at(event.position())
        if index is None:
            return
        self.select(index)
        if event.button() != Qt.MouseButton.LeftButton:
            return
        tile = self.tiles[index]
        x, y = event.position().x() * self._unit, event.position().y() * self._unit
        if tile.badge_rect is not None and tile.badge_rect.contains(x, y):
            self._open_badge()
            return
        self._pressed = event.position().toPoint()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """No drag any more."""
        if self.band_ends():
            return
        self._pressed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the camera large."""
        self._pressed = None
        index = self.tile_at(event.position())
        if self.tool_pressed(event):
            return
        if index is not None and event.button() == Qt.MouseButton.LeftButton:
            self.select(index)
            self._focus_selected()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Far enough from the press it becomes a drag of the tile's camera."""
        if self.band_grows(event):
            return
        self.hover(None if event.buttons() else event.position())
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        far = (event.position().toPoint() - self._pressed).manhattanLength()
        if far < QApplication.startDragDistance() or not self.selected_camera:
            return
        self._pressed = None
        if self.plan.locked:
            self.said.emit(t("wall.wall.locked_refusal"))
            return
        drag = QDrag(self)
        drag.setMimeData(self.mime_of(self.selected))
        drag.exec(Qt.DropAction.MoveAction)

    def mime_of(self, index: int) -> QMimeData:
        """What a drag of a tile carries."""
        data = QMimeData()
        data.setData(CAMERA_MIME, QByteArray(self.tiles[index].camera.encode()))
        data.setData(TILE_MIME, QByteArray(f"{self._key} {index}".encode()))
        return data

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Cameras are welcome, unless the layout is locked."""
        if event.mimeData().hasFormat(CAMERA_MIME) and not self.plan.locked:
            event.acceptProposedAction()
        elif event.mimeData().hasFormat(CAMERA_MIME):
            self.said.emit(t("wall.wall.locked_refusal"))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where it would land."""
        index = self.tile_at(event.position())
        if index is not None and event.mimeData().hasFormat(CAMERA_MIME):
            if index != self.selected:
                self.setFocus(Qt.FocusReason.MouseFocusReason)
                self.select(index)
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Within the wall two tiles change places; from elsewhere the cameras
        are hung here and on the tiles that follow."""
        index = self.tile_at(event.position())
        if index is not None and self.drop(index, event.mimeData()):
            event.acceptProposedAction()

    def drop(self, index: int, data: QMimeData) -> bool:
        """Do what dropping ``data`` on a tile means; False when nothing did."""
        origin = bytes(data.data(TILE_MIME).data()).decode().split()
        if len(origin) == 2 and origin[0] == self._key:
            if self.held_back(int(origin[1]), index):
                return False
            return self.change(self.plan.swapped(int(origin[1]), index)) and self._selected_now(index)
        cameras = [c for c in bytes(data.data(CAMERA_MIME).data()).decode().split("\n") if self.camera(c)]
        if len(cameras) == 1 and self.held_back(index):
            return False
        return self.hang(cameras, index)

    def hang(self, cameras: Sequence[str], index: int) -> bool:
        """Hang cameras from a tile onward, as many as the page has room for."""
        plan, hung = self.plan.filled(index, cameras, self.loans)
        if not cameras or not self.change(plan):
            return False
        if len(cameras) > hung:
            self.said.emit(t("layouts.said.no_room", hung=hung, count=len(cameras)))
        shown = self.plan.shown()
        return self._selected_now(shown.index(cameras[0]) if cameras[0] in shown else index)

    def _selected_now(self, index: int) -> bool:
        self.select(index)
        return True

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The same things by mouse, each with its key."""
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            index = self.tile_at(QPointF(event.pos()))
            if index is None:
                return
            self.select(index)
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())

    def menu(self) -> QMenu:
        """What can be done with the selected tile."""
        menu = QMenu(self)
        here = bool(self.selected_camera)
        entries: list[tuple[str, str, Callable[[], None], bool]] = [
            (t("wall.action.new_case"), "N", self._new_case_here, here),
            (t("wall.action.focus"), "Enter", self._focus_selected, here),
            (t("wall.action.snapshot"), "S", self._snapshot_selected, here),
            (t("tiles.action.zoom"), "Z", self.toggle_zoom, here),
            (t("tiles.action.part"), "Shift+Z", self.part_as_tile, here and not self.plan.locked),
            (t("tiles.action.details"), "I", self.toggle_details, True),
            (t("ptz.action.steer"), "P", self._steer_selected, here),
            (t("camera.sheet.open"), "D", self._details_selected, here),
        ]
        if self._replay:
            entries.append((t("wall.action.replay"), "Space", self._replay_selected, here))
        badge = self.tiles[self.selected].badge if self.tiles else None
        if badge is not None:
            opening = t("wall.action.open_case", number=badge.number)
            entries.insert(0, (opening, "", self._open_badge, True))
        movable = here and not self.plan.locked
        pin = "release" if self.selected in dict(self.plan.pins) else "pin"
        entries.append((t(f"tiles.action.{pin}"), "K", self.toggle_pin, movable))
        mark = "unmark" if self.selected in self.lending else "mark"
        entries.append((t(f"alarmtiles.action.{mark}"), "M", self.toggle_alarm_tile, not self.plan.locked))
        if self.selected in self.loans:
            entries.insert(0, (t("alarmtiles.action.release"), "X", self._release_alarm, True))
        entries.append((t("wall.action.remove"), "Del", self._remove_selected, movable))
        entries.append((t("layouts.action.tour"), "T", self._tour, True))
        entries.append((t("overview.page.open"), "O", self._overview, True))
        lock = "unlock" if self.plan.locked else "lock"
        entries.append((t(f"wall.action.{lock}"), "Ctrl+L", self.toggle_lock, True))
        for text, key, slot, enabled in entries:
            action = menu.addAction(f"{text}\t{key}" if key else text)
            action.triggered.connect(slot)
            action.setEnabled(enabled)
        self.menuMade.emit(menu)
        return menu

    def changeEvent(self, event: QEvent) -> None:
        """A window that comes to the front shows or hides the selection."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            self.select(self.selected)
