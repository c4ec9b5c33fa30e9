"""Care of the site: its section of administration, the strip that tells of newer
versions and of a run that ended badly, and the key that restarts the console."""

from __future__ import annotations

import itertools
import logging
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QVBoxLayout

from console import crash, updates
from console.crash import CrashReport
from console.domain.errors import Refusal
from console.domain.vocabulary import Purpose
from console.i18n import language
from console.services import care_requests as asks
from console.services import permissions
from console.services.requests import Answer, Broke, Refused
from console.services.seats import Seats, newer
from console.widgets.care_section import CareSection
from console.widgets.care_strip import CareStrip
from console.widgets.crash_sheet import CrashSheet
from console.widgets.keys import Key
from console.windows.desk_base import DeskBase
from console.wiring.admin import AdminFrame
from console.wiring.care_desk import CareDesk
from console.wiring.part import Part
from console.worker import DatabaseWorker, Rank

if TYPE_CHECKING:
    from console.app import ConsoleApp

log = logging.getLogger(__name__)

SECTION: Final = "care"
#: Versions are looked at this often, s.
LOOK_EVERY_S: Final = 30
#: A restart is meant when it is asked twice within so long, ms.
SURE_MS: Final = 6000
#: Its tokens are nobody else's.
_TOKENS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class CareStanding:
    """Posted by the look: versions here and elsewhere, what may be written, the
    newest report nobody has put away, a newer version in the folder."""

    running: str
    installed: str
    newest: str
    stored: str
    newer_schema: bool
    may_write: bool
    report: CrashReport | None = None
    found: str = ""


class Care(Part):
    """One worker of its own; a strip and a section for each desk window."""

    def __init__(self, console: ConsoleApp, admin: AdminFrame) -> None:
        super().__init__(console)
        self.admin = admin
        self.running = version("fifteen")
        self.answers = CareDesk(self.engine, self.running)
        tokens = itertools.count(_TOKENS)
        self.worker = DatabaseWorker(
            self.answers.handle, console.bridge.post, name="care-desk", tokens=tokens
        )
        services = self.engine.services
        self._seats = Seats(services.uows, services.clock, self.engine.seat, "console")
        self._places: dict[int, _Place] = {}
        self._seconds = 0
        self.standing: CareStanding | None = None
        self.sure = QTimer(self)
        self.sure.setSingleShot(True)
        self.sure.setInterval(SURE_MS)
        self.sure.timeout.connect(self._say)

    def started(self) -> None:
        """Look once; nothing waits for it."""
        self.worker.start()
        self.worker.call(self._look, Rank.BACKGROUND, "look")

    def desk(self, window: DeskBase) -> None:
        """The strip below the header, the section, two keys."""
        place = self._places[id(window)] = _Place(self, window)
        if self.engine.services.purpose != Purpose.DEMO:
            # A demonstration ends with its district: there is nothing to begin anew.
            window.add_key(Key("care_restart", "Ctrl+Alt+R", "general"), self.restart, whole=True)
        window.add_key(Key("care_crash", "Ctrl+Alt+E", "general"), place.open_report, whole=True)
        self._say()

    def entered(self) -> None:
        """What only an administrator is told."""
        self._say()

    def tick(self, now: datetime) -> None:
        """Now and then a look."""
        self._seconds += 1
        if self._seconds % LOOK_EVERY_S == 0:
            self.look()

    def look(self) -> None:
        """Look at the versions soon."""
        self.worker.call(self._look, Rank.BACKGROUND, "look")

    def posted(self, what: object) -> None:
        """Answers of the worker; and a write that the fence refused."""
        if isinstance(what, CareStanding):
            self.standing = what
            self._say()
        elif isinstance(what, Answer | Refused | Broke):
            fenced = isinstance(what, Refused) and (what.refusal.code, what.refusal.detail) == (
                "db_newer",
                "writing",
            )
            if fenced and (self.standing is None or self.standing.may_write):
                self.look()
            if what.token >= _TOKENS:
                for place in self._places.values():
                    place.answered(what)

    def stop(self) -> None:
        """The worker and a process under way end."""
        self.answers.stop()
        if not self.worker.stop():
            log.warning("what the care section had begun goes on without it")

    @Slot()
    def restart(self) -> None:
        """Twice within some seconds: the console begins anew, drafts and walls as
        they are."""
        if not self.sure.isActive():
            self.sure.start()
            self._say()
            return
        self.sure.stop()
        self.console.restart = True
        self.console.closed.emit()

    def _look(self) -> None:
        """In the worker's thread."""
        store = self.engine.store
        standing = store.standing()
        try:
            self._seats.tell(self.running, standing.known)
        except Refusal as refusal:
            if refusal.code != "db_newer":
                raise
        folder = self.engine.services.care.updates()
        found, _ = self.answers.look(folder)
        unseen = [one for one in crash.reports(self.engine.places.logs) if not one.seen]
        self.console.bridge.post(
            CareStanding(
                self.running,
                updates.installed(),
                self._seats.newest(),
                standing.stored,
                standing.newer,
                standing.may_write,
                unseen[0] if unseen else None,
                found.version if found is not None else "",
            )
        )

    @Slot()
    def _say(self) -> None:
        for place in self._places.values():
            self._say_at(place.strip)

    def _say_at(self, strip: CareStrip) -> None:
        now, actor = self.standing, self.console.actor
        if self.sure.isActive():
            strip.say("accent", "care.strip.sure")
        elif now is None:
            strip.rest()
        elif newer(now.installed, now.running):
            key = "installed" if now.may_write else "fenced_installed"
            strip.say(
                "accent" if now.may_write else "red", f"care.strip.{key}", "restart", version=now.installed
            )
        elif not now.may_write:
            strip.say("red", "care.strip.fenced", "restart", stored=now.stored)
        elif newer(now.newest, now.running) or now.newer_schema:
            strip.say("accent", "care.strip.older", version=now.newest or now.stored, running=now.running)
        elif now.report is not None:
            at = f"{now.report.at:%m-%d %H:%M}"
            strip.say("accent", f"care.strip.crash_{now.report.kind}", "crash", at=at)
        elif now.found and actor is not None and permissions.may(actor, "db.admin"):
            strip.say("accent", "care.strip.update", "programs", version=now.found)
        else:
            strip.rest()


class _Place(QObject):
    """Strip, sheet and section of one desk window."""

    def __init__(self, part: Care, window: DeskBase) -> None:
        super().__init__(part)
        self._part, self._window = part, window
        theme = part.console.theme
        self.strip = CareStrip(theme)
        column = window.parts.page.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(column.indexOf(window.parts.pulse), self.strip)
        self.sheet = CrashSheet(theme, window.parts.page)
        self.section = CareSection(theme)
        page = part.admin.page(window)
        page.add_section(SECTION, self.section)
        page.shown.connect(self._shown)
        self.section.turned.connect(self._turned)
        self.section.wanted.connect(self._wanted)
        self.strip.pressed.connect(self._pressed)
        self.sheet.seen.connect(self._seen)
        self._asked: dict[int, str] = {}

    def open_report(self) -> None:
        """The report of the last run that ended badly."""
        now = self._part.standing
        if now is not None and now.report is not None:
            self.sheet.open(now.report)
        else:
            self._window.parts.toast.say("care.crash.none")

    @Slot(str)
    def _seen(self, file: str) -> None:
        self._part.worker.call(partial(crash.put_away, file), Rank.BACKGROUND)
        self._part.look()

    @Slot(str)
    def _pressed(self, what: str) -> None:
        if what == "restart":
            self._part.restart()
        elif what == "crash":
            self.open_report()
        else:
            self._part.admin.show(self._window, SECTION)
            self.section.show_pane("programs")

    @Slot(str)
    def _shown(self, section: str) -> None:
        if section == SECTION:
            self._load(self.section.current)

    @Slot(str)
    def _turned(self, pane: str) -> None:
        if self._part.admin.page(self._window).seen == SECTION:
            self._load(pane)

    def _load(self, pane: str) -> None:
        """What the pane shows; the doctor waits until he is asked."""
        actor = self._part.console.actor
        if actor is None or not permissions.may(actor, "db.admin"):
            return
        first: dict[str, Any] = {
            "backup": asks.LoadCare(actor),
            "store": asks.LoadStore(actor),
            "log": asks.LoadLog(actor),
            "programs": asks.LoadPrograms(actor),
        }
        if pane in first:
            self._ask(pane, first[pane])

    def _ask(self, pane: str, request: object) -> None:
        self._asked[self._part.worker.submit(request)] = pane

    @Slot(str, str, object)
    def _wanted(self, pane: str, what: str, value: Any) -> None:
        actor = self._part.console.actor
        if actor is None:
            return
        if what == "restart":
            self._part.restart()
            return
        if what == "crash":
            self.open_report()
            return
        request = _request(actor, what, value)
        if what in self.section.panes[pane].LONG:
            self.section.panes[pane].set_busy(what)
        self._ask(pane, request)

    def answered(self, what: Answer | Refused | Broke) -> None:
        """Something was done, or not."""
        name = self._asked.pop(what.token, "")
        if not name:
            return
        pane = self.section.panes[name]
        tried = pane.busy == "try"
        pane.set_busy("")
        if isinstance(what, Refused):
            pane.tell_refusal(what.refusal)
        elif isinstance(what, Broke):
            pane.tell("bad", "desk.say.broke")
        else:
            self._show(what, tried)

    def _show(self, answer: Answer, tried: bool) -> None:
        section, request, value = self.section, answer.request, answer.value
        if isinstance(request, asks.LoadCare | asks.PutBackupPlan):
            section.backup.show_care(value)  # type: ignore[arg-type]
            if isinstance(request, asks.PutBackupPlan):
                section.backup.tell("good", "care.saved")
        elif isinstance(request, asks.MakeBackup):
            section.backup.show_made(value)  # type: ignore[arg-type]
            self._load("backup")
        elif isinstance(request, asks.VerifyBackup):
            section.backup.show_verified(value)  # type: ignore[arg-type]
        elif isinstance(request, asks.Rehearse):
            section.backup.show_rehearsal(value)  # type: ignore[arg-type]
        elif isinstance(request, asks.LoadStore | asks.PutRetention):
            section.store.show_store(value)  # type: ignore[arg-type]
            if isinstance(request, asks.PutRetention):
                section.store.tell("good", "care.saved")
            elif tried:
                section.store.tell("", "care.retention.tried")
        elif isinstance(request, asks.ApplyRetention):
            self._load("store")
            section.store.show_removed(value)  # type: ignore[arg-type]
        elif isinstance(request, asks.RunDoctor):
            section.doctor.show_doctor(value)  # type: ignore[arg-type]
        elif isinstance(request, asks.LoadLog):
            section.log.show_log(value)  # type: ignore[arg-type]
        else:
            section.programs.show_programs(value)  # type: ignore[arg-type]
            if isinstance(request, asks.PutUpdates):
                section.programs.tell("good", "care.saved")


def _request(actor: Any, what: str, value: Any) -> object:
    """What a pane asks, as a request."""
    if what == "plan":
        return asks.PutBackupPlan(actor, *value)
    if what == "rules":
        return asks.PutRetention(actor, *value)
    if what == "verify":
        return asks.VerifyBackup(actor, str(value))
    if what == "rehearse":
        return asks.Rehearse(actor, str(value))
    if what == "updates":
        return asks.PutUpdates(actor, str(value))
    plain: dict[str, type] = {
        "make": asks.MakeBackup,
        "try": asks.LoadStore,
        "remove": asks.ApplyRetention,
        "log": asks.LoadLog,
        "programs": asks.LoadPrograms,
    }
    if what == "doctor":
        return asks.RunDoctor(actor, language())
    made: object = plain[what](actor)
    return made
