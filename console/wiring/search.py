"""The page of searches (F9), exports of what was found, and going to any case."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QStandardPaths, QTimer, Slot

from console.commands import shapes
from console.commands.exports import COLUMNS
from console.domain.errors import Refusal
from console.domain.model import Actor, Camera
from console.i18n import explain, language, t
from console.reports.tables import write_table
from console.services.found import (
    DeleteSearch,
    Exported,
    FindCases,
    Found,
    LoadFound,
    LoadSearches,
    PutSearch,
    SavedSearch,
)
from console.services.requests import Answer, Broke, Refused
from console.services.rules import load_rules
from console.services.views import Names
from console.widgets.command_bar import Entry, initials
from console.widgets.desk_pages import BOARD
from console.widgets.search_page import SearchPage
from console.windows.desk_base import DeskBase
from console.wiring.intake import WARM_MS
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp
    from console.services.assembly import Services


@dataclass(frozen=True, slots=True)
class ExportTold:
    """Posted while an export runs, and at its end with what came of it."""

    place: int
    done: int = 0
    of: int = 0
    exported: Exported | None = None
    refusal: Refusal | None = None
    broke: bool = False


_PAGE = "search"
#: A team's open cases as a line of search.
_TEAM = {"zh": '队伍:"{team}" 状态:在办', "en": 'team:"{team}" state:open'}


class _Stopped(Exception):
    """Somebody called the export off."""


def export(
    services: Services,
    actor: Actor,
    line: str,
    file: Path,
    told: Any,
    stopped: threading.Event,
    listed: Sequence[str] = (),
) -> Exported:
    """Write what a line finds, or the cases ``listed``; ``told(done, of)``
    after each bundle. When ``stopped`` is set nothing is kept. Raises
    ``Refusal`` as searching and writing tables do. Any thread but that of the
    screen."""
    clock = services.clock
    with services.uows.read() as uow:
        calendar = load_rules(uow, clock.now()).calendar

    def go_on(done: int, of: int) -> bool:
        told(done, of)
        return not stopped.is_set()

    def records() -> Iterator[dict[str, Any]]:
        for case in services.find.each(actor, line, go_on, listed):
            yield shapes.case(case, clock.now(), calendar)
        if stopped.is_set():
            raise _Stopped

    services.audit.exported(actor, "cases", str(file), text=line, rows=len(listed))
    try:
        rows = write_table(records(), COLUMNS["cases"], file)
    except _Stopped:
        return Exported(file, 0, stopped=True)
    return Exported(file, rows)


@dataclass(slots=True)
class _Asked:
    """What one page waits for: one search at a time, the newest line next."""

    token: int = 0
    line: str = ""
    next: str | None = None
    rows: set[int] = field(default_factory=set)
    saved: int = 0
    named: dict[int, str] = field(default_factory=dict)
    going: dict[int, str] = field(default_factory=dict)


class _Place(QObject):
    """The page of one desk window."""

    def __init__(self, part: Search, window: DeskBase, number: int) -> None:
        super().__init__(part)
        self._part, self.window, self.number = part, window, number
        self.asked = _Asked()
        self._from = BOARD
        self._known: tuple[Camera, ...] = ()
        self.page = page = SearchPage(part.console.theme, window.parts.drafts)
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        page.set_folder(folder or str(Path.home()))
        page.wanted.connect(self.find)
        page.rows_wanted.connect(self._rows)
        page.opened.connect(window.control.open_case)
        page.left.connect(self._to_board)
        page.saved_wanted.connect(self.load_saved)
        page.save_wanted.connect(self._save)
        page.delete_wanted.connect(self._delete)
        page.export_wanted.connect(self._export)
        page.export_stopped.connect(part.stop_export)
        window.link.names.connect(self._named)
        window.link.teams.connect(self._teams)
        window.link.cameras.connect(self._cameras)
        window.keys.wanted.connect(self._wanted)
        window.cases_wanted.connect(self._list)
        window.keys.offer(self._entries)

    # -- asking ------------------------------------------------------------------

    @Slot(str)
    def find(self, line: str) -> None:
        """Ask for a line; while one is under way only the newest is kept."""
        actor = self._part.console.actor
        if actor is None:
            return
        if self.asked.token:
            self.asked.next = line
            return
        self.asked.line = line
        self.asked.token = self._part.engine.submit(FindCases(actor, line))

    @Slot(object)
    def _rows(self, ids: tuple[str, ...]) -> None:
        actor = self._part.console.actor
        if actor is not None:
            self.asked.rows.add(self._part.engine.submit(LoadFound(actor, ids)))

    @Slot()
    def load_saved(self) -> None:
        actor = self._part.console.actor
        if actor is not None and not self.asked.saved:
            self.asked.saved = self._part.engine.submit(LoadSearches(actor))

    @Slot(object, str, int)
    def _save(self, search: SavedSearch, was: str, seen: int) -> None:
        actor = self._part.console.actor
        if actor is not None:
            token = self._part.engine.submit(PutSearch(actor, search, was, seen))
            self.asked.named[token] = t("search.page.stored", name=search.name)

    @Slot(str, int)
    def _delete(self, name: str, seen: int) -> None:
        actor = self._part.console.actor
        if actor is not None:
            token = self._part.engine.submit(DeleteSearch(actor, name, seen))
            self.asked.named[token] = t("search.page.deleted", name=name)

    @Slot(str, str)
    def _export(self, line: str, file: str) -> None:
        self._part.start_export(self, line, Path(file).expanduser())

    @Slot(str, object)
    def _list(self, title: str, ids: tuple[str, ...]) -> None:
        """The cases behind a number; the way back is remembered."""
        here = self.window.parts.pages.current
        if here != _PAGE:
            self._from = here
        self.window.show_page(_PAGE)
        self.page.show_cases(title, ids)

    @Slot()
    def _to_board(self) -> None:
        back, self._from = self._from if self.page.listed else BOARD, BOARD
        self.window.show_page(back)

    @Slot(object)
    def _named(self, _names: Names) -> None:
        self.page.set_names(self.window.control.names)

    @Slot(object)
    def _teams(self, _teams: object) -> None:
        self.page.set_teams(self.window.control.team_names())

    @Slot(str)
    def _wanted(self, what: str) -> None:
        """From the command bar: ``find:<line>`` and ``saved:<name>``."""
        kind, _, rest = what.partition(":")
        if kind == "find":
            self.window.show_page("search")
            self.page.search(rest)
        elif kind == "case":
            self._go(rest)
        elif kind == "camera":
            self.window.camera_chosen.emit(rest)
        elif kind == "saved":
            self.window.show_page("search")
            self.page.do_saved("run", rest)

    def _go(self, number: str) -> None:
        """Open a case by its number, also an ended one."""
        actor = self._part.console.actor
        if actor is not None:
            line = number if "-" in number else f"#{number}"
            self.asked.going[self._part.engine.submit(FindCases(actor, line))] = number

    @Slot(object)
    def _cameras(self, cameras: tuple[Camera, ...]) -> None:
        self._known = cameras
        self._part.prepare([t("desk.command.camera", name=one.name) for one in cameras])

    def _entries(self) -> list[Entry]:
        """What the command bar offers of ours."""
        rows = [
            Entry(f"saved:{one.name}", t("desk.command.saved", name=one.name)) for one in self._part.saved
        ]
        for team, name in self.window.control.team_names().items():
            line = f"find:{_TEAM[language()].format(team=team)}"
            rows.append(Entry(line, t("desk.command.team", name=name), also=team))
        for one in self._known:
            words = t("desk.command.camera", name=one.name)
            rows.append(Entry(f"camera:{one.id}", words, also=f"{one.id} {one.name} {initials(one.name)}"))
        return rows

    # -- answers -----------------------------------------------------------------

    def answered(self, token: int, value: object) -> bool:
        """True when the answer was ours."""
        asked = self.asked
        if token == asked.token:
            self._next()
            if isinstance(value, Found):
                self.page.show_found(value)
        elif token in asked.going:
            number = asked.going.pop(token)
            if isinstance(value, Found) and value.ids:
                self.window.control.open_case(value.ids[0])
            else:
                self.window.parts.toast.say("desk.say.no_number", number=number)
        elif token in asked.rows:
            asked.rows.discard(token)
            if isinstance(value, tuple):
                self.page.add_rows(value)
        elif token == asked.saved:
            asked.saved = 0
            self._part.share_saved(value)
        elif token in asked.named:
            self.page.say(asked.named.pop(token))
            self._part.share_saved(value)
        else:
            return False
        return True

    def refused(self, token: int, refusal: Refusal | None) -> bool:
        """True when what was refused (or broke) was ours."""
        asked = self.asked
        if token == asked.token:
            line = asked.line
            self._next()
            if refusal is None:
                self.page.broke(line)
            else:
                self.page.refuse(line, refusal)
        elif token in asked.going:
            self.window.parts.toast.say("desk.say.no_number", number=asked.going.pop(token))
        elif token in asked.named or token in asked.rows or token == asked.saved:
            named = asked.named.pop(token, "")
            asked.rows.discard(token)
            asked.saved = 0 if token == asked.saved else asked.saved
            if named and refusal is not None:
                self.page.say(" ".join(explain(refusal)), "red")
                self.load_saved()
        else:
            return False
        return True

    def _next(self) -> None:
        line, self.asked.next, self.asked.token = self.asked.next, None, 0
        if line is not None:
            self.find(line)


class Search(Part):
    """A page for each desk; one export at a time."""

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self._places: list[_Place] = []
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="search-export")
        self._ended = False
        self._words: list[str] = []
        self._spelling = QTimer(self)
        self._spelling.setSingleShot(True)
        self._spelling.setInterval(WARM_MS)
        self._spelling.timeout.connect(self._spell_words)
        self._stopped = threading.Event()
        self._exporting = False
        self.saved: tuple[SavedSearch, ...] = ()

    def desk(self, window: DeskBase) -> None:
        """F9, from anywhere in the window."""
        place = _Place(self, window, len(self._places))
        self._places.append(place)
        window.add_page(_PAGE, place.page, "F9")

    def posted(self, what: object) -> None:
        """Answers to our questions, steps of an export."""
        if isinstance(what, Answer):
            for place in self._places:
                if place.answered(what.token, what.value):
                    return
        elif isinstance(what, Refused | Broke):
            refusal = what.refusal if isinstance(what, Refused) else None
            for place in self._places:
                if place.refused(what.token, refusal):
                    return
        elif isinstance(what, ExportTold):
            self._told(self._places[what.place].page, what)

    def share_saved(self, saved: object) -> None:
        """The site's searches, for every page and the command bar."""
        if isinstance(saved, tuple):
            self.saved = saved
            for place in self._places:
                place.page.set_saved(saved)

    def prepare(self, words: Sequence[str]) -> None:
        """Spell names out for the command bar, away from the screen and when the
        windows and the board are there: the dictionary of pinyin takes a third of a
        second to load, and whoever types sooner has it loaded then."""
        self._words += words
        if not self._ended:  # cameras may still be told when the program ends
            self._spelling.start()

    @Slot()
    def _spell_words(self) -> None:
        words, self._words = tuple(self._words), []
        self._pool.submit(_spell, words)

    def entered(self) -> None:
        """Saved searches are offered in the command bar from the start."""
        if self.console.actor is not None and self._places:
            self._places[0].load_saved()

    def start_export(self, place: _Place, line: str, file: Path) -> None:
        """Write what a line finds, in a thread of its own."""
        actor = self.console.actor
        if actor is None or self._exporting:
            return
        self._exporting = True
        self._stopped.clear()
        place.page.set_export(0, 0)
        self._pool.submit(self._write, place.number, actor, line, file, place.page.listed)

    @Slot()
    def stop_export(self) -> None:
        """Call it off; no file is left."""
        self._stopped.set()

    def _write(self, place: int, actor: Actor, line: str, file: Path, listed: Sequence[str]) -> None:
        post = self.console.bridge.post
        told = partial(_tell, post, place)
        try:
            done = export(self.engine.services, actor, line, file, told, self._stopped, listed)
            post(ExportTold(place, exported=done))
        except Refusal as refusal:
            post(ExportTold(place, refusal=refusal))
        except Exception:
            post(ExportTold(place, broke=True))
            raise

    def _told(self, page: SearchPage, told: ExportTold) -> None:
        if told.exported is None and told.refusal is None and not told.broke:
            page.set_export(told.done, told.of)
            return
        self._exporting = False
        page.set_export(0, -1)
        if told.refusal is not None:
            page.say(" ".join(explain(told.refusal)), "red")
        elif told.exported is None:
            page.say(t("search.page.broke"), "red")
        elif told.exported.stopped:
            page.say(t("search.page.stopped"))
        else:
            rows, file = f"{told.exported.rows:,}", str(told.exported.file)
            page.say(t("search.page.exported", rows=rows, file=file))

    def stop(self) -> None:
        """The thread that writes ends; what was half written is not kept."""
        self._stopped.set()
        self._ended = True
        self._spelling.stop()
        self._pool.shutdown(wait=True, cancel_futures=True)


def _spell(words: Sequence[str]) -> None:
    for one in words:
        initials(one)


def _tell(post: Any, place: int, done: int, of: int) -> None:
    post(ExportTold(place, done, of))
