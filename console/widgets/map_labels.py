"""Names on the map that never lie over each other."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

#: Air around a name, px.
AIR: Final = 4.0
#: A road says its name again after so many pixels.
AGAIN_PX: Final = 460.0
#: Where there is no room, a name tries its luck so many pixels further.
TRY_PX: Final = 22
#: A steeper road has its Chinese name from top to bottom, degrees.
STEEP: Final = 50.0
#: A point in pixels.
Spot = tuple[float, float]
_CENTRE: Final = Qt.AlignmentFlag.AlignCenter


class LabelRoom:
    """Who comes first has the place."""

    def __init__(self, whole: QRectF) -> None:
        self._whole = whole
        self.taken: list[QRectF] = []

    def claim(self, box: QRectF) -> bool:
        """True when ``box`` was free and is now taken."""
        padded = box.adjusted(-AIR, -AIR, AIR, AIR)
        if not self._whole.contains(box) or any(padded.intersects(other) for other in self.taken):
            return False
        self.taken.append(box)
        return True


def write(p: QPainter, box: QRectF, text: str, font: QFont, color: QColor, halo: QColor) -> None:
    """A name in the middle of ``box``, with a rim that keeps it readable on
    lines and pictures."""
    p.setFont(font)
    p.setPen(halo)
    for dx, dy in ((-1, -1), (1, -1), (-1, 1), (1, 1), (0, -1.5), (0, 1.5), (-1.5, 0), (1.5, 0)):
        p.drawText(box.translated(dx, dy), int(_CENTRE), text)
    p.setPen(color)
    p.drawText(box, int(_CENTRE), text)


def box_at(font: QFont, text: str, x: float, y: float) -> QRectF:
    """The room of a name, in lines, around a point."""
    metrics = QFontMetricsF(font)
    lines = text.split("\n")
    wide = max(map(metrics.horizontalAdvance, lines)) + 2
    high = metrics.lineSpacing() * (len(lines) - 1) + metrics.height()
    return QRectF(x - wide / 2, y - high / 2, wide, high)


class Courses:
    """The courses of roads in a view (pixels), so that names stay off them."""

    def __init__(self, runs: Sequence[tuple[int, Sequence[tuple[float, float]]]]) -> None:
        """``runs``: number of the road, and its course."""
        self._parts: list[tuple[int, Spot, Spot, float, float, float, float]] = []
        for number, run in runs:
            for start, end in pairwise(run):
                (x1, y1), (x2, y2) = start, end
                sides = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
                self._parts.append((number, start, end, *sides))

    def meets(self, box: QRectF, but: int = -1) -> bool:
        """True when a course other than that of road ``but`` goes through
        ``box``."""
        left, top, right, bottom = box.left(), box.top(), box.right(), box.bottom()
        for number, start, end, west, east, north, south in self._parts:
            if number == but or west > right or east < left or north > bottom or south < top:
                continue
            here = (start[0] - left, start[1] - top), (end[0] - left, end[1] - top)
            if _clip(*here, right - left, bottom - top) is not None:
                return True
        return False


def along(
    p: QPainter,
    room: LabelRoom,
    run: Sequence[tuple[float, float]],
    text: str,
    font: QFont,
    colors: tuple[QColor, QColor],
    courses: Courses,
    number: int,
    clear: tuple[float, float] = (28.0, 14.0),
) -> int:
    """The name of road ``number`` along its course (pixels), as often as there
    is room, off the crossings; returns how often. Chinese on a steep road stands
    upright, from top to bottom, as on street maps."""
    metrics = QFontMetricsF(font)
    wide, high = metrics.horizontalAdvance(text) + 2, metrics.height()
    written = 0
    for tries in _stops(run, wide):
        for x, y, angle in tries:
            stacked = abs(angle) > STEEP and _stacks(text)
            box = _turned(QPointF(x, y), wide, high, angle)
            if stacked:
                box = QRectF(x - high / 2, y - high * len(text) / 2, high, high * len(text))
            # Cameras stand at crossings, and their marks are larger than a road.
            free = box.adjusted(-clear[0], -clear[1], clear[0], clear[1])
            if courses.meets(free, number) or not room.claim(box):
                continue
            _write_turned(p, (x, y, angle), (wide, high), stacked, text, font, colors)
            written += 1
            break
    return written


def _write_turned(
    p: QPainter,
    at: tuple[float, float, float],
    size: tuple[float, float],
    stacked: bool,
    text: str,
    font: QFont,
    colors: tuple[QColor, QColor],
) -> None:
    (x, y, angle), (wide, high) = at, size
    if stacked:
        top = y - high * len(text) / 2
        for place, letter in enumerate(text):
            write(p, QRectF(x - high / 2, top + place * high, high, high), letter, font, *colors)
        return
    p.save()
    p.translate(x, y)
    p.rotate(angle)
    write(p, QRectF(-wide / 2, -high / 2, wide, high), text, font, *colors)
    p.restore()


def _stacks(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def _turned(at: QPointF, wide: float, high: float, angle: float) -> QRectF:
    """The upright box around a turned one."""
    cos, sin = abs(math.cos(math.radians(angle))), abs(math.sin(math.radians(angle)))
    w, h = wide * cos + high * sin, wide * sin + high * cos
    return QRectF(at.x() - w / 2, at.y() - h / 2, w, h)


def _stops(run: Sequence[tuple[float, float]], wide: float) -> Iterator[list[tuple[float, float, float]]]:
    """For each name a road may bear: points on straight parts, with the angle
    to write at (-90–90°), to be tried one after the other."""
    for (x1, y1), (x2, y2) in pairwise(run):
        length = math.hypot(x2 - x1, y2 - y1)
        if length < wide + 16:
            continue
        angle = math.degrees(math.atan2(y2 - y1, x2 - x1))
        if angle > 90 or angle <= -90:
            angle += 180 if angle <= -90 else -180
        times = max(1, int(length // AGAIN_PX))
        for at in range(times):
            middle = (at + 0.5) / times * length
            tries = []
            for shift in range(0, int(length / times / 2), TRY_PX):
                for place in {middle - shift, middle + shift}:
                    if wide / 2 + 4 <= place <= length - wide / 2 - 4:
                        share = place / length
                        tries.append((x1 + share * (x2 - x1), y1 + share * (y2 - y1), angle))
            yield tries


def clipped(
    run: Sequence[tuple[float, float]], width: float, height: float
) -> Iterator[list[tuple[float, float]]]:
    """The parts of a course within a rectangle from (0, 0), each on its own
    (Liang–Barsky, part by part)."""
    part: list[tuple[float, float]] = []
    for start, end in pairwise(run):
        kept = _clip(start, end, width, height)
        if kept is None:
            if len(part) > 1:
                yield part
            part = []
            continue
        first, last = kept
        if part and part[-1] != first:
            yield part
            part = []
        part = part or [first]
        part.append(last)
    if len(part) > 1:
        yield part


def _clip(
    start: tuple[float, float], end: tuple[float, float], width: float, height: float
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    (x1, y1), (x2, y2) = start, end
    dx, dy = x2 - x1, y2 - y1
    low, high = 0.0, 1.0
    for way, room in ((-dx, x1), (dx, width - x1), (-dy, y1), (dy, height - y1)):
        if way == 0:
            if room < 0:
                return None
            continue
        share = room / way
        if way < 0:
            low = max(low, share)
        else:
            high = min(high, share)
        if low > high:
            return None
    return (x1 + low * dx, y1 + low * dy), (x1 + high * dx, y1 + high * dy)
