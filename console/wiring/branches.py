"""Requests for a second person: the leader's line and keys on every desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout

from console.domain.model import Approval
from console.domain.rights import allowed
from console.models.names import NameBook
from console.services.views import BoardView, Names
from console.widgets.keys import Key
from console.widgets.request_bar import RequestBar
from console.windows.desk_base import DeskBase
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp

#: Where the line stands on a page: above the body, below alarms.
_BELOW_ALARMS = 4


class Branches(Part):
    """Each desk gets the line of waiting requests and the keys Ctrl+Y, Ctrl+J, Alt+Y."""

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self._bars: list[RequestBar] = []

    def desk(self, window: DeskBase) -> None:
        """Line and keys of one desk."""
        bar = RequestBar(self.console.theme, self.console.ticker)
        page = window.parts.page.layout()
        if isinstance(page, QVBoxLayout):
            page.insertWidget(_BELOW_ALARMS, bar)
        self._bars.append(bar)
        bar.wanted.connect(window.open_case)
        window.link.board.connect(self._board)
        window.link.names.connect(self._named)
        window.add_key(Key("requests", "Alt+Y", "case"), bar.next, whole=True)
        window.add_key(Key("approve", "Ctrl+Y", "case"), window.parts.detail.approvals.approve_first)
        window.add_key(Key("deny", "Ctrl+J", "case"), window.parts.detail.approvals.deny_first)

    @Slot(object)
    def _board(self, view: BoardView) -> None:
        mine = self._mine(view.approvals)
        for bar in self._bars:
            bar.apply(mine)

    @Slot(object)
    def _named(self, names: Names) -> None:
        for bar in self._bars:
            bar.set_names(NameBook(names))

    def _mine(self, waiting: tuple[Approval, ...]) -> tuple[Approval, ...]:
        """What the person signed in may answer."""
        actor = self.console.actor
        if actor is None or not actor.may_approve or not allowed(actor.role, "approve"):
            return ()
        return tuple(one for one in waiting if one.asked_by != actor.name)
