"""How a camera is played large, as the screens read it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FocusState:
    """``stream``: ``main`` or ``sub``; ``fallen_back``: main did not come, so
    it is sub. ``sound``: ``off``, ``waiting`` (asked for), ``on``, ``none``
    (the camera sends none) or ``no_device`` (this machine has none).
    ``paused``: the picture stands still on purpose. ``problem``: ``no_player``
    (no libVLC here: the wall's decoder shows it, without sound), or ``""``."""

    stream: str
    fallen_back: bool = False
    sound: str = "off"
    paused: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ReviewState:
    """How a clip is played. Seconds from its first picture; ``length_s`` 0
    until it is known. ``problem``: ``damaged`` (not a film), ``missing`` (no
    such file), ``no_player`` (libVLC is not to be had, or died); ``""`` when
    all is well. ``ended``: the last picture is shown."""

    position_s: float = 0.0
    length_s: float = 0.0
    paused: bool = False
    rate: float = 1.0
    ended: bool = False
    problem: str = ""
