"""The page of administration (Shift+F8).

Each section has its own part, see ``wiring/sections.py``; a person is offered
the sections their rights open. Somebody whose role reads no board lands here.
"""

from __future__ import annotations

from typing import Final

from console.services import permissions
from console.theme import Theme
from console.widgets.admin_page import ORDER, RIGHTS, AdminPage
from console.widgets.desk_pages import BOARD
from console.windows.desk_base import DeskBase
from console.wiring.sections import SectionsFrame

PAGE: Final = "admin"
#: Pages that show the board's cases, and the right to read them.
_BOARD_PAGES: Final = (BOARD, "teams", "map", "search")
_READ: Final = "board.read"


class AdminFrame(SectionsFrame[AdminPage]):
    """A page of administration for each desk window."""

    PAGE = PAGE
    KEYS = "Shift+F8"

    def make(self, theme: Theme) -> AdminPage:
        """Without sections."""
        return AdminPage(theme)

    def desk(self, window: DeskBase) -> None:
        """The page stands in the bar of those who have something to do there."""
        super().desk(window)
        window.parts.pages.offer(PAGE, False)

    def entered(self) -> None:
        """Offer what this person may use, and begin where they work."""
        actor = self.console.actor
        if actor is None:
            return
        may = [one for one in ORDER if permissions.may(actor, RIGHTS[one])]
        reads = permissions.may(actor, _READ)
        for key, window in self._windows.items():
            page, pages = self._pages[key], window.parts.pages
            page.offer(may)
            pages.offer(PAGE, bool(page.offered))
            for one in _BOARD_PAGES:
                pages.offer(one, reads)
            if not reads and page.offered and window.isVisible():
                window.show_page(PAGE)
            elif not pages.is_offered(pages.current):
                window.show_page(BOARD)
