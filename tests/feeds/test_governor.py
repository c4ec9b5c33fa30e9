"""The governor's policy: what is dropped first, how steady it is, how it comes back."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from console.feeds.governor import HOLD_S, SETTLE_S, USUAL_POINTS, Governor, Load
from console.feeds.messages import Report
from console.feeds.workload import delivered, late
from console.services.ports import Budget
from tests.feeds.reports import report_of

CALM = Load(cpu=0.4, age_s=0.03, delivered=1.0)
BAD = Load(cpu=0.99, age_s=0.6, delivered=0.7)


def wall(count: int, width: int = 320, height: int = 180) -> dict[str, Budget]:
    """Wishes of a wall of equal tiles."""
    return {f"cam{n:03d}": Budget("moving", width, height) for n in range(count)}


def moving(governor: Governor) -> set[str]:
    return {camera for camera, budget in governor.granted.items() if budget.mode == "moving"}


def seconds(governor: Governor, loads: Callable[[int], Load], start: int, count: int) -> Iterator[int]:
    """Let time pass, one review a second."""
    for now in range(start, start + count):
        governor.review(loads(len(moving(governor))), float(now))
        yield now


def machine(capacity: int) -> Callable[[int], Load]:
    """A machine that decodes ``capacity`` tiles in time."""

    def load(tiles: int) -> Load:
        if tiles <= capacity:
            return Load(0.9 * tiles / capacity, 0.04, 1.0)
        return Load(1.0, 0.3, capacity / tiles)

    return load


def test_a_calm_machine_grants_every_wish() -> None:
    governor = Governor()
    wishes = {**wall(64), "still": Budget("slow", 100, 56)}
    governor.wish(wishes, 0.0)
    for _ in seconds(governor, lambda _: CALM, 0, 60):
        assert governor.granted == wishes
    assert governor.dropped.cameras == ()


def test_a_busy_processor_alone_drops_nothing() -> None:
    governor = Governor()
    governor.wish(wall(36), 0.0)
    for _ in seconds(governor, lambda _: Load(1.0, 0.08, 0.99), 0, 60):
        assert len(moving(governor)) == 36


def test_one_late_second_drops_nothing() -> None:
    governor = Governor()
    governor.wish(wall(36), 0.0)
    for now in range(60):
        governor.review(BAD if now % 3 else CALM, float(now))
    assert len(moving(governor)) == 36


def test_new_tiles_connect_before_they_are_judged() -> None:
    governor = Governor()
    governor.wish(wall(36), 100.0)
    for _ in seconds(governor, lambda _: BAD, 100, int(SETTLE_S)):
        assert len(moving(governor)) == 36
    list(seconds(governor, lambda _: BAD, 100 + int(SETTLE_S), 3))
    assert len(moving(governor)) < 36


def test_small_before_large_and_old_before_new() -> None:
    governor = Governor()
    large = {"large": Budget("moving", 1280, 720)}
    old, new = wall(8), {"new": Budget("moving", 320, 180)}
    governor.wish({**large, **old}, 0.0)
    governor.wish({**large, **old, **new}, 50.0)
    order = []
    for _ in seconds(governor, lambda _: BAD, 100, 200):
        order += [c for c in governor.dropped.cameras if c not in order]
    assert order == [f"cam{n:03d}" for n in reversed(range(8))] + ["new"]
    assert moving(governor) == {"large"}


def test_selecting_a_dropped_tile_makes_it_move_at_once_without_more_load() -> None:
    governor = Governor()
    governor.wish(wall(20), 0.0)
    list(seconds(governor, machine(12), 0, 60))
    before = moving(governor)
    chosen = governor.dropped.cameras[0]
    governor.attend({chosen}, ())
    assert chosen in moving(governor)
    assert len(moving(governor)) == len(before)


def test_streams_count_by_their_points() -> None:
    governor = Governor()
    governor.wish(wall(10), 0.0)
    usual = {f"cam{n:03d}": USUAL_POINTS for n in range(1, 6)}
    governor.measure({**usual, "cam000": 4 * USUAL_POINTS})
    list(seconds(governor, lambda _: Load(1.0, 0.3, 0.61), 0, 7))
    # Of thirteen shares 7.93 may stay: the large one and three others.
    assert moving(governor) == {"cam000", "cam001", "cam002", "cam003"}


levels = st.sampled_from([0, 1, 2])
tiles = st.lists(st.tuples(levels, st.sampled_from([90, 180, 360, 720])), min_size=1, max_size=40)
any_load = st.builds(
    Load,
    st.floats(0, 1),
    st.one_of(st.none(), st.floats(0, 2)),
    st.one_of(st.none(), st.floats(0, 1)),
)


@given(tiles=tiles, loads=st.lists(any_load, min_size=1, max_size=120))
@settings(deadline=None, max_examples=60)
def test_nothing_is_dropped_before_what_stands_above_it(
    tiles: list[tuple[int, int]], loads: list[Load]
) -> None:
    governor = Governor()
    names = [f"cam{n:03d}" for n in range(len(tiles))]
    above = dict(zip(names, tiles, strict=True))
    governor.wish({c: Budget("moving", height * 16 // 9, height) for c, (_, height) in above.items()}, -60.0)
    governor.attend(
        {c for c, (level, _) in above.items() if level == 2}, {c for c, (level, _) in above.items() if level}
    )
    for now, load in enumerate(loads):
        governor.review(load, float(now))
        going, held = moving(governor), set(governor.dropped.cameras)
        assert going
        assert going | held == set(names)
        if held:
            assert max(above[c] for c in held) <= min(above[c] for c in going)


@given(loads=st.lists(any_load, min_size=20, max_size=200), count=st.integers(1, 64))
@settings(deadline=None, max_examples=60)
def test_the_list_is_steady_and_grows_by_one(loads: list[Load], count: int) -> None:
    governor = Governor()
    governor.wish(wall(count), -60.0)
    changed, before = float("-inf"), moving(governor)
    for now, load in enumerate(loads):
        governor.review(load, float(now))
        after = moving(governor)
        if after != before:
            assert now - changed >= HOLD_S
            assert len(after - before) <= 1
            changed, before = now, after


@given(capacity=st.integers(1, 63))
@settings(deadline=None, max_examples=30)
def test_it_finds_what_the_machine_carries_and_comes_back(capacity: int) -> None:
    governor = Governor()
    governor.wish(wall(64), 0.0)
    load = machine(capacity)
    list(seconds(governor, load, 0, 150))
    found = [len(moving(governor)) for _ in seconds(governor, load, 150, 600)]
    # Never more than the one tile that is tried, and that seldom.
    assert max(found) <= capacity + 1
    assert sum(n > capacity for n in found) <= 60
    assert sorted(found)[len(found) // 2] >= 0.55 * capacity
    # The machine is free again: everything moves in the end.
    list(seconds(governor, lambda _: CALM, 750, 1200))
    assert len(moving(governor)) == 64


def test_tries_that_fail_grow_rarer() -> None:
    governor = Governor()
    governor.wish(wall(30), 0.0)

    def load(tiles: int) -> Load:
        return Load(0.5, 0.04, 1.0) if tiles <= 20 else Load(0.5, 0.3, 0.9)

    raised, before = [], 30
    for now in seconds(governor, load, 0, 3600):
        if len(moving(governor)) == 21 and before == 20:
            raised.append(now)
        before = len(moving(governor))
    gaps = [b - a for a, b in itertools.pairwise(raised)]
    assert 5 <= len(raised) <= 14
    assert gaps == sorted(gaps)
    assert gaps[-1] >= 300


def report(sent: float, decoded: float, errors: int = 0) -> Report:
    """One camera's report, as far as the load is judged by it."""
    return report_of("c", phase="playing", unit_fps=sent, picture_fps=decoded, decode_errors=errors)


def test_one_bad_camera_is_no_load() -> None:
    good = [report(15, 15)] * 5
    assert delivered([*good, report(15, 0), report(15, 0, errors=9)]) == 1.0
    assert delivered([report(15, 9)] * 3) == 0.6
    assert delivered([]) is None


def test_ages_by_nearest_rank() -> None:
    assert late([]) is None
    assert late([n / 100 for n in range(1, 101)]) == 0.95
