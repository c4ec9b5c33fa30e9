"""The check of a handled case: before beside after, in the pane and large."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from console.domain.model import Command
from console.domain.transitions import CHECK_RESULTS
from console.domain.vocabulary import Action
from console.services.requests import Act, Refused
from console.services.views import CaseView
from console.widgets.check_view import CheckView
from console.widgets.keys import Key
from console.windows.desk_base import DeskBase
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp


class Checking(Part):
    """One large view a desk window."""

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self._views: dict[DeskBase, CheckView] = {}

    def desk(self, window: DeskBase) -> None:
        """The view over the page, and its key."""
        parts = window.parts
        view = self._views[window] = CheckView(self.console.theme, parts.drafts, parts.page, parts.banner)
        view.passed.connect(self._pass)
        view.sent_back.connect(self._send_back)
        parts.detail.pair.clicked.connect(self.open)
        window.link.case.connect(self._case_shown)
        window.link.refused.connect(self._refused)
        window.add_key(Key("check_pictures", "I", "case"), self.open)

    @Slot()
    def open(self) -> None:
        """Before and after of the open case, large."""
        desk = self.console.desk
        view = desk.parts.detail.view
        if view is not None and Action.CHECK in view.allowed:
            self._views[desk].open(view)
        else:
            desk.parts.toast.say("desk.say.not_now")

    @Slot(object)
    def _case_shown(self, view: CaseView) -> None:
        for shown in self._views.values():
            if not shown.isHidden():
                shown.take(view)

    @Slot()
    def _pass(self) -> None:
        self.console.desk.parts.detail.send(Command(Action.CHECK))

    @Slot(str)
    def _send_back(self, reason: str) -> None:
        wish = Command(Action.CHECK, result=CHECK_RESULTS[1], reason=reason)
        self.console.desk.parts.detail.send(wish)

    @Slot(object)
    def _refused(self, refused: Refused) -> None:
        request = refused.request
        if isinstance(request, Act) and request.command.action is Action.CHECK:
            for shown in self._views.values():
                if not shown.isHidden():
                    shown.refuse(refused.refusal)

    def entered(self) -> None:
        """Whoever leaves takes the case's pictures along."""
        if self.console.actor is None:
            for view in self._views.values():
                view.hide()

    def stop(self) -> None:
        """No picture is read any more."""
        for view in self._views.values():
            view.pair.close_reader()
