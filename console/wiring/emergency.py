"""An up-report of the open case is recorded by one key: Ctrl+U by telephone,
Ctrl+Shift+U in writing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from console.domain.emergency import PHONE, WRITTEN
from console.domain.ids import number
from console.services.emergency import Emergency, UpReport
from console.services.requests import Answer, Broke, Refused
from console.widgets.keys import Key
from console.windows.desk_base import DeskBase
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp

_KEYS = ((PHONE, "Ctrl+U"), (WRITTEN, "Ctrl+Shift+U"))


class _Place(QObject):
    """One desk."""

    def __init__(self, part: UpReports, window: DeskBase) -> None:
        super().__init__(part)
        self._part, self.window = part, window

    def report(self, kind: str) -> None:
        """What is open has just been reported upward."""
        view, actor = self.window.parts.detail.view, self._part.console.actor
        if view is None:
            self.window.parts.toast.say("desk.case.empty")
        elif actor is not None:
            self._part.asked[self._part.engine.submit(UpReport(actor, view.case.id, kind))] = self


class UpReports(Part):
    """Keys for each desk; answers."""

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self.asked: dict[int, _Place] = {}

    def desk(self, window: DeskBase) -> None:
        """Also by typing in the command bar."""
        place = _Place(self, window)
        for kind, keys in _KEYS:
            window.add_key(
                Key(f"report_{kind}", keys, "case"), partial(_Place.report, place, kind), whole=True
            )

    def posted(self, what: object) -> None:
        """It is recorded, or was refused."""
        if not isinstance(what, Answer | Refused | Broke):
            return
        place = self.asked.pop(what.token, None)
        if place is None:
            return
        toast = place.window.parts.toast
        if isinstance(what, Answer) and isinstance(what.value, Emergency):
            kind, _ = what.value.reports[-1]
            toast.say(f"emergency.said.{kind}", number=number(what.value.case.id))
        elif isinstance(what, Refused):
            toast.refuse(what.refusal)
        else:
            toast.say("desk.say.broke")
