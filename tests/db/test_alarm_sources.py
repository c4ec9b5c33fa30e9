"""The door of the alarms: what is told becomes one alarm, whoever tells it, however
often the program is started again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event

import db
from console.domain.model import Actor, Alarm, AlarmEvent
from console.domain.vocabulary import AlarmState, Role, Severity, SourceKind
from console.services.alarm_sources import AlarmSources, Condition, SourcesChange
from console.services.alarm_tables import AlarmTables
from console.services.alarms import AlarmService
from tests.db.building import NOW

DUTY = Actor("officer01", Role.DUTY)
LEADER = Actor("leader01", Role.LEADER)
ADMIN = Actor("admin", Role.ADMIN)
S = AlarmState


@dataclass
class Door:
    """Doors of several programs on one database, and a clock that stands."""

    store: db.Store
    at: float = 0.0
    doors: list[AlarmSources] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.start()

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.at)

    def monotonic(self) -> float:
        return self.at

    def start(self, programs: int = 1) -> None:
        """The programs are started (again): they know nothing but the database."""
        self.doors = [AlarmSources(self.store.uows, self) for _ in range(programs)]

    def tell(self, at: float, *wrong: Condition, watcher: str = "cameras", program: int = 0) -> SourcesChange:
        self.at = at
        return self.doors[program].present(watcher, wrong, self.now())

    @property
    def alarms(self) -> AlarmService:
        return AlarmService(self.store.uows, self)

    @property
    def tables(self) -> AlarmTables:
        return AlarmTables(self.store.uows, self)

    def open(self) -> dict[str, Alarm]:
        with self.store.uows.read() as uow:
            return {alarm.source_id: alarm for alarm in uow.alarms.find(active=True).rows}

    def story(self) -> list[tuple[float, str, str, str]]:
        """Every event there is: second, source, what, code; in order."""
        with self.store.uows.read() as uow:
            alarms = {alarm.id: alarm for alarm in uow.alarms.find(limit=5000).rows}
            told = [e for number in sorted(alarms) for e in uow.alarms.events_of(number)]
        return sorted(
            (round((e.at - NOW).total_seconds(), 3), alarms[e.alarm].source_id, e.what, e.code) for e in told
        )

    def events(self, source: str) -> list[AlarmEvent]:
        with self.store.uows.read() as uow:
            numbers = [alarm.id for alarm in uow.alarms.find().rows if alarm.source_id == source]
            return [e for number in sorted(numbers) for e in uow.alarms.events_of(number)]

    def booked(self) -> int:
        with self.store.uows.read() as uow:
            return len(uow.sources.tracked())


@pytest.fixture
def door(store: db.Store) -> Door:
    return Door(store)


def wrong(camera: str, code: str = "lost", since: float = 0, segment: str = "", **facts: str) -> Condition:
    at = NOW + timedelta(seconds=since)
    return Condition(SourceKind.CAMERA, camera, code, at, segment, facts)


def crowd(count: int, since: float = 0, segment: str = "SW-1") -> list[Condition]:
    return [wrong(f"cam{n:02}", since=since + n * 0.2, segment=segment) for n in range(count)]


@contextmanager
def statements(store: db.Store) -> Iterator[list[str]]:
    """What is sent to the database meanwhile."""
    sent: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        sent.append(statement.split()[0].upper())

    engines: tuple[Engine, ...] = (store._engines.write, store._engines.read)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


def test_a_lost_camera_rings_after_its_delay_with_its_true_lateness(door: Door) -> None:
    door.tell(0, wrong("a"))
    assert door.tell(29.9, wrong("a")).raised == ()
    (number,) = door.tell(31.5, wrong("a", name="亚太广场-02")).raised
    alarm = door.open()["a"]
    assert (alarm.id, alarm.state, alarm.severity, alarm.code) == (number, S.RAISED, Severity.LOW, "lost")
    assert (alarm.late_s, alarm.began_at) == (1.5, NOW)
    assert [(e.what, e.code, e.late_s) for e in door.events("a")] == [("raised", "lost", 1.5)]
    door.tell(40)
    assert door.tell(69).returned == ()
    assert door.tell(70).returned == (number,)
    assert door.open()["a"].state is S.RETURNED
    door.alarms.acknowledge(DUTY, number)
    assert door.open() == {}
    door.tell(2000)
    assert door.booked() == 0


def test_told_every_second_it_asks_one_number_and_writes_nothing(door: Door, kind: str) -> None:
    many = [*crowd(12), *(wrong(f"x{n}", "covered", free="3") for n in range(5))]
    door.tell(40, *many)
    door.tell(41, *many)
    with statements(door.store) as sent:
        for at in range(42, 92):
            # Facts that move are no news within the minute.
            moving = [wrong(f"x{n}", "covered", free=str(at)) for n in range(5)]
            assert not door.tell(at, *crowd(12), *moving).changed
    spoken = [word for word in sent if word not in ("BEGIN", "ROLLBACK")]
    assert spoken == ["SELECT"] * 50


def test_an_outage_of_eighty_cameras_is_one_alarm_and_one_return(door: Door) -> None:
    lost = crowd(80)
    for at in range(60):
        door.tell(at, *(one for one in lost if (one.since - NOW).total_seconds() <= at))
    assert set(door.open()) == {"SW-1"}
    alarm = door.open()["SW-1"]
    assert (alarm.source_kind, alarm.code, len(alarm.members)) == (SourceKind.SEGMENT, "folded", 80)
    assert (alarm.severity, alarm.late_s) == (Severity.MEDIUM, 0.0)
    assert dict(alarm.facts)["missing"] == "80"
    for at in range(100, 200):
        door.tell(at, *lost[(at - 100) * 4 :])
    assert door.open()["SW-1"].state is S.RETURNED
    assert [e.what for e in door.events("SW-1")] == ["raised", "returned"]
    assert len(door.story()) == 2


def test_those_that_rang_before_the_others_followed_are_set_aside(door: Door) -> None:
    first = [wrong("a", segment="SW-1"), wrong("b", segment="SW-1", since=1)]
    door.tell(32, *first)
    door.alarms.acknowledge(DUTY, door.open()["a"].id)
    later = [wrong(name, segment="SW-1", since=33) for name in "cd"]
    change = door.tell(34, *first, *later)
    assert len(change.suppressed) == 2
    states = {name: alarm.state for name, alarm in door.open().items()}
    assert states == {"a": S.SUPPRESSED, "b": S.SUPPRESSED, "SW-1": S.RAISED}
    assert door.open()["SW-1"].members == ("a", "b", "c", "d")
    # One more joins; then only a stays away and speaks for itself again.
    door.tell(50, *first, *later, wrong("e", segment="SW-1", since=48))
    assert ("joined", "e") in [(e.what, e.reason) for e in door.events("SW-1")]
    door.tell(60, first[0])
    door.tell(121, first[0])
    assert {name: alarm.state for name, alarm in door.open().items()} == {"a": S.RAISED, "SW-1": S.RETURNED}
    assert [e.what for e in door.events("a")] == ["raised", "acknowledged", "suppressed", "unsuppressed"]
    assert [e.what for e in door.events("b")] == ["raised", "suppressed", "cleared"]


def test_one_alarm_a_source_shows_its_worst_and_an_acknowledgement_covers_no_more(door: Door) -> None:
    door.tell(60, wrong("a", "clock_off"))
    number = door.open()["a"].id
    door.alarms.acknowledge(DUTY, number)
    both = [wrong("a", "clock_off"), wrong("a", "covered", since=60)]
    assert door.tell(80, *both).raised == (number,)
    alarm = door.open()["a"]
    assert (alarm.severity, alarm.code, alarm.acked_by) == (Severity.MEDIUM, "covered", "")
    assert dict(alarm.facts)["also"] == "clock_off"
    door.alarms.acknowledge(DUTY, number)
    # The worse is over: it stands at what is left, so that a later rise rings.
    door.tell(81, both[0])
    door.tell(101, both[0])
    assert (door.open()["a"].state, door.open()["a"].severity) == (S.ACKNOWLEDGED, Severity.LOW)
    door.tell(102)
    door.tell(162)
    assert door.open() == {}
    whats = ["raised", "acknowledged", "worsened", "acknowledged", "cleared"]
    assert [e.what for e in door.events("a")] == whats


def test_one_that_flaps_rings_once_as_unstable(door: Door) -> None:
    numbers = set()
    for begin in range(0, 600, 60):
        for at in range(begin, begin + 60, 10):
            change = door.tell(at, *([wrong("a", since=begin)] if at < begin + 20 else []))
            numbers.update(change.raised)
    assert len(numbers) == 1
    assert door.story() == [(120.0, "a", "raised", "unstable")]
    for at in range(600, 1000, 10):
        door.tell(at)
    assert [what for _, _, what, _ in door.story()] == ["raised", "returned"]


def test_maintenance_is_silent_until_its_end_and_only_so_long(door: Door) -> None:
    end = NOW + timedelta(minutes=10)
    door.tables.begin_maintenance(LEADER, "segment", "SW-1", "换光缆", end)
    door.tables.begin_maintenance(LEADER, "camera", "z", "擦镜头", NOW + timedelta(seconds=90))
    told = [wrong("a", "tilted"), wrong("a", segment="SW-1"), wrong("b"), wrong("z", "covered")]
    change = door.tell(40, *told)
    assert (len(change.raised), len(change.suppressed)) == (1, 2)
    assert {n: (a.state, a.reason) for n, a in door.open().items()} == {
        "a": (S.SUPPRESSED, "换光缆"),
        "b": (S.RAISED, ""),
        "z": (S.SUPPRESSED, "擦镜头"),
    }
    assert len(door.tell(90, *told).raised) == 1
    assert door.open()["z"].state is S.RAISED
    door.tell(599.9, *told)
    assert door.open()["a"].state is S.SUPPRESSED
    door.tell(600, *told)
    assert [(e.what, e.reason) for e in door.events("a")] == [("suppressed", "换光缆"), ("unsuppressed", "")]


def test_maintenance_ended_early_and_rules_changed_hold_at_the_next_telling(door: Door) -> None:
    row = door.tables.begin_maintenance(ADMIN, "camera", "*", "升级", NOW + timedelta(hours=1))
    door.tell(40, wrong("a"))
    door.tell(41, wrong("a"))
    door.tables.end_maintenance(ADMIN, row.number)
    assert len(door.tell(42, wrong("a")).raised) == 1
    door.tables.put_priority(ADMIN, "camera.lost", "off")
    assert len(door.tell(43, wrong("a")).returned) == 1
    door.tables.put_priority(ADMIN, "camera.lost", "high", on_s=0)
    (number,) = door.tell(44, wrong("a")).raised
    assert door.open()["a"].severity is Severity.HIGH
    assert number == door.open()["a"].id


def test_a_promise_that_expires_comes_back_louder_and_stays_so(door: Door) -> None:
    door.tell(30, wrong("a"))
    number = door.open()["a"].id
    door.alarms.acknowledge(DUTY, number, 1)
    door.at = 91
    door.alarms.sweep()
    assert (door.open()["a"].state, door.open()["a"].severity) == (S.RAISED, Severity.MEDIUM)
    assert not door.tell(92, wrong("a")).changed
    door.start()
    assert not door.tell(93, wrong("a")).changed
    assert door.open()["a"].severity is Severity.MEDIUM


def test_it_shelves_as_any_other(door: Door) -> None:
    door.tell(30, wrong("a"))
    door.alarms.shelve(DUTY, door.open()["a"].id, 10, "等电工")
    door.tell(50, wrong("a"), wrong("a", "covered", since=20))
    assert (door.open()["a"].state, door.open()["a"].severity) == (S.SHELVED, Severity.MEDIUM)
    door.tell(60)
    door.tell(100)
    assert door.open() == {}


def test_names_of_any_length_and_any_letters_are_told(door: Door) -> None:
    segment = "光缆🔥' ; DROP TABLE alarm; --" * 9
    many = [wrong(f"{n}" * 200, segment=segment, why="长" * 5000) for n in range(5)]
    door.tell(40, *many)
    assert list(door.open()) == [segment[:80]]
    door.start()
    assert not door.tell(41, *many).changed
    door.tell(900)
    door.tell(9000)
    assert door.open()[segment[:80]].state is S.RETURNED


def test_watchers_do_not_take_each_others_troubles_away(door: Door) -> None:
    disk = Condition(SourceKind.DISK, "evidence", "disk_full", NOW, facts={"free": "1 MB"})
    door.tell(31, wrong("a"))
    door.tell(31, disk, watcher="disk")
    assert {n: a.severity for n, a in door.open().items()} == {"a": Severity.LOW, "evidence": Severity.HIGH}
    # Two that watch the same camera: it is over when both say so.
    door.tell(91, wrong("a", "clock_off"), watcher="clocks")
    door.tell(92)
    door.tell(130)
    assert (door.open()["a"].state, door.open()["a"].code) == (S.RAISED, "clock_off")
    door.tell(131, watcher="clocks")
    door.tell(200, watcher="clocks")
    assert door.open()["a"].state is S.RETURNED


def test_of_two_programs_at_the_same_instant_one_raises(door: Door) -> None:
    door.start(2)
    told = [*crowd(30), *(wrong(f"x{n}", "covered") for n in range(10))]
    failed: list[BaseException] = []
    raised: list[int] = []
    together = threading.Barrier(2)

    def run(program: int) -> None:
        try:
            for step in range(12):
                together.wait(30)
                wrong_now = told if step % 4 < 2 else told[:3]
                change = door.doors[program].present(
                    "cameras", wrong_now, NOW + timedelta(seconds=40 * (step + 1))
                )
                raised.extend(change.raised)
        except BaseException as error:
            failed.append(error)
            together.abort()

    threads = [threading.Thread(target=run, args=(program,)) for program in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    alone = Door(door.store)  # the story of one program, told on the same database
    calls = [row for row in alone.story() if row[2] == "raised"]
    assert len(raised) == len(calls)
    assert len(calls) == len(set(calls)) > 10


#: A step of a history: seconds that pass, cameras that turn wrong or right, and
#: what happens to the programs: nothing, started again, told twice, the other one.
STEP = st.tuples(
    st.sampled_from([1, 1, 2, 9, 31, 61, 301]),
    st.sets(st.sampled_from(["a", "b", "c", "d", "e", "x/covered", "a/covered"]), max_size=5),
    st.sampled_from(["", "", "restart", "twice", "other", "both"]),
)


def play(door: Door, history: Sequence[tuple[float, set[str], str]], disturb: bool) -> None:
    """Tell a history, as one undisturbed program or as several disturbed ones."""
    door.start(2)
    at, wrong_now = 0.0, {}
    for wait, turned, what in [
        *history,
        (700, set(wrong_ends(history)), ""),
        (1, set(), ""),
        (4000, set(), ""),
    ]:
        at += wait
        for name in sorted(turned):
            camera, _, code = name.partition("/")
            segment = "SW-1" if camera != "x" else ""
            made = wrong(camera, code or "lost", at, segment)
            if wrong_now.pop(name, None) is None:
                wrong_now[name] = made
        told = list(wrong_now.values())
        if disturb and what == "restart":
            door.start(2)
        door.tell(at, *told, program=1 if disturb and what in ("other", "both") else 0)
        if disturb and what in ("twice", "both"):
            assert not door.tell(at, *reversed(told), program=0).changed


def wrong_ends(history: Sequence[tuple[float, set[str], str]]) -> set[str]:
    """What is wrong when a history ends."""
    left: set[str] = set()
    for _, turned, _ in history:
        left ^= turned
    return left


@given(st.lists(STEP, min_size=1, max_size=12))
@settings(max_examples=25, deadline=None)
def test_random_histories_end_alike_however_the_programs_are_disturbed(
    fresh_store: Callable[[Path], db.Store], history: list[tuple[float, set[str], str]]
) -> None:
    stories = []
    with TemporaryDirectory() as folder, ExitStack() as stack:
        for disturb in (False, True):
            door = Door(stack.enter_context(fresh_store(Path(folder) / f"{disturb}.db")))
            play(door, history, disturb)
            stories.append(door.story())
            assert all(alarm.state is S.RETURNED for alarm in door.open().values())
            assert door.booked() == 0
    assert stories[0] == stories[1]
