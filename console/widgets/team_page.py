"""The page of all teams: list, filter, details; works by keyboard alone."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.domain.errors import Refusal
from console.i18n import t
from console.models.drafts import Drafts
from console.models.names import NameBook
from console.services.team_state import TeamBoardView
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.parts import label, spaced
from console.widgets.team_details import TeamDetails
from console.widgets.team_list import TeamList


class TeamPage(QWidget):
    """``dispatch_wanted(team)``, ``duty_wanted(team, on or None)``,
    ``shown()`` when it comes up and wants fresh rows. The details have signals
    of their own."""

    dispatch_wanted = Signal(str)
    duty_wanted = Signal(str, object)
    shown = Signal()

    def __init__(self, theme: Theme, ticker: Ticker, drafts: Drafts) -> None:
        super().__init__()
        self._view: TeamBoardView | None = None
        self._kept = ""
        self.search = QLineEdit()
        self.search.setFont(theme.font(14))
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(360)
        self.search.setMinimumWidth(290)
        self._count = label(theme, "", 14, tone="muted")
        self._help = label(theme, "", 12, tone="muted", wrap=True)
        self._empty = label(theme, "", 14, tone="muted", wrap=True)
        self.list = TeamList(theme, ticker)
        self.details = TeamDetails(theme, ticker, drafts)
        self.details.hide()
        self._build()
        self.setFocusProxy(self.list)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._to_list)
        self.search.installEventFilter(self)
        self.list.asked.connect(self._asked)
        self.list.walked.connect(self._walked)
        self.details.left.connect(self._leave_details)
        self.details.duty.connect(self.duty_wanted)
        self.retranslate()

    def _build(self) -> None:
        head = QHBoxLayout()
        spaced(head, 0, 12)
        head.addWidget(self.search)
        head.addWidget(self._count)
        head.addStretch(1)
        middle = QHBoxLayout()
        spaced(middle, 0, 12)
        middle.addWidget(self.list, 3)
        middle.addWidget(self.details, 2)
        column = QVBoxLayout(self)
        spaced(column, 0, 8)
        column.addLayout(head)
        column.addWidget(self._empty)
        column.addLayout(middle, 1)
        column.addWidget(self._help)

    def apply(self, view: TeamBoardView) -> None:
        """Take fresh rows. The keyboard and what is typed stay."""
        self._view = view
        kept = self.list.current.team.id if self.list.current is not None else self._kept
        self.list.painter.calendar = view.calendar
        self.list.source.apply(view)
        self._after(kept)

    def _after(self, kept: str) -> None:
        if self.list.current is None or self.list.current.team.id != kept:
            self.list.go_to(kept)
        self._say()
        shown = self.list.source.find(self.details.team)
        if self.details.isVisibleTo(self) and shown is not None:
            self.details.show_team(shown)

    def set_names(self, names: NameBook) -> None:
        """What communities are called."""
        self.details.set_names(names)

    def refuse(self, refusal: Refusal) -> None:
        """A rule said no to what was typed in the details."""
        self.details.refuse(refusal)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self.search.setPlaceholderText(t("teams.page.filter"))
        self.search.setAccessibleName(t("teams.page.filter"))
        self.list.setAccessibleName(t("teams.page.title"))
        self._help.setText(t("teams.page.help"))
        self.details.retranslate()
        self.list.viewport().update()
        self._say()

    def _say(self) -> None:
        source = self.list.source
        self._count.setText(t("teams.page.count", **source.counts()) if self._view is not None else "")
        words = ""
        if self._view is None:
            words = t("teams.page.waiting")
        elif not source.total:
            words = t("teams.page.empty")
        elif not source.rowCount():
            words = t("teams.page.none_found")
        self._empty.setText(words)
        self._empty.setVisible(bool(words))
        self.list.setVisible(not words)

    def showEvent(self, event: QShowEvent) -> None:
        """Fresh rows, please."""
        super().showEvent(event)
        self.shown.emit()

    @Slot()
    def _filter(self) -> None:
        kept = self.list.current.team.id if self.list.current is not None else self._kept
        self._kept = kept
        self.list.source.set_filter(self.search.text())
        self._after(kept)

    @Slot()
    def _to_list(self) -> None:
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str)
    def _asked(self, what: str) -> None:
        row = self.list.current
        if what == "find":
            self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.search.selectAll()
        elif row is None:
            return
        elif what == "dispatch":
            self.dispatch_wanted.emit(row.team.id)
        elif what == "duty":
            self.duty_wanted.emit(row.team.id, not row.on)
        else:
            self.details.show_team(row)
            self.details.show()
            self.details.take_focus()

    @Slot(str)
    def _walked(self, team: str) -> None:
        self._kept = team or self._kept
        if self.details.isVisibleTo(self) and team and not self.details.isAncestorOf(self._held()):
            self.details.show_team(self.list.source.find(team))

    def _held(self) -> QWidget:
        held = self.window().focusWidget()
        return held if held is not None else self

    @Slot()
    def _leave_details(self) -> None:
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self.details.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the search, arrows walk the list and Esc clears."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self._to_list()
                self.list.keyPressEvent(event)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.search.clear()
                self._to_list()
                return True
        return False
