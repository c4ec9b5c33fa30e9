"""One appointment at a time, kept by APScheduler, for what is due seldom.

A ``date`` job stands at the next instant; beside it an ``interval`` job looks
once a minute, so that a stepped clock, a machine that slept or a plan changed
by another program is found late, never missed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from console.clock import machine_now
from console.services.ports import Clock

#: How often it looks without an appointment, in seconds.
LOOK_S: Final = 60
_NEXT: Final = "next"
_LOOK: Final = "look"


class Appointments:
    """Calls ``wake`` at the instant last given to :meth:`move` and once a
    minute. ``wake`` must return at once: it is called from APScheduler's pool."""

    def __init__(self, clock: Clock, look_s: int = LOOK_S) -> None:
        self._clock, self._look_s = clock, look_s
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = BackgroundScheduler(timezone=UTC, job_defaults=defaults)
        self._lock = threading.Lock()
        self._target: datetime | None = None
        self._wake: Callable[[], None] | None = None

    def start(self, wake: Callable[[], None]) -> None:
        """Begin to wake. May be called once."""
        self._wake = wake
        self._scheduler.start()
        self._scheduler.add_job(wake, IntervalTrigger(seconds=self._look_s), id=_LOOK)

    def move(self, at: datetime | None) -> None:
        """Put the appointment at ``at`` (``None``: there is none)."""
        with self._lock:
            if at == self._target or not self._scheduler.running or self._wake is None:
                return
            self._target = at
            if at is None:
                if self._scheduler.get_job(_NEXT):
                    self._scheduler.remove_job(_NEXT)
                return
            # APScheduler knows only the machine's clock; ours may be shifted.
            wait_s = max(0.0, (at - self._clock.now()).total_seconds())
            when = machine_now() + timedelta(seconds=wait_s)
            self._scheduler.add_job(self._fire, DateTrigger(when), id=_NEXT, replace_existing=True)

    def _fire(self) -> None:
        with self._lock:
            self._target = None
        if self._wake is not None:
            self._wake()

    def stop(self) -> None:
        """End; returns when its threads have ended."""
        if self._scheduler.running:
            self._scheduler.pause()
            self._scheduler.remove_all_jobs()
            self._scheduler.shutdown(wait=True)
