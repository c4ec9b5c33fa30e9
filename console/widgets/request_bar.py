"""One line for the shift leader: what waits for a second person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.domain.model import Approval
from console.i18n import t
from console.models import branch_words
from console.models.names import NOBODY, NameBook
from console.models.wording import number, verb
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.parts import EDGE, DataLabel, button, label, spaced, surface


class RequestBar(QWidget):
    """``wanted(case id)``: bring that case up. Hidden while nothing waits."""

    wanted = Signal(str)

    def __init__(self, theme: Theme, ticker: Ticker) -> None:
        super().__init__()
        self._ticker = ticker
        self._rows: tuple[Approval, ...] = ()
        self._last = 0
        self._names = NOBODY
        self._title = label(theme, "", 14, bold=True, tone="accent")
        self._what = DataLabel(theme, 14)
        self._open = button(theme, "", "quiet")
        row = QHBoxLayout(self)
        spaced(row, 0, 12)
        row.setContentsMargins(EDGE, 4, EDGE, 4)
        row.addWidget(self._title)
        row.addWidget(self._what, 1)
        row.addWidget(self._open)
        surface(self, "panel")
        self._open.clicked.connect(self.next)
        self.hide()

    def apply(self, rows: Sequence[Approval]) -> None:
        """The requests this person may answer, oldest first."""
        if tuple(rows) != self._rows:
            self._rows = tuple(rows)
            self.retranslate()

    def set_names(self, names: NameBook) -> None:
        """What people are called."""
        self._names = names
        self.retranslate()

    @Slot()
    def next(self) -> None:
        """The case of the oldest request, then of the one after it."""
        if not self._rows:
            return
        later = [one for one in self._rows if one.id > self._last]
        chosen = (later or list(self._rows))[0]
        self._last = chosen.id
        self.wanted.emit(chosen.case)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self.setVisible(bool(self._rows))
        self._title.setText(t("branches.bar.title", n=len(self._rows)))
        now = self._ticker.now()
        self._what.setText("   ".join(self._told(one, now) for one in self._rows))
        self._open.setText(t("branches.bar.open"))

    def _told(self, one: Approval, now: datetime) -> str:
        return t(
            "branches.bar.one",
            number=number(one.case),
            verb=verb(one.action),
            who=self._names.person(one.asked_by),
            at=branch_words.moment(one.asked_at, now),
        )
