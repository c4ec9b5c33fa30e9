"""Free spans, stored plans and tours: pure rules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.models.tours import PAGES, Tour
from console.services.wall_layouts import Hung
from console.widgets import spans
from console.widgets.layouts import PRESETS, Cell
from console.widgets.wall_library import hung_of, kept, plan_of, restored, same
from console.widgets.wall_plan import WallPlan
from console.wiring.walls_file import WallsFile

units = st.integers(0, 11)
KNOWN = tuple(f"c{i}" for i in range(6))


@given(
    st.integers(1, 12), st.integers(1, 12),
    st.lists(st.tuples(st.sampled_from("jsr"), units, units, units, units), max_size=12),
)  # fmt: skip
def test_any_joining_and_splitting_leaves_a_whole_layout(
    columns: int, rows: int, steps: list[tuple[str, int, int, int, int]]
) -> None:
    layout = spans.plain(columns, rows)
    for what, a, b, c, d in steps:
        a, b, c, d = a % layout.columns, b % layout.rows, c % layout.columns, d % layout.rows
        if what == "j":
            span = spans.grown(layout, a, b, c, d)
            layout = spans.joined(layout, span)  # Layout itself raises for a hole or an overlap
            assert span in layout.cells
        elif what == "s":
            layout = spans.split(layout, a, b)
            assert Cell(a, b) in layout.cells
        else:
            layout = spans.resized(layout, a + 1, b + 1)


def test_a_span_cut_in_two_is_refused() -> None:
    layout = spans.joined(spans.plain(3, 2), Cell(0, 0, 2, 2))
    with pytest.raises(ValueError, match="does not fit"):
        spans.joined(layout, Cell(1, 0, 2, 1))
    with pytest.raises(ValueError, match="1 to 12"):
        spans.resized(layout, 13, 2)


def test_a_plan_with_free_spans_pages_and_comes_back() -> None:
    shape = spans.renamed(spans.joined(spans.plain(3, 1), Cell(0, 0, 2, 1)), "我的")
    plan = WallPlan().following(KNOWN).with_shape(shape).turn(1)
    assert (plan.per_page, plan.pages, plan.shown()) == (2, 3, ("c2", "c3"))
    assert plan_of(hung_of(plan), KNOWN).shown() == ("c0", "c1")
    assert same(plan, hung_of(plan))
    assert not same(plan.swapped(0, 1), hung_of(plan))
    back = restored(json.loads(json.dumps(kept(plan))), (*KNOWN, "new"))
    assert (back.shown(), back.slots[-1], back.shape) == (("c2", "c3"), "new", shape)
    assert plan.with_layout("4").shape is None


def test_a_stored_layout_leaves_a_gap_for_what_is_gone_and_adds_nothing() -> None:
    plan = plan_of(Hung("4", ("c1", "gone", "c2@0.1,0.1,0.5,0.5")), KNOWN)
    assert plan.slots == ("c1", "", "c2@0.1,0.1,0.5,0.5")
    assert plan.following((*KNOWN, "new")).slots[-1] == "new"


@pytest.mark.parametrize("hung", [Hung("no such"), Hung("free", (), False, 2, 1, ((0, 0, 1, 1),))])
def test_a_damaged_layout_is_refused(hung: Hung) -> None:
    with pytest.raises(ValueError, match="layout"):
        plan_of(hung, KNOWN)


def test_a_tour_moves_one_stop_when_it_is_time_and_keeps_what_is_left() -> None:
    tour = Tour(PAGES, ("0", "1", "2"), 10.0, 100.0)
    assert not tour.advance(109.9)
    assert tour.advance(110.0)
    assert (tour.stop, tour.left_s(113.0)) == ("1", 7.0)
    tour.pause(113.0, "CAM-001")
    assert not tour.advance(500.0)
    assert (tour.left_s(500.0), tour.halted) == (7.0, "CAM-001")
    tour.resume(500.0)
    assert not tour.advance(506.9)
    assert tour.advance(507.0)
    assert tour.advance(9999.0), "one stop, however late"
    assert (tour.stop, tour.halted) == ("0", "")
    with pytest.raises(ValueError, match="stops"):
        Tour(PAGES, (), 10.0, 0.0)


@pytest.mark.logs("they start anew")
def test_the_file_of_the_walls(tmp_path: Path) -> None:
    file = WallsFile(tmp_path / "data" / "walls.json")
    assert file.read() == {}
    rows = {"wall-1": {"page": 3}}
    assert file.want(rows)
    file.write()
    assert not file.want(rows)
    assert WallsFile(file.path).read() == rows
    assert [one.name for one in file.path.parent.iterdir()] == ["walls.json"]
    for broken in ("{", "[]", '{"form": 1, "walls": [1]}', '{"form": 9, "walls": {}}'):
        file.path.write_text(broken, "utf-8")
        assert WallsFile(file.path).read() == {}


def test_run_knows_every_preset() -> None:
    from console.commands.run import LAYOUTS

    assert set(LAYOUTS) == set(PRESETS)
