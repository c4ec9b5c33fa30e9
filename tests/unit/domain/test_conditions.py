"""What is wrong, followed over time: delays, flaps, folding, whatever happens when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from console.domain import conditions
from console.domain.alarm_priorities import DEFAULTS, FOLDED, UNSTABLE, Folding, Priorities, Priority
from console.domain.conditions import Condition, Tracked
from console.domain.vocabulary import Severity, SourceKind
from tests.unit.domain.build import T0

LOST = (SourceKind.CAMERA, "cam", "lost")
SEGMENT = (SourceKind.NETWORK, "SW-1", FOLDED)


def s(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def table(**changes: object) -> Priorities:
    """Lost cameras ring after 5 s and are back after 4 s, unless changed."""
    row = Priority(SourceKind.CAMERA, "lost", Severity.LOW, 5, 4, 0, 60, folds=True)
    return Priorities([replace(row, **changes)], Folding(3, 20))  # type: ignore[arg-type]


class Watched:
    """A watcher's book, told second by second."""

    def __init__(self, rules: Priorities) -> None:
        self.rules = rules
        self.book: dict[conditions.Key, Tracked] = {}

    def tell(self, at: float, *wrong: Condition) -> dict[conditions.Key, Tracked]:
        self.book = conditions.follow("cameras", self.book, wrong, self.rules, s(at))
        return self.book

    def active(self) -> set[conditions.Key]:
        return {key for key, row in self.book.items() if row.active}

    def shown(self) -> set[str]:
        return {one.code for all_of in self.troubles().values() for one in all_of}

    def troubles(self) -> dict[conditions.Source, tuple[conditions.Trouble, ...]]:
        return conditions.troubles(self.book.values(), self.rules)


def lost(since: float, camera: str = "cam", segment: str = "", **more: object) -> Condition:
    return Condition(SourceKind.CAMERA, camera, "lost", s(since), segment, **more)  # type: ignore[arg-type]


def told(presence: Sequence[bool], on: int, off: int) -> list[tuple[int, bool]]:
    """What one condition's stopwatch does: (second, it counts from then on or no
    longer)."""
    changes: list[tuple[int, bool]] = []
    counts, since, gone = False, 0, 0
    for second, present in enumerate(presence):
        before = second > 0 and presence[second - 1]
        if present and not before and not counts:
            since = second
        if not present and before:
            gone = second
        turned = present and second - since >= on if not counts else not present and second - gone >= off
        if turned:
            counts = not counts
            changes.append((second, counts))
    return changes


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 12)), min_size=1, max_size=14))
@settings(max_examples=150, deadline=None)
def test_delays_are_those_of_a_stopwatch(runs: list[tuple[bool, int]]) -> None:
    presence = [present for present, length in runs for _ in range(length)]
    watched, changes, was = Watched(table()), [], False
    begun = 0
    for second, present in enumerate(presence):
        if present and (second == 0 or not presence[second - 1]):
            begun = second
        watched.tell(second, *([lost(begun)] if present else []))
        counts = LOST in watched.active()
        if counts is not was:
            changes.append((second, counts))
        was = counts
    assert changes == told(presence, on=5, off=4)


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_told_twice_nothing_changes_and_nothing_is_kept_for_ever(data: st.DataObject) -> None:
    watched = Watched(Priorities(folding=Folding(3, 20)))
    names = ["a", "b", "c", "d"]
    codes = ["lost", "frozen", "covered"]
    wrong: dict[tuple[str, str], Condition] = {}
    at = 0.0
    for _ in range(data.draw(st.integers(1, 25))):
        at += data.draw(st.sampled_from([0.5, 1, 7, 31, 65, -20, 400]))
        for key in data.draw(st.sets(st.tuples(st.sampled_from(names), st.sampled_from(codes)), max_size=4)):
            name, code = key
            made = Condition(SourceKind.CAMERA, name, code, s(at), "SW-1" if name != "d" else "")
            wrong = {k: v for k, v in wrong.items() if k != key} if key in wrong else {**wrong, key: made}
        first = watched.tell(at, *wrong.values())
        assert watched.tell(at, *wrong.values()) == first
        soon = conditions.next_change(first.values(), watched.rules, s(at))
        if soon is not None:
            # Until then time changes nothing; but a clock that was set back.
            before = (soon - T0).total_seconds() - 1e-6
            assert before < at or watched.tell(before, *wrong.values()) == first
    for later in range(1, 9):
        watched.tell(at + later * 1000)
    assert watched.book == {}


def test_it_counts_since_it_began_however_late_it_is_told() -> None:
    watched = Watched(table())
    watched.tell(100, lost(20))
    assert watched.active() == {LOST}
    (trouble,) = watched.troubles()[LOST[:2]]
    assert (trouble.since, trouble.due_at) == (s(20), s(25))


def test_a_beginning_in_the_future_is_now() -> None:
    watched = Watched(table())
    watched.tell(0, lost(3600))
    assert watched.book[LOST].since == s(0)
    watched.tell(5, lost(3600))
    assert watched.active() == {LOST}
    # The clock goes back an hour while it is away: it is over after its delay.
    watched.tell(6)
    watched.tell(-3600)
    watched.tell(-3596)
    assert watched.active() == set()


def test_three_onsets_are_one_unstable_until_it_keeps_still() -> None:
    watched = Watched(table(flaps=3, within_s=60))
    for begin in (0, 10, 20):
        assert watched.shown() == set()
        watched.tell(begin, lost(begin))
        if begin < 20:
            watched.tell(begin + 2)
    assert watched.shown() == {UNSTABLE}
    watched.tell(22)
    watched.tell(51)
    assert watched.shown() == {UNSTABLE}  # gone, and not for long enough
    watched.tell(52)
    assert (watched.shown(), watched.book) == (set(), {})


def test_one_that_stays_lost_is_no_longer_unstable() -> None:
    watched = Watched(table(flaps=2, within_s=60))
    watched.tell(0, lost(0))
    watched.tell(2)
    watched.tell(4, lost(4))
    assert watched.shown() == {UNSTABLE}
    watched.tell(33, lost(4))
    assert watched.shown() == {UNSTABLE}
    watched.tell(34, lost(4))
    assert watched.shown() == {"lost"}


def test_off_means_off() -> None:
    watched = Watched(table(severity=None))
    watched.tell(0, lost(0))
    watched.tell(999, lost(0))
    assert (watched.active(), watched.troubles()) == (set(), {})


def test_eighty_lost_together_are_one_of_their_segment() -> None:
    watched = Watched(table())

    def tell(at: float, count: int = 80) -> None:
        cameras = [lost(n * 0.2, f"cam{n}", "SW-1") for n in range(count)]
        watched.tell(at, *(one for one in cameras if one.since <= s(at)))

    for at in range(5):
        tell(at)
        assert watched.active() == set()
    tell(5)
    assert SEGMENT in watched.active()
    tell(25)
    hidden = conditions.folded(watched.book.values(), watched.rules)
    assert set(hidden.values()) == {"SW-1"}
    assert len(hidden) == 80
    (whole,) = watched.troubles()[SEGMENT[:2]]
    assert whole.due_at == s(5)
    # Back together: over as soon as the last one's own delay is.
    watched.tell(30)
    assert SEGMENT in watched.active()
    watched.tell(34)
    assert watched.active() == set()


def test_stragglers_speak_for_themselves_a_minute_after_the_others_are_back() -> None:
    watched = Watched(table())
    crowd = [lost(0, name, "SW-1") for name in "abcd"]
    watched.tell(5, *crowd)
    watched.tell(20, crowd[0])
    watched.tell(79, crowd[0])
    assert set(conditions.folded(watched.book.values(), watched.rules)) == {(SourceKind.CAMERA, "a", "lost")}
    watched.tell(80, crowd[0])
    assert conditions.folded(watched.book.values(), watched.rules) == {}
    assert {key[1] for key in watched.active()} == {"a"}


def names(keys: Iterable[conditions.Key]) -> set[str]:
    return {key[1] for key in keys if key[0] is SourceKind.CAMERA}


def test_what_was_lost_long_before_is_no_part_of_the_crowd() -> None:
    watched = Watched(table())
    old = lost(-5000, "old", "SW-1")
    watched.tell(0, old)
    watched.tell(5, old, *(lost(0, name, "SW-1") for name in "abc"))
    assert names(conditions.folded(watched.book.values(), watched.rules)) == set("abc")


def test_two_lost_or_many_over_a_long_time_do_not_fold() -> None:
    watched = Watched(table())
    watched.tell(9, lost(0, "a", "SW-1"), lost(0, "b", "SW-1"), lost(0, "c", "SW-2"))
    assert SEGMENT not in watched.active()
    slow = Watched(table())
    slow.tell(99, *(lost(n * 21, f"cam{n}", "SW-1") for n in range(4)))
    assert SEGMENT not in slow.active()


def test_one_camera_lost_and_frozen_is_one_member() -> None:
    watched = Watched(table())
    both = [
        Condition(SourceKind.CAMERA, name, code, s(0), "SW-1") for name in "ab" for code in ("lost", "frozen")
    ]
    watched.tell(60, *both)
    assert SEGMENT not in watched.active()


def test_a_segment_that_is_told_to_be_down_hides_its_cameras() -> None:
    watched = Watched(table())
    down = Condition(SourceKind.SEGMENT, "SW-1", "down", s(0))
    watched.tell(40, down, lost(2, "a", "SW-1"), lost(2, "b", "SW-2"), lost(2, "c"))
    assert names(conditions.folded(watched.book.values(), watched.rules)) == {"a"}


def test_facts_are_renewed_once_a_minute() -> None:
    watched = Watched(table())
    for at in range(130):
        watched.tell(at, lost(0, facts={"free": str(at)}))
        assert dict(watched.book[LOST].facts)["free"] == str(at // 60 * 60)


def test_every_default_has_a_sound_row() -> None:
    assert len({row.name for row in DEFAULTS}) == len(DEFAULTS)
    for row in DEFAULTS:
        assert row.kind is not SourceKind.CASE
        assert row.flaps == 0 or row.within_s > row.off_s, row.name
