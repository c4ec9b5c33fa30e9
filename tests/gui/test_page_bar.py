"""The titles of the desk's pages: all of them in sight, however narrow the desk."""

from __future__ import annotations

import pytest

from console.widgets.page_bar import PageBar
from tests.gui.page_kit import PageRig

pytestmark = pytest.mark.usefixtures("qapp")
PAGES = (
    ("Board", "F5"), ("Teams", "F8"), ("Map", "F7"), ("Search", "F9"), ("Alarms", "F10"), ("Figures", "F12"),
    ("Shift", "F11"), ("History", "Shift+F11"), ("Review", "Shift+F9"), ("Reports", "Shift+F12"),
)  # fmt: skip


@pytest.mark.parametrize(("wide", "lines", "keys"), [(1212, 1, True), (760, 1, False), (480, 2, False)])
def test_every_title_is_in_sight(wide: int, lines: int, keys: bool) -> None:
    def build(theme, _ticker, _drafts):  # type: ignore[no-untyped-def]
        bar = PageBar(theme)
        for at, (title, pressed) in enumerate(PAGES):
            bar.add()
            bar.say(at, title, pressed)
        return bar

    rig = PageRig(build, (wide + 22, 200), "en")
    try:
        bar = rig.page
        assert bar.width() == wide
        places = [one.geometry() for one in bar._buttons]
        assert len({place.top() for place in places}) == lines
        assert all(bar.rect().contains(place) for place in places)
        for at, place in enumerate(places):
            assert not any(place.intersects(other) for other in places[at + 1 :])
        assert [one.text() for one in bar._buttons] == [f"{a} {b}" if keys else a for a, b in PAGES]
        assert all((one.toolTip() == "") is keys for one in bar._buttons)
        chosen: list[int] = []
        bar.chosen.connect(chosen.append)
        bar._buttons[7].click()
        assert chosen == [7]
    finally:
        rig.close()
