"""The page of administration (Shift+F8): its sections beside each other.

A section is offered to those who may use it; somebody without any is not shown
the page at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from console.theme import Theme
from console.widgets.sections_page import SectionsPage

#: The sections from left to right, whoever comes first.
ORDER: Final = ("cameras", "people", "audit", "standards", "settings", "care")
#: The right that opens each.
RIGHTS: Final[Mapping[str, str]] = {
    "cameras": "camera.edit",
    "people": "user.read",
    "audit": "audit.read",
    "standards": "standard.edit",
    "settings": "setting.edit",
    "care": "db.admin",
}


class AdminPage(SectionsPage):
    """Sections by id, titled ``pages.admin_<id>``."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "admin", ORDER)
