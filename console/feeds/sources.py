"""What the console tells a feed worker about cameras; frozen and picklable."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from console.services.ports import Budget

#: Values of ``Budget.mode``.
MOVING: Final = "moving"
SLOW: Final = "slow"
IDLE: Final = "idle"

NO_BUDGET: Final = Budget(IDLE, 0, 0)

#: A ring holds this many seconds of encoded pictures (DESIGN §9).
RING_SECONDS: Final = 60.0
#: Cameras opened at the same moment, over all workers: a dead switch must not
#: make sixty-four sockets wait together.
OPENS_AT_ONCE: Final = 8


@dataclass(frozen=True, slots=True)
class FeedSource:
    """One camera to ingest. ``url_sub`` is read when it is given, ``url`` is
    the main stream. The password travels only over the worker's pipe."""

    id: str
    name: str
    url: str
    url_sub: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    enabled: bool = True

    @property
    def live_url(self) -> str:
        """The stream tiles show: the sub stream, else the main one."""
        return self.url_sub or self.url

    def read_like(self, other: FeedSource | None) -> bool:
        """Whether a connection to this one serves the other as well: another name
        cuts nobody off."""
        return other is not None and replace(other, name=self.name) == self
