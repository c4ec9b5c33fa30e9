"""Screens (Shift+F6): which window stands on which monitor, what is parked, the
presets of the room. A sheet over the window; one more key does it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from console.i18n import t
from console.models.room_rows import RoomView
from console.theme import Theme
from console.widgets.ask_row import AskRow
from console.widgets.parts import button, label, set_tone, spaced, surface
from console.widgets.room_plan import RoomPlan

#: Widest and highest, px.
_WIDE, _HIGH = 1000, 680
#: One step of dimming, per cent.
STEP: Final = 10
_NAME: Final = Qt.ItemDataRole.UserRole


class RoomSheet(QWidget):
    """``sent(window, screen number)``, ``put_away(window)``, ``taken(preset)``,
    ``saved(name)`` under a new name, ``overwritten(preset)``, ``dropped(preset)``,
    ``dimmed(step)``, ``left()``; ``reworded()`` in another language."""

    sent = Signal(str, int)
    put_away = Signal(str)
    taken = Signal(str)
    saved = Signal(str)
    overwritten = Signal(str)
    dropped = Signal(str)
    dimmed = Signal(int)
    left = Signal()
    reworded = Signal()

    def __init__(self, theme: Theme, page: QWidget) -> None:
        super().__init__(page)
        self._theme, self._page = theme, page
        self.view = RoomView()
        self._back: QWidget | None = None
        self._title = label(theme, "", 20, bold=True)
        self._dim = label(theme, "", 14, tone="muted")
        self.plan = RoomPlan(theme)
        self._heads = [label(theme, "", 14, tone="muted") for _ in range(2)]
        self.contents, self.presets = _Rows((220,)), _Rows((120, 32))
        self._hint = label(theme, "", 12, tone="muted", wrap=True)
        self.ask = AskRow(theme)
        self._save = button(theme, "", px=14)
        self._close = button(theme, "", "quiet", px=14)
        self._card = surface(QWidget(), "panel")
        self._build()
        self.plan.chosen.connect(self._send_to)
        self.contents.itemSelectionChanged.connect(self._point)
        self.contents.itemActivated.connect(self._back_or_front)
        self.presets.itemActivated.connect(self._take)
        self.ask.answered.connect(self._named)
        self.ask.left.connect(self._unasked)
        self._save.clicked.connect(self._ask_name)
        self._close.clicked.connect(self.leave)
        page.installEventFilter(self)
        self.hide()

    def _build(self) -> None:
        head = QHBoxLayout()
        spaced(head, 0, 16)
        head.addWidget(self._title, 1)
        head.addWidget(self._dim)
        lists = QHBoxLayout()
        spaced(lists, 0, 24)
        for heading, one, share in zip(self._heads, (self.contents, self.presets), (3, 2), strict=True):
            one.setFont(self._theme.font(14))
            one.installEventFilter(self)
            column = QVBoxLayout()
            spaced(column, 0, 4)
            column.addWidget(heading)
            column.addWidget(one, 1)
            lists.addLayout(column, share)
        foot = QHBoxLayout()
        spaced(foot, 0, 12)
        foot.addStretch(1)
        foot.addWidget(self._save)
        foot.addWidget(self._close)
        body = QVBoxLayout(self._card)
        spaced(body, 24, 12)
        body.addLayout(head)
        body.addWidget(self.plan)
        body.addLayout(lists, 1)
        body.addWidget(self.ask)
        body.addWidget(self._hint)
        body.addLayout(foot)
        QVBoxLayout(self).addWidget(self._card, 0, Qt.AlignmentFlag.AlignCenter)

    # -- shown -----------------------------------------------------------------
    def open(self, view: RoomView, window: str) -> None:
        """Over the page, with ``window`` pointed at."""
        self._back = self.window().focusWidget()
        self.tell(view, window)
        self._fit()
        self.show()
        self.raise_()
        self.contents.setFocus(Qt.FocusReason.PopupFocusReason)

    def tell(self, view: RoomView, window: str = "") -> None:
        """Something stands elsewhere; the rows pointed at stay."""
        window, preset = window or self.window_id, self.preset_name
        self.view = view
        self.contents.fill([(row.window, (row.title, row.where)) for row in view.contents], window)
        self.presets.fill([(row.name, (row.title, row.keys, row.detail)) for row in view.presets], preset)
        self._say_own()
        self._point()

    @property
    def window_id(self) -> str:
        """The window pointed at."""
        return self.contents.current

    @property
    def preset_name(self) -> str:
        """The preset pointed at."""
        return self.presets.current

    def retranslate(self) -> None:
        """The language is another one: whoever fills the rows says them anew."""
        self._say_own()
        self.reworded.emit()

    def _say_own(self) -> None:
        self._title.setText(t("room.sheet.title"))
        self._dim.setText(t("room.sheet.dim", percent=self.view.dim) if self.view.dim else "")
        for one, heading, key in zip(
            (self.contents, self.presets), self._heads, ("contents", "presets"), strict=True
        ):
            heading.setText(t(f"room.sheet.{key}"))
            one.setAccessibleName(heading.text())
        self._hint.setText(t("room.sheet.keys" if self.view.may_save else "room.sheet.keys_look"))
        self._save.setText(t("room.sheet.save"))
        self._save.setVisible(self.view.may_save)
        self._close.setText(t("room.sheet.close"))
        self.ask.retranslate()

    def leave(self) -> None:
        """Put it away; the keyboard goes back."""
        if self.isHidden():
            return
        self.hide()
        if self._back is not None:
            self._back.setFocus(Qt.FocusReason.PopupFocusReason)
            self._back = None
        self.left.emit()

    def _fit(self) -> None:
        room = self._page.rect()
        self.setGeometry(room)
        self._card.setFixedSize(min(_WIDE, room.width() - 16), min(_HIGH, room.height() - 16))

    # -- asked -----------------------------------------------------------------
    @Slot()
    def _point(self) -> None:
        row = next((one for one in self.view.contents if one.window == self.window_id), None)
        self.plan.tell(self.view.screens, row.display if row is not None else "")

    @Slot(int)
    def _send_to(self, number: int) -> None:
        if self.window_id and 1 <= number <= len(self.view.screens):
            self.sent.emit(self.window_id, number)

    @Slot()
    def _back_or_front(self) -> None:
        """Enter on a content with a display puts it away."""
        row = next((one for one in self.view.contents if one.window == self.window_id), None)
        if row is not None and row.display:
            self.put_away.emit(row.window)

    @Slot()
    def _take(self) -> None:
        if self.preset_name:
            self.taken.emit(self.preset_name)

    @Slot()
    def _ask_name(self) -> None:
        self.ask.ask("name", "room.sheet.name", "")

    @Slot(str, str)
    def _named(self, _what: str, text: str) -> None:
        self.saved.emit(text)

    @Slot()
    def _unasked(self) -> None:
        self.presets.setFocus(Qt.FocusReason.OtherFocusReason)

    def _key(self, event: QKeyEvent) -> bool:
        key, on_presets = event.key(), self.presets.hasFocus()
        if Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            self._send_to(key - Qt.Key.Key_0)
        elif key == Qt.Key.Key_Escape or (
            key == Qt.Key.Key_F6 and event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        ):
            self.leave()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            (self.contents if on_presets else self.presets).setFocus(Qt.FocusReason.TabFocusReason)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            if on_presets and self.view.may_save and self.preset_name:
                self.dropped.emit(self.preset_name)
            elif not on_presets and self.window_id:
                self.put_away.emit(self.window_id)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.dimmed.emit(STEP if key == Qt.Key.Key_Minus else -STEP)
        elif self.view.may_save and key == Qt.Key.Key_S:
            self._ask_name()
        elif self.view.may_save and key == Qt.Key.Key_O and self.preset_name:
            self.overwritten.emit(self.preset_name)
        else:
            letter = event.text().upper()
            row = next((one for one in self.view.presets if letter and one.keys == letter), None)
            if row is None:
                return False
            self.taken.emit(row.name)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of the sheet, wherever in it the keyboard is."""
        if not self._key(event):
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fill the page; the sheet's keys before those of its lists."""
        if watched is self._page and event.type() == QEvent.Type.Resize and not self.isHidden():
            self._fit()
        mine = watched is self.contents or watched is self.presets
        if mine and event.type() == QEvent.Type.FocusIn:
            for heading, one in zip(self._heads, (self.contents, self.presets), strict=True):
                set_tone(heading, "accent" if one is watched else "muted")
        if mine and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim what lies behind."""
        ground = QColor(self._theme.color("bg"))
        ground.setAlphaF(0.8)
        QPainter(self).fillRect(self.rect(), ground)


class _Rows(QTreeWidget):
    """Rows of a few columns, the last as wide as there is room."""

    def __init__(self, widths: tuple[int, ...]) -> None:
        super().__init__()
        self.setColumnCount(len(widths) + 1)
        for column, wide in enumerate(widths):
            self.setColumnWidth(column, wide)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setAllColumnsShowFocus(True)
        self.setUniformRowHeights(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def fill(self, rows: list[tuple[str, tuple[str, ...]]], current: str) -> None:
        """Name and columns of each; the row of that name is pointed at."""
        self.blockSignals(True)
        self.clear()
        for name, words in rows:
            item = QTreeWidgetItem(self, list(words))
            item.setData(0, _NAME, name)
            item.setToolTip(len(words) - 1, words[-1])
            if name == current or self.currentItem() is None:
                self.setCurrentItem(item)
        self.blockSignals(False)

    @property
    def current(self) -> str:
        """The name of the row pointed at."""
        item = self.currentItem()
        return str(item.data(0, _NAME)) if item is not None else ""
