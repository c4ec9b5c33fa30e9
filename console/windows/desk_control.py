"""What happens when somebody presses something, and when an answer comes.

Widgets say what a person wants, the link carries it; this is where the two
meet. No rule of the domain is in here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QObject, Signal, Slot

from console.domain.model import Camera, Command, Team
from console.domain.vocabulary import Action
from console.i18n import either
from console.models import board_index
from console.models.names import NameBook
from console.models.wording import ago, event_line
from console.services.intake_desk import TakeIn
from console.services.requests import (
    Acknowledge,
    Act,
    Answer,
    AnswerApproval,
    Broke,
    OpenFromCamera,
    Refused,
    SearchConditions,
    WithdrawRequest,
)
from console.services.views import BoardView, CaseAnswer, CaseView, FeedsView, Names, TrendView
from console.ticker import Ticker
from console.windows.desk_door import DOOR
from console.windows.desk_link import DeskLink, is_background
from console.windows.desk_parts import DeskParts

#: Within this long, and with nothing typed, Escape takes the N key back, seconds.
MIS_KEY_S = 10.0
#: The reason that marks a key pressed by mistake.
MIS_KEY = "mis-key"


class DeskControl(QObject):
    """``opened(case id)`` when a case came up, ``left()`` when it went;
    ``board_shown(BoardView)``."""

    opened = Signal(str)
    left = Signal()
    board_shown = Signal(object)

    def __init__(self, parts: DeskParts, link: DeskLink, ticker: Ticker, parent: QObject) -> None:
        super().__init__(parent)
        self._parts, self._link, self._ticker = parts, link, ticker
        self._team_rows: tuple[Team, ...] = ()
        self._names = NameBook()
        self._fresh: dict[str, datetime] = {}
        self._focus_search = ""
        self._race = False
        self._connect()

    def _connect(self) -> None:
        parts, link = self._parts, self._link
        parts.banner.acknowledged.connect(self._acknowledge)
        parts.banner.jump.connect(self.open_case)
        parts.board.opened.connect(self.open_case)
        parts.board.said.connect(self._say)
        parts.detail.act.connect(self._act)
        parts.detail.search.connect(self._search)
        parts.detail.approval.connect(self._approve)
        parts.detail.withdrawn.connect(self._withdraw)
        parts.detail.mis_key.connect(self._mis_key)
        parts.detail.closed.connect(self.close_case)
        parts.intake.opened.connect(self._by_hand)
        parts.intake.left.connect(self.close_case)
        parts.cameras.case_wanted.connect(self._from_list)
        parts.cameras.counts.connect(parts.header.set_cameras)
        link.board.connect(self._on_board)
        link.unread.connect(self._on_unread)
        link.case.connect(self._on_case)
        link.trend.connect(self._on_trend)
        link.cameras.connect(self._on_cameras)
        link.teams.connect(self._on_teams)
        link.names.connect(self._on_names)
        link.answered.connect(self._on_answered)
        link.refused.connect(self._on_refused)
        link.broke.connect(self._on_broke)
        link.feeds.connect(self._on_feeds)
        link.pulse.connect(parts.pulse.take)

    # -- what a person wants ------------------------------------------------

    @Slot(str)
    def open_case(self, case_id: str) -> None:
        """Bring a case up."""
        self._parts.work.setCurrentWidget(self._parts.detail)
        self._parts.board.show_case(case_id)
        self._race = False
        self._link.load_case(case_id)

    @Slot()
    def close_case(self) -> None:
        """Put the case away; the keyboard goes back to the board."""
        self._link.open_case = ""
        self._parts.detail.clear()
        self._parts.work.setCurrentWidget(self._parts.detail)
        self._parts.board.take_focus()
        self.left.emit()

    @Slot()
    def new_by_hand(self) -> None:
        """The sheet for a telephone call or a patrol."""
        self._parts.work.setCurrentWidget(self._parts.intake)
        self.opened.emit("")
        self._parts.intake.take_focus()

    @Slot()
    def new_case(self) -> None:
        """N on the desk: from the chosen camera, else by hand."""
        self._from_list(self._parts.cameras.current())

    @Slot(str, object)
    def open_from_camera(self, camera: str, pressed_at: datetime) -> None:
        """N on a tile: the five minutes run from the press."""
        if self._link.actor is None:
            return
        # Put away what is open: letters typed while the new case is on its way
        # are meant for its search, and must not be keys for another case.
        self._link.open_case = ""
        self._parts.detail.clear()
        self._link.submit(OpenFromCamera(self._link.actor, camera, pressed_at))

    @Slot(str)
    def _from_list(self, camera: str) -> None:
        if camera:
            self.open_from_camera(camera, self._ticker.now())
        else:
            self.new_by_hand()

    @Slot(int, int)
    def _acknowledge(self, alarm_id: int, minutes: int) -> None:
        if self._link.actor is not None:
            self._link.submit(Acknowledge(self._link.actor, alarm_id, minutes))

    @Slot(str, object, int)
    def _act(self, case_id: str, command: Command, version: int) -> None:
        if self._link.actor is not None:
            self._link.submit(Act(self._link.actor, case_id, command, version))

    @Slot(str)
    def _search(self, text: str) -> None:
        if self._link.actor is not None:
            self._link.submit(SearchConditions(self._link.actor, text))

    @Slot(int, bool, str)
    def _approve(self, request: int, yes: bool, reason: str) -> None:
        if self._link.actor is not None:
            self._link.submit(AnswerApproval(self._link.actor, request, yes, reason))

    @Slot(int)
    def _withdraw(self, request: int) -> None:
        if self._link.actor is not None:
            self._link.submit(WithdrawRequest(self._link.actor, request))

    @Slot(str)
    def _mis_key(self, case_id: str) -> None:
        pressed = self._fresh.pop(case_id, None)
        soon = pressed is not None and (self._ticker.now() - pressed).total_seconds() < MIS_KEY_S
        if soon and self._link.actor is not None:
            command = Command(Action.REJECT, reason=MIS_KEY)
            self._link.submit(Act(self._link.actor, case_id, command))
        self.close_case()

    @Slot(object)
    def _by_hand(self, request: TakeIn) -> None:
        if self._link.actor is not None:
            self._link.submit(replace(request, actor=self._link.actor))

    @Slot(str, dict)
    def _say(self, key: str, facts: Mapping[str, object]) -> None:
        self._parts.toast.say(key, **facts)

    # -- what came back -----------------------------------------------------

    @Slot(object)
    def _on_board(self, view: BoardView) -> None:
        parts = self._parts
        cards = board_index.of(view).cards
        parts.board.apply(view)
        parts.detail.foretell(cards.get(parts.detail.case_id))
        parts.banner.apply(view.alarms, cards, view.calendar)
        parts.header.apply(view)
        parts.kpi.apply(view.kpi, view.arrival_origin)
        parts.demo.set_purpose(view.purpose)
        for one in (parts.login, parts.lock_bar):
            one.set_waiting(parts.banner.unacknowledged())
        self.board_shown.emit(view)

    @Slot()
    def _on_unread(self) -> None:
        """Nobody reads the board now: a dash is no zero, and no alarms shown are
        not no alarms."""
        parts = self._parts
        parts.banner.forget()
        parts.header.forget()
        parts.kpi.forget()
        parts.chart.forget()

    @Slot(object)
    def _on_case(self, view: CaseView) -> None:
        detail = self._parts.detail
        if not self._team_rows:
            self._on_teams(tuple(one.team for one in view.proposals))
        detail.apply(view)
        if self._race:
            self._race = False
            self._tell_race(view)
        if self._focus_search == view.case.id:
            self._focus_search = ""
            detail.focus_search()
        self.opened.emit(view.case.id)

    def _tell_race(self, view: CaseView) -> None:
        """Who was faster, what they did, how long ago; the button already
        offers the step that follows."""
        last = max(view.events, key=_seq, default=None)
        if last is None:
            return
        since = (self._ticker.now() - last.recorded_at).total_seconds()
        what = event_line(last, self.team_names())
        self._parts.detail.say("desk.say.race", who=self._names.person(last.actor), what=what, ago=ago(since))

    @Slot(object)
    def _on_trend(self, view: TrendView) -> None:
        self._parts.chart.apply(view)

    @Slot(object)
    def _on_cameras(self, cameras: tuple[Camera, ...]) -> None:
        self._parts.cameras.set_cameras(cameras)

    @Slot(object)
    def _on_teams(self, teams: tuple[Team, ...]) -> None:
        self._team_rows = teams
        self.rename()

    @Slot(object)
    def _on_names(self, names: Names) -> None:
        self._names = NameBook(names)
        self.rename()

    @Slot(object)
    def _on_feeds(self, view: FeedsView) -> None:
        self._parts.cameras.set_health(view.health)

    @property
    def names(self) -> NameBook:
        """What places and people are called."""
        return self._names

    def team_names(self) -> Mapping[str, str]:
        """Names of teams by id, in the language now."""
        return {team.id: either(team.name_zh, team.name_en) for team in self._team_rows}

    def rename(self) -> None:
        """Tell everybody the names again, after a change of language."""
        parts = self._parts
        shown = (parts.header, parts.banner, parts.board, parts.detail, parts.intake, parts.evidence)
        for part in (*shown, parts.cameras.model, parts.lock_bar):
            part.set_names(self._names)
        names = self.team_names()
        self._parts.board.set_teams(names)
        self._parts.detail.set_teams(names)

    @Slot(object)
    def _on_answered(self, answer: Answer) -> None:
        request, value = answer.request, answer.value
        if isinstance(request, DOOR):
            return
        if isinstance(request, SearchConditions) and isinstance(value, tuple):
            self._parts.detail.take_search(request.text, value)
        elif isinstance(request, OpenFromCamera | TakeIn) and isinstance(value, CaseAnswer):
            self._came_up(request, value)
        elif isinstance(request, Act) and isinstance(value, CaseAnswer):
            self._went_through(request, value)
            # The board was asked for when the change was told, before this.
            if "case" in value.changed:
                return
        elif isinstance(request, AnswerApproval | WithdrawRequest):
            self._parts.detail.approvals.done(request.request_id)
            self._link.load_case()
        self._link.load_board()

    def _came_up(self, request: OpenFromCamera | TakeIn, value: CaseAnswer) -> None:
        if isinstance(request, OpenFromCamera):
            self._fresh[value.case.id] = request.pressed_at
        else:
            self._parts.intake.done()
        self._focus_search = value.case.id
        self.open_case(value.case.id)

    def _went_through(self, request: Act, value: CaseAnswer) -> None:
        action = request.command.action
        self._fresh.pop(request.case_id, None)
        if request.case_id == self._parts.detail.case_id:
            self._parts.detail.done(action)
        if value.approval is not None:
            self._parts.toast.say("desk.say.asked", number=value.approval.id)
        # A file that was sent from the search gives the keyboard back, unless
        # the officer is at the next report already.
        if action is Action.FILE and self._parts.work.currentWidget() is self._parts.detail:
            self._parts.board.take_focus()
        if value.approval is None:
            self._link.expect(value.case.id, value.case.version)
        else:
            self._link.load_case()

    @Slot(object)
    def _on_refused(self, refused: Refused) -> None:
        request, refusal = refused.request, refused.refusal
        if isinstance(request, DOOR):
            return
        if isinstance(request, Act) and request.case_id == self._parts.detail.case_id:
            if refusal.code in ("conflict", "illegal_transition"):
                self._race = True
                self._link.load_case()
            self._parts.detail.refuse(refusal)
        elif isinstance(request, TakeIn):
            self._parts.intake.refuse(refusal)
        else:
            self._parts.toast.refuse(refusal)

    @Slot(object)
    def _on_broke(self, broke: Broke) -> None:
        if isinstance(broke.request, DOOR):
            return
        self._parts.detail.action_bar.set_busy(False)
        if not is_background(broke.request):
            self._parts.toast.say("desk.say.broke")


def _seq(event: object) -> int:
    return int(getattr(event, "seq", 0))
