"""What happened to the open case, newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from console.domain.model import Event
from console.models.names import NOBODY
from console.models.wording import clock, event_line

EVENT_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 6
Index = QModelIndex | QPersistentModelIndex


class TimelineModel(QAbstractListModel):
    """The events of one case. Events never change, so new ones are only added."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Event] = []
        self.teams: Mapping[str, str] = {}
        self.names = NOBODY

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Number of events."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """The event (``EVENT_ROLE``) and its words."""
        if not index.isValid():
            return None
        event = self._rows[index.row()]
        if role == EVENT_ROLE:
            return event
        if role in (int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole)):
            return f"{clock(event.at)} {event_line(event, self.teams)} {self.names.person(event.actor)}"
        return None

    def apply(self, events: Sequence[Event]) -> None:
        """Take the events of a case, in any order."""
        rows = sorted(events, key=_seq, reverse=True)
        known = len(self._rows)
        fresh = len(rows) - known
        if fresh >= 0 and rows[fresh:] == self._rows:
            if fresh:
                self.beginInsertRows(QModelIndex(), 0, fresh - 1)
                self._rows = rows
                self.endInsertRows()
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()


def _seq(event: Event) -> int:
    return event.seq
