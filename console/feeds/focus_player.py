"""The console's side of the player process: the focus view's cameras.

Takes a :class:`~console.feeds.pool.FeedPool`, whose watcher calls
:meth:`FocusPlayer.look`; everything else may be called from any thread and
never blocks.
"""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from console.domain.errors import Refusal
from console.feeds import player
from console.feeds.link import Link
from console.feeds.sources import FeedSource
from console.services.focus import FocusState

if TYPE_CHECKING:
    from console.feeds.pool import FeedPool

log = logging.getLogger(__name__)

#: Value of ``FocusState.problem`` and ``ReviewState.problem``.
NO_PLAYER: Final = "no_player"
#: Without a key frame of the main stream for this long the sub stream is taken, s.
MAIN_WAIT_S: Final = 6.0


@dataclass(slots=True)
class _Focus:
    """One camera that is shown large."""

    width: int
    height: int
    stream: str
    state: FocusState
    asked_at: float
    heard: bool = False


class FocusPlayer:
    """Cameras played in libVLC, fed by the workers, in one child process."""

    def __init__(self, pool: FeedPool) -> None:
        self._pool = pool
        self._lock = pool.lock
        self._focus: dict[str, _Focus] = {}
        self._link: Link | None = None
        self._tenants: list[Tenant] = []
        self.absent = False
        """Whether this machine has no libVLC: nothing is started any more."""

    @property
    def pid(self) -> int:
        """Process id of the player; 0 when there is none."""
        with self._lock:
            return 0 if self._link is None else self._link.process.pid or 0

    # -- what people ask -------------------------------------------------------

    def focus(self, camera: str, width: int, height: int) -> str:
        """See :meth:`FeedPool.focus`."""
        key = player.slot_key(camera)
        with self._lock:
            source = self._pool.source(camera)
            if source is None:
                raise Refusal("unknown_camera", camera=camera)
            held = self._focus.get(camera)
            if held is not None and (held.width, held.height) == (width, height):
                return key
            if held is None:
                stream = _stream(source)
                state = FocusState(stream, problem=NO_PLAYER if self.absent else "")
                held = self._focus[camera] = _Focus(width, height, stream, state, time.monotonic())
            else:
                held.width, held.height = width, height
                self._relay(camera, held, False)
            self._pool.slots.ensure(key)
            self._play(camera)
        self._pool.wake()  # the watcher starts the player: a start takes time
        return key

    def unfocus(self, camera: str) -> None:
        """End the player of a camera."""
        with self._lock:
            held = self._focus.pop(camera, None)
            if held is None:
                return
            self._relay(camera, held, False)
            self.send(("end", camera))
            self._pool.slots.drop(player.slot_key(camera))

    def set_sound(self, camera: str, on: bool) -> None:
        """Let a focused camera be heard, or not; off at first."""
        with self._lock:
            held = self._focus.get(camera)
            if held is not None:
                held.state = replace(held.state, sound="waiting" if on else "off")
                self._relay(camera, held, False)
                self._play(camera)

    def set_paused(self, camera: str, paused: bool) -> None:
        """Stand still, or go back to the present."""
        with self._lock:
            held = self._focus.get(camera)
            if held is not None:
                held.state = replace(held.state, paused=paused)
                if paused:
                    self.send(("pause", camera))
                else:
                    self._relay(camera, held, False)
                    self._play(camera)

    def state(self, camera: str) -> FocusState | None:
        """How a camera is played; ``None`` when it is not in focus."""
        held = self._focus.get(camera)
        return None if held is None else held.state

    # -- for what else the process plays ---------------------------------------

    def join(self, tenant: Tenant) -> None:
        """Let somebody else use the process; call before the pool starts."""
        self._tenants.append(tenant)

    def send(self, command: tuple[Any, ...]) -> bool:
        """Send a command to the process; False when there is none just now."""
        link = self._link
        if link is not None:
            link.send(command)
        return link is not None

    # -- the pool's calls --------------------------------------------------------

    def attached(self, source_ids: Collection[str], tell: Callable[[tuple[Any, ...]], None]) -> None:
        """A worker has been started: tell it whose units are wanted."""
        for camera, held in self._focus.items():
            if camera in source_ids:
                tell(("relay", camera, True, held.stream))

    def take(self, event: tuple[Any, ...]) -> None:
        """A worker's unit or sound: on to the player."""
        held = self._focus.get(event[1])
        if held is None:
            return
        if event[0] == "unit":
            held.heard = True
        elif held.state.sound in ("off", "no_device"):
            return
        self.send(event)

    def stop(self) -> Link | None:
        """Forget everything; returns the process that is to be ended."""
        link, self._link = self._link, None
        self._focus.clear()
        return link

    def look(self, now: float) -> None:
        """The pool's watcher: a main stream that does not come, a process that
        is to be started, or replaced."""
        for camera, held in list(self._focus.items()):
            if held.stream == "main" and not held.heard and now - held.asked_at > MAIN_WAIT_S:
                self._fall_back(camera, held)
        link = self._link
        if link is not None and link.alive() and not self._pool.silent(link, now):
            return
        wanted = bool(self._focus) or any(tenant.wanted() for tenant in self._tenants)
        if link is not None and self.absent:
            self._link = None
            link.end(0.0)
            return
        if self.absent or (link is None and not wanted):
            return
        if link is not None:
            log.error("player %s; replacing it", "stalled" if link.alive() else "died")
            for tenant in self._tenants:
                tenant.lost()
            wanted = bool(self._focus) or any(tenant.wanted() for tenant in self._tenants)
        fresh = Link("fifteen-player", player.main, (), self._event) if wanted else None
        with self._lock:
            for camera, held in self._focus.items():
                self._relay(camera, held, False)
            self._link = fresh
            self._pool.send_clock(now)
            for camera in self._focus:
                self._play(camera)
            for tenant in self._tenants:
                tenant.begun()
        if link is not None:
            link.end(0.0)

    def _give_up(self, why: str) -> None:
        """No libVLC here: the cameras are shown as on the wall, in words."""
        log.warning("no libVLC (%s): focus without sound, clips in the system's player", why)
        with self._lock:
            self.absent = True
            for camera, held in self._focus.items():
                held.state = replace(held.state, problem=NO_PLAYER)
                self._relay(camera, held, False)
            for tenant in self._tenants:
                tenant.lost()

    def _fall_back(self, camera: str, held: _Focus) -> None:
        with self._lock:
            if self._focus.get(camera) is not held:
                return
            self._relay(camera, held, False)
            held.stream = "sub"
            held.state = replace(held.state, stream="sub", fallen_back=True)
            self._play(camera)

    def _play(self, camera: str) -> None:
        held = self._focus[camera]
        slot = self._pool.slots.ensure(player.slot_key(camera))
        sound = held.state.sound not in ("off",)
        if held.state.paused:
            return  # the picture that stands stays
        if self.send(("play", camera, slot, held.width, held.height, sound)):
            held.asked_at, held.heard = time.monotonic(), False
            self._relay(camera, held, True)

    def _relay(self, camera: str, held: _Focus, on: bool) -> None:
        self._pool.tell(camera, ("relay", camera, on, held.stream))

    def _event(self, link: Link, event: tuple[Any, ...]) -> None:
        """The player's word, on its reader thread."""
        if event[0] == "no_player":
            self._give_up(event[1])
        if event[0] == "sounds":
            held = self._focus.get(event[1])
            if held is not None and held.state.sound != "off":
                held.state = replace(held.state, sound=event[2])
        for tenant in self._tenants:
            tenant.take(event)


class Tenant(ABC):
    """Something else the player process plays."""

    @abstractmethod
    def wanted(self) -> bool:
        """Whether the process is needed."""

    @abstractmethod
    def begun(self) -> None:
        """A new process is there and knows nothing."""

    @abstractmethod
    def lost(self) -> None:
        """The process died or hung."""

    @abstractmethod
    def take(self, event: tuple[Any, ...]) -> None:
        """An event of the process."""


def _stream(source: FeedSource) -> str:
    """The stream the focus asks for. The sound comes with main; a camera with
    one stream is relayed from its ring whichever is asked for."""
    return "main" if source.url else "sub"
