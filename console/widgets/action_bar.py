"""The one next action as a big button with its key, the others beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from console.domain.errors import Refusal
from console.domain.vocabulary import Action
from console.i18n import explain, t
from console.models.wording import verb
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.answer_row import AnswerRow
from console.widgets.keys import ACTION_KEYS
from console.widgets.parts import button, label, spaced

#: Steps a field team reports: by which channel is part of the record.
TOLD: Final = frozenset({Action.ACCEPT, Action.ARRIVE, Action.HANDLED})
#: Shown as buttons when allowed, in this order; the rest is in the menu.
_BESIDE: Final = (
    Action.REJECT,
    Action.VERIFY,
    Action.REFUSE,
    Action.URGE,
    Action.SUSPEND,
    Action.EXTEND,
)
#: Pseudo action of the menu: a check that was not passed.
REWORK: Final = "rework"
_MOST: Final = 3
_HIDDEN: Final = frozenset(
    {
        Action.OPEN,
        Action.ALARM,
        Action.APPROVE,
        Action.DENY,
        Action.PACK,
        Action.RETENTION,
        Action.UP_REPORT,
        Action.REVIEW,
        Action.AUDIT,
        Action.SHIFT,
    }
)


class ActionBar(QWidget):
    """``next_wanted()``; ``wanted(action value or "rework")``; what goes with a
    team's word is in :attr:`answer`."""

    next_wanted = Signal()
    wanted = Signal(str)

    def __init__(self, theme: Theme, ticker: Ticker) -> None:
        super().__init__()
        self._theme = theme
        self._next: Action | None = None
        self._covered = False
        self._object = ""
        self._allowed: tuple[Action, ...] = ()
        self._blocked: dict[Action, Refusal] = {}
        self._busy = False
        self.primary = button(theme, "", "primary", px=16, bold=True)
        self.primary.setMinimumHeight(40)
        self._none = label(theme, "", 14, tone="muted", wrap=True)
        self.answer = AnswerRow(theme, ticker)
        self._others = QGridLayout()
        self.more = button(theme, "")
        self._menu = QMenu(self.more)
        self._menu.setFont(theme.font(14))
        self.more.setMenu(self._menu)
        self._menu.triggered.connect(self._picked)
        self.primary.clicked.connect(self.next_wanted)
        self.answer.sent.connect(self.next_wanted)
        self._beside: list[QPushButton] = []
        for _ in range(_MOST):
            made = button(theme, "")
            made.clicked.connect(self._pressed)
            self._beside.append(made)
        self._build()
        self.retranslate()

    def _build(self) -> None:
        row = QHBoxLayout()
        spaced(row, 0, 8)
        for made in self._beside:
            row.addWidget(made)
        row.addStretch(1)
        row.addWidget(self.more)
        body = QVBoxLayout(self)
        spaced(body, 0, 8)
        for one in (self._none, self.answer, self.primary):
            body.addWidget(one)
        body.addLayout(row)

    def apply(
        self,
        next_action: Action | None,
        allowed: Sequence[Action],
        blocked: Mapping[Action, Refusal] | None = None,
    ) -> None:
        """What this officer may do to the case now, and what rules the other
        branches out."""
        self._next, self._allowed = next_action, tuple(one for one in allowed if one not in _HIDDEN)
        self._blocked = dict(blocked or {})
        self._busy = False
        self.retranslate()

    def set_object(self, words: str) -> None:
        """What the next action is done to: the team to be sent."""
        self._object = words
        self._say_primary()

    def leave_next_to_another(self, covered: bool) -> None:
        """Whether a panel beside has the next action's button: there is one only."""
        self._covered = covered
        self._say_primary()

    def set_busy(self, busy: bool) -> None:
        """While the answer is under way the button waits, the page does not."""
        self._busy = busy
        self._say_primary()

    def offered(self) -> tuple[tuple[str, str, str], ...]:
        """``(id, words, key)`` of everything that can be done now."""
        found = [(one.value, verb(one), ACTION_KEYS.get(one, "")) for one in self._allowed]
        if Action.CHECK in self._allowed:
            found.append((REWORK, t("actions.verb.rework"), "W"))
        return tuple(found)

    def subject(self, action: Action) -> str:
        """Which of several teams returns the case; else nothing."""
        return self.answer.name() if action is Action.REFUSE else ""

    def open_menu(self) -> None:
        """Show the other actions; arrows and Enter choose."""
        if self.more.isVisible():
            self.more.showMenu()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self._none.setText(t("desk.case.no_next"))
        self._none.setVisible(self._next is None)
        self.answer.retranslate()
        self.answer.setVisible(self._next in TOLD)
        self.more.setText(t("desk.case.more"))
        self.more.setAccessibleName(t("desk.keys.more"))
        self._say_primary()
        self._say_others()

    def _say_primary(self) -> None:
        self.primary.setVisible(self._next is not None and not self._covered)
        if self._next is None:
            return
        words = verb(self._next)
        if self._next is Action.DISPATCH and self._object:
            words = t("actions.object.dispatch", what=self._object)
        self.primary.setText(t("desk.case.with_key", what=words, key="A"))
        self.primary.setAccessibleName(words)
        self.primary.setEnabled(not self._busy)

    def _say_others(self) -> None:
        offered = [row for row in self.offered() if self._next is None or row[0] != self._next.value]
        by_id = {row[0]: row for row in offered}
        wanted = [one.value for one in _BESIDE if one.value in by_id]
        if REWORK in by_id:
            wanted.insert(0, REWORK)
        for at, made in enumerate(self._beside):
            made.setVisible(at < len(wanted))
            if at < len(wanted):
                _id, words, key = by_id[wanted[at]]
                made.setProperty("action", _id)
                made.setText(t("desk.case.with_key", what=words, key=key) if key else words)
        self._menu.clear()
        for one, words, key in offered:
            entry = self._menu.addAction(f"{words}\t{key}" if key else words)
            entry.setData(one)
        if self._next in TOLD:
            entry = self._menu.addAction(t("desk.case.with_facts", what=verb(self._next)))
            entry.setData(self._next.value)
        self._say_blocked()
        self.more.setVisible(bool(offered))

    def _say_blocked(self) -> None:
        """What cannot be done now stands below, with the reason."""
        # What a state does not know, or a role never does, would only be noise.
        told = {one: why for one, why in self._blocked.items() if why.detail not in ("", "role")}
        if told:
            self._menu.addSeparator()
        for one, why in told.items():
            entry = self._menu.addAction(t("branches.menu.blocked", verb=verb(one), why=explain(why)[0]))
            entry.setEnabled(False)

    @Slot()
    def _pressed(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.wanted.emit(str(sender.property("action")))

    @Slot(QAction)
    def _picked(self, entry: QAction) -> None:
        self.wanted.emit(str(entry.data()))
