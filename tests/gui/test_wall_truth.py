"""What a tile says: states by age, words, badges right to the second."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain import deadlines
from console.domain.vocabulary import FeedState, Lamp
from console.i18n import catalogue, set_language
from console.widgets.tile_state import Badge, Truth, Witness, badges, face, judge, words
from tests.gui.wall_kit import CALENDAR, START, board, card, health


def witness(**changed: object) -> Witness:
    base = Witness(health("c", FeedState.LIVE), 0.2, 0.05, 1 / 15, 60.0, True, START)
    return replace(base, **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "state"),
    [
        ({}, FeedState.LIVE),
        ({"picture_age_s": 2.0}, FeedState.LIVE),
        ({"picture_age_s": 2.01}, FeedState.STALE),
        ({"picture_age_s": 5.9, "interval_s": 2.0}, FeedState.LIVE),
        ({"picture_age_s": 6.1, "interval_s": 2.0}, FeedState.STALE),
        ({"picture_age_s": None}, FeedState.CONNECTING),
        ({"picture_age_s": 900.0, "asked_s": 1.0}, FeedState.CONNECTING),
        ({"picture_age_s": 900.0, "asked_s": 3.1}, FeedState.STALE),
        ({"health": None, "picture_age_s": 3.0}, FeedState.STALE),
        ({"health": None}, FeedState.LIVE),
        ({"enabled": False}, FeedState.DISABLED),
        ({"health": health("c", FeedState.LOST, 41.0)}, FeedState.LOST),
        ({"health": health("c", FeedState.UNAUTHORISED, None)}, FeedState.UNAUTHORISED),
        # Reports have stopped: the picture alone decides, until it is old too.
        ({"health": health("c", FeedState.LOST, 41.0), "report_age_s": 9.0}, FeedState.LIVE),
        (
            {"health": health("c", FeedState.NOT_FOUND), "report_age_s": 9.0, "picture_age_s": None},
            FeedState.NOT_FOUND,
        ),
        (
            {"health": health("c", FeedState.LIVE), "report_age_s": 90.0, "picture_age_s": 90.0},
            FeedState.STALE,
        ),
        ({"health": health("c", FeedState.FROZEN, 0.0)}, FeedState.FROZEN),
        ({"health": health("c", FeedState.STALE, 3.0)}, FeedState.STALE),
    ],
)
def test_state_by_age(changed: dict[str, object], state: FeedState) -> None:
    assert judge(witness(**changed)).state is state


@given(
    st.sampled_from(FeedState),
    st.floats(0, 100),
    st.floats(0, 100),
    st.floats(0, 4),
    st.floats(0, 100),
)
def test_an_old_picture_is_never_called_live(
    state: FeedState, report_age: float, age: float, interval: float, asked: float
) -> None:
    w = witness(
        health=health("c", state),
        report_age_s=report_age,
        picture_age_s=age,
        interval_s=interval,
        asked_s=asked,
    )
    if age > max(2.0, 3 * interval):
        assert not judge(w).current


@pytest.mark.parametrize(
    ("truth", "zh", "en"),
    [
        (Truth(FeedState.STALE, 12), "滞后 12 秒", "stale 12 s"),
        (Truth(FeedState.STALE, 101), "滞后 01:41", "stale 01:41"),
        (Truth(FeedState.LOST, 41), "离线 00:41", "lost 00:41"),
        (Truth(FeedState.LIVE), "在线", "live"),
    ],
)
def test_words(truth: Truth, zh: str, en: str) -> None:
    set_language("zh")
    assert words(truth) == zh
    set_language("en")
    assert words(truth) == en
    set_language("zh")


def test_both_catalogues_have_the_same_texts() -> None:
    zh = {k for k in catalogue("zh") if k.startswith("wall.")}
    en = {k for k in catalogue("en") if k.startswith("wall.")}
    assert zh == en
    assert zh


def badge() -> Badge:
    one = card("c", 42, START)
    assert one.headline is not None
    return Badge(one.id, one.number, one.headline)


@pytest.mark.parametrize(
    ("passed", "time", "lamp"),
    [
        (0.0, "10:00", Lamp.GREEN),
        (0.4, "10:00", Lamp.GREEN),
        (219.0, "06:21", Lamp.GREEN),
        (479.999, "02:01", Lamp.GREEN),
        (480.0, "02:00", Lamp.YELLOW),
        (599.2, "00:01", Lamp.YELLOW),
        (600.0, "+00:00", Lamp.RED),
        (600.9, "+00:00", Lamp.RED),
        (672.0, "+01:12", Lamp.RED),
    ],
)
def test_badge_at_the_second(passed: float, time: str, lamp: Lamp) -> None:
    got = face(badge(), START + timedelta(seconds=passed), CALENDAR)
    assert (got.number, got.time, got.lamp) == ("#0042", time, lamp)
    assert (got.left == 0.0) == (passed >= 600)


def test_a_paused_clock_says_so_and_stands_still() -> None:
    one = badge()
    paused = replace(one, deadline=deadlines.pause(one.deadline, START + timedelta(seconds=60)))
    first = face(paused, START + timedelta(seconds=61), CALENDAR)
    later = face(paused, START + timedelta(seconds=400), CALENDAR)
    assert first.time == later.time == "‖ 09:00"


def test_the_case_due_first_is_on_the_badge() -> None:
    view = board(card("c", 1, START), card("c", 2, START - timedelta(seconds=90)), card("d", 3, START))
    got = badges(view)
    assert (got["c"].number, got["c"].more) == ("#0002", 1)
    assert (got["d"].number, got["d"].more) == ("#0003", 0)
