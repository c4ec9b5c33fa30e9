"""The pages of the large display as they hang in the room: every one in both
languages and themes, nothing cut, on displays of any size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from console.domain import kiosk
from console.domain.kiosk import Shown
from console.i18n import LANGUAGES, set_language
from console.models.names import NameBook
from console.widgets.kiosk_pages import KioskPage
from console.widgets.kiosk_wall import KioskWall
from console.widgets.map_tiles import TileStore
from console.windows.kiosk_window import KioskWindow
from tests.gui import samples
from tests.gui.wall_kit import Bench, bench

SHOTS = Path(__file__).resolve().parents[2] / "shots" / "kiosk"
NAMES = NameBook(samples.NAMES)
#: Pages whose words are painted here; pictures and map are looked at elsewhere.
PAGES = (
    Shown(kiosk.BOARD),
    Shown(kiosk.KPI),
    Shown(kiosk.NOTICE),
    Shown(kiosk.ALARM, "1040", 2),
    Shown(kiosk.CASE, "20260929-1042"),
)


@pytest.fixture(params=["dark", "light"])
def kit(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with bench(request.param) as made:
        yield made
    set_language("zh")


def hung(kit: Bench, qtbot: QtBot, width: int, height: int, mm: float) -> KioskWindow:
    """The window on a display ``mm`` high."""
    window = KioskWindow(kit.sight, TileStore(lambda _keys: ()))
    qtbot.addWidget(window)
    window.resize(width, height)
    window.set_type(kiosk.type_size(height, mm, 50))
    window.notice.text = "今晚 20:00 起经北六路夜市联合检查，市容劝导一队 19:40 前到岗。"
    window.show()
    qtbot.waitExposed(window)
    return window


def words_of(window: KioskWindow) -> KioskPage:
    page = window.page
    return page if isinstance(page, KioskPage) else window.subject.words


def picture(window: KioskWindow, shown: Shown) -> QImage:
    window.show_page(shown)
    window.tell(samples.board(), samples.NOW, NAMES)
    return window.grab().toImage()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_in_both_languages_nothing_cut(kit: Bench, qtbot: QtBot, lang: str) -> None:
    set_language(lang)
    window = hung(kit, qtbot, 1920, 1080, 680)
    assert window.size_of_type.reached
    SHOTS.mkdir(parents=True, exist_ok=True)
    seen = {}
    for shown in PAGES:
        image = picture(window, shown)
        assert image.save(str(SHOTS / f"{shown.page}-{lang}-{kit.sight.theme.name}.png"))
        cut = words_of(window).cut + window.strip.cut
        # Of a row only what it is and where may lose its end.
        assert [one for one in cut if " · " not in one] == [], shown
        seen[shown.page] = image
    assert len({bytes(one.constBits()) for one in seen.values()}) == len(PAGES), "each is another page"
    window.show_stale(samples.at(12), samples.NOW)
    old = window.grab().toImage()
    assert old.save(str(SHOTS / f"stale-{lang}-{kit.sight.theme.name}.png"))
    assert window.stale.cut == []
    corner = old.pixelColor(4, 1076)
    assert corner.saturationF() < 0.2, "grey to the corner"
    window.show_current()
    QTest.keyClicks(window, "48")
    assert window.grab().save(str(SHOTS / f"pin-{lang}-{kit.sight.theme.name}.png"))
    assert (window.pin.digits, window.pin.cut) == (2, [])


@pytest.mark.parametrize(("width", "height", "mm"), [(1080, 1920, 1210), (3840, 2160, 680), (1366, 768, 190)])
def test_a_display_of_another_shape_shows_times_and_numbers_whole(
    kit: Bench, qtbot: QtBot, width: int, height: int, mm: float
) -> None:
    window = hung(kit, qtbot, width, height, mm)
    picture(window, Shown(kiosk.BOARD))
    words = words_of(window)
    assert not {card.number for card in samples.cards()} & set(words.cut)
    assert not [one for one in words.cut if one.replace(":", "").lstrip("+").isdigit()]


def test_tiles_take_the_other_language_too(kit: Bench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies on a tile is painted once and kept: it is painted anew."""
    window = hung(kit, qtbot, 1280, 720, 600.0)
    anew: list[object] = []
    monkeypatch.setattr(KioskWall, "repaint_all", lambda wall: anew.append(wall))
    set_language("en")
    window.retranslate()
    assert anew == [window.wall, window.subject.wall]
