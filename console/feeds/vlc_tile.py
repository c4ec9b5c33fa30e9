"""One tile decoded and scaled by libVLC as fast as pictures come, into a slot.

No media player in the usual sense: units go in one by one (``imem``), are
decoded and scaled by the stream output (``transcode``) and come out as memory
(``smem``). Nothing is muxed, nothing waits for a clock and nothing is drawn twice,
so a tile has two threads instead of three, a picture is out a millisecond
after it came in, and libVLC says which one it is. Where there is sound, a
file or a position to seek, :class:`~console.feeds.vlc_play.Play` is right.
"""

from __future__ import annotations

import ctypes
import logging
import sys
import time
from collections import deque
from queue import SimpleQueue
from threading import Event
from typing import Any, Final

from console.feeds.clip import NoPicture, template
from console.feeds.decoder import LATE_S, UtcMap, shrunk
from console.feeds.kept_threads import KeptThreads
from console.feeds.rtp import Codec, Unit
from console.feeds.vlc_play import INSTANCE_OPTIONS, Playing, Screen, Shown, fitted
from console.feeds.vlc_times import PictureTimes

log = logging.getLogger(__name__)

#: Of the instance: a stream output does not hear the options of its medium.
TILE_OPTIONS: Final = (*INSTANCE_OPTIONS, "--avcodec-threads=1", "--avcodec-hw=none")
#: As a small tile, where nobody sees a block's edge: no loop filtering.
LEAN_OPTIONS: Final = (*TILE_OPTIONS, "--avcodec-skiploopfilter=4")
#: An empty access unit and a filler behind each unit: the packetiser gives a
#: picture on when it sees that the next one begins, not a picture later. (That
#: of single JPEG pictures holds one back whatever follows.)
_ENDINGS: Final[dict[Codec, bytes]] = {
    "h264": b"\0\0\0\1\x09\xf0\0\0\0\1\x0c\xff\x80",
    "hevc": b"\0\0\0\1\x46\x01\x50\0\0\0\1\x4c\x01\xff\x80\0\0\0\1",
    "mjpeg": b"",
}
_FOURCC: Final[dict[Codec, str]] = {"h264": "h264", "hevc": "hevc", "mjpeg": "MJPG"}
#: libVLC asks for no more units once it has been told that there are none, s.
_DRAIN_S: Final = 1.0

_P: Final = ctypes.POINTER
_GET: Final = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, _P(ctypes.c_int64), _P(ctypes.c_int64),
    _P(ctypes.c_uint), _P(ctypes.c_size_t), _P(ctypes.c_void_p),
)  # fmt: skip
_BEFORE: Final = ctypes.CFUNCTYPE(None, ctypes.c_void_p, _P(ctypes.c_void_p), ctypes.c_size_t)
_AFTER: Final = ctypes.CFUNCTYPE(
    None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_int,
    ctypes.c_size_t, ctypes.c_int64,
)  # fmt: skip
#: libVLC wants a function that takes the unit back. Ours are Python's, so it
#: gets one of libc that does nothing with its first argument and ignores the rest.
_nothing: Any = (ctypes.CDLL("msvcrt") if sys.platform == "win32" else ctypes.CDLL(None)).abs


class _Given:
    """A unit on its way in: its bytes, stamps and when it was taken."""

    __slots__ = ("at", "data", "dts", "pts")

    def __init__(self, data: bytes, dts: int, pts: int, at: float) -> None:
        self.data, self.dts, self.pts, self.at = data, dts, pts, at


class TilePlay(Playing):
    """One camera's tile, at most as large as ``box``. Fed on one thread, ended
    on another that may block; ``shown`` hears of every picture on libVLC's."""

    def __init__(
        self,
        instances: tuple[Any, Any],
        slot: str,
        box: tuple[int, int],
        utc: UtcMap,
        shown: Shown,
    ) -> None:
        """``instances``: of libVLC, with :data:`TILE_OPTIONS` and :data:`LEAN_OPTIONS`."""
        self._instances = instances
        self._slot, self._box, self._utc, self._shown = slot, box, utc, shown
        self._times = PictureTimes()
        self._units: SimpleQueue[_Given | None] = SimpleQueue()
        self._inside: _Given | None = None
        self._waiting: deque[float] = deque()
        self._drained = Event()
        self._threads = KeptThreads()
        self._bytes = 0
        self._player: Any = None
        self._media: Any = None
        self._callbacks: tuple[Any, ...] = ()
        self._source = (0, 0)

    @property
    def source(self) -> tuple[int, int]:
        """Width and height of what the camera sends; 0 × 0 before it is known."""
        return self._source

    def behind_s(self, now: float) -> float:
        """For how long the oldest unit has waited that libVLC has not yet taken."""
        try:
            return now - self._waiting[0]
        except IndexError:
            return 0.0

    def feed(self, codec: Codec, unit: Unit) -> None:
        """Take the next unit; the first key frame starts libVLC."""
        if self._ended:
            return
        if self._player is None:
            if not unit.key:
                return
            try:
                self._begin(codec, unit.data)
            except (NoPicture, OSError, ValueError) as error:
                log.warning("player: %s", error)
                self._ended = True
                return
        dts, pts = self._times.stamp(unit.pts, unit.at)
        self._waiting.append(time.monotonic())
        self._units.put(_Given(unit.data + _ENDINGS[codec], dts, pts, unit.at))

    def _begin(self, codec: Codec, key_frame: bytes) -> None:
        with template(codec, key_frame) as stream:
            source = (stream.codec_context.width, stream.codec_context.height)
        width, height = fitted(*source, *self._box)
        lean = all(self._box) and shrunk(source, self._box)
        self._screen = Screen(self._slot, (width, height), self._utc, shown=self._shown)
        self._source, self._bytes = source, width * height * 4
        instance = self._instances[lean]
        calls = self._callbacks = (_GET(self._get), _BEFORE(self._before), _AFTER(self._after))
        get, before, after = (ctypes.cast(call, ctypes.c_void_p).value for call in calls)
        nothing = ctypes.cast(_nothing, ctypes.c_void_p).value
        self._media = instance.media_new_location("imem://")
        for option in (
            f"imem-get={get}",
            f"imem-release={nothing}",
            "imem-cat=2",
            f"imem-codec={_FOURCC[codec]}",
            "imem-caching=0",
            "network-caching=0",
            "live-caching=0",
            "no-sout-audio",
            "no-sout-spu",
            # The raw "encoder" needs no threads of its own: they would hold pictures back.
            f"sout=#transcode{{vcodec=RV32,width={width},height={height},threads=0,"
            f"venc=avcodec{{options={{threads=1}}}}}}:smem{{video-prerender-callback={before},"
            f"video-postrender-callback={after},no-time-sync}}",
        ):
            self._media.add_option(":" + option)
        self._player = instance.media_player_new()
        self._player.set_media(self._media)
        self._player.play()

    def _get(self, _data: Any, _cookie: Any, dts: Any, pts: Any, flags: Any, size: Any, address: Any) -> int:
        """libVLC's input thread wants the next unit, and keeps it until it asks again."""
        self._threads.keep()
        self._inside = given = self._units.get()
        if given is None:
            self._drained.set()
            return -1
        self._waiting.popleft()
        dts[0], pts[0], flags[0], size[0] = given.dts, given.pts, 0, len(given.data)
        address[0] = ctypes.cast(ctypes.c_char_p(given.data), ctypes.c_void_p).value
        return 0

    def _before(self, _data: Any, pixels: Any, size: int) -> None:
        """libVLC's decoder thread wants room for a picture."""
        self._threads.keep()
        screen = self._screen
        assert screen is not None
        pixels[0] = screen.lock(size)

    def _after(
        self, _data: Any, _pixels: Any, _width: int, _height: int, _depth: int, size: int, stamp: int
    ) -> None:
        """The picture is there. (Its height is told with what a decoder needs
        beyond the edge; its size in bytes is right.)"""
        at = self._times.taken(stamp)
        screen = self._screen
        if at is None or screen is None or size != self._bytes:
            return
        if self._waiting and time.monotonic() - at > LATE_S:
            return  # the past it begins with, or a newer one is already here
        screen.show_taken(at)

    def end(self) -> None:
        """Stop and release; may block, so never on the pipe's thread."""
        self._ended = True
        self._units.put(None)
        player, self._player = self._player, None
        if player is not None:
            self._drained.wait(_DRAIN_S)
            player.stop()
            player.release()
            self._media.release()
            self._media = None
        # Now no thread of libVLC is left that could call.
        self._threads.forget()
        if self._screen is not None:
            self._screen.close()
            self._screen = None
        self._callbacks = ()
