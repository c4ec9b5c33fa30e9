"""The section of indicators: every figure of a period, all cases and group by
group; what a figure means, what it is made of, and the cases behind it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from console.i18n import t
from console.models import figure_words
from console.models.indicator_table import LONGEST, OVER, RULE, TITLE, TONE, IndicatorTable
from console.models.wording import local
from console.services.figures import CUTS, GROUPS
from console.services.figures_desk import PERIODS, IndicatorsView
from console.theme import Theme
from console.widgets.parts import button, label, spaced

_ROW: Final = 28
_NAME_PX: Final = 210
_VALUE_PX: Final = 88
_WIDEST_PX: Final = 240
_PAD: Final = 8
_NO_GROUP: Final = ""


_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_TURNS: Final = {Qt.Key.Key_P: "period", Qt.Key.Key_C: "cut", Qt.Key.Key_G: "by"}


def _ours(event: QKeyEvent) -> bool:
    """A letter of this table, with Shift or without anything."""
    plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
    return plain and Qt.Key(event.key()) in (*_TURNS, Qt.Key.Key_B)


class _Cell(QStyledItemDelegate):
    """Value in its tone, what it was taken over beside it, muted."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Ground, then words; numbers at the right."""
        painter.save()
        box: QRect = option.rect.adjusted(_PAD, 0, -_PAD, 0)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, self._theme.color("raised"))
            painter.fillRect(
                QRect(option.rect.left(), option.rect.top() + 4, 2, _ROW - 8), self._theme.color("accent")
            )
        middle = Qt.AlignmentFlag.AlignVCenter
        if index.data(TITLE):
            painter.setFont(self._theme.font(14, True))
            painter.setPen(self._theme.color("muted"))
            painter.drawText(box, int(middle | Qt.AlignmentFlag.AlignLeft), str(index.data() or ""))
            painter.restore()
            return
        painter.setFont(self._theme.font(12 if index.data(RULE) else 14))
        painter.setPen(self._theme.color(str(index.data(TONE) or "text")))
        if index.column() == 0 or index.data(RULE):
            words = painter.fontMetrics().elidedText(
                str(index.data() or ""), Qt.TextElideMode.ElideRight, box.width()
            )
            painter.drawText(box, int(middle | Qt.AlignmentFlag.AlignLeft), words)
        else:
            self._number(painter, box, index)
        painter.restore()

    def _number(self, painter: QPainter, box: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
        """Values of all rows end at the same place; what they were taken over
        stands behind."""
        right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        over = str(index.data(OVER) or "")
        if not over:
            painter.drawText(box, right, str(index.data() or ""))
            return
        behind = self.room(str(index.data(LONGEST) or ""))
        painter.drawText(box.adjusted(0, 0, -behind, 0), right, str(index.data() or ""))
        painter.setFont(self._theme.font(12))
        painter.setPen(self._theme.color("muted"))
        painter.drawText(box, right, over)

    def room(self, longest: str) -> int:
        """How much room what stands behind a number needs, px."""
        return QFontMetrics(self._theme.font(12)).horizontalAdvance(longest) + _PAD


class _Table(QTableView):
    """``opened(bad)`` on Enter, a click on a number, or B; ``turned(what)`` for
    the letters that change period, cut and groups."""

    opened = Signal(bool)
    turned = Signal(str)

    def __init__(self, theme: Theme, model: IndicatorTable) -> None:
        super().__init__()
        self.setModel(model)
        self.cells = _Cell(theme, self)
        self.setItemDelegate(self.cells)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def event(self, event: QEvent) -> bool:
        """The letters of this table come before those of the desk."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _ours(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and B open cases; P, C and G turn what is shown."""
        key = Qt.Key(event.key())
        if key in _ENTER:
            self.opened.emit(False)
        elif key == Qt.Key.Key_B and _ours(event):
            self.opened.emit(True)
        elif key in _TURNS and _ours(event):
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.turned.emit(("-" if back else "") + _TURNS[key])
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def keyboardSearch(self, search: str) -> None:
        """Letters are keys here."""


class IndicatorsSection(QWidget):
    """``wanted(period, cut, by)`` when other figures are asked for,
    ``cases_wanted(indicator id, key or None, title, bad)`` for the cases
    behind a number."""

    wanted = Signal(str, str, str)
    cases_wanted = Signal(str, object, str, bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._broken = False
        self.model = IndicatorTable(self)
        self.table = _Table(theme, self.model)
        self.period, self.cut, self.by = QComboBox(), QComboBox(), QComboBox()
        self._labels = {name: label(theme, "", 14, tone="muted") for name in ("period", "cut", "by")}
        self.taken = label(theme, "", 12, tone="muted")
        self.rules_line = label(theme, "", 12, tone="muted", wrap=True)
        self.rule = label(theme, "", 14, wrap=True)
        self.more = label(theme, "", 12, tone="muted", wrap=True)
        self.cases, self.bad = button(theme), button(theme, kind="quiet")
        self._hint = label(theme, "", 12, tone="muted")
        self._build()
        self._fill()
        for one in (self.period, self.cut, self.by):
            one.currentIndexChanged.connect(self._asked)
        self.table.opened.connect(self._open)
        self.table.turned.connect(self._turn)
        self.table.clicked.connect(self._clicked)
        self.table.selectionModel().currentChanged.connect(self._looked)
        self.model.modelReset.connect(self._start)
        self.cases.clicked.connect(self._open_all)
        self.bad.clicked.connect(self._open_bad)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(self.table)
        theme.changed.connect(self.table.viewport().update)
        self.retranslate()
        self._start()

    def _build(self) -> None:
        bar = QHBoxLayout()
        spaced(bar, 0, 8)
        for name, box in (("period", self.period), ("cut", self.cut), ("by", self.by)):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            bar.addWidget(self._labels[name])
            bar.addWidget(box)
        bar.addStretch(1)
        bar.addWidget(self._hint)
        foot = QHBoxLayout()
        spaced(foot, 0, 8)
        words = QVBoxLayout()
        spaced(words, 0, 4)
        words.addWidget(self.rule)
        words.addWidget(self.more)
        foot.addLayout(words, 1)
        foot.addWidget(self.bad, 0, Qt.AlignmentFlag.AlignTop)
        foot.addWidget(self.cases, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        spaced(column, 0, 8)
        column.addLayout(bar)
        column.addWidget(self.taken)
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        column.addWidget(self.rules_line)

    def _fill(self) -> None:
        for name in PERIODS:
            self.period.addItem("", name)
        self.period.setCurrentIndex(PERIODS.index("day"))
        for name in CUTS:
            self.cut.addItem("", name)
        self.cut.setCurrentIndex(CUTS.index("filed"))
        for name in (_NO_GROUP, *GROUPS):
            self.by.addItem("", name)

    # -- what comes in -----------------------------------------------------------

    def apply(self, view: IndicatorsView) -> None:
        """Take figures; those of another choice than the present one are late."""
        if (view.period, view.cut, view.by) != self.choice:
            return
        self._broken = False
        self.model.take(view)
        self._widths()
        self._say()

    def broke(self) -> None:
        """The figures did not come."""
        self._broken = True
        self._say()

    @property
    def choice(self) -> tuple[str, str, str]:
        """Period, cut, groups."""
        return self.period.currentData(), self.cut.currentData(), self.by.currentData()

    def choose(self, period: str, cut: str = "filed", by: str = "") -> None:
        """Set the choice as if by hand."""
        for box, value in ((self.period, period), (self.cut, cut), (self.by, by)):
            box.setCurrentIndex(max(0, box.findData(value)))

    def go_to(self, figure: str, column: int = 1) -> None:
        """Mark a figure."""
        for row in range(self.model.rowCount()):
            one = self.model.indicator(row)
            if one is not None and one.id == figure:
                self.table.setCurrentIndex(self.model.index(row, column))
                return

    def retranslate(self) -> None:
        """Say everything in the language now."""
        for name, shown in self._labels.items():
            shown.setText(t(f"indicators.{name}"))
        for at, name in enumerate(PERIODS):
            self.period.setItemText(at, t(f"indicators.when.{name}"))
        for at, name in enumerate(CUTS):
            self.cut.setItemText(at, t(f"indicators.on.{name}"))
        for at, name in enumerate((_NO_GROUP, *GROUPS)):
            self.by.setItemText(at, t(f"indicators.group.{name or 'none'}"))
        for box, name in ((self.period, "period"), (self.cut, "cut"), (self.by, "by")):
            box.setAccessibleName(t(f"indicators.{name}"))
        self.table.setAccessibleName(t("pages.figures_indicators"))
        self._hint.setText(t("indicators.hint"))
        self.rules_line.setText(t("indicators.rules_line"))
        self.model.retranslate()
        self._say()

    # -- choosing ----------------------------------------------------------------

    @Slot(int)
    def _asked(self, _index: int) -> None:
        self.model.take(None)
        self._say()
        self.wanted.emit(*self.choice)

    @Slot(str)
    def _turn(self, what: str) -> None:
        box = {"period": self.period, "cut": self.cut, "by": self.by}[what.removeprefix("-")]
        step = -1 if what.startswith("-") else 1
        box.setCurrentIndex((box.currentIndex() + step) % box.count())

    @Slot()
    def _start(self) -> None:
        self._widths()
        self.table.setCurrentIndex(self.model.index(1, 1))

    def _widths(self) -> None:
        head = self.table.horizontalHeader()
        self.table.setColumnWidth(0, _NAME_PX)
        for column in range(1, self.model.columnCount()):
            words = str(self.model.headerData(column, Qt.Orientation.Horizontal))
            needed = max(head.fontMetrics().horizontalAdvance(line) for line in words.split("\n")) + 4 * _PAD
            behind = self.table.cells.room(str(self.model.index(1, column).data(LONGEST) or ""))
            self.table.setColumnWidth(column, max(behind + _VALUE_PX, min(needed, _WIDEST_PX)))
        head.setStretchLastSection(self.model.tells_rule(self.model.columnCount() - 1))

    @Slot(QModelIndex, QModelIndex)
    def _looked(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._say()

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        if self.model.group(index.column()) is not None:
            self._open(False)

    @Slot()
    def _open_all(self) -> None:
        self._open(False)

    @Slot()
    def _open_bad(self) -> None:
        self._open(True)

    @Slot(bool)
    def _open(self, bad: bool) -> None:
        at = self.table.currentIndex()
        column = self._column()
        one, group, view = self.model.indicator(at.row()), self.model.group(column), self.model.view
        if one is None or group is None or view is None:
            return
        span, key = figure_words.period(view.start, view.end), self.model.group_name(column)
        words = "title_bad" if bad else "title_all" if group.key is None else "title"
        title = t(f"indicators.{words}", name=figure_words.name(one.id), key=key, span=span)
        self.cases_wanted.emit(one.id, group.key, title, bad)

    def _column(self) -> int:
        """The column of numbers that is meant: beside one, all cases."""
        at = self.table.currentIndex().column()
        return at if self.model.group(at) is not None else 1

    # -- words -------------------------------------------------------------------

    def _say(self) -> None:
        view = self.model.view
        if view is None:
            self.taken.setText(t("indicators.broke" if self._broken else "indicators.reading"))
        else:
            self.taken.setText(_taken(view))
        at = self.table.currentIndex()
        one = self.model.indicator(at.row())
        value = self.model.value(at.row(), self._column())
        for made in (self.cases, self.bad):
            made.setEnabled(value is not None)
        self.cases.setText(t("indicators.open"))
        self.bad.setText(t("indicators.open_bad"))
        if one is None:
            self.rule.setText("")
            self.more.setText("")
            return
        better = {1: "better_more", -1: "better_less"}.get(one.direction)
        said = [figure_words.name(one.id), figure_words.rule(one.id)]
        self.rule.setText("  ".join(said) + (f"  {t(f'indicators.{better}')}" if better else ""))
        more = ""
        if view is not None and value is not None:
            whole = self.model.group(self._column())
            parts = figure_words.parts(view, one.id) if whole is not None and whole.key is None else ""
            more = parts or figure_words.standards(one.id, value)
        self.more.setText(more)
        self.bad.setVisible(one.kind in ("rate",))


def _taken(view: IndicatorsView) -> str:
    n = view.columns[0].n
    at = local(view.taken_at)
    words = t(
        "indicators.taken",
        span=figure_words.period(view.start, view.end),
        cut=t(f"indicators.on.{view.cut}"),
        n=f"{n:,}",
        rules=view.rules.version,
        at=f"{at:%H:%M:%S}",
    )
    hidden = view.groups - (len(view.columns) - 1)
    if view.by and hidden > 0:
        words += "  " + t("indicators.more_groups", n=hidden)
    return words if n else words + "  " + t("indicators.empty")


def age_s(view: IndicatorsView | None, now: datetime) -> float:
    """How old figures are, seconds; without any they are infinitely old."""
    return (now - view.taken_at).total_seconds() if view is not None else float("inf")
