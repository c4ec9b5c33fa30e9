"""The bar over a replaying tile: what it shows and what a click on it means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from console.i18n import set_language
from console.theme import Theme
from console.widgets.replay_bar import SPEEDS, Face, ReplayBar, behind, faster
from console.wiring.recordings import begin_of

FACE = Face(length_s=60.0, at_s=15.0, behind_s=45.0, speed=1.0, paused=False)


def bar_in(qtbot: object, width: int = 480) -> tuple[QWidget, ReplayBar]:
    page = QWidget()
    page.resize(width, 270)
    bar = ReplayBar(Theme("dark"), "c1", page)
    bar.lay(QRect(0, 0, width, 270))
    bar.set_face(FACE)
    page.show()
    return page, bar


def clicked(bar: ReplayBar, at: QPoint) -> list[tuple[object, ...]]:
    got: list[tuple[object, ...]] = []
    heard = Heard(got)
    bar.sought.connect(heard.sought)
    bar.pauseClicked.connect(heard.paused)
    bar.speedClicked.connect(heard.sped)
    bar.liveClicked.connect(heard.lived)
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    return got


class Heard:
    def __init__(self, got: list[tuple[object, ...]]) -> None:
        self._got = got

    def sought(self, camera: str, seconds: float) -> None:
        self._got.append(("seek", camera, round(seconds)))

    def paused(self, camera: str) -> None:
        self._got.append(("pause", camera))

    def sped(self, camera: str) -> None:
        self._got.append(("speed", camera))

    def lived(self, camera: str) -> None:
        self._got.append(("live", camera))


@pytest.mark.parametrize("width", [480, 240])
def test_each_room_of_the_bar_does_its_thing(qtbot: object, width: int) -> None:
    _page, bar = bar_in(qtbot, width)
    assert bar.geometry().bottom() == 269
    assert clicked(bar, QPoint(10, 10)) == [("pause", "c1")]
    assert clicked(bar, bar.live_room.center())[-1] == ("live", "c1")
    middle = clicked(bar, bar.track.center())
    assert middle[0][0] == "seek"
    assert abs(float(str(middle[0][2])) - 30) <= 1
    if width == 480:
        assert ("speed", "c1") in clicked(bar, bar.speed_room.center())
    else:
        assert bar.speed_room.isEmpty()


def test_rooms_do_not_overlap(qtbot: object) -> None:
    for width in (160, 240, 300, 480, 1920):
        _page, bar = bar_in(qtbot, width)
        if width >= 240:
            assert not bar.track.intersects(bar.live_room)
            assert not bar.track.intersects(bar.speed_room)


def test_it_is_painted_and_said_in_both_languages(qtbot: object) -> None:
    try:
        said = []
        for lang in ("zh", "en"):
            set_language(lang)
            _page, bar = bar_in(qtbot)
            first = bar.grab().toImage()
            said.append(bar.accessibleName())
            bar.set_face(Face(60.0, 45.0, 15.0, 2.0, True))
            assert bar.grab().toImage() != first
        assert said[0].startswith("回放")
        assert said[1].startswith("Replay")
        assert all("−00:45" in words for words in said)
    finally:
        set_language("zh")


def test_ages_and_speeds() -> None:
    shown = ["−00:00", "−00:38", "−01:01", "−1:02:05", "−00:00"]
    assert [behind(s) for s in (0, 38.4, 61, 3725, -3)] == shown
    assert faster(1.0, 1) == 2.0
    assert faster(4.0, 1) == 4.0
    assert faster(0.25, -1) == 0.25
    assert SPEEDS == (0.25, 0.5, 1.0, 2.0, 4.0)


def test_what_is_typed_for_the_recorder() -> None:
    now = datetime(2026, 3, 2, 6, 13, 0, tzinfo=UTC)  # 14:13 at the site
    assert begin_of("-10", now) == now - timedelta(minutes=10)
    assert begin_of("−3", now) == now - timedelta(minutes=3)
    assert begin_of("14:03", now) == now - timedelta(minutes=10)
    assert begin_of("14：03：30", now) == now - timedelta(minutes=9, seconds=30)
    assert begin_of("23:00", now) == datetime(2026, 3, 1, 15, 0, tzinfo=UTC)
    for wrong in ("", "10", "-0", "25:00", "12:60", "-99999", "abc"):
        assert begin_of(wrong, now) is None
