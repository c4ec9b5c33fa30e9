"""What looking back reads: rows of a stretch of time, and what hung on the walls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

from console.domain.model import Alarm, AlarmEvent, Event, Evidence

#: What may be told of a wall: it hangs like this now, or it is gone.
HANGS: Final = "hangs"
GONE: Final = "gone"


@dataclass(frozen=True, slots=True)
class WallChange:
    """One wall of one seat from ``at`` on. ``hung`` is the plan as it is kept
    over a restart, with ``tour`` and ``lent`` (tile, camera) where there are
    any; empty for a wall that is gone (``what``)."""

    at: datetime
    actor: str
    seat: str
    wall: str
    what: str = HANGS
    hung: Mapping[str, Any] = field(default_factory=dict)


class HistoryRepository(Protocol):
    """Reads a stretch of time; adds what hangs on walls, and changes nothing."""

    def cases_between(self, since: datetime, start: datetime, end: datetime) -> tuple[str, ...]:
        """Ids of the cases that were open at ``start``, and of those to which
        anything happened (by its entry) from ``since`` until ``end``. A few
        that were neither may be among them."""
        ...

    def events_of(self, ids: Sequence[str], until: datetime) -> Mapping[str, tuple[Event, ...]]:
        """Events entered by ``until`` of these cases, each in the chain's order,
        without hashes; of no case (``""``) those are left to :meth:`entered`."""
        ...

    def entered(self, start: datetime, end: datetime) -> tuple[Event, ...]:
        """Events of no case (the site's own, those of shifts) entered from
        ``start`` until ``end``, in order."""
        ...

    def alarms_between(self, start: datetime, end: datetime) -> tuple[Alarm, ...]:
        """Alarms, as they are stored now, that were open at any time from
        ``start`` until ``end``; a few that were not may be among them."""
        ...

    def alarm_events(self, ids: Sequence[int], until: datetime) -> Mapping[int, tuple[AlarmEvent, ...]]:
        """What happened to these alarms until then, each in order."""
        ...

    def evidence_of(self, ids: Sequence[str], until: datetime) -> tuple[Evidence, ...]:
        """Evidence of these cases added by then."""
        ...

    def walls(self, start: datetime, end: datetime) -> tuple[WallChange, ...]:
        """The last change of each wall before ``start``, then all until ``end``."""
        ...

    def hang(self, rows: Iterable[WallChange]) -> None:
        """Add what hangs on walls."""
        ...
