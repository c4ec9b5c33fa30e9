"""One libVLC media player fed with units, drawing into a frame slot.

Debian's libVLC has no RTSP of its own: units are muxed to MPEG-TS in memory
and handed over by ``media_new_callbacks``; pictures come by memory callbacks,
without a copy in between. Used by the player process (focus), where sound and
picture keep time together; tiles of ``--engine vlc`` are :mod:`~console.feeds.vlc_tile`'s.
"""

from __future__ import annotations

import ctypes
import logging
import sys
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, Final

from console.feeds.clip import NoPicture
from console.feeds.decoder import UtcMap
from console.feeds.mpegts import Sound, TsMuxer
from console.feeds.rtp import Unit
from console.feeds.slots import MAX_HEIGHT, MAX_WIDTH, SlotWriter
from console.feeds.vlc_age import PictureAges

log = logging.getLogger(__name__)

#: libVLC keeps this much of the stream before it shows it.
CACHING_S: Final = 0.3
INSTANCE_OPTIONS: Final = (
    "--no-xlib",
    "--quiet",
    "--no-osd",
    "--no-spu",
    "--no-video-title-show",
    "--no-snapshot-preview",
    "--no-stats",
    "--no-sub-autodetect-file",
    "--no-media-library",
    # Fast bilinear: tiles are small, and finer filters show no difference there.
    "--swscale-mode=0",
)
MEDIA_OPTIONS: Final = (
    ":demux=ts",
    ":avcodec-threads=1",
    ":avcodec-hw=none",
    ":clock-jitter=0",
    ":no-ts-trust-pcr",
)
#: Sound begins within this time after the picture, or there is none, s.
SOUND_WAIT_S: Final = 1.5
#: Hears of a picture before it is published: its capture time (monotonic
#: seconds) and its pixels, BGRA.
Shown = Callable[[float, memoryview], None]
_memcmp = (ctypes.CDLL("msvcrt") if sys.platform == "win32" else ctypes.CDLL(None)).memcmp
_memcmp.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
_memcmp.restype = ctypes.c_int
#: Bytes that may wait for libVLC before the oldest are thrown away.
_WAITING_MAX: Final = 8 << 20


class ByteStream:
    """What libVLC reads: blocks until there is something, or the end. One
    writer and one reader; a queue in C, since both wake up for every picture
    of every tile."""

    def __init__(self) -> None:
        self._chunks: SimpleQueue[bytes] = SimpleQueue()
        self._rest = b""
        self._written = self._read = self._lost = 0
        self._closed = False
        self.caught_up = False
        """Whether the reader has ever had to wait: before, what comes is past."""

    def write(self, data: bytes) -> None:
        """Add bytes; a reader that hangs loses the oldest."""
        if not data:
            return
        self._chunks.put(data)
        self._written += len(data)
        while self._written - self._read - self._lost > _WAITING_MAX:
            try:
                self._lost += len(self._chunks.get_nowait())
            except Empty:
                return

    def close(self) -> None:
        """Let the reader go."""
        self._closed = True
        self._chunks.put(b"")

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes; empty at the end."""
        chunk = self._rest
        if not chunk and not self._closed:
            if self._chunks.empty():
                self.caught_up = True
            chunk = self._chunks.get()
            self._read += len(chunk)
        if self._closed:
            return b""
        self._rest = chunk[size:]
        return chunk[:size]


class Callbacks:
    """Every ctypes callback of one player; all must outlive ``release()``: a
    collected callback is a crash, not an exception."""

    def __init__(self, vlc: Any, stream: ByteStream, screen: Screen) -> None:
        # The signatures are declared here: those of python-vlc take the read
        # buffer for a Python string.
        read_type = ctypes.CFUNCTYPE(
            ctypes.c_ssize_t, ctypes.c_void_p, ctypes.POINTER(ctypes.c_ubyte), ctypes.c_size_t
        )
        open_type = ctypes.CFUNCTYPE(
            ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(ctypes.c_uint64)
        )
        close_type = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
        lock_type = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p))
        unlock_type = ctypes.CFUNCTYPE(
            None, ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p)
        )
        show_type = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)

        def opened(_opaque: Any, data: Any, size: Any) -> int:
            data[0] = None
            size[0] = 0xFFFFFFFFFFFFFFFF  # endless
            return 0

        def read(_opaque: Any, buffer: Any, size: int) -> int:
            chunk = stream.read(size)
            ctypes.memmove(buffer, chunk, len(chunk))
            return len(chunk)

        def lock(_opaque: Any, planes: Any) -> int:
            planes[0] = screen.lock()
            return 1

        def show(_opaque: Any, _picture: Any) -> None:
            screen.show()

        def nothing(*_arguments: Any) -> None:
            """libVLC wants one; there is nothing to do."""

        self.open, self.read, self.close = open_type(opened), read_type(read), close_type(nothing)
        self.lock, self.unlock, self.show = lock_type(lock), unlock_type(nothing), show_type(show)


class Screen:
    """Where libVLC draws: a frame slot, without a copy in between. Methods
    are called from libVLC's video thread. Without ``ages`` every picture
    drawn is published as taken now (a clip being reviewed)."""

    def __init__(
        self,
        slot: str,
        size: tuple[int, int],
        utc: UtcMap,
        ages: PictureAges | None = None,
        shown: Shown | None = None,
    ) -> None:
        self.width, self.height = size
        width, height = size
        self._writer = SlotWriter(slot)
        self._utc, self._ages, self._shown = utc, ages, shown
        self._plane: Any = None
        self._view = self._before = memoryview(b"")
        self._open = True
        self._guard = threading.Lock()
        # Where libVLC may write when the slot is already closed.
        self._spare = ctypes.create_string_buffer(width * height * 4)

    def lock(self, size: int = 0) -> int:
        """Address of the next picture's pixels, ``size`` bytes of them where
        libVLC says so: what is of another size than this screen is not drawn."""
        whole = self.width * self.height * 4
        with self._guard:
            if size > whole:
                self._spare = ctypes.create_string_buffer(size)
            if not self._open or size not in (0, whole):
                return ctypes.addressof(self._spare)
            try:
                view = self._writer.begin(whole)
            except OSError as error:
                log.error("focus slot: %s", error)
                self._open = False
                return ctypes.addressof(self._spare)
            self._view = view
            self._plane = (ctypes.c_ubyte * len(view)).from_buffer(view)
            return ctypes.addressof(self._plane)

    def show(self) -> None:
        """Publish what was drawn, unless libVLC drew the same once more."""
        with self._guard:
            if not self._open or self._plane is None:
                return
            now = time.monotonic()
            at = now if self._ages is None else self._ages.show(self._same(), now)
            if at is not None:
                self._publish(at)

    def show_taken(self, at: float) -> None:
        """Publish what was drawn; ``at`` is when it was taken, monotonic seconds."""
        with self._guard:
            if self._open and self._plane is not None:
                self._publish(at)

    def _publish(self, at: float) -> None:
        if self._shown is not None:
            self._shown(at, self._view)
        self._writer.publish(self.width, self.height, self.width * 4, at, self._utc.utc_us(at))
        self._before = self._view

    def _same(self) -> bool:
        """Whether the pixels are those published before, in the other buffer."""
        before, now = self._before, self._view
        if before.nbytes != now.nbytes:
            return False
        # Two views are compared element by element; this is what the processor does best.
        old = (ctypes.c_ubyte * before.nbytes).from_buffer(before)
        return int(_memcmp(ctypes.addressof(old), ctypes.addressof(self._plane), now.nbytes)) == 0

    def mute(self) -> None:
        """No picture reaches the slot from here on; libVLC may still draw."""
        with self._guard:
            self._open = False

    def close(self) -> None:
        """Let go of the memory; only when libVLC has stopped."""
        with self._guard:
            self._open = False
            self._plane = None
            self._view = self._before = memoryview(b"")
            self._writer.close()


class Playing:
    """What every kind of player tells of itself."""

    _ended = False
    _screen: Screen | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing is played any more (it could not be, or was told so)."""
        return self._ended

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the pictures; 0 × 0 before the first key frame."""
        return (0, 0) if self._screen is None else (self._screen.width, self._screen.height)

    def mute(self) -> None:
        """Draw no more: another player takes over the slot. Never blocks."""
        self._ended = True
        if self._screen is not None:
            self._screen.mute()


class Play(Playing):
    """One camera being played, at most as large as ``box``. Feeding happens on
    one thread, stopping on another that may block. ``caching_s``: how much of
    the stream libVLC keeps back; ``shown`` hears of every picture; with
    ``wants_sound`` the sound that is known by the first key frame is played."""

    def __init__(
        self,
        vlc: Any,
        instance: Any,
        slot: str,
        box: tuple[int, int],
        utc: UtcMap,
        *,
        caching_s: float = CACHING_S,
        shown: Shown | None = None,
        wants_sound: bool = False,
    ) -> None:
        self._vlc, self._instance, self._utc = vlc, instance, utc
        self._slot, self._box = slot, box
        self._caching_s, self._shown = caching_s, shown
        self.wants_sound = wants_sound
        self._sound: Sound | None = None
        self._held: list[Unit] = []
        self._held_since = 0.0
        self._stream = ByteStream()
        self._ages = PictureAges(caching_s)
        self._muxer: TsMuxer | None = None
        self._player: Any = None
        self._media: Any = None
        self._callbacks: Callbacks | None = None
        self._guard = threading.Lock()

    @property
    def source(self) -> tuple[int, int]:
        """Width and height of what the camera sends; 0 × 0 before it is known."""
        return (0, 0) if self._muxer is None else (self._muxer.width, self._muxer.height)

    def feed(self, codec: Any, unit: Unit) -> None:
        """Take the next unit; the first key frame starts libVLC (with sound:
        as soon as some has come, or it is clear that none will)."""
        if self._ended:
            return
        if self._muxer is None:
            if not unit.key and not self._held:
                return
            if self.wants_sound and self._sound is None and self._awaits_sound(unit):
                return
            units = [*self._held, unit]
            self._held = []
            try:
                self._muxer = TsMuxer(codec, units[0], self._stream.write, self._sound)
                self._begin(self._muxer.width, self._muxer.height)
            except (NoPicture, OSError, ValueError) as error:
                log.warning("player: %s", error)
                self._ended = True
                return
        else:
            units = [unit]
        for one in units:
            # Told before it is muxed: it may be shown at once.
            now = time.monotonic()
            caught_up = self._stream.caught_up
            self._ages.feed(one.at, now, self._muxer.is_past(one, now, caught_up))
            self._muxer.add(one, caught_up)

    def _awaits_sound(self, unit: Unit) -> bool:
        now = time.monotonic()
        if unit.key:
            self._held.clear()
        self._held_since = self._held_since or now
        if now - self._held_since > SOUND_WAIT_S:
            return False
        self._held.append(unit)
        return True

    def hear(self, sound: Sound, data: bytes, pts: int, at: float) -> None:
        """Take the next piece of sound; ``at`` is its monotonic arrival."""
        if self._ended or not self.wants_sound:
            return
        self._sound = self._sound or sound
        if self._muxer is not None:
            self._muxer.add_sound(data, pts, at)

    @property
    def has_sound(self) -> bool | None:
        """Whether sound is muxed; ``None`` while it is not decided."""
        return None if self._muxer is None else self._muxer.has_sound

    @property
    def voiced(self) -> bool:
        """Whether libVLC has found a device to play sound on."""
        with self._guard:
            return self._player is not None and self._player.audio_get_volume() >= 0

    def _begin(self, source_width: int, source_height: int) -> None:
        size = fitted(source_width, source_height, *self._box)
        width, height = size
        self._screen = Screen(self._slot, size, self._utc, self._ages, self._shown)
        calls = self._callbacks = Callbacks(self._vlc, self._stream, self._screen)
        library = self._vlc
        self._media = library.libvlc_media_new_callbacks(
            self._instance,
            ctypes.cast(calls.open, library.MediaOpenCb),
            ctypes.cast(calls.read, library.MediaReadCb),
            library.MediaSeekCb(),
            ctypes.cast(calls.close, library.MediaCloseCb),
            None,
        )
        for option in MEDIA_OPTIONS:
            self._media.add_option(option)
        for option in ("network-caching", "live-caching"):
            self._media.add_option(f":{option}={round(self._caching_s * 1000)}")
        if self._sound is None:
            self._media.add_option(":no-audio")
        self._player = self._instance.media_player_new()
        library.libvlc_video_set_callbacks(
            self._player,
            ctypes.cast(calls.lock, library.VideoLockCb),
            ctypes.cast(calls.unlock, library.VideoUnlockCb),
            ctypes.cast(calls.show, library.VideoDisplayCb),
            None,
        )
        self._player.video_set_format("RV32", width, height, width * 4)
        self._player.set_media(self._media)
        self._player.play()

    def end(self) -> None:
        """Stop and release; may block, so never on the pipe's thread."""
        self._ended = True
        self._stream.close()
        with self._guard:
            player, self._player = self._player, None
        if player is not None:
            player.stop()
            player.release()
            self._media.release()
            self._media = None
        if self._screen is not None:
            self._screen.close()
            self._screen = None
        if self._muxer is not None:
            self._muxer.close()
        self._callbacks = None


def fitted(width: int, height: int, box_width: int, box_height: int) -> tuple[int, int]:
    """Largest even size of the source's shape that fits the box; never larger
    than the source (painting scales up for less than libVLC does)."""
    fit = min(1.0, MAX_WIDTH / width, MAX_HEIGHT / height)
    if box_width and box_height:
        fit = min(fit, box_width / width, box_height / height)
    return max(2, int(width * fit) & ~1), max(2, int(height * fit) & ~1)
