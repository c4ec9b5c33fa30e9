"""The console's side of looking back: what replays, where it stands.

Thread-safe and without Qt. Nothing blocks but :meth:`Replays.clip`. Commands
go to the worker that holds the camera's ring; what it tells is kept here for
whoever asks (the walls do, some times a second).
"""

from __future__ import annotations

import itertools
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from console.domain.errors import Refusal
from console.feeds.sources import FeedSource

if TYPE_CHECKING:
    from console.feeds.pool import FeedPool

#: A replay that has shown nothing for so long after it was asked for never will.
OPEN_S: Final = 4.0
#: The same of a recorder, which looks for the place on its disk first.
RECORDER_OPEN_S: Final = 15.0


@dataclass(frozen=True, slots=True)
class ReplayState:
    """Where a replay stands; instants are aware UTC, of the pictures' arrival
    (ring) or recording (recorder). ``clamped``: the picture asked for is gone,
    the oldest is shown. ``ended``: nothing newer is here yet."""

    start: datetime
    end: datetime
    position: datetime
    speed: float
    paused: bool
    clamped: bool = False
    ended: bool = False
    recorder: bool = False


@dataclass(slots=True)
class _Session:
    number: int
    asked_at: float
    recorder: bool
    state: ReplayState | None = None
    gone: str = ""


def slot_key(camera: str) -> str:
    """Slot of a camera's replay."""
    return f"replay:{camera}"


class Replays:
    """All replays of one console, at most one a camera."""

    def __init__(self, pool: FeedPool) -> None:
        self._pool = pool
        self._lock = threading.Lock()
        self._sessions: dict[str, _Session] = {}
        self._numbers = itertools.count(1)
        pool.listen("replay", self._told)
        pool.listen("replay_gone", self._over)
        pool.greet(self._restarted)

    def open(self, camera: str, back_s: float, width: int, height: int) -> str:
        """Play the ring from ``back_s`` seconds ago into the slot whose key is
        returned, at most ``width`` × ``height``. Raises ``Refusal`` ``no_camera``."""
        return self._begin(camera, False, lambda n, slot: ("replay", camera, n, slot, back_s, width, height))

    def open_recorder(
        self, camera: str, source: FeedSource, start_utc: datetime, end_utc: datetime, width: int, height: int
    ) -> str:
        """Play what a recorder sends for ``source.url`` (a recording of
        ``start_utc`` … ``end_utc``) into the same slot. Raises ``Refusal``."""
        start, end = self._monotonic(start_utc), self._monotonic(end_utc)
        return self._begin(
            camera, True, lambda n, slot: ("recorder", camera, n, slot, source, start, end, (width, height))
        )

    def _begin(self, camera: str, recorder: bool, command: Any) -> str:
        key = slot_key(camera)
        # A slot made anew: the last picture of an earlier replay must not show.
        self._pool.slots.drop(key)
        slot = self._pool.slots.ensure(key)
        number = next(self._numbers)
        with self._lock:
            self._sessions[camera] = _Session(number, time.monotonic(), recorder)
        if not self._pool.tell(camera, command(number, slot)):
            self.close(camera)
            raise Refusal("no_camera", "no_picture", camera=camera)
        return key

    def move(
        self, camera: str, *, to: datetime | None = None, speed: float | None = None, step: int = 0
    ) -> None:
        """Go somewhere (``to``, aware UTC), change the speed (0 pauses, above
        it plays), or step single pictures, which pauses."""
        at = None if to is None else self._monotonic(to)
        self._pool.tell(camera, ("replay_move", camera, at, speed, step))

    def close(self, camera: str) -> None:
        """End a replay and give its slot back."""
        with self._lock:
            known = self._sessions.pop(camera, None)
        if known is not None:
            self._pool.tell(camera, ("replay_close", camera))
            self._pool.slots.drop(slot_key(camera))

    def state(self, camera: str) -> ReplayState | None:
        """Where it stands; ``None`` before its first picture or when none runs."""
        with self._lock:
            session = self._sessions.get(camera)
            return None if session is None else session.state

    def gone(self, camera: str) -> str:
        """Why a replay that was opened plays no more: ``worker`` (the process
        died), ``no_picture``, ``no_answer`` or what the recorder said; ``""``
        while all is well."""
        with self._lock:
            session = self._sessions.get(camera)
            if session is None:
                return ""
            patience = RECORDER_OPEN_S if session.recorder else OPEN_S
            if not session.gone and session.state is None and time.monotonic() - session.asked_at > patience:
                session.gone = "no_answer"
            return session.gone

    def clip(self, camera: str, seconds: float, end: datetime, target: Path) -> tuple[datetime, float]:
        """Write the ``seconds`` before ``end`` of what is being played as MP4;
        true start and length. Waits up to 20 s. Raises ``Refusal``."""
        with self._lock:
            session = self._sessions.get(camera)
        if session is None or not session.recorder:
            return self._pool.clip(camera, seconds, end, target)
        return self._pool.recording_clip(camera, seconds, end, target)

    def _told(self, event: tuple[Any, ...]) -> None:
        _, camera, number, start, end, position, speed, paused, clamped, ended = event
        utc = self._pool.utc
        with self._lock:
            session = self._sessions.get(camera)
            if session is not None and session.number == number:
                session.state = ReplayState(
                    utc(start), utc(end), utc(position), speed, paused, clamped, ended, session.recorder
                )

    def _over(self, event: tuple[Any, ...]) -> None:
        _, camera, number, reason = event
        with self._lock:
            session = self._sessions.get(camera)
            if session is not None and session.number == number:
                session.gone = reason

    def _restarted(self, cameras: tuple[str, ...]) -> None:
        """A worker was started anew: it knows nothing of earlier replays."""
        with self._lock:
            for camera in cameras:
                if camera in self._sessions:
                    self._sessions[camera].gone = "worker"

    def _monotonic(self, at: datetime) -> float:
        return time.monotonic() + (at - self._pool.utc(time.monotonic())) / timedelta(seconds=1)
