"""The alarms of the banner: one row per source, worst first, then by slack."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from console.domain.vocabulary import AlarmState
from console.models.wording import alarm_text, letter
from console.services.views import AlarmRow

ALARM_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 2
Index = QModelIndex | QPersistentModelIndex
_FAR: Final = datetime(9999, 1, 1, tzinfo=UTC)
_SHOWN: Final = frozenset({AlarmState.RAISED, AlarmState.ACKNOWLEDGED, AlarmState.RETURNED})


def worst_first(row: AlarmRow) -> tuple[bool, int, datetime, int]:
    """Unacknowledged before acknowledged, high before low, earliest due first."""
    alarm = row.alarm
    return (
        alarm.state is AlarmState.ACKNOWLEDGED,
        -alarm.severity.rank,
        alarm.due_at or _FAR,
        alarm.id,
    )


class AlarmModel(QAbstractListModel):
    """Open alarms that are not shelved. An alarm is there once."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[AlarmRow] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Number of alarms shown."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """The row (``ALARM_ROLE``) and its words."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ALARM_ROLE:
            return row
        if role in (int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole)):
            return f"{letter(row.alarm.severity)} {row.number} {alarm_text(row.alarm)}"
        return None

    def rows(self) -> tuple[AlarmRow, ...]:
        """All rows, worst first."""
        return tuple(self._rows)

    def worst(self) -> AlarmRow | None:
        """The one the banner shows."""
        return self._rows[0] if self._rows else None

    def apply(self, rows: Sequence[AlarmRow]) -> None:
        """Take the alarms of a snapshot."""
        shown = sorted((row for row in rows if row.alarm.state in _SHOWN), key=worst_first)
        if shown == self._rows:
            return
        if [row.alarm.id for row in shown] == [row.alarm.id for row in self._rows]:
            self._rows = shown
            self.dataChanged.emit(self.index(0), self.index(len(shown) - 1))
            return
        self.beginResetModel()
        self._rows = shown
        self.endResetModel()
