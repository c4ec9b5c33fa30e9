"""Whom to send: teams with the reason for each, and why others are not named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from console.i18n import either, t
from console.models.team_words import proposal_facts, reason, team_name
from console.services.views import TeamProposal
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.parts import label, spaced

_ROW: Final = 44
_ROWS: Final = 4
_ID: Final = Qt.ItemDataRole.UserRole


class _Teams(QListWidget):
    """Enter sends, Space ticks."""

    sent = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter sends."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.sent.emit()
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are keys of the desk."""


class DispatchPanel(QWidget):
    """``dispatch()`` on Enter; ``changed()`` when another team was ticked."""

    dispatch = Signal()
    changed = Signal()

    def __init__(self, theme: Theme, ticker: Ticker) -> None:
        super().__init__()
        self._theme, self._ticker = theme, ticker
        self._proposals: tuple[TeamProposal, ...] = ()
        self._ticked: set[str] = set()
        self._case_id = ""
        self._filling = False
        self._title = label(theme, "", 12, tone="muted", wrap=True)
        self.teams = _Teams()
        self.teams.setFont(theme.font(14))
        body = QVBoxLayout(self)
        spaced(body, 0, 4)
        body.addWidget(self._title)
        body.addWidget(self.teams)
        self.teams.itemChanged.connect(self._on_tick)
        self.teams.sent.connect(self.dispatch)
        theme.changed.connect(self._fill)
        self.retranslate()

    def open(self, case_id: str, proposals: Sequence[TeamProposal]) -> None:
        """Show the teams for a case; the first proposed one is ticked. What
        the officer ticked stays through a refresh. Without proposals (the case
        is not to be sent now) nothing is ticked, and the next ones count: who
        is proposed before the class is known is not who must go."""
        if not proposals:
            self._ticked, self._case_id = set(), ""
        elif case_id != self._case_id:
            first = next((one.team.id for one in proposals if one.proposed), "")
            self._ticked = {first} if first else set()
            self._case_id = case_id
            # A new choice begins at the top, where the teams proposed stand.
            self.teams.setCurrentRow(-1)
            self.teams.scrollToTop()
        self._proposals = tuple(proposals)
        self._fill()

    def chosen(self) -> tuple[str, ...]:
        """Ids of the ticked teams, in the order shown."""
        return tuple(one.team.id for one in self._proposals if one.team.id in self._ticked)

    def names(self) -> str:
        """Names of the ticked teams."""
        picked = [one.team for one in self._proposals if one.team.id in self._ticked]
        return " ".join(either(team.name_zh, team.name_en) for team in picked)

    def choose(self, team: str) -> None:
        """Tick this team and no other, as if by hand."""
        if any(one.team.id == team for one in self._proposals):
            self._ticked = {team}
            self._fill()
            self.changed.emit()

    def take_focus(self) -> None:
        """Put the keyboard on the teams."""
        self.teams.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if self.teams.currentRow() < 0:
            self.teams.setCurrentRow(0)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self._title.setText(t("desk.team.title"))
        self.teams.setAccessibleName(t("desk.team.title"))
        self._fill()

    @Slot()
    def _fill(self) -> None:
        at = self.teams.currentItem()
        held = str(at.data(_ID)) if at is not None else ""
        now = self._ticker.now()
        self._filling = True
        self.teams.clear()
        for one in self._proposals:
            item = QListWidgetItem(_words(one, now))
            item.setToolTip(_words(one, now))
            item.setData(_ID, one.team.id)
            item.setSizeHint(QSize(0, _ROW))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            ticked = one.team.id in self._ticked
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
            if not one.proposed:
                item.setForeground(self._theme.color("muted"))
            self.teams.addItem(item)
        rows = [one.team.id for one in self._proposals]
        self.teams.setCurrentRow(rows.index(held) if held in rows else -1)
        self.teams.setFixedHeight(max(1, min(_ROWS, len(self._proposals))) * _ROW + 12)
        self._filling = False

    @Slot(QListWidgetItem)
    def _on_tick(self, item: QListWidgetItem) -> None:
        if self._filling:
            return
        team = str(item.data(_ID))
        if item.checkState() is Qt.CheckState.Checked:
            self._ticked.add(team)
        else:
            self._ticked.discard(team)
        self.changed.emit()


def _words(proposal: TeamProposal, now: datetime) -> str:
    """Name and reason above, what goes with them below."""
    first = f"{team_name(proposal.team)}  {reason(proposal)}"
    facts = proposal_facts(proposal, now)
    return f"{first}\n{facts}" if facts else first
