"""Requests that wait for a second person, and the two answers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.domain.model import Approval
from console.i18n import t
from console.models.names import NOBODY, NameBook
from console.models.wording import clock, verb
from console.theme import Theme
from console.widgets.parts import button, clear, label, spaced


class Approvals(QWidget):
    """``answered(request id, approve)``. Nobody answers their own request, so
    for that one only the words are shown."""

    answered = Signal(int, bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: tuple[Approval, ...] = ()
        self._me, self._may = "", False
        self._names = NOBODY
        self._body = QVBoxLayout(self)
        spaced(self._body, 0, 8)
        self.hide()

    def apply(self, approvals: Sequence[Approval], me: str, may: bool) -> None:
        """Take the waiting requests; ``may``: this role approves."""
        rows = tuple(one for one in approvals if one.state == "waiting")
        if (rows, me, may) == (self._rows, self._me, self._may):
            return
        self._rows, self._me, self._may = rows, me, may
        self.retranslate()

    def set_names(self, names: NameBook) -> None:
        """What people are called."""
        self._names = names
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        clear(self._body)
        self.setVisible(bool(self._rows))
        for one in self._rows:
            self._body.addWidget(self._row(one))

    def _row(self, one: Approval) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        spaced(column, 0, 4)
        facts = {"verb": verb(one.action), "who": self._names.person(one.asked_by), "at": clock(one.asked_at)}
        column.addWidget(label(self._theme, t("desk.approval.asks", **facts), 14, bold=True, wrap=True))
        if one.reason:
            column.addWidget(label(self._theme, one.reason, 14, tone="muted", wrap=True))
        if not self._may or one.asked_by == self._me:
            column.addWidget(label(self._theme, t("desk.approval.waits"), 12, tone="muted", wrap=True))
            return made
        row = QHBoxLayout()
        for yes in (True, False):
            answer = button(self._theme, t("actions.verb.approve" if yes else "actions.verb.deny"))
            answer.setProperty("request", one.id)
            answer.setProperty("yes", yes)
            answer.clicked.connect(self._answer)
            row.addWidget(answer)
        row.addStretch(1)
        column.addLayout(row)
        return made

    @Slot()
    def _answer(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.answered.emit(int(sender.property("request")), bool(sender.property("yes")))
