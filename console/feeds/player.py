"""The libVLC player, in a process of its own: a crash or a hang of libVLC
never touches the console.

Units come from the packet ring over the pipe, are muxed to MPEG-TS in memory
and handed to libVLC by ``media_new_callbacks``, because Debian's libVLC has no
RTSP of its own. Pictures go by memory callbacks straight into a frame slot.
Commands: ``("play", camera, slot, width, height, sound)``, ``("unit", camera,
codec, data, pts, key, at)``, ``("sound", camera, codec, rate, channels, data,
pts, at)``, ``("pause", camera)`` (played again by another ``play``), ``("end",
camera)``, ``("clock", utc_us, monotonic)``, ``("stop",)``. Events:
``("hello", pid, qt)``, ``("no_player", why)`` (and the process ends), ``("beat",)``,
``("sounds", camera, how)`` (``on``, ``none``, ``no_device``).
Clips: ``("review", key, path, slot, width, height)``, ``("seek", key, s)``,
``("rate", key, r)``, ``("hold", key, on)``, ``("step", key, n)``, ``("end_review",
key)``; event ``("reviewing", key, position, length, paused, rate, ended, problem)``.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
import time
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any, Final

from console.feeds.decoder import UtcMap
from console.feeds.mpegts import Sound
from console.feeds.review_play import Projector
from console.feeds.rtp import Unit
from console.feeds.vlc_library import NoLibVlc, load
from console.feeds.vlc_play import INSTANCE_OPTIONS, Play

log = logging.getLogger(__name__)

_BEAT_S: Final = 0.5
#: libVLC's calls, the blocking ``stop()`` among them, come back within this.
_HUNG_S: Final = 5.0


def slot_key(camera: str) -> str:
    """Key of the focus player's frame slot of a camera."""
    return f"focus:{camera}"


class PlayerProcess:
    """Serves the pipe on the main thread, ends players on another."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._utc = UtcMap()
        self._plays: dict[str, Play] = {}
        self._ending: SimpleQueue[Play | None] = SimpleQueue()
        self._sending = threading.Lock()
        self._done = threading.Event()
        self._projector: Projector | None = None
        self._busy = {"command": 0.0, "end": 0.0}
        """Since when libVLC has not come back from a call; 0 when it has."""

    def run(self) -> None:
        """Until told to stop or the console is gone."""
        qt = any(name.split(".")[0] in ("PySide6", "shiboken6") for name in sys.modules)
        self._say(("hello", os.getpid(), qt))
        # Before libVLC: its first start looks through all its modules.
        threading.Thread(target=self._beat, name="player-beat", daemon=True).start()
        try:
            vlc = load()
            instance = vlc.Instance(list(INSTANCE_OPTIONS))
        except NoLibVlc as error:
            self._say(("no_player", str(error)))
            return
        if instance is None:
            self._say(("no_player", "Instance"))
            return
        self._projector = Projector(vlc, instance, self._say)
        self._projector.start()
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
        self._projector.finish()
        ender.join(2.0)
        self._projector.join(1.0)
        self._done.set()
        if ender.is_alive() or self._projector.is_alive():
            os._exit(4)  # libVLC hangs in stop(): the process goes with it
        instance.release()

    def _command(self, vlc: Any, instance: Any, command: tuple[Any, ...]) -> None:
        kind = command[0]
        if kind == "unit":
            play = self._plays.get(command[1])
            if play is not None:
                play.feed(command[2], Unit(*command[3:7]))
        elif kind == "sound":
            play = self._plays.get(command[1])
            if play is not None:
                play.hear(Sound(*command[2:5]), *command[5:8])
        elif kind == "play":
            _, camera, slot, width, height, sound = command
            self._end_play(camera)
            self._plays[camera] = Play(vlc, instance, slot, (width, height), self._utc, wants_sound=sound)
        elif kind == "pause":
            play = self._plays.get(command[1])
            if play is not None:
                play.mute()
        elif kind == "end":
            self._end_play(command[1])
        elif kind in ("review", "seek", "rate", "hold", "step", "end_review") and self._projector:
            self._projector.put(command)
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

    def _tell_sound(self) -> None:
        """Whether those that are to be heard can be."""
        for camera, play in list(self._plays.items()):
            if play.wants_sound and play.has_sound is not None:
                how = "on" if play.voiced else "no_device"
                self._say(("sounds", camera, how if play.has_sound else "none"))

    def _say(self, event: tuple[Any, ...]) -> None:
        with self._sending, contextlib.suppress(OSError):
            self._conn.send(event)

    def _beat(self) -> None:
        """Thread: the heartbeat, withheld while libVLC hangs, so that the
        console replaces this process."""
        while not self._done.wait(_BEAT_S):
            now = time.monotonic()
            self._tell_sound()
            projecting = self._projector.busy_since if self._projector is not None else 0.0
            busy = (*self._busy.values(), projecting)
            if all(not since or now - since < _HUNG_S for since in busy):
                self._say(("beat",))


def main(conn: Connection) -> None:
    """Entry point of the child process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    PlayerProcess(conn).run()
