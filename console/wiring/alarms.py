"""The page of alarms (F10): what the desk does to alarms, and their history."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QStandardPaths, Slot

from console.commands import shapes
from console.commands.exports import COLUMNS
from console.commands.session import iso
from console.domain.errors import Refusal
from console.domain.model import Actor, Alarm
from console.i18n import explain, t
from console.models.alarm_rows import HISTORY
from console.reports.tables import write_table
from console.services.alarm_log import AlarmHistory, AlarmLife, LoadAlarmHistory, LoadAlarmLife, PastAlarm
from console.services.ports import Change
from console.services.requests import Acknowledge, Answer, Broke, Refused, Shelve, Unshelve
from console.services.views import BoardView, Names
from console.widgets.alarm_page import REPORT, AlarmPage
from console.windows.desk_base import DeskBase
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp

#: What a row of the exported history says beyond the alarm itself.
_MORE = ("first_at", "worst", "calls", "acked_s", "what_zh", "what_en")


@dataclass(frozen=True, slots=True)
class AlarmsExported:
    """Posted when an export ended: the file and its rows, or why not."""

    place: int
    file: Path
    rows: int = 0
    refusal: Refusal | None = None
    broke: bool = False


def export(rows: Sequence[PastAlarm], file: Path) -> int:
    """Write a day's alarms as CSV, XLSX or JSON lines; answers how many.
    Raises ``Refusal`` as ``write_table`` does. Any thread but the screen's."""
    return write_table((_record(row) for row in rows), (*COLUMNS["alarms"], *_MORE), file)


def _record(row: PastAlarm) -> dict[str, Any]:
    return {
        **shapes.alarm(row.alarm),
        "first_at": iso(row.first_at),
        "worst": row.worst.value,
        "calls": row.calls,
        "acked_s": None if row.acked_s is None else round(row.acked_s, 1),
        "what_zh": row.what_zh,
        "what_en": row.what_en,
    }


class _Place(QObject):
    """The page of one desk window."""

    def __init__(self, part: Alarms, window: DeskBase, number: int) -> None:
        super().__init__(part)
        self._part, self.window, self.number = part, window, number
        self.page = page = AlarmPage(part.console.theme, part.console.ticker, window.parts.drafts)
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        page.set_folder(folder or str(Path.home()))
        self._life = 0
        self._wanted_life = 0
        self._history = 0
        self._day: tuple[date | None] | None = None
        self._done: dict[int, int] = {}
        page.acknowledged.connect(self._acknowledge)
        page.unshelve_wanted.connect(self._unshelve)
        page.details.shelf.wanted.connect(self._shelve)
        page.life_wanted.connect(self._load_life)
        page.history_wanted.connect(self._load_day)
        page.export_wanted.connect(self._export)
        page.jump.connect(self._jump)
        window.parts.banner.camera_wanted.connect(window.camera_chosen)
        window.control.board_shown.connect(self._board)
        window.link.names.connect(self._named)

    # -- asking ------------------------------------------------------------------

    @Slot(int, int)
    def _acknowledge(self, alarm_id: int, minutes: int) -> None:
        actor = self._part.console.actor
        if actor is not None:
            self._done[self._part.engine.submit(Acknowledge(actor, alarm_id, minutes))] = 0

    @Slot(int, int, str)
    def _shelve(self, alarm_id: int, minutes: int, reason: str) -> None:
        actor = self._part.console.actor
        if actor is not None:
            self._done[self._part.engine.submit(Shelve(actor, alarm_id, minutes, reason))] = alarm_id

    @Slot(int)
    def _unshelve(self, alarm_id: int) -> None:
        actor = self._part.console.actor
        if actor is not None:
            self._done[self._part.engine.submit(Unshelve(actor, alarm_id))] = 0

    @Slot(int)
    def _load_life(self, alarm_id: int) -> None:
        """One at a time: while walking through the list only the last counts."""
        actor = self._part.console.actor
        self._wanted_life = alarm_id
        if actor is not None and not self._life and self.page.isVisible():
            self._life = self._part.engine.submit(LoadAlarmLife(actor, alarm_id))
            self._wanted_life = 0

    @Slot(object)
    def _load_day(self, day: date | None) -> None:
        actor = self._part.console.actor
        if actor is None:
            return
        if self._history:
            self._day = (day,)
            return
        self._history = self._part.engine.submit(LoadAlarmHistory(actor, day))

    @Slot(str)
    def _export(self, file: str) -> None:
        self._part.start_export(self, Path(file).expanduser())

    @Slot(object)
    def _jump(self, alarm: Alarm) -> None:
        self.window.parts.banner.go_to(alarm)

    @Slot(object)
    def _board(self, view: BoardView) -> None:
        self.page.apply(view)
        self.window.parts.banner.set_flood(view.kpi.alarms_10min if self.page.flood else 0)

    @Slot(object)
    def _named(self, _names: Names) -> None:
        self.page.set_names(self.window.control.names)

    # -- answers -------------------------------------------------------------------

    def answered(self, token: int, value: object) -> None:
        """What came back, if it was ours."""
        if token == self._life:
            self._life = 0
            if isinstance(value, AlarmLife):
                self.page.show_life(value)
            self._next_life()
        elif token == self._history:
            self._history = 0
            if isinstance(value, AlarmHistory):
                self.page.apply_history(value)
            self._next_day()
        elif token in self._done:
            shelved = self._done.pop(token)
            if shelved:
                self.page.details.shelf.done(shelved)
                self.page.take_focus()
            self.page.say("")

    def refused(self, token: int, refusal: Refusal | None) -> None:
        """A rule said no, or something broke."""
        if token == self._life:
            self._life = 0
            self._next_life()
        elif token == self._history:
            self._history = 0
            self._next_day()
        elif token in self._done:
            shelved = self._done.pop(token)
            if refusal is None:
                self.page.say(t("alarms.page.broke"), "red")
            elif shelved:
                self.page.details.shelf.refuse(refusal)
            else:
                self.page.say(" ".join(explain(refusal)), "red")

    def changed(self) -> None:
        """Something happened to alarms: the day and the life shown are old."""
        if not self.page.isVisible():
            return
        if self.page.tab in (HISTORY, REPORT):
            self._load_day(self.page.day)
        current = self.page.list.current
        if current is not None:
            self._load_life(current.alarm.id)

    def _next_life(self) -> None:
        if self._wanted_life:
            self._load_life(self._wanted_life)

    def _next_day(self) -> None:
        if self._day is not None:
            (day,), self._day = self._day, None
            self._load_day(day)


class Alarms(Part):
    """A page for each desk; exports in a thread of their own."""

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self._places: list[_Place] = []
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="alarm-export")

    def desk(self, window: DeskBase) -> None:
        """F10, from anywhere in the window."""
        place = _Place(self, window, len(self._places))
        self._places.append(place)
        window.add_page("alarms", place.page, "F10")

    def posted(self, what: object) -> None:
        """Answers to our questions; changes; ends of exports."""
        if isinstance(what, Answer):
            for place in self._places:
                place.answered(what.token, what.value)
        elif isinstance(what, Refused | Broke):
            refusal = what.refusal if isinstance(what, Refused) else None
            for place in self._places:
                place.refused(what.token, refusal)
        elif isinstance(what, Change):
            if "alarm" in what.kinds:
                for place in self._places:
                    place.changed()
        elif isinstance(what, AlarmsExported):
            self._exported(what)

    def show_voice(self, word: str, wrong: bool) -> None:
        """Whether alarms are heard and spoken here, on every page: the word of
        the text ``alarms.voice.<word>``."""
        for place in self._places:
            place.page.set_voice(word, wrong)

    def start_export(self, place: _Place, file: Path) -> None:
        """Write what the history shows now."""
        if self.console.actor is not None:
            self._pool.submit(self._write, place.number, self.console.actor, place.page.shown_past(), file)

    def _write(self, place: int, actor: Actor, rows: Sequence[PastAlarm], file: Path) -> None:
        post = self.console.bridge.post
        try:
            self.engine.services.audit.exported(actor, "alarms", str(file), rows=len(rows))
            post(AlarmsExported(place, file, export(rows, file)))
        except Refusal as refusal:
            post(AlarmsExported(place, file, refusal=refusal))
        except Exception:
            post(AlarmsExported(place, file, broke=True))
            raise

    def _exported(self, what: AlarmsExported) -> None:
        page = self._places[what.place].page
        if what.refusal is not None:
            page.say(" ".join(explain(what.refusal)), "red")
        elif what.broke:
            page.say(t("alarms.page.broke"), "red")
        else:
            page.say(t("alarms.page.exported", rows=what.rows, file=what.file))

    def stop(self) -> None:
        """The thread that writes ends."""
        self._pool.shutdown(wait=True, cancel_futures=True)
