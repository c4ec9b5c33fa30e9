"""Requests that wait for a second person: what, why, who, what it would do to
the clocks, and the two answers. Who asked sees since when it waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from console.domain import approvals as wishes
from console.domain.errors import Refusal
from console.domain.model import Approval, Case
from console.domain.vocabulary import Action
from console.i18n import t
from console.models import branch_words
from console.models.drafts import Drafts
from console.models.effects import effect
from console.models.names import NOBODY, NameBook
from console.models.wording import ago, clock, verb
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.parts import button, clear, label, spaced
from console.widgets.quick_row import QuickLine, QuickRow


class Approvals(QWidget):
    """``answered(request id, approve, reason)``, ``withdrawn(request id)``.
    Nobody answers their own request; who asked may take it back."""

    answered = Signal(int, bool, str)
    withdrawn = Signal(int)

    def __init__(self, theme: Theme, ticker: Ticker, drafts: Drafts) -> None:
        super().__init__()
        self._theme, self._ticker, self._drafts = theme, ticker, drafts
        self._rows: tuple[Approval, ...] = ()
        self._case: Case | None = None
        self._previews: Mapping[int, Case | Refusal] = {}
        self._me, self._may = "", False
        self._names = NOBODY
        self._denying = 0
        self._since: list[tuple[QLabel, Approval]] = []
        self._body = QVBoxLayout(self)
        spaced(self._body, 0, 8)
        self._build_denial()
        self.hide()
        ticker.tick.connect(self._on_tick)

    def _build_denial(self) -> None:
        """Why not: asked for in place, kept as a draft."""
        self.denial = QWidget()
        self.reason = QuickLine()
        self.reason.setFont(self._theme.font(14))
        self._quick = QuickRow(self._theme)
        self._missing = label(self._theme, "", 14, tone="red", wrap=True)
        self._go = button(self._theme, "", "primary", bold=True)
        self._back = button(self._theme, "")
        row = QHBoxLayout()
        for one in (self._go, self._back):
            row.addWidget(one)
        row.addStretch(1)
        column = QVBoxLayout(self.denial)
        spaced(column, 0, 4)
        for widget in (self.reason, self._quick, self._missing):
            column.addWidget(widget)
        column.addLayout(row)
        self.reason.returnPressed.connect(self._deny_now)
        self.reason.textChanged.connect(self._keep)
        self._quick.chosen.connect(self.reason.setText)
        self._go.clicked.connect(self._deny_now)
        self._back.clicked.connect(self._leave)
        self._list = QVBoxLayout()
        spaced(self._list, 0, 12)
        self._body.addLayout(self._list)
        self._body.addWidget(self.denial)
        self.denial.hide()

    def apply(
        self,
        approvals: Sequence[Approval],
        me: str,
        may: bool,
        case: Case | None = None,
        previews: Mapping[int, Case | Refusal] | None = None,
    ) -> None:
        """Take the waiting requests; ``may``: this role approves. ``case`` and
        ``previews`` tell what a grant would do."""
        rows = tuple(one for one in approvals if one.state == "waiting")
        shown = (self._rows, self._me, self._may, self._case, self._previews)
        self._rows, self._me, self._may = rows, me, may
        self._case, self._previews = case, dict(previews or {})
        if shown != (self._rows, self._me, self._may, self._case, self._previews):
            if self._denying not in {one.id for one in rows}:
                self._denying = 0
            self.retranslate()

    def set_names(self, names: NameBook) -> None:
        """What people are called."""
        self._names = names
        self.retranslate()

    @property
    def open(self) -> tuple[Approval, ...]:
        """What this person may answer, oldest first."""
        return tuple(one for one in self._rows if self._may and one.asked_by != self._me)

    @Slot()
    def approve_first(self) -> None:
        """Ctrl+Y."""
        if self.open:
            self.answered.emit(self.open[0].id, True, "")

    @Slot()
    def deny_first(self) -> None:
        """Ctrl+J: ask why not."""
        if self.open:
            self._ask_why(self.open[0].id)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        clear(self._list)
        self._since.clear()
        self.setVisible(bool(self._rows))
        for at, one in enumerate(self._rows):
            self._list.addWidget(self._row(one, at == 0))
        self.reason.setPlaceholderText(t("branches.request.deny_reason"))
        self.reason.setAccessibleName(t("branches.request.deny_reason"))
        quick = branch_words.reasons(Action.DENY.value)
        self.reason.offer([one.text for one in quick])
        self._quick.offer(quick)
        self._go.setText(t("branches.request.deny_send"))
        self._back.setText(t("branches.request.back"))
        self.denial.setVisible(bool(self._denying))

    def facts(self, one: Approval) -> tuple[str, ...]:
        """Everything the leader needs to know, a line each."""
        now = self._ticker.now()
        who, at = self._names.person(one.asked_by), branch_words.moment(one.asked_at, now)
        found = [t("branches.request.asks", who=who, at=at, verb=verb(one.action))]
        command = wishes.decode({"action": one.action.value, **one.command})
        if command.until is not None:
            found.append(t("branches.request.until", until=branch_words.moment(command.until, now)))
        if command.field_name and self._case is not None:
            found.append(self._correction(command.field_name, command.field_value))
        if one.reason:
            found.append(t("branches.request.why", reason=one.reason))
        if self._case is not None and one.id in self._previews:
            found.append(effect(self._case, self._previews[one.id], now))
        return tuple(found)

    def _correction(self, field: str, value: str) -> str:
        from console.domain.corrections import told

        assert self._case is not None
        old = branch_words.value_words(field, told(self._case, field), self._names)
        new = branch_words.value_words(field, value, self._names)
        return t("branches.request.correct", field=branch_words.field_name(field), old=old, new=new)

    def _row(self, one: Approval, first: bool) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        spaced(column, 0, 4)
        title, *rest = self.facts(one)
        column.addWidget(label(self._theme, title, 14, bold=True, wrap=True))
        for words in rest:
            column.addWidget(label(self._theme, words, 14, tone="muted", wrap=True))
        if self._may and one.asked_by != self._me:
            column.addLayout(self._answers(one, first))
            return made
        waits = label(self._theme, self._waits(one), 12, tone="accent", wrap=True)
        self._since.append((waits, one))
        column.addWidget(waits)
        if one.asked_by == self._me:
            back = button(self._theme, t("branches.request.withdraw"))
            back.setProperty("request", one.id)
            back.clicked.connect(self._withdraw)
            row = QHBoxLayout()
            row.addWidget(back)
            row.addStretch(1)
            column.addLayout(row)
        return made

    def _answers(self, one: Approval, first: bool) -> QHBoxLayout:
        """The two buttons; the keys belong to the oldest request."""
        row = QHBoxLayout()
        for yes in (True, False):
            name = "approve" if yes else "deny"
            words = t(f"branches.request.{name}") if first else t(f"actions.verb.{name}")
            answer = button(self._theme, words)
            answer.setProperty("request", one.id)
            answer.setProperty("yes", yes)
            answer.setEnabled(not yes or not isinstance(self._previews.get(one.id), Refusal))
            answer.clicked.connect(self._answer)
            row.addWidget(answer)
        row.addStretch(1)
        return row

    def _waits(self, one: Approval) -> str:
        since = (self._ticker.now() - one.asked_at).total_seconds()
        words = t("branches.request.waits", at=clock(one.asked_at), ago=ago(since))
        return f"{words} {t('branches.request.own')}" if self._may else words

    @Slot(object)
    def _on_tick(self, now: datetime) -> None:
        if self.isVisible() and now.second % 10 == 0:
            for words, one in self._since:
                words.setText(self._waits(one))

    @Slot()
    def _answer(self) -> None:
        sender = self.sender()
        if sender is None:
            return
        request = int(sender.property("request"))
        if sender.property("yes"):
            self.answered.emit(request, True, "")
        else:
            self._ask_why(request)

    @Slot()
    def _withdraw(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.withdrawn.emit(int(sender.property("request")))

    def _ask_why(self, request: int) -> None:
        self._denying = request
        self._missing.hide()
        self.reason.setText(self._drafts.get(self._key()))
        self.denial.show()
        self.reason.show()
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _deny_now(self) -> None:
        words = self.reason.text().strip()
        self._missing.setText(t("branches.request.need_reason"))
        self._missing.setVisible(not words)
        if words and self._denying:
            self.answered.emit(self._denying, False, words)

    def done(self, request: int) -> None:
        """An answer went through: its draft is no longer needed."""
        self._drafts.forget(f"request/{request}/")
        if request == self._denying:
            self._leave()

    @Slot(str)
    def _keep(self, text: str) -> None:
        if self._denying:
            self._drafts.put(self._key(), text)

    def _key(self) -> str:
        return f"request/{self._denying}/deny"

    @Slot()
    def _leave(self) -> None:
        self._denying = 0
        parent = self.parentWidget()
        if self.reason.hasFocus() and parent is not None:
            # Before it hides: Qt would hand the keyboard to the next in the row.
            parent.setFocus(Qt.FocusReason.OtherFocusReason)
        self.denial.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves the reason; what was typed is kept."""
        if event.key() == Qt.Key.Key_Escape and self._denying:
            self._leave()
            return
        super().keyPressEvent(event)
