"""The page of figures (F12): its sections beside each other."""

from __future__ import annotations

from typing import Final

from console.theme import Theme
from console.widgets.sections_page import SectionsPage

#: The sections from left to right, whoever comes first.
ORDER: Final = ("live", "indicators", "rankings", "whatif")


class FiguresPage(SectionsPage):
    """Sections by id, titled ``pages.figures_<id>``."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "figures", ORDER)
