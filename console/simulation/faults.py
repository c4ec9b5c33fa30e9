"""What can be wrong with a street camera, on demand.

| kind | what a client meets |
|---|---|
| stall | the connection stays open, no more packets |
| cut | connections are reset, new ones too |
| flap | 3 s up, 3 s cut, again and again |
| freeze | packets go on, the picture stands still |
| garbage | bytes that are neither RTSP nor RTP |
| slow | answers take 2 s, one picture in 6 s |
| auth | 401 whatever the password |
| missing | 404 |
| mute | the connection opens, nothing is ever answered |
| cover | a dark, almost even picture: something hangs before the lens |
| corrupt | damaged slices: the picture tears |
| clock | sender reports with a camera clock 90 s ahead |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from console.domain.errors import Refusal

KINDS: Final = (
    "stall",
    "cut",
    "flap",
    "freeze",
    "garbage",
    "slow",
    "auth",
    "missing",
    "mute",
    "cover",
    "corrupt",
    "clock",
)
#: Kinds which end the connections that are open when they begin: afterwards a
#: client meets the fault when it comes back, as after a changed password.
DROPPING: Final = frozenset({"cut", "auth", "missing", "mute"})

SLOW_ANSWER_S: Final = 2.0
#: One picture every so many key pictures: 6 s at a key picture every 2 s.
SLOW_KEYS: Final = 3
FLAP_S: Final = 3.0
CLOCK_AHEAD_S: Final = 90.0


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of one camera: begins ``after_s`` after the start and lasts
    ``for_s`` (``None``: until the end). ``camera`` counts from 1."""

    camera: int
    kind: str
    after_s: float = 0.0
    for_s: float | None = None


def parse_fault(text: str) -> Fault:
    """Read ``N=KIND[:AFTER_S[:FOR_S]]``.

    Raises ``Refusal('bad_usage', 'fault')`` for anything else.
    """
    number, equals, rest = text.partition("=")
    kind, *times = rest.split(":")
    try:
        camera = int(number)
        seconds = [float(part) for part in times]
    except ValueError:
        raise _refusal(text) from None
    if not equals or camera < 1 or kind not in KINDS or len(seconds) > 2:
        raise _refusal(text)
    if any(not 0 <= value < 1e7 for value in seconds):
        raise _refusal(text)
    return Fault(camera, kind, *seconds)


def check_kind(kind: str) -> str:
    """``kind`` if it is one; otherwise ``Refusal('bad_usage', 'fault')``."""
    if kind not in KINDS:
        raise _refusal(kind)
    return kind


def _refusal(text: str) -> Refusal:
    return Refusal("bad_usage", "fault", text=text, kinds=" ".join(KINDS))
