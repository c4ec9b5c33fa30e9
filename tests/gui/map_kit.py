"""The demo district, cameras and cases for the map's tests; no database."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache

from PySide6.QtWidgets import QApplication

from console.domain.geo import Shape
from console.domain.vocabulary import DeadlineKind, FeedState, State
from console.domain.wkt import read
from console.i18n import set_language
from console.services.district_map import MapData
from console.services.ports import FeedHealth
from console.services.views import CaseCard
from console.simulation import district
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.map_ground import Ground, prepare
from console.widgets.map_page import MapPage
from console.widgets.map_tiles import Key, TileStore
from tests.gui import samples, wall_kit
from tests.gui.desk_rig import HandClock, settle

CAMERAS = district.camera_rows(600)


@cache
def ground() -> Ground:
    """The demo district, made ready once."""
    layers: dict[str, list[Shape]] = {"community": [], "grid": [], "road": []}
    with (district.FOLDER / "places.csv").open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            if row["kind"] in layers:
                layers[row["kind"]].append(read(row["wkt"], row["id"], row["name_zh"], row["name_en"]))
    return prepare(MapData(*(tuple(layer) for layer in layers.values())))


def card(number: int, lon: float, lat: float, used_s: float | None = 30.0) -> CaseCard:
    """An open case whose five-minute clock has run ``used_s``."""
    clock = None if used_s is None else samples.running(DeadlineKind.DECISION, used_s)
    return replace(
        wall_kit.card("", number, samples.NOW),
        id=f"20260929-{number:04d}",
        state=State.REGISTERING,
        place="镜湖大道",
        community="410199001010",
        source="patrol",
        headline=clock,
        opened_at=None,
        lon=lon,
        lat=lat,
    )


def cards(count: int, seed: int = 5) -> tuple[CaseCard, ...]:
    """Cases all over the district."""
    dice = random.Random(seed)
    return tuple(
        card(n, dice.uniform(113.701, 113.751), dice.uniform(34.689, 34.709), dice.choice((30, 250, 310)))
        for n in range(1000, 1000 + count)
    )


def health(down: Sequence[str] = ()) -> dict[str, FeedHealth]:
    """Every camera live but those named."""
    live = FeedHealth("", FeedState.LIVE, 0.1, 0.1, 5.0, 100.0, "h264", 640, 360)
    lost = replace(live, state=FeedState.LOST)
    return {c.id: replace(lost if c.id in down else live, camera=c.id) for c in CAMERAS}


@dataclass
class MapRig:
    """A shown map page and its clock."""

    page: MapPage
    clock: HandClock
    ticker: Ticker
    theme: Theme
    asked: list[Key]

    def tick(self, seconds: float = 1.0) -> None:
        self.clock.at += timedelta(seconds=seconds)
        self.ticker.tick.emit(self.clock.at)
        settle()


@contextmanager
def map_page(size: tuple[int, int] = (1200, 760), shown: bool = True) -> Iterator[MapRig]:
    """A page with the demo district and its cameras; gone afterwards."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    set_language("zh")
    theme = Theme()
    theme.apply(app)
    clock = HandClock()
    ticker = Ticker(clock)
    asked: list[Key] = []

    def ask(keys: Sequence[Key]) -> Sequence[Key]:
        asked.extend(keys)
        return ()

    page = MapPage(theme, ticker, TileStore(ask))
    page.resize(*size)
    if shown:
        page.show()
        page.activateWindow()
    page.set_ground(ground())
    page.view.set_cameras(CAMERAS)
    page.view.set_health(health())
    settle()
    try:
        yield MapRig(page, clock, ticker, theme, asked)
    finally:
        ticker.stop()
        page.close()
        page.deleteLater()
        set_language("zh")
        settle()
