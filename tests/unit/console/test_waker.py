"""The scheduler wakes on time, after a step of the clock, and ends cleanly."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from console.clock import SystemClock
from console.scheduling.waker import DeadlineWaker


class SteppedClock(SystemClock):
    """The machine's clock, moved by hand."""

    def step(self, seconds: float) -> None:
        self.offset_s += seconds


class Bell:
    """Counts wake-ups and lets a test wait for one."""

    def __init__(self) -> None:
        self.count = 0
        self._condition = threading.Condition()

    def ring(self) -> None:
        with self._condition:
            self.count += 1
            self._condition.notify_all()

    def wait_beyond(self, count: int, timeout_s: float = 10.0) -> bool:
        with self._condition:
            return self._condition.wait_for(lambda: self.count > count, timeout_s)


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def waker(clock: SteppedClock) -> Iterator[DeadlineWaker]:
    made = DeadlineWaker(clock)
    yield made
    made.stop()


def test_wakes_at_the_nearest_instant_between_two_beats(waker: DeadlineWaker, clock: SteppedClock) -> None:
    rung: list[datetime] = []
    done = threading.Event()
    target = clock.now() + timedelta(milliseconds=300)

    def ring() -> None:
        rung.append(clock.now())
        done.set()

    waker.start(ring)
    waker.move(target)
    assert done.wait(10)
    assert rung[0] >= target
    # The watchdog's first beat comes after a whole second: this was the job.
    assert waker.steps == 0


def test_an_instant_that_has_passed_wakes_at_once(waker: DeadlineWaker) -> None:
    bell = Bell()
    waker.start(bell.ring)
    waker.move(datetime(2020, 1, 1, tzinfo=UTC))
    assert bell.wait_beyond(0)


def test_moving_the_job_to_nothing_leaves_only_the_beat(waker: DeadlineWaker, clock: SteppedClock) -> None:
    bell = Bell()
    waker.move(clock.now() + timedelta(hours=1))
    waker.start(bell.ring)
    waker.move(None)
    waker.move(None)
    assert bell.wait_beyond(0), "the watchdog beats once a second"


@pytest.mark.logs("stepped")
def test_a_clock_set_back_still_wakes(waker: DeadlineWaker, clock: SteppedClock) -> None:
    bell = Bell()
    waker.start(bell.ring)
    waker.move(clock.now() + timedelta(hours=2))
    clock.step(-3600)
    assert bell.wait_beyond(1), "the watchdog does not depend on the wall clock"
    assert waker.steps == 1


@pytest.mark.logs("stepped")
def test_a_clock_set_forward_moves_the_job(waker: DeadlineWaker, clock: SteppedClock) -> None:
    bell = Bell()
    waker.start(bell.ring)
    waker.move(clock.now() + timedelta(hours=1))
    assert bell.wait_beyond(0)
    clock.step(3600)
    seen = bell.count
    # The next beat notices the step, and the job (now in the past) rings too.
    assert bell.wait_beyond(seen + 1)
    assert waker.steps == 1


def test_the_heartbeat_needs_scheduler_and_sweep(waker: DeadlineWaker) -> None:
    bell = Bell()
    waker.start(bell.ring)
    assert bell.wait_beyond(1)
    before = waker.heartbeat()
    assert before > 0.9, "nobody has swept since the start"
    waker.swept()
    assert waker.heartbeat() < before


@pytest.mark.logs("beat failed")
def test_a_wake_that_raises_does_not_end_the_watchdog(waker: DeadlineWaker) -> None:
    bell = Bell()

    def ring() -> None:
        bell.ring()
        raise RuntimeError("a bug in the sweep's queue")

    waker.start(ring)
    assert bell.wait_beyond(1)


@pytest.mark.logs("maximum number of running instances")
def test_a_stalled_executor_delays_no_sweep_and_is_seen(waker: DeadlineWaker, clock: SteppedClock) -> None:
    bell, stalled = Bell(), threading.Event()
    waker.start(bell.ring)
    # Ten threads is all the executor has.
    for number in range(10):
        waker._scheduler.add_job(stalled.wait, id=f"stall-{number}")
    waker.move(clock.now() + timedelta(seconds=0.2))
    seen = bell.count
    assert bell.wait_beyond(seen + 2), "the watchdog needs no executor"
    waker.swept()
    silent = waker.heartbeat()
    assert bell.wait_beyond(bell.count + 1)
    waker.swept()
    assert waker.heartbeat() > silent, "sweeps alone do not hide it"
    stalled.set()
    for _ in range(10):
        bell.wait_beyond(bell.count)
        waker.swept()
        if waker.heartbeat() < silent:
            break
    assert waker.heartbeat() < silent
