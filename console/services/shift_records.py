"""What a shift keeps beside its events, and who stores it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from console.domain.model import Event
from console.domain.shift_log import ShiftLog


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """A shift in a list. ``stage``: ``open``, ``offered``, ``handed``;
    ``events``: how many its log has."""

    id: str
    kind: str
    zh: str
    en: str
    start_at: datetime
    end_at: datetime
    stage: str
    opened_at: datetime
    opened_by: str
    off_by: str = ""
    off_at: datetime | None = None
    on_by: str = ""
    on_at: datetime | None = None
    objection: str = ""
    events: int = 0
    addenda: int = 0
    version: int = 1


@dataclass(frozen=True, slots=True)
class ShiftPersonRow:
    """A caller named in a shift's telephone log; name and number sealed."""

    id: str
    shift_id: str
    name_sealed: str
    phone_sealed: str
    added_at: datetime


class ShiftRepository(Protocol):
    """Shifts as rows; their events are the event log's."""

    def get(self, shift_id: str) -> ShiftRow | None: ...

    def between(self, start: datetime, end: datetime) -> tuple[ShiftRow, ...]:
        """Shifts planned to begin in ``[start, end)``, newest first."""
        ...

    def unsigned(self) -> tuple[ShiftRow, ...]:
        """Shifts that nobody has taken over, newest first."""
        ...

    def add(self, row: ShiftRow) -> None:
        """A new shift. Raises ``Refusal('conflict')`` when it is there."""
        ...

    def save(self, row: ShiftRow, expected_version: int) -> ShiftRow:
        """Compare-and-set on the version; raises ``Refusal('conflict')``."""
        ...

    def successors(self, seqs: Sequence[int]) -> Mapping[int, str]:
        """By number of an event: the hash its successor says it has."""
        ...

    def events_between(self, start: datetime, end: datetime, actions: Sequence[str]) -> tuple[Event, ...]:
        """Events of the site of these actions recorded in ``[start, end)``."""
        ...

    def copy_head(self, seq: int, digest: str, copied_to: str) -> None:
        """Remember a head that stands in a signed log."""
        ...

    def add_person(self, row: ShiftPersonRow) -> None: ...

    def person(self, person_id: str) -> ShiftPersonRow | None: ...

    def callers_before(self, before: datetime) -> int:
        """How many callers have been kept since before then."""
        ...

    def erase_persons(self, before: datetime) -> tuple[tuple[str, str], ...]:
        """Erase callers kept since before then: (shift, person) of each."""
        ...


def row_of(log: ShiftLog, version: int = 1) -> ShiftRow:
    """The row of a log."""
    return ShiftRow(
        id=log.id,
        kind=log.kind,
        zh=log.zh,
        en=log.en,
        start_at=log.start,
        end_at=log.end,
        stage=log.stage.value,
        opened_at=log.opened_at,
        opened_by=log.opened_by,
        off_by=log.off.who if log.off else "",
        off_at=log.off.at if log.off else None,
        on_by=log.on.who if log.on else "",
        on_at=log.on.at if log.on else None,
        objection=(log.on.objection if log.on else "") or (log.off.objection if log.off else ""),
        events=log.events,
        addenda=len(log.addenda),
        version=version,
    )
