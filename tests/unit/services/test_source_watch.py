"""What is wrong besides cases is seen, told once, by one program, and in words."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from string import Formatter
from typing import NamedTuple

import pytest

from console import source_words
from console.domain.alarm_priorities import DEFAULTS, Priority
from console.domain.conditions import Condition
from console.domain.errors import Refusal
from console.domain.model import Alarm, Camera
from console.domain.vocabulary import AlarmState, FeedState, Severity, SourceKind
from console.i18n import LANGUAGES, catalogue
from console.services import source_conditions, source_watch
from console.services.alarm_sources import AlarmSources
from console.services.disk_rooms import PATIENCE_S, DiskRooms, Folder
from console.services.ports import FeedHealth
from console.services.source_conditions import Room
from console.services.source_watch import CAMERAS, SITE, SourceWatch, Trouble, Watcher
from console.services.watch_lease import HOLD, RENEW_S, SEAT, SILENT, Leases
from tests.unit.services.conftest import MORNING, Hands, Site

NOW = MORNING
GIB = 1 << 30


class Steps(Hands):
    """A clock whose two hands go together."""

    def monotonic(self) -> float:
        return self.at.timestamp()


def health(state: FeedState = FeedState.LIVE, reason: str = "", **more: object) -> FeedHealth:
    told = FeedHealth("c1", state, 12.0, 0.1, 15.0, 700.0, "h264", 640, 360, reason)
    return replace(told, since=NOW - timedelta(seconds=5), **more)  # type: ignore[arg-type]


def seen(told: FeedHealth, enabled: bool = True) -> list[tuple[str, str, float]]:
    """Code, reason and age of what is told of one camera."""
    rows = {"c1": Camera("c1", "Gate", "rtsp://10.0.0.1/c1", enabled=enabled)}
    found = source_conditions.cameras(rows, {"c1": "north"}, {"c1": told}, NOW)
    assert found is not None
    assert all((one.segment, one.facts["name"]) == ("north", "Gate") for one in found)
    return [(one.code, one.facts.get("reason", ""), (NOW - one.since).total_seconds()) for one in found]


SINCE = NOW - timedelta(seconds=40)


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        (health(), []),
        (health(FeedState.LOST, "silent"), [("lost", "silent", 12.0)]),
        (health(FeedState.BACKOFF, "refused", packet_age_s=None), [("lost", "refused", 5.0)]),
        (health(FeedState.UNAUTHORISED, "unauthorised"), [("lost", "unauthorised", 12.0)]),
        (health(FeedState.BAD_DATA, "undecodable"), [("corrupt", "undecodable", 5.0)]),
        # Two seconds without a packet are no loss; a broken connection is one.
        (health(FeedState.STALE, "silent"), []),
        (health(FeedState.STALE, "closed"), [("lost", "closed", 12.0)]),
        (health(FeedState.CONNECTING, "recovering"), []),
        (health(FeedState.FROZEN, "same_picture"), [("frozen", "", 5.0)]),
        (health(FeedState.DISABLED, covered_since=SINCE), []),
        (health(covered_since=SINCE), [("covered", "", 40.0)]),
        (health(FeedState.FROZEN, "same_picture", covered_since=SINCE), [("covered", "", 40.0)]),
        (health(torn_since=SINCE), [("corrupt", "torn", 40.0)]),
        (health(FeedState.BAD_DATA, "undecodable", torn_since=SINCE), [("corrupt", "undecodable", 5.0)]),
        (health(clock_offset_s=29.0), []),
        (health(clock_offset_s=-90.2), [("clock_off", "", 0.0)]),
        (
            health(FeedState.LOST, "silent", covered_since=SINCE, clock_offset_s=90.0),
            [("lost", "silent", 12.0), ("covered", "", 40.0)],
        ),
    ],
)
def test_what_is_told_of_a_camera(told: FeedHealth, wanted: list[tuple[str, str, float]]) -> None:
    assert seen(told) == wanted
    assert seen(told, enabled=False) == []


def test_nothing_is_told_until_the_first_connections_have_been_tried() -> None:
    rows = {name: Camera(name, name, "rtsp://h/x") for name in ("c1", "c2")}
    look = source_conditions.cameras
    fresh = {"c1": health(FeedState.LOST, "silent"), "c2": health(FeedState.CONNECTING)}
    assert look(rows, {}, fresh, NOW, young=True) is None
    assert look(rows, {}, {"c1": fresh["c1"]}, NOW, young=True) is None
    late = look(rows, {}, fresh, NOW)
    assert late is not None
    assert [(one.id, one.code) for one in late] == [("c1", "lost")]
    assert look(rows, {}, {**fresh, "c2": health()}, NOW, young=True) == late


def test_a_clock_that_is_shifted_itself_judges_no_other() -> None:
    rows, off = {"c1": Camera("c1", "c1", "rtsp://h/x")}, {"c1": health(clock_offset_s=1e6)}
    assert source_conditions.cameras(rows, {}, off, NOW, clocks=False) == []
    assert len(source_conditions.cameras(rows, {}, off, NOW) or ()) == 1


def test_cameras_fold_by_their_segment_else_by_the_address_they_share() -> None:
    def camera(name: str, url: str, segment: str = "") -> Camera:
        return Camera(name, name, url, segment=segment)

    rows = [
        camera("a", "rtsp://u:p@10.0.0.9:554/a", "north"),
        camera("b", "rtsp://10.0.0.9:554/b"),
        camera("c", "rtsp://10.0.0.9:554/c"),
        camera("d", "rtsp://10.0.0.10/d"),
        camera("e", "rtsp://[broken"),
    ]
    wanted = {"a": "north", "b": "10.0.0.9:554", "c": "10.0.0.9:554", "d": "", "e": ""}
    assert source_conditions.behind(rows) == wanted


@pytest.mark.parametrize(
    ("free", "total", "code"),
    [
        (30 * GIB, 250 * GIB, ""),
        (24 * GIB, 250 * GIB, "disk_low"),
        (70 * GIB, 4000 * GIB, ""),  # a twentieth, but room for weeks
        (3 * GIB, 8 * GIB, ""),
        (1 * GIB, 8 * GIB, "disk_low"),
        (299 << 20, 8 * GIB, "disk_full"),
        (None, None, "unreachable"),
    ],
)
def test_when_a_disk_is_low(free: int | None, total: int | None, code: str) -> None:
    found = source_conditions.disks([Room("evidence", "/x", "WS-1", NOW, free, total)])
    assert [one.code for one in found] == ([code] if code else [])
    assert all(one.id == "evidence@WS-1" for one in found)
    shared = source_conditions.disks([Room("evidence", "/x", "", NOW, 0, 1)])
    assert [one.id for one in shared] == ["evidence"]


class _Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_folders_on_one_disk_are_one_and_a_dead_share_holds_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, dead, room = Steps(), threading.Event(), {"free": 90 * GIB}
    share = tmp_path / "share"
    share.mkdir()

    def usage(path: Path) -> _Usage:
        if path == share and room["free"] == 0:
            assert dead.wait(20)
        return _Usage(250 * GIB, 0, room["free"])

    monkeypatch.setattr(shutil, "disk_usage", usage)
    folders = [Folder("data", tmp_path / "not" / "yet"), Folder("evidence", share, shared=True)]
    rooms = DiskRooms(lambda: folders, "WS-1", clock)

    def look(after: float) -> list[tuple[str, str]]:
        """Once now, for the disks to be asked again; once with what they said."""
        clock.on(seconds=after)
        rooms.look(clock.now())
        rooms.stop()
        return [(one.id, one.code) for one in rooms.look(clock.now()) or ()]

    assert look(0) == []
    room["free"] = 5 * GIB
    assert look(5) == [], "asked every ten seconds"
    assert look(6) == [("data@WS-1", "disk_low")], "one disk, told once"
    room["free"] = 0
    assert look(11) == [("data@WS-1", "disk_full")]
    clock.on(seconds=PATIENCE_S)
    assert [(o.id, o.code) for o in rooms.look(clock.now()) or ()][-1] == ("evidence", "unreachable")
    dead.set()
    rooms.stop()
    assert [(o.id, o.code) for o in rooms.look(clock.now()) or ()] == [("data@WS-1", "disk_full")]


# -- who tells ----------------------------------------------------------------


def program(site: Site, seat: str, clock: Steps, role: str = "console") -> Leases:
    return Leases(site.services.uows, clock, seat, role, 1)


def test_one_program_has_a_lease_until_it_falls_silent(each_site: Site) -> None:
    clock = Steps()
    first, second = program(each_site, "WS-1", clock), program(each_site, "WS-2", clock)

    def round_() -> tuple[bool, bool]:
        first.keep([SITE])
        second.keep([SITE])
        return first.held(SITE), second.held(SITE)

    assert round_() == (False, False), "claimed, and not yet read back"
    for _ in range(8):
        assert round_() == (True, False)
        clock.on(seconds=RENEW_S)
    clock.on(seconds=HOLD.total_seconds())
    second.keep([SITE])
    second.keep([SITE])
    assert second.held(SITE)
    first.keep([SITE])
    assert not first.held(SITE), "it comes back and finds the place taken"
    second.release()
    assert round_() == (False, False)
    assert round_() == (True, False), "given back in good order: free at once"


def silent(site: Site, leases: Leases, clock: Steps) -> list[Condition]:
    return source_watch.silent(leases, site.services.alarm_sources, clock.now())


def test_what_only_a_program_that_is_gone_could_take_back_is_taken_back(site: Site) -> None:
    clock, door = Steps(), site.services.alarm_sources
    here, gone = program(site, "WS-1", clock), program(site, "WS-2", clock)
    here.keep([SITE])
    gone.keep([SITE])
    late = source_conditions.scheduler("WS-2", "console", 9.0, clock.now())
    full = source_conditions.disks([Room("data", "/x", "WS-2", clock.now(), 0, GIB)])
    door.present("scheduler:WS-2/console", late, clock.now())
    door.present("disk:WS-2", full, clock.now())

    def ringing(after: timedelta) -> set[str]:
        clock.at += after
        here.keep([SITE])
        silent(site, here, clock)
        clock.on(seconds=70)
        silent(site, here, clock)
        return {alarm.code for alarm in alarms(site) if alarm.state is AlarmState.RAISED}

    assert ringing(timedelta(seconds=60)) == {"late", "disk_full"}
    assert ringing(timedelta(0)) == {"disk_full"}
    assert ringing(timedelta(hours=20)) == {"disk_full"}
    assert ringing(timedelta(hours=4)) == set()


def test_a_program_that_stops_without_a_word_is_missed_one_that_ends_is_not(site: Site) -> None:
    clock = Steps()
    here, killed, ended = (program(site, seat, clock) for seat in ("WS-1", "WS-2", "WS-3"))
    for one in (here, killed, ended):
        one.keep([SITE])
    ended.release()
    heard = clock.now()
    assert silent(site, here, clock) == []
    clock.on(seconds=SILENT.total_seconds())
    here.keep([SITE])
    (found,) = silent(site, here, clock)
    assert (found.kind, found.id, found.code) == (SourceKind.SCHEDULER, "WS-2/console", "silent")
    assert (found.since, found.facts["seat"]) == (heard, "WS-2")
    killed.keep([SITE])
    clock.on(seconds=RENEW_S)
    here.keep([SITE])
    assert silent(site, here, clock) == []


def test_a_lease_under_a_wrong_clock_and_a_broken_one_are_free(site: Site) -> None:
    wrong = Steps(MORNING + timedelta(days=3))
    program(site, "WS-1", wrong).keep([SITE])
    with site.services.uows.write() as uow:
        uow.settings.put(SEAT + "WS-9/console", "yesterday")
        uow.settings.put("watch.lease." + CAMERAS, "[]")
        uow.commit()
    here = program(site, "WS-2", Steps())
    here.keep([SITE, CAMERAS])
    here.keep([SITE, CAMERAS])
    assert here.held(SITE)
    assert here.held(CAMERAS)


# -- telling ------------------------------------------------------------------


class Eyes:
    """A watcher whose list the test writes."""

    def __init__(self, *seen: Condition) -> None:
        self.seen: Sequence[Condition] | None = seen
        self.looks = 0

    def look(self, now: datetime) -> Sequence[Condition] | None:
        self.looks += 1
        return self.seen


def watch(site: Site, clock: Steps, seat: str, *watchers: Watcher) -> SourceWatch:
    made = SourceWatch(AlarmSources(site.services.uows, clock), program(site, seat, clock), clock, seat)
    made.add(*watchers)
    return made


def covered(name: str = "cam01") -> Condition:
    return Condition(SourceKind.CAMERA, name, "covered", NOW, "", {"name": "Gate"})


def alarms(site: Site) -> list[Alarm]:
    with site.services.uows.read() as uow:
        return sorted(uow.alarms.find(limit=100).rows, key=lambda alarm: alarm.id)


def test_two_programs_make_one_alarm_and_it_returns_when_the_teller_sees_it_no_more(each_site: Site) -> None:
    clock, one, other = Steps(), Eyes(covered()), Eyes(covered())
    consoles = [
        watch(each_site, clock, seat, Watcher("cameras", eyes.look, CAMERAS))
        for seat, eyes in (("WS-1", one), ("WS-2", other))
    ]

    def rounds(count: int) -> None:
        for _ in range(count):
            for console in consoles:
                console.round()
            clock.on(seconds=1)

    rounds(25)
    (alarm,) = alarms(each_site)
    assert (alarm.source_id, alarm.code, alarm.state) == ("cam01", "covered", AlarmState.RAISED)
    assert source_words.said("en", alarm).startswith("Picture shows nothing")
    assert (one.looks, other.looks) == (24, 0)
    one.seen = None
    rounds(40)
    assert alarms(each_site) == [alarm], "not knowing is not seeing nothing"
    one.seen = ()
    rounds(25)
    assert [a.state for a in alarms(each_site)] == [AlarmState.RETURNED]


@pytest.mark.logs("watcher of broken")
def test_a_watcher_has_its_own_pace_and_one_that_breaks_is_logged_once(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    clock, slow, good = Steps(), Eyes(), Eyes(covered())

    def broken(now: datetime) -> list[Condition]:
        raise ZeroDivisionError

    console = watch(
        site,
        clock,
        "WS-1",
        Watcher("broken", broken),
        Watcher("slow", slow.look, every_s=10.0),
        Watcher("good", good.look),
    )
    for _ in range(21):
        console.round()
        clock.on(seconds=1)
    assert (slow.looks, good.looks) == (3, 21)
    assert len(alarms(site)) == 1
    assert caplog.text.count("the watcher of broken broke") == 1


@pytest.mark.logs("does not answer", "is back")
def test_an_outage_of_the_database_is_told_at_once_here_and_afterwards_to_all(site: Site) -> None:
    clock = Steps()
    console = watch(site, clock, "WS-1", Watcher("cameras", Eyes().look, SITE))
    console.round()
    asked = console._leases.keep

    def away(wanted: object) -> None:
        raise Refusal("db_unreachable", "server")

    console._leases.keep = away  # type: ignore[method-assign, assignment]
    began = clock.on(seconds=1)
    for second in range(6):
        console.round()
        trouble = console.trouble()
        assert (trouble is not None) == (second >= 3), second
        clock.on(seconds=1)
    assert trouble is not None
    assert (trouble.since, trouble.code) == (began, "db_unreachable")
    console._leases.keep = asked  # type: ignore[method-assign]
    console.round()
    assert console.trouble() is None
    (alarm,) = alarms(site)
    assert (alarm.code, alarm.severity, alarm.state) == ("down", Severity.HIGH, AlarmState.RAISED)
    assert source_words.said("en", alarm).startswith("Database was away for 6 s: The database")
    for _ in range(12):
        clock.on(seconds=1)
        console.round()
    assert [a.state for a in alarms(site)] == [AlarmState.RETURNED]


def test_a_question_that_does_not_come_back_is_an_outage_a_slow_watcher_is_none(site: Site) -> None:
    clock = Steps()
    seen: list[object] = []

    def dawdle(now: datetime) -> list[Condition]:
        clock.on(seconds=30)
        seen.append(console.trouble())
        return []

    console = watch(site, clock, "WS-1", Watcher("slow", dawdle))
    console.round()
    asked = console._leases.keep

    def hang(wanted: list[str]) -> None:
        seen.append(console.trouble())
        clock.on(seconds=3)
        seen.append(console.trouble())
        asked(wanted)

    console._leases.keep = hang  # type: ignore[method-assign, assignment]
    began = clock.on(seconds=60)
    console.round()
    assert seen == [None, None, Trouble(began, "db_locked"), None]


def test_a_refusal_that_is_no_outage_is_a_bug_that_is_not_hidden(site: Site) -> None:
    console = watch(site, Steps(), "WS-1")

    def refuse(wanted: object) -> None:
        raise Refusal("forbidden", "")

    console._leases.keep = refuse  # type: ignore[method-assign, assignment]
    with pytest.raises(Refusal, match="forbidden"):
        console.round()
    assert console.trouble() is None


# -- words --------------------------------------------------------------------


@pytest.mark.parametrize("rule", DEFAULTS, ids=lambda rule: rule.name)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_code_of_the_table_has_a_sentence_and_says_what_to_do(rule: Priority, lang: str) -> None:
    facts = (("folder", "evidence"), ("reason", "silent"), ("seat", "WS-1"))
    alarm = Alarm(
        1, rule.kind, "x", Severity.LOW, AlarmState.RAISED, NOW, 0.0,
        members=("a", "b"), code=rule.code, facts=facts,
    )  # fmt: skip
    assert source_words.said(lang, alarm) != catalogue(lang)[f"alarmtext.source.{rule.kind.value}"]
    assert "{" not in source_words.said(lang, alarm)
    assert source_words.guide(lang, alarm)
    # In its life only the code is left: no holes where facts would stand.
    bare = source_words.word(lang, rule.kind.value, rule.code)
    assert blanks(lang, rule) <= {"why"} or bare != source_words.sentence(
        lang, rule.kind.value, rule.code, ()
    )


def blanks(lang: str, rule: Priority) -> set[str]:
    text = catalogue(lang)[f"alarmtext.of.{rule.kind.value}.{rule.code}"]
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_an_unknown_code_says_what_its_kind_says() -> None:
    alarm = Alarm(1, SourceKind.DISK, "x", Severity.LOW, AlarmState.RAISED, NOW, 0.0, code="melted")
    assert source_words.said("en", alarm) == "Evidence disk fault"
