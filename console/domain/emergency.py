"""Up-reports of emergencies: by telephone soon, in writing a little later.

The clocks of the reporting rules handed down (facts 4.4): 20 minutes by telephone
and 40 in writing from when it was known, unless the site has its own. They end with
the report, not with the case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from console.domain.model import Case
from console.domain.vocabulary import State

#: Kinds of reports; the first two have a clock.
PHONE: Final = "phone"
WRITTEN: Final = "written"
KINDS: Final = (PHONE, WRITTEN, "follow", "final")
#: What is reported upward unless the site says otherwise: a burst water main, a gas
#: leak, a road that has fallen in, a flooded road.
CONDITIONS: Final = ("L05001-1", "L05002-1", "L05005-1", "L05006-1")
#: Of a limit so much is used up when somebody is reminded.
REMIND: Final = 0.8
#: A report that has not been made within a day is no longer a matter of minutes.
OLDEST: Final = timedelta(hours=24)

_CODES: Final = {PHONE: "first_report", WRITTEN: "written_report"}
_NONE: Final = frozenset({State.REJECTED, State.VOIDED, State.DUPLICATE})


@dataclass(frozen=True, slots=True)
class Timer:
    """One report that is asked for: by when, when somebody is reminded, and when
    it was made (``None``: not yet)."""

    kind: str
    start_at: datetime
    remind_at: datetime
    due_at: datetime
    made_at: datetime | None = None

    @property
    def running(self) -> bool:
        """True while it has still to be made."""
        return self.made_at is None

    def code(self, now: datetime) -> str:
        """What is wrong: ``first_report_due``, ``written_report_overdue`` …;
        empty while there is time, and once it is made."""
        if not self.running or now < self.remind_at:
            return ""
        return f"{_CODES[self.kind]}_{'overdue' if now >= self.due_at else 'due'}"

    def since(self, now: datetime) -> datetime:
        """Since when that has been so."""
        return self.due_at if now >= self.due_at else self.remind_at


def known_at(case: Case) -> datetime | None:
    """When the office knew: found or reported, whichever came first."""
    told = [at for at in (case.found_at, case.reported_at) if at is not None]
    return min(told, default=case.opened_at)


def timers(case: Case, minutes: Mapping[str, int], made: Mapping[str, datetime]) -> tuple[Timer, ...]:
    """The clocks of an emergency, the telephone first. ``minutes``: the limit of
    each kind, 0 for none; ``made``: when reports were made. A written report
    stands for the telephone as well. None for a case that turned out to be none."""
    start = known_at(case)
    if start is None or case.state in _NONE:
        return ()
    found = []
    for kind in (PHONE, WRITTEN):
        limit = timedelta(minutes=minutes.get(kind, 0))
        if limit:
            ends = [at for one, at in made.items() if one == kind or one != PHONE]
            done = min(ends, default=None)
            found.append(Timer(kind, start, start + REMIND * limit, start + limit, done))
    return tuple(found)
