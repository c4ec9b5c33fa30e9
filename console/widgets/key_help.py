"""F1: all keys on one sheet, over the page; Esc or F1 takes it away."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from console.i18n import t
from console.theme import Theme
from console.widgets.keys import ACTION_KEYS, ALL_KEYS, COLUMNS, Key
from console.widgets.parts import label, spaced, surface


class KeyHelp(QWidget):
    """An overlay that fills its parent; not a dialog, nothing waits for it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._page = parent
        self._title = label(theme, "", 20, bold=True)
        self._foot = label(theme, "", 12, tone="muted")
        self._words: list[tuple[QLabel, str]] = []
        self._back: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        card = surface(QWidget(), "panel")
        body = QVBoxLayout(card)
        spaced(body, 24, 16)
        body.addWidget(self._title)
        self._more: list[Key] = []
        self._body = body
        self._keys = QWidget()
        # On a small display the sheet scrolls: by wheel, arrows and page keys.
        self._scroll = QScrollArea()
        self._scroll.setWidget(self._keys)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        body.addWidget(self._scroll, 1)
        body.addWidget(self._foot)
        self._card = card
        page = QVBoxLayout(self)
        page.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)
        parent.installEventFilter(self)
        self.hide()
        self.retranslate()

    def extend(self, key: Key) -> None:
        """List a key more, at the end of its group."""
        self._more.append(key)
        if not self.isHidden():
            self._list()

    def _list(self) -> None:
        """Put all keys on the sheet. Two hundred labels stand there only while
        somebody reads them: languages and themes need not dress them otherwise."""
        self._clear()
        self._keys = self._grid()
        self._scroll.setWidget(self._keys)
        # The scroll area would fill it with a colour that is not the theme's.
        self._keys.setAutoFillBackground(False)
        self.retranslate()

    def _clear(self) -> None:
        """An empty sheet. Later: a click on one of the labels may be under way."""
        self._words = []
        old = self._scroll.takeWidget()
        if old is not None:
            old.deleteLater()
        self._keys = QWidget()
        self._scroll.setWidget(self._keys)

    def _grid(self) -> QWidget:
        held = surface(QWidget(), "panel")
        grid = QGridLayout(held)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        for at, groups in enumerate(COLUMNS):
            row = 0
            for group in groups:
                row = self._group(grid, row, at * 3, group) + 1
            grid.setColumnMinimumWidth(at * 3 + 2, 12)
        return held

    def _group(self, grid: QGridLayout, top: int, column: int, group: str) -> int:
        """A heading and its keys; returns the row below them."""
        self._put(grid, top, column, f"desk.keys.group_{group}", bold=True)
        rows = [(key.keys, f"desk.keys.{key.id}") for key in (*ALL_KEYS, *self._more) if key.group == group]
        if group == "action":
            rows = [(keys, f"actions.verb.{action.value}") for action, keys in ACTION_KEYS.items()]
        for row, (keys, words) in enumerate(rows, top + 1):
            cap = label(self._theme, keys, 14, bold=True, tone="accent")
            grid.addWidget(cap, row, column)
            self._put(grid, row, column + 1, words, bold=False)
        return top + len(rows) + 1

    def _put(self, grid: QGridLayout, row: int, column: int, key: str, *, bold: bool) -> None:
        made = label(self._theme, "", 14, bold=bold, tone="muted" if bold else "")
        self._words.append((made, key))
        grid.addWidget(made, row, column, 1, 2 if bold else 1)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self._title.setText(t("desk.keys.title"))
        self._foot.setText(t("desk.keys.foot"))
        self.setAccessibleName(t("desk.keys.title"))
        for made, key in self._words:
            made.setText(t(key))
        self._keys.adjustSize()
        self._fit()

    def _fit(self) -> None:
        """As large as the keys, at most as large as the page."""
        page, edge = self._page.rect(), 16
        wanted = self._keys.sizeHint()
        around = self._body.contentsMargins()
        above = self._title.sizeHint().height() + self._foot.sizeHint().height() + 2 * self._body.spacing()
        bar = self._scroll.verticalScrollBar().sizeHint().width()
        wide = wanted.width() + around.left() + around.right() + bar
        high = wanted.height() + around.top() + around.bottom() + above
        self._card.setFixedSize(min(wide, page.width() - 2 * edge), min(high, page.height() - 2 * edge))

    def toggle(self) -> None:
        """Show the sheet, or take it away and give the keyboard back."""
        if not self.isHidden():
            self._leave()
            return
        self._list()
        self._back = self.window().focusWidget()
        self.setGeometry(self._page.rect())
        self._fit()
        self._scroll.verticalScrollBar().setValue(0)
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def _leave(self) -> None:
        self.hide()
        if self._back is not None:
            self._back.setFocus(Qt.FocusReason.PopupFocusReason)
            self._back = None

    def hideEvent(self, event: QHideEvent) -> None:
        """Taken away, not only covered: the keys go."""
        super().hideEvent(event)
        if self.isHidden():
            self._clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes; arrows and page keys scroll."""
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
            return
        bars = self._scroll.verticalScrollBar(), self._scroll.horizontalScrollBar()
        moves = {
            Qt.Key.Key_Down: (0, bars[0].singleStep()),
            Qt.Key.Key_Up: (0, -bars[0].singleStep()),
            Qt.Key.Key_PageDown: (0, bars[0].pageStep()),
            Qt.Key.Key_PageUp: (0, -bars[0].pageStep()),
            Qt.Key.Key_Right: (1, bars[1].pageStep()),
            Qt.Key.Key_Left: (1, -bars[1].pageStep()),
        }
        if Qt.Key(event.key()) in moves:
            which, step = moves[Qt.Key(event.key())]
            bars[which].setValue(bars[which].value() + step)
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click anywhere closes."""
        self._leave()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim what lies behind."""
        ground = QColor(self._theme.color("bg"))
        ground.setAlphaF(0.8)
        QPainter(self).fillRect(self.rect(), ground)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fill the parent."""
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self.setGeometry(self._page.rect())
            self._fit()
        return False
