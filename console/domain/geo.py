"""Geometry of a district: Web-Mercator, distances, areas, points in areas.

Coordinates are degrees of WGS-84 or CGCS2000, longitude first; the two agree to
within decimetres, less than the width of a kerb. The plane is Web-Mercator
(EPSG:3857) scaled to 0–1: x grows to the east, y to the south, and the square
holds the world between 85.0511° north and south. Raster tiles use the same plane.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

#: Mean radius of the earth (IUGG), metres.
RADIUS_M: Final = 6_371_008.8
#: Length of the equator of Web-Mercator's sphere (semi-major axis of WGS-84), metres.
EQUATOR_M: Final = 2 * math.pi * 6_378_137.0
#: Beyond this the plane ends, degrees.
MOST_LAT: Final = 85.05112877980659

#: Longitude and latitude, degrees.
Point = tuple[float, float]
#: Points of a line, or of a closed ring.
Line = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """Something drawn on the map. ``lines`` are rings of an area (the first one
    of each part outside, holes among them by the even-odd rule) or open lines;
    a point has one line of one point."""

    id: str
    name_zh: str
    name_en: str
    lines: tuple[Line, ...]
    area: bool


def to_plane(lon: float, lat: float) -> tuple[float, float]:
    """A place on the plane; latitudes beyond :data:`MOST_LAT` at its edge."""
    held = math.radians(max(-MOST_LAT, min(MOST_LAT, lat)))
    return (lon + 180.0) / 360.0, 0.5 - math.asinh(math.tan(held)) / (2 * math.pi)


def from_plane(x: float, y: float) -> Point:
    """The place of a point on the plane, degrees."""
    return x * 360.0 - 180.0, math.degrees(math.atan(math.sinh((0.5 - y) * 2 * math.pi)))


def metres_a_unit(lat: float) -> float:
    """How many metres on the ground one unit of the plane is at a latitude."""
    return EQUATOR_M * math.cos(math.radians(lat))


def distance_m(a: Point, b: Point) -> float:
    """Metres between two places along the ground (haversine; within 0.5 % of
    the ellipsoid)."""
    lon1, lat1, lon2, lat2 = (math.radians(value) for value in (*a, *b))
    half = math.sin((lat2 - lat1) / 2) ** 2
    half += math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * RADIUS_M * math.asin(min(1.0, math.sqrt(half)))


def bearing_deg(a: Point, b: Point) -> float:
    """Direction from ``a`` to ``b``, degrees clockwise from north, 0–360."""
    lon1, lat1, lon2, lat2 = (math.radians(value) for value in (*a, *b))
    east = math.sin(lon2 - lon1) * math.cos(lat2)
    north = math.cos(lat1) * math.sin(lat2) - math.sin(lat1) * math.cos(lat2) * math.cos(lon2 - lon1)
    return math.degrees(math.atan2(east, north)) % 360.0


def bounds(points: Iterable[Point]) -> tuple[float, float, float, float] | None:
    """West, south, east, north around ``points``; ``None`` for none."""
    west = south = math.inf
    east = north = -math.inf
    for lon, lat in points:
        west, east = min(west, lon), max(east, lon)
        south, north = min(south, lat), max(north, lat)
    return (west, south, east, north) if west <= east else None


def inside(point: Point, rings: Sequence[Line]) -> bool:
    """True when ``point`` lies in the area of ``rings`` (even-odd, so that a
    hole is outside). A point on an edge belongs to one of the two sides: to the
    area east or north of the edge, so that neighbours never share it."""
    x, y = point
    odd = False
    for ring in rings:
        before_x, before_y = ring[-1]
        for at_x, at_y in ring:
            if (at_y > y) != (before_y > y):
                crossing = at_x + (y - at_y) / (before_y - at_y) * (before_x - at_x)
                if x < crossing:
                    odd = not odd
            before_x, before_y = at_x, at_y
    return odd


def ring_area(ring: Line) -> float:
    """Signed area of a ring in square degrees (positive against the clock)."""
    total = 0.0
    for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
        total += x1 * y2 - x2 * y1
    return total / 2


def centre(shape: Shape) -> Point:
    """Where a name stands: the centroid of the largest ring, the middle of the
    longest line, or the point itself."""
    if not shape.area:
        return _middle(max(shape.lines, key=_length))
    ring = max(shape.lines, key=_size)
    area = ring_area(ring)
    if abs(area) < 1e-18:  # a sliver has no centroid
        return _middle(ring)
    # From a corner of its own: degrees squared lose digits far from zero.
    x0, y0 = ring[0]
    x = y = 0.0
    for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
        part = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        x += (x1 + x2 - 2 * x0) * part
        y += (y1 + y2 - 2 * y0) * part
    return x0 + x / (6 * area), y0 + y / (6 * area)


def valid(lon: float, lat: float) -> bool:
    """True for a place on earth."""
    return math.isfinite(lon) and math.isfinite(lat) and -180 <= lon <= 180 and -90 <= lat <= 90


def _size(ring: Line) -> float:
    return abs(ring_area(ring))


def _length(line: Line) -> float:
    return sum(math.dist(a, b) for a, b in pairwise(line))


def _middle(line: Line) -> Point:
    """The point half-way along."""
    left = _length(line) / 2
    for (x1, y1), (x2, y2) in pairwise(line):
        step = math.dist((x1, y1), (x2, y2))
        if step >= left > 0:
            share = left / step
            return x1 + share * (x2 - x1), y1 + share * (y2 - y1)
        left -= step
    return line[0]
