"""The wide desk: cameras, board, case side by side; alarms above, figures below."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from console.widgets.parts import EDGE, spaced
from console.windows.desk_base import DeskBase

#: Cameras, board, case at first, px; the board takes what is left.
_SIZES: Final = (200, 1212, 460)
#: Narrower than this there is no room for the list of cameras, px.
_WITH_CAMERAS: Final = 1264


class DeskWindow(DeskBase):
    """For a console with walls on other displays."""

    def build_body(self) -> QWidget:
        """Three panes; the splitter remembers nothing that hides a clock."""
        parts = self.parts
        self._panes = QSplitter(Qt.Orientation.Horizontal)
        self._panes.setHandleWidth(16)
        self._panes.setChildrenCollapsible(False)
        cameras = self._cameras = QWidget()
        left = QVBoxLayout(cameras)
        spaced(left, 0, 0)
        left.addWidget(parts.cameras)
        cameras.setMinimumWidth(176)
        parts.work.setMinimumWidth(348)
        for one in (cameras, parts.pages, parts.work):
            self._panes.addWidget(one)
        self._panes.setSizes(list(_SIZES))
        # On a small display the case gives way before the board does.
        for at, stretch in enumerate((0, 3, 1)):
            self._panes.setStretchFactor(at, stretch)
        body = QWidget()
        row = QHBoxLayout(body)
        spaced(row, EDGE, 0)
        row.setContentsMargins(EDGE, 12, EDGE, 4)
        row.addWidget(self._panes)
        return body

    def fit(self, width: int) -> None:
        """On an upright or small display the list of cameras gives way: the map
        and the command bar know them too."""
        self._cameras.setVisible(width >= _WITH_CAMERAS)
