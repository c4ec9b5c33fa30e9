"""The case board: columns by stage, or a list; all of it by keyboard.

Arrows move, Enter opens, typed digits go to a number, Backspace takes one
back. A refresh never moves the focus or the selection, and nothing changes its
place while somebody chooses.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from console.i18n import t
from console.models.board import BoardModels
from console.models.card_filter import described, sieve
from console.models.names import NOBODY, NameBook
from console.services.board_filters import BoardFilter, BoardHabit
from console.services.card_order import SORTS
from console.services.views import BoardView, CaseCard
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.board_slides import BoardSlides
from console.widgets.card_delegate import CardDelegate
from console.widgets.case_list import CaseList
from console.widgets.filter_bar import BoardHead
from console.widgets.filter_panel import FilterPanel
from console.widgets.parts import spaced
from console.widgets.stage_column import StageColumn

#: Typed digits are one number until this long without a further one, ms.
DIGITS_MS: Final = 1200
#: After a key or the mouse the order of the cards waits this long, seconds.
CHOOSING_S: Final = 4.0


class Board(QWidget):
    """``opened(case id)`` when a person chose a case; ``said(text key, facts)``
    for a hint; ``habit_changed()`` when filter, order or mode was chosen."""

    opened = Signal(str)
    said = Signal(str, dict)
    habit_changed = Signal()

    def __init__(self, theme: Theme, ticker: Ticker) -> None:
        super().__init__()
        self._ticker = ticker
        self.models = BoardModels(self)
        self.delegate = CardDelegate(theme, ticker, self)
        self.columns = {
            stage: StageColumn(model, self.delegate, theme) for stage, model in self.models.stages.items()
        }
        self.list = CaseList(theme, ticker)
        self.head = BoardHead(theme)
        self.panel = FilterPanel(theme)
        self._slides = BoardSlides(self, self.models, self.columns, self.delegate)
        self._digits = ""
        self._forget = QTimer(self)
        self._forget.setSingleShot(True)
        self._forget.setInterval(DIGITS_MS)
        self._forget.timeout.connect(self._drop_digits)
        self._chosen = ""
        self._touched_at: datetime | None = None
        self._waiting = False
        self._names, self._teams, self._me = NOBODY, dict[str, str](), ""
        self._wanted = BoardFilter()
        self._view: BoardView | None = None
        self._build()
        self._connect()
        ticker.tick.connect(self._on_tick)
        self.retranslate()

    def _build(self) -> None:
        row = QWidget()
        columns = QHBoxLayout(row)
        spaced(columns, 0, 4)
        for column in self.columns.values():
            columns.addWidget(column, 1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(row)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._scroll)
        self._stack.addWidget(self.list)
        self._body = QVBoxLayout(self)
        spaced(self._body, 0, 8)
        self._body.addWidget(self.head)
        self._body.addWidget(self.panel)
        self._body.addWidget(self._stack, 1)

    def _connect(self) -> None:
        for column in self.columns.values():
            column.opened.connect(self._open)
            column.view.key_for_board.connect(self._key)
            column.view.touched.connect(self._touched)
        self.list.opened.connect(self._open)
        self.list.key_for_board.connect(self._key)
        self.list.touched.connect(self._touched)
        self.head.sort_wanted.connect(self.next_sort)
        self.head.filter_wanted.connect(self.toggle_panel)
        self.head.switch_wanted.connect(self.toggle_list)
        self.head.strip.cleared.connect(self.clear_filter)
        self.panel.changed.connect(self.filter)
        self.panel.left.connect(self._leave_panel)

    def retranslate(self) -> None:
        """Say everything in the language now (the parts do it themselves)."""
        self._say()
        self.setAccessibleName(t("desk.board.title"))

    def _say(self) -> None:
        self.head.say(order=self.models.sort, listing=self.listing, panel=not self.panel.isHidden())
        if self._wanted.empty:
            self.head.strip.hide()
        else:
            words = self._wanted.name or described(self._wanted, self._names, self._teams)
            self.head.strip.show_filter(words, self.models.sieved)

    @property
    def listing(self) -> bool:
        """True in list mode."""
        return self._stack.currentWidget() is self.list

    def add_below(self, widget: QWidget) -> None:
        """Something that belongs to the board, under it."""
        self._body.addWidget(widget)

    # -- what is known -------------------------------------------------------

    def set_teams(self, names: Mapping[str, str]) -> None:
        """Names of teams by id, in the language now."""
        self._teams = dict(names)
        self.delegate.teams = names
        self.list.set_teams(names)
        self._renamed()

    def _renamed(self) -> None:
        self._offer()
        if self._wanted.text:
            self._sift()  # the words it looks in are others now
            self._again()

    def set_names(self, names: NameBook) -> None:
        """What places and people are called."""
        self._names = names
        self.delegate.names = names
        self.list.set_names(names)
        for column in self.columns.values():
            column.view.viewport().update()
        self._renamed()
        self._say()

    def set_me(self, name: str) -> None:
        """Who is signed in: whose cases are "mine"."""
        self._me = name
        self._sift()
        self._again()

    def _offer(self) -> None:
        cards = self._view.cards if self._view is not None else ()
        places = {card.community for card in cards} | set(self._wanted.communities)
        named = sorted((self._names.community(one) or one, one) for one in places if one)
        self.panel.offer([(one, name) for name, one in named], sorted(self._teams.items()))

    # -- a snapshot ----------------------------------------------------------

    def apply(self, view: BoardView) -> None:
        """Take a snapshot. Cards that changed their stage slide there."""
        self.delegate.calendar, self.delegate.history = view.calendar, view.history
        slides = self.isVisible() and not self.listing
        fresh = self.models.fresh(view)
        before = self._slides.places(fresh) if slides and self._view is not None else {}
        self._view = view
        hold = self._waiting = self._choosing()
        moved = self.models.apply(view, hold)
        if moved is None:
            return
        if self.listing:
            self._fill_list(hold)
        if slides:
            self._slides.slide(moved, before)
        if not self._wanted.empty:
            self._say()
        if not self.panel.isHidden():
            self._offer()
        self._fold()
        if self._chosen:
            self._select(self._chosen)

    def _fill_list(self, hold: bool) -> None:
        if self._view is not None:
            self.list.model.hold = hold
            self.list.apply(self.models.shown(), self._view.calendar, self._view.history)

    def _sift(self) -> None:
        """Other names, another person, another filter: every card anew."""
        self.models.sift(sieve(self._wanted, self._me, self._names, self._teams))

    def _again(self) -> None:
        """The same snapshot, filtered and sorted as it is wanted now."""
        if self._view is not None:
            self.apply(self._view)
        self._say()

    def _fold(self) -> None:
        """Empty columns give their room away, unless all are empty. A column
        that just ran empty under somebody's hand stays."""
        if self._choosing():
            return
        filled = [stage for stage, model in self.models.stages.items() if model.rowCount()]
        for stage, column in self.columns.items():
            column.fold(bool(filled) and stage not in filled)

    def _choosing(self) -> bool:
        if len(self.list.chosen()) > 1 and self.listing:
            return True
        at = self._touched_at
        return at is not None and 0 <= (self._ticker.now() - at).total_seconds() < CHOOSING_S

    @Slot()
    def _touched(self) -> None:
        self._touched_at = self._ticker.now()

    @Slot(object)
    def _on_tick(self, now: datetime) -> None:
        if not self.isVisible():
            return
        if self._waiting and not self._choosing():
            self._again()
        if self.listing:
            self.list.repaint_times()
            return
        for column in self.columns.values():
            column.view.repaint_times()

    # -- order, filter, mode -------------------------------------------------

    def habit(self) -> BoardHabit:
        """How the board is looked at now."""
        return BoardHabit(self._wanted, self.models.sort, self.listing)

    def take_habit(self, habit: BoardHabit) -> None:
        """Look at the board as it was left."""
        self._wanted = habit.shown
        self.models.sort_by(habit.sort)
        self._sift()
        self.panel.show_filter(habit.shown)
        self.list.sort_by(habit.sort)
        if habit.listing is not self.listing:
            self._turn()
        self._again()

    @Slot()
    def next_sort(self) -> None:
        """By slack, by due time, by number, and round again."""
        self._touched_at = None
        self.models.sort_by(SORTS[(SORTS.index(self.models.sort) + 1) % len(SORTS)])
        self.list.sort_by(self.models.sort)
        self._again()
        self.said.emit(f"board.sort.{self.models.sort}_tip", {})
        self.habit_changed.emit()

    @property
    def filtered(self) -> BoardFilter:
        """What is shown now."""
        return self._wanted

    @Slot(object)
    def filter(self, wanted: BoardFilter) -> None:
        """Show only what fits."""
        if wanted == self._wanted:
            return
        self._touched_at = None
        self._wanted = wanted
        self._sift()
        self.panel.show_filter(wanted)
        self._again()
        self.habit_changed.emit()

    @Slot()
    def clear_filter(self) -> None:
        """Show everything again."""
        self.filter(BoardFilter())

    @Slot()
    def toggle_panel(self) -> None:
        """Choose a filter, or put the choice away."""
        if self.panel.isHidden():
            self.panel.show_filter(self._wanted)
            self._offer()
            self.panel.show()
            self.panel.take_focus()
            self._say()
        else:
            self._leave_panel()

    @Slot()
    def _leave_panel(self) -> None:
        self.panel.hide()
        self._say()
        self.take_focus()

    @Slot()
    def toggle_list(self) -> None:
        """Columns or list; the chosen case stays chosen."""
        self._turn()
        self.take_focus()
        self.habit_changed.emit()

    def _turn(self) -> None:
        if not self.listing:
            # A list nobody sees is not kept in order.
            self._fill_list(False)
        self._stack.setCurrentWidget(self._scroll if self.listing else self.list)
        self.retranslate()
        self._select(self._chosen)

    # -- the keyboard --------------------------------------------------------

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
        unfolded = (one for one in self.columns.values() if not one.folded)
        return next(filled, next(unfolded, self.columns["deciding"]))

    def show_case(self, case_id: str) -> None:
        """Select a case without taking the focus."""
        self._chosen = case_id
        self._select(case_id)

    def _select(self, case_id: str) -> None:
        stage = self.models.where(case_id)
        for name, column in self.columns.items():
            row = self.models.stages[name].row_of(case_id) if name == stage else -1
            if row < 0:
                if column.view.selectionModel().hasSelection():
                    column.view.clearSelection()
                continue
            index = self.models.stages[name].index(row)
            if column.view.currentIndex() != index or not column.view.selectionModel().isSelected(index):
                column.view.setCurrentIndex(index)
                self._scroll.ensureWidgetVisible(column, 0, 0)
        if self.listing:
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
            self.head.typed.setText(self._digits)
        elif key == Qt.Key.Key_Escape:
            self._drop_digits()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        else:
            self._sideways(-1 if key == Qt.Key.Key_Left else 1)

    def _digit(self, text: str) -> None:
        # Full-width digits are what a Chinese input method may send.
        self._digits = (self._digits + str(int(text)))[-4:]
        self.head.typed.setText(f"#{self._digits}")
        self._forget.start()
        found = self.models.by_digits(self._digits)
        if found is not None:
            self.show_case(found.id)
            self.take_focus()

    def _enter(self) -> None:
        found = self.models.by_digits(self._digits) if self._digits else None
        if self._digits and found is None:
            self.said.emit("desk.say.no_number", {"number": self._digits})
            self._drop_digits()
            return
        self._drop_digits()
        # A number that was typed opens its case also where a filter hides it.
        card = found or (self.list.current() if self.listing else self._current())
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
        self.head.typed.setText("")
