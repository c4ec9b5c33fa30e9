"""What a slot of a wall holds: a token, ``camera`` or ``camera@x,y,w,h`` for a
tile of its own that shows a part of the picture (fractions 0–1). Pure."""

from __future__ import annotations


def camera_of(token: str) -> str:
    """The camera of a token, ``""`` for an empty slot."""
    return token.partition("@")[0]


def crop_of(token: str) -> tuple[float, float, float, float] | None:
    """The part shown, ``None`` for the whole picture or what is no part."""
    try:
        x, y, w, h = (float(one) for one in token.partition("@")[2].split(","))
    except ValueError:
        return None
    return (x, y, w, h) if 0 <= x < x + w <= 1.001 and 0 <= y < y + h <= 1.001 else None


def with_crop(camera: str, crop: tuple[float, float, float, float] | None) -> str:
    """The token of a part of a camera's picture, or of all of it."""
    if crop is None:
        return camera_of(camera)
    return f"{camera_of(camera)}@" + ",".join(f"{one:.4f}" for one in crop)
