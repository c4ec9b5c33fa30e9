"""Indicators as rows, groups as columns."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from console.domain import kpi
from console.domain.kpi import Indicator, Value
from console.i18n import either, t
from console.models import figure_words
from console.services.figures_desk import GroupColumn, IndicatorsView

Index = QModelIndex | QPersistentModelIndex
#: Role of a colour: text, muted, lamp.green …; and of a title between rows.
TONE: Final = int(Qt.ItemDataRole.UserRole)
TITLE: Final = TONE + 1
OVER: Final = TONE + 2
#: Whether a cell says how its row is counted.
RULE: Final = TONE + 3
#: The longest that may stand behind a number of this column.
LONGEST: Final = TONE + 4
FAMILIES: Final = ("promises", "rates", "counts", "scores")
#: Colour of a grade; black is told by its letter.
_GRADE_TONES: Final = {"A": "lamp.green", "B": "accent", "C": "lamp.yellow", "D": "lamp.red"}
#: The column of the rule, where there are no groups.
_RULE: Final = 2
_DISPLAY: Final = int(Qt.ItemDataRole.DisplayRole)


class IndicatorTable(QAbstractTableModel):
    """A title per family, below it its indicators; column 0 is the name,
    column 1 all cases, the others one group each."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.view: IndicatorsView | None = None
        self.rows: list[str | Indicator] = []
        for family in FAMILIES:
            self.rows.append(family)
            self.rows += [one for one in kpi.INDICATORS if one.family == family]

    def take(self, view: IndicatorsView | None) -> None:
        """Other figures; with the same columns in the same order nothing that
        is chosen is lost."""
        same = view is not None and self.view is not None and _keys(view) == _keys(self.view)
        if same:
            self.view = view
            self.retranslate()
            return
        self.beginResetModel()
        self.view = view
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """All indicators and their titles."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """Name, all cases, groups."""
        if parent.isValid():
            return 0
        groups = len(self.view.columns) if self.view is not None else 1
        return 2 + groups if groups == 1 else 1 + groups

    def tells_rule(self, column: int) -> bool:
        """Without groups the room beside the figures says how they are counted."""
        return column == _RULE and (self.view is None or len(self.view.columns) == 1)

    def indicator(self, row: int) -> Indicator | None:
        """The indicator of a row; ``None`` for a title."""
        found = self.rows[row] if 0 <= row < len(self.rows) else None
        return found if isinstance(found, Indicator) else None

    def group(self, column: int) -> GroupColumn | None:
        """The group of a column."""
        if self.view is None or not 1 <= column <= len(self.view.columns):
            return None
        return self.view.columns[column - 1]

    def value(self, row: int, column: int) -> Value | None:
        """The figure of a cell."""
        one, group = self.indicator(row), self.group(column)
        return group.values.get(one.id) if one is not None and group is not None else None

    def group_name(self, column: int) -> str:
        """What the group of a column is called."""
        group = self.group(column)
        if self.view is None or group is None:
            return ""
        return figure_words.group(self.view.by, group.key, self.view.names)

    def data(self, index: Index, role: int = _DISPLAY) -> object:
        """Words, tone, or whether it is a title."""
        one = self.indicator(index.row())
        if role == TITLE:
            return one is None
        if one is None:
            family = self.rows[index.row()]
            return t(f"indicators.family_{family}") if role == _DISPLAY and index.column() == 0 else None
        if self.tells_rule(index.column()):
            told = {_DISPLAY: figure_words.rule(one.id), TONE: "muted", RULE: True}
            return told.get(role)
        value, group = self.value(index.row(), index.column()), self.group(index.column())
        if role == TONE:
            return self._tone(one, value, group.n) if value and group else "text"
        if role == RULE:
            return False
        if role == LONGEST:
            return t("indicators.of", num=f"{group.n:,}", den=f"{group.n:,}") if group else ""
        if role == OVER:
            return figure_words.over(one, value) if value is not None else ""
        if role != _DISPLAY:
            return None
        if index.column() == 0:
            return either(one.zh, one.en)
        return figure_words.short(one, value) if value is not None else ""

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> object:
        """Name of a column, with how many cases it has; words begin at the
        left, numbers end at the right."""
        if role == int(Qt.ItemDataRole.TextAlignmentRole) and orientation is Qt.Orientation.Horizontal:
            words = section == 0 or self.tells_rule(section)
            side = Qt.AlignmentFlag.AlignLeft if words else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if orientation is not Qt.Orientation.Horizontal or role != _DISPLAY:
            return None
        group = self.group(section)
        if group is None:
            key = "name" if section == 0 else "rule_head" if self.tells_rule(section) else ""
            return t(f"indicators.{key}") if key else ""
        return f"{self.group_name(section)}\n{t('indicators.n', n=f'{group.n:,}')}"

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A title cannot be chosen."""
        if self.indicator(index.row()) is None:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def retranslate(self) -> None:
        """Say everything again in the language now."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)
        self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, self.columnCount() - 1))

    def _tone(self, one: Indicator, value: Value, n: int) -> str:
        if value.value is None or figure_words.few(one, value, n):
            return "muted"
        return _GRADE_TONES.get(value.grade, "text") if one.kind == "score" else "text"


def _keys(view: IndicatorsView) -> tuple[object, ...]:
    return view.by, tuple(one.key for one in view.columns)
