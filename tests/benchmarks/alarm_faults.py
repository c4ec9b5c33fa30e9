"""``bench alarm-faults``: whole programs (``fifteen watch`` in processes of their
own) under what happens to machines, and whether the alarms afterwards are those
truth demands: killed, stopped for 90 s, locked out for 20 s, the disk full, the
clock stepped both ways, ten thousand clocks crossing in one second, two sweeping
one database for a minute; then random schedules of all of it, seed said.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

import db
from console.clock import CLOCK_FILE_VARIABLE, FileShiftedClock
from console.domain.errors import Refusal
from console.domain.model import Case, Command
from console.domain.vocabulary import TERMINAL, Action
from console.services.assembly import assemble
from console.services.ports import CaseQuery
from db import admin
from tests import alarm_load, postgres
from tests.alarm_truth import complaints
from tests.benchmarks.alarms import percentile
from tests.db.test_alarm_schedules import WAYS

ROOT: Final = Path(__file__).resolve().parents[2]
DEFAULT_SECONDS: Final = 900
SCHEDULES: Final = 40
BUNCH: Final = 10_000
SEED: Final = int(os.environ.get("FIFTEEN_SEED", "20261121"))
PATIENCE_S: Final = 30.0
#: After the blow is over, so many seconds until all is recorded: the watchdog's
#: beat and a sweep; with a lock besides what SQLite's waiting writer rests.
TARGETS: Final = {
    "wrong": 0,
    "stopped.after_s": 3.0,
    "locked.after_s": 8.0,
    "full.after_s": 3.0,
    "bunch_s": 5.0,
}


class Site:
    """A database, a clock file and programs that watch."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.file = folder / "site.sqlite"
        self.url = url or f"sqlite:///{self.file}"
        admin.init(self.url, "test")
        self.clock_file = folder / "clock"
        self.shift_s = 0.0
        self.step(0.0)
        self.clock = FileShiftedClock(self.clock_file)
        self.store = db.open_store(self.url)
        self.services = assemble(self.store.uows, self.clock, folder / "data", purpose="test")
        alarm_load.furnish(self.store)
        self.programs: list[subprocess.Popen[bytes]] = []

    def step(self, seconds: float) -> None:
        """Step everybody's clock."""
        self.shift_s += seconds
        spare = self.clock_file.with_suffix(".new")
        spare.write_text(f"{self.shift_s:.6f}", encoding="ascii")
        os.replace(spare, self.clock_file)
        if seconds:
            self.clock.reread()

    def begin(self) -> None:
        """One more program."""
        ours = {"FIFTEEN_DB": self.url, "FIFTEEN_DATA": str(self.folder / "data")}
        environ = {**os.environ, **ours, CLOCK_FILE_VARIABLE: str(self.clock_file)}
        words = [sys.executable, str(ROOT / "main.py"), "watch", "--every", "1"]
        with (self.folder / "said").open("ab") as said:
            self.programs.append(subprocess.Popen(words, env=environ, stdout=said, stderr=said))

    def kill(self) -> None:
        """The first program dies at once."""
        program = self.programs.pop(0)
        program.send_signal(signal.SIGKILL)
        program.wait()

    def cases(self, number: int, within_s: float = 1.0, ahead_s: float = alarm_load.WARN_S) -> list[str]:
        """Cases that cross 80 % of their decision in ``ahead_s``."""
        first = self.clock.now() + timedelta(seconds=ahead_s)
        return alarm_load.fill(
            self.store, [first + timedelta(seconds=within_s * n / number) for n in range(number)]
        )

    def rung(self, number: int) -> bool:
        """Whether so many alarms have been raised."""
        with self.store.uows.read() as uow:
            return uow.alarms.find(limit=1).total >= number

    def wrong(self) -> list[str]:
        """What is not as truth demands, after giving the programs time to get there."""
        end = time.monotonic() + PATIENCE_S
        while found := complaints(self.store.uows, self._looked_at()):
            if time.monotonic() > end:
                break
            time.sleep(0.5)
        if not admin.check(self.url)["ok"]:
            found = [*found, "the chain is broken"]
        return found

    def _looked_at(self) -> datetime:
        """Now; where no program watches any more, everything due is swept first."""
        now = self.clock.now()
        if not self.programs:
            self.services.alarms.sweep(now)
        return now

    def close(self) -> None:
        """End everything."""
        for program in self.programs:
            program.send_signal(signal.SIGCONT)
            program.terminate()
        for program in self.programs:
            program.wait(PATIENCE_S)
        self.store.close()


@contextmanager
def site(folder: Path, programs: int, url: str = "") -> Iterator[Site]:
    """A site with programs that have begun to sweep."""
    made = Site(folder, url)
    try:
        warm = made.cases(1, ahead_s=0.5)
        for _ in range(programs):
            made.begin()
        if programs:
            until(lambda: made.rung(len(warm)))
        yield made
    finally:
        made.close()


def until(true: Callable[[], object]) -> float:
    """Seconds until it is true."""
    begun = time.monotonic()
    while not true():
        if time.monotonic() - begun > 4 * PATIENCE_S:
            raise RuntimeError("it never came")
        time.sleep(0.02)
    return round(time.monotonic() - begun, 2)


def run(args: argparse.Namespace, cache: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """All of it; with fewer than 900 seconds shorter blows and fewer schedules."""
    seconds = float(args.seconds or DEFAULT_SECONDS)
    share = min(1.0, seconds / DEFAULT_SECONDS)
    end = time.monotonic() + seconds
    found: dict[str, Any] = {"seed": SEED, "named": []}
    with tempfile.TemporaryDirectory(prefix="bench-alarm-faults-") as name:
        folder = Path(name)
        for part, blow in (("stopped", _stopped), ("locked", _locked), ("full", _full)):
            say(f"{part} …")
            found[part] = blow(folder / part, share, found["named"])
        say(f"{BUNCH} in one second …")
        found["bunch_s"] = _bunch(folder / "bunch", found["named"])
        for kind in ("sqlite", "postgresql"):
            if kind == "sqlite" or postgres.binaries() is not None:
                say(f"two sweep on {kind} …")
                found[f"two_{kind}"] = _two(folder / kind, kind, max(5.0, 60 * share), found["named"])
        done = 0
        while done < SCHEDULES and (done == 0 or time.monotonic() < end):
            _schedule(folder / f"schedule-{done}", SEED + done, found["named"])
            done += 1
            say(f"schedule {done} of {SCHEDULES}, wrong so far: {len(found['named'])}")
    return found | {"schedules": done, "wrong": len(found["named"])}


def _stopped(folder: Path, share: float, named: list[str]) -> dict[str, Any]:
    """Stopped while clocks cross, then continued."""
    with site(folder, 1) as here:
        here.cases(200, ahead_s=2.0, within_s=90 * share / 2)
        here.programs[0].send_signal(signal.SIGSTOP)
        time.sleep(max(5.0, 90 * share))
        here.programs[0].send_signal(signal.SIGCONT)
        after = until(lambda: here.rung(201))
        named += here.wrong()
    return {"for_s": max(5.0, 90 * share), "after_s": after}


def _locked(folder: Path, share: float, named: list[str]) -> dict[str, Any]:
    """Another writer that does not come to an end."""
    with site(folder, 2) as here:
        here.cases(200, ahead_s=2.0)
        with _writer(here.file):
            time.sleep(max(7.0, 20 * share))
        after = until(lambda: here.rung(201))
        named += here.wrong()
    return {"for_s": max(7.0, 20 * share), "after_s": after}


@contextmanager
def _writer(file: Path) -> Iterator[None]:
    other = sqlite3.connect(file, isolation_level=None, timeout=10)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def _full(folder: Path, share: float, named: list[str]) -> dict[str, Any] | None:
    """A disk of its own that somebody fills; ``None`` where none may be mounted."""
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        return None
    try:
        with site(folder, 1) as here:
            here.cases(400, ahead_s=4.0)
            _eat(folder / "eaten")
            time.sleep(max(8.0, 20 * share))
            rung = here.rung(401)
            (folder / "eaten").unlink()
            after = until(lambda: here.rung(401))
            named += here.wrong()
            if rung:
                named.append("full: the disk was not")
    finally:
        subprocess.run(["umount", "-l", str(folder)], capture_output=True, check=False)
    return {"for_s": max(8.0, 20 * share), "after_s": after}


def _eat(file: Path) -> None:
    """Write until nothing more goes on the disk."""
    with file.open("wb") as eaten, suppress(OSError):
        while True:
            os.write(eaten.fileno(), b"\0" * 65536)


def _bunch(folder: Path, named: list[str]) -> float:
    """Two programs, ten thousand clocks in one second: until the last is recorded."""
    with site(folder, 2) as here:
        here.cases(BUNCH, ahead_s=1.0)
        # The cases were long in the making: all of it lies ahead again.
        here.step(-60.0)
        time.sleep(2.5)
        here.step(60.0)
        after = until(lambda: here.rung(BUNCH + 1))
        named += here.wrong()
    return after


def _two(folder: Path, kind: str, seconds: float, named: list[str]) -> dict[str, Any]:
    """Two sweep without a rest while officers act at the instants of the crossings."""
    from tests.db.test_alarm_processes import sweepers

    url = postgres.fresh_url() if kind == "postgresql" else ""
    with site(folder, 0, url) as here:
        with sweepers(here.url, 2) as told:
            # They take a while in the making.
            begin = here.clock.now() + timedelta(seconds=2 + seconds / 6)
            at = [begin + timedelta(seconds=n / 80) for n in range(int(seconds * 80))]
            cases = alarm_load.fill(here.store, at)
            done = alarm_load.act(here.store, folder, alarm_load.deeds(cases, at, Random(SEED), 4))
        named += here.wrong()
        late = [one for process in told for one in process["late"]]
    return {
        "for_s": seconds, "crossings": len(late), "steps": done,
        "sweeps": [process["sweeps"] for process in told], "lateness_s.p99": percentile(late, 0.99),
    }  # fmt: skip


class _Play:
    """One random schedule of blows and steps."""

    def __init__(self, here: Site, dice: Random) -> None:
        self.here, self.dice = here, dice
        self.blows: dict[str, Callable[[], None]] = {
            "ahead": self.ahead, "officers": self.officers, "killed": self.killed,
            "stopped": self.stopped, "locked": self.locked, "back": self.back,
        }  # fmt: skip

    def ahead(self) -> None:
        self.here.step(self.dice.uniform(1, 150))

    def officers(self) -> None:
        with self.here.store.uows.read() as uow:
            rows = [case for case in uow.cases.find(CaseQuery(limit=1000)).rows if case.state not in TERMINAL]
        for case in self.dice.sample(rows, min(6, len(rows))):
            with suppress(Refusal):
                self.here.services.cases.act(alarm_load.LEADER, case.id, self._wish(case))
        for alarm in self.here.services.alarms.list(alarm_load.LEADER, active=True, limit=3).rows:
            with suppress(Refusal):
                self.here.services.alarms.acknowledge(alarm_load.LEADER, alarm.id, self.dice.randint(1, 3))

    def _wish(self, case: Case) -> Command:
        action = self.dice.choice([one for one in WAYS[case.state] if one is not Action.SUSPEND])
        if action is Action.FILE:
            return alarm_load.FILE
        teams = ("appearance",) if action is Action.DISPATCH else ()
        return Command(
            action, reason="不属本队", teams=teams, result="exists" if action is Action.VERIFIED else ""
        )

    def killed(self) -> None:
        self.here.kill()
        time.sleep(self.dice.uniform(0, 1))
        self.here.begin()

    def stopped(self) -> None:
        program = self.here.programs[0]
        program.send_signal(signal.SIGSTOP)
        self.ahead()
        self.officers()
        time.sleep(self.dice.uniform(0, 2))
        program.send_signal(signal.SIGCONT)

    def locked(self) -> None:
        with _writer(self.here.file):
            self.ahead()
            time.sleep(self.dice.uniform(0.5, 6.5))

    def back(self) -> None:
        # Nobody acts meanwhile: what he did would truly lie before what rang.
        gone = self.dice.uniform(5, 900)
        self.here.step(-gone)
        time.sleep(self.dice.uniform(1, 2.5))
        self.here.step(gone)


def _schedule(folder: Path, seed: int, named: list[str]) -> None:
    dice = Random(seed)
    with site(folder, dice.choice((1, 2))) as here:
        here.cases(15, within_s=120.0)
        play = _Play(here, dice)
        for _ in range(10):
            play.blows[dice.choice(tuple(play.blows))]()
            time.sleep(dice.uniform(0, 1.2))
        here.step(1200.0)
        named += [f"seed {seed}: {one}" for one in here.wrong()]
    shutil.rmtree(folder, ignore_errors=True)
