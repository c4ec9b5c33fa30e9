"""The plane, distances, areas; GCJ-02 there and back; well-known text."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from console.domain import gcj02, geo, wkt
from console.domain.errors import Refusal
from console.domain.geo import Shape
from console.domain.geo_index import AreaIndex

lons = st.floats(-180, 180, allow_nan=False)
lats = st.floats(-85, 85, allow_nan=False)
#: Mainland China without its edges, where the formula is used.
inland = st.tuples(st.floats(73.5, 134.5), st.floats(18.5, 53.5))


@given(lons, lats)
def test_a_place_comes_back_from_the_plane(lon: float, lat: float) -> None:
    back = geo.from_plane(*geo.to_plane(lon, lat))
    assert back == pytest.approx((lon, lat), abs=1e-9)


def test_the_plane_is_that_of_raster_tiles() -> None:
    # EPSG:3857 of the OSGeo registry's example: 20 037 508.34 m is the edge.
    assert geo.to_plane(180, 0) == pytest.approx((1.0, 0.5))
    assert geo.to_plane(-180, geo.MOST_LAT) == pytest.approx((0.0, 0.0), abs=1e-12)
    # Tile 16/53470/26004 of OpenStreetMap's scheme holds this place.
    x, y = geo.to_plane(113.7263, 34.6993)
    assert (int(x * 2**16), int(y * 2**16)) == (
        int((113.7263 + 180) / 360 * 2**16),
        int((1 - math.asinh(math.tan(math.radians(34.6993))) / math.pi) / 2 * 2**16),
    )


def test_latitudes_beyond_the_plane_stay_on_its_edge() -> None:
    assert geo.to_plane(0, 90)[1] == pytest.approx(0.0, abs=1e-12)
    assert geo.to_plane(0, -90)[1] == pytest.approx(1.0, abs=1e-12)


def test_distance_agrees_with_a_known_line() -> None:
    # Paris to London, 343.6 km by the haversine of any table.
    assert geo.distance_m((2.3522, 48.8566), (-0.1278, 51.5074)) == pytest.approx(343_556, rel=1e-3)
    # One degree of latitude on the mean sphere.
    assert geo.distance_m((113, 34), (113, 35)) == pytest.approx(111_195, rel=1e-4)


@given(inland, inland, inland)
def test_distance_is_a_distance(a: geo.Point, b: geo.Point, c: geo.Point) -> None:
    assert geo.distance_m(a, b) == pytest.approx(geo.distance_m(b, a))
    assert geo.distance_m(a, a) == 0
    assert geo.distance_m(a, c) <= geo.distance_m(a, b) + geo.distance_m(b, c) + 1e-3


@pytest.mark.parametrize(
    ("to", "degrees"), [((113.0, 35.0), 0), ((114.0, 34.0), 90), ((113.0, 33.0), 180), ((112.0, 34.0), 270)]
)
def test_bearings_are_those_of_the_compass(to: geo.Point, degrees: float) -> None:
    off = (geo.bearing_deg((113.0, 34.0), to) - degrees + 180) % 360 - 180
    assert abs(off) < 0.5


SQUARE = wkt.read("POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0), (4 4, 6 4, 6 6, 4 6, 4 4))", "s")


def test_a_hole_is_outside() -> None:
    assert geo.inside((1, 1), SQUARE.lines)
    assert not geo.inside((5, 5), SQUARE.lines)
    assert not geo.inside((11, 5), SQUARE.lines)


@given(st.floats(-1, 21), st.floats(-1, 11))
def test_every_place_belongs_to_one_of_two_neighbours_at_most(x: float, y: float) -> None:
    left = wkt.read("POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0))").lines
    right = wkt.read("POLYGON ((10 0, 20 0, 20 10, 10 10, 10 0))").lines
    both = geo.inside((x, y), left) + geo.inside((x, y), right)
    assert both == int(0 <= x < 20 and 0 <= y < 10)


def test_names_stand_in_the_middle() -> None:
    assert geo.centre(wkt.read("POLYGON ((0 0, 4 0, 4 2, 0 2, 0 0))")) == pytest.approx((2, 1))
    assert geo.centre(wkt.read("LINESTRING (0 0, 0 10)")) == pytest.approx((0, 5))
    assert geo.centre(wkt.read("POINT (3 4)")) == (3, 4)
    # An area of no width has no centroid, and is no error.
    assert geo.centre(Shape("", "", "", (((1.0, 1.0), (2.0, 1.0), (1.0, 1.0), (1.0, 1.0)),), True))


# GCJ-02 ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wgs", "gcj"),
    [
        # As coordtransform 0.2.1 and its documentation give them.
        ((116.404, 39.915), (116.41024449916938, 39.91640428150164)),
        ((121.4737, 31.2304), (121.47822, 31.22846)),
    ],
)
def test_reference_points(wgs: geo.Point, gcj: geo.Point) -> None:
    assert gcj02.from_wgs84(*wgs) == pytest.approx(gcj, abs=2e-5)
    assert geo.distance_m(gcj02.to_wgs84(*gcj), wgs) < 3


def test_the_first_reference_point_to_the_last_digit() -> None:
    assert gcj02.from_wgs84(116.404, 39.915) == pytest.approx(
        (116.41024449916938, 39.91640428150164), abs=1e-12
    )


@given(inland)
def test_there_and_back_is_within_what_is_promised(place: geo.Point) -> None:
    there = gcj02.from_wgs84(*place)
    assert geo.distance_m(gcj02.to_wgs84(*there), place) <= gcj02.ACCURACY_M
    assert 20 < geo.distance_m(there, place) < 1000


@given(lons, lats)
def test_places_abroad_are_left_alone(lon: float, lat: float) -> None:
    assume(not gcj02.in_china(lon, lat))
    assert gcj02.from_wgs84(lon, lat) == (lon, lat)
    assume(not gcj02.in_china(lon - 0.02, lat) and not gcj02.in_china(lon + 0.02, lat))
    assume(not gcj02.in_china(lon, lat - 0.02) and not gcj02.in_china(lon, lat + 0.02))
    assert gcj02.to_wgs84(lon, lat) == (lon, lat)


# Well-known text ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "lines", "area"),
    [
        ("POINT (1 2)", 1, False),
        ("LINESTRING(1 2,3 4)", 1, False),
        ("MULTILINESTRING ((1 2, 3 4), (5 6, 7 8))", 2, False),
        ("polygon ((0 0, 1 0, 1 1, 0 0))", 1, True),
        ("MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((2 2, 3 2, 3 3, 2 2)))", 2, True),
        ("SRID=4490;POINT Z (1 2 3)", 1, False),
    ],
)
def test_well_known_text(text: str, lines: int, area: bool) -> None:
    shape = wkt.read(text)
    assert (len(shape.lines), shape.area) == (lines, area)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "POLYGON",
        "POLYGON ((0 0, 1 1))",
        "CIRCLE (1 2)",
        "POINT (a b)",
        "POINT (200 10)",
        "POINT (1)",
        "😀" * 50,
    ],
)
def test_what_is_no_shape_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        wkt.read(text)
    assert (caught.value.code, caught.value.detail) == ("bad_value", "wkt")


def grid(columns: int, rows: int) -> list[Shape]:
    made = []
    for x in range(columns):
        for y in range(rows):
            text = f"POLYGON (({x} {y}, {x + 1} {y}, {x + 1} {y + 1}, {x} {y + 1}, {x} {y}))"
            made.append(wkt.read(text, f"{x}-{y}"))
    return made


@given(st.floats(-2, 42), st.floats(-2, 32))
def test_the_index_finds_what_a_look_at_all_finds(x: float, y: float) -> None:
    areas = AREAS
    by_all = next((area for area in areas if geo.inside((x, y), area.lines)), None)
    assert INDEX.find((x, y)) is by_all


AREAS = grid(40, 30)
INDEX = AreaIndex(AREAS)


def test_an_index_of_nothing_finds_nothing() -> None:
    assert AreaIndex(()).find((1, 1)) is None
