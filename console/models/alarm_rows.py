"""The rows of the page of alarms: active, shelved or a day's history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, Qt

from console.domain.vocabulary import AlarmState, Severity, SourceKind
from console.i18n import either
from console.models.alarms import worst_first
from console.models.kept_rows import KeptRows
from console.models.wording import alarm_text, letter
from console.services.alarm_log import PastAlarm
from console.services.views import AlarmRow

ROW_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 31
Row = AlarmRow | PastAlarm
ACTIVE: Final = "active"
SHELVED: Final = "shelved"
HISTORY: Final = "history"
_ACTIVE: Final = frozenset({AlarmState.RAISED, AlarmState.ACKNOWLEDGED, AlarmState.RETURNED})
_ASIDE: Final = frozenset({AlarmState.SHELVED, AlarmState.SUPPRESSED})


class AlarmRows(KeptRows):
    """One row a source. ``hidden``: low alarms that a flood leaves out."""

    role = ROW_ROLE

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now: tuple[AlarmRow, ...] = ()
        self._past: tuple[PastAlarm, ...] = ()
        self._tab = ACTIVE
        self._words = ""
        self._severity: Severity | None = None
        self._kind: SourceKind | None = None
        self._flood = False
        self.hidden = 0

    def key_of(self, row: Row) -> int:
        """The alarm's id."""
        return row.alarm.id

    def spoken(self, row: Row) -> str:
        """Severity, number, what and where."""
        return f"{letter(severity_of(row))} {_words_of(row)}"

    def show(self, tab: str) -> None:
        """Another tab: ``active``, ``shelved`` or ``history``."""
        self._tab = tab
        self._rebuild()

    def apply(self, rows: Sequence[AlarmRow], flood: bool) -> None:
        """The open alarms of a snapshot; in a flood the low ones are counted."""
        self._now, self._flood = tuple(rows), flood
        self._rebuild()

    def apply_past(self, rows: Sequence[PastAlarm]) -> None:
        """A day's alarms."""
        self._past = tuple(rows)
        self._rebuild()

    def narrow(self, words: str, severity: Severity | None, kind: SourceKind | None) -> None:
        """Only rows with every word, of a severity, about a kind of source."""
        self._words, self._severity, self._kind = words.strip().casefold(), severity, kind
        self._rebuild()

    def row(self, at: int) -> Row | None:
        """The row at a place of the list."""
        found: Row | None = self.at(at)
        return found

    def rows(self) -> tuple[Row, ...]:
        """All that is shown, in order."""
        return tuple(self._rows)

    def counts(self) -> tuple[int, int]:
        """How many are active, and how many are shelved or suppressed."""
        states = [row.alarm.state for row in self._now]
        return sum(one in _ACTIVE for one in states), sum(one in _ASIDE for one in states)

    def _rebuild(self) -> None:
        rows: list[Row] = list(self._past if self._tab == HISTORY else self._present())
        shown = [row for row in rows if self._passes(row)]
        self.hidden = 0
        if self._flood and self._tab == ACTIVE and self._severity is not Severity.LOW:
            kept = [row for row in shown if severity_of(row) is not Severity.LOW]
            self.hidden = len(shown) - len(kept)
            shown = kept
        self.take(shown)

    def _present(self) -> list[AlarmRow]:
        wanted = _ASIDE if self._tab == SHELVED else _ACTIVE
        return sorted((row for row in self._now if row.alarm.state in wanted), key=worst_first)

    def _passes(self, row: Row) -> bool:
        if self._severity is not None and severity_of(row) is not self._severity:
            return False
        if self._kind is not None and row.alarm.source_kind is not self._kind:
            return False
        if not self._words:
            return True
        hay = _words_of(row).casefold()
        return all(word in hay for word in self._words.split())


def severity_of(row: Row) -> Severity:
    """What the row shows: a past alarm its worst of the day."""
    return row.worst if isinstance(row, PastAlarm) else row.alarm.severity


def _words_of(row: Row) -> str:
    what = either(row.what_zh, row.what_en)
    return f"{row.number} {alarm_text(row.alarm)} {what} {' '.join(row.alarm.members)}".strip()
