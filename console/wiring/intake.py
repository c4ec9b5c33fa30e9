"""Reports that come in, on every desk: what is typed is looked up, what came
along is stored, what may be the same is laid side by side."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QMimeData, QObject, QTimer, Slot

from console.domain.errors import Refusal
from console.domain.model import Actor, Command
from console.domain.vocabulary import Action, Role
from console.i18n import explain, t
from console.services.intake_desk import (
    AttachStored,
    CalledBack,
    EraseCaller,
    ExpireCallers,
    FindPlaces,
    FindSimilar,
    ImportCases,
    LoadPair,
    Locate,
    ReadCaller,
    StoreFiles,
    TakeIn,
    WarmPlaces,
)
from console.services.persons import CallerView
from console.services.reference import ImportReport
from console.services.requests import Act, Answer, Broke, Refused, SearchConditions
from console.services.similar import Asked, Pair
from console.services.views import CaseAnswer
from console.services.whereabouts import Located
from console.widgets.compare_view import CompareView
from console.widgets.import_panel import ImportPanel
from console.widgets.keys import Key
from console.windows.desk_base import DeskBase
from console.wiring.part import Part
from console.wiring.photos import Given, given, look

if TYPE_CHECKING:
    from console.app import ConsoleApp

#: The index of places and its dictionary wait until the windows and the board are there, ms.
WARM_MS: Final = 2500
#: Reporters past the site's retention are looked for this often, seconds.
EXPIRE_EVERY_S: Final = 6 * 3600.0
_SYSTEM: Final = Actor("system", Role.SYSTEM)


@dataclass(frozen=True, slots=True)
class PastedReady:
    """Posted when a pasted picture lies in a file, or could not."""

    desk: int
    path: str
    refusal: Refusal | None = None


class IntakeDesk(QObject):
    """Intake, filing and reporters of one desk window."""

    def __init__(self, window: DeskBase, part: Intake) -> None:
        super().__init__(window)
        self._window, self._part = window, part
        self._link, self._parts = window.link, window.parts
        self.compare = CompareView(part.console.theme, window.parts.page)
        self.lists = ImportPanel(part.console.theme)
        window.parts.work.addWidget(self.lists)
        self._filing_goes_on = False
        self._connect()
        window.add_key(Key("import_cases", "Ctrl+I", "case"), self.open_list)
        window.add_key(Key("caller", "Y", "case"), window.parts.detail.caller.toggle)
        window.add_key(Key("caller_erase", "Shift+Y", "case"), window.parts.detail.caller.ask_erase)
        window.add_key(Key("called_back", "K", "case"), window.parts.detail.caller.call_reached)
        window.add_key(Key("compare", "Ctrl+G", "case"), self.compare_first)

    def _connect(self) -> None:
        intake, detail, link = self._parts.intake, self._parts.detail, self._link
        intake.condition_asked.connect(self._ask_condition)
        intake.place_asked.connect(self._ask_place)
        intake.point_asked.connect(self._ask_point)
        intake.similar_asked.connect(self._ask_similar)
        intake.case_wanted.connect(self._window.open_case)
        intake.brought.connect(self.bring)
        detail.filing.similar_asked.connect(self._ask_similar)
        detail.filing.compare.connect(self._ask_pair)
        detail.caller.look.connect(self._look)
        detail.caller.called.connect(self._called)
        detail.caller.erase.connect(self._erase)
        self.compare.merge.connect(self._merge)
        self.compare.link.connect(self._tie)
        self.compare.go_on.connect(self._go_on)
        self.compare.wanted.connect(self._ask_pair)
        self.lists.wanted.connect(self._ask_list)
        self.lists.left.connect(self._window.control.close_case)
        self._window.language_changed.connect(self._retranslate)
        link.answered.connect(self._on_answered)
        link.refused.connect(self._on_refused)
        link.broke.connect(self._on_broke)

    # -- asking ---------------------------------------------------------------------

    def _ask(self, kind: type, *facts: object) -> None:
        if self._link.actor is not None:
            self._link.submit(kind(self._link.actor, *facts))

    @Slot(str)
    def _ask_condition(self, text: str) -> None:
        self._ask(SearchConditions, text)

    @Slot(str)
    def _ask_place(self, text: str) -> None:
        self._ask(FindPlaces, text)

    @Slot(float, float)
    def _ask_point(self, lon: float, lat: float) -> None:
        self._ask(Locate, lon, lat)

    @Slot(object)
    def _ask_similar(self, asked: Asked) -> None:
        self._ask(FindSimilar, asked)

    @Slot(str, str)
    def _ask_pair(self, case: str, other: str) -> None:
        self._ask(LoadPair, case, other)

    @Slot(str)
    def _look(self, case: str) -> None:
        self._ask(ReadCaller, case)

    @Slot(str, str)
    def _called(self, case: str, outcome: str) -> None:
        self._ask(CalledBack, case, outcome)

    @Slot(str, str)
    def _erase(self, case: str, reason: str) -> None:
        self._ask(EraseCaller, case, reason)

    @Slot(str, bool)
    def _ask_list(self, path: str, dry: bool) -> None:
        self._ask(ImportCases, path, dry)

    @Slot()
    def open_list(self) -> None:
        """The sheet for a list of cases from a file."""
        self._parts.work.setCurrentWidget(self.lists)
        self.lists.take_focus()

    @Slot()
    def compare_first(self) -> None:
        """The first similar case beside the open one."""
        filing, view = self._parts.detail.filing, self._parts.detail.view
        if view is not None and filing.isVisible() and filing.similar:
            self._ask_pair(view.case.id, filing.similar[0])
        else:
            self._parts.toast.say("intake.say.no_similar")

    def bring(self, mime: QMimeData) -> None:
        """What was pasted or dropped goes along with the report."""
        found = given(mime)
        if not found:
            self._parts.toast.refuse(Refusal("bad_file", "clipboard"))
        for one in found:
            if one.path:
                self._parts.intake.add_file(one.path)
            else:
                self._part.keep(id(self), one)

    def pasted(self, ready: PastedReady) -> None:
        """A pasted picture lies in a file now."""
        if ready.refusal is not None:
            self._parts.toast.refuse(ready.refusal)
        else:
            self._parts.intake.add_file(ready.path)

    # -- two cases side by side -------------------------------------------------------

    @Slot(str, str)
    def _merge(self, case: str, into: str) -> None:
        self._deed(case, Command(Action.MERGE, other=into))

    @Slot(str, str, str)
    def _tie(self, case: str, other: str, kind: str) -> None:
        self._deed(case, Command(Action.LINK, other=other, result=kind))

    def _deed(self, case: str, command: Command) -> None:
        if self._link.actor is not None:
            self._parts.detail.filing.looked(command.other)
            self._link.submit(Act(self._link.actor, case, command))
            self.compare.leave()

    @Slot(str)
    def _go_on(self, case: str) -> None:
        if self._parts.detail.case_id == case:
            self._parts.detail.filing.go_on()

    def _show_pair(self, pair: Pair) -> None:
        filing = self._parts.detail.filing
        filing.looked(pair.other.id)
        self.compare.set_names(self._window.control.names)
        self.compare.open(pair, filing.similar, self._part.console.ticker.now())

    # -- what came back ---------------------------------------------------------------

    @Slot(object)
    def _on_answered(self, answer: Answer) -> None:
        request, value, parts = answer.request, answer.value, self._parts
        if isinstance(request, SearchConditions) and isinstance(value, tuple):
            parts.intake.take_conditions(request.text, value)
        elif isinstance(request, FindPlaces) and isinstance(value, tuple):
            parts.intake.take_places(request.text, value)
        elif isinstance(request, FindSimilar) and isinstance(value, tuple):
            parts.intake.take_similar(request.asked, value)
            parts.detail.filing.take_similar(request.asked, value)
        elif isinstance(value, Located):
            parts.intake.take_located(value)
        elif isinstance(value, Pair):
            self._show_pair(value)
        elif isinstance(value, CallerView):
            parts.detail.caller.show_caller(value)
        elif isinstance(value, ImportReport):
            self.lists.take(value)
        elif isinstance(request, TakeIn) and isinstance(value, CaseAnswer):
            self._taken(request, value)
        elif isinstance(request, CalledBack):
            self._link.load_case()
            parts.toast.say(f"intake.say.{request.outcome}")
        elif isinstance(request, EraseCaller):
            parts.detail.caller.cover()
            self._link.load_case()
            parts.toast.say("intake.say.erased")

    def _taken(self, request: TakeIn, answer: CaseAnswer) -> None:
        if request.files:
            self._part.store(self, request, answer.case.id)
        if request.then_file:
            command = Command(Action.FILE, condition=request.condition)
            self._link.submit(Act(request.actor, answer.case.id, command))

    @Slot(object)
    def _on_refused(self, refused: Refused) -> None:
        if isinstance(refused.request, ImportCases):
            self.lists.refuse(refused.refusal)

    @Slot(object)
    def _on_broke(self, broke: Broke) -> None:
        if isinstance(broke.request, TakeIn):
            self._parts.intake.broke()

    @Slot(str)
    def _retranslate(self, _lang: str) -> None:
        self.compare.retranslate()
        self.lists.retranslate()

    def entered(self, actor: Actor | None) -> None:
        """Who sits here now; nobody's caller stays uncovered."""
        self._parts.detail.caller.cover()
        if actor is None:
            self.compare.leave()


class Intake(Part):
    """Every desk's intake, and what all of them share."""

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self._desks: list[IntakeDesk] = []
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="pasted")
        self._storing: dict[int, IntakeDesk] = {}
        self._expired_at = float("-inf")
        self._warm = False
        self._warming = QTimer(self)
        self._warming.setSingleShot(True)
        self._warming.setInterval(WARM_MS)
        self._warming.timeout.connect(self._warm_up)

    def desk(self, window: DeskBase) -> None:
        """One more desk."""
        self._desks.append(IntakeDesk(window, self))

    def entered(self) -> None:
        """Who may see callers, and an index of places before the first letter."""
        actor = self.console.actor
        for desk in self._desks:
            desk.entered(actor)
        if actor is not None and not self._warm:
            self._warm = True
            self._warming.start()

    @Slot()
    def _warm_up(self) -> None:
        actor = self.console.actor
        self._warm = actor is not None
        if actor is not None:
            self.engine.submit(WarmPlaces(actor))

    def tick(self, now: datetime) -> None:
        """Reporters are not kept longer than the site says."""
        at = self.engine.clock.monotonic()
        if at - self._expired_at >= EXPIRE_EVERY_S:
            self._expired_at = at
            self.engine.submit(ExpireCallers(_SYSTEM))

    def keep(self, desk: int, one: Given) -> None:
        """Write a pasted picture, in the thread for it."""
        spool, now = self.console.options.places.spool, self.engine.clock.now()
        self._pool.submit(self._keep, desk, one, spool, now)

    def _keep(self, desk: int, one: Given, spool: Path, now: datetime) -> None:
        try:
            path, _, _ = look(one, spool, now)
            ready = PastedReady(desk, path)
        except Refusal as refusal:
            ready = PastedReady(desk, "", refusal)
        except OSError as error:
            why = Refusal("bad_file", "os", file=str(spool), text=error.strerror or "")
            ready = PastedReady(desk, "", why)
        self.console.bridge.post(ready)

    def store(self, desk: IntakeDesk, request: TakeIn, case_id: str) -> None:
        """Files of a report into the store; large ones take a while."""
        token = self.engine.submit(StoreFiles(request.actor, case_id, request.files))
        self._storing[token] = desk

    def posted(self, what: object) -> None:
        """Pasted pictures, stored files."""
        if isinstance(what, PastedReady):
            for desk in self._desks:
                if id(desk) == what.desk:
                    desk.pasted(what)
        elif isinstance(what, Answer) and isinstance(what.request, StoreFiles):
            self._attach(what.request, what.value)
        elif isinstance(what, Refused) and isinstance(what.request, StoreFiles | AttachStored):
            self.console.say(" ".join(explain(what.refusal)))
        elif isinstance(what, Answer) and isinstance(what.request, AttachStored):
            self._tidy(what.request)

    def _attach(self, request: StoreFiles, stored: object) -> None:
        assert isinstance(stored, tuple)
        bad = [one for one in stored if one.refusal is not None]
        good = tuple(one for one in stored if one.refusal is None)
        if good:
            self.engine.submit(AttachStored(request.actor, request.case, good))
        if bad:
            words = " ".join(explain(bad[0].refusal))
            self.console.say(t("intake.say.left_out", n=len(bad), case=request.case[-4:], why=words))
        ours = [path for path in request.files if self._is_ours(path)]
        self._pool.submit(_remove, tuple(ours))

    def _is_ours(self, path: str) -> bool:
        file = Path(path)
        return file.parent == self.console.options.places.spool and file.name.startswith("photo-")

    def _tidy(self, request: AttachStored) -> None:
        self.console.say(t("intake.say.attached", n=len(request.files), case=request.case[-4:]))

    def stop(self) -> None:
        """What is being written is written to its end."""
        self._warming.stop()
        for desk in self._desks:
            desk.compare.close_reader()
        self._pool.shutdown(wait=True)


def _remove(paths: tuple[str, ...]) -> None:
    for path in paths:
        Path(path).unlink(missing_ok=True)
