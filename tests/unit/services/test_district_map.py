"""Layers in and out, what is refused and why, and the heat by grid."""

from __future__ import annotations

import json
import sqlite3
import struct
import zlib
from pathlib import Path

import pytest

from console.domain import gcj02, geo
from console.domain.errors import Refusal
from console.domain.model import Place
from console.i18n import LANGUAGES, explain
from console.services import geojson
from console.services.district_map import LoadHeat, LoadMap, is_sqlite
from console.services.office import Office
from db.mbtiles import TileFile
from tests.unit.services.conftest import ADMIN, DUTY, KIOSK, Site

SQUARE = [[[113.70, 34.70], [113.71, 34.70], [113.71, 34.71], [113.70, 34.71], [113.70, 34.70]]]


def png(side: int = 2) -> bytes:
    """A red square, in the smallest PNG there is."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\x00" + b"\xff\x00\x00" * side) * side
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    packed = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + packed + chunk(b"IEND", b"")


PNG = png()


def feature(kind: str, coordinates: object, **properties: object) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def collection(*features: object, **more: object) -> dict[str, object]:
    return {"type": "FeatureCollection", "features": list(features), **more}


def written(folder: Path, document: object, name: str = "层.geojson", encoding: str = "utf-8") -> Path:
    path = folder / name
    text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
    path.write_bytes(text.encode(encoding))
    return path


def test_areas_come_in_with_id_and_names(tmp_path: Path) -> None:
    path = written(
        tmp_path, collection(feature("Polygon", SQUARE, 网格编码=410199001001001.0, 名称="一号 网格"))
    )
    (shape,) = geojson.read_file(path, ("area",)).shapes
    assert (shape.id, shape.name_zh, shape.area) == ("410199001001001", "一号 网格", True)
    assert shape.lines[0][0] == (113.70, 34.70)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_files_as_people_save_them(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, collection(feature("Polygon", SQUARE, name="书院社区")), encoding=encoding)
    assert geojson.read_file(path, ("area",)).shapes[0].name_zh == "书院社区"


def test_an_open_ring_is_closed(tmp_path: Path) -> None:
    path = written(tmp_path, feature("Polygon", [SQUARE[0][:4]]))
    (shape,) = geojson.read_file(path, ("area",)).shapes
    assert shape.lines[0][0] == shape.lines[0][-1]


def test_gcj02_is_converted_at_the_edge_and_out_again(tmp_path: Path) -> None:
    shifted = [[list(gcj02.from_wgs84(*point)) for point in SQUARE[0]]]
    path = written(tmp_path, collection(feature("Polygon", shifted, id="g")))
    (shape,) = geojson.read_file(path, ("area",), from_gcj02=True).shapes
    for (lon, lat), (x, y) in zip(shape.lines[0], SQUARE[0], strict=True):
        assert geo.distance_m((lon, lat), (x, y)) < gcj02.ACCURACY_M
    (out,) = geojson.export_gcj02((shape,))
    assert out.lines[0][1] == pytest.approx(shifted[0][1], abs=1e-9)


def test_what_is_written_reads_back_the_same(tmp_path: Path) -> None:
    hole = [*SQUARE, [[113.702, 34.702], [113.704, 34.702], [113.704, 34.704], [113.702, 34.702]]]
    line = [[113.7, 34.7], [113.8, 34.8]]
    document = collection(
        feature("Polygon", hole, id="a", name="甲", name_en="A"),
        feature("MultiLineString", [line, line], id="b"),
    )
    path = written(tmp_path, document)
    shapes = geojson.read_file(path, ("area", "line")).shapes
    again = written(tmp_path, geojson.write(shapes), "again.geojson")
    assert geojson.read_file(again, ("area", "line")).shapes == shapes


BAD_FILES = [
    ("{", "geojson_text"),
    ("[1, 2]", "geojson_kind"),
    ('{"type": "Topology"}', "geojson_kind"),
    ("[" * 100_000, "geojson_kind"),
    (json.dumps(collection()), "geojson_empty"),
    (json.dumps(collection(crs={"type": "name", "properties": {"name": "EPSG:4547"}})), "geojson_crs"),
]
BAD_FEATURES = [
    (7, "geojson_feature"),
    ({"type": "Feature", "properties": {}, "geometry": None}, "geojson_geometry"),
    (feature("GeometryCollection", []), "geojson_geometry"),
    (feature("Point", [113.7, 34.7]), "geojson_sort"),
    (feature("Polygon", [[[113.7, 34.7], [113.8, 34.7]]]), "geojson_short"),
    (feature("Polygon", []), "geojson_short"),
    (feature("Polygon", [[["a", 1]] * 4]), "geojson_point"),
    (feature("Polygon", [[[True, 1]] * 4]), "geojson_point"),
    (feature("Polygon", 5), "geojson_point"),
    (feature("Polygon", [[[466123.5, 3840112.2]] * 4]), "geojson_degrees"),
    (feature("Polygon", [[[34.7, 113.7]] * 4]), "geojson_degrees"),
]


@pytest.mark.parametrize(("text", "detail"), BAD_FILES)
def test_a_bad_file_is_told_in_a_sentence(tmp_path: Path, text: str, detail: str) -> None:
    with pytest.raises(Refusal) as caught:
        geojson.read_file(written(tmp_path, text), ("area",))
    assert (caught.value.code, caught.value.detail) == ("bad_file", detail)
    for lang in LANGUAGES:
        assert all(explain(caught.value, lang))


@pytest.mark.parametrize(("bad", "detail"), BAD_FEATURES)
def test_a_bad_feature_is_named_and_the_others_come_in(tmp_path: Path, bad: object, detail: str) -> None:
    path = written(tmp_path, collection(feature("Polygon", SQUARE, id="good"), bad))
    layer = geojson.read_file(path, ("area",))
    assert [shape.id for shape in layer.shapes] == ["good"]
    ((at, refusal),) = [(one.at, one.refusal) for one in layer.bad]
    assert (at, refusal.code, refusal.detail) == (2, "bad_row", detail)
    for lang in LANGUAGES:
        assert all(explain(refusal, lang))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        geojson.read_file(tmp_path / "none.geojson", ("area",))
    assert caught.value.detail == "unreadable"


# The service -------------------------------------------------------------------


def test_a_layer_takes_the_places_stead_until_it_is_removed(site: Site, tmp_path: Path) -> None:
    maps = site.services.map
    wkt = "POLYGON ((113.7 34.7, 113.71 34.7, 113.71 34.71, 113.7 34.71, 113.7 34.7))"
    with site.store.uows.write() as uow:
        uow.reference.put_places([Place("community", "c1", "书院社区", "Academy", "", 113.705, 34.705, wkt)])
        uow.commit()
    assert [one.name_zh for one in maps.load(DUTY).communities] == ["书院社区"]
    report = maps.import_layer(
        ADMIN, written(tmp_path, collection(feature("Polygon", SQUARE, id="x"))), "communities"
    )
    assert (report.taken, report.bad) == (1, ())
    assert [one.id for one in maps.load(DUTY).communities] == ["x"]
    assert [(one.layer, one.shapes) for one in maps.layers(DUTY)] == [("communities", 1)]
    assert maps.remove(ADMIN, "communities")
    assert not maps.remove(ADMIN, "communities")
    assert [one.name_zh for one in maps.load(DUTY).communities] == ["书院社区"]


def test_a_bad_import_leaves_the_layer_there_was(site: Site, tmp_path: Path) -> None:
    maps = site.services.map
    maps.import_layer(ADMIN, written(tmp_path, collection(feature("Polygon", SQUARE, id="x"))), "buildings")
    with pytest.raises(Refusal):
        maps.import_layer(ADMIN, written(tmp_path, "{", "bad.geojson"), "buildings")
    assert [one.id for one in maps.load(DUTY).buildings] == ["x"]


def test_rights(site: Site, tmp_path: Path) -> None:
    path = written(tmp_path, collection(feature("Polygon", SQUARE)))
    for actor in (DUTY, KIOSK):
        with pytest.raises(Refusal) as caught:
            site.services.map.import_layer(actor, path, "grids")
        assert caught.value.code == "forbidden"
    assert site.services.map.load(KIOSK).grids == ()


@pytest.mark.logs("cannot be read")
def test_a_damaged_layer_and_a_damaged_place_do_not_take_the_map_away(site: Site, tmp_path: Path) -> None:
    maps = site.services.map
    maps.import_layer(ADMIN, written(tmp_path, collection(feature("Polygon", SQUARE, id="x"))), "grids")
    (stored,) = site.folder.rglob("grids.geojson")
    stored.write_text("{", encoding="utf-8")
    with site.store.uows.write() as uow:
        uow.reference.put_places([Place("community", "c1", "甲", "A", "", None, None, "POLYGON ((")])
        uow.commit()
    data = maps.load(DUTY)
    assert (data.broken, data.communities, data.grids) == (("grids",), (), ())
    assert [(one.layer, one.shapes) for one in maps.layers(DUTY)] == [("grids", -1)]


def test_the_heat_counts_by_grid_and_by_place(site: Site, tmp_path: Path) -> None:
    other = [[[x + 0.01, y] for x, y in SQUARE[0]]]
    grids = collection(feature("Polygon", SQUARE, id="g1"), feature("Polygon", other, id="g2"))
    site.services.map.import_layer(ADMIN, written(tmp_path, grids), "grids")
    site.open(grid="g1")
    site.open(grid="g1")
    site.open(lon=113.715, lat=34.705)
    site.open(lon=113.9, lat=34.9)
    site.open()
    old = site.open(grid="g2")
    office = Office(site.services)
    view = office.handle(LoadHeat(DUTY, 7))
    assert view.by_grid == {"g1": 2, "g2": 2}  # type: ignore[attr-defined]
    assert (view.total, view.elsewhere) == (6, 2)  # type: ignore[attr-defined]
    assert office.handle(LoadMap(DUTY)) == site.services.map.load(DUTY)
    site.clock.on(days=8)
    assert old.grid == "g2"
    assert site.services.map.heat(DUTY, 7).total == 0
    with pytest.raises(Refusal):
        site.services.map.heat(DUTY, 0)


# Raster ------------------------------------------------------------------------


def mbtiles(path: Path, data: bytes = PNG, tell: str = "png", tiles: bool = True) -> Path:
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE metadata (name text, value text)")
        made.execute(
            "CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob)"
        )
        made.execute("INSERT INTO metadata VALUES ('format', ?), ('attribution', '© 某某测绘')", (tell,))
        if tiles:
            made.execute("INSERT INTO tiles VALUES (3, 6, 4, ?)", (data,))
    made.close()
    return path


def test_a_tile_is_found_counted_from_the_north(tmp_path: Path) -> None:
    file = TileFile(mbtiles(tmp_path / "底图 1.mbtiles"))
    assert (file.zooms, file.attribution) == ((3, 3), "© 某某测绘")
    assert file.tile(3, 6, 3) == PNG
    assert file.tile(3, 6, 4) is None
    file.close()


@pytest.mark.parametrize(
    ("make", "detail"),
    [
        ({"tiles": False}, "mbtiles_empty"),
        ({"data": b"\x1f\x8b vector", "tell": "pbf"}, "mbtiles_vector"),
        ({"data": b"GIF89a"}, "mbtiles_vector"),
    ],
)
def test_rasters_that_cannot_be_drawn(tmp_path: Path, make: dict[str, object], detail: str) -> None:
    path = mbtiles(tmp_path / "x.mbtiles", **make)  # type: ignore[arg-type]
    with pytest.raises(Refusal) as caught:
        TileFile(path)
    assert caught.value.detail == detail
    for lang in LANGUAGES:
        assert all(explain(caught.value, lang))


def test_files_that_are_no_raster(tmp_path: Path) -> None:
    text = tmp_path / "a.mbtiles"
    text.write_text("no database", encoding="utf-8")
    assert not is_sqlite(text)
    empty = tmp_path / "b.mbtiles"
    with sqlite3.connect(empty) as made:
        made.execute("CREATE TABLE other (x)")
    made.close()
    assert is_sqlite(empty)
    for path in (text, empty, tmp_path / "none"):
        with pytest.raises(Refusal):
            TileFile(path)


def test_a_raster_is_kept_and_told_of(site: Site, tmp_path: Path) -> None:
    maps = site.services.map
    maps.import_tiles(ADMIN, mbtiles(tmp_path / "x.mbtiles"), from_gcj02=True)
    data = maps.load(DUTY)
    assert Path(data.tiles).read_bytes() == (tmp_path / "x.mbtiles").read_bytes()
    assert data.tiles_gcj02
    assert maps.remove(ADMIN, "tiles")
    assert maps.load(DUTY).tiles == ""
