"""The window of the large display: full screen, without cursor, menu or any key
but the digits of its PIN.

It is never left by accident: closing is refused, Esc and the usual keys do
nothing. What a window manager does by itself (Alt+Tab, a key that ends a
program) has to be taken away by the session (``packaging/openbox-kiosk``).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from console.domain import kiosk
from console.domain.kiosk import Shown, TypeSize
from console.i18n import t
from console.models.names import NameBook
from console.services.views import BoardView
from console.widgets import parts
from console.widgets.kiosk_cover import STRIP, NightCover, PinCover, StaleCover, Strip
from console.widgets.kiosk_map import KioskMap
from console.widgets.kiosk_pages import BoardPage, FiguresPage, KioskPage, NoticePage
from console.widgets.kiosk_subject import SubjectPage
from console.widgets.kiosk_wall import KioskWall
from console.widgets.map_tiles import TileStore
from console.widgets.sight import Sight

#: Digits that nobody goes on with are forgotten after this, ms.
FORGET_MS: Final = 15_000


class KioskWindow(QWidget):
    """``pin_typed(digits)``: somebody wants to leave; ``gone()``: the window
    was taken away from outside."""

    pin_typed = Signal(str)

    def __init__(self, sight: Sight, tiles: TileStore, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint
                         | Qt.WindowType.WindowStaysOnTopHint)  # fmt: skip
        theme = sight.theme
        parts.surface(self, "bg")
        self.setObjectName("kiosk")
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.strip = Strip(theme)
        self.wall = KioskWall(sight)
        self.map = KioskMap(theme, tiles)
        self.subject = SubjectPage(sight)
        self.notice = NoticePage(theme)
        self._pages: dict[str, QWidget] = {
            kiosk.WALL: self.wall,
            kiosk.KPI: FiguresPage(theme),
            kiosk.BOARD: BoardPage(theme),
            kiosk.MAP: self.map,
            kiosk.NOTICE: self.notice,
            kiosk.ALARM: self.subject,
        }
        self._stack = QStackedWidget()
        for page in self._pages.values():
            self._stack.addWidget(page)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.strip)
        self._column.addWidget(self._stack, 1)
        self.night = NightCover(self)
        self.stale = StaleCover(theme, self)
        self.pin = PinCover(theme, self)
        self._typed = ""
        self._forget = QTimer(self)
        self._forget.setSingleShot(True)
        self._forget.setInterval(FORGET_MS)
        self._forget.timeout.connect(self.forget_pin)
        self._may_close = False
        self.shown = Shown("")
        self.size_of_type = TypeSize(48, None, 36.0)
        self.retranslate()

    def retranslate(self) -> None:
        """Take the language of the process."""
        self.setWindowTitle(t("kiosk.window"))
        # What tiles say is painted once and kept.
        for wall in (self.wall, self.subject.wall):
            wall.repaint_all()
        self.update()

    @property
    def page(self) -> QWidget | None:
        """What is seen now."""
        return self._stack.currentWidget()

    def set_type(self, size: TypeSize) -> None:
        """How large lines are."""
        self.size_of_type = size
        for one in (self.strip, self.stale, self.pin, self.subject.words, *self._painted()):
            one.em = size.em
        self.map.em = size.em
        self.strip.setFixedHeight(round(size.em * STRIP))
        for wall in (self.wall, self.subject.wall):
            wall.set_em(size.em)
        self._cover()
        self.update()

    def _painted(self) -> list[KioskPage]:
        return [page for page in self._pages.values() if isinstance(page, KioskPage)]

    # -- what it shows ---------------------------------------------------------

    def show_page(self, shown: Shown, camera: str = "") -> None:
        """Another page; ``camera``: whose picture belongs to an alarm or a push."""
        if shown.page in (kiosk.ALARM, kiosk.CASE, kiosk.CAMERA):
            self.subject.show_subject(shown, camera)
            wanted: QWidget = self.subject
        else:
            wanted = self._pages[shown.page]
        self.shown = shown
        if self._stack.currentWidget() is not wanted:
            self._stack.setCurrentWidget(wanted)

    def tell(self, board: BoardView | None, now: datetime, names: NameBook) -> None:
        """The last board and the second, to the page that is seen."""
        self.strip.tell(board, now, names)
        tell = getattr(self.page, "tell", None)
        if callable(tell):
            tell(board, now, names)

    def show_stale(self, since: datetime | None, now: datetime) -> None:
        """Grey it: the data is of ``since``."""
        self.stale.show_since(since, now)
        if self.pin.isVisible():
            self.pin.raise_()

    def show_current(self) -> None:
        """The data is new again."""
        self.stale.hide()

    def set_dark(self, dark: float) -> None:
        """How dark the night makes it, 0–1."""
        self.night.set_dark(dark)
        if dark > 0:
            self.night.raise_()
            for cover in (self.stale, self.pin):
                if cover.isVisible():
                    cover.raise_()

    def wander(self, left: int, top: int, span: int) -> None:
        """Move the picture by some pixels against burning in."""
        self._column.setContentsMargins(left, top, span - left, span - top)

    # -- leaving ---------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits of the PIN, and nothing else does anything."""
        event.accept()
        text, key = event.text(), event.key()
        if len(text) == 1 and text.isascii() and text.isdigit() and not event.isAutoRepeat():
            if len(self._typed) < kiosk.PIN_DIGITS[1]:
                self._typed += text
            self._show_typed("")
        elif not self.pin.isVisible():
            return
        elif key == Qt.Key.Key_Backspace:
            self._typed = self._typed[:-1]
            self._show_typed("")
        elif key == Qt.Key.Key_Escape:
            self.forget_pin()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._typed:
            typed, self._typed = self._typed, ""
            self._show_typed(t("kiosk.pin.checking"))
            self.pin_typed.emit(typed)

    def say_of_pin(self, sentence: str) -> None:
        """Why it is not left."""
        self._show_typed(sentence)

    @Slot()
    def forget_pin(self) -> None:
        """As if nothing had been typed."""
        self._typed = ""
        self._forget.stop()
        self.pin.hide()

    def _show_typed(self, said: str) -> None:
        self._forget.start()
        self.pin.show_typed(len(self._typed), said)

    def leave(self) -> None:
        """The PIN was right, or the program ends."""
        self._may_close = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Refused, unless it was :meth:`leave`."""
        if self._may_close:
            event.accept()
        else:
            event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What lies above fills it."""
        super().resizeEvent(event)
        self._cover()

    def _cover(self) -> None:
        self.night.setGeometry(self.rect())
        self.stale.setGeometry(self.rect())
        high = round(self.size_of_type.em * 4)
        self.pin.setGeometry(QRect(0, self.height() - high, self.width(), high))
