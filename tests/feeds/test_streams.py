"""Main or sub by the height of a tile."""

from __future__ import annotations

from console.feeds.streams import HOLD_S, MANY, StreamChooser
from console.services.ports import Budget


def test_one_large_tile_is_main_at_once_and_sub_when_small() -> None:
    chooser = StreamChooser()
    assert chooser.choose({"a": 1080}, 0.0, 0.1) == {"a": "main"}
    assert chooser.choose({"a": 400}, 0.1, 0.1) == {"a": "main"}, "between the limits nothing changes"
    assert chooser.choose({"a": 200}, 0.2, 0.1) == {"a": "sub"}
    assert chooser.choose({"a": 350}, 0.3, 0.1) == {"a": "sub"}


def test_several_are_raised_one_at_a_time_after_a_dwell_and_with_a_hold() -> None:
    chooser = StreamChooser()
    heights = {"a": 540, "b": 539}
    assert set(chooser.choose(heights, 0.0, 0.1).values()) == {"sub"}
    assert set(chooser.choose(heights, 0.9, 0.1).values()) == {"sub"}
    assert chooser.choose(heights, 1.0, 0.1) == {"a": "main", "b": "sub"}
    assert chooser.choose(heights, 1.0 + HOLD_S - 0.1, 0.1)["b"] == "sub"
    assert chooser.choose(heights, 1.0 + HOLD_S, 0.1)["b"] == "main"


def test_a_tile_made_small_for_a_moment_stays() -> None:
    chooser = StreamChooser()
    chooser.choose({"a": 540, "b": 100}, 0.0, 0.1)
    assert chooser.choose({"a": 540, "b": 100}, 1.0, 0.1)["a"] == "main"
    assert chooser.choose({"a": 200, "b": 100}, 7.0, 0.1)["a"] == "main"
    assert chooser.choose({"a": 540, "b": 100}, 7.5, 0.1)["a"] == "main"
    chooser.choose({"a": 200, "b": 100}, 8.0, 0.1)
    assert chooser.choose({"a": 200, "b": 100}, 9.0, 0.1)["a"] == "sub"


def test_a_busy_machine_raises_nothing_and_a_full_one_lowers_the_smallest() -> None:
    chooser = StreamChooser()
    heights = {"a": 540, "b": 500, "c": 100}
    for second in range(8):
        chooser.choose(heights, float(second), 0.1)
    assert chooser.choose(heights, 8.0, 0.8) == {"a": "main", "b": "main", "c": "sub"}
    for second in range(9, 15):
        chosen = chooser.choose(heights, float(second), 0.95)
    assert chosen == {"a": "main", "b": "sub", "c": "sub"}
    for second in range(15, 40):
        chosen = chooser.choose(heights, float(second), 0.75)
    assert chosen["b"] == "sub", "above 70 % nothing is raised"


def test_many_tiles_stay_low_and_a_gone_tile_is_forgotten() -> None:
    chooser = StreamChooser()
    heights = {f"c{n}": 540 for n in range(MANY + 1)}
    for second in range(20):
        chosen = chooser.choose(heights, float(second), 0.1)
    assert set(chosen.values()) == {"sub"}
    assert chooser.choose({"c1": 1080}, 30.0, 0.1) == {"c1": "main"}


def test_budgets_of_still_tiles_keep_the_sub_stream_and_a_forced_one_main() -> None:
    granted = {
        "big": Budget("moving", 1920, 1080),
        "still": Budget("slow", 1920, 1080),
        "zoom": Budget("moving", 200, 100, "main"),
    }
    streams = {c: b.stream for c, b in StreamChooser().apply(granted, 0.0, 0.1).items()}
    assert streams == {"big": "main", "still": "sub", "zoom": "main"}
