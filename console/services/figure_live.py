"""The rows of a running period, kept up by the chain.

Every change of a case appends an event, so the events since the last look name
the cases whose rows are read again; the day of a big city costs a few
milliseconds a look, however many cases lie in the record.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from console.domain.calendars import WorkingCalendar
from console.domain.figure_row import KEYS
from console.services.figure_rows import Array, FigureRows, inside, joined, read_rows
from console.services.open_cases import chain_news, only_rang
from console.services.ports import UnitOfWork

if TYPE_CHECKING:
    import numpy as np
else:
    from console.services.late_numpy import np


#: Periods kept at once: today and this shift on a few pages.
_KEPT: Final = 6
_Period = tuple[datetime, datetime, str]


@dataclass(frozen=True, slots=True)
class _Kept:
    """Rows, and the head of the chain they were read at."""

    rows: FigureRows
    head: tuple[int, str]
    words: Mapping[int, str]


class LiveRows:
    """A cache over one database. Any thread may look; one at a time does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Period, _Kept] = OrderedDict()
        #: Cases read since the beginning, for the tests.
        self.read = 0

    def look(
        self, uow: UnitOfWork, start: datetime, end: datetime, cut: str, calendar: WorkingCalendar
    ) -> FigureRows:
        """The cases whose ``cut`` lies in ``[start, end)`` as of ``uow``'s
        snapshot; while nothing happens they are the same object."""
        with self._lock:
            period = (start, end, cut)
            kept, head = self._kept.get(period), uow.events.head()
            if kept is None or kept.head != head or kept.rows.calendar is not calendar:
                kept = self._bring_up(uow, period, kept, head, calendar)
            self._kept[period] = kept
            self._kept.move_to_end(period)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return kept.rows

    def _bring_up(
        self,
        uow: UnitOfWork,
        period: _Period,
        kept: _Kept | None,
        head: tuple[int, str],
        calendar: WorkingCalendar,
    ) -> _Kept:
        start, end, cut = period
        news = chain_news(uow, kept.head, head) if kept is not None else None
        if kept is None or news is None:
            rows = read_rows(uow, start, end, cut, calendar)
            self.read += len(rows)
            return _Kept(rows, head, uow.figures.words())
        ids = sorted({event.case for event in news if event.case and not only_rang(event)})
        bundle = uow.figures.of_cases(ids) if ids else b""
        fresh = joined([bundle])
        self.read += len(fresh)
        words = kept.words if _all_known(fresh, kept.words) else uow.figures.words()
        stays = ~np.isin(kept.rows.raw["key"], fresh["key"])
        raw = np.concatenate([kept.rows.raw[stays], inside(bundle, start, end, cut)])
        raw = raw[np.argsort(raw["key"], kind="stable")]
        return _Kept(FigureRows(raw, words, start, end, cut, calendar), head, words)


def _all_known(rows: Array, words: Mapping[int, str]) -> bool:
    return all(int(one) in words or not one for name in KEYS for one in np.unique(rows[name]))
