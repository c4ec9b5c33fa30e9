"""Work for the map that takes longer than a picture may: paths made ready and
raster tiles decoded, in a thread of their own."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtGui import QImage

from console.domain.errors import Refusal
from console.services.district_map import MapData
from console.widgets.map_backdrop import GroundJob
from console.widgets.map_ground import Ground, prepare
from console.widgets.map_tiles import Key
from db.mbtiles import TileFile

log = logging.getLogger(__name__)

#: Requests kept; older ones are of a part of the map that was left.
MOST_ASKED: Final = 256
#: A picture with a longer side is no tile, px.
MOST_SIDE: Final = 1024


@dataclass(frozen=True, slots=True, eq=False)
class GroundReady:
    """Posted when a map can be painted. ``zooms``: raster levels or ``None``;
    ``refusal``: why there are no raster tiles although there is a file."""

    ground: Ground
    zooms: tuple[int, int] | None = None
    attribution: str = ""
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TileDone:
    """Posted for each tile asked for; ``image`` is ``None`` for none."""

    key: Key
    image: QImage | None


@dataclass(frozen=True, slots=True, eq=False)
class GroundDone:
    """Posted when a picture of the ground was painted."""

    job: GroundJob
    image: QImage


class MapWorkshop:
    """One thread, started with the first job, ended by :meth:`stop`."""

    def __init__(self, post: Callable[[object], None]) -> None:
        self._post = post
        self._wake = threading.Condition()
        self._maps: list[MapData] = []
        self._grounds: dict[int, GroundJob] = {}
        self._tiles: deque[Key] = deque()
        self._thread: threading.Thread | None = None
        self._ends = False
        self._file: TileFile | None = None

    def prepare(self, data: MapData) -> None:
        """Make a map ready; posts :class:`GroundReady`."""
        self._hand_in(data, ())

    def paint(self, job: GroundJob) -> None:
        """Paint a ground; posts :class:`GroundDone`. A wish of the same map that
        is still waiting is forgotten."""
        with self._wake:
            self._grounds[id(job.owner)] = job
        self._hand_in(None, ())

    def decode(self, keys: Sequence[Key]) -> Sequence[Key]:
        """Decode tiles, the newest wish first; posts :class:`TileDone` each.
        Returns older wishes that newer ones pushed out: nobody will answer them."""
        return self._hand_in(None, keys)

    def _hand_in(self, data: MapData | None, keys: Sequence[Key]) -> Sequence[Key]:
        with self._wake:
            if self._ends:
                return keys
            if data is not None:
                self._maps = [data]
            self._tiles.extend(keys)
            dropped = [self._tiles.popleft() for _ in range(len(self._tiles) - MOST_ASKED)]
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="map-workshop", daemon=True)
                self._thread.start()
            self._wake.notify()
        return dropped

    def stop(self) -> None:
        """End the thread; a job under way is finished."""
        with self._wake:
            self._ends = True
            self._wake.notify()
            thread = self._thread
        if thread is not None:
            thread.join(10.0)

    def _work(self) -> None:
        while True:
            with self._wake:
                while not (self._ends or self._maps or self._grounds or self._tiles):
                    self._wake.wait()
                if self._ends:
                    break
                data = self._maps.pop() if self._maps else None
                job = self._grounds.popitem()[1] if data is None and self._grounds else None
                key = self._tiles.pop() if data is None and job is None else None
            try:
                if data is not None:
                    self._post(self._ready(data))
                elif job is not None:
                    self._post(GroundDone(job, job.paint()))
                elif key is not None:
                    self._post(TileDone(key, self._image(key)))
            except Exception:
                log.exception("the map's workshop failed at a job")
        if self._file is not None:
            self._file.close()

    def _ready(self, data: MapData) -> GroundReady:
        if self._file is not None:
            self._file.close()
            self._file = None
        refusal = None
        if data.tiles:
            try:
                self._file = TileFile(Path(data.tiles))
            except Refusal as error:
                refusal = error
        with self._wake:
            self._tiles.clear()
        zooms = self._file.zooms if self._file is not None else None
        told = self._file.attribution if self._file is not None else ""
        return GroundReady(prepare(data), zooms, told, refusal)

    def _image(self, key: Key) -> QImage | None:
        data = self._file.tile(*key) if self._file is not None else None
        if data is None:
            return None
        image = QImage.fromData(data)
        if image.isNull() or max(image.width(), image.height()) > MOST_SIDE:
            return None
        alpha = image.hasAlphaChannel()
        wanted = QImage.Format.Format_ARGB32_Premultiplied if alpha else QImage.Format.Format_RGB32
        return image.convertToFormat(wanted)
