"""The page of teams, the teams of the open case, and the message for them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QMimeData, QSize, Qt, Slot
from PySide6.QtGui import QGuiApplication, QImage, QImageReader

from console.domain.model import Command
from console.domain.vocabulary import Action
from console.i18n import language, t
from console.models.names import NameBook
from console.services.ports import Change
from console.services.requests import Act, Answer, Broke, Refused
from console.services.team_message import TeamMessage, Told
from console.services.team_progress import to_tell
from console.services.team_state import TeamBoardView
from console.services.teams import ComposeMessage, LoadTeamBoard, SetTeamDetails, SetTeamDuty, SetTeamPlace
from console.services.views import CaseView, Names
from console.widgets.keys import Key
from console.widgets.team_page import TeamPage
from console.widgets.team_section import COPY_KEYS, TeamSection
from console.windows.desk_base import DeskBase
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp

#: Large enough to recognise a place on a telephone, small enough to send, px.
PICTURE: Final = QSize(1600, 1600)
_KINDS: Final = frozenset({"case", "setting", "standard"})


@dataclass(frozen=True, slots=True)
class MessageReady:
    """Posted when the picture of a message has been read (or cannot be)."""

    message: TeamMessage
    image: QImage


@dataclass(slots=True)
class _Place:
    """What stands in one desk window."""

    window: DeskBase
    page: TeamPage
    section: TeamSection


class Teams(Part):
    """Joins teams and desk."""

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self._places: list[_Place] = []
        self._board_token = 0
        self._again = False
        self._copying: set[int] = set()
        self._previews: set[int] = set()
        self._asked: dict[int, str] = {}
        self._off_asked = ("", "")
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="team-message")

    def desk(self, window: DeskBase) -> None:
        """Page, section and keys of one window."""
        parts = window.parts
        theme, ticker = self.console.theme, self.console.ticker
        place = _Place(window, TeamPage(theme, ticker, parts.drafts), TeamSection(theme, parts.drafts))
        self._places.append(place)
        window.add_page("teams", place.page, "F8")
        parts.detail.add_section(place.section, "teams.section.title")
        page, section = place.page, place.section
        page.shown.connect(self._load)
        page.dispatch_wanted.connect(self._dispatch)
        page.duty_wanted.connect(self._duty)
        page.details.place.connect(self._place_said)
        page.details.saved.connect(self._details_said)
        page.details.case_opened.connect(window.control.open_case)
        section.copy.connect(self._copy)
        section.also.connect(self._also)
        section.first.connect(self._first)
        section.preview_wanted.connect(self._preview)
        window.link.case.connect(self._case_shown)
        window.link.names.connect(self._names_known)
        for told, keys in COPY_KEYS.items():
            window.add_key(Key(f"copy_{told.value}", keys, "case"), partial(self._copy, told))
        window.add_key(Key("told_who", "Q", "case"), parts.detail.action_bar.answer.take_focus)
        window.add_key(Key("told_more", "Shift+J", "case"), self._show_teams)
        window.add_key(Key("told_team", "J", "case"), parts.detail.action_bar.answer.next_team)

    def posted(self, what: object) -> None:
        """Fresh rows, finished messages, what was refused."""
        if isinstance(what, Change):
            if what.kinds & _KINDS and any(place.page.isVisible() for place in self._places):
                self._load()
        elif isinstance(what, MessageReady):
            self._to_clipboard(what)
        elif isinstance(what, Answer):
            self._answered(what)
        elif isinstance(what, Refused | Broke):
            self._refused(what)

    def stop(self) -> None:
        """The thread that reads pictures ends."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _say(self, key: str, **facts: object) -> None:
        self.console.desk.parts.toast.say(key, **facts)

    # -- the page ---------------------------------------------------------------

    @Slot()
    def _load(self) -> None:
        """Fresh rows, one request at a time."""
        if self.console.actor is None:
            return
        if self._board_token:
            self._again = True
            return
        self._board_token = self.engine.submit(LoadTeamBoard(self.console.actor))

    def _show(self, view: TeamBoardView) -> None:
        for place in self._places:
            place.page.apply(view)

    @Slot(str)
    def _dispatch(self, team: str) -> None:
        """D on the page: the open case goes to the chosen team, or that one goes
        along to it. One that is off duty is asked about once."""
        detail = self.console.desk.parts.detail
        view = detail.view
        if view is None:
            self._say("teams.page.no_case")
            return
        adds = Action.ADD_TEAM in view.allowed and team not in view.case.teams
        if Action.DISPATCH not in view.allowed and not adds:
            self._say("teams.page.not_now", number=_number(view))
            return
        row = next((place.page.list.source.find(team) for place in self._places), None)
        name = self.console.desk.control.team_names().get(team, team)
        if row is not None and not row.on and self._off_asked != (view.case.id, team):
            self._off_asked = (view.case.id, team)
            self._say("teams.page.off_asked", team=name)
            return
        self._off_asked = ("", "")
        if adds:
            if not detail.isVisible():
                self.console.desk.show_page("board")
            detail.add_team(team)
            return
        self._say("teams.page.sent", number=_number(view), team=name)
        detail.dispatch_to(team)

    @Slot(str, object)
    def _duty(self, team: str, on: object) -> None:
        if self.console.actor is not None:
            wish = None if on is None else bool(on)
            self.engine.submit(SetTeamDuty(self.console.actor, team, wish))

    @Slot(str, str)
    def _place_said(self, team: str, words: str) -> None:
        if self.console.actor is not None:
            self.engine.submit(SetTeamPlace(self.console.actor, team, words))

    @Slot(str, str, str)
    def _details_said(self, team: str, contacts: str, hours: str) -> None:
        if self.console.actor is not None:
            self.engine.submit(SetTeamDetails(self.console.actor, team, contacts, hours))

    @Slot(object)
    def _names_known(self, names: Names) -> None:
        for place in self._places:
            place.page.set_names(NameBook(names))

    # -- the open case ------------------------------------------------------------

    @Slot(object)
    def _case_shown(self, view: CaseView) -> None:
        for place in self._places:
            # A window that is parked opens no case of its own.
            if place.window.link.open_case == view.case.id:
                place.section.apply(view)

    def _show_teams(self) -> None:
        """The teams of the open case come up and take the keyboard."""
        desk = self.console.desk
        for place in self._places:
            if place.window is desk and desk.parts.detail.case_id:
                desk.parts.detail.sections.show_section(place.section)
                place.section.take_focus()

    @Slot(object)
    def _copy(self, told: Told) -> None:
        """The message of the open case onto the clipboard."""
        token = self._compose(told)
        if token:
            self._copying.add(token)

    @Slot()
    def _preview(self) -> None:
        token = self._compose(Told.WECHAT)
        if token:
            self._previews.add(token)

    def _compose(self, told: Told) -> int:
        detail, actor = self.console.desk.parts.detail, self.console.actor
        if actor is None or detail.view is None:
            return 0
        view = detail.view
        teams = detail.dispatch.chosen() if Action.DISPATCH in view.allowed else to_tell(view.team_steps)
        return self.engine.submit(ComposeMessage(actor, detail.case_id, told, language(), teams))

    @Slot(str, str)
    def _first(self, team: str, action: str) -> None:
        """The answer that moves the case: as if given in the row for it."""
        detail = self.console.desk.parts.detail
        detail.action_bar.answer.choose(team)
        if action == Action.REFUSE.value:
            detail.start(action)
        else:
            detail.next()

    @Slot(str, str, str)
    def _also(self, team: str, answer: str, reason: str) -> None:
        """A further team's word, as a note that names it."""
        detail, actor = self.console.desk.parts.detail, self.console.actor
        if actor is None or not detail.case_id:
            return
        bar = detail.action_bar.answer
        name = self.console.desk.control.team_names().get(team, team)
        wish = Command(
            Action.NOTE,
            text=reason or name,
            result=answer,
            teams=(team,),
            channel=bar.channel(),
            on_behalf_of=bar.who.text().strip(),
        )
        self._asked[self.engine.submit(Act(actor, detail.case_id, wish))] = answer

    def _read_picture(self, message: TeamMessage) -> None:
        """In the thread for it: a large photograph takes a while."""
        image = QImage()
        if message.picture:
            reader = QImageReader(message.picture)
            reader.setAutoTransform(True)
            size = reader.size()
            if size.width() > PICTURE.width() or size.height() > PICTURE.height():
                reader.setScaledSize(size.scaled(PICTURE, Qt.AspectRatioMode.KeepAspectRatio))
            image = reader.read()
        self.console.bridge.post(MessageReady(message, image))

    def _to_clipboard(self, ready: MessageReady) -> None:
        message = ready.message
        data = QMimeData()
        data.setText(message.text)
        if not ready.image.isNull():
            data.setImageData(ready.image)
        QGuiApplication.clipboard().setMimeData(data)
        way = t(f"teams.way.{message.told.value}")
        if message.picture and ready.image.isNull():
            self._say("teams.section.picture_fails")
        else:
            key = "copied" if ready.image.isNull() else "copied_picture"
            self._say(f"teams.section.{key}", told=way)
        self._note_copied(message, way)

    def _note_copied(self, message: TeamMessage, way: str) -> None:
        """The record says that the words went out, and for whom."""
        actor, teams = self.console.actor, message.teams
        if actor is None:
            return
        names = self.console.desk.control.team_names()
        said = t("teams.section.note", told=way, teams=" ".join(names.get(one, one) for one in teams))
        wish = Command(Action.NOTE, text=said.rstrip(" →"), result="copied", teams=teams)
        self.engine.submit(Act(actor, message.case, wish))

    # -- what came back -------------------------------------------------------------

    def _answered(self, answer: Answer) -> None:
        request, value = answer.request, answer.value
        if answer.token == self._board_token:
            self._landed()
        if isinstance(value, TeamBoardView):
            self._show(value)
            self._stored(request)
        elif isinstance(value, TeamMessage):
            self._composed(answer.token, value)
        elif answer.token in self._asked:
            said = self._asked.pop(answer.token)
            for place in self._places:
                place.section.done(said)

    def _stored(self, request: object) -> None:
        fields = {SetTeamPlace: ("place",), SetTeamDetails: ("contacts", "hours")}.get(type(request), ())
        for place in self._places:
            if fields and place.page.details.team == getattr(request, "team", ""):
                place.page.details.done(*fields)

    def _composed(self, token: int, message: TeamMessage) -> None:
        if token in self._previews:
            self._previews.discard(token)
        elif token in self._copying:
            self._copying.discard(token)
            self._pool.submit(self._read_picture, message)
        else:
            return
        for place in self._places:
            place.section.show_message(message)

    def _refused(self, what: Refused | Broke) -> None:
        mine = {what.token} & (self._copying | self._previews | set(self._asked))
        self._copying.discard(what.token)
        self._asked.pop(what.token, None)
        preview = what.token in self._previews
        self._previews.discard(what.token)
        if what.token == self._board_token:
            self._landed()
            return
        if not isinstance(what, Refused) or preview:
            return
        if isinstance(what.request, SetTeamPlace | SetTeamDetails):
            for place in self._places:
                place.page.refuse(what.refusal)
        elif mine or isinstance(what.request, SetTeamDuty):
            self.console.desk.parts.toast.refuse(what.refusal)

    def _landed(self) -> None:
        self._board_token = 0
        if self._again:
            self._again = False
            self._load()


def _number(view: CaseView) -> str:
    return f"#{view.case.id.rsplit('-', 1)[-1]}"
