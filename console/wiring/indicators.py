"""The section of indicators on the page of figures."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Slot

from console.i18n import t
from console.services.figures import MOST_BEHIND
from console.services.figures_desk import IndicatorsView, LoadBehind, LoadIndicators
from console.services.requests import Answer, Broke, Refused
from console.services.views import BoardView
from console.widgets.indicators_section import IndicatorsSection, age_s
from console.windows.desk_base import DeskBase
from console.wiring.figures import FiguresFrame
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp

SECTION: Final = "indicators"
#: Periods whose figures are asked for again as soon as something happened,
#: once a second at most.
RUNNING: Final = ("shift", "day")
#: Others, and what time alone changes, are asked for so often, seconds.
REST_S: Final = 30.0


class _Place(QObject):
    """The section of one desk window."""

    def __init__(self, part: Indicators, window: DeskBase) -> None:
        super().__init__(part)
        self._part, self._window = part, window
        self._view = self._behind = 0
        self._seq = self._asked_at = -1
        self._title = ""
        self.section = IndicatorsSection(part.console.theme)
        self.page = part.figures.page(window)
        self.page.add_section(SECTION, self.section)
        self.page.shown.connect(self._shown)
        window.link.board.connect(self._board)
        self.section.wanted.connect(self._wanted)
        self.section.cases_wanted.connect(self._cases)

    @property
    def seen(self) -> bool:
        """Whether somebody can see the figures now."""
        return self.page.seen == SECTION and not self._window.isMinimized()

    def ask(self) -> None:
        """For fresh figures; one question at a time."""
        actor = self._part.console.actor
        if actor is not None and not self._view and self.seen:
            self._asked_at = self._seq
            self._view = self._part.engine.submit(LoadIndicators(actor, *self.section.choice))

    def tick(self, now: datetime) -> None:
        """Ask again when what is shown has become old."""
        running = self.section.choice[0] in RUNNING
        happened = running and self._asked_at != self._seq
        if self.seen and (happened or age_s(self.section.model.view, now) >= REST_S):
            self.ask()

    def answered(self, token: int, value: object) -> None:
        """What came back, if it was ours."""
        if token == self._view:
            self._view = 0
            if isinstance(value, IndicatorsView):
                self.section.apply(value)
                if (value.period, value.cut, value.by) != self.section.choice:
                    self.ask()
        elif token == self._behind:
            self._behind = 0
            if isinstance(value, tuple) and value:
                more = len(value) >= MOST_BEHIND
                words = t("indicators.newest", title=self._title) if more else self._title
                self._window.show_cases(words, value)
            else:
                self._part.console.say(t("indicators.nothing"))

    def failed(self, token: int) -> None:
        """It was refused, or it broke."""
        if token == self._view:
            self._view = 0
            self.section.broke()
        elif token == self._behind:
            self._behind = 0
            self._part.console.say(t("indicators.broke"))

    @Slot(object)
    def _board(self, view: BoardView) -> None:
        """The chain has grown: the figures of today are others, perhaps."""
        self._seq = view.seq

    @Slot(str)
    def _shown(self, section: str) -> None:
        if section == SECTION:
            self.ask()

    @Slot(str, str, str)
    def _wanted(self, _period: str, _cut: str, _by: str) -> None:
        self.ask()

    @Slot(str, object, str, bool)
    def _cases(self, figure: str, key: str | None, title: str, bad: bool) -> None:
        actor, view = self._part.console.actor, self.section.model.view
        if actor is None or view is None or self._behind:
            return
        by = view.by if key is not None else ""
        self._title = title
        self._behind = self._part.engine.submit(
            LoadBehind(actor, figure, view.start, view.end, view.cut, by, key or "", bad)
        )


class Indicators(Part):
    """A section for each desk window."""

    def __init__(self, console: ConsoleApp, figures: FiguresFrame) -> None:
        super().__init__(console)
        self.figures = figures
        self._places: list[_Place] = []

    def desk(self, window: DeskBase) -> None:
        """Its own section on the window's page of figures."""
        self._places.append(_Place(self, window))

    def tick(self, now: datetime) -> None:
        """Fresh figures where somebody looks."""
        for place in self._places:
            place.tick(now)

    def posted(self, what: object) -> None:
        """Answers to our questions."""
        if isinstance(what, Answer):
            for place in self._places:
                place.answered(what.token, what.value)
        elif isinstance(what, Refused | Broke):
            for place in self._places:
                place.failed(what.token)
