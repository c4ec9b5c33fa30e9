"""The console's side of looking at a clip again: asks the player process.

Thread-safe; nothing here blocks. One clip at a time for each key.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.feeds.focus_player import NO_PLAYER, Tenant
from console.services.focus import ReviewState

if TYPE_CHECKING:
    from console.feeds.pool import FeedPool


@dataclass(slots=True)
class _Review:
    path: Path
    box: tuple[int, int]
    state: ReviewState


class Reviews(Tenant):
    """Clips that are open on this console."""

    def __init__(self, pool: FeedPool) -> None:
        self._pool = pool
        self._open: dict[str, _Review] = {}
        pool.player.join(self)

    def open(self, key: str, path: Path, width: int, height: int) -> None:
        """Play ``path`` at most ``width`` × ``height`` into the slot ``key``."""
        with self._pool.lock:
            self._open[key] = _Review(path, (width, height), ReviewState())
            self._pool.slots.ensure(key)
            self._begin(key)
            if self._pool.player.absent:
                self.lost()
        self._pool.wake()

    def close(self, key: str) -> None:
        """End it; the slot goes."""
        with self._pool.lock:
            if self._open.pop(key, None) is not None:
                self._pool.player.send(("end_review", key))
                self._pool.slots.drop(key)

    def seek(self, key: str, seconds: float) -> None:
        """Go to ``seconds`` from the first picture."""
        self._pool.player.send(("seek", key, seconds))

    def rate(self, key: str, rate: float) -> None:
        """Speed, 0.25 to 4."""
        self._pool.player.send(("rate", key, rate))

    def pause(self, key: str, paused: bool) -> None:
        """Stand still or go on."""
        self._pool.player.send(("hold", key, paused))

    def step(self, key: str, pictures: int) -> None:
        """A picture on (1) or back (-1)."""
        self._pool.player.send(("step", key, pictures))

    def state(self, key: str) -> ReviewState | None:
        """How it is played; ``None`` when it is not open."""
        held = self._open.get(key)
        return None if held is None else held.state

    def _begin(self, key: str) -> None:
        held = self._open[key]
        slot = self._pool.slots.ensure(key)
        self._pool.player.send(("review", key, str(held.path), slot, *held.box))

    # -- the player process ------------------------------------------------------

    def wanted(self) -> bool:
        """Whether a clip is open that can be played."""
        return any(not held.state.problem for held in self._open.values())

    def begun(self) -> None:
        """A fresh process: begin again."""
        for key, held in self._open.items():
            if not held.state.problem:
                self._begin(key)

    def lost(self) -> None:
        """A clip that may have killed libVLC is not tried again."""
        for held in self._open.values():
            held.state = replace(held.state, problem=held.state.problem or NO_PLAYER)

    def take(self, event: tuple[Any, ...]) -> None:
        """Where a clip stands."""
        if event[0] == "reviewing":
            held = self._open.get(event[1])
            if held is not None:
                held.state = ReviewState(*event[2:8])
