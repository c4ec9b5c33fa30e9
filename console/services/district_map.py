"""The district's map: areas, roads, buildings, and how many cases a grid had.

Communities, grids and roads come from the places; a layer imported from a file
takes their stead on this workstation's map, and only there (``map`` below the
data folder, always WGS-84).
"""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from console.domain import wkt
from console.domain.errors import Refusal
from console.domain.geo import Shape
from console.domain.geo_index import AreaIndex
from console.domain.model import Actor, Place
from console.services import audit, geojson, permissions
from console.services.geojson import BadFeature
from console.services.ports import Clock, UnitOfWorkFactory
from console.services.requests import Heavy

if TYPE_CHECKING:
    from console.services.assembly import Services

log = logging.getLogger(__name__)

#: Layers a file may be imported into, and what each takes.
LAYERS: Final[Mapping[str, tuple[str, ...]]] = {
    "communities": ("area",),
    "grids": ("area",),
    "roads": ("line", "area"),
    "buildings": ("area",),
}
#: The raster's file, and a note beside it.
TILES: Final = "tiles.mbtiles"
TILES_NOTE: Final = "tiles.json"
FOLDER: Final = "map"
#: Days of cases the heat may cover.
HEAT_DAYS: Final = (1, 366)
_PLACE_LAYERS: Final = {"community": "communities", "grid": "grids", "road": "roads"}
#: How an SQLite file begins, and an MBTiles file is one.
_SQLITE: Final = b"SQLite format 3\x00"


@dataclass(frozen=True, slots=True)
class MapData:
    """Everything that stands still on the map, WGS-84. ``tiles`` is the path
    of an MBTiles file or empty; ``tiles_gcj02``: its pictures are shifted;
    ``spots`` are shops, sites, courtyards; ``broken`` names layers whose stored
    file could not be read."""

    communities: tuple[Shape, ...] = ()
    grids: tuple[Shape, ...] = ()
    roads: tuple[Shape, ...] = ()
    buildings: tuple[Shape, ...] = ()
    spots: tuple[Shape, ...] = ()
    tiles: str = ""
    tiles_gcj02: bool = False
    broken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LayerInfo:
    """A layer as stored here."""

    layer: str
    shapes: int
    bytes: int


@dataclass(frozen=True, slots=True)
class LayerReport:
    """What an import did: ``taken`` shapes are stored, ``bad`` were left out."""

    layer: str
    taken: int
    bad: tuple[BadFeature, ...] = ()


@dataclass(frozen=True, slots=True)
class HeatView:
    """Cases opened in the last ``days``, by grid id; ``elsewhere`` lie in no
    known grid or have no place."""

    days: int
    by_grid: Mapping[str, int]
    total: int
    elsewhere: int


@dataclass(frozen=True, slots=True)
class LoadMap(Heavy):
    """→ ``MapData``."""


@dataclass(frozen=True, slots=True)
class LoadHeat(Heavy):
    """→ ``HeatView`` of the last ``days``."""

    days: int = 7


class MapService:
    """Reads the map, takes layers in. Raises ``Refusal``."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock, data: Path) -> None:
        """``data`` is the data folder; nothing is opened or written yet."""
        self._uows, self._clock = uows, clock
        self._folder = data / FOLDER

    # -- reading -------------------------------------------------------------

    def load(self, actor: Actor) -> MapData:
        """The map, for whoever may see where cameras stand."""
        permissions.demand(actor, "camera.read")
        with self._uows.read() as uow:
            places = uow.reference.places()
        found: dict[str, tuple[Shape, ...]] = dict.fromkeys(LAYERS, ())
        for kind, layer in _PLACE_LAYERS.items():
            found[layer] = tuple(_shapes(place for place in places if place.kind == kind))
        broken: list[str] = []
        for layer in LAYERS:
            try:
                found[layer] = self._stored(layer) or found[layer]
            except Refusal as refusal:
                log.warning("the stored map layer %s cannot be read: %s", layer, refusal)
                broken.append(layer)
        spots = _points(place for place in places if place.kind not in _PLACE_LAYERS)
        tiles = self._folder / TILES
        return MapData(
            **found,
            spots=tuple(spots),
            tiles=str(tiles) if tiles.is_file() else "",
            tiles_gcj02=self._tiles_shifted(),
            broken=tuple(broken),
        )

    def heat(self, actor: Actor, days: int) -> HeatView:
        """How many cases each grid had. A case that names no grid is looked up
        by its place. Raises ``bad_value.range`` for days nobody asks for."""
        permissions.demand(actor, "board.read")
        if not HEAT_DAYS[0] <= days <= HEAT_DAYS[1]:
            raise Refusal("bad_value", "range", value=days, low=HEAT_DAYS[0], high=HEAT_DAYS[1])
        grids = self.load(actor).grids
        with self._uows.read() as uow:
            rows = uow.facts.places_of_cases(self._clock.now() - timedelta(days=days))
        index = AreaIndex(grids)
        known = {shape.id for shape in grids}
        counts: dict[str, int] = {}
        elsewhere = 0
        for grid, lon, lat, count in rows:
            if grid not in known and lon is not None and lat is not None:
                around = index.find((lon, lat))
                grid = around.id if around is not None else ""
            if grid in known:
                counts[grid] = counts.get(grid, 0) + count
            else:
                elsewhere += count
        return HeatView(days, counts, sum(counts.values()) + elsewhere, elsewhere)

    # -- taking in -----------------------------------------------------------

    def import_layer(self, actor: Actor, file: Path, layer: str, *, from_gcj02: bool = False) -> LayerReport:
        """Read a GeoJSON file and keep it as ``layer``; good features go in,
        bad ones are named. The layer before stays until the new one is whole.

        Raises ``forbidden``, ``bad_file``, ``disk_full``.
        """
        permissions.demand(actor, "standard.edit")
        read = geojson.read_file(file, LAYERS[layer], from_gcj02=from_gcj02)
        self._keep(f"{layer}.geojson", geojson.write(read.shapes).encode())
        self._announce(actor, layer, file=file.name, rows=len(read.shapes))
        return LayerReport(layer, len(read.shapes), read.bad)

    def import_tiles(self, actor: Actor, file: Path, *, from_gcj02: bool = False) -> None:
        """Keep an MBTiles file that the caller has found sound. ``from_gcj02``:
        its pictures are drawn where GCJ-02 says."""
        permissions.demand(actor, "standard.edit")
        target = self._folder / TILES
        spare = target.with_suffix(".new")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, spare)
            os.replace(spare, target)
        except OSError as error:
            spare.unlink(missing_ok=True)
            raise _disk(error, target) from error
        self._keep(TILES_NOTE, json.dumps({"gcj02": from_gcj02}).encode())
        self._announce(actor, "tiles", file=file.name)

    def export_layer(self, actor: Actor, layer: str, *, gcj02: bool = False) -> tuple[str, int]:
        """A layer as the map shows it, as GeoJSON text, and how many shapes;
        ``gcj02``: for a program that draws on a GCJ-02 map."""
        permissions.demand(actor, "standard.read")
        data = self.load(actor)
        shapes: tuple[Shape, ...] = getattr(data, layer)
        return geojson.write(geojson.export_gcj02(shapes) if gcj02 else shapes), len(shapes)

    def remove(self, actor: Actor, layer: str) -> bool:
        """Forget an imported layer (or ``tiles``): the places are drawn again.
        False when there was none."""
        permissions.demand(actor, "standard.edit")
        names = (TILES, TILES_NOTE) if layer == "tiles" else (f"{layer}.geojson",)
        there = any((self._folder / name).is_file() for name in names)
        for name in names:
            (self._folder / name).unlink(missing_ok=True)
        if there:
            self._announce(actor, layer, removed=True)
        return there

    def layers(self, actor: Actor) -> tuple[LayerInfo, ...]:
        """What was imported here; -1 shapes where a file cannot be read."""
        permissions.demand(actor, "camera.read")
        found = []
        for layer in LAYERS:
            file = self._folder / f"{layer}.geojson"
            if file.is_file():
                try:
                    count = len(self._stored(layer))
                except Refusal:
                    count = -1
                found.append(LayerInfo(layer, count, file.stat().st_size))
        tiles = self._folder / TILES
        if tiles.is_file():
            found.append(LayerInfo("tiles", 0, tiles.stat().st_size))
        return tuple(found)

    def _announce(self, actor: Actor, layer: str, **facts: object) -> None:
        """Consoles that run read the map again."""
        with self._uows.write() as uow:
            audit.write(uow, self._clock, actor, audit.Kind.IMPORT, what="map", name=layer, **facts)
            uow.touch("standard")
            uow.commit()

    def _stored(self, layer: str) -> tuple[Shape, ...]:
        file = self._folder / f"{layer}.geojson"
        if not file.is_file():
            return ()
        return geojson.read_file(file, LAYERS[layer]).shapes

    def _tiles_shifted(self) -> bool:
        try:
            note = json.loads((self._folder / TILES_NOTE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        return bool(note.get("gcj02")) if isinstance(note, dict) else False

    def _keep(self, name: str, data: bytes) -> None:
        target = self._folder / name
        spare = target.with_name(f"{name}.new")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            spare.write_bytes(data)
            os.replace(spare, target)
        except OSError as error:
            spare.unlink(missing_ok=True)
            raise _disk(error, target) from error


def is_sqlite(file: Path) -> bool:
    """True for a file that begins as every MBTiles file does."""
    try:
        with file.open("rb") as handle:
            return handle.read(len(_SQLITE)) == _SQLITE
    except OSError as error:
        raise Refusal("bad_file", "unreadable", file=str(file)) from error


def _disk(error: OSError, file: Path) -> Refusal:
    import errno

    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Refusal("disk_full", "file", file=str(file))
    return Refusal("bad_file", "os", file=str(file), text=error.strerror or "")


def _shapes(places: Iterable[Place]) -> Iterable[Shape]:
    """Places with a form; one whose form cannot be read is told in the log
    and left out, so that the rest of the map stands."""
    broken = []
    for place in places:
        if not place.wkt:
            continue
        try:
            yield wkt.read(place.wkt, place.id, place.name_zh, place.name_en)
        except Refusal:
            broken.append(place.id)
    if broken:
        log.warning("the form of %d places cannot be read, of %s first", len(broken), broken[0])


def _points(places: Iterable[Place]) -> Iterable[Shape]:
    for place in places:
        if place.lon is not None and place.lat is not None:
            yield Shape(place.id, place.name_zh, place.name_en, (((place.lon, place.lat),),), False)


def handlers(services: Services) -> Mapping[type, Callable[[Any], object]]:
    """What this room answers."""

    def load(request: LoadMap) -> MapData:
        return services.map.load(request.actor)

    def heat(request: LoadHeat) -> HeatView:
        return services.map.heat(request.actor, request.days)

    return {LoadMap: load, LoadHeat: heat}
