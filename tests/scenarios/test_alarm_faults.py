"""The program under blows: killed at each step of an alarm's life, stopped and
continued, its clock moved both ways, its database locked and full, its time zone
changed. Afterwards the alarms are those truth demands, each once and as late as
it was."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

import console.engine
import db
from console.clock import CLOCK_FILE_VARIABLE
from console.domain.model import Alarm
from console.domain.vocabulary import AlarmState, Severity
from console.services.assembly import Services, assemble
from console.settings import Places
from db import admin
from tests import alarm_load
from tests.alarm_load import FILE, LEADER
from tests.alarm_truth import complaints
from tests.scenarios.cli_kit import MAIN, Cli
from tests.scenarios.console_kit import Story, at, until
from tests.scenarios.test_crash_and_recovery import engine
from tests.scenarios.test_watch import Watching
from tests.unit.services.conftest import Hands


class Office:
    """A database with cases, the hands of officers, and the clock of everybody."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder, self.story = url, folder, Story(folder)
        self.hands = Hands()
        self.store = db.open_store(url)
        self.officers: Services = assemble(self.store.uows, self.hands, folder / "data", purpose="test")
        alarm_load.furnish(self.store)
        self.stand("08:15:00")

    def stand(self, clock: str) -> None:
        """It is now so late, for every program and for the officers."""
        self.hands.at = at(clock)
        self.story.stand(self.hands.at)

    def cases(self, number: int) -> list[str]:
        """Cases found now."""
        warned = self.hands.at + timedelta(seconds=alarm_load.WARN_S)
        return alarm_load.fill(self.store, [warned + timedelta(microseconds=n) for n in range(number)])

    def alarm(self, case: str) -> Alarm:
        """The newest alarm of a case."""
        with self.store.uows.read() as uow:
            return next(one for one in uow.alarms.find(limit=1000).rows if one.source_id == case)

    def life(self, case: str) -> list[tuple[str, float]]:
        """What happened to that alarm, and how late."""
        with self.store.uows.read() as uow:
            events = uow.alarms.events_of(self.alarm(case).id)
        return [(e.what, round(e.late_s, 1)) for e in events if e.what != "escalated"]

    def told(self, case: str, number: int) -> None:
        """Wait until so much has happened to it."""
        until(lambda: self.rung(case) and len(self.life(case)) >= number, f"{number} of {case}", 90)

    def rung(self, case: str) -> bool:
        """Whether it has an alarm."""
        with self.store.uows.read() as uow:
            return any(one.source_id == case for one in uow.alarms.find(limit=1000).rows)

    def wrong(self) -> list[str]:
        """What is not as truth demands."""
        return complaints(self.store.uows, self.hands.at)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with our schema."""
    file = tmp_path_factory.mktemp("empty") / "site.sqlite"
    admin.init(str(file), "test")
    return file


@pytest.fixture
def office(empty: Path, tmp_path: Path) -> Iterator[Office]:
    """An office of its own."""
    shutil.copy(empty, tmp_path / "site.sqlite")
    made = Office(f"sqlite:///{tmp_path / 'site.sqlite'}", tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def begin(office: Office) -> Iterator[Callable[[], Watching]]:
    """Starts a watch; none outlives the test, not even a stopped one."""
    cli, begun = Cli(office.url, office.folder / "data"), []

    def one() -> Watching:
        begun.append(Watching(cli, **{CLOCK_FILE_VARIABLE: str(office.story.path)}))
        return begun[-1]

    yield one
    for watch in begun:
        if watch.process.poll() is None:
            watch.end(signal.SIGKILL)


def test_a_watch_killed_at_each_step_of_an_alarms_life(office: Office, begin: Callable[[], Watching]) -> None:
    alarms = office.officers.alarms
    taken, aside, filed = office.cases(3)
    watch = begin()
    watch.line(_is_ok)
    office.stand("08:19:30")
    office.told(filed, 1)
    assert watch.end(signal.SIGKILL)[0] == -signal.SIGKILL  # raised
    office.stand("08:20:10")
    watch = begin()
    office.told(filed, 2)
    alarms.acknowledge(LEADER, office.alarm(taken).id, 2)
    alarms.shelve(LEADER, office.alarm(aside).id, 5, "现场核实中")
    watch.end(signal.SIGKILL)  # acknowledged, its promise running; shelved
    office.stand("08:23:00")
    watch = begin()
    office.told(taken, 4)
    # Stopped for three minutes, as a machine asleep.
    stopped(office, watch)
    office.stand("08:26:00")
    office.officers.cases.act(LEADER, filed, FILE)
    assert office.alarm(aside).state is AlarmState.SHELVED
    watch.process.send_signal(signal.SIGCONT)
    office.told(aside, 4)
    watch.end(signal.SIGKILL)  # returned
    alarms.acknowledge(LEADER, office.alarm(filed).id, 1)
    office.stand("08:26:40")
    watch = begin()
    watch.line(_is_ok)
    watch.forget()
    watch.line(_is_ok)
    code, said = watch.end()
    assert code == 0, said
    crossed = [("raised", 30.0), ("worsened", 10.0)]
    assert office.life(taken) == [*crossed, ("acknowledged", 0.0), ("expired", 50.0)]
    assert office.life(aside) == [*crossed, ("shelved", 0.0), ("unshelved", 0.0)]
    assert office.life(filed) == [*crossed, ("returned", 0.0), ("acknowledged", 0.0), ("cleared", 0.0)]
    assert (office.alarm(taken).severity, office.alarm(taken).louder) == (Severity.HIGH, 1)
    assert office.wrong() == []
    assert admin.check(office.url)["ok"]


def stopped(office: Office, watch: Watching) -> None:
    """Stop it while it writes nothing: a program held in the middle of a
    transaction holds everybody else's writing up, which is another story."""
    stat = Path(f"/proc/{watch.process.pid}/stat")
    with office.store.uows.write():
        watch.process.send_signal(signal.SIGSTOP)
        until(lambda: stat.read_text().rpartition(")")[2].split()[0] == "T", "stopped")


def test_a_watch_whose_lines_cannot_be_written_goes_on(office: Office) -> None:
    cli = Cli(office.url, office.folder / "data", more={CLOCK_FILE_VARIABLE: str(office.story.path)})
    (case,) = office.cases(1)
    with Path("/dev/full").open("w") as full_disk:
        words = [*MAIN, "watch", "--every", "1"]
        watch = subprocess.Popen(words, env=cli.environ, stdout=full_disk, stderr=subprocess.DEVNULL)
        try:
            office.stand("08:19:00")
            office.told(case, 1)
            log = office.folder / "data" / "logs" / "fifteen.log"
            until(lambda: "could not be written" in log.read_text("utf-8"), "said in the log", 90)
            office.stand("08:20:00")
            office.told(case, 2)
            assert watch.poll() is None
        finally:
            watch.terminate()
            watch.wait(60)
    assert office.wrong() == []


def _is_ok(line: dict[str, Any]) -> bool:
    return bool(line["ok"])


@pytest.mark.logs("a job of the database worker was refused", "the clock was stepped")
def test_a_console_through_lock_full_disk_time_zone_and_a_clock_set_back(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hasty(url: str) -> db.Store:
        return db.open_store(url, busy_s=0.2)

    monkeypatch.setattr(console.engine, "open_store", hasty)
    places = Places(office.url, office.folder / "data", tmp_path / "cache")
    posted: list[object] = []
    with engine(places, office.story, posted) as made:
        (first,) = office.cases(1)
        with locked(office.folder / "site.sqlite"):
            office.stand("08:19:10")
            until(lambda: made.waker.heartbeat() > 2, "nobody is told that all is well")
            office.stand("08:19:30")
            assert not office.rung(first)
        office.told(first, 1)
        many = office.cases(60)
        with full(made.store):
            office.stand("08:23:35")
            until(lambda: made.waker.heartbeat() > 2, "nobody is told that all is well")
            office.stand("08:23:50")
            assert not office.rung(many[0])
        office.told(many[-1], 1)
        with time_zone("America/New_York"):
            office.stand("08:24:31")
            office.told(many[-1], 2)
        # An hour ahead by mistake: a promise of then ends three minutes after the mistake is mended.
        office.stand("09:24:31")
        office.officers.alarms.acknowledge(LEADER, office.alarm(first).id, 3)
        office.stand("08:25:00")
        office.told(first, 4)
        assert office.alarm(first).promise_until == at("08:28:00")
        office.stand("08:28:00")
        office.told(first, 5)
    late = [("raised", 30.0), ("worsened", 230.0), ("acknowledged", 0.0), ("set_back", 0.0), ("expired", 0.0)]
    assert office.life(first) == late
    assert {tuple(office.life(case)) for case in many} == {(("raised", 20.0), ("worsened", 1.0))}
    assert office.wrong() == []
    assert admin.check(office.url)["ok"]


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Somebody else writes, and does not come to an end."""
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@contextmanager
def full(store: db.Store) -> Iterator[None]:
    """The file cannot grow: what SQLite says of a full disk."""
    most = 1

    def limit(connection: Any, *_: object) -> None:
        # Less than there is means: as much as there is.
        connection.execute(f"PRAGMA max_page_count={most}")

    event.listen(store._engines.write, "checkout", limit)
    try:
        yield
    finally:
        most = (1 << 32) - 2


@contextmanager
def time_zone(name: str) -> Iterator[None]:
    """The machine is moved to another part of the world."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = name
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ")
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()
