"""Privacy masks while they are drawn: rectangles, polygons, corners that move,
steps that can be taken back. In ten-thousandths of the picture; no Qt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from console.domain.errors import Refusal
from console.domain.masks import MOST_MASKS, WHOLE, Mask, Point, checked, rectangle

#: Within this a corner is meant, and a press that moved less drew nothing.
NEAR: Final = 150
#: A rectangle put there by a key.
_MIDDLE: Final = rectangle(3500, 3500, 3000, 3000)
_STEPS_KEPT: Final = 50


class MaskSketch:
    """``masks`` are those drawn; ``chosen`` the one that is worked on (−1 none);
    ``open`` the corners of a polygon that is not closed yet."""

    def __init__(self, masks: Sequence[Mask] = ()) -> None:
        self.masks: list[Mask] = list(masks)
        self.stored = tuple(masks)
        self.chosen = -1
        self.open: list[Point] = []
        self._steps: list[tuple[Mask, ...]] = []

    @property
    def changed(self) -> bool:
        """Something is different from what is stored."""
        return tuple(self.masks) != self.stored

    def corner_at(self, x: int, y: int) -> tuple[int, int] | None:
        """``(mask, corner)`` under a point; those of the chosen mask first."""
        order = sorted(range(len(self.masks)), key=lambda one: one != self.chosen)
        for mask in order:
            for corner, (px, py) in enumerate(self.masks[mask]):
                if abs(px - x) <= NEAR and abs(py - y) <= NEAR:
                    return mask, corner
        return None

    def mask_at(self, x: int, y: int) -> int:
        """The mask a point lies in, the last drawn first; −1 for none."""
        return next((one for one in reversed(range(len(self.masks))) if inside(self.masks[one], x, y)), -1)

    def keep(self) -> None:
        """Remember the state before a step."""
        now = tuple(self.masks)
        if not self._steps or self._steps[-1] != now:
            self._steps = [*self._steps[-_STEPS_KEPT:], now]

    def undo(self) -> bool:
        """Take the last corner or the last step back; False when there is none."""
        if self.open:
            self.open.pop()
            return True
        while self._steps and self._steps[-1] == tuple(self.masks):
            self._steps.pop()
        if not self._steps:
            return False
        self.masks = list(self._steps.pop())
        self.chosen = min(self.chosen, len(self.masks) - 1)
        return True

    def add(self, mask: Mask) -> None:
        """A mask more, chosen. Raises ``Refusal('bad_value')`` as
        :func:`console.domain.masks.checked`."""
        made = checked([*self.masks, mask])
        self.keep()
        self.masks, self.chosen = list(made), len(made) - 1

    def add_rectangle(self, x1: int, y1: int, x2: int, y2: int) -> None:
        """From corner to corner."""
        self.add(rectangle(min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1)))

    def add_middle(self) -> None:
        """By a key: a rectangle in the middle, a little beside the one before."""
        shift = 250 * (len(self.masks) % 8)
        self.add(tuple((x + shift, y + shift) for x, y in _MIDDLE))

    def corner(self, x: int, y: int) -> None:
        """One more corner of the polygon that is open. Raises as :meth:`add`
        when there is no room for another mask."""
        if len(self.masks) >= MOST_MASKS:
            raise Refusal("bad_value", "mask_count", most=MOST_MASKS)
        self.chosen = -1
        self.open.append((clamped(x), clamped(y)))

    def close(self) -> bool:
        """The polygon is done; False when none is open. Raises as :meth:`add`;
        then it stays open."""
        if not self.open:
            return False
        self.add(tuple(self.open))
        self.open = []
        return True

    def remove(self) -> None:
        """Without the chosen mask."""
        if 0 <= self.chosen < len(self.masks):
            self.keep()
            del self.masks[self.chosen]
            self.chosen = min(self.chosen, len(self.masks) - 1)

    def next(self) -> None:
        """Choose the next one."""
        if self.masks:
            self.chosen = (self.chosen + 1) % len(self.masks)

    def move(self, dx: int, dy: int) -> None:
        """The chosen mask as a whole, as far as the picture goes."""
        if not 0 <= self.chosen < len(self.masks):
            return
        mask = self.masks[self.chosen]
        dx = max(-min(x for x, _ in mask), min(WHOLE - max(x for x, _ in mask), dx))
        dy = max(-min(y for _, y in mask), min(WHOLE - max(y for _, y in mask), dy))
        self.masks[self.chosen] = tuple((x + dx, y + dy) for x, y in mask)

    def stretch(self, dx: int, dy: int) -> None:
        """The chosen mask wider by ``dx`` and higher by ``dy``, from its upper left."""
        if not 0 <= self.chosen < len(self.masks):
            return
        mask = self.masks[self.chosen]
        left, top = min(x for x, _ in mask), min(y for _, y in mask)
        wide, high = max(x for x, _ in mask) - left, max(y for _, y in mask) - top
        to = max(2 * NEAR, min(WHOLE - left, wide + dx)), max(2 * NEAR, min(WHOLE - top, high + dy))
        self.masks[self.chosen] = tuple(
            (left + (x - left) * to[0] // max(1, wide), top + (y - top) * to[1] // max(1, high))
            for x, y in mask
        )

    def move_corner(self, mask: int, corner: int, x: int, y: int) -> None:
        """One corner to a point."""
        points = list(self.masks[mask])
        points[corner] = (clamped(x), clamped(y))
        self.masks[mask], self.chosen = tuple(points), mask


def inside(mask: Mask, x: int, y: int) -> bool:
    """Whether a point lies in a polygon (even-odd rule)."""
    found = False
    for (x1, y1), (x2, y2) in zip(mask, mask[1:] + mask[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            found = not found
    return found


def clamped(value: int) -> int:
    """Inside the picture."""
    return max(0, min(WHOLE, value))
