"""The checklist of a case: what to look for, whom to call, what never to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from console.i18n import either, t
from console.models.names import NOBODY, NameBook
from console.models.wording import clock
from console.services.sop import SopBook, SopStep, Tick, category_of, ticks
from console.services.views import CaseView
from console.theme import Theme

#: A step that is a warning is not ticked.
NEVER: Final = "never"
_STEP: Final = int(Qt.ItemDataRole.UserRole) + 7
_PAD: Final = 8
_BOX: Final = 16
_KIND: Final = 44
_LEFT: Final = _PAD + _BOX + 8 + _KIND
_WRAP: Final = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)


class _StepDelegate(QStyledItemDelegate):
    """Box, kind, the step in as many lines as it needs, and who did it."""

    def __init__(self, theme: Theme, panel: SopPanel) -> None:
        super().__init__(panel)
        self._theme, self._panel = theme, panel

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As high as the words are at the panel's width."""
        width = self._panel.viewport().width()
        step = index.data(_STEP)
        if not isinstance(step, SopStep):
            return QSize(width, 28)
        room = QRect(0, 0, max(80, width - _LEFT - _PAD), 10_000)
        high = QFontMetrics(self._theme.font(14)).boundingRect(room, _WRAP, self._panel.said(step)).height()
        return QSize(width, high + (18 if self._panel.tick(step) is not None else 0) + 10)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one step."""
        step = index.data(_STEP)
        if not isinstance(step, SopStep):
            return
        theme, box, tick = self._theme, option.rect, self._panel.tick(step)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected and self._panel.hasFocus():
            painter.fillRect(box, theme.color("raised"))
            painter.setPen(QPen(theme.color("accent"), 1))
            painter.drawRect(box.adjusted(0, 0, -1, -1))
        top = box.top() + 5
        self._tick(painter, QRect(box.left() + _PAD, top + 1, _BOX, _BOX), step, tick is not None)
        painter.setFont(theme.font(12, True))
        painter.setPen(theme.color("text" if step.kind == NEVER else "muted"))
        kind = QRect(box.left() + _PAD + _BOX + 8, top, _KIND, 18)
        painter.drawText(
            kind, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), t(f"sop.kind.{step.kind}")
        )
        words = QRect(box.left() + _LEFT, top, box.width() - _LEFT - _PAD, box.height())
        painter.setFont(theme.font(14))
        painter.setPen(theme.color("muted" if tick is not None else "text"))
        painter.drawText(words, _WRAP, self._panel.said(step))
        if tick is not None:
            painter.setFont(theme.font(12))
            foot = QRect(words.left(), box.bottom() - 20, words.width(), 18)
            painter.drawText(foot, int(Qt.AlignmentFlag.AlignLeft), self._panel.done_words(tick))
        painter.restore()

    def _tick(self, painter: QPainter, box: QRect, step: SopStep, done: bool) -> None:
        """A box to tick; what must never be done has a cross and no box."""
        theme, never = self._theme, step.kind == NEVER
        painter.setPen(QPen(theme.color("accent" if done else "text" if never else "muted"), 1))
        if not never:
            painter.drawRect(box.adjusted(0, 0, -1, -1))
        if done or never:
            painter.setFont(theme.font(14, True))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), "✕" if never else "✓")


class SopPanel(QListWidget):
    """``ticked(case id, step id, done)`` on Space or a click on a step;
    ``counted(words)`` such as ``2/5`` for whoever shows a title."""

    ticked = Signal(str, str, bool)
    counted = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._book = SopBook()
        self._view: CaseView | None = None
        self._ticks: Mapping[str, Tick] = {}
        self._names = NOBODY
        self.setItemDelegate(_StepDelegate(theme, self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setMinimumHeight(72)
        self.itemClicked.connect(self._clicked)
        self.retranslate()

    def set_book(self, book: SopBook) -> None:
        """Every checklist of the site."""
        self._book = book
        self._fill()

    def set_names(self, names: NameBook) -> None:
        """What people are called."""
        self._names = names
        self.viewport().update()

    def apply(self, view: CaseView) -> None:
        """The case that is open, with what is ticked in it."""
        self._view = view
        self._fill()

    def steps(self) -> tuple[SopStep, ...]:
        """The steps of the open case."""
        return self._book.of(category_of(self._view.case)) if self._view is not None else ()

    def tick(self, step: SopStep) -> Tick | None:
        """Who did a step, and when."""
        return self._ticks.get(step.id)

    def said(self, step: SopStep) -> str:
        """A step in the language now; a required one says so."""
        words = either(step.text_zh, step.text_en)
        return f"{words} ({t('sop.required')})" if step.required else words

    def done_words(self, tick: Tick) -> str:
        """Who and when."""
        return t("sop.done", who=self._names.person(tick.by), at=clock(tick.at))

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self.setAccessibleName(t("sop.title"))
        self.setToolTip(t("sop.hint"))
        self._fill()

    def _fill(self) -> None:
        row, steps = self.currentRow(), self.steps()
        self._ticks = ticks(self._view.events) if self._view is not None else {}
        if [self.item(at).data(_STEP) for at in range(self.count())] != list(steps):
            self.clear()
            for step in steps:
                item = QListWidgetItem()
                item.setData(_STEP, step)
                self.addItem(item)
            self.setCurrentRow(min(max(0, row), self.count() - 1))
        for at, step in enumerate(steps):
            self.item(at).setData(int(Qt.ItemDataRole.AccessibleTextRole), self._spoken(step))
        self.scheduleDelayedItemsLayout()
        self.viewport().update()
        doable = [step for step in steps if step.kind != NEVER]
        done = sum(step.id in self._ticks for step in doable)
        self.counted.emit(f"{done}/{len(doable)}" if doable else "")

    def _spoken(self, step: SopStep) -> str:
        tick = self.tick(step)
        done = f" ✓ {self.done_words(tick)}" if tick is not None else ""
        return f"{t(f'sop.kind.{step.kind}')}: {self.said(step)}{done}"

    @Slot(QListWidgetItem)
    def _clicked(self, item: QListWidgetItem) -> None:
        step = item.data(_STEP)
        if self._view is not None and isinstance(step, SopStep) and step.kind != NEVER:
            self.ticked.emit(self._view.case.id, step.id, step.id not in self._ticks)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Enter tick; letters are keys of the desk."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            item = self.currentItem()
            if item is not None:
                self._clicked(item)
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are keys of the desk."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, other lines."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def sizeHint(self) -> QSize:
        """Modest: it takes what is left."""
        return QSize(240, 120)

    def minimumSizeHint(self) -> QSize:
        """Some lines."""
        return QSize(120, 72)
