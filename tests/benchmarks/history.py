"""``bench history``: any moment of a shift of eight hours with four hundred cases.

The shift is worked through once by the real use cases, under a clock that is
moved by hand, and kept in the cache. Measured are the reading of the shift and
random moments of it, as the page asks for them.
"""

from __future__ import annotations

import argparse
import heapq
import random
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import db
from console.clock import SystemClock
from console.domain import life
from console.domain.errors import Refusal
from console.domain.model import Actor, Case, Command
from console.domain.vocabulary import OPEN, Action, AlarmState, Role, Source
from console.models.past_walls import written
from console.services.assembly import Services, assemble
from console.services.cases import NewCase
from console.services.history_records import WallChange
from console.services.people import Argon2Hasher
from console.services.rules import load_rules
from console.simulation import district
from console.widgets.layouts import PRESETS
from db import admin
from tests.benchmarks.alarms import percentile
from tests.benchmarks.open_cases import up_to_date

TARGETS = {"moment_s.p95": 0.3}
#: Cases of the shift unless somebody asks for another number.
CASES = 400
#: What was open when the shift began.
CARRIED = 60
#: 08:00 of a working day at the site.
START = datetime(2026, 8, 5, 0, 0, tzinfo=UTC)
LONG = timedelta(hours=8)
MOMENTS = 400
_FORMAT = 1
_USUAL = 10_000  # what ``--cases`` says when nobody said anything
OFFICER, LEADER = Actor("li.na", Role.DUTY), Actor("wang.lei", Role.LEADER)
KINDS = ("E09006-1", "C01003-2", "L05006-1")
#: Seconds until the next step, from and to, by the step that is due.
TAKES = {
    Action.FILE: (20, 420),
    Action.DISPATCH: (5, 90),
    Action.ACCEPT: (20, 200),
    Action.ARRIVE: (120, 900),
    Action.HANDLED: (300, 5400),
    Action.FEEDBACK: (20, 600),
    Action.CHECK: (120, 2400),
    Action.CLOSE: (20, 900),
}


class HandClock:
    """Moved by hand; the seconds that are measured are the machine's."""

    def __init__(self) -> None:
        self.at = START - timedelta(hours=3)
        self.monotonic = SystemClock().monotonic

    def now(self) -> datetime:
        """Where it was put."""
        return self.at


def run(args: argparse.Namespace, cache: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure; the shift is made if it is not there."""
    source = built(cache, CASES if args.cases == _USUAL else args.cases, say)
    with tempfile.TemporaryDirectory(prefix="fifteen-bench-", dir=cache) as name:
        copy = Path(name) / "bench.sqlite"
        shutil.copyfile(source, copy)
        return measured(f"sqlite:///{copy}", Path(name), say)


def measured(url: str, folder: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """The same on any database."""
    rng = random.Random(20260805)
    with db.open_store(url) as store:
        clock = HandClock()
        clock.at = START + LONG + timedelta(hours=1)
        history = assemble(store.uows, clock, folder / "data").history
        reads = []
        for _ in range(5):
            past = history.shift(LEADER, at=START)
            reads.append(past.read_s)
        took = []
        for _ in range(MOMENTS):
            at = START + LONG * rng.random()
            begun = clock.monotonic()
            found = history.moment(LEADER, past, at)
            took.append(clock.monotonic() - begun)
        begun = clock.monotonic()
        again = history.shift(LEADER, at=START)
        history.moment(LEADER, again, START + LONG / 2)
        whole = clock.monotonic() - begun
    say(f"{len(found.board.cards)} cards at the last moment")
    moments = {f"p{n}": percentile(took, n / 100) for n in (50, 95)}
    return {
        "cases": len(past.cases),
        "deeds": len(past.deeds),
        "alarms": len(past.alarms),
        "read_s": {"first": round(reads[0], 4), "p50": percentile(reads, 0.5)},
        "moment_s": {
            "first": round(took[0], 4),
            **moments,
            "max": round(max(took), 4),
        },
        "cold_moment_s": round(whole, 4),
    }


def built(cache: Path, cases: int, say: Callable[[str], None]) -> Path:
    """The shift in the cache, made if it is not there."""
    cache.mkdir(parents=True, exist_ok=True)
    file = cache / f"history-{_FORMAT}-{cases}.sqlite"
    if not file.exists():
        half = file.with_suffix(".part")
        for leftover in cache.glob(f"{half.name}*"):
            leftover.unlink()
        admin.init(f"sqlite:///{half}", "test")
        with tempfile.TemporaryDirectory() as data, db.open_store(f"sqlite:///{half}") as store:
            clock = HandClock()
            services = assemble(store.uows, clock, Path(data))
            hasher = Argon2Hasher(time_cost=1, memory_kib=1024, parallelism=1)
            district.load(store.uows, clock, hasher, services.vault, district.camera_rows(36))
            Shift(services, clock, cases, say).work()
        half.rename(file)
    up_to_date(file)
    return file


class Shift:
    """An office at work: cases come, steps are taken, alarms are answered, walls
    are rearranged."""

    def __init__(self, services: Services, clock: HandClock, cases: int, say: Callable[[str], None]) -> None:
        self.services, self.clock, self.cases, self.say = services, clock, cases, say
        self.rng = random.Random(1)
        self._due: list[tuple[datetime, int, str]] = []
        self._order = 0

    def work(self) -> None:
        """From three hours before the shift to its end."""
        before = START - self.clock.at
        for _ in range(CARRIED):
            self._later(self.clock.at + before * self.rng.random(), "")
        for _ in range(self.cases):
            self._later(START + LONG * self.rng.random(), "")
        for minute in range(0, 480, 12):
            self._later(START + timedelta(minutes=minute, seconds=self.rng.random() * 60), "wall")
        done = 0
        while self._due and self._due[0][0] < START + LONG:
            at, _, what = heapq.heappop(self._due)
            self.clock.at = max(at, self.clock.at + timedelta(microseconds=1))
            self._sweep()
            if what == "wall":
                self._hang()
            elif what:
                self._step(what)
            else:
                self._open()
            done += 1
            if done % 500 == 0:
                self.say(f"{done:,} steps, {self.clock.at:%H:%M} …")

    def _later(self, at: datetime, what: str) -> None:
        self._order += 1
        heapq.heappush(self._due, (at, self._order, what))

    def _sweep(self) -> None:
        alarms = self.services.alarms
        if not alarms.sweep().changed:
            return
        for one in alarms.list(OFFICER, active=True).rows:
            waits = one.state in (AlarmState.RAISED, AlarmState.RETURNED)
            if waits and self.rng.random() < 0.7:
                self.clock.at += timedelta(seconds=self.rng.random() * 4)
                alarms.acknowledge(OFFICER, one.id, self.rng.choice([1, 2, 3]))

    def _open(self) -> None:
        source = self.rng.choice([Source.CAMERA, Source.CAMERA, Source.PATROL])
        camera = f"cam-{self.rng.randint(1, 36):02d}" if source is Source.CAMERA else ""
        kind = self.rng.choice(KINDS)
        new = NewCase(source=source, condition=kind, camera="", place="朝凤路", note=camera)
        self._next(self.services.cases.open(OFFICER, new).case)

    def _next(self, case: Case) -> None:
        if case.state in OPEN:
            with self.services.uows.read() as uow:
                action = life.next_action(case, OFFICER.role, load_rules(uow, self.clock.at))
            least, most = TAKES.get(action or Action.CLOSE, (30, 300))
            self._later(self.clock.at + timedelta(seconds=self.rng.uniform(least, most)), case.id)

    def _step(self, case_id: str) -> None:
        with self.services.uows.read() as uow:
            case = uow.cases.load([case_id])[0]
            action = life.next_action(case, OFFICER.role, load_rules(uow, self.clock.at))
        if action is None:
            return
        condition = self.rng.choice(KINDS) if action is Action.FILE else ""
        result = "exists" if action is Action.VERIFIED else ""
        if action is Action.CHECK and self.rng.random() < 0.06:
            result = "rework"
        wish = Command(action, condition=condition, result=result, reason="现场仍有残留", cause="no_unit")
        try:
            case = self.services.cases.act(OFFICER, case_id, wish).case
        except Refusal as refusal:
            self.say(f"{case_id} {action}: {refusal.code} {refusal.detail}")
            return
        self._next(case)

    def _hang(self) -> None:
        name = self.rng.choice(["9", "16", "25"])
        layout = PRESETS[name][0]
        cells = [(one.x, one.y, one.w, one.h) for one in layout.cells]
        tiles = [f"cam-{self.rng.randint(1, 36):02d}" for _ in cells]
        hung = written((name, layout.columns, layout.rows, cells), tiles, (0, 1), None, {})
        row = WallChange(self.clock.at, OFFICER.name, "desk-1", f"wall-{self.rng.randint(1, 2)}", hung=hung)
        self.services.history.hang([row])
