"""What hangs on a tile, as one word: a camera id, or ``camera@x,y,w,h`` for a
part of its picture as a tile of its own. Pure text, so that plans, saved
layouts and drags carry it without knowing more."""

from __future__ import annotations

from typing import Final

#: A part of a picture: left, top, width, height as fractions (0–1) of the whole.
Crop = tuple[float, float, float, float]

_MARK: Final = "@"
#: No part is smaller than this share of a side: twenty-five times enlarged, a
#: street camera's picture says nothing more.
SMALLEST: Final = 0.04


def camera_of(token: str) -> str:
    """The camera's id; ``""`` for an empty tile."""
    return token if crop_of(token) is None else token.rpartition(_MARK)[0]


def crop_of(token: str) -> Crop | None:
    """The part of the picture; ``None`` for all of it (also where what follows
    the mark is no part: then the mark belongs to the id)."""
    head, mark, tail = token.rpartition(_MARK)
    if not mark or not head:
        return None
    try:
        numbers = [float(part) for part in tail.split(",")]
    except ValueError:
        return None
    if len(numbers) != 4 or not all(0.0 <= n <= 1.0 for n in numbers):
        return None
    x, y, w, h = numbers
    return (x, y, w, h) if w > 0.0 and h > 0.0 else None


def with_crop(camera: str, crop: Crop | None) -> str:
    """The token of a part, or of the whole
    camera for ``None`` and for a part that is all of it."""
    camera = camera_of(camera)
    if crop is None:
        return camera
    x, y, w, h = inside(crop)
    if w >= 1.0 and h >= 1.0:
        return camera
    return f"{camera}{_MARK}{x:.4f},{y:.4f},{w:.4f},{h:.4f}"


def inside(crop: Crop) -> Crop:
    """The nearest part that lies wholly within the picture and is not too small."""
    x, y, w, h = crop
    w, h = min(1.0, max(SMALLEST, w)), min(1.0, max(SMALLEST, h))
    return min(max(0.0, x), 1.0 - w), min(max(0.0, y), 1.0 - h), w, h
