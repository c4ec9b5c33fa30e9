"""The middle of the desk: the board and the pages beside it, one at a time."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from console.i18n import t
from console.theme import Theme
from console.widgets.parts import button, spaced

#: The page that is always there.
BOARD = "board"


class DeskPages(QWidget):
    """``turned(page id)`` when another page is shown. With the board alone
    there is no bar. Titles are the texts ``pages.<page id>``."""

    turned = Signal(str)

    def __init__(self, theme: Theme, board: QWidget) -> None:
        super().__init__()
        self._theme = theme
        self._pages: dict[str, tuple[QWidget, str]] = {}
        self._stack = QStackedWidget()
        self._bar = QWidget()
        self._row = QHBoxLayout(self._bar)
        spaced(self._row, 0, 4)
        self._row.addStretch(1)
        self._choice = QButtonGroup(self)
        self._choice.idClicked.connect(self._clicked)
        column = QVBoxLayout(self)
        spaced(column, 0, 8)
        column.addWidget(self._bar)
        column.addWidget(self._stack, 1)
        self.add(BOARD, board, "F5")

    def add(self, page: str, widget: QWidget, keys: str = "") -> None:
        """A page more, at the end of the bar; ``keys`` are only told here."""
        made = button(self._theme, "", "quiet")
        made.setCheckable(True)
        self._choice.addButton(made, len(self._pages))
        self._row.insertWidget(len(self._pages), made, 0, Qt.AlignmentFlag.AlignLeft)
        self._pages[page] = (widget, keys)
        self._stack.addWidget(widget)
        made.setChecked(page == self.current)
        self._bar.setVisible(len(self._pages) > 1)
        self.retranslate()

    @property
    def current(self) -> str:
        """The id of the page that is shown."""
        shown = self._stack.currentWidget()
        return next((page for page, (widget, _) in self._pages.items() if widget is shown), BOARD)

    def widget(self, page: str) -> QWidget | None:
        """A page by its id."""
        found = self._pages.get(page)
        return found[0] if found is not None else None

    @Slot(str)
    def turn(self, page: str) -> None:
        """Show a page; one that is not there leaves all as it is."""
        if page not in self._pages:
            return
        other = page != self.current
        self._stack.setCurrentWidget(self._pages[page][0])
        made = self._choice.button(list(self._pages).index(page))
        made.setChecked(True)
        if other:
            self.turned.emit(page)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        for at, (page, (_, keys)) in enumerate(self._pages.items()):
            words = t(f"pages.{page}")
            made = self._choice.button(at)
            made.setText(f"{words} {keys}".rstrip())
            made.setAccessibleName(words)

    @Slot(int)
    def _clicked(self, at: int) -> None:
        self.turn(list(self._pages)[at])
