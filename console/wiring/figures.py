"""The page of figures (F12); its sections come from ``live``, ``indicators``
and ``rankings``."""

from __future__ import annotations

from console.theme import Theme
from console.widgets.figures_page import FiguresPage
from console.wiring.sections import SectionsFrame

PAGE = "figures"


class FiguresFrame(SectionsFrame[FiguresPage]):
    """A page of figures for each desk window."""

    PAGE = PAGE
    KEYS = "F12"

    def make(self, theme: Theme) -> FiguresPage:
        """Without sections."""
        return FiguresPage(theme)
