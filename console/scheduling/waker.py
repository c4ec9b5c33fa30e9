"""APScheduler as an alarm clock: it wakes the sweep and decides nothing.

One ``date`` job stands at the nearest instant at which some deadline may
cross. Beside it a watchdog beats once a second on the monotonic clock: it
wakes the sweep (what was missed is found then), pokes APScheduler so that a
stepped wall clock or a suspended machine cannot leave it asleep, and moves the
job again when the wall clock and the monotonic clock disagree.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger

from console.clock import machine_now
from console.services.ports import Clock

log = logging.getLogger(__name__)

#: A wall clock that moves this much against the monotonic one was stepped
#: (or the machine slept), in seconds.
STEP_S = 0.5
_NEAREST = "nearest"
_PULSE = "pulse"
_MANY = 1000


class DeadlineWaker:
    """Calls ``wake`` at the nearest transition and once a second.

    ``wake`` must return at once (it puts the sweep into a queue): it is called
    from APScheduler's pool and from the watchdog. :meth:`swept` is told when a
    sweep has been committed, so that :meth:`heartbeat` proves the whole way
    from the scheduler to the database, not only that a thread turns.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # A late job must run late, never be dropped: the default grace is 1 s.
        self._scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        self._wake: Callable[[], None] | None = None
        self._stopping = threading.Event()
        self._watchdog = threading.Thread(target=self._beat, name="deadline-watchdog", daemon=True)
        self._lock = threading.Lock()
        self._target: datetime | None = None
        self._pulse_at = clock.monotonic()
        self._swept_at = clock.monotonic()
        self._wall_minus_mono = 0.0
        self.steps = 0

    def start(self, wake: Callable[[], None]) -> None:
        """Begin to wake. May be called once."""
        self._wake = wake
        self._wall_minus_mono = self._difference()
        self._scheduler.start()
        self._watchdog.start()

    def move(self, at: datetime | None) -> None:
        """Put the one job at ``at`` (None: nothing is due)."""
        with self._lock:
            if at == self._target or self._stopping.is_set():
                return
            self._target = at
            self._place()

    def swept(self) -> None:
        """A sweep has run to its end."""
        self._swept_at = self._clock.monotonic()

    def heartbeat(self) -> float:
        """Seconds since scheduler and sweep last both proved to be alive."""
        return self._clock.monotonic() - min(self._pulse_at, self._swept_at)

    def stop(self) -> None:
        """Stop both threads; returns when they have ended."""
        self._stopping.set()
        if self._watchdog.is_alive():
            self._watchdog.join(timeout=5)
        if self._scheduler.running:
            # A job that falls due while APScheduler shuts down ends its thread
            # with a JobLookupError: no job may be left by then.
            self._scheduler.pause()
            self._scheduler.remove_all_jobs()
            # Jobs only put into queues, so waiting for them cannot hang.
            self._scheduler.shutdown(wait=True)

    # -- inside ---------------------------------------------------------------
    def _difference(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic()

    def _place(self) -> None:
        """(Re)place the job; the caller holds the lock."""
        if self._target is None:
            if self._scheduler.get_job(_NEAREST):
                self._scheduler.remove_job(_NEAREST)
            return
        # APScheduler knows only the machine's clock; ours may be shifted.
        wait_s = max(0.0, (self._target - self._clock.now()).total_seconds())
        at = machine_now() + timedelta(seconds=wait_s)
        # Never skipped because the one before it is still on its way: then nobody
        # would be woken before the next beat.
        self._scheduler.add_job(
            self._fire, DateTrigger(at), id=_NEAREST, replace_existing=True, max_instances=_MANY
        )

    def _fire(self) -> None:
        self._pulse_at = self._clock.monotonic()
        with self._lock:
            self._target = None
        if self._wake is not None:
            self._wake()

    def _pulse(self) -> None:
        self._pulse_at = self._clock.monotonic()

    def _beat(self) -> None:
        due = self._clock.monotonic()
        while not self._stopping.is_set():
            due += 1.0
            if self._stopping.wait(max(0.0, due - self._clock.monotonic())):
                return
            if self._clock.monotonic() - due > 5:
                due = self._clock.monotonic()  # slept: no burst of beats
            try:
                self._check_step()
                at = machine_now()
                self._scheduler.add_job(self._pulse, DateTrigger(at), id=_PULSE, replace_existing=True)
                self._scheduler.wakeup()
                if self._wake is not None:
                    self._wake()
            except Exception:
                # A beat that failed must not end the watchdog.
                log.exception("the watchdog's beat failed")

    def _check_step(self) -> None:
        now = self._difference()
        if abs(now - self._wall_minus_mono) >= STEP_S:
            self.steps += 1
            log.warning("the clock was stepped by %.1f s", now - self._wall_minus_mono)
            self._wall_minus_mono = now
            with self._lock:
                self._place()
