"""GCJ-02 ("Mars coordinates") to WGS-84 and back, for the edge of the program.

Maps of AMap, Tencent and others are shifted by 50 to 700 m against GPS within
mainland China. Everything stored here is WGS-84 or CGCS2000; a file that comes
in GCJ-02 is converted when it is read and never again. Nobody can see from a
file which of the two it is in: a person says so.

The forward formula is the published one (Krasovsky 1940 ellipsoid, as in
``coordtransform`` and ``eviltransform``). The way back solves it by iteration;
there and back again lands within 1 cm (:data:`ACCURACY_M`), tested over the
whole area. How well the published formula itself follows the official maps is
not documented; practice finds one to two metres.
"""

from __future__ import annotations

import math
from typing import Final

from console.domain.geo import Point

#: Krasovsky 1940: semi-major axis in metres, squared eccentricity.
_A: Final = 6_378_245.0
_EE: Final = 0.006_693_421_622_965_943
#: A round trip lands this near, metres.
ACCURACY_M: Final = 0.01
_ROUNDS: Final = 30
_ENOUGH: Final = 1e-9  # degrees, a tenth of a millimetre


def in_china(lon: float, lat: float) -> bool:
    """The rectangle in which the formula is applied by those who publish it;
    places outside are not shifted."""
    return 72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271


def from_wgs84(lon: float, lat: float) -> Point:
    """WGS-84 to GCJ-02, degrees; unchanged outside :func:`in_china`."""
    if not in_china(lon, lat):
        return lon, lat
    return _shifted(lon, lat)


def to_wgs84(lon: float, lat: float) -> Point:
    """GCJ-02 to WGS-84, degrees; unchanged where the result would lie outside
    :func:`in_china`."""
    x, y = lon, lat
    for _ in range(_ROUNDS):
        at_x, at_y = _shifted(x, y)
        off_x, off_y = at_x - lon, at_y - lat
        x, y = x - off_x, y - off_y
        if abs(off_x) < _ENOUGH and abs(off_y) < _ENOUGH:
            break
    return (x, y) if in_china(x, y) else (lon, lat)


def _shifted(lon: float, lat: float) -> Point:
    x, y = lon - 105.0, lat - 35.0
    phi = math.radians(lat)
    magic = 1 - _EE * math.sin(phi) ** 2
    root = math.sqrt(magic)
    north = math.degrees(_north(x, y) * magic * root / (_A * (1 - _EE)))
    east = math.degrees(_east(x, y) * root / (_A * math.cos(phi)))
    return lon + east, lat + north


def _waves(x: float) -> float:
    return (20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)) * 2 / 3


def _north(x: float, y: float) -> float:
    """The shift to the north, metres."""
    shift = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + _waves(x)
    shift += (20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    return shift + (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3


def _east(x: float, y: float) -> float:
    """The shift to the east, metres."""
    shift = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + _waves(x)
    shift += (20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    return shift + (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
