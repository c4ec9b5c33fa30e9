"""Privacy masks: parts of a camera's picture nobody is to see.

A mask is a polygon in ten-thousandths of the picture's width and height, so
that it holds for every size the picture comes in, and as whole numbers, so that
it can stand in a record. Where a rule asks for windows and gardens of dwellings
to be left out (个人信息保护法 art. 26; 公共安全视频图像信息系统管理条例), the
camera itself should black them out; these masks are for cameras that cannot.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from console.domain.errors import Refusal

if TYPE_CHECKING:
    from console.domain.model import Camera

#: A corner: x from the left, y from the top, 0–10000.
Point = tuple[int, int]
Mask = tuple[Point, ...]

#: The far edge of a picture.
WHOLE: Final = 10_000
#: More than these nobody draws.
MOST_MASKS: Final = 32
MOST_POINTS: Final = 64
#: A mask is at least so large a part of the picture's area, in ten-thousandths:
#: a slip of the hand hides nothing and is not kept.
LEAST_AREA: Final = 2


def of(cameras: Iterable[Camera], camera_id: str) -> tuple[Mask, ...]:
    """The masks of one camera; none when it is not among ``cameras``."""
    return next((one.masks for one in cameras if one.id == camera_id), ())


def rectangle(x: int, y: int, width: int, height: int) -> Mask:
    """The four corners of an upright rectangle, from its upper left one."""
    return ((x, y), (x + width, y), (x + width, y + height), (x, y + height))


def area(mask: Mask) -> float:
    """The part of the picture a mask covers, in ten-thousandths (shoelace
    formula; a polygon that crosses itself counts less than it covers)."""
    doubled = 0
    for (x1, y1), (x2, y2) in zip(mask, mask[1:] + mask[:1], strict=True):
        doubled += x1 * y2 - x2 * y1
    return abs(doubled) / 2 / WHOLE


def checked(masks: Iterable[Sequence[Sequence[int]]]) -> tuple[Mask, ...]:
    """Masks as they are kept: corners inside the picture, none twice in a row.

    Raises ``Refusal('bad_value')``: ``mask_points`` (fewer than three corners
    or too many), ``mask_small``, ``mask_count``.
    """
    kept = tuple(_one(mask) for mask in masks)
    if len(kept) > MOST_MASKS:
        raise Refusal("bad_value", "mask_count", most=MOST_MASKS)
    return kept


def _one(mask: Sequence[Sequence[int]]) -> Mask:
    corners: list[Point] = []
    for corner in mask:
        if len(corner) != 2:
            raise Refusal("bad_value", "mask_points", most=MOST_POINTS)
        point = (_inside(corner[0]), _inside(corner[1]))
        if not corners or corners[-1] != point:
            corners.append(point)
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners.pop()
    if not 3 <= len(corners) <= MOST_POINTS:
        raise Refusal("bad_value", "mask_points", most=MOST_POINTS)
    made = tuple(corners)
    if area(made) < LEAST_AREA:
        raise Refusal("bad_value", "mask_small")
    return made


def _inside(value: int) -> int:
    return max(0, min(WHOLE, value))
