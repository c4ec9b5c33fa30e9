"""Is it real? Somebody is sent to look before the case is filed.

Two faces: to whom and by which channel it goes; and, while the answer is out,
how long it may still take and the three results, each on one key.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from console.domain import deadlines
from console.domain.model import Case, Command, Event
from console.domain.transitions import VERIFIED_RESULTS
from console.domain.vocabulary import Action, Channel, DeadlineKind, State
from console.i18n import t
from console.models.drafts import Drafts
from console.models.wording import clock, countdown
from console.services.views import CaseView
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.parts import button, label, set_tone, spaced

#: What this panel is for.
VERIFIES: Final = frozenset({Action.VERIFY, Action.VERIFIED})
_CHANNELS: Final = (Channel.PHONE, Channel.RADIO, Channel.APP, Channel.DESK)
_DIGITS: Final = {Qt.Key.Key_1: 0, Qt.Key.Key_2: 1, Qt.Key.Key_3: 2}


def verified_words(events: Sequence[Event]) -> str:
    """What the last verification found, for who decides; empty without one."""
    last = next((e for e in reversed(events) if e.action in VERIFIES), None)
    result = str(last.data.get("result") or "") if last is not None else ""
    if last is None or last.action is not Action.VERIFIED or result not in VERIFIED_RESULTS:
        return ""
    words = t(f"intake.verify.found_{result}", at=clock(last.at))
    told = str(last.data.get("text") or "")
    return f"{words} {told}".strip()


class VerifyPanel(QWidget):
    """``send(Command)``; ``left()`` on Esc."""

    send = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme, ticker: Ticker, drafts: Drafts) -> None:
        super().__init__()
        self._theme, self._ticker, self._drafts = theme, ticker, drafts
        self._case: Case | None = None
        self._sent: Event | None = None
        self._asked = False
        self._title = label(theme, "", 16, bold=True)
        self._hint = label(theme, "", 12, tone="muted", wrap=True)
        self.whom = QLineEdit()
        self.whom.setFont(theme.font(14))
        self.channels = {one: self._toggle() for one in _CHANNELS}
        self._go = button(theme, "", "primary", bold=True)
        self._cancel = button(theme, "")
        self._out = label(theme, "", 14, wrap=True)
        self._time = label(theme, "", 20, bold=True)
        self.results: list[QPushButton] = [button(theme, "") for _ in VERIFIED_RESULTS]
        self.remark = QLineEdit()
        self.remark.setFont(theme.font(14))
        self._faces = QStackedWidget()
        self._build()
        self._connect()
        self.retranslate()

    def _toggle(self) -> QPushButton:
        made = button(self._theme, "", "quiet", px=12)
        made.setCheckable(True)
        made.setAutoExclusive(True)
        return made

    def _build(self) -> None:
        ask, wait = QWidget(), QWidget()
        first = QVBoxLayout(ask)
        spaced(first, 0, 8)
        row = QHBoxLayout()
        spaced(row, 0, 4)
        for made in self.channels.values():
            row.addWidget(made)
        row.addStretch(1)
        self.channels[Channel.PHONE].setChecked(True)
        go = QHBoxLayout()
        spaced(go, 0, 8)
        go.addWidget(self._go)
        go.addWidget(self._cancel)
        go.addStretch(1)
        first.addWidget(self.whom)
        first.addLayout(row)
        first.addLayout(go)
        second = QVBoxLayout(wait)
        spaced(second, 0, 8)
        answers = QHBoxLayout()
        spaced(answers, 0, 8)
        for result in self.results:
            answers.addWidget(result)
        answers.addStretch(1)
        for one in (self._out, self._time):
            second.addWidget(one)
        second.addLayout(answers)
        second.addWidget(self.remark)
        self._faces.addWidget(ask)
        self._faces.addWidget(wait)
        body = QVBoxLayout(self)
        spaced(body, 0, 8)
        for part in (self._title, self._hint, self._faces):
            body.addWidget(part)

    def _connect(self) -> None:
        self.whom.returnPressed.connect(self._send_out)
        self.whom.textChanged.connect(self._keep)
        self.remark.textChanged.connect(self._keep)
        self._go.clicked.connect(self._send_out)
        self._cancel.clicked.connect(self.left)
        for made in self.results:
            made.clicked.connect(self._answer_clicked)
        self._ticker.tick.connect(self._on_tick)

    @property
    def waits(self) -> bool:
        """True while the answer is out."""
        return self._case is not None and self._case.state is State.VERIFYING

    @property
    def wanted(self) -> bool:
        """True while there is something to type or to wait for here."""
        return self.waits or (self._asked and self._case is not None)

    def ask(self, asked: bool) -> None:
        """The officer wants to send somebody, or no longer does."""
        self._asked = asked

    def open(self, view: CaseView) -> None:
        """Show the face that fits the case; drafts come back."""
        again = self._case is not None and self._case.id == view.case.id
        self._case = view.case
        self._sent = next((e for e in reversed(view.events) if e.action is Action.VERIFY), None)
        if not again:
            self.whom.setText(self._drafts.get(self._key("whom")))
            self.remark.setText(self._drafts.get(self._key("remark")))
        self._faces.setCurrentIndex(1 if self.waits else 0)
        self.retranslate()

    def take_focus(self) -> None:
        """The keyboard to where the next key is meant for."""
        target = self.results[0] if self.waits else self.whom
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def done(self) -> None:
        """It went through: nothing of it is a draft any more."""
        self._asked = False
        if self._case is not None:
            self._drafts.forget(f"{self._case.id}/verify/")
        self.whom.clear()
        self.remark.clear()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self._title.setText(t("intake.verify.waiting" if self.waits else "intake.verify.title"))
        self._hint.setText(t("intake.verify.keys" if self.waits else "intake.verify.hint"))
        self.whom.setPlaceholderText(t("intake.verify.whom"))
        self.whom.setAccessibleName(t("intake.verify.whom"))
        self.remark.setPlaceholderText(t("intake.verify.remark"))
        self.remark.setAccessibleName(t("intake.verify.remark"))
        for channel, made in self.channels.items():
            made.setText(t(f"states.channel.{channel.value}"))
        self._go.setText(t("intake.verify.go"))
        self._cancel.setText(t("desk.form.cancel"))
        for at, (result, made) in enumerate(zip(VERIFIED_RESULTS, self.results, strict=True), 1):
            made.setText(t("desk.case.with_key", what=t(f"actions.result.{result}"), key=at))
            made.setProperty("result", result)
        self._say_out()
        self._on_tick(self._ticker.now())

    def _say_out(self) -> None:
        if self._sent is None:
            self._out.setText("")
            return
        whom = str(self._sent.data.get("sent_to") or t("intake.verify.nobody"))
        channel = str(self._sent.data.get("channel") or "desk")
        words = t(f"states.channel.{channel}")
        self._out.setText(t("intake.verify.out", whom=whom, channel=words, at=clock(self._sent.at)))

    @Slot(object)
    def _on_tick(self, now: datetime) -> None:
        running = deadlines.of(self._case, DeadlineKind.VERIFY) if self._case is not None else None
        if running is None or not self.waits:
            self._time.setVisible(False)
            return
        left = (running.due_at - now).total_seconds()
        self._time.setText(t("intake.verify.left", left=countdown(left)))
        set_tone(self._time, "red" if left <= 0 else "")
        self._time.setVisible(True)

    def _key(self, name: str) -> str:
        return f"{self._case.id if self._case is not None else ''}/verify/{name}"

    @Slot()
    def _keep(self) -> None:
        if self._case is not None:
            self._drafts.put(self._key("whom"), self.whom.text())
            self._drafts.put(self._key("remark"), self.remark.text())

    @Slot()
    def _send_out(self) -> None:
        channel = next((one for one, made in self.channels.items() if made.isChecked()), Channel.PHONE)
        self.send.emit(Command(Action.VERIFY, text=self.whom.text().strip(), channel=channel))

    @Slot()
    def _answer_clicked(self) -> None:
        sender = self.sender()
        if sender is not None:
            self._answer(str(sender.property("result")))

    def _answer(self, result: str) -> None:
        self.send.emit(Command(Action.VERIFIED, result=result, text=self.remark.text().strip()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """1, 2 and 3 answer; arrows go between the answers; Esc leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif self.waits and Qt.Key(event.key()) in _DIGITS:
            self._answer(VERIFIED_RESULTS[_DIGITS[Qt.Key(event.key())]])
        elif self.waits and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Right)
        else:
            super().keyPressEvent(event)
