"""Well-known text of places (OGC 06-103r4, two dimensions): points, lines, areas."""

from __future__ import annotations

import re
from typing import Final

from console.domain.errors import Refusal
from console.domain.geo import Line, Shape, valid

_KINDS: Final = (
    "MULTIPOLYGON",
    "MULTILINESTRING",
    "MULTIPOINT",
    "POLYGON",
    "LINESTRING",
    "POINT",
)
_HEAD: Final = re.compile(r"\s*(?:SRID=\d+;)?\s*([A-Z]+)\s*(?:Z|M|ZM)?\s*(\(.*\))\s*$", re.DOTALL)
#: The innermost pairs of brackets: one line, ring or point each.
_RUN: Final = re.compile(r"\(([^()]*)\)")


def read(text: str, id: str = "", name_zh: str = "", name_en: str = "") -> Shape:
    """A shape of any kind but a collection; heights are left out. Raises
    ``Refusal('bad_value', 'wkt')`` for what is none."""
    found = _HEAD.match(text.upper())
    if found is None or found[1] not in _KINDS:
        raise Refusal("bad_value", "wkt", text=text[:60])
    lines = tuple(_run(part, text) for part in _RUN.findall(found[2]))
    area = found[1].endswith("POLYGON")
    least = 4 if area else 2 if found[1].endswith("LINESTRING") else 1
    if not lines or any(len(line) < least for line in lines):
        raise Refusal("bad_value", "wkt", text=text[:60])
    return Shape(id, name_zh, name_en, lines, area)


def _run(part: str, text: str) -> Line:
    points = []
    for pair in part.split(","):
        try:
            lon, lat, *_ = (float(number) for number in pair.split())
        except ValueError:
            raise Refusal("bad_value", "wkt", text=text[:60]) from None
        if not valid(lon, lat):
            raise Refusal("bad_value", "wkt", text=text[:60])
        points.append((lon, lat))
    return tuple(points)
