"""The map's thread: paths, grounds and tiles, and what becomes of bad ones."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from console.domain import wkt
from console.services.district_map import MapData
from console.wiring.map_workshop import MOST_ASKED, GroundReady, MapWorkshop, TileDone
from tests.unit.services.test_district_map import PNG, mbtiles

AREA = wkt.read("POLYGON ((113.7 34.7, 113.8 34.7, 113.8 34.8, 113.7 34.7))", "a", "甲", "A")


@pytest.fixture
def posted(qapp: QApplication) -> Iterator[tuple[MapWorkshop, queue.Queue[object]]]:
    box: queue.Queue[object] = queue.Queue()
    shop = MapWorkshop(box.put)
    yield shop, box
    shop.stop()


def test_a_map_with_a_raster(posted: tuple[MapWorkshop, queue.Queue[object]], tmp_path: Path) -> None:
    shop, box = posted
    shop.prepare(MapData(communities=(AREA,), tiles=str(mbtiles(tmp_path / "x.mbtiles"))))
    ready = box.get(timeout=20)
    assert isinstance(ready, GroundReady)
    assert (ready.zooms, ready.refusal, ready.attribution) == ((3, 3), None, "© 某某测绘")
    assert ready.ground.box == (113.7, 34.7, 113.8, 34.8)
    assert shop.decode([(3, 6, 3), (3, 0, 0)]) == []
    told = {done.key: done.image for done in (box.get(timeout=20), box.get(timeout=20))}  # type: ignore[attr-defined]
    assert told[(3, 0, 0)] is None
    image = told[(3, 6, 3)]
    assert image is not None
    assert (image.width(), image.height(), image.pixelColor(0, 0).red()) == (2, 2, 255)


def test_a_raster_that_is_none_leaves_the_map(
    posted: tuple[MapWorkshop, queue.Queue[object]], tmp_path: Path
) -> None:
    shop, box = posted
    bad = tmp_path / "bad.mbtiles"
    bad.write_bytes(b"nothing")
    shop.prepare(MapData(communities=(AREA,), tiles=str(bad)))
    ready = box.get(timeout=20)
    assert isinstance(ready, GroundReady)
    assert ready.zooms is None
    assert ready.refusal is not None
    assert len(ready.ground.communities) == 1


def test_a_damaged_picture_is_no_tile(
    posted: tuple[MapWorkshop, queue.Queue[object]], tmp_path: Path
) -> None:
    shop, box = posted
    shop.prepare(MapData(tiles=str(mbtiles(tmp_path / "x.mbtiles", PNG[:30]))))
    assert isinstance(box.get(timeout=20), GroundReady)
    shop.decode([(3, 6, 3)])
    done = box.get(timeout=20)
    assert isinstance(done, TileDone)
    assert done.image is None


def test_wishes_that_nobody_will_answer_are_told() -> None:
    shop = MapWorkshop(print)
    shop.stop()
    assert shop.decode([(1, 0, 0)]) == [(1, 0, 0)], "an ended workshop answers nothing"
    assert MOST_ASKED > 200
