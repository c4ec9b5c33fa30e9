"""Where decoding and painting meet: pictures in shared memory, and how much
decoding they are worth. Part of :mod:`console.services.ports`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Budget:
    """How a camera is to be decoded. ``mode``: ``moving`` (every frame),
    ``slow`` (key frames only), ``idle`` (ingest only). ``width`` × ``height``
    is the box in device pixels the picture is painted into; the picture keeps
    its own proportions inside it. 0 × 0 asks for the source's own size.
    ``stream``: ``sub`` (the one tiles show) or ``main`` (the large one)."""

    mode: str
    width: int
    height: int
    stream: str = "sub"


class Picture(Protocol):
    """A picture in shared memory, not a copy: 4 bytes a pixel, B G R and 255.

    The pixels stay whole until the camera has delivered two more pictures; so
    paint at once and let go.
    """

    @property
    def buffer(self) -> memoryview: ...

    @property
    def width(self) -> int: ...

    @property
    def height(self) -> int: ...

    @property
    def stride(self) -> int:
        """Bytes from one row to the next."""
        ...

    @property
    def seq(self) -> int:
        """Grows with every picture of the slot; the first is 1 or more."""
        ...

    @property
    def captured_at(self) -> datetime:
        """When the camera's packet arrived, aware UTC."""
        ...

    @property
    def captured_monotonic(self) -> float:
        """The same instant on the machine's monotonic clock, in seconds."""
        ...

    @property
    def whole(self) -> Callable[[], bool]:
        """Call it after use: False when the writer has begun to reuse the
        pixels, so that what was painted may be torn."""
        ...


class Pictures(Protocol):
    """What a wall needs of the feeds. Cheap enough for the GUI thread."""

    def read(self, camera_id: str, after_seq: int) -> Picture | None:
        """The newest whole picture, if its ``seq`` is above ``after_seq``."""
        ...

    def set_budget(self, budgets: Mapping[str, Budget]) -> None:
        """Replace all budgets; a camera not named is ``idle``."""
        ...
