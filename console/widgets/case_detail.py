"""One case in full: clocks, the one next action, what it needs, what happened.

The pane decides nothing: it shows what the officer may do and sends the wish.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from console.domain.errors import Refusal
from console.domain.model import Actor, Command
from console.domain.vocabulary import Action, Role
from console.i18n import explain, t
from console.models import cause_words
from console.models.drafts import Drafts
from console.models.names import NameBook
from console.services.views import CaseCard, CaseView, ConditionHit
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.action_bar import REWORK, TOLD, ActionBar
from console.widgets.action_form import ASKS, ActionForm
from console.widgets.approvals import Approvals
from console.widgets.branch_marks import BranchMarks
from console.widgets.caller_line import CallerLine
from console.widgets.case_frame import CaseFrame
from console.widgets.case_head import CaseHead
from console.widgets.chance_line import ChanceLine
from console.widgets.clock_panel import ClockPanel
from console.widgets.dispatch_panel import DispatchPanel
from console.widgets.evidence_strip import EvidenceStrip, removed_files
from console.widgets.filing_panel import FilingPanel
from console.widgets.parts import GROUP, label, set_tone, spaced, surface
from console.widgets.picture_pair import PicturePair
from console.widgets.section_tabs import SectionTabs
from console.widgets.timeline import Timeline
from console.widgets.verify_panel import VERIFIES, VerifyPanel, verified_words

#: Before and after beside each other while a check is due, px.
_PAIR: Final = 168


class CaseDetail(QWidget):
    """``act(case id, Command, seen version)``, ``search(text)``,
    ``approval(request id, approve, reason)``, ``withdrawn(request id)``, ``evidence_opened(sha256, path)``,
    ``closed()`` on Esc."""

    act = Signal(str, object, int)
    search = Signal(str)
    approval = Signal(int, bool, str)
    withdrawn = Signal(int)
    evidence_opened = Signal(str, str)
    mis_key = Signal(str)
    closed = Signal()

    def __init__(self, theme: Theme, ticker: Ticker, drafts: Drafts, *, wide: bool = False) -> None:
        """``wide``: work and timeline side by side instead of one above the
        other."""
        super().__init__()
        self._theme, self._ticker, self._drafts = theme, ticker, drafts
        self._view: CaseView | None = None
        self._actor: Actor | None = None
        self._said: tuple[str, dict[str, object]] | Refusal | None = None
        self._form_open = False
        self.head = CaseHead(theme)
        self.clocks = ClockPanel(theme, ticker)
        self.chance = ChanceLine(theme, ticker)
        self.message = label(theme, "", 14, wrap=True)
        self.action_bar = ActionBar(theme, ticker)
        self.dispatch = DispatchPanel(theme, ticker)
        self.filing = FilingPanel(theme, drafts)
        self.caller = CallerLine(theme)
        self.verify = VerifyPanel(theme, ticker, drafts)
        self.form = ActionForm(theme, ticker, drafts)
        self.approvals = Approvals(theme, ticker, drafts)
        self.marks = BranchMarks(theme, ticker)
        self.evidence = EvidenceStrip(theme)
        self.pair = PicturePair(theme, _PAIR)
        self.timeline = Timeline(theme)
        self.sections = SectionTabs(theme)
        self.add_section(self.timeline, "desk.case.timeline")
        self.note = QLineEdit()
        self._empty = label(theme, "", 14, tone="muted", wrap=True)
        self._build(wide)
        self._connect()
        self.retranslate()
        self.clear()

    def _build(self, wide: bool) -> None:
        surface(self, "panel")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.note.setFont(self._theme.font(14))
        parts: tuple[QWidget, ...] = (
            self.head,
            self.marks,
            self.caller,
            self.clocks,
            self.chance,
            self.message,
            self.approvals,
            self.verify,
            self.filing,
            self.form,
            self.pair,
            self.dispatch,
        )
        self._frame = CaseFrame(parts, self.action_bar, self.evidence, self.sections, self.note, wide=wide)
        self._scroll = self._frame.area
        self._stack = QStackedWidget()
        blank = QWidget()
        QVBoxLayout(blank).addWidget(self._empty, 0, Qt.AlignmentFlag.AlignTop)
        self._stack.addWidget(blank)
        self._stack.addWidget(self._frame)
        body = QVBoxLayout(self)
        spaced(body, GROUP, 0)
        body.addWidget(self._stack)

    def _connect(self) -> None:
        self.head.closed.connect(self.closed)
        self.action_bar.next_wanted.connect(self.next)
        self.action_bar.wanted.connect(self.start)
        self.dispatch.dispatch.connect(self._send_team)
        self.dispatch.changed.connect(self._say_team)
        self.filing.search.connect(self.search)
        self.filing.file.connect(self._file)
        self.verify.send.connect(self._send)
        self.verify.left.connect(self._leave_form)
        self.filing.left.connect(self._filing_left)
        self.form.send.connect(self._send)
        self.form.left.connect(self._leave_form)
        self.approvals.answered.connect(self.approval)
        self.approvals.withdrawn.connect(self.withdrawn)
        self.evidence.opened.connect(self.evidence_opened)
        self._frame.grown.connect(self._fit)
        self.note.returnPressed.connect(self._send_note)
        self.note.textChanged.connect(self._keep_note)

    def retranslate(self) -> None:
        """Say what is this pane's own in the language now."""
        self._empty.setText(t("desk.case.empty"))
        self.note.setPlaceholderText(t("desk.case.note"))
        self.note.setAccessibleName(t("desk.case.note"))
        self._say_team()
        self._say()

    def add_section(self, widget: QWidget, title: str) -> None:
        """A section beside the timeline (checklist, map …), titled with the text
        key ``title``. It is shown in turn with the others, so that each has the
        room there is; a short badge behind the title is
        ``sections.set_badge(widget, words)``."""
        self.sections.add(widget, title)

    @property
    def case_id(self) -> str:
        """The open case, or an empty string."""
        return self._view.case.id if self._view is not None else ""

    @property
    def view(self) -> CaseView | None:
        """What is shown."""
        return self._view

    def set_actor(self, actor: Actor | None) -> None:
        """Who is signed in."""
        self._actor = actor
        self.action_bar.answer.set_actor(actor)

    def set_teams(self, names: Mapping[str, str]) -> None:
        """Names of teams by id, in the language now."""
        self.timeline.set_teams(names)

    def set_names(self, names: NameBook) -> None:
        """What places and people are called."""
        for part in (self.head, self.caller, self.timeline, self.approvals, self.marks, self.form):
            part.set_names(names)

    def clear(self) -> None:
        """No case."""
        self._view, self._said, self._form_open = None, None, False
        self._stack.setCurrentIndex(0)

    def apply(self, view: CaseView) -> None:
        """Show a case, or a newer state of the one shown. The keyboard and what
        is typed stay where they are."""
        other = view.case.id != self.case_id
        self._view = view
        if other:
            self._said, self._form_open, self._frame.asked = None, False, False
            self.verify.ask(False)
            self.action_bar.answer.done()
            self.note.setText(self._drafts.get(f"{view.case.id}/quick"))
        elif self._form_open and self.form.action not in view.allowed:
            # Another workstation took the step this form was for; the words
            # stay in the drafts, the sentence tells who it was.
            self._form_open = False
        self.head.apply(view.case)
        self.marks.apply(view.case, view.events)
        self.form.know(view.case, view.calendar, view.proposals, view.causes)
        self.caller.apply(view)
        self.verify.open(view)
        self.clocks.apply(view.case, view.calendar)
        self._foretell()
        self.action_bar.apply(view.next_action, view.allowed, view.blocked)
        known = {one.team.id: one.team for one in view.proposals}
        sent = [known[team] for team in view.case.teams if team in known]
        self.action_bar.answer.apply(sent, view.team_steps)
        self.dispatch.open(view.case.id, view.proposals if Action.DISPATCH in view.allowed else ())
        if self._files():
            self.filing.open(view.case.id, view.similar, view.likely, view.intake.grade)
            self.filing.set_verified(verified_words(view.events))
        approves = self._actor is not None and self._actor.role is Role.LEADER and self._actor.may_approve
        me = self._actor.name if self._actor else ""
        self.approvals.apply(view.approvals, me, approves, view.case, view.previews)
        self.evidence.apply(view.case.evidence, view.evidence_paths, removed_files(view.events))
        self.pair.apply(view.case.evidence, view.evidence_paths)
        self.timeline.apply(view.events)
        self._say_team()
        self._arrange()
        self._stack.setCurrentIndex(1)

    def _files(self) -> bool:
        return self._view is not None and self._view.next_action is Action.FILE

    def _arrange(self) -> None:
        """Show the part the case is at."""
        self._hold_focus()
        self.form.setVisible(self._form_open)
        verifies = self.verify.wanted and not self._form_open
        self.verify.setVisible(verifies)
        self.filing.setVisible(self._files() and not (self._form_open or verifies))
        self.action_bar.leave_next_to_another(self._files())
        self.action_bar.setVisible(not self._form_open)
        self.pair.setVisible(self._view is not None and self._view.next_action is Action.CHECK)
        sends = self._view is not None and Action.DISPATCH in self._view.allowed
        self.dispatch.setVisible(sends and not self._form_open)
        self._say()
        self._fit()

    def needed_height(self) -> int:
        """How high the pane would like to be, px, so that no part of the work
        is scrolled away."""
        return self._frame.needed_height()

    @Slot()
    def _fit(self) -> None:
        self._frame.fit(self.height(), self._form_open or self._files())

    def show_section(self, widget: QWidget) -> None:
        """Bring a section up, also where room is short, with the keyboard."""
        if self._view is None:
            return
        self._frame.asked = True
        self.sections.show_section(widget)
        self._fit()
        widget.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the height anew."""
        super().resizeEvent(event)
        self._foretell()
        self._fit()

    def foretell(self, card: CaseCard | None) -> None:
        """Say what the case's card says: others may have come to wait since."""
        view = self._view
        if view is not None and card is not None and card.version == view.case.version:
            self._view = replace(view, chance=card.chance)
            self._foretell()

    def _foretell(self) -> None:
        chance = self._view.chance if self._view is not None else None
        self.chance.apply(chance)
        self.clocks.foretell(chance if self.chance.set_room(self.height()) else None)

    def _hold_focus(self) -> None:
        """A part that goes away must not hand the keyboard to whatever comes
        next in the row: a key typed on would press the big button."""
        held = self.focusWidget()
        told = self._view is not None and self._view.next_action in TOLD and not self._form_open
        leaves = (
            (self.filing, not self._files() or self._form_open or self.verify.wanted),
            (self.verify, self._form_open or not self.verify.wanted),
            (self.form, not self._form_open),
            (self.action_bar.answer, not told),
        )
        for part, goes in leaves:
            if held is not None and held.hasFocus() and goes and part.isAncestorOf(held):
                self.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def next(self) -> None:
        """The A key: do the next step, or go where its one input is."""
        if self._view is None or self._view.next_action is None:
            return
        action = self._view.next_action
        if action is Action.FILE:
            self.focus_search()
        elif action is Action.DISPATCH:
            self._send_team()
        elif action in VERIFIES:
            self._verify()
        elif self._asks(action):
            self.start(action.value)
        else:
            self._tell(action)

    def _asks(self, action: Action) -> bool:
        """True when an action must be told something before it is done."""
        case = self._view.case if self._view is not None else None
        return action in ASKS or cause_words.asked(action, case, self._ticker.now())

    def _tell(self, action: Action) -> None:
        """A step, with whose word it was where a team reports it."""
        try:
            wish = self.action_bar.answer.command(action) if action in TOLD else Command(action)
        except Refusal as refusal:
            self.refuse(refusal)
            return
        self._send(wish)

    @Slot(str)
    def start(self, wanted: str) -> None:
        """Begin an action by its name: ask for what it needs, or do it."""
        if self._view is None:
            return
        action = Action.CHECK if wanted == REWORK else Action(wanted)
        if action in self._view.blocked:
            # What rules it out has a sentence of its own.
            self.refuse(self._view.blocked[action])
            return
        if action not in self._view.allowed:
            self.say("desk.say.not_now")
            return
        if action is Action.FILE:
            self.focus_search()
        elif action is Action.DISPATCH:
            self.dispatch.take_focus()
        elif action in VERIFIES:
            self._verify()
        elif self._asks(action) or wanted == REWORK or action in TOLD:
            self._form_open = True
            self._arrange()
            sent_back, about = REWORK if wanted == REWORK else "", self.action_bar.subject(action)
            self.form.open(self.case_id, action, sent_back, about)
            self._fit()
            self._reveal(self.form)
        else:
            self._send(Command(action))

    def _verify(self) -> None:
        """Whom to send, or what they found."""
        self.verify.ask(True)
        self._arrange()
        self.verify.take_focus()
        self._reveal(self.verify)

    def focus_search(self) -> None:
        """Put the keyboard into the search for a condition, in full view."""
        self.filing.take_focus()
        self._reveal(self.filing)

    def _reveal(self, part: QWidget) -> None:
        self._frame.asked = False
        self._frame.reveal(part)

    def take_search(self, text: str, hits: Sequence[ConditionHit]) -> None:
        """The answer to a search for conditions."""
        self.filing.take(text, hits)

    def done(self, action: Action) -> None:
        """An action went through."""
        self._said = None
        if self._form_open and self.form.action is action:
            self.form.done()
            self._form_open = False
        if action in TOLD:
            self.action_bar.answer.done()
        if action is Action.FILE:
            self.filing.done()
        if action in VERIFIES:
            self.verify.done()
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        if action is Action.NOTE:
            self.note.clear()
        self._arrange()

    def refuse(self, refusal: Refusal) -> None:
        """A rule said no: the words stand beside the button, all that was typed
        stays."""
        self.action_bar.set_busy(False)
        if self._form_open:
            self.form.refuse(refusal)
            return
        self._said = refusal
        self._say()

    def say(self, key: str, **facts: object) -> None:
        """A sentence in the pane: what changed while the officer looked."""
        self.action_bar.set_busy(False)
        self._said = (key, facts)
        self._say()

    def _say(self) -> None:
        words = ""
        if isinstance(self._said, Refusal):
            words = " ".join(explain(self._said))
        elif self._said is not None:
            words = t(self._said[0], **self._said[1])
        self.message.setText(words)
        set_tone(self.message, "red" if isinstance(self._said, Refusal) else "accent")
        self.message.setVisible(bool(words))

    @Slot()
    def _say_team(self) -> None:
        self.action_bar.set_object(self.dispatch.names() if self._view is not None else "")

    def dispatch_to(self, team: str) -> None:
        """Send this team alone, as if it were ticked here."""
        self.dispatch.choose(team)
        self._send_team()

    def add_team(self, team: str) -> None:
        """Ask why this team is to go along."""
        self.start(Action.ADD_TEAM.value)
        self.form.choose("teams", team)

    def send(self, command: Command) -> None:
        """A wish about the open case, made elsewhere in the window."""
        self._send(command)

    @Slot(object)
    def _send(self, command: Command) -> None:
        if command.action is Action.REFUSE and not command.teams and self.action_bar.answer.chosen():
            command = replace(command, teams=(self.action_bar.answer.chosen(),))
        if self._view is not None:
            self._said = None
            self._say()
            self.action_bar.set_busy(True)
            self.act.emit(self.case_id, command, self._view.case.version)

    @Slot()
    def _send_team(self) -> None:
        teams = self.dispatch.chosen()
        if teams:
            self._send(Command(Action.DISPATCH, teams=teams))
        else:
            self.say("desk.team.none_ticked")
            self.dispatch.take_focus()

    @Slot(str)
    def _file(self, condition: str) -> None:
        self._send(Command(Action.FILE, condition=condition))

    @Slot(bool)
    def _filing_left(self, typed: bool) -> None:
        if not typed and self.case_id:
            self.mis_key.emit(self.case_id)
        else:
            self.closed.emit()

    @Slot()
    def _send_note(self) -> None:
        text = self.note.text().strip()
        if text:
            self._send(Command(Action.NOTE, text=text))

    @Slot(str)
    def _keep_note(self, text: str) -> None:
        if self.case_id:
            self._drafts.put(f"{self.case_id}/quick", text)

    @Slot()
    def _leave_form(self) -> None:
        self._form_open = False
        self.verify.ask(False)
        self._arrange()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes the pane."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)
