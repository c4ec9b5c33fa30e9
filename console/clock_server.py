"""The local clock beside the database server's.

Stamps are the local clock plus the offset to the server, so that two
workstations agree on what came first. A small offset is taken along silently,
above half a second it is shown, and above five seconds nothing is stamped: then
one of the two clocks is wrong, and nobody here can know which.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final, Protocol

from console.clock import SystemClock, machine_now
from console.domain.errors import Refusal

log = logging.getLogger(__name__)

#: Above this the offset is shown, in seconds.
SHOWN_S: Final = 0.5
#: Above this nothing is stamped, in seconds.
REFUSED_S: Final = 5.0


class TellsTime(Protocol):
    """A database that may have a clock of its own."""

    def server_time(self) -> datetime | None:
        """Aware UTC, or ``None`` where there is no other clock."""
        ...


def follow_server(store: TellsTime, clock: SystemClock) -> float:
    """Measure the offset and let ``clock`` follow it; returns it in seconds.
    The answer is taken to be from the middle of the question's way. Raises what
    the database raises when it cannot be asked."""
    before = machine_now()
    told = store.server_time()
    after = machine_now()
    if told is None:
        return 0.0
    middle = before + (after - before) / 2
    offset = (told - middle) / timedelta(seconds=1)
    if abs(offset) > SHOWN_S and abs(offset - clock.offset_s) > SHOWN_S:
        log.warning("this clock is %.1f s from the database server's", -offset)
    clock.offset_s = offset
    return offset


def demand_true_clock(clock: SystemClock) -> None:
    """Raises ``Refusal('conflict', 'clock')`` when the offset is too large."""
    if abs(clock.offset_s) > REFUSED_S:
        raise Refusal("conflict", "clock", seconds=f"{-clock.offset_s:+.0f}")
