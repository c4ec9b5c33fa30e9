"""The live section of the page of figures: asks once a second while it is seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Slot

from console.domain.errors import Refusal
from console.domain.model import Actor, Team
from console.i18n import explain, t
from console.models.live_charts import Pick
from console.services.live_view import LivePoint, LiveView, LoadLive, LoadLivePoint
from console.services.requests import Answer, Broke, Refused
from console.widgets.live_section import LiveSection
from console.windows.desk_base import DeskBase
from console.wiring.figures import FiguresFrame
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp

SECTION: Final = "live"
#: So many cameras are named in a line.
_NAMED: Final = 6


@dataclass(slots=True)
class _Asked:
    """Tokens of what is under way."""

    view: int = 0
    point: int = 0
    pick: Pick | None = None


class _Place(QObject):
    """The section of one desk window."""

    def __init__(self, part: LiveCharts, window: DeskBase) -> None:
        super().__init__(part)
        self._part, self._window = part, window
        self.asked = _Asked()
        self._barred: Actor | None = None
        self.section = section = LiveSection(part.console.theme)
        self.page = part.figures.page(window)
        self.page.add_section(SECTION, section)
        self.page.shown.connect(self._shown)
        section.span_wanted.connect(self._span)
        section.cases_wanted.connect(self._cases)
        window.parts.cameras.counts.connect(section.set_cameras)
        window.link.teams.connect(self._teams)

    @property
    def seen(self) -> bool:
        """Whether somebody can see the charts now."""
        return self.page.seen == SECTION and not self._window.isMinimized()

    def ask(self) -> None:
        """For fresh points; one question at a time."""
        actor = self._part.console.actor
        if actor is not None and actor != self._barred and not self.asked.view and self.seen:
            self.asked.view = self._part.engine.submit(LoadLive(actor, self.section.span))

    def answered(self, token: int, value: object) -> None:
        """What came back, if it was ours."""
        if token == self.asked.view:
            self.asked.view = 0
            if isinstance(value, LiveView) and self.seen:
                self.section.apply(value)
                if value.span != self.section.span or value.ready < 1.0 or value.week_ready < 1.0:
                    self.ask()
        elif token == self.asked.point:
            pick, self.asked.point, self.asked.pick = self.asked.pick, 0, None
            if isinstance(value, LivePoint) and pick is not None:
                self._behind(pick, value)

    def refused(self, token: int, refusal: Refusal | None) -> None:
        """Who may not read figures is told once; after a fault it is asked again."""
        if token == self.asked.view:
            self.asked.view = 0
            if refusal is not None and refusal.code == "forbidden":
                self._barred = self._part.console.actor
                self.section.bar(" ".join(explain(refusal)))
        elif token == self.asked.point:
            self.asked.point, self.asked.pick = 0, None
            self.section.say(t("live.broke"))

    @Slot(str)
    def _shown(self, section: str) -> None:
        if section == SECTION:
            self.ask()

    @Slot(str)
    def _span(self, _span: str) -> None:
        self.ask()

    @Slot(object)
    def _teams(self, teams: tuple[Team, ...]) -> None:
        self.section.set_names({team.id: (team.name_zh, team.name_en) for team in teams})

    @Slot(object)
    def _cases(self, pick: Pick) -> None:
        """The cases behind a point: one is opened, several are listed."""
        actor = self._part.console.actor
        if pick.case:
            self._window.control.open_case(pick.case)
        elif pick.cases:
            self._window.show_cases(pick.title, pick.cases)
        elif pick.ask is not None and actor is not None:
            self.asked.pick = pick
            self.asked.point = self._part.engine.submit(LoadLivePoint(actor, pick.ask))
        else:
            self.section.say(t("live.none_behind"))

    def _behind(self, pick: Pick, point: LivePoint) -> None:
        if point.cases:
            self._window.show_cases(pick.title, point.cases)
        elif point.cameras:
            names = " ".join(point.cameras[:_NAMED])
            if len(point.cameras) > _NAMED:
                names = t("live.cameras_more", names=names, n=len(point.cameras))
            self.section.say(t("live.cameras_behind", names=names))
        elif point.others:
            self.section.say(t("live.others_behind", n=point.others))
        else:
            self.section.say(t("live.none_behind"))


class LiveCharts(Part):
    """A section for each desk; asks for none that nobody sees."""

    def __init__(self, console: ConsoleApp, figures: FiguresFrame) -> None:
        super().__init__(console)
        self.figures = figures
        self._places: list[_Place] = []

    def desk(self, window: DeskBase) -> None:
        """The first section of the page of figures."""
        self._places.append(_Place(self, window))

    def tick(self, now: datetime) -> None:
        """Each second, for whoever is seen."""
        for place in self._places:
            if place.seen:
                place.section.tick(now)
                place.ask()

    def posted(self, what: object) -> None:
        """Answers to our questions."""
        if isinstance(what, Answer):
            for place in self._places:
                place.answered(what.token, what.value)
        elif isinstance(what, Refused | Broke):
            refusal = what.refusal if isinstance(what, Refused) else None
            for place in self._places:
                place.refused(what.token, refusal)
