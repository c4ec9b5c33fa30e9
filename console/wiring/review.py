"""The page of reviews (Shift+F9): samples, verdicts, and a supervisor's lists."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QStandardPaths, Slot

from console.domain.errors import Refusal
from console.domain.model import Actor
from console.domain.review import Review
from console.models.review_lists import SAMPLE
from console.models.wording import local
from console.reports import report_doc
from console.services.ports import Change
from console.services.requests import Answer, Broke, Refused, Request
from console.services.review_requests import (
    DrawWeek,
    JudgeReview,
    LoadOversight,
    LoadOwed,
    LoadReview,
    LoadReviews,
    ObjectReview,
    SecondReview,
)
from console.services.reviews import Drawn, Owed, ReviewSheet
from console.services.views import Names
from console.widgets.review_page import ReviewPage
from console.widgets.shift_page import ShiftPage
from console.windows.desk_base import DeskBase
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp

PAGE: Final = "review"


@dataclass(frozen=True, slots=True)
class ListWritten:
    """Posted when a file was written, or why not."""

    place: int
    file: Path
    refusal: Refusal | None = None
    broke: bool = False


class _Place(QObject):
    """The page of one desk window."""

    def __init__(self, part: ReviewPart, window: DeskBase, number: int) -> None:
        super().__init__(part)
        self._part, self.window, self.number = part, window, number
        self.page = page = ReviewPage(part.console.theme, part.console.ticker, window.parts.drafts)
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        page.set_folder(folder or str(Path.home()))
        self._lists: dict[int, str] = {}
        self._newest: dict[str, int] = {}
        self._sheet = 0
        self._steps: dict[int, str] = {}
        page.wanted.connect(self._load)
        page.sheet_wanted.connect(self._load_sheet)
        page.draw_wanted.connect(self._draw)
        page.case_wanted.connect(window.control.open_case)
        page.cases_wanted.connect(window.show_cases)
        page.camera_wanted.connect(window.camera_chosen)
        page.shift_wanted.connect(self._shift)
        page.export_wanted.connect(self._export)
        page.sheet.judged.connect(self._judge)
        page.sheet.objected.connect(self._object)
        page.sheet.looked_again.connect(self._second)
        window.link.names.connect(self._named)
        window.link.teams.connect(self._named_teams)

    # -- asking ------------------------------------------------------------------

    def _submit(self, make: type[Request], *told: Any, **more: Any) -> int:
        """0 while nobody is signed in."""
        actor = self._part.console.actor
        return self._part.engine.submit(make(actor, *told, **more)) if actor is not None else 0

    @Slot(str, object)
    def _load(self, which: str, period: dict[str, Any]) -> None:
        make: type[Request] = LoadReviews if which == SAMPLE else LoadOversight
        token = self._submit(make, **period) if which == SAMPLE else self._submit(make, which, **period)
        if token:
            self._lists[token] = which
            self._newest[which] = token

    @Slot(str)
    def _load_sheet(self, review: str) -> None:
        self._sheet = self._submit(LoadReview, review)

    @Slot()
    def _draw(self) -> None:
        self._step("draw", DrawWeek)

    @Slot(str, str, object, str)
    def _judge(self, review: str, verdict: str, answers: dict[str, str], words: str) -> None:
        self._step("given", JudgeReview, review, verdict, answers, words)

    @Slot(str, str)
    def _object(self, review: str, words: str) -> None:
        self._step("objected", ObjectReview, review, words)

    @Slot(str, str, str)
    def _second(self, review: str, verdict: str, words: str) -> None:
        self._step("settled", SecondReview, review, verdict, words)

    def _step(self, what: str, make: type[Request], *told: Any) -> None:
        """One at a time: a second press of the key asks nothing."""
        if not self._steps:
            token = self._submit(make, *told)
            if token:
                self._steps[token] = what

    @Slot(str)
    def _shift(self, shift: str) -> None:
        """A shift's log stands on its own page."""
        page = self.window.parts.pages.widget("shift")
        if isinstance(page, ShiftPage):
            self.window.show_page("shift")
            page.shift_wanted.emit(shift)

    @Slot(object, str)
    def _export(self, report: report_doc.Report, file: str) -> None:
        self._part.start_export(self, report, Path(file).expanduser())

    @Slot(object)
    def _named(self, _names: Names) -> None:
        self.page.set_names(self.window.control.names)

    @Slot(object)
    def _named_teams(self, _teams: object) -> None:
        self.page.set_teams(self.window.control.team_names())

    # -- answers -----------------------------------------------------------------

    def answered(self, token: int, value: object) -> None:
        """What came back, if it was ours."""
        if token in self._lists:
            which = self._lists.pop(token)
            if self._newest.get(which) == token:
                self.page.apply(which, value)
        elif token and token == self._sheet:
            self._sheet = 0
            actor = self._part.console.actor
            if isinstance(value, ReviewSheet) and actor is not None:
                self.page.show_sheet(value, actor)
        elif token in self._steps:
            self._done(self._steps.pop(token), value)

    def _done(self, what: str, value: object) -> None:
        page = self.page
        if isinstance(value, Drawn):
            draw = value.draw
            facts = {"week": draw.week, "n": len(value.reviews), "people": len(draw.pool)}
            if value.fresh:
                page.say("review.page.drawn", **facts, pool=sum(draw.pool.values()))
            else:
                who = self.window.control.names.person(draw.drawn_by)
                at = f"{local(draw.drawn_at):%m-%d %H:%M}"
                page.say("review.page.drawn_before", week=draw.week, who=who, at=at)
        elif isinstance(value, Review):
            page.sheet.done()
            page.close_sheet()
            page.say(f"review.page.{what}", verdict=_Verdict(value.stands.value if value.stands else ""))
        page.refresh()

    def refused(self, token: int, refusal: Refusal | None) -> None:
        """A rule said no, or something broke."""
        if token in self._lists:
            which = self._lists.pop(token)
            if self._newest.get(which) == token:
                self.page.refuse_list(which, refusal)
        elif token and token == self._sheet:
            self._sheet = 0
            self._complain(refusal)
        elif token in self._steps:
            self._steps.pop(token)
            if refusal is not None and self.page.sheet_open:
                self.page.sheet.refuse(refusal)
            else:
                self._complain(refusal)

    def _complain(self, refusal: Refusal | None) -> None:
        if refusal is not None:
            self.page.refuse(refusal)
        else:
            self.page.say("review.broke")

    def reset(self) -> None:
        """Answers to whoever sat here before come too late."""
        self._lists, self._newest, self._sheet, self._steps = {}, {}, 0, {}
        self.page.reset()

    def changed(self) -> None:
        """Somebody drew or judged: what is shown is old."""
        if self.page.isVisible() and self.page.tab == SAMPLE:
            self.page.refresh()


class _Verdict:
    """A verdict in a sentence: said in the language of the moment."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __format__(self, _spec: str) -> str:
        from console.i18n import t

        return t(f"review.verdict.{self._name}") if self._name else ""


class ReviewPart(Part):
    """A page for each desk; files are written in a thread of their own."""

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self._places: list[_Place] = []
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="review-export")
        self._owed = 0

    def desk(self, window: DeskBase) -> None:
        """Shift+F9, from anywhere in the window."""
        place = _Place(self, window, len(self._places))
        self._places.append(place)
        window.add_page(PAGE, place.page, "Shift+F9")

    def entered(self) -> None:
        """What one person may read is not left to the next."""
        for place in self._places:
            place.reset()
        actor = self.console.actor
        self._owed = self.engine.submit(LoadOwed(actor)) if actor is not None else 0

    def posted(self, what: object) -> None:
        """Answers to our questions; changes; ends of exports."""
        if isinstance(what, Answer):
            if what.token == self._owed and isinstance(what.value, Owed):
                self._tell(what.value)
            for place in self._places:
                place.answered(what.token, what.value)
        elif isinstance(what, Refused | Broke):
            refusal = what.refusal if isinstance(what, Refused) else None
            for place in self._places:
                place.refused(what.token, refusal)
        elif isinstance(what, Change):
            if "review" in what.kinds:
                for place in self._places:
                    place.changed()
        elif isinstance(what, ListWritten):
            self._written(what)

    def _tell(self, owed: Owed) -> None:
        """Once after signing in: a fault one may still object to, a second look
        that waits for one."""
        self._owed = 0
        for name, many in (("faults", owed.faults), ("disputes", owed.disputes)):
            if many:
                for place in self._places:
                    place.window.parts.toast.say(f"review.owed.{name}", n=many)
                return

    def start_export(self, place: _Place, report: report_doc.Report, file: Path) -> None:
        """Write what a page shows."""
        if self.console.actor is not None:
            self._pool.submit(self._write, place.number, self.console.actor, report, file)

    def _write(self, place: int, actor: Actor, report: report_doc.Report, file: Path) -> None:
        post = self.console.bridge.post
        try:
            self.engine.services.audit.exported(actor, "list", str(file), name=report.title)
            now = local(self.engine.clock.now())
            report_doc.write(replace(report, made=f"{actor.name} {now:%Y-%m-%d %H:%M}"), file)
            post(ListWritten(place, file))
        except Refusal as refusal:
            post(ListWritten(place, file, refusal))
        except Exception:
            post(ListWritten(place, file, broke=True))
            raise

    def _written(self, what: ListWritten) -> None:
        page = self._places[what.place].page
        if what.refusal is not None:
            page.refuse(what.refusal)
        elif what.broke:
            page.say("review.broke")
        else:
            page.say("review.page.written", file=str(what.file))

    def stop(self) -> None:
        """The thread that writes ends."""
        self._pool.shutdown(wait=True, cancel_futures=True)
