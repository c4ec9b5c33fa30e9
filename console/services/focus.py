"""How a camera is played large, as the screens read it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FocusState:
    """``stream``: ``main`` or ``sub``; ``fallen_back``: main did not come, so
    it is sub. ``sound``: ``off``, ``waiting`` (asked for), ``on``, ``none``
    (the camera sends none) or ``no_device`` (this machine has none).
    ``paused``: the picture stands still on purpose."""

    stream: str
    fallen_back: bool = False
    sound: str = "off"
    paused: bool = False
