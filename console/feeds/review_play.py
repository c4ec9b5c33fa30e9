"""A clip from a file in libVLC, into a frame slot; part of the player process.

Everything that libVLC is told is told on one thread of its own, because
``stop()`` and seeking may block; the pipe is never held up.
"""

from __future__ import annotations

import ctypes
import logging
import os
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, Final

import av

from console.feeds.decoder import UtcMap
from console.feeds.vlc_play import ByteStream, Callbacks, Screen, fitted

log = logging.getLogger(__name__)

#: How often a clip's position is told, s.
TELL_S: Final = 0.1
#: The last picture counts as shown when so much is missing, s.
_NEAR_END_S: Final = 0.15


class Film:
    """One clip. Raises ``FileNotFoundError`` and ``av.FFmpegError`` (not a film)."""

    def __init__(self, vlc: Any, instance: Any, path: str, slot: str, box: tuple[int, int]) -> None:
        if not os.path.isfile(path):
            raise FileNotFoundError(path)
        width, height, self.length_s, self._frame_s = _look_into(path)
        size = fitted(width, height, *box)
        self._screen = Screen(slot, size, UtcMap())
        self._calls = Callbacks(vlc, ByteStream(), self._screen)
        self._media = instance.media_new_path(path)
        for option in (":no-audio", ":avcodec-hw=none", ":avcodec-threads=1", ":file-caching=100"):
            self._media.add_option(option)
        self._player = instance.media_player_new()
        vlc.libvlc_video_set_callbacks(
            self._player,
            ctypes.cast(self._calls.lock, vlc.VideoLockCb),
            ctypes.cast(self._calls.unlock, vlc.VideoUnlockCb),
            ctypes.cast(self._calls.show, vlc.VideoDisplayCb),
            None,
        )
        self._player.video_set_format("RV32", *size, size[0] * 4)
        self._player.set_media(self._media)
        self._ended_state = vlc.State.Ended
        self.paused, self.rate, self.ended = False, 1.0, False
        self._at = 0.0
        self._asked_at = 0.0
        self._player.play()

    def position_s(self) -> float:
        """Where the clip stands; what was asked for until libVLC is there."""
        if not self.ended and self._player.get_state() == self._ended_state:
            self.ended, self.paused, self._at = True, True, self.length_s
        if not self.paused and not self.ended and time.monotonic() - self._asked_at > 0.4:
            told = self._player.get_time()
            if told >= 0:
                self._at = min(self.length_s, told / 1000)
        return self._at

    def seek(self, seconds: float) -> None:
        """Go to ``seconds``; a clip that has ended is taken up again."""
        seconds = min(max(0.0, seconds), max(0.0, self.length_s - _NEAR_END_S))
        if self.ended:
            self._again()
        self._player.set_time(round(seconds * 1000))
        self._at, self._asked_at = seconds, time.monotonic()

    def pause(self, paused: bool) -> None:
        """Stand still, or go on (from the start after the end)."""
        if self.ended and not paused:
            self._again()
            self._at, self._asked_at = 0.0, time.monotonic()
        self._player.set_pause(paused)
        self.paused = paused

    def step(self, pictures: int) -> None:
        """One picture on (1) or back (-1), standing still."""
        if not self.paused:
            self._at = self.position_s()
            self._player.set_pause(1)
            self.paused = True
        if pictures > 0 and not self.ended:
            self._player.next_frame()
            self._at = min(self.length_s, self._at + self._frame_s)
        elif pictures < 0:
            held = self._at
            self.seek(held - self._frame_s)

    def set_rate(self, rate: float) -> None:
        """Speed, 0.25 to 4."""
        self.rate = min(4.0, max(0.25, rate))
        self._player.set_rate(self.rate)

    def _again(self) -> None:
        """libVLC plays a film that has ended only from a fresh start."""
        self._player.stop()
        self._player.play()
        self._player.set_rate(self.rate)
        self.ended = self.paused = False

    def close(self) -> None:
        """Stop and let go; may block."""
        self._screen.mute()
        self._player.stop()
        self._player.release()
        self._media.release()
        self._screen.close()


class Projector(threading.Thread):
    """Plays at most one clip for each key and tells where it stands."""

    def __init__(self, vlc: Any, instance: Any, say: Callable[[tuple[Any, ...]], None]) -> None:
        super().__init__(name="projector", daemon=True)
        self._vlc, self._instance, self._say = vlc, instance, say
        self._queue: SimpleQueue[tuple[Any, ...] | None] = SimpleQueue()
        self._films: dict[str, Film] = {}
        self._told: dict[str, tuple[Any, ...]] = {}
        self.busy_since = 0.0

    def put(self, command: tuple[Any, ...]) -> None:
        """A command of the console."""
        self._queue.put(command)

    def finish(self) -> None:
        """Close every film and end."""
        self._queue.put(None)

    def run(self) -> None:
        """Until told to finish."""
        while True:
            try:
                command = self._queue.get(timeout=TELL_S if self._films else None)
            except Empty:
                command = ()
            self.busy_since = time.monotonic()
            if command is None:
                break
            try:
                if command:
                    self._do(*command)
                self._tell()
            except Exception:
                log.exception("reviewing a clip")
            self.busy_since = 0.0
        for film in self._films.values():
            film.close()
        self._films.clear()
        self.busy_since = 0.0

    def _do(self, kind: str, key: str, *rest: Any) -> None:
        if kind == "review":
            self._close(key)
            path, slot, width, height = rest
            try:
                self._films[key] = Film(self._vlc, self._instance, path, slot, (width, height))
            except FileNotFoundError:
                self._say(("reviewing", key, 0.0, 0.0, True, 1.0, False, "missing"))
            except (av.FFmpegError, ValueError, OSError):
                self._say(("reviewing", key, 0.0, 0.0, True, 1.0, False, "damaged"))
            return
        film = self._films.get(key)
        if film is None:
            return
        if kind == "end_review":
            self._close(key)
        elif kind == "seek":
            film.seek(rest[0])
        elif kind == "rate":
            film.set_rate(rest[0])
        elif kind == "hold":
            film.pause(rest[0])
        elif kind == "step":
            film.step(rest[0])

    def _close(self, key: str) -> None:
        self._told.pop(key, None)
        film = self._films.pop(key, None)
        if film is not None:
            film.close()

    def _tell(self) -> None:
        for key, film in self._films.items():
            at = film.position_s()
            told = ("reviewing", key, at, film.length_s, film.paused, film.rate, film.ended, "")
            if told != self._told.get(key):
                self._told[key] = told
                self._say(told)


def _look_into(path: str) -> tuple[int, int, float, float]:
    """Width, height, length and seconds a picture of a film; its first picture
    must be decodable. Raises ``av.FFmpegError``, ``ValueError``."""
    with av.open(path) as container:
        if not container.streams.video:
            raise ValueError("no picture in it")
        stream = container.streams.video[0]
        length = (container.duration or 0) / 1_000_000
        rate = float(stream.average_rate or 15)
        if next(container.decode(stream), None) is None or not stream.width:
            raise ValueError("no picture in it")
        return stream.width, stream.height, length, 1.0 / rate
