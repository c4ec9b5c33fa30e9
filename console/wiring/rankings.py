"""The sections of rankings and of what-if on the page of figures (F12)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QStandardPaths, Slot

from console.domain.errors import Refusal
from console.domain.model import Actor
from console.i18n import explain, t
from console.models.wording import local
from console.reports import ranking_doc, report_doc
from console.reports.report_doc import Report
from console.services.rankings import (
    AskBehind,
    AskCauses,
    AskHeat,
    AskRanking,
    CauseList,
    HeatMap,
    Ranking,
)
from console.services.requests import Answer, Broke, Refused, Request
from console.services.whatif import AskWhatIf, WhatIf
from console.widgets.rankings_view import RankingsView
from console.widgets.whatif_view import WhatIfView
from console.windows.desk_base import DeskBase
from console.wiring.figures import FiguresFrame
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp
    from console.engine import Engine

RANKINGS: Final = "rankings"
WHATIF: Final = "whatif"
View = RankingsView | WhatIfView


@dataclass(frozen=True, slots=True)
class Written:
    """Posted when a file was written, or why it was not."""

    place: int
    section: str
    file: Path
    refusal: Refusal | None = None
    broke: bool = False


class _Question:
    """One question at a time; of those asked meanwhile only the newest."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.token = 0
        self._next: Request | None = None

    def ask(self, request: Request) -> None:
        """Ask, or keep it until the answer is there."""
        if self.token:
            self._next = request
        else:
            self.token = self._engine.submit(request)

    def done(self, token: int) -> bool:
        """True when the answer was this one's and nothing newer was asked."""
        if not self.token or token != self.token:
            return False
        self.token = 0
        if self._next is not None:
            request, self._next = self._next, None
            self.ask(request)
            return False
        return True


class _Place(QObject):
    """Both sections of one desk window."""

    def __init__(self, part: Rankings, window: DeskBase, number: int) -> None:
        super().__init__(part)
        self._part, self._window, self.number = part, window, number
        theme, ticker = part.console.theme, part.console.ticker
        self.rankings, self.whatif = RankingsView(theme, ticker), WhatIfView(theme, ticker)
        self._answers: dict[str, Any] = {}
        self._titles: dict[int, str] = {}
        self._rank, self._what = _Question(part.engine), _Question(part.engine)
        self.page = page = part.figures.page(window)
        page.add_section(RANKINGS, self.rankings)
        page.add_section(WHATIF, self.whatif)
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        for view in (self.rankings, self.whatif):
            view.set_folder(folder or str(Path.home()))
        page.shown.connect(self._shown)
        self.rankings.wanted.connect(self._ask)
        self.rankings.cases_wanted.connect(self._behind)
        self.rankings.export_wanted.connect(self._export)
        self.whatif.wanted.connect(self._ask_whatif)
        self.whatif.cases_wanted.connect(self._changed_sides)
        self.whatif.export_wanted.connect(self._export_whatif)

    # -- asking ------------------------------------------------------------------

    @Slot(str)
    def _shown(self, section: str) -> None:
        """Nothing is counted for a section nobody sees."""
        if section == RANKINGS:
            self._ask(self.rankings.tab)
        elif section == WHATIF:
            self._ask_whatif()

    @Slot(str)
    def _ask(self, tab: str) -> None:
        actor, view = self._part.console.actor, self.rankings
        if actor is None or self.page.seen != RANKINGS:
            return
        view.busy()
        request: Request = AskRanking(actor, view.wish)
        if tab == "heat":
            request = AskHeat(actor, view.period, view.cut)
        elif tab == "causes":
            request = AskCauses(actor, view.period, view.cut)
        self._rank.ask(request)

    @Slot()
    def _ask_whatif(self) -> None:
        actor = self._part.console.actor
        if actor is not None and self.page.seen == WHATIF:
            self.whatif.busy()
            self._what.ask(AskWhatIf(actor, self.whatif.wish))

    @Slot(str, str, bool, str)
    def _behind(self, what: str, key: str, late: bool, title: str) -> None:
        """The cases behind a number of the rankings."""
        actor, view = self._part.console.actor, self.rankings
        if actor is None:
            return
        wish = view.wish
        by, measure = (wish.by, wish.measure) if what == "group" else (str(view.place_by.currentData()), "")
        kind = "group" if what == "place" else what
        request = AskBehind(actor, view.period, view.cut, kind, key, by, measure, late)
        self._titles[self._part.engine.submit(request)] = title

    @Slot(object, str)
    def _changed_sides(self, ids: tuple[str, ...], title: str) -> None:
        self._window.show_cases(title, ids)

    @Slot(str, str)
    def _export(self, kind: str, file: str) -> None:
        """Write what is shown, as a document."""
        found = self._answers.get("ranking" if kind == "circular" else kind)
        if found is not None:
            self._part.write(self.number, RANKINGS, kind, found, Path(file).expanduser())

    @Slot(str)
    def _export_whatif(self, file: str) -> None:
        if self.whatif.found is not None:
            self._part.write(self.number, WHATIF, WHATIF, self.whatif.found, Path(file).expanduser())

    # -- answers -------------------------------------------------------------------

    def answered(self, token: int, value: object) -> None:
        """What came back, if it was ours."""
        if token in self._titles:
            title = self._titles.pop(token)
            if isinstance(value, tuple) and value:
                self._window.show_cases(title, value)
            else:
                self.rankings.say(t("ranking.none_behind"))
        elif self._rank.done(token):
            self._take(value)
        elif self._what.done(token) and isinstance(value, WhatIf):
            self.whatif.apply(value)

    def _take(self, value: object) -> None:
        if isinstance(value, Ranking):
            self._answers["ranking"] = value
            self.rankings.apply(value)
        elif isinstance(value, HeatMap):
            self._answers["heat"] = value
            self.rankings.apply_heat(value)
        elif isinstance(value, CauseList):
            self._answers["causes"] = value
            self.rankings.apply_causes(value)

    def refused(self, token: int, refusal: Refusal | None) -> None:
        """A rule said no, or something broke."""
        words = t("ranking.broke") if refusal is None else " ".join(explain(refusal))
        if token in self._titles:
            del self._titles[token]
            self.rankings.say(words, "red")
        elif self._rank.done(token):
            self.rankings.say(words, "red")
        elif self._what.done(token):
            self.whatif.say(words, "red")

    def written(self, told: Written) -> None:
        """A file is there, or is not."""
        view: View = self.rankings if told.section == RANKINGS else self.whatif
        if told.refusal is not None:
            view.say(" ".join(explain(told.refusal)), "red")
        elif told.broke:
            view.say(t("ranking.broke"), "red")
        else:
            view.say(t("ranking.written", file=told.file))


_DOCUMENTS: Final[dict[str, Callable[[Any, str], Report]]] = {
    "ranking": ranking_doc.ranking,
    "circular": ranking_doc.circular,
    "heat": ranking_doc.heat,
    "causes": ranking_doc.causes,
    WHATIF: ranking_doc.whatif,
}


class Rankings(Part):
    """Two sections for each desk; files are written in a thread of their own."""

    def __init__(self, console: ConsoleApp, figures: FiguresFrame) -> None:
        super().__init__(console)
        self.figures = figures
        self._places: list[_Place] = []
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="ranking-export")

    def desk(self, window: DeskBase) -> None:
        """Behind the sections of now and of the indicators."""
        self._places.append(_Place(self, window, len(self._places)))

    def posted(self, what: object) -> None:
        """Answers to our questions; ends of writing."""
        if isinstance(what, Answer):
            for place in self._places:
                place.answered(what.token, what.value)
        elif isinstance(what, Refused | Broke):
            refusal = what.refusal if isinstance(what, Refused) else None
            for place in self._places:
                place.refused(what.token, refusal)
        elif isinstance(what, Written):
            self._places[what.place].written(what)

    def write(self, place: int, section: str, kind: str, found: Any, file: Path) -> None:
        """Write a document; its words are put together here, in the language now."""
        actor = self.console.actor
        if actor is None:
            return
        at = f"{local(self.console.ticker.now()):%Y-%m-%d %H:%M}"
        report = _DOCUMENTS[kind](found, t("ranking.doc.made", at=at, who=actor.name))
        self._pool.submit(self._write, place, section, actor, report, file)

    def _write(self, place: int, section: str, actor: Actor, report: Report, file: Path) -> None:
        post = self.console.bridge.post
        try:
            self.engine.services.audit.exported(actor, "ranking", str(file), right="report")
            report_doc.write(report, file)
            post(Written(place, section, file))
        except Refusal as refusal:
            post(Written(place, section, file, refusal))
        except Exception:
            post(Written(place, section, file, broke=True))
            raise

    def stop(self) -> None:
        """The thread that writes ends."""
        self._pool.shutdown(wait=True, cancel_futures=True)
