"""The libVLC player, in a process of its own: a crash or a hang of libVLC
never touches the console.

Units come from the packet ring over the pipe, are muxed to MPEG-TS in memory
and handed to libVLC by ``media_new_callbacks``, because Debian's libVLC has no
RTSP of its own. Pictures go by memory callbacks straight into a frame slot.
Commands: ``("play", camera, slot, width, height)``, ``("unit", camera, codec,
data, pts, key, at)``, ``("end", camera)``, ``("clock", utc_us, monotonic)``,
``("stop",)``. Events: ``("hello", pid, qt)``, ``("beat",)``.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import sys
import threading
import time
from collections import deque
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any, Final

from console.feeds.clip import NoPicture
from console.feeds.decoder import UtcMap
from console.feeds.mpegts import TsMuxer
from console.feeds.rtp import Unit
from console.feeds.slots import MAX_HEIGHT, MAX_WIDTH, SlotWriter

log = logging.getLogger(__name__)

#: libVLC keeps this much of the stream before it shows it.
CACHING_S: Final = 0.3
INSTANCE_OPTIONS: Final = (
    "--no-xlib",
    "--quiet",
    "--no-osd",
    "--no-spu",
    "--no-audio",
    "--no-video-title-show",
    "--no-snapshot-preview",
    "--no-stats",
    "--no-sub-autodetect-file",
    "--no-media-library",
)
MEDIA_OPTIONS: Final = (
    ":demux=ts",
    f":network-caching={round(CACHING_S * 1000)}",
    f":live-caching={round(CACHING_S * 1000)}",
    ":avcodec-threads=1",
    ":avcodec-hw=none",
    ":clock-jitter=0",
    ":no-ts-trust-pcr",
)
_BEAT_S: Final = 0.5
#: libVLC's calls, the blocking ``stop()`` among them, come back within this.
_HUNG_S: Final = 5.0
#: Bytes that may wait for libVLC before the oldest are thrown away.
_WAITING_MAX: Final = 8 << 20


def slot_key(camera: str) -> str:
    """Key of the focus player's frame slot of a camera."""
    return f"focus:{camera}"


class ByteStream:
    """What libVLC reads: blocks until there is something, or the end."""

    def __init__(self) -> None:
        self._chunks: deque[bytes] = deque()
        self._waiting = 0
        self._closed = False
        self._ready = threading.Condition()

    def write(self, data: bytes) -> None:
        """Add bytes; a reader that hangs loses the oldest."""
        with self._ready:
            self._chunks.append(data)
            self._waiting += len(data)
            while self._waiting > _WAITING_MAX:
                self._waiting -= len(self._chunks.popleft())
            self._ready.notify()

    def close(self) -> None:
        """Let the reader go."""
        with self._ready:
            self._closed = True
            self._ready.notify_all()

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes; empty at the end."""
        with self._ready:
            while not self._chunks and not self._closed:
                self._ready.wait()
            if self._closed:
                return b""
            chunk = self._chunks.popleft()
            if len(chunk) > size:
                self._chunks.appendleft(chunk[size:])
                chunk = chunk[:size]
            self._waiting -= len(chunk)
            return chunk


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
    are called from libVLC's video thread."""

    def __init__(self, slot: str, width: int, height: int, utc: UtcMap) -> None:
        self.width, self.height = width, height
        self._writer = SlotWriter(slot)
        self._utc = utc
        self._fed: deque[float] = deque(maxlen=600)
        self._plane: Any = None
        self._open = True
        self._guard = threading.Lock()
        # Where libVLC may write when the slot is already closed.
        self._spare = ctypes.create_string_buffer(width * height * 4)

    def fed(self, at: float) -> None:
        """Capture time of a picture that libVLC has been given."""
        self._fed.append(at)

    def lock(self) -> int:
        """Address of the next picture's pixels."""
        with self._guard:
            if not self._open:
                return ctypes.addressof(self._spare)
            try:
                view = self._writer.begin(self.width * self.height * 4)
            except OSError as error:
                log.error("focus slot: %s", error)
                self._open = False
                return ctypes.addressof(self._spare)
            self._plane = (ctypes.c_ubyte * len(view)).from_buffer(view)
            return ctypes.addressof(self._plane)

    def show(self) -> None:
        """Publish what was drawn. libVLC does not say which picture it is;
        it shows the one that was given to it its caching time ago."""
        with self._guard:
            if not self._open or self._plane is None:
                return
            at = self._captured(time.monotonic() - CACHING_S)
            self._writer.publish(self.width, self.height, self.width * 4, at, self._utc.utc_us(at))

    def _captured(self, at: float) -> float:
        newest = at
        while self._fed and self._fed[0] <= at:
            newest = self._fed.popleft()
        return newest

    def mute(self) -> None:
        """No picture reaches the slot from here on; libVLC may still draw."""
        with self._guard:
            self._open = False

    def close(self) -> None:
        """Let go of the memory; only when libVLC has stopped."""
        with self._guard:
            self._open = False
            self._plane = None
            self._writer.close()


class Play:
    """One camera being played. Feeding happens on the pipe's thread, stopping
    on the thread that may block."""

    def __init__(self, vlc: Any, instance: Any, slot: str, width: int, height: int, utc: UtcMap) -> None:
        self._vlc, self._instance, self._utc = vlc, instance, utc
        self._slot, self._box = slot, (width, height)
        self._stream = ByteStream()
        self._muxer: TsMuxer | None = None
        self._screen: Screen | None = None
        self._player: Any = None
        self._media: Any = None
        self._callbacks: Callbacks | None = None
        self._ended = False

    def feed(self, codec: Any, unit: Unit) -> None:
        """Take the next unit; the first key frame starts libVLC."""
        if self._ended:
            return
        if self._muxer is None:
            if not unit.key:
                return
            try:
                self._muxer = TsMuxer(codec, unit, self._stream.write)
                self._begin(self._muxer.width, self._muxer.height)
            except (NoPicture, OSError, ValueError) as error:
                log.warning("focus: %s", error)
                self._ended = True
                return
        self._muxer.add(unit)
        if self._screen is not None:
            self._screen.fed(unit.at)

    def _begin(self, source_width: int, source_height: int) -> None:
        width, height = fitted(source_width, source_height, *self._box)
        self._screen = Screen(self._slot, width, height, self._utc)
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

    def mute(self) -> None:
        """Draw no more: another player takes over the slot. Never blocks."""
        self._ended = True
        if self._screen is not None:
            self._screen.mute()

    def end(self) -> None:
        """Stop and release; may block, so never on the pipe's thread."""
        self._ended = True
        self._stream.close()
        if self._player is not None:
            self._player.stop()
            self._player.release()
            self._media.release()
            self._player = self._media = None
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


class PlayerProcess:
    """Serves the pipe on the main thread, ends players on another."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._utc = UtcMap()
        self._plays: dict[str, Play] = {}
        self._ending: SimpleQueue[Play | None] = SimpleQueue()
        self._sending = threading.Lock()
        self._done = threading.Event()
        self._busy = {"command": 0.0, "end": 0.0}
        """Since when libVLC has not come back from a call; 0 when it has."""

    def run(self) -> None:
        """Until told to stop or the console is gone."""
        import vlc

        qt = any(name.split(".")[0] in ("PySide6", "shiboken6") for name in sys.modules)
        self._say(("hello", os.getpid(), qt))
        # Before libVLC: its first start looks through all its modules.
        threading.Thread(target=self._beat, name="player-beat", daemon=True).start()
        instance = vlc.Instance(list(INSTANCE_OPTIONS))
        if instance is None:
            log.error("libVLC does not start")
            return
        ender = threading.Thread(target=self._end_plays, name="player-ender", daemon=True)
        ender.start()
        with contextlib.suppress(EOFError, OSError):
            while (command := self._conn.recv())[0] != "stop":
                self._busy["command"] = time.monotonic()
                self._command(vlc, instance, command)
                self._busy["command"] = 0.0
        for camera in list(self._plays):
            self._end_play(camera)
        self._ending.put(None)
        ender.join(2.0)
        self._done.set()
        if ender.is_alive():
            os._exit(4)  # libVLC hangs in stop(): the process goes with it
        instance.release()

    def _command(self, vlc: Any, instance: Any, command: tuple[Any, ...]) -> None:
        kind = command[0]
        if kind == "unit":
            play = self._plays.get(command[1])
            if play is not None:
                play.feed(command[2], Unit(*command[3:7]))
        elif kind == "play":
            _, camera, slot, width, height = command
            self._end_play(camera)
            self._plays[camera] = Play(vlc, instance, slot, width, height, self._utc)
        elif kind == "end":
            self._end_play(command[1])
        elif kind == "clock":
            self._utc.set(command[1], command[2])

    def _end_play(self, camera: str) -> None:
        play = self._plays.pop(camera, None)
        if play is not None:
            play.mute()
            self._ending.put(play)

    def _end_plays(self) -> None:
        while (play := self._ending.get()) is not None:
            self._busy["end"] = time.monotonic()
            try:
                play.end()
            except Exception:
                log.exception("ending a player")
            self._busy["end"] = 0.0

    def _say(self, event: tuple[Any, ...]) -> None:
        with self._sending, contextlib.suppress(OSError):
            self._conn.send(event)

    def _beat(self) -> None:
        """Thread: the heartbeat, withheld while libVLC hangs, so that the
        console replaces this process."""
        while not self._done.wait(_BEAT_S):
            now = time.monotonic()
            if all(not since or now - since < _HUNG_S for since in self._busy.values()):
                self._say(("beat",))


def main(conn: Connection) -> None:
    """Entry point of the child process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    PlayerProcess(conn).run()
