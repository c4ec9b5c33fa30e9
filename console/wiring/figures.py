"""The page of figures (F12): an empty frame; each section has its own part.

A section's part takes this one in its constructor, stands behind it in
``parts.py``, and in its own ``desk(window)`` says
``figures.page(window).add_section("live", widget)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.widgets.figures_page import FiguresPage
from console.windows.desk_base import DeskBase
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp

PAGE = "figures"


class FiguresFrame(Part):
    """A page for each desk window."""

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self._pages: dict[int, FiguresPage] = {}

    def desk(self, window: DeskBase) -> None:
        """F12, from anywhere in the window."""
        page = self._pages[id(window)] = FiguresPage(self.console.theme)
        window.add_page(PAGE, page, "F12")

    def page(self, window: DeskBase) -> FiguresPage:
        """The page of a desk window that was given to :meth:`desk` before."""
        return self._pages[id(window)]

    def show(self, window: DeskBase, section: str) -> None:
        """Bring the page up in ``window``, with this section."""
        self.page(window).show_section(section)
        window.show_page(PAGE)
