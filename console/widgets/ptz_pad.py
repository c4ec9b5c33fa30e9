"""The pad that steers a camera: directions, zoom, speed, presets.

It lies over the picture it moves and has the keyboard while it is open. Whoever
holds a key or a button is heard again and again; key up, lost focus, hidden or
closed means stop, each by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from console.i18n import t
from console.theme import Theme
from console.widgets import parts

#: A held key is repeated this often, ms; a move dies after 1 s without it.
REPEAT_MS: Final = 300
#: One notch of the wheel zooms for this long, ms.
NOTCH_MS: Final = 300
SLOWEST, FASTEST, USUAL = 1, 10, 5
_STILL: Final = (0, 0, 0)
#: Sign, row, column, and where it moves: right, up, in.
_ARROWS: Final = (
    ("↖", 0, 0, (-1, 1, 0)), ("↑", 0, 1, (0, 1, 0)), ("↗", 0, 2, (1, 1, 0)),
    ("←", 1, 0, (-1, 0, 0)), ("→", 1, 2, (1, 0, 0)),
    ("↙", 2, 0, (-1, -1, 0)), ("↓", 2, 1, (0, -1, 0)), ("↘", 2, 2, (1, -1, 0)),
)  # fmt: skip
_ZOOM: Final = (("＋", 0, 3, (0, 0, 1)), ("－", 2, 3, (0, 0, -1)))
_KEYS: Final = {
    Qt.Key.Key_Left: (-1, 0, 0),
    Qt.Key.Key_Right: (1, 0, 0),
    Qt.Key.Key_Up: (0, 1, 0),
    Qt.Key.Key_Down: (0, -1, 0),
    Qt.Key.Key_Plus: (0, 0, 1),
    Qt.Key.Key_Equal: (0, 0, 1),
    Qt.Key.Key_Minus: (0, 0, -1),
}
_NAMES: Final = {
    (-1, 1, 0): "ptz.move.left_up", (0, 1, 0): "ptz.move.up", (1, 1, 0): "ptz.move.right_up",
    (-1, 0, 0): "ptz.move.left", (1, 0, 0): "ptz.move.right", (-1, -1, 0): "ptz.move.left_down",
    (0, -1, 0): "ptz.move.down", (1, -1, 0): "ptz.move.right_down",
    (0, 0, 1): "ptz.move.nearer", (0, 0, -1): "ptz.move.wider",
}  # fmt: skip


class PtzPad(QWidget):
    """One pad over one wall or focus view (its parent, to which keys it does
    not use fall through, so that N and S go on working)."""

    moveWanted = Signal(str, float, float, float)
    """Camera; right, up, in as −1…1. Repeated while something is held."""
    stopWanted = Signal(str)
    presetWanted = Signal(str, str)
    """Camera and the preset's token."""
    seizeWanted = Signal(str)
    closed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self._camera, self._ready, self._moving = "", False, False
        self._keys: dict[int, tuple[int, int, int]] = {}
        self._pressed: tuple[int, int, int] = _STILL
        self._notch = 0
        self._buttons: dict[QPushButton, tuple[int, int, int]] = {}
        parts.surface(self, "panel")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._title = parts.DataLabel(theme, 14, bold=True)
        self._close = parts.button(theme, "✕", "quiet")
        self.status = parts.label(theme, "", 14, tone="muted", wrap=True)
        self._seize = parts.button(theme, "", "primary")
        self._speed_word = parts.label(theme, "", 14)
        self.speed = QSlider(Qt.Orientation.Horizontal)
        self.presets = QListWidget()
        self._foot = parts.label(theme, "", 12, tone="muted", wrap=True)
        self._repeat = QTimer(self)
        self._repeat.setInterval(REPEAT_MS)
        self._repeat.timeout.connect(self._again)
        self._wheel = QTimer(self)
        self._wheel.setSingleShot(True)
        self._wheel.setInterval(NOTCH_MS)
        self._wheel.timeout.connect(self._notch_over)
        self._build(theme)
        self.retranslate()
        self.hide()
        parent.installEventFilter(self)

    def _build(self, theme: Theme) -> None:
        self.speed.setRange(SLOWEST, FASTEST)
        self.speed.setValue(USUAL)
        self.speed.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.speed.valueChanged.connect(self._show_speed)
        self.presets.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.presets.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.presets.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.presets.setFont(theme.font(14))
        self.presets.itemClicked.connect(self._chosen)
        self._seize.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._seize.clicked.connect(self._seize_now)
        self._close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._close.clicked.connect(self.close_pad)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._close)
        pad = QGridLayout()
        pad.setSpacing(4)
        for sign, row, at, where in (*_ARROWS, *_ZOOM):
            made = parts.button(theme, sign, px=20)
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.setFixedSize(48, 40)
            made.pressed.connect(self._button_down)
            made.released.connect(self._button_up)
            self._buttons[made] = where
            pad.addWidget(made, row, at)
        pad.setColumnMinimumWidth(3, 56)
        pace = QHBoxLayout()
        pace.addWidget(self._speed_word)
        pace.addWidget(self.speed, 1)
        column = QVBoxLayout(self)
        parts.spaced(column, 12, 8)
        column.addLayout(head)
        column.addWidget(self.status)
        column.addWidget(self._seize)
        column.addLayout(pad)
        column.addLayout(pace)
        column.addWidget(self.presets, 1)
        column.addWidget(self._foot)
        self.setFixedWidth(240)

    # What it is given ---------------------------------------------------

    @property
    def camera(self) -> str:
        """The camera it steers, ``""`` while closed."""
        return self._camera

    @property
    def ready(self) -> bool:
        """True when the camera listens."""
        return self._ready

    def open_for(self, camera: str, name: str, beside: QRect) -> None:
        """Open for ``camera``; ``beside`` is its picture in the parent."""
        if self._camera and self._camera != camera:
            self.close_pad()
        self._camera = camera
        self._title.setText(name)
        self.presets.clear()
        self._seize.hide()
        self._set_ready(False)
        self.tell(t("ptz.pad.asking"))
        self._place(beside)
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def tell(self, words: str) -> None:
        """What is the matter, in a sentence."""
        self.status.setText(words)
        self.status.setVisible(bool(words))
        self._fit()

    def set_ready(self, presets: Sequence[tuple[str, str]]) -> None:
        """The camera listens; its presets as (token, name)."""
        self.presets.clear()
        for number, (token, name) in enumerate(presets, 1):
            item = QListWidgetItem(f"{number}  {name}" if number <= 9 else f"     {name}")
            item.setData(Qt.ItemDataRole.UserRole, token)
            item.setToolTip(name)
            self.presets.addItem(item)
        self.presets.setVisible(bool(presets))
        self._seize.hide()
        self._set_ready(True)
        self.tell("")

    def refuse(self, words: str, *, may_seize: bool = False) -> None:
        """It cannot be steered (now); ``may_seize``: this person may take over."""
        self._let_go()
        self._set_ready(False)
        self._seize.setVisible(may_seize)
        self.tell(words)

    def retranslate(self) -> None:
        """Take the language of the process."""
        self._seize.setText(t("ptz.pad.seize"))
        self._foot.setText(t("ptz.pad.keys"))
        self._close.setAccessibleName(t("ptz.pad.close"))
        self._close.setToolTip(f"{t('ptz.pad.close')} (Esc)")
        self.presets.setAccessibleName(t("ptz.pad.presets"))
        self.speed.setAccessibleName(t("ptz.pad.speed_name"))
        self.setAccessibleName(t("ptz.pad.title"))
        for made, where in self._buttons.items():
            made.setAccessibleName(t(_NAMES[where]))
            made.setToolTip(t(_NAMES[where]))
        self._show_speed()

    @Slot()
    def close_pad(self) -> None:
        """Stop, hide, and give the keyboard back."""
        camera, had = self._camera, self.hasFocus()
        self._let_go()
        self._camera, self._ready = "", False
        self.hide()
        if had:
            self._over.setFocus(Qt.FocusReason.PopupFocusReason)
        if camera:
            self.closed.emit(camera)

    def _set_ready(self, ready: bool) -> None:
        self._ready = ready
        for widget in (*self._buttons, self.speed, self.presets):
            widget.setEnabled(ready)
        if not ready:
            self.presets.hide()

    def _place(self, beside: QRect) -> None:
        """Beside the picture where there is room, else in its corner."""
        self._fit()
        room = self._over.rect().adjusted(4, 4, -4, -4)
        spot = QRect(QPoint(beside.right() + 4, beside.top()), self.size())
        if spot.right() > room.right():
            spot.moveTopRight(QPoint(beside.left() - 4, beside.top()))
        if spot.left() < room.left():
            spot.moveTopRight(beside.topRight())
        spot.moveBottom(min(spot.bottom(), room.bottom()))
        spot.moveTop(max(spot.top(), room.top()))
        self.move(spot.topLeft())

    def _fit(self) -> None:
        rows = min(5, self.presets.count())
        self.presets.setFixedHeight(32 * rows + 4)
        column = self.layout()
        assert column is not None
        column.activate()
        self.resize(self.width(), column.totalHeightForWidth(self.width()))
        room = self._over.rect()
        if self.geometry().bottom() > room.bottom():
            self.move(self.x(), max(0, room.bottom() - self.height()))

    # Moving -------------------------------------------------------------

    def _held(self) -> tuple[float, float, float]:
        sums = [self._pressed, (0, 0, self._notch), *self._keys.values()]
        pace = self.speed.value() / FASTEST
        pan, tilt, zoom = (max(-1, min(1, sum(one[i] for one in sums))) * pace for i in range(3))
        return pan, tilt, zoom

    @Slot()
    def _again(self) -> None:
        """Say what is held now; the last word is stop."""
        held = self._held()
        if self._ready and any(held):
            self._moving = True
            self.moveWanted.emit(self._camera, *held)
            if not self._repeat.isActive():
                self._repeat.start()
            return
        self._repeat.stop()
        if self._moving:
            self._moving = False
            self.stopWanted.emit(self._camera)

    def _let_go(self) -> None:
        self._keys.clear()
        self._pressed, self._notch = _STILL, 0
        self._wheel.stop()
        self._again()

    @Slot()
    def _button_down(self) -> None:
        self._pressed = next((where for one, where in self._buttons.items() if one.isDown()), _STILL)
        self._again()

    @Slot()
    def _button_up(self) -> None:
        self._pressed = _STILL
        self._again()

    @Slot()
    def _notch_over(self) -> None:
        self._notch = 0
        self._again()

    @Slot(QListWidgetItem)
    def _chosen(self, item: QListWidgetItem) -> None:
        if self._ready:
            self._let_go()
            self.presetWanted.emit(self._camera, str(item.data(Qt.ItemDataRole.UserRole)))

    @Slot()
    def _seize_now(self) -> None:
        self._seize.hide()
        self.tell(t("ptz.pad.asking"))
        self.seizeWanted.emit(self._camera)

    @Slot()
    def _show_speed(self) -> None:
        self._speed_word.setText(t("ptz.pad.speed", speed=self.speed.value()))

    # Events -------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, +, −, 1–9, [ ], Esc; everything else is the wall's."""
        key = event.key()
        if key in (Qt.Key.Key_Escape, Qt.Key.Key_P):
            self.close_pad()
        elif event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            super().keyPressEvent(event)
        elif key in _KEYS:
            if not event.isAutoRepeat():
                self._keys[key] = _KEYS[Qt.Key(key)]
                self._again()
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            item = self.presets.item(key - Qt.Key.Key_1)
            if item is not None and not event.isAutoRepeat():
                self._chosen(item)
        elif key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight):
            self.speed.setValue(self.speed.value() + (1 if key == Qt.Key.Key_BracketRight else -1))
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """The key is up: stop, unless another one is held."""
        if event.key() in self._keys and not event.isAutoRepeat():
            del self._keys[event.key()]
            self._again()
            return
        super().keyReleaseEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Each notch zooms a little."""
        turned = event.angleDelta().y()
        if turned and self._ready:
            self._notch = 1 if turned > 0 else -1
            self._wheel.start()
            self._again()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the pad is not one on the tile below; it takes the keyboard."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Nor is a double click."""
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Whoever holds a key elsewhere does not steer."""
        super().focusOutEvent(event)
        self._let_go()

    def hideEvent(self, event: QHideEvent) -> None:
        """What nobody sees nobody steers."""
        super().hideEvent(event)
        if self._camera:
            self.close_pad()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The wheel over the picture below zooms too; a smaller parent keeps the pad inside."""
        if not self._camera:
            return False
        if event.type() == QEvent.Type.Wheel and isinstance(event, QWheelEvent):
            self.wheelEvent(event)
            return True
        if event.type() == QEvent.Type.Resize:
            self._place(self.geometry())
        return False
