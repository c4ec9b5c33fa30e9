"""Who gets the alarm tiles: the worst first, held while the alarm lives, and
never a tile that somebody has in hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from console.domain.model import Alarm, Camera
from console.domain.vocabulary import AlarmState, DeadlineKind, FeedState, Severity, SourceKind
from console.models.alarm_tiles import GROUP, AlarmTiles, Room, Shot, Wanted, mark_of, shots, wanted
from console.services.ports import FeedHealth
from console.services.views import AlarmRow
from tests.gui import samples

AT = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)


def row(number: int, state: AlarmState = AlarmState.RAISED, **more: object) -> AlarmRow:
    """A high alarm of case ``number``."""
    made = samples.alarm(number, DeadlineKind.ARRIVAL, Severity.HIGH, 100, samples.at(60))
    return replace(made, alarm=replace(made.alarm, state=state, **more))  # type: ignore[arg-type]


def ask(key: str, firm: bool = True) -> Wanted:
    """An alarm at a camera."""
    return Wanted(key, (row(1),), key, None, firm)


def near(one: Wanted, count: int, shown: frozenset[str]) -> tuple[Shot, ...]:
    """Its own camera and as many others of its own as asked."""
    names = [one.key, *(f"{one.key}.{i}" for i in range(1, GROUP))]
    return tuple(Shot(name, None if name == one.key else 10.0) for name in names[:count])


def leads(tiles: AlarmTiles) -> dict[str, int]:
    """Alarm → the tile of its own camera."""
    return {key: held.lead for key, held in tiles.held.items()}


ROOM = Room("wall-1", (12, 13, 14, 15))


def test_the_worst_is_shown_the_others_wait_and_follow() -> None:
    tiles = AlarmTiles()
    assert tiles.settle((ask("a"), ask("b"), ask("c")), (ROOM,), near) == ("a",)
    cells = tiles.held["a"].cells
    assert [(tile, shot.camera) for tile, shot in cells] == [(12, "a"), (13, "a.1"), (14, "a.2"), (15, "a.3")]
    assert [one.key for one in tiles.waiting] == ["b", "c"]
    assert tiles.settle((ask("z"), ask("a")), (ROOM,), near) == (), "what is shown is held"
    assert leads(tiles) == {"a": 12}
    assert tiles.settle((ask("b"), ask("c")), (ROOM,), near) == ("b",)
    assert tiles.settle((), (ROOM,), near) == ()
    assert (tiles.held, tiles.waiting) == ({}, ())


def test_who_is_in_hands_already_gives_way_but_not_from_under_the_hand() -> None:
    tiles = AlarmTiles()
    tiles.settle((ask("a"),), (ROOM,), near)
    asked = (ask("b"), ask("a", firm=False))
    in_hand = replace(ROOM, in_hand=frozenset({14}))
    assert tiles.settle(asked, (in_hand,), near) == ()
    assert [one.key for one in tiles.waiting] == ["b"]
    assert tiles.settle(asked, (ROOM,), near) == ("b",)
    assert [one.key for one in tiles.waiting] == ["a"]
    assert tiles.settle(asked, (ROOM,), near) == (), "and it does not swing back"


def test_an_alarm_that_ended_leaves_only_what_is_in_the_hand() -> None:
    tiles = AlarmTiles()
    tiles.settle((ask("a"),), (ROOM,), near)
    held = replace(ROOM, in_hand=frozenset({13}))
    tiles.settle((), (held,), near)
    assert tiles.held["a"].over
    assert [tile for tile, _ in tiles.held["a"].cells] == [13]
    assert tiles.settle((ask("b"),), (held,), near) == ("b",)
    assert [tile for tile, _ in tiles.held["b"].cells] == [12, 14, 15]
    tiles.settle((ask("b"),), (ROOM,), near)
    assert set(tiles.held) == {"b"}


def test_a_wall_that_goes_takes_nothing_with_it() -> None:
    tiles = AlarmTiles()
    second = Room("wall-2", (4, 5))
    tiles.settle((ask("a"), ask("b")), (ROOM, second), near)
    assert (tiles.held["a"].wall, tiles.held["b"].wall) == ("wall-1", "wall-2")
    assert tiles.settle((ask("a"), ask("b")), (second,), near) == ()
    assert [one.key for one in tiles.waiting] == ["a"]
    tiles.settle((ask("a"), ask("b")), (second, ROOM), near)
    assert tiles.held["a"].wall == "wall-1"


def test_two_thousand_alarms_ask_for_no_more_cameras_than_there_are_tiles() -> None:
    asked: list[str] = []

    def counted(one: Wanted, count: int, shown: frozenset[str]) -> tuple[Shot, ...]:
        asked.append(one.key)
        return near(one, count, shown) if one.camera != "" else ()

    tiles, second = AlarmTiles(), Room("wall-2", (0, 1))
    many = tuple(ask(f"k{n:04d}") for n in range(2000))
    for _ in range(3):
        tiles.settle(many, (ROOM, second), counted)
    assert asked == ["k0000", "k0001"]
    assert len(tiles.waiting) == 1998
    asked.clear()
    dark = tuple(Wanted(f"d{n}", (row(n + 1),), "", None, True) for n in range(500))
    tiles.settle(dark, (ROOM, second), counted)
    assert (len(asked), tiles.held) == (8, {}), "where no camera sees anything the search ends"


KEYS = tuple("abcdef")
ROOMS = st.lists(
    st.builds(
        Room,
        st.sampled_from(("wall-1", "wall-2")),
        st.sets(st.integers(0, 9), max_size=8).map(lambda s: tuple(sorted(s))),
        st.frozensets(st.integers(0, 9), max_size=2),
    ),
    max_size=2,
    unique_by=lambda room: room.wall,
)
STEPS = st.lists(
    st.tuples(st.lists(st.tuples(st.sampled_from(KEYS), st.booleans()), unique_by=lambda one: one[0]), ROOMS),
    max_size=12,
)


@given(STEPS)
def test_whatever_happens_no_tile_is_taken_twice_or_wrongly(
    steps: list[tuple[list[tuple[str, bool]], list[Room]]],
) -> None:
    tiles = AlarmTiles()
    for names, rooms in steps:
        before, asked = dict(tiles.held), tuple(ask(key, firm) for key, firm in names)
        fresh = tiles.settle(asked, rooms, near)
        by_wall = {room.wall: room for room in rooms}
        taken = [(held.wall, tile) for held in tiles.held.values() for tile, _ in held.cells]
        assert len(taken) == len(set(taken))
        assert all(tile in by_wall[wall].tiles for wall, tile in taken)
        wanted_keys = {one.key for one in asked}
        for key, held in tiles.held.items():
            assert held.over == (key not in wanted_keys)
            if held.over:
                assert all(tile in by_wall[held.wall].in_hand for tile, _ in held.cells)
        assert {one.key for one in tiles.waiting} | set(tiles.held) >= wanted_keys
        if tiles.waiting:
            free = {(room.wall, tile) for room in rooms for tile in room.tiles} - set(taken)
            assert not free, "nobody waits while a tile is free"
        for one in asked:
            held_before = before.get(one.key)
            if one.firm and held_before is not None and not held_before.over and one.key not in fresh:
                room = by_wall.get(held_before.wall)
                if room is not None and held_before.lead in room.tiles:
                    assert one.key in tiles.held, "nobody takes what an unacknowledged alarm has"
        assert tiles.settle(asked, rooms, near) == (), "asked again nothing moves"


# What is asked for -------------------------------------------------------------


def street() -> list[Camera]:
    """Five cameras along a road, 100 m apart; the last one without a place."""
    lon = [113.70 + i * 0.00107 for i in range(4)]
    known = [Camera(f"c{i}", f"C{i}", "rtsp://camera.invalid/1", lon=x, lat=34.7) for i, x in enumerate(lon)]
    return [*known, Camera("c9", "C9", "rtsp://camera.invalid/1")]


def seen(*rows: AlarmRow, camera: str = "c0") -> tuple[Wanted, ...]:
    """What a board with these alarms asks for; every case is at ``camera``."""
    one = samples.cards()[0]
    cards = tuple(replace(one, id=r.alarm.source_id, camera=camera, lon=None, lat=None) for r in rows)
    return wanted(samples.board(cards, rows), street(), {})


def test_only_high_alarms_that_live_and_those_of_a_camera_together() -> None:
    rows = (
        row(1, AlarmState.ACKNOWLEDGED),
        row(2),
        row(3, AlarmState.SHELVED),
        row(4, AlarmState.CLEARED),
        row(5, severity=Severity.MEDIUM),
    )
    (one,) = seen(*rows)
    assert [r.alarm.id for r in one.rows] == [2, 1]
    assert (one.camera, one.firm) == ("c0", True)
    assert seen(row(1, AlarmState.RETURNED))[0].firm is False
    assert seen(row(1), camera="") == (), "neither camera nor place: nothing to look at"


def test_a_late_report_of_a_case_is_seen_where_the_case_is() -> None:
    overdue = row(6, source_kind=SourceKind.EMERGENCY, deadline=None)
    (one,) = seen(row(6, AlarmState.ACKNOWLEDGED), overdue)
    assert [r.alarm.source_kind for r in one.rows] == [SourceKind.EMERGENCY, SourceKind.CASE]
    assert one.camera == "c0"
    disk = row(7, source_kind=SourceKind.DISK, source_id="c0")
    assert wanted(samples.board((), (disk,)), street(), {}) == (), "a disk is seen by no camera"


def test_a_camera_alarm_and_a_case_without_a_camera() -> None:
    alarm = Alarm(7, SourceKind.CAMERA, "c1", Severity.HIGH, AlarmState.RAISED, AT, 0.0)
    card = replace(samples.cards()[0], id=row(8).alarm.source_id, camera="", lon=113.7, lat=34.7)
    view = samples.board((card,), (AlarmRow(alarm, "c1", "", "", "", ""), row(8)))
    by_key = {one.key: one for one in wanted(view, street(), {})}
    assert (by_key["c1"].camera, by_key["#8"].camera) == ("c1", "")
    down = {"c1": FeedHealth("c1", FeedState.LOST, None, None, 0.0, 0.0, "", 0, 0)}
    assert [s.camera for s in shots(by_key["c1"], 4, frozenset(), street(), down)] == ["c1", "c2", "c0", "c3"]
    found = shots(by_key["#8"], 2, frozenset({"c0"}), street(), down)
    assert [s.camera for s in found] == ["c2", "c3"], "no picture at c1, c0 is shown already"
    assert [round(s.metres or 0.0, -1) for s in found] == [200.0, 290.0]


def test_released_it_stays_away_until_it_rings_anew() -> None:
    one = row(1)
    card = replace(samples.cards()[0], id=one.alarm.source_id, camera="c0")
    released = {1: mark_of(one.alarm)}
    assert wanted(samples.board((card,), (one,)), street(), released) == ()
    louder = replace(one, alarm=replace(one.alarm, louder=1))
    assert len(wanted(samples.board((card,), (louder,)), street(), released)) == 1
