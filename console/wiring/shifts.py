"""The page of shifts (F11), and what every header and wall says of the shift.

Who signs in at this seat is written into the shift that is open. A shift is read
only while its page is seen; the line of the headers costs one small read when
something of shifts changes and when the next one begins.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from console.domain.errors import Refusal
from console.domain.model import Actor
from console.domain.records import replace
from console.domain.shift_log import Conditions, ShiftLog
from console.i18n import explain
from console.models import shift_words
from console.services.ports import Change
from console.services.requests import Answer, Broke, Refused, Request
from console.services.shift_reading import DutyView, ShiftList, ShiftView
from console.services.shift_room import (
    AddAddendum,
    CopyWeek,
    FollowEntry,
    LoadDuty,
    LoadRoster,
    LoadShift,
    LoadShifts,
    LookUpCaller,
    OpenShift,
    PutDuty,
    SeeItem,
    SetConditions,
    SignOff,
    SignOn,
    SitDown,
    TakeShift,
    WriteEntry,
)
from console.services.shift_roster import Duty
from console.services.shifts import EntryWish
from console.services.views import Names
from console.widgets.shift_page import ShiftPage
from console.widgets.wall_pane import WallPane
from console.windows.desk_base import DeskBase
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp

PAGE = "shift"
#: How soon a page that is looked at follows cases and alarms, ms.
FOLLOW_MS = 1000
#: What changes a shift that is being looked at.
_KINDS = frozenset({"shift", "case", "alarm"})
#: Requests after which the shift is read again, and a refusal stands there.
_HAND = (TakeShift, SeeItem, SignOff, SignOn)


class _Place(QObject):
    """The page of one desk window."""

    def __init__(self, part: Shifts, window: DeskBase) -> None:
        super().__init__(part)
        self._part, self.window = part, window
        self.page = page = ShiftPage(part.console.theme, part.console.ticker)
        self._asked: dict[int, Request] = {}
        self._wanted = ""
        self._again = False
        page.shown.connect(self.load)
        page.shift_wanted.connect(self._choose)
        page.open_wanted.connect(self._open)
        page.turned.connect(self._turned)
        page.log.entry.wanted.connect(self._write)
        page.log.conditions.wanted.connect(self._set_conditions)
        page.log.follow_wanted.connect(self._follow)
        page.log.addendum_wanted.connect(self._addendum)
        page.log.caller_wanted.connect(self._caller)
        page.log.cases_wanted.connect(window.show_cases)
        page.log.case_wanted.connect(window.open_case)
        page.hand.item_opened.connect(self._item)
        page.hand.off_wanted.connect(self._off)
        page.hand.take_wanted.connect(self._take)
        page.hand.on_wanted.connect(self._on)
        page.roster.month_wanted.connect(self._month)
        page.roster.duty_wanted.connect(self._duty)
        page.roster.week_wanted.connect(self._week)
        window.link.names.connect(self._named)
        window.link.teams.connect(self._teamed)

    # -- asking --------------------------------------------------------------

    def _ask(self, request: Request) -> None:
        self._asked[self._part.engine.submit(request)] = request

    @property
    def _actor(self) -> Actor | None:
        return self._part.seated

    @Slot()
    def load(self) -> None:
        """List, shift and roster, one round at a time."""
        actor = self._actor
        if actor is None or not self.page.isVisible():
            return
        if any(isinstance(one, LoadShift) for one in self._asked.values()):
            self._again = True
            return
        self._ask(LoadShifts(actor))
        self._ask(LoadShift(actor, self._wanted))
        if self.page.section == "roster":
            self._month(self.page.roster.month)

    @Slot(str)
    def _choose(self, shift_id: str) -> None:
        self._wanted = shift_id
        self.load()

    @Slot(str)
    def _turned(self, section: str) -> None:
        if section == "roster":
            self._month(self.page.roster.month)

    @Slot(str)
    def _month(self, month: str) -> None:
        if self._actor is not None:
            self._ask(LoadRoster(self._actor, month))

    @Slot()
    def _open(self) -> None:
        if self._actor is not None:
            self._ask(OpenShift(self._actor))

    @Slot(object)
    def _write(self, wish: EntryWish) -> None:
        if self._actor is not None:
            self._ask(WriteEntry(self._actor, wish, self.page.shift))

    @Slot(object)
    def _set_conditions(self, wish: Conditions) -> None:
        if self._actor is not None:
            self._ask(SetConditions(self._actor, wish))

    @Slot(str, str, bool)
    def _follow(self, key: str, words: str, done: bool) -> None:
        if self._actor is not None:
            self._ask(FollowEntry(self._actor, key, words, done))

    @Slot(str)
    def _addendum(self, words: str) -> None:
        if self._actor is not None:
            self._ask(AddAddendum(self._actor, self.page.shift, words))

    @Slot(str)
    def _caller(self, person: str) -> None:
        if self._actor is not None:
            self._ask(LookUpCaller(self._actor, person))

    @Slot(str, str)
    def _item(self, key: str, case: str) -> None:
        """An item is opened: a case beside the list. It is written down while
        somebody is taking over."""
        if case:
            self.window.open_case(case)
        view = self.page.view
        if (
            self._actor is not None
            and view is not None
            and view.log.taking
            and not shift_words.frozen(view.log)
        ):
            self._ask(SeeItem(self._actor, self.page.shift, key))

    @Slot(str, str)
    def _off(self, cautions: str, keys: str) -> None:
        if self._actor is not None:
            self._ask(SignOff(self._actor, self.page.shift, cautions, keys))

    @Slot(str, str)
    def _take(self, name: str, password: str) -> None:
        if self._actor is not None:
            self._ask(TakeShift(self._actor, self.page.shift, name, password))

    @Slot(str, str, str)
    def _on(self, name: str, password: str, objection: str) -> None:
        if self._actor is not None:
            self._ask(SignOn(self._actor, self.page.shift, name, password, objection))

    @Slot(str, str, object)
    def _duty(self, day: str, kind: str, duty: Duty) -> None:
        if self._actor is not None:
            self._ask(PutDuty(self._actor, day, kind, duty, self.page.roster.version))

    @Slot(str)
    def _week(self, day: str) -> None:
        if self._actor is not None:
            self._ask(CopyWeek(self._actor, day, self.page.roster.version))

    @Slot(object)
    def _named(self, _names: Names) -> None:
        self.rename()

    @Slot(object)
    def _teamed(self, _teams: object) -> None:
        self.rename()

    def rename(self) -> None:
        """Names of people and teams in the language now."""
        control = self.window.control
        self.page.set_names(control.names, control.team_names())

    # -- answers -------------------------------------------------------------

    def answered(self, token: int, value: object) -> None:
        """What came back, if it was ours."""
        request = self._asked.pop(token, None)
        if request is None:
            return
        if isinstance(value, ShiftView):
            self.page.apply(value)
            self._once_more()
        elif isinstance(value, ShiftList):
            self.page.apply_list(value)
        elif isinstance(request, LoadRoster):
            self.page.roster.apply(*value)  # type: ignore[misc]
        elif isinstance(request, LookUpCaller):
            self.page.log.show_caller(*value)  # type: ignore[misc]
        else:
            self._did(request, value)

    def _once_more(self) -> None:
        if self._again:
            self._again = False
            self.load()

    def _did(self, request: Request, value: object) -> None:
        """Something was written: say so, and read what it made."""
        say, page = self.window.parts.toast.say, self.page
        page.hand.refuse(None)
        if isinstance(request, WriteEntry):
            page.log.entry.done()
            say("shifts.said.wrote")
        elif isinstance(request, FollowEntry | AddAddendum):
            page.log.followed()
            say("shifts.said.wrote")
        elif isinstance(value, Conditions):
            page.log.weather_set()
            say("shifts.said.weather", conditions=shift_words.conditions(value))
        elif isinstance(request, OpenShift) and isinstance(value, ShiftLog):
            self._wanted = ""
            say("shifts.said.opened", shift=shift_words.title(value))
        elif isinstance(request, SignOn) and isinstance(value, tuple):
            self._handed(value[0])
        elif isinstance(request, PutDuty | CopyWeek):
            say("shifts.said.saved")
            self._month(page.roster.month)
        self.load()

    def _handed(self, log: ShiftLog) -> None:
        who = self.window.control.names.person(log.on.who if log.on is not None else "")
        # What was just signed stays in sight; the next one is one choice away.
        self._wanted = log.id
        self.page.hand.clear()
        self.window.parts.toast.say("shifts.said.handed", who=who, shift=shift_words.title(log))

    def refused(self, token: int, refusal: Refusal | None) -> None:
        """A rule said no, or something broke."""
        request = self._asked.pop(token, None)
        if request is None:
            return
        page = self.page
        if isinstance(request, LoadShift):
            if refusal is not None and refusal.code == "unknown_shift":
                page.none_open()
            self._once_more()
        elif refusal is None:
            self.window.parts.toast.say("alarms.page.broke")
        elif isinstance(request, _HAND):
            page.hand.refuse(refusal)
        elif isinstance(request, WriteEntry):
            page.log.entry.refuse(refusal)
        elif isinstance(request, SetConditions):
            page.log.conditions.refuse(refusal)
        elif isinstance(request, FollowEntry | AddAddendum | LookUpCaller):
            page.log.refuse(refusal)
        elif isinstance(request, PutDuty | CopyWeek | LoadRoster):
            page.roster.refuse(refusal)
        elif not isinstance(request, LoadShifts):
            page.say(" ".join(explain(refusal)))


class Shifts(Part):
    """A page for each desk; a line for each header and wall."""

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self.seated: Actor | None = None
        self._places: list[_Place] = []
        self._panes: list[WallPane] = []
        self._duty: DutyView | None = None
        self._asked = 0
        self._again = False
        # Cases and alarms change all the time; what is to be handed over follows
        # them at this pace.
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(FOLLOW_MS)
        self._later.timeout.connect(self._follow)

    def wire(self, name: str, pane: WallPane) -> None:
        """A wall says the warning and the level."""
        self._panes.append(pane)
        pane.retranslated.connect(self._say)

    def desk(self, window: DeskBase) -> None:
        """F11, from anywhere in the window."""
        place = _Place(self, window)
        self._places.append(place)
        window.add_page(PAGE, place.page, "F11")
        window.parts.banner.page_wanted.connect(window.show_page)
        window.language_changed.connect(self._spoken)

    def entered(self) -> None:
        """Who sits down is written into the shift; the headers are read."""
        actor = self.console.actor
        self.seated = replace(actor, seat=actor.seat or self.engine.seat) if actor is not None else None
        for place in self._places:
            place.page.set_actor(self.seated)
        if self.seated is not None:
            self.engine.submit(SitDown(self.seated))
            self._load()
            for place in self._places:
                place.load()

    def tick(self, now: datetime) -> None:
        """The next shift begins."""
        if self._duty is not None and now >= self._duty.span.end:
            self._duty = None
            self._load()

    def posted(self, what: object) -> None:
        """Answers to our questions, and changes made at any seat."""
        if isinstance(what, Change):
            if what.kinds & {"shift", "setting"}:
                self._load()
            if "shift" in what.kinds:
                for place in self._places:
                    place.load()
            elif what.kinds & _KINDS and not self._later.isActive():
                self._later.start()
        elif isinstance(what, Answer):
            if what.token == self._asked and isinstance(what.value, DutyView):
                self._asked, self._duty = 0, what.value
                self._say()
                self._once_more()
            for place in self._places:
                place.answered(what.token, what.value)
        elif isinstance(what, Refused | Broke):
            if what.token == self._asked:
                self._asked = 0
                self._once_more()
            for place in self._places:
                place.refused(what.token, what.refusal if isinstance(what, Refused) else None)

    @Slot()
    def _follow(self) -> None:
        for place in self._places:
            place.load()

    def stop(self) -> None:
        """Nothing is asked any more."""
        self._later.stop()

    def _load(self) -> None:
        if self.seated is None:
            return
        if self._asked:
            self._again = True
            return
        self._asked = self.engine.submit(LoadDuty(self.seated))

    def _once_more(self) -> None:
        if self._again:
            self._again = False
            self._load()

    @Slot(str)
    def _spoken(self, _lang: str) -> None:
        for place in self._places:
            place.rename()
        self._say()

    @Slot()
    def _say(self) -> None:
        """Every header and wall says what is in force."""
        view = self._duty
        if view is None:
            return
        name, wrong = shift_words.header(view)
        conditions = view.conditions
        for place in self._places:
            header = place.window.parts.header
            header.set_shift(name, wrong)
            header.set_conditions(shift_words.weather(conditions), shift_words.level(conditions))
        for pane in self._panes:
            pane.bar.set_duty(shift_words.wall(conditions))
