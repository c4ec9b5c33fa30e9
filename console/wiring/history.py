"""The page of history (Shift+F11): shifts read, moments asked for, evidence shown."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from console.domain.model import Camera, Evidence
from console.domain.rights import RIGHTS
from console.domain.shifts import ShiftSpan
from console.domain.vocabulary import EvidenceKind
from console.i18n import explain, t
from console.services.history import LoadPastShift, LoadShiftPlan, ShowMoment
from console.services.past_shift import PastShift
from console.services.requests import Answer, Broke, Refused
from console.widgets.desk_pages import BOARD
from console.widgets.evidence_view import PICTURED
from console.widgets.history_page import HistoryPage
from console.windows.desk_base import DeskBase
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp

_PAGE = "history"


class _Place(QObject):
    """The page of one desk window."""

    def __init__(self, part: History, window: DeskBase) -> None:
        super().__init__(part)
        self._part, self.window = part, window
        self._shift = self._moment = self._plan = 0
        self.page = page = HistoryPage(part.console.theme)
        page.shift_wanted.connect(self._load)
        page.moment_wanted.connect(self._look)
        page.evidence_wanted.connect(self._show)
        page.case_wanted.connect(window.control.open_case)
        page.left.connect(self._leave)
        window.link.names.connect(self._named)
        window.link.teams.connect(self._named)
        window.link.cameras.connect(self._cameras)

    @Slot()
    def _leave(self) -> None:
        self.window.show_page(BOARD)

    @Slot(object)
    def _named(self, _names: object) -> None:
        self.page.set_names(self.window.control.names, self.window.control.team_names())

    @Slot(object)
    def _cameras(self, cameras: tuple[Camera, ...]) -> None:
        self.page.set_cameras(cameras)

    @Slot(object)
    def _load(self, span: ShiftSpan | None) -> None:
        """Read a shift; the answer to an older question is thrown away."""
        actor = self._part.console.actor
        if actor is None:
            return
        if not self._plan:
            self._plan = self._part.engine.submit(LoadShiftPlan(actor))
        if span is not None:
            self.page.wait(span)
        self._shift = self._part.engine.submit(LoadPastShift(actor, span.id if span is not None else ""))

    @Slot(object, object)
    def _look(self, past: PastShift, at: datetime) -> None:
        actor = self._part.console.actor
        if actor is not None:
            self._moment = self._part.engine.submit(ShowMoment(actor, past, at))

    @Slot(object, str)
    def _show(self, evidence: tuple[Evidence, ...], sha256: str) -> None:
        """A picture over the page, a clip in the player."""
        past = self.page.past
        one = next((each for each in evidence if each.sha256 == sha256), None)
        if past is None or one is None or sha256 not in past.paths:
            self.window.parts.toast.say("desk.case.not_here")
        elif one.kind in PICTURED:
            pictures = [
                (e, past.paths[e.sha256]) for e in evidence if e.kind in PICTURED and e.sha256 in past.paths
            ]
            self.window.parts.evidence.open(pictures, sha256)
        elif one.kind is EvidenceKind.CLIP:
            self._part.console.evidence.clip_view().open(one, past.paths[sha256])

    def answered(self, what: Answer) -> None:
        """Shift, moment or plan, if it was asked here."""
        if what.token == self._shift:
            self.page.show_shift(what.value)  # type: ignore[arg-type]
        elif what.token == self._moment:
            self.page.show_moment(what.value)  # type: ignore[arg-type]
        elif what.token == self._plan:
            self.page.set_plan(what.value, self._part.engine.clock.now())  # type: ignore[arg-type]

    def refused(self, what: Refused | Broke) -> None:
        """Said on the page, where it was asked."""
        if what.token in (self._shift, self._moment):
            reason = " ".join(explain(what.refusal)) if isinstance(what, Refused) else t("desk.say.broke")
            self.page.refuse(reason)


class History(Part):
    """A page for each desk."""

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self._places: list[_Place] = []

    def desk(self, window: DeskBase) -> None:
        """Shift+F11, from anywhere in the window."""
        place = _Place(self, window)
        self._places.append(place)
        window.add_page(_PAGE, place.page, "Shift+F11")

    def entered(self) -> None:
        """Who leaves takes what was looked at along; who may not replay sees why."""
        actor = self.console.actor
        for place in self._places:
            if actor is None or "replay" not in RIGHTS[actor.role]:
                place.page.forget()

    def posted(self, what: object) -> None:
        """Answers to our questions."""
        if isinstance(what, Answer):
            for place in self._places:
                place.answered(what)
        elif isinstance(what, Refused | Broke):
            for place in self._places:
                place.refused(what)

    def stop(self) -> None:
        """Nothing plays, no picture is read any more."""
        for place in self._places:
            place.page.pause()
            place.page.close_reader()
