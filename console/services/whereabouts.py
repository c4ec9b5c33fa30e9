"""Where it is: places by a few typed letters, and what lies around a point.

Places of the district, cameras, and the places of earlier cases are found by
Chinese, pinyin initials, English, id or a pair of coordinates. Coordinates are
degrees of WGS-84/CGCS2000.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from console.domain import geo, wkt
from console.domain.errors import Refusal
from console.domain.model import Camera, Place
from console.services import clean
from console.services.intake_records import UsedPlace
from console.services.ports import Clock, UnitOfWorkFactory

#: Places of earlier cases are read again after this long, seconds.
_USED_AGE_S: Final = 30.0
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_POINT: Final = re.compile(r"^(-?\d{1,3}(?:\.\d+)?)\s*[,，\s;/]\s*(-?\d{1,3}(?:\.\d+)?)$")
#: Nearer than this a camera's name says where a point is, metres.
_NAMED_WITHIN_M: Final = 150.0
#: Order of kinds when two fit alike.
_KINDS: Final = (
    "point",
    "camera",
    "road",
    "shop",
    "site",
    "courtyard",
    "segment",
    "community",
    "grid",
    "used",
)


@dataclass(frozen=True, slots=True)
class PlaceHit:
    """A place to choose. ``kind``: a place's kind, ``camera``, ``used`` (in an
    earlier case) or ``point`` (typed coordinates)."""

    kind: str
    id: str
    name_zh: str
    name_en: str
    community: str = ""
    grid: str = ""
    camera: str = ""
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Located:
    """What lies around a point. ``camera_m`` is metres to the nearest camera;
    ``words`` names the place as a person would: a camera close by, else the
    nearest road, else the community."""

    lon: float
    lat: float
    community: str = ""
    grid: str = ""
    camera: str = ""
    camera_m: float = 0.0
    road: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    hit: PlaceHit
    zh: str
    en: str
    initials: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Atlas:
    """All that is searched, made once for one state of the reference data."""

    places: tuple[Place, ...]
    cameras: tuple[Camera, ...]
    entries: tuple[_Entry, ...]
    areas: tuple[tuple[str, geo.Shape, tuple[float, float, float, float]], ...]


class Whereabouts:
    """Finds places; any thread may ask."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows, self._clock = uows, clock
        self._lock = threading.Lock()
        self._atlas: _Atlas | None = None
        self._used: tuple[_Entry, ...] = ()
        self._used_at = float("-inf")

    def find(self, text: str, limit: int = 8) -> tuple[PlaceHit, ...]:
        """Places for ``text``, best first; none for an empty text."""
        typed = clean.narrow(text).casefold()
        if not typed:
            return ()
        point = _POINT.match(typed)
        if point is not None:
            return self._typed_point(float(point[1]), float(point[2]))
        atlas, used = self._read()
        words = typed.split()
        ranked = []
        for at, entry in enumerate((*atlas.entries, *used)):
            scores = [_score(entry, word) for word in words]
            if None not in scores:
                worst = max(score for score in scores if score is not None)
                ranked.append((worst, len(entry.zh), _KINDS.index(entry.hit.kind), at, entry.hit))
        ranked.sort(key=_four)
        found: dict[tuple[str, str], PlaceHit] = {}
        for *_, hit in ranked:
            found.setdefault((hit.name_zh, hit.community), hit)
            if len(found) == limit:
                break
        return tuple(found.values())

    def locate(self, lon: float, lat: float) -> Located:
        """Camera, grid, community and road at a point. Raises
        ``Refusal('bad_value', 'point')`` for what is not on earth."""
        if not geo.valid(lon, lat):
            raise Refusal("bad_value", "point", lon=lon, lat=lat)
        atlas, _ = self._read()
        here = (lon, lat)
        grid = _around(atlas, "grid", here)
        community = _around(atlas, "community", here)
        parent = next((p.parent for p in atlas.places if p.kind == "grid" and p.id == grid), "")
        camera, metres = _nearest_camera(atlas.cameras, here)
        road = _nearest_road(atlas, here)
        close = camera is not None and metres <= _NAMED_WITHIN_M
        named = next((p.name_zh for p in atlas.places if p.kind == "community" and p.id == community), "")
        return Located(
            lon,
            lat,
            community or parent,
            grid,
            camera.id if camera is not None else "",
            metres,
            road,
            camera.name if close and camera is not None else road or named,
        )

    def warm(self) -> int:
        """Make the index before somebody types; how many places it knows."""
        atlas, used = self._read()
        return len(atlas.entries) + len(used)

    def grown(self) -> None:
        """A case with a place of its own came in: look again at the next search."""
        with self._lock:
            self._used_at = float("-inf")

    def _typed_point(self, one: float, two: float) -> tuple[PlaceHit, ...]:
        # In this country the longitude is the larger number, whichever way round.
        lon, lat = (one, two) if abs(one) >= abs(two) else (two, one)
        if not geo.valid(lon, lat):
            return ()
        here = self.locate(lon, lat)
        words = here.words or f"{lon:.6f}, {lat:.6f}"
        hit = PlaceHit("point", "", words, words, here.community, here.grid, here.camera, lon, lat)
        return (hit,)

    def _read(self) -> tuple[_Atlas, tuple[_Entry, ...]]:
        with self._lock, self._uows.read() as uow:
            places, cameras = uow.reference.places(), uow.cameras.all()
            atlas = self._atlas
            if atlas is None or atlas.places != places or atlas.cameras != cameras:
                atlas = self._atlas = _atlas(places, cameras)
            now = self._clock.monotonic()
            if now - self._used_at > _USED_AGE_S:
                known = {entry.zh for entry in atlas.entries}
                rows = uow.intake.used_places()
                self._used = tuple(_used(row) for row in rows if row.place.casefold() not in known)
                self._used_at = now
            return atlas, self._used


def _four(row: tuple[int, int, int, int, PlaceHit]) -> tuple[int, int, int, int]:
    return row[0], row[1], row[2], row[3]


@lru_cache(maxsize=16_384)
def _letter(one: str) -> str:
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(one, style=Style.FIRST_LETTER)).casefold()[:1]


def initials(text: str) -> str:
    """Initials of a name, digits kept: 经北六路11 → ``jbll11``."""
    return "".join(_letter(one) if _HAN.match(one) else one for one in text if one.isalnum()).casefold()


def _entry(hit: PlaceHit, *ids: str) -> _Entry:
    zh = hit.name_zh.casefold()
    return _Entry(hit, zh, hit.name_en.casefold(), initials(zh), tuple(i.casefold() for i in ids if i))


def _used(row: UsedPlace) -> _Entry:
    hit = PlaceHit("used", "", row.place, row.place, row.community, row.grid, "", row.lon, row.lat)
    return _entry(hit)


def _atlas(places: Sequence[Place], cameras: Sequence[Camera]) -> _Atlas:
    entries = [_entry(_of_camera(camera), camera.id) for camera in cameras]
    entries += [_entry(_of_place(place), place.id) for place in places]
    return _Atlas(tuple(places), tuple(cameras), tuple(entries), tuple(_areas(places)))


def _of_camera(camera: Camera) -> PlaceHit:
    return PlaceHit(
        "camera",
        camera.id,
        camera.name,
        camera.note or camera.name,
        camera.community,
        camera.grid,
        camera.id,
        camera.lon,
        camera.lat,
    )


def _of_place(place: Place) -> PlaceHit:
    community = {"community": place.id, "grid": place.parent}.get(place.kind, "")
    if not community and place.kind != "road":
        community = place.parent
    grid = place.id if place.kind == "grid" else ""
    # A road or a community is no point: only what is small has one.
    lon, lat = (None, None) if place.kind in ("road", "community", "segment") else (place.lon, place.lat)
    return PlaceHit(place.kind, place.id, place.name_zh, place.name_en, community, grid, "", lon, lat)


def _areas(places: Iterable[Place]) -> Iterable[tuple[str, geo.Shape, tuple[float, float, float, float]]]:
    for place in places:
        if not place.wkt or place.kind not in ("community", "grid", "road"):
            continue
        try:
            shape = wkt.read(place.wkt, place.id, place.name_zh, place.name_en)
        except Refusal:
            continue  # a place without a readable shape is still found by name
        box = geo.bounds(point for run in shape.lines for point in run)
        if box is not None:
            yield place.kind, shape, box


def _around(atlas: _Atlas, kind: str, here: geo.Point) -> str:
    x, y = here
    for of_kind, shape, (west, south, east, north) in atlas.areas:
        if of_kind == kind and west <= x <= east and south <= y <= north and geo.inside(here, shape.lines):
            return shape.id
    return ""


def _nearest_camera(cameras: Iterable[Camera], here: geo.Point) -> tuple[Camera | None, float]:
    best: tuple[Camera | None, float] = (None, float("inf"))
    for camera in cameras:
        if camera.lon is None or camera.lat is None:
            continue
        metres = geo.distance_m(here, (camera.lon, camera.lat))
        if metres < best[1]:
            best = (camera, metres)
    return best if best[0] is not None else (None, 0.0)


def _nearest_road(atlas: _Atlas, here: geo.Point) -> str:
    best = ("", _NAMED_WITHIN_M)
    for kind, shape, _ in atlas.areas:
        if kind != "road":
            continue
        for run in shape.lines:
            for a, b in pairwise(run):
                metres = geo.distance_m(here, _foot(here, a, b))
                if metres < best[1]:
                    best = (shape.name_zh, metres)
    return best[0]


def _foot(here: geo.Point, a: geo.Point, b: geo.Point) -> geo.Point:
    """The point of the line a–b nearest to ``here`` (flat over a street)."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else ((here[0] - a[0]) * dx + (here[1] - a[1]) * dy) / length
    along = min(1.0, max(0.0, along))
    return a[0] + along * dx, a[1] + along * dy


def _score(entry: _Entry, word: str) -> int | None:
    """How well an entry answers, smaller is better; ``None`` not at all."""
    if word in entry.ids or word == entry.zh:
        return 0
    if entry.zh.startswith(word):
        return 1
    if word in entry.zh:
        return 2
    if not _HAN.search(word):
        if entry.initials.startswith(word):
            return 1
        if any(one.startswith(word) for one in entry.en.split()):
            return 2
        if len(word) > 1 and word in entry.initials:
            return 3
        if any(one.endswith(word) for one in entry.ids) and word.isdigit() and len(word) > 2:
            return 3
    return None
