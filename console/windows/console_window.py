"""One display: six tiles on the left, the board on the right, the open case
below it; alarms above, figures below."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget

from console.bridge import Bridge
from console.services.views import BoardView, FeedsView
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.parts import EDGE, spaced
from console.windows.desk_base import DeskBase
from console.windows.desk_link import Gateway

#: Of the board at least its headings and one row of cards stay, px.
_BOARD_LEAST: Final = 188


class ConsoleWindow(DeskBase):
    """``wall`` is any widget with tiles. What it offers is used: ``set_board``,
    ``set_health``, ``set_cameras``, and the signals ``newCase(camera, at)``
    and ``caseRequested(case id)``."""

    def __init__(
        self,
        gateway: Gateway,
        bridge: Bridge,
        ticker: Ticker,
        theme: Theme,
        wall: QWidget,
        *,
        data_dir: Path | None = None,
        suggested: Sequence[tuple[str, str]] = (),
        parent: QWidget | None = None,
    ) -> None:
        self.wall = wall
        super().__init__(
            gateway,
            bridge,
            ticker,
            theme,
            data_dir=data_dir,
            suggested=suggested,
            wide_detail=True,
            parent=parent,
        )
        self.parts.cameras.setParent(self.parts.page)
        self.parts.cameras.hide()
        self._link_wall()

    def build_body(self) -> QWidget:
        """Tiles | board over case. Without an open case the board has it all."""
        self._across = QSplitter(Qt.Orientation.Horizontal)
        self._across.setHandleWidth(16)
        self._across.setChildrenCollapsible(False)
        self._down = QSplitter(Qt.Orientation.Vertical)
        self._down.setHandleWidth(12)
        self._down.setChildrenCollapsible(False)
        self._down.addWidget(self.parts.pages)
        self._down.addWidget(self.parts.work)
        self._down.setSizes([440, 400])
        self.parts.work.hide()
        self.wall.setMinimumWidth(320)
        self.parts.pages.setMinimumWidth(480)
        self._across.addWidget(self.wall)
        self._across.addWidget(self._down)
        self._across.setSizes([800, 1080])
        self._across.setStretchFactor(0, 3)
        self._across.setStretchFactor(1, 4)
        body = QWidget()
        row = QHBoxLayout(body)
        spaced(row, EDGE, 0)
        row.setContentsMargins(EDGE, 12, EDGE, 4)
        row.addWidget(self._across)
        self.control.opened.connect(self._show_work)
        self.control.left.connect(self._hide_work)
        return body

    def key_areas(self) -> list[QWidget]:
        """The wall has keys of its own."""
        return [self.parts.pages, self.parts.work, self.parts.kpi]

    def panes(self) -> list[QWidget]:
        """F6 goes to the wall too."""
        return [self.wall, self.parts.pages, self.parts.work]

    def _link_wall(self) -> None:
        new_case = getattr(self.wall, "newCase", None)
        if new_case is not None:
            new_case.connect(self.open_from_camera)
        case_wanted = getattr(self.wall, "caseRequested", None)
        if case_wanted is not None:
            case_wanted.connect(self.open_case)
        self.link.board.connect(self._board_to_wall)
        self.link.feeds.connect(self._feeds_to_wall)
        self.link.cameras.connect(self._cameras_to_wall)

    @Slot(object)
    def _board_to_wall(self, view: BoardView) -> None:
        take = getattr(self.wall, "set_board", None)
        if callable(take):
            take(view)

    @Slot(object)
    def _feeds_to_wall(self, view: FeedsView) -> None:
        take = getattr(self.wall, "set_health", None)
        if callable(take):
            take(view.health)

    @Slot(object)
    def _cameras_to_wall(self, cameras: object) -> None:
        take = getattr(self.wall, "set_cameras", None)
        if callable(take):
            take(cameras)

    @Slot(str)
    def _show_work(self, _case_id: str) -> None:
        self.parts.work.show()
        whole = self._down.height()
        wish = min(self.parts.detail.needed_height(), whole - _BOARD_LEAST)
        if self._down.sizes()[1] < wish:
            self._down.setSizes([whole - wish, wish])

    @Slot()
    def _hide_work(self) -> None:
        self.parts.work.hide()
