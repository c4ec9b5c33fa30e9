"""``--engine vlc``: tiles that move are decoded and scaled by libVLC, one media
player each, straight into the tiles' slots.

Takes the place of a :class:`~console.feeds.decoder.DecoderThread` and is one:
key frames of slow tiles are still decoded by PyAV. A player costs two threads and
a few megabytes, so tiles that rest have none. One that takes nothing any more is
given up; a ``stop()`` that does not come back shows as work that does not end,
and the console replaces the process; a crash is the end of the process with
the same consequence.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, Final

from console.feeds import doctor
from console.feeds.clip import sequence_parameters
from console.feeds.decoder import COMPARE_S, DROP_S, NICE, DecoderThread, UtcMap, View
from console.feeds.priority import give_way
from console.feeds.rtp import Unit
from console.feeds.sources import MOVING
from console.feeds.vlc_library import NoLibVlc, keep_room, load
from console.feeds.vlc_play import fitted
from console.feeds.vlc_tile import LEAN_OPTIONS, TILE_OPTIONS, TilePlay

log = logging.getLogger(__name__)

#: ``stop()`` may take so long before the process counts as hung, s.
STOP_GRACE_S: Final = 3.0
#: A player that takes no unit for so long hangs, s.
HANG_S: Final = 3.0
#: Between two points of brightness that are compared, in pixels.
_STEP: Final = 61


@dataclass(slots=True)
class _Tile:
    """One camera that libVLC plays."""

    play: TilePlay
    slot: str
    box: tuple[int, int]
    parameters: bytes


class VlcDecoders(DecoderThread):
    """Decodes for its share of the cameras of a worker, through libVLC."""

    def __init__(self, index: int, utc: UtcMap) -> None:
        super().__init__(index, utc)
        self._instances: tuple[Any, Any] | None = None
        self._tiles: dict[View, _Tile] = {}
        self._ending: SimpleQueue[TilePlay | None] = SimpleQueue()
        self._stopping_since = 0.0
        self._ender = threading.Thread(target=self._end_plays, name=f"vlc-ender-{index}", daemon=True)

    def run(self) -> None:
        """Take work until told to stop; without libVLC everything is PyAV's."""
        # Before libVLC starts threads: dozens of them wake up at once.
        give_way(NICE)
        self._start_library()
        self._ender.start()
        super().run()
        for view in list(self._tiles):
            self._drop(view)
        self._ending.put(None)
        self._ender.join(STOP_GRACE_S)

    def _start_library(self) -> None:
        try:
            vlc = load()
            missing = doctor.lacking(doctor.TILE_PLUGINS)
            if missing:
                raise NoLibVlc(f"without {' '.join(missing)}")
            keep_room()
            fine, lean = (vlc.Instance(list(options)) for options in (TILE_OPTIONS, LEAN_OPTIONS))
            self._instances = (fine, lean) if fine and lean else None
        except NoLibVlc as error:
            log.error("libVLC: %s; PyAV decodes", error)

    def busy_s(self, now: float) -> float:
        """Work under way, or a ``stop()`` that does not come back."""
        since = self._stopping_since
        stopping = now - since - STOP_GRACE_S if since else 0.0
        return max(super().busy_s(now), stopping, 0.0)

    def _take(self, view: View, unit: Unit, waited: float, now: float) -> None:
        if self._instances is None or view.budget.mode != MOVING:
            self._drop(view)
            super()._take(view, unit, waited, now)
            return
        tile = self._tiles.get(view)
        behind = tile.play.behind_s(now) if tile is not None else 0.0
        if behind > HANG_S:
            log.warning("libVLC takes nothing of %s any more: another player", view.camera)
            self._drop(view)
            tile = None
        if max(waited, behind) > DROP_S and not unit.key:
            view.dropped += 1
            view.need_key = True
            return
        if unit.key:
            tile = self._tile(view, unit, tile)
            view.need_key = False
            if view.check.wants(unit.at):
                # libVLC does not tell what it had to invent.
                self._glance(view, unit, view.incoming[1])
        if tile is None or view.need_key:
            view.dropped += 1
            return
        codec: Any = view.incoming[1]
        tile.play.feed(codec, unit)
        view.width, view.height = tile.play.source
        if tile.play.ended:
            view.errors += 1
            self._drop(view)

    def _tile(self, view: View, unit: Unit, tile: _Tile | None) -> _Tile | None:
        """The player for what begins with this key frame: a new one when the
        stream, the slot or the size it is wanted in has changed."""
        codec: Any = view.incoming[1]
        parameters = sequence_parameters(codec, unit.data)
        box = (view.budget.width, view.budget.height)
        same = tile is not None and (tile.slot, tile.parameters) == (view.slot_name, parameters)
        if tile is not None and same:
            fits = tile.box == box or fitted(*tile.play.source, *box) == tile.play.size
            if fits:
                tile.box = box
                return tile
        self._drop(view)
        if not view.slot_name:
            return None
        if view.slot is not None:
            # One writer a slot: this one counts the pictures for itself.
            view.slot.close()
            view.slot = None
        view.context = None
        assert self._instances is not None
        play = TilePlay(self._instances, view.slot_name, box, self._utc, _Shown(self, view))
        made = self._tiles[view] = _Tile(play, view.slot_name, box, parameters)
        return made

    def shown(self, view: View, play_at: float, pixels: memoryview) -> None:
        """A picture is there; called on libVLC's thread of that camera."""
        now = time.monotonic()
        self.age_s.append(now - play_at)
        view.pictures += 1
        view.errors = 0
        view.last_picture = play_at
        if now - view.compared_at >= COMPARE_S:
            self._compare(view, bytes(pixels[1 :: 4 * _STEP]), now)

    def _rest(self, view: View) -> None:
        self._drop(view)
        super()._rest(view)

    def _drop(self, view: View) -> None:
        tile = self._tiles.pop(view, None)
        if tile is not None:
            tile.play.mute()
            self._ending.put(tile.play)
            view.need_key = True

    def _end_plays(self) -> None:
        """Thread: ends players, which may block."""
        while (play := self._ending.get()) is not None:
            self._stopping_since = time.monotonic()
            try:
                play.end()
            except Exception:
                log.exception("ending a player")
            self._stopping_since = 0.0


class _Shown:
    """Tells whose picture it is."""

    def __init__(self, decoder: VlcDecoders, view: View) -> None:
        self._decoder, self._view = decoder, view

    def __call__(self, at: float, pixels: memoryview) -> None:
        self._decoder.shown(self._view, at, pixels)
