"""The middle of the desk: the board and the pages beside it, one at a time."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from console.i18n import t
from console.theme import Theme
from console.widgets.page_bar import PageBar
from console.widgets.parts import spaced

#: The page that is always there.
BOARD = "board"


class DeskPages(QWidget):
    """``turned(page id)`` when another page is shown. With the board alone
    there is no bar. Titles are the texts ``pages.<page id>``."""

    turned = Signal(str)
    elsewhere = Signal(str)
    """A page was asked for that stands on a display of its own."""

    def __init__(self, theme: Theme, board: QWidget) -> None:
        super().__init__()
        self._pages: dict[str, tuple[QWidget, str]] = {}
        self._withheld: set[str] = set()
        self._lent: set[str] = set()
        self._stack = QStackedWidget()
        self._bar = PageBar(theme)
        self._bar.chosen.connect(self._clicked)
        column = QVBoxLayout(self)
        spaced(column, 0, 8)
        column.addWidget(self._bar)
        column.addWidget(self._stack, 1)
        self.add(BOARD, board, "F5")

    def add(self, page: str, widget: QWidget, keys: str = "") -> None:
        """A page more, at the end of the bar; ``keys`` are only told here."""
        self._bar.add()
        self._pages[page] = (widget, keys)
        self._stack.addWidget(widget)
        self._bar.check(list(self._pages).index(self.current))
        self._bar.setVisible(len(self._pages) > 1)
        self.retranslate()

    @property
    def current(self) -> str:
        """The id of the page that is shown."""
        shown = self._stack.currentWidget()
        return next((page for page, (widget, _) in self._pages.items() if widget is shown), BOARD)

    def __contains__(self, page: object) -> bool:
        return page in self._pages

    def widget(self, page: str) -> QWidget | None:
        """A page by its id."""
        found = self._pages.get(page)
        return found[0] if found is not None else None

    def offer(self, page: str, offered: bool) -> None:
        """Whether a page can be turned to and stands in the bar; not every page
        is for everybody."""
        if page not in self._pages:
            return
        (self._withheld.discard if offered else self._withheld.add)(page)
        self._bar.offer(list(self._pages).index(page), offered)

    def is_offered(self, page: str) -> bool:
        """Whether a page can be turned to."""
        return page in self._pages and page not in self._withheld

    def lend(self, page: str) -> QWidget | None:
        """Take a page's widget out, to stand on a display of its own; turning to
        it says so (``elsewhere``). ``None`` for the board, which stays, for what
        is not there, and for what is lent already."""
        found = self.widget(page)
        if found is None or page == BOARD or page in self._lent:
            return None
        if self.current == page:
            self.turn(BOARD)
        self._stack.removeWidget(found)
        self._lent.add(page)
        return found

    def take_back(self, page: str) -> None:
        """Its widget belongs to the middle of the desk again."""
        if page in self._lent:
            self._lent.discard(page)
            self._stack.addWidget(self._pages[page][0])

    @property
    def offered(self) -> tuple[str, ...]:
        """Ids of the pages that can be turned to, as they stand in the bar."""
        return tuple(page for page in self._pages if self.is_offered(page))

    @Slot(str)
    def turn(self, page: str) -> None:
        """Show a page; one that is not there or not offered leaves all as it is."""
        if not self.is_offered(page):
            return
        if page in self._lent:
            self.elsewhere.emit(page)
            return
        other = page != self.current
        self._stack.setCurrentWidget(self._pages[page][0])
        self._bar.check(list(self._pages).index(page))
        if other:
            self.turned.emit(page)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        for at, (page, (_, keys)) in enumerate(self._pages.items()):
            self._bar.say(at, t(f"pages.{page}"), keys)

    @Slot(int)
    def _clicked(self, at: int) -> None:
        self.turn(list(self._pages)[at])
