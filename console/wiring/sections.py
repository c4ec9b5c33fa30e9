"""A page of sections in each desk window: an empty frame; each section has its
own part.

A section's part takes the frame in its constructor, stands behind it in
``parts.py``, and in its own ``desk(window)`` says
``frame.page(window).add_section("live", widget)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from console.theme import Theme
from console.widgets.sections_page import SectionsPage
from console.windows.desk_base import DeskBase
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp

P = TypeVar("P", bound=SectionsPage)


class SectionsFrame(Part, Generic[P]):
    """A page for each desk window; subclasses say which."""

    PAGE: ClassVar[str]
    KEYS: ClassVar[str]

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self._pages: dict[int, P] = {}
        self._windows: dict[int, DeskBase] = {}

    def make(self, theme: Theme) -> P:
        """The page, without sections."""
        raise NotImplementedError

    def desk(self, window: DeskBase) -> None:
        """Its key works from anywhere in the window."""
        page = self._pages[id(window)] = self.make(self.console.theme)
        self._windows[id(window)] = window
        window.add_page(self.PAGE, page, self.KEYS)

    def page(self, window: DeskBase) -> P:
        """The page of a desk window that was given to :meth:`desk` before."""
        return self._pages[id(window)]

    def show(self, window: DeskBase, section: str) -> None:
        """Bring the page up in ``window``, with this section."""
        self.page(window).show_section(section)
        window.show_page(self.PAGE)
