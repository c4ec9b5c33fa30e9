"""Geometry and plan of a wall: pure rules, checked on many areas."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.services.ports import Budget
from console.widgets import layouts
from console.widgets.budgets import MOVING, SLOW, BudgetDesk
from console.widgets.layouts import PRESETS, Cell, Layout, Rect
from console.widgets.tile_paint import box_of
from console.widgets.wall_plan import History, WallPlan

names = st.sampled_from(sorted(PRESETS))
sides = st.integers(64, 4000)


@given(names, sides, sides)
def test_tiles_cover_the_area_without_overlap(name: str, width: int, height: int) -> None:
    rects = layouts.tiles(layouts.preset(name, width, height), width, height)
    assert sum(r.w * r.h for r in rects) == width * height
    for i, a in enumerate(rects):
        assert a.w > 0
        assert a.h > 0
        assert a.x >= 0
        assert a.right <= width
        assert a.y >= 0
        assert a.bottom <= height
        for b in rects[i + 1 :]:
            assert a.right <= b.x or b.right <= a.x or a.bottom <= b.y or b.bottom <= a.y


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_a_preset_has_as_many_tiles_as_it_says(name: str) -> None:
    said = sum(int(part) for part in name.split("+"))
    assert {shape.size for shape in PRESETS[name]} == {said}


def test_the_shape_follows_the_area() -> None:
    assert layouts.preset("6", 1920, 1080).columns == 3
    assert layouts.preset("6", 960, 1000).columns == 2


def test_the_big_tiles_come_first() -> None:
    rects = layouts.tiles(PRESETS["1+7"][0], 1600, 900)
    assert (rects[0].w, rects[0].h) == (1200, 675)


@pytest.mark.parametrize("cells", [(Cell(0, 0, 2, 1), Cell(1, 0)), (Cell(0, 0),), (Cell(0, 0), Cell(2, 0))])
def test_a_layout_with_a_hole_or_an_overlap_is_refused(cells: tuple[Cell, ...]) -> None:
    with pytest.raises(ValueError, match="layout free"):
        Layout("free", 2, 1, cells)


@given(st.floats(0.3, 3.5), st.integers(2, 2000), st.integers(2, 2000))
def test_a_fitted_picture_is_inside_even_and_keeps_its_shape(aspect: float, w: int, h: int) -> None:
    box = Rect(7, 9, w, h)
    got = layouts.fit(aspect, box)
    assert box.x <= got.x
    assert got.right <= box.right
    assert box.y <= got.y
    assert got.bottom <= box.bottom
    assert got.w % 2 == 0
    assert got.h % 2 == 0
    if min(got.w, got.h) > 40:
        assert got.w / got.h == pytest.approx(aspect, rel=0.1)
        assert got.w >= w - 3 or got.h >= h - 3


@given(names, st.sampled_from([1.0, 1.25, 1.5, 2.0]), st.floats(0.5, 2.5))
def test_caption_and_picture_lie_inside_their_tile(name: str, unit: float, aspect: float) -> None:
    width, height = round(1920 * unit), round(1080 * unit)
    for tile in layouts.tiles(layouts.preset(name, width, height), width, height):
        box = box_of(tile, aspect, unit)
        for part in (box.picture, box.caption, box.body):
            assert tile.x <= part.x
            assert part.right <= tile.right
            assert tile.y <= part.y
            assert part.bottom <= tile.bottom


@given(names, st.data())
def test_the_walk_by_arrows_goes_there_and_back(name: str, data: st.DataObject) -> None:
    rects = layouts.tiles(layouts.preset(name, 1920, 1080), 1920, 1080)
    at = data.draw(st.integers(0, len(rects) - 1))
    for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        to = layouts.neighbour(rects, at, dx, dy)
        if to != at:
            a, b = rects[at], rects[to]
            assert (b.x >= a.right) if dx > 0 else (b.right <= a.x) if dx < 0 else True
            assert (b.y >= a.bottom) if dy > 0 else (b.bottom <= a.y) if dy < 0 else True


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_arrows_reach_every_tile(name: str) -> None:
    rects = layouts.tiles(layouts.preset(name, 1920, 1080), 1920, 1080)
    seen, wave = {0}, [0]
    while wave:
        at = wave.pop()
        for way in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            to = layouts.neighbour(rects, at, *way)
            if to not in seen:
                seen.add(to)
                wave.append(to)
    assert seen == set(range(len(rects)))


# Plan -----------------------------------------------------------------------


def plan_of(count: int, layout: str = "4") -> WallPlan:
    return WallPlan(layout).following([f"c{i}" for i in range(count)])


def test_pages_go_round() -> None:
    plan = plan_of(6)
    assert plan.pages == 2
    assert plan.turn(1).shown() == ("c4", "c5", "", "")
    assert plan.turn(2).page == 0
    assert plan.turn(-1).page == 1


def test_another_layout_keeps_the_camera_in_view() -> None:
    plan = plan_of(64, "36")
    assert "c50" in plan.with_layout("4", keep="c50").shown()
    assert plan.turn(1).with_layout("9").shown()[0] == "c36"


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("swap"), st.integers(0, 8), st.integers(0, 8)),
            st.tuples(st.just("place"), st.integers(0, 8), st.integers(0, 29)),
            st.tuples(st.just("turn"), st.integers(-2, 2), st.just(0)),
        ),
        max_size=20,
    )
)
def test_no_camera_is_lost_or_doubled_by_moving(steps: list[tuple[str, int, int]]) -> None:
    plan = plan_of(30, "9")
    for what, a, b in steps:
        if what == "swap":
            plan = plan.swapped(a, b)
        elif what == "place":
            plan = plan.placed(a, f"c{b}")
        else:
            plan = plan.turn(a)
        assert sorted(c for c in plan.slots if c) == sorted(f"c{i}" for i in range(30))


def test_a_camera_taken_off_does_not_come_back_by_itself() -> None:
    plan = plan_of(3).placed(1, "")
    again = plan.following(["c0", "c1", "c2", "c3"])
    assert again.slots == ("c0", "", "c2", "c3")


def test_a_camera_that_is_gone_leaves_a_gap() -> None:
    assert plan_of(3).following(["c0", "c2"]).slots == ("c0", "", "c2")


def test_undo_and_redo() -> None:
    history, first = History(), plan_of(4)
    second = first.swapped(0, 1)
    history.remember(first)
    assert history.undo(second) == first
    assert history.redo(first) == second
    assert history.redo(second) is None


# Budgets --------------------------------------------------------------------


def test_budgets_of_several_walls_are_one_list() -> None:
    told: list[object] = []
    desk = BudgetDesk(told.append)
    desk.offer("wall-1", {"a": Budget(MOVING, 320, 180), "b": Budget(SLOW, 960, 540)})
    desk.offer("wall-2", {"a": Budget(MOVING, 640, 360), "b": Budget(MOVING, 160, 90)})
    assert told[-1] == {"a": Budget(MOVING, 640, 360), "b": Budget(MOVING, 160, 90)}
    count = len(told)
    desk.offer("wall-2", {"a": Budget(MOVING, 640, 360), "b": Budget(MOVING, 160, 90)})
    assert len(told) == count
    desk.offer("wall-2", {})
    assert told[-1] == {"a": Budget(MOVING, 320, 180), "b": Budget(SLOW, 960, 540)}
