"""The checklist of the open case, beside its timeline."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from console.services.ports import Change
from console.services.requests import Answer, Refused
from console.services.sop import LoadSop, SopBook, TickStep
from console.services.views import CaseView
from console.widgets.keys import Key
from console.widgets.sop_panel import SopPanel
from console.windows.desk_base import DeskBase
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp


class _Desk(QObject):
    """One desk's checklist."""

    def __init__(self, part: ChecklistPart, window: DeskBase) -> None:
        super().__init__(part)
        self._part, self.window = part, window
        self.panel = SopPanel(part.console.theme)
        detail = window.parts.detail
        detail.add_section(self.panel, "sop.title")
        self.panel.counted.connect(self._count)
        self.panel.ticked.connect(self._tick)
        window.link.case.connect(self._on_case)
        window.add_key(Key("checklist", "Shift+L", "case"), partial(detail.show_section, self.panel))

    @Slot(str)
    def _count(self, words: str) -> None:
        self.window.parts.detail.sections.set_badge(self.panel, words)

    @Slot(object)
    def _on_case(self, view: CaseView) -> None:
        self.panel.set_names(self.window.control.names)
        self.panel.apply(view)

    @Slot(str, str, bool)
    def _tick(self, case_id: str, step: str, done: bool) -> None:
        actor = self._part.console.actor
        if actor is not None:
            self._part.ask(self, TickStep(actor, case_id, step, done))


class ChecklistPart(Part):
    """Reads the checklists once, and again after an import."""

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self.book = SopBook()
        self._desks: list[_Desk] = []
        self._asked: dict[int, _Desk | None] = {}

    def desk(self, window: DeskBase) -> None:
        """A section for each desk."""
        desk = _Desk(self, window)
        desk.panel.set_book(self.book)
        self._desks.append(desk)

    def ask(self, desk: _Desk | None, request: object) -> None:
        """Ask in the name of a desk."""
        self._asked[self.engine.submit(request)] = desk

    def entered(self) -> None:
        """Somebody signed in."""
        if self.console.actor is not None:
            self.ask(None, LoadSop(self.console.actor))

    def posted(self, what: object) -> None:
        """The checklists, a tick that went through or was refused, an import."""
        if isinstance(what, Change) and "standard" in what.kinds:
            self.entered()
        if not isinstance(what, Answer | Refused) or what.token not in self._asked:
            return
        desk = self._asked.pop(what.token)
        if isinstance(what, Refused) and desk is not None:
            desk.window.parts.toast.refuse(what.refusal)
        elif isinstance(what, Answer) and isinstance(what.value, SopBook):
            self.book = what.value
            for one in self._desks:
                one.panel.set_book(self.book)
        elif desk is not None:
            desk.window.link.load_case()
