"""The board's own room: the office's pace, filters by name, several cases at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QStandardPaths, Qt, Slot
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog

from console.domain.model import Actor, Command
from console.domain.vocabulary import Action
from console.i18n import either, t
from console.models.names import NameBook
from console.reports import case_list
from console.services.board_filters import (
    BoardFilter,
    BoardHabit,
    DeleteFilter,
    FilterShelf,
    KeepHabit,
    LoadFilters,
    PutFilter,
)
from console.services.forewarning import LookAhead
from console.services.ports import Change
from console.services.requests import Answer, Broke, LoadNames, LoadTeams, Refused
from console.services.rules import load_rules
from console.services.several import ListWritten, SeveralStep, WriteList
from console.services.slack import LearnPace, PaceLearned
from console.services.views import CaseCard
from console.widgets.command_bar import Entry
from console.widgets.filter_panel import QUICK
from console.widgets.keys import Key
from console.widgets.result_sheet import ResultSheet, Row
from console.widgets.several_bar import DEEDS, SeveralBar
from console.windows.desk_base import DeskBase
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp

#: The pace is learned anew this often, seconds.
LEARN_EVERY_S: Final = 1800.0
#: What is foretold is looked at this often, seconds.
LOOK_EVERY_S: Final = 5.0
#: How the board is left is kept when nothing changed for this long, seconds.
KEEP_AFTER_S: Final = 2.0
_FILTER: Final = "boardfilter:"


class _Desk(QObject):
    """One desk's board and what belongs to it."""

    def __init__(self, part: BoardPart, window: DeskBase) -> None:
        super().__init__(part)
        self._part, self.window = part, window
        self.board = window.parts.board
        self.sheet = ResultSheet(part.console.theme, window.parts.page)
        self.bar = SeveralBar(part.console.theme)
        self.board.add_below(self.bar)
        self.board.list.picked.connect(self.bar.set_chosen)
        self.bar.wanted.connect(self.do)
        self.bar.noted.connect(self._note)
        self.bar.left.connect(self.board.list.take_focus)
        self.board.habit_changed.connect(self._habit)
        self.board.panel.kept.connect(self._keep)
        self.board.panel.deleted.connect(self._delete)
        window.keys.wanted.connect(self._wanted)
        window.keys.offer(self._entries)
        self._keys()

    def _keys(self) -> None:
        window, board = self.window, self.board
        window.add_key(Key("sort", "S", "board"), board.next_sort)
        window.add_key(Key("filter", "F", "board"), board.toggle_panel)
        window.add_key(Key("show_all", "Shift+F", "board"), board.clear_filter)
        for number in range(1, QUICK + 1):
            self._shortcut(window, f"Ctrl+Alt+{number}", partial(self.quick, number), whole=True)
        for deed, keys in DEEDS:
            self._shortcut(board.list, keys, partial(self.do, deed), whole=False)

    def _shortcut(self, area: Any, keys: str, run: Any, *, whole: bool) -> None:
        made = QShortcut(QKeySequence(keys), area)
        context = Qt.ShortcutContext
        made.setContext(context.WindowShortcut if whole else context.WidgetWithChildrenShortcut)
        made.setProperty("run", run)
        made.activated.connect(self._pressed)

    @Slot()
    def _pressed(self) -> None:
        sender = self.sender()
        run = sender.property("run") if sender is not None else None
        if callable(run):
            run()

    # -- filters -------------------------------------------------------------

    def quick(self, number: int) -> None:
        """The saved filter with this number."""
        filters = self._part.shelf.filters
        if number > len(filters):
            self.window.parts.toast.say("board.filter.no_number", number=number)
            return
        self.use(filters[number - 1])

    def use(self, wanted: BoardFilter) -> None:
        """Show what a saved filter shows."""
        self.window.show_page("board")
        self.board.filter(wanted)
        self.board.take_focus()
        self.window.parts.toast.say("board.filter.took", name=wanted.name)

    def _entries(self) -> Sequence[Entry]:
        rows = [
            Entry(
                f"{_FILTER}{at}",
                t("board.filter.took", name=one.name),
                f"Ctrl+Alt+{at + 1}" if at < QUICK else "",
            )
            for at, one in enumerate(self._part.shelf.filters)
        ]
        if len(self.board.list.chosen()) > 1 and self.board.listing:
            rows += [Entry(f"several:{deed}", t(f"board.several.{deed}"), keys) for deed, keys in DEEDS]
        return rows

    @Slot(str)
    def _wanted(self, what: str) -> None:
        kind, _, rest = what.partition(":")
        if what.startswith(_FILTER) and rest.isdecimal() and int(rest) < len(self._part.shelf.filters):
            self.use(self._part.shelf.filters[int(rest)])
        elif kind == "several":
            self.do(rest)

    @Slot(object, str, int)
    def _keep(self, entry: BoardFilter, was: str, seen: int) -> None:
        actor = self._part.console.actor
        if actor is not None:
            self._part.ask(self, PutFilter(actor, entry, was, seen))

    @Slot(object)
    def _delete(self, entry: BoardFilter) -> None:
        actor = self._part.console.actor
        if actor is not None:
            self._part.ask(self, DeleteFilter(actor, entry))

    @Slot()
    def _habit(self) -> None:
        self._part.habit(self, self.board.habit())

    # -- several cases ---------------------------------------------------------

    @Slot(str)
    def do(self, deed: str) -> None:
        """Something to all chosen cases."""
        cards = self.board.list.chosen() if self.board.listing else ()
        actor = self._part.console.actor
        if actor is None:
            return
        if not cards:
            self.window.parts.toast.say("board.several.none")
        elif deed == "note":
            self.bar.set_chosen(max(2, len(cards)))
            self.bar.ask_note()
        elif deed == "urge":
            self._steps(actor, cards, "board.several.urge", Command(Action.URGE))
        elif deed == "copy":
            QGuiApplication.clipboard().setText("\n".join(card.number for card in cards))
            self.window.parts.toast.say("board.several.copied", n=len(cards))
        elif deed == "cameras":
            self._hang(cards)
        else:
            self._write(actor, cards, ".pdf" if deed == "print" else ".xlsx")

    @Slot(str)
    def _note(self, text: str) -> None:
        actor, cards = self._part.console.actor, self.board.list.chosen()
        if actor is not None and cards:
            self._steps(actor, cards, "board.several.note", Command(Action.NOTE, text=text))

    def _steps(self, actor: Actor, cards: Sequence[CaseCard], what: str, command: Command) -> None:
        rows = [Row(card.id, f"{card.number} {either(card.name_zh, card.name_en)}".strip()) for card in cards]
        self.sheet.open(what, rows)
        for card in cards:
            self._part.ask(self, SeveralStep(actor, card.id, command))

    def _hang(self, cards: Sequence[CaseCard]) -> None:
        cameras = list(dict.fromkeys(card.camera for card in cards if card.camera))
        for camera in cameras:
            self.window.camera_chosen.emit(camera)
        toast = self.window.parts.toast
        if cameras:
            toast.say("board.several.hung", n=len(cameras))
        else:
            toast.say("board.several.no_cameras")

    def _write(self, actor: Actor, cards: Sequence[CaseCard], suffix: str) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        name = Path(folder or Path.home()) / f"{t('board.several.file')}{suffix}"
        kinds = "PDF (*.pdf)" if suffix == ".pdf" else "XLSX (*.xlsx);;CSV (*.csv)"
        file, kind = QFileDialog.getSaveFileName(self.window, t("board.several.save"), str(name), kinds)
        if file:
            path = Path(file)
            if not path.suffix:
                path = path.with_suffix(".csv" if "csv" in kind else suffix)
            self._part.ask(self, WriteList(actor, tuple(card.id for card in cards), str(path)))


class BoardPart(Part):
    """Learns, remembers, and takes the answers."""

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self.shelf = FilterShelf()
        self._desks: list[_Desk] = []
        self._asked: dict[int, tuple[_Desk | None, object]] = {}
        self._learned_at = self._looked_at = float("-inf")
        self._left: tuple[float, BoardHabit] | None = None
        self._fresh = False
        self.engine.office.learn({WriteList: self._write_list})

    def desk(self, window: DeskBase) -> None:
        """Keys, bar and sheet for each desk."""
        desk = _Desk(self, window)
        self._desks.append(desk)
        desk.board.panel.set_shelf(self.shelf)

    def ask(self, desk: _Desk | None, request: object) -> None:
        """Ask in the name of a desk; the answer goes there."""
        self._asked[self.engine.submit(request)] = (desk, request)

    def entered(self) -> None:
        """Somebody signed in: their filters, their way to look at the board."""
        actor = self.console.actor
        for desk in self._desks:
            desk.board.set_me(actor.name if actor is not None else "")
            if actor is None:
                desk.sheet.hide()
        self._keep_habit()
        if actor is not None:
            self._fresh = True
            self.ask(None, LoadFilters(actor))
            self._learn(actor)

    def _learn(self, actor: Actor) -> None:
        now = self.engine.clock.monotonic()
        if now - self._learned_at >= LEARN_EVERY_S:
            self._learned_at = now
            self.ask(None, LearnPace(actor))

    def _look_ahead(self, actor: Actor) -> None:
        now = self.engine.clock.monotonic()
        if self.engine.services.slack.prediction.known[0].speaks and now - self._looked_at >= LOOK_EVERY_S:
            self._looked_at = now
            self.ask(None, LookAhead(actor))

    def habit(self, desk: _Desk, habit: BoardHabit) -> None:
        """A board was changed by hand: so it is to be the next time."""
        self._left = (self.engine.clock.monotonic(), habit)

    def _keep_habit(self) -> None:
        left, actor = self._left, self.console.actor
        if left is not None and actor is not None:
            self._left = None
            self.ask(None, KeepHabit(actor, left[1]))

    def tick(self, now: datetime) -> None:
        """What rests for a while is done."""
        actor = self.console.actor
        if actor is None:
            return
        self._learn(actor)
        self._look_ahead(actor)
        if self._left is not None and self.engine.clock.monotonic() - self._left[0] >= KEEP_AFTER_S:
            self._keep_habit()

    def stop(self) -> None:
        """How the board is left is kept."""
        self._keep_habit()

    def posted(self, what: object) -> None:
        """Answers, and changes made at other seats."""
        if isinstance(what, Change) and "setting" in what.kinds and self.console.actor is not None:
            self.ask(None, LoadFilters(self.console.actor))
        if not isinstance(what, Answer | Refused | Broke):
            return
        asked = self._asked.pop(what.token, None)
        if asked is None:
            return
        desk, request = asked
        if isinstance(request, SeveralStep) and desk is not None:
            done = isinstance(what, Answer)
            desk.sheet.landed(request.case_id, done, what.refusal if isinstance(what, Refused) else None)
        elif isinstance(what, Answer):
            self._answered(desk, request, what.value)
        elif isinstance(what, Refused):
            self._refused(desk, request, what)

    def _answered(self, desk: _Desk | None, request: object, value: object) -> None:
        if isinstance(value, FilterShelf):
            self._take(value)
            if isinstance(request, PutFilter | DeleteFilter) and desk is not None:
                key = "board.filter.kept" if isinstance(request, PutFilter) else "board.filter.gone"
                desk.window.parts.toast.say(key, name=request.entry.name)
        elif isinstance(value, PaceLearned):
            for one in self._desks:
                one.window.link.load_board()
        elif isinstance(value, ListWritten) and desk is not None:
            desk.window.parts.toast.say("board.several.wrote", n=value.rows, file=value.file)

    def _refused(self, desk: _Desk | None, request: object, what: Refused) -> None:
        if desk is None:
            return
        if isinstance(request, PutFilter | DeleteFilter):
            desk.board.panel.refuse(what.refusal)
        else:
            desk.window.parts.toast.refuse(what.refusal)

    def _take(self, shelf: FilterShelf) -> None:
        self.shelf = shelf
        for desk in self._desks:
            desk.board.panel.set_shelf(shelf)
            if self._fresh:
                desk.board.take_habit(shelf.habit or BoardHabit())
        self._fresh = False

    def _write_list(self, request: WriteList) -> ListWritten:
        """In the thread for long reads."""
        services = self.engine.services
        cases = services.several.chosen(request.actor, request.case_ids)
        services.audit.exported(request.actor, "cases", request.file, rows=len(cases))
        now = services.clock.now()
        office = self.engine.office
        names: Any = office.handle(LoadNames(request.actor))
        teams: Any = office.handle(LoadTeams(request.actor))
        with services.uows.read() as uow:
            calendar = load_rules(uow, now).calendar
        called: Mapping[str, str] = {team.id: either(team.name_zh, team.name_en) for team in teams}
        rows = case_list.write(
            cases,
            Path(request.file),
            now=now,
            calendar=calendar,
            names=NameBook(names),
            teams=called,
            by=request.actor.name,
        )
        return ListWritten(rows, request.file)
