"""Teams of the open case: who was sent, who accepted and arrived, by whose word;
and the message that tells a team of it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from console.domain.vocabulary import State
from console.i18n import catalogue, language, t
from console.models.drafts import Drafts
from console.models.team_words import team_name
from console.models.wording import clock
from console.services.team_message import TeamMessage, Told
from console.services.team_progress import Said, TeamStep
from console.services.views import CaseView
from console.theme import Theme
from console.widgets.parts import button, label, spaced, surface

#: The key that copies each way of telling.
COPY_KEYS: Final = {Told.WECHAT: "Z", Told.RADIO: "Shift+Z", Told.PHONE: "Ctrl+Shift+Z"}
#: Answers of a further team; the first one moves the case itself.
ALSO: Final = ("accept", "arrive", "refuse")
_ROW: Final = 44
_PREVIEW: Final = 148
#: The first of these answers moves the case out of the state.
_FIRST: Final = {State.DISPATCHED: "accept", State.ENROUTE: "arrive"}
_SENT: Final = frozenset({State.DISPATCHED, State.ENROUTE, State.HANDLING})


class _Steps(QListWidget):
    """Enter records what the chosen team says next, R that it returns the case;
    other letters stay keys of the desk."""

    said = Signal(str)

    def event(self, event: QEvent) -> bool:
        """R is this list's while it has the keyboard."""
        if event.type() == QEvent.Type.ShortcutOverride and _returns(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and R."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.said.emit("")
        elif _returns(event):
            self.said.emit("refuse")
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are keys of the desk."""


class TeamSection(QWidget):
    """``copy(Told)``; ``also(team, answer, reason)`` with an answer of
    :data:`ALSO`; ``first(team, action)`` when the answer moves the case itself;
    ``preview_wanted()`` when it can be seen."""

    copy = Signal(object)
    also = Signal(str, str, str)
    first = Signal(str, str)
    preview_wanted = Signal()

    def __init__(self, theme: Theme, drafts: Drafts) -> None:
        super().__init__()
        self._theme, self._drafts = theme, drafts
        self._view: CaseView | None = None
        self.steps = _Steps()
        self.steps.setFont(theme.font(14))
        self.steps.setMaximumHeight(3 * _ROW + 6)
        self._none = label(theme, "", 14, tone="muted", wrap=True)
        self.buttons: dict[str, QPushButton] = {what: button(theme, "", px=12) for what in ALSO}
        self._also = QWidget()
        self.why = QLineEdit()
        self.why.setFont(theme.font(14))
        self.copies: dict[Told, QPushButton] = {told: button(theme, "", px=12) for told in COPY_KEYS}
        self._title = label(theme, "", 12, tone="muted")
        self._picture = label(theme, "", 12, tone="muted")
        self.text = QPlainTextEdit()
        self.text.setFont(theme.font(14))
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(_PREVIEW)
        self._message = QWidget()
        self._build()
        for made in self.buttons.values():
            made.clicked.connect(self._pressed)
        for made in self.copies.values():
            made.clicked.connect(self._copied)
        self.why.textEdited.connect(self._keep)
        self.steps.said.connect(self._said)
        self.steps.currentRowChanged.connect(self._say_also)
        self.retranslate()

    def _build(self) -> None:
        also = QVBoxLayout(self._also)
        spaced(also, 0, 4)
        row = QHBoxLayout()
        spaced(row, 0, 4)
        for made in self.buttons.values():
            row.addWidget(made)
        row.addStretch(1)
        also.addLayout(row)
        also.addWidget(self.why)
        message = QVBoxLayout(self._message)
        spaced(message, 0, 4)
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._picture)
        for made in self.copies.values():
            message.addWidget(made, 0, Qt.AlignmentFlag.AlignLeft)
        message.addLayout(head)
        message.addWidget(self.text)
        inner = surface(QWidget(), "panel")
        body = QVBoxLayout(inner)
        spaced(body, 0, 8)
        body.setContentsMargins(0, 0, 8, 0)
        for one in (self._none, self.steps, self._also, self._message):
            body.addWidget(one)
        body.addStretch(1)
        # On a low display it is scrolled, never squeezed.
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        column = QVBoxLayout(self)
        spaced(column, 0, 0)
        column.addWidget(scroll)

    def apply(self, view: CaseView) -> None:
        """Take the open case."""
        other = self._view is None or self._view.case.id != view.case.id
        self._view = view
        if other:
            self.text.clear()
            self._picture.setText("")
            self.why.setText(self._drafts.get(self._key()))
        self._fill()
        if self.isVisible():
            self.preview_wanted.emit()

    def show_message(self, message: TeamMessage) -> None:
        """What would be copied."""
        if self._view is None or message.case != self._view.case.id:
            return
        if self.text.toPlainText() != message.text:
            self.text.setPlainText(message.text)
        with_picture = "with" if message.picture else "without"
        words = t(f"teams.section.{with_picture}_picture") if message.told is Told.WECHAT else ""
        self._picture.setText(words)

    def done(self, answer: str) -> None:
        """The answer of a further team is recorded."""
        if answer == "refuse":
            self._drafts.forget(self._key())
            self.why.clear()

    @property
    def step(self) -> TeamStep | None:
        """The team chosen here."""
        steps = self._view.team_steps if self._view is not None else ()
        row = self.steps.currentRow()
        return steps[row] if 0 <= row < len(steps) else None

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self._none.setText(t("teams.section.none"))
        self.steps.setAccessibleName(t("teams.section.title"))
        self.text.setAccessibleName(t("teams.section.preview"))
        self._title.setText(t("teams.section.preview"))
        self.why.setPlaceholderText(t("teams.section.why"))
        self.why.setAccessibleName(t("teams.section.why"))
        for what, made in self.buttons.items():
            made.setText(t(f"teams.section.also_{what}"))
        for told, made in self.copies.items():
            made.setText(t("teams.section.copy", told=t(f"teams.way.{told.value}"), key=COPY_KEYS[told]))
        self._fill()
        if self._view is not None and self.isVisible():
            self.preview_wanted.emit()

    def _fill(self) -> None:
        view = self._view
        steps = view.team_steps if view is not None else ()
        kept = max(0, self.steps.currentRow())
        self.steps.clear()
        for step in steps:
            item = QListWidgetItem(self._words(step))
            item.setToolTip(item.text())
            item.setSizeHint(QSize(0, _ROW))
            self.steps.addItem(item)
        self.steps.setCurrentRow(min(kept, len(steps) - 1))
        self.steps.setFixedHeight(min(3, max(1, len(steps))) * _ROW + 6)
        self.steps.setVisible(bool(steps))
        self._none.setVisible(not steps)
        self._message.setVisible(view is not None and view.condition is not None)
        self._say_also()

    def _words(self, step: TeamStep) -> str:
        told = [t("teams.section.sent", at=clock(step.sent_at)[:5])]
        answers = (("accepted", step.accepted), ("arrived", step.arrived), ("returned", step.returned))
        told += [_answer(key, said) for key, said in answers if said is not None]
        if step.accepted is None and step.arrived is None and step.returned is None:
            told.append(t("teams.section.not_yet"))
        known = self._view.proposals if self._view is not None else ()
        name = next((team_name(one.team) for one in known if one.team.id == step.team), step.team)
        return f"{name}\n{' · '.join(told)}"

    @Slot()
    def _say_also(self) -> None:
        """Answers of a further team, once the first has moved the case on."""
        view, step = self._view, self.step
        several = view is not None and len(view.team_steps) > 1
        moved = view is not None and view.case.state in _SENT - {State.DISPATCHED}
        self._also.setVisible(several and moved)
        if step is None:
            return
        gone = step.returned is not None
        self.buttons["accept"].setEnabled(step.accepted is None and not gone)
        self.buttons["arrive"].setEnabled(step.arrived is None and not gone and _arrived(view))
        self.buttons["refuse"].setEnabled(step.arrived is None and not gone)

    def _key(self) -> str:
        return f"{self._view.case.id if self._view is not None else ''}/team-why"

    @Slot(str)
    def _keep(self, text: str) -> None:
        if self._view is not None:
            self._drafts.put(self._key(), text)

    @Slot()
    def _pressed(self) -> None:
        what = next(key for key, made in self.buttons.items() if made is self.sender())
        self.answer(what)

    def answer(self, what: str) -> None:
        """Record that the chosen team also did ``what``; a return needs its
        reason, and goes to the field for it first."""
        step = self.step
        if step is None or not self.buttons[what].isEnabled() or self._also.isHidden():
            return
        reason = self.why.text().strip()
        if what == "refuse" and not reason:
            self.why.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.also.emit(step.team, what, reason)

    def take_focus(self) -> None:
        """The keyboard goes to the teams."""
        self.steps.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot(str)
    def _said(self, what: str) -> None:
        step, view = self.step, self._view
        if step is None or view is None:
            return
        what = what or ("accept" if step.accepted is None else "arrive")
        if _FIRST.get(view.case.state) == what or (what == "refuse" and view.case.state is State.DISPATCHED):
            self.first.emit(step.team, what)
        else:
            self.answer(what)

    @Slot()
    def _copied(self) -> None:
        self.copy.emit(next(told for told, made in self.copies.items() if made is self.sender()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in the reason records the return."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.why.hasFocus():
            self.answer("refuse")
            return
        super().keyPressEvent(event)


def _returns(event: QEvent) -> bool:
    return (
        isinstance(event, QKeyEvent)
        and event.key() == Qt.Key.Key_R
        and event.modifiers() == Qt.KeyboardModifier.NoModifier
    )


def _arrived(view: CaseView | None) -> bool:
    """The first arrival moves the case; only then there is a further one."""
    return view is not None and view.case.arrived_at is not None


def _answer(key: str, said: Said) -> str:
    words = t(f"teams.section.{key}", at=clock(said.at)[:5])
    channel = f"states.channel.{said.channel}"
    more = [t(channel)] if said.channel and channel in catalogue(language()) else []
    more += [one for one in (said.who, said.why if key == "returned" else "") if one]
    return f"{words} {' '.join(more)}".strip()
