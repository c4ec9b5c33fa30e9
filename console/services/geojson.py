"""GeoJSON (RFC 7946) in and out: shapes with an id and two names.

What a file may hold wrongly is told feature by feature; nothing is guessed.
Coordinates come as WGS-84 (or CGCS2000) or, when a person says so, as GCJ-02;
out they go as WGS-84.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from console.domain import gcj02
from console.domain.errors import Refusal
from console.domain.geo import Line, Point, Shape, valid

#: A larger file is no layer of a district, bytes.
MOST_BYTES: Final = 96 << 20
#: More points than this nobody can look at.
MOST_POINTS: Final = 3_000_000
_IDS: Final = ("id", "code", "grid", "标识码", "网格编码", "网格码", "社区编码", "编码", "代码", "osm_id")
_NAMES_ZH: Final = ("name_zh", "name:zh", "名称", "网格名称", "社区名称", "道路名称", "路名", "name", "NAME")
_NAMES_EN: Final = ("name_en", "name:en", "英文名", "NAME_EN")
_AREAS: Final = frozenset({"Polygon", "MultiPolygon"})
_LINES: Final = frozenset({"LineString", "MultiLineString"})
#: How deep the coordinates of a kind are nested.
_DEPTH: Final = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
#: Names of the datum that need no conversion.
_PLAIN_CRS: Final = ("CRS84", "4326", "4490", "CGCS2000", "WGS84", "WGS 84")


@dataclass(frozen=True, slots=True)
class BadFeature:
    """Feature number ``at`` (from 1) was left out because of ``refusal``."""

    at: int
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class ReadLayer:
    """What a file held."""

    shapes: tuple[Shape, ...]
    bad: tuple[BadFeature, ...] = ()


def read_file(file: Path, kinds: Sequence[str], *, from_gcj02: bool = False) -> ReadLayer:
    """Read a layer. ``kinds``: which of ``area``, ``line``, ``point`` it takes.

    Raises ``Refusal('bad_file')`` when the file is no GeoJSON, is too large, is
    in another datum, or holds nothing that can be drawn.
    """
    try:
        if file.stat().st_size > MOST_BYTES:
            raise Refusal("bad_file", "too_large", file=file.name, most=MOST_BYTES >> 20)
        data = file.read_bytes()
    except OSError as error:
        raise Refusal("bad_file", "unreadable", file=str(file)) from error
    layer = read(_parsed(data, file.name), file.name, kinds, from_gcj02=from_gcj02)
    if not layer.shapes:
        if layer.bad:
            raise layer.bad[0].refusal
        raise Refusal("bad_file", "geojson_empty", file=file.name)
    return layer


def _parsed(data: bytes, name: str) -> object:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return json.loads(data.decode(encoding))
        except UnicodeDecodeError:
            continue
        except json.JSONDecodeError as error:
            raise Refusal("bad_file", "geojson_text", file=name, line=error.lineno) from None
        except RecursionError:
            raise Refusal("bad_file", "geojson_kind", file=name) from None
    raise Refusal("bad_file", "encoding", file=name)


def read(document: object, name: str, kinds: Sequence[str], *, from_gcj02: bool = False) -> ReadLayer:
    """As :func:`read_file`, out of JSON that was parsed already."""
    if not isinstance(document, dict):
        raise Refusal("bad_file", "geojson_kind", file=name)
    _demand_datum(document, name)
    features = _features(document, name)
    shapes: list[Shape] = []
    bad: list[BadFeature] = []
    points = 0
    for at, feature in enumerate(features, 1):
        try:
            shape = _shape(feature, at, kinds, from_gcj02)
        except Refusal as refusal:
            bad.append(BadFeature(at, refusal))
            continue
        points += sum(map(len, shape.lines))
        if points > MOST_POINTS:
            raise Refusal("bad_file", "geojson_points", file=name, most=MOST_POINTS)
        shapes.append(shape)
    return ReadLayer(tuple(shapes), tuple(bad))


def _demand_datum(document: Mapping[str, Any], name: str) -> None:
    """Old files name their datum; one we cannot convert is refused by name."""
    crs = document.get("crs")
    if not isinstance(crs, dict):
        return
    properties = crs.get("properties")
    told = str(properties.get("name", "")) if isinstance(properties, dict) else str(properties)
    if told and not any(word in told for word in _PLAIN_CRS):
        raise Refusal("bad_file", "geojson_crs", file=name, crs=told[:60])


def _features(document: Mapping[str, Any], name: str) -> list[object]:
    kind = document.get("type")
    if kind == "FeatureCollection" and isinstance(document.get("features"), list):
        found: list[object] = document["features"]
        return found
    if kind == "Feature":
        return [document]
    if kind in _DEPTH:
        return [{"type": "Feature", "properties": {}, "geometry": document}]
    raise Refusal("bad_file", "geojson_kind", file=name)


def _shape(feature: object, at: int, kinds: Sequence[str], from_gcj02: bool) -> Shape:
    if not isinstance(feature, dict):
        raise Refusal("bad_row", "geojson_feature", row=at)
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or kind not in _DEPTH:
        raise Refusal("bad_row", "geojson_geometry", row=at, kind=str(kind)[:40])
    sort = "area" if kind in _AREAS else "line" if kind in _LINES else "point"
    if sort not in kinds:
        raise Refusal("bad_row", "geojson_sort", row=at, kind=kind)
    lines = _lines(geometry.get("coordinates"), _DEPTH[kind], at, from_gcj02)
    least = {"area": 4, "line": 2, "point": 1}[sort]
    if not lines or any(len(line) < least for line in lines):
        raise Refusal("bad_row", "geojson_short", row=at, least=least)
    if sort == "area":
        # Rings that were left open are closed, as every drawing program does.
        lines = [line if line[0] == line[-1] else (*line, line[0]) for line in lines]
    properties = feature.get("properties")
    known: Mapping[str, Any] = properties if isinstance(properties, dict) else {}
    shape_id = _first(known, _IDS) or _text(feature.get("id"))
    return Shape(shape_id, _first(known, _NAMES_ZH), _first(known, _NAMES_EN), tuple(lines), sort == "area")


def _lines(raw: object, depth: int, at: int, from_gcj02: bool) -> list[Line]:
    """Lines and rings, however deep they lie."""
    if depth == 0:
        return [(_point(raw, at, from_gcj02),)]
    if not isinstance(raw, list):
        raise Refusal("bad_row", "geojson_point", row=at, value=str(raw)[:40])
    if depth == 1:
        return [tuple(_point(one, at, from_gcj02) for one in raw)]
    return [line for part in raw for line in _lines(part, depth - 1, at, from_gcj02)]


def _point(raw: object, at: int, from_gcj02: bool) -> Point:
    numbers = raw[:2] if isinstance(raw, list) else []
    sound = len(numbers) == 2 and all(
        isinstance(n, int | float) and not isinstance(n, bool) and math.isfinite(n) for n in numbers
    )
    if not sound:
        raise Refusal("bad_row", "geojson_point", row=at, value=str(raw)[:40])
    lon, lat = float(numbers[0]), float(numbers[1])
    if not valid(lon, lat):
        # Metres of a map grid, or latitude first.
        raise Refusal("bad_row", "geojson_degrees", row=at, value=f"{lon:g}, {lat:g}")
    return gcj02.to_wgs84(lon, lat) if from_gcj02 else (lon, lat)


def _first(known: Mapping[str, Any], names: Sequence[str]) -> str:
    return next((text for name in names if (text := _text(known.get(name)))), "")


def _text(value: object) -> str:
    """A name or code as people typed it, on one line, of a bounded length."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if value is None or isinstance(value, bool | dict | list):
        return ""
    return " ".join(str(value).split())[:120]


def write(shapes: Sequence[Shape]) -> str:
    """A FeatureCollection of ``shapes``, WGS-84. Parts of an area come as one
    polygon each ring, which reads back as the same area."""
    features = [
        {
            "type": "Feature",
            "properties": {"id": shape.id, "name_zh": shape.name_zh, "name_en": shape.name_en},
            "geometry": _geometry(shape),
        }
        for shape in shapes
    ]
    document = {"type": "FeatureCollection", "features": features}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _geometry(shape: Shape) -> dict[str, object]:
    if shape.area:
        return {"type": "Polygon", "coordinates": shape.lines}
    if all(len(line) == 1 for line in shape.lines):
        return {"type": "MultiPoint", "coordinates": [line[0] for line in shape.lines]}
    return {"type": "MultiLineString", "coordinates": shape.lines}


def export_gcj02(shapes: Sequence[Shape]) -> tuple[Shape, ...]:
    """The same shapes for a program that draws on a GCJ-02 map."""
    return tuple(
        Shape(
            one.id,
            one.name_zh,
            one.name_en,
            tuple(tuple(gcj02.from_wgs84(*point) for point in line) for line in one.lines),
            one.area,
        )
        for one in shapes
    )
