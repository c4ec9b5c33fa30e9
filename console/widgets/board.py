"""The case board: columns by stage, or a list; all of it by keyboard.

Arrows move, Enter opens, typed digits go to a number, Backspace takes one
back. A refresh never moves the focus or the selection.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from PySide6.QtCore import QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from console.i18n import t
from console.models.board import BoardModels, Moved
from console.models.names import NameBook
from console.models.stages import STAGES
from console.services.views import BoardView, CaseCard
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.card_delegate import CARD_HEIGHT, CardDelegate, card_rect
from console.widgets.card_slide import CardSlide
from console.widgets.case_list import CaseList
from console.widgets.parts import button, label, spaced
from console.widgets.stage_column import StageColumn

#: Typed digits are one number until this long without a further one, ms.
DIGITS_MS: Final = 1200
#: More moves at once than this are a reload, not something to watch.
_SLIDES: Final = 4


class Board(QWidget):
    """``opened(case id)`` when a person chose a case; ``said(text key, facts)``
    for a hint."""

    opened = Signal(str)
    said = Signal(str, dict)

    def __init__(self, theme: Theme, ticker: Ticker) -> None:
        super().__init__()
        self._theme = theme
        self._ticker = ticker
        self.models = BoardModels(self)
        self.delegate = CardDelegate(theme, ticker, self)
        self.columns = {
            stage: StageColumn(model, self.delegate, theme) for stage, model in self.models.stages.items()
        }
        self.list = CaseList(theme, ticker)
        self._digits = ""
        self._forget = QTimer(self)
        self._forget.setSingleShot(True)
        self._forget.setInterval(DIGITS_MS)
        self._forget.timeout.connect(self._drop_digits)
        self._chosen = ""
        self._unlisted: BoardView | None = None
        self._build()
        ticker.tick.connect(self._on_tick)
        self.retranslate()

    def _build(self) -> None:
        self._title = label(self._theme, "", 16, bold=True)
        self._typed = label(self._theme, "", 14, bold=True, tone="accent")
        self._filter = QLineEdit()
        self._filter.setFont(self._theme.font(14))
        self._filter.setFixedWidth(200)
        self._filter.textChanged.connect(self.list.set_filter)
        self._switch = button(self._theme, "", "quiet")
        self._switch.clicked.connect(self.toggle_list)
        head = QHBoxLayout()
        spaced(head, 0, 12)
        head.addWidget(self._title)
        head.addWidget(self._typed)
        head.addStretch(1)
        head.addWidget(self._filter)
        head.addWidget(self._switch)
        row = QWidget()
        columns = QHBoxLayout(row)
        spaced(columns, 0, 4)
        for column in self.columns.values():
            columns.addWidget(column, 1)
            column.opened.connect(self._open)
            column.view.key_for_board.connect(self._key)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(row)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._scroll)
        self._stack.addWidget(self.list)
        self.list.opened.connect(self._open)
        self.list.key_for_board.connect(self._key)
        body = QVBoxLayout(self)
        spaced(body, 0, 8)
        body.addLayout(head)
        body.addWidget(self._stack, 1)
        self._filter.hide()

    def retranslate(self) -> None:
        """Say everything in the language now (the columns do it themselves)."""
        self._title.setText(t("desk.board.title"))
        self._filter.setPlaceholderText(t("desk.board.filter"))
        self._filter.setAccessibleName(t("desk.board.filter"))
        self._switch.setText(t("desk.board.as_list" if not self.listing else "desk.board.as_columns"))
        self.setAccessibleName(t("desk.board.title"))

    @property
    def listing(self) -> bool:
        """True in list mode."""
        return self._stack.currentWidget() is self.list

    def set_teams(self, names: Mapping[str, str]) -> None:
        """Names of teams by id, in the language now."""
        self.delegate.teams = names
        self.list.set_teams(names)

    def set_names(self, names: NameBook) -> None:
        """What places and people are called."""
        self.delegate.names = names
        self.list.set_names(names)
        for column in self.columns.values():
            column.view.viewport().update()

    def apply(self, view: BoardView) -> None:
        """Take a snapshot. Cards that changed their stage slide there."""
        self.delegate.calendar = view.calendar
        before = self._places(view)
        moved = self.models.apply(view)
        self._unlisted = None if self.listing else view
        if self.listing:
            self.list.apply(view.cards, view.calendar)
        if 0 < len(moved) <= _SLIDES and self.isVisible() and not self.listing:
            for one in moved:
                self._slide(one, before.get(one.case_id))
        if self._chosen:
            self._select(self._chosen)

    def _places(self, view: BoardView) -> dict[str, QRect]:
        """Where cards that are about to leave their column stand now."""
        if not self.isVisible() or self.listing:
            return {}
        places: dict[str, QRect] = {}
        for card in view.cards:
            stage = self.models.where(card.id)
            if stage and card.state not in STAGES[stage]:
                place = self._place(stage, card.id)
                if place is not None:
                    places[card.id] = place
        return places

    def _place(self, stage: str, case_id: str) -> QRect | None:
        column = self.columns[stage]
        row = self.models.stages[stage].row_of(case_id)
        if row < 0:
            return None
        cell = column.view.visualRect(self.models.stages[stage].index(row))
        if not column.view.viewport().rect().intersects(cell):
            return None
        card = card_rect(cell)
        return QRect(column.view.viewport().mapTo(self, card.topLeft()), card.size())

    def _slide(self, moved: Moved, start: QRect | None) -> None:
        card, end = self.models.card(moved.case_id), self._place(moved.target, moved.case_id)
        if start is None or end is None or card is None:
            return
        CardSlide(self._picture(card, start.width()), start, end.topLeft(), self)

    def _picture(self, card: CaseCard, width: int) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(round(width * ratio), round(CARD_HEIGHT * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.delegate.draw(painter, QRect(0, 0, width, CARD_HEIGHT), card, selected=True, focused=False)
        painter.end()
        return picture

    @Slot(object)
    def _on_tick(self, now: datetime) -> None:
        if not self.isVisible():
            return
        if self.listing:
            self.list.repaint_times()
            return
        for column in self.columns.values():
            column.view.repaint_times()

    @Slot()
    def toggle_list(self) -> None:
        """Columns or list; the chosen case stays chosen."""
        if self._unlisted is not None:
            # A list nobody sees is not kept in order.
            self.list.apply(self._unlisted.cards, self._unlisted.calendar)
            self._unlisted = None
        self._stack.setCurrentWidget(self._scroll if self.listing else self.list)
        self._filter.setVisible(self.listing)
        self.retranslate()
        self._select(self._chosen)
        self.take_focus()

    def take_focus(self) -> None:
        """Put the keyboard on the board, where the chosen case stands."""
        if self.listing:
            self.list.take_focus()
            return
        stage = self.models.where(self._chosen)
        column = self.columns[stage] if stage else self._first_filled()
        column.view.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not column.view.currentIndex().isValid():
            column.view.setCurrentIndex(column.view.model().index(0, 0))

    def _first_filled(self) -> StageColumn:
        filled = (one for stage, one in self.columns.items() if self.models.stages[stage].rowCount())
        return next(filled, self.columns["deciding"])

    def show_case(self, case_id: str) -> None:
        """Select a case without taking the focus."""
        self._chosen = case_id
        self._select(case_id)

    def _select(self, case_id: str) -> None:
        stage = self.models.where(case_id)
        for name, column in self.columns.items():
            row = self.models.stages[name].row_of(case_id) if name == stage else -1
            if row < 0:
                column.view.clearSelection()
                continue
            index = self.models.stages[name].index(row)
            if column.view.currentIndex() != index or not column.view.selectionModel().isSelected(index):
                column.view.setCurrentIndex(index)
                self._scroll.ensureWidgetVisible(column, 0, 0)
        self.list.select(case_id)

    @Slot(str)
    def _open(self, case_id: str) -> None:
        self.show_case(case_id)
        self.opened.emit(case_id)

    @Slot(int, str)
    def _key(self, key: int, text: str) -> None:
        if text.isdecimal():
            self._digit(text)
        elif key == Qt.Key.Key_Backspace:
            self._digits = self._digits[:-1]
            self._typed.setText(self._digits)
        elif key == Qt.Key.Key_Escape:
            self._drop_digits()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        else:
            self._sideways(-1 if key == Qt.Key.Key_Left else 1)

    def _digit(self, text: str) -> None:
        # Full-width digits are what a Chinese input method may send.
        self._digits = (self._digits + str(int(text)))[-4:]
        self._typed.setText(f"#{self._digits}")
        self._forget.start()
        found = self.models.by_digits(self._digits)
        if found is not None:
            self.show_case(found.id)
            self.take_focus()

    def _enter(self) -> None:
        if self._digits and self.models.by_digits(self._digits) is None:
            self.said.emit("desk.say.no_number", {"number": self._digits})
            self._drop_digits()
            return
        self._drop_digits()
        card = self.list.current() if self.listing else self._current()
        if card is not None:
            self._open(card.id)

    def _current(self) -> CaseCard | None:
        for stage, column in self.columns.items():
            if column.view.hasFocus():
                return self.models.stages[stage].card(column.view.currentIndex().row())
        return self.models.card(self._chosen)

    def _sideways(self, step: int) -> None:
        names = list(self.columns)
        at = next((i for i, name in enumerate(names) if self.columns[name].view.hasFocus()), 0)
        row = max(0, self.columns[names[at]].view.currentIndex().row())
        at += step
        while 0 <= at < len(names):
            rows = self.models.stages[names[at]].rowCount()
            if rows:
                view = self.columns[names[at]].view
                view.setFocus(Qt.FocusReason.OtherFocusReason)
                view.setCurrentIndex(view.model().index(min(row, rows - 1), 0))
                self._scroll.ensureWidgetVisible(self.columns[names[at]], 0, 0)
                return
            at += step

    @Slot()
    def _drop_digits(self) -> None:
        self._digits = ""
        self._typed.setText("")
