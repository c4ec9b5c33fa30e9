"""What use cases need of the cameras, as protocols and records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from console.domain.vocabulary import FeedState


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """What is known of one camera's stream right now. Ages in seconds."""

    camera: str
    state: FeedState
    packet_age_s: float | None
    picture_age_s: float | None
    fps: float
    kbit_s: float
    codec: str
    width: int
    height: int
    reason: str = ""
    since: datetime | None = None
    interval_s: float = 0.0
    """How long it takes from one picture to the next at the budget in force:
    that of the stream, or of its key frames; 0 unknown."""
    clock_offset_s: float | None = None
    """Seconds the camera's own clock is ahead (+) or behind (−), from its
    sender reports; ``None`` while it told nothing."""
    key_gap_s: float = 0.0
    """Seconds from one key frame to the next; 0 unknown."""
    falls: int = 0
    """How often it stopped being live since the console started."""
    stream: str = "sub"
    """The stream being decoded, ``sub`` or ``main``."""
    covered_since: datetime | None = None
    """Since when its picture has shown nothing: covered, sprayed, dark."""
    torn_since: datetime | None = None
    """Since when its pictures have come damaged again and again."""


@runtime_checkable
class FeedPictures(Protocol):
    """What a case needs from the cameras: a picture and the last seconds."""

    def snapshot(self, camera: str, target: Path) -> datetime:
        """Write the newest picture as JPEG; returns its capture time. Raises
        ``Refusal('no_camera')``. May take up to 3 s; never in the GUI."""
        ...

    def main_picture(self, camera: str, target: Path) -> datetime:
        """Write one picture of the main stream as JPEG within 3 s, over a short
        connection of its own where the ring holds the sub stream; returns its
        capture time. Raises ``Refusal('no_camera')``."""
        ...

    def clip(self, camera: str, seconds: float, end: datetime, target: Path) -> tuple[datetime, float]:
        """Write the ring's last ``seconds`` before ``end`` as MP4, remuxed;
        returns its true start and length in seconds."""
        ...
