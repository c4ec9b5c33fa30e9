"""A clip over the page: keys, words, time; a player that stands in and counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from console.domain.model import Evidence
from console.domain.vocabulary import EvidenceKind
from console.i18n import set_language, t
from console.models.wording import local
from console.services.focus import ReviewState
from console.widgets import clip_view
from console.widgets.clip_view import KEY, ClipView, elapsed
from tests.gui.wall_kit import BLUE, RED, START, Bench, bgr, plain

CLIP = Evidence("e1", "20260302-0042", EvidenceKind.CLIP, "a" * 64, 1000, START, "cam001")


class Player:
    """Does what it is told at once, and remembers it."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.now: ReviewState | None = ReviewState(length_s=60.0, position_s=10.0)

    def open(self, key: str, path: Path, width: int, height: int) -> None:
        self.asked.append(("open", key, path, width, height))

    def close(self, key: str) -> None:
        self.asked.append(("close", key))

    def seek(self, key: str, seconds: float) -> None:
        self.asked.append(("seek", round(seconds, 3)))
        self._state(position_s=seconds)

    def rate(self, key: str, rate: float) -> None:
        self.asked.append(("rate", rate))
        self._state(rate=rate)

    def pause(self, key: str, paused: bool) -> None:
        self.asked.append(("pause", paused))
        self._state(paused=paused)

    def step(self, key: str, pictures: int) -> None:
        self.asked.append(("step", pictures))

    def state(self, key: str) -> ReviewState | None:
        return self.now

    def _state(self, **changed: object) -> None:
        assert self.now is not None
        self.now = replace(self.now, **changed)  # type: ignore[arg-type]


@pytest.fixture
def player() -> Player:
    return Player()


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(960, 640)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def view(kit: Bench, player: Player, page: QWidget) -> Iterator[ClipView]:
    made = ClipView(kit.feeds, player, kit.theme, page)
    made.open(CLIP, "/spool/clip.mp4")
    made._timer.stop()  # the test looks when it wants to
    made.look()
    yield made
    made.close_clip()
    set_language("zh")


def test_it_asks_for_what_fits_the_page_and_closes_what_it_opened(view: ClipView, player: Player) -> None:
    what, key, path, width, height = player.asked[0]
    assert (what, key, path) == ("open", KEY, Path("/spool/clip.mp4"))
    assert 0 < int(str(width)) <= 960
    assert 0 < int(str(height)) <= 640
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not view.isVisible()
    assert player.asked[-1] == ("close", KEY)
    view.close_clip()
    assert player.asked.count(("close", KEY)) == 1, "closed once"


def test_every_key(view: ClipView, player: Player) -> None:
    player.asked.clear()
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Period, Qt.Key.Key_Comma, Qt.Key.Key_Right, Qt.Key.Key_Left):
        QTest.keyClick(view, key)
        view.look()
    assert player.asked == [("pause", True), ("step", 1), ("step", -1), ("seek", 15.0), ("seek", 10.0)]
    QTest.keyClick(view, Qt.Key.Key_Home)
    view.look()
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert ("seek", 0.0) in player.asked
    assert all(what[1] >= 0 for what in player.asked if what[0] == "seek"), "never before the start"  # type: ignore[operator]
    for key, rate in ((Qt.Key.Key_BracketRight, 2.0), (Qt.Key.Key_BracketRight, 4.0)):
        QTest.keyClick(view, key)
        view.look()
        assert player.asked[-1] == ("rate", rate)
    QTest.keyClick(view, Qt.Key.Key_BracketRight)
    view.look()
    assert view.speed.text() == "4×", "no faster than the fastest"


def test_its_own_time_is_always_shown(view: ClipView, kit: Bench) -> None:
    at = local(CLIP.captured_at + timedelta(seconds=10))
    assert view.shown_time() == f"{at:%Y-%m-%d %H:%M:%S}.0"
    assert view.time.text() == "0:10.0 / 1:00.0"
    picture = view._room()
    for colour in (RED, BLUE):
        kit.feeds.show(KEY, plain(320, 180, colour), 320, 180)
        view.look()
        seen = view.grab().toImage().pixelColor(picture.center())
        assert bgr(seen) == colour


@pytest.mark.parametrize("problem", ["damaged", "missing"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_damaged_file_is_a_sentence(view: ClipView, player: Player, problem: str, lang: str) -> None:
    set_language(lang)
    failed: list[object] = []
    view.failed.connect(lambda *what: failed.append(what))
    kept = view.grab().toImage()
    player.now = ReviewState(problem=problem)
    view.retranslate()
    view.look()
    assert view.isVisible()
    assert failed == [], "no other player would read it either"
    assert not view.play.isEnabled()
    assert view.grab().toImage() != kept, "the sentence stands where the film was"
    assert t(f"player.clip.{problem}") != ""


def test_without_a_player_somebody_else_opens_it(view: ClipView, player: Player) -> None:
    failed: list[tuple[str, str]] = []
    view.failed.connect(lambda path, problem: failed.append((path, problem)))
    player.now = ReviewState(problem="no_player")
    view.look()
    assert failed == [("/spool/clip.mp4", "no_player")]
    assert not view.isVisible()


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.0, "0:00.0"), (-3.0, "0:00.0"), (59.96, "1:00.0"), (754.25, "12:34.2")]
)
def test_elapsed(seconds: float, words: str) -> None:
    assert elapsed(seconds) == words
    assert clip_view.KEY == KEY
