"""The marks of the map as small pictures, painted once each and kept.

No colour stands alone: a case has its lamp's letter, a camera that is not live
has another shape and a letter, several together have figures.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap, QPolygonF

from console.domain.vocabulary import FeedState
from console.i18n import t
from console.models.map_marks import DOWN, GREEN, LAMPS, LIVE, NO_CLOCK, OLD, RED, WAITING, YELLOW, stand_of
from console.theme import Theme

#: Pictures kept; a full screen has some hundred.
MOST: Final = 3000
#: Height of a case's tag, of its pointer, and the radius of a camera, px.
TAG_H: Final = 20.0
POINTER: Final = 7.0
CAMERA_R: Final = 6.0
#: The ring of several cases is drawn in so many parts.
SHARES: Final = 12
#: How far a bearing wedge reaches, px, and half its angle, degrees.
WEDGE_R: Final = 24.0
WEDGE: Final = 30.0
_CENTRE: Final = Qt.AlignmentFlag.AlignCenter


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """``pixmap`` with its ``box`` around the mark's place, px; ``hit`` is what
    a click meets; ``words`` is written on it: place, text, colour, font."""

    pixmap: QPixmap
    box: QRectF
    hit: QRectF
    words: tuple[tuple[QRectF, str, QColor, QFont], ...] = ()

    def draw(self, p: QPainter, at: QPointF) -> None:
        """Draw it at a place."""
        p.drawPixmap(at + self.box.topLeft(), self.pixmap)
        for room, text, color, font in self.words:
            p.setFont(font)
            p.setPen(color)
            p.drawText(room.translated(at), int(_CENTRE), text)


class Sprites:
    """All marks of one widget, for its theme, language and device ratio."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._kept: dict[tuple[object, ...], Sprite] = {}
        self._ratio = 1.0
        #: How many were painted, for measurements.
        self.made = 0

    def forget(self, ratio: float) -> None:
        """After another theme, language or screen."""
        self._kept.clear()
        self._ratio = ratio

    def _sprite(
        self, key: tuple[object, ...], box: QRectF, hit: QRectF, paint: Callable[[QPainter], None]
    ) -> Sprite:
        found = self._kept.get(key)
        if found is not None:
            return found
        if len(self._kept) >= MOST:
            self._kept.clear()
        pixmap = QPixmap(math.ceil(box.width() * self._ratio), math.ceil(box.height() * self._ratio))
        pixmap.setDevicePixelRatio(self._ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        p = QPainter(pixmap)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.translate(-box.topLeft())
        paint(p)
        p.end()
        self.made += 1
        made = self._kept[key] = Sprite(pixmap, box, hit)
        return made

    def lamp(self, rank: int) -> QColor:
        """The colour of a case's rank."""
        lamp = LAMPS[rank]
        return self._theme.color("muted") if lamp is None else self._theme.lamp(lamp)

    # -- cases -----------------------------------------------------------------

    def case(self, number: str, rank: int, lit: bool) -> Sprite:
        """One case: letter of its lamp, its number, a pointer to the place. All
        numbers of one length share a picture."""
        key = ("case", number, rank, lit)
        found = self._kept.get(key)
        if found is not None:
            return found
        letter = lamp_letter(rank)
        font = self._theme.font(12, True)
        metrics = QFontMetricsF(font)
        first = metrics.horizontalAdvance(letter) + 8 if letter else 4.0
        wide = round(first + metrics.horizontalAdvance("#" + "0" * (len(number) - 1)) + 8)
        tag = QRectF(-wide / 2, -POINTER - TAG_H, wide, TAG_H)
        box = tag.adjusted(-4, -4, 4, POINTER + 2)

        def paint(p: QPainter) -> None:
            self._plate(p, tag, rank, lit)

        plain = self._sprite(("tag", wide, rank, lit), box, tag.adjusted(-2, -2, 2, POINTER), paint)
        words = (
            (QRectF(tag.left() + 2, tag.top(), first, TAG_H), letter, self.lamp(rank), font),
            (tag.adjusted(first, 0, -3, 0), number, self._theme.color("text"), font),
        )
        made = self._kept[key] = Sprite(plain.pixmap, plain.box, plain.hit, words)
        return made

    def _plate(self, p: QPainter, tag: QRectF, rank: int, lit: bool) -> None:
        """The ground of a tag with its pointer; green only as a thin line."""
        tip = QPolygonF([QPointF(-5, tag.bottom()), QPointF(0, -1), QPointF(5, tag.bottom())])
        if lit:
            p.setPen(QPen(self._theme.color("accent"), 6))
            p.drawRoundedRect(tag, 4, 4)
            p.drawPolyline(tip)
        p.setPen(QPen(self.lamp(rank), 2.0 if rank >= YELLOW else 1.2))
        p.setBrush(self._theme.color("panel"))
        p.drawRoundedRect(tag, 4, 4)
        self._tip(p, tip)

    @staticmethod
    def _tip(p: QPainter, tip: QPolygonF) -> None:
        """A pointer that is one with what it hangs on."""
        pen = p.pen()
        p.setPen(Qt.PenStyle.NoPen)
        p.drawPolygon(tip.translated(0, -2))
        p.setPen(pen)
        p.drawPolyline(tip)

    def cases(self, counts: tuple[int, int, int, int], lit: bool) -> Sprite:
        """Several cases: how many, a ring with each lamp's share, and the worst
        lamp's letter with its number. Rings of like shares share a picture."""
        key = ("cases", counts, lit)
        found = self._kept.get(key)
        if found is not None:
            return found
        total = sum(counts)
        worst = max(rank for rank, count in enumerate(counts) if count)
        font = self._theme.font(14 if total < 1000 else 12, True)
        radius = 15.0 if total < 10 else 17.0 if total < 100 else 20.0
        ring = QRectF(-radius, -2 * radius - 5, 2 * radius, 2 * radius)
        badge = f"{lamp_letter(worst)}{counts[worst]}" if worst >= YELLOW else ""
        small = self._theme.font(12, True)
        wide = round(QFontMetricsF(small).horizontalAdvance(badge) + 6) if badge else 0
        plate = QRectF(round(radius * 0.35), ring.top() + 9 - 16, wide, 16)
        box = ring.united(plate).adjusted(-4, -4, 4, 8) if badge else ring.adjusted(-4, -4, 4, 8)
        shares = _shares(counts)

        def paint(p: QPainter) -> None:
            self._pin(p, ring, lit)
            self._arcs(p, ring, shares)
            if badge:
                p.setPen(QPen(self.lamp(worst), 1))
                p.setBrush(self._theme.color("panel"))
                p.drawRoundedRect(plate, 3, 3)

        plain = self._sprite(
            ("pin", radius, shares, wide, worst, lit), box, ring.adjusted(-2, -2, 2, 6), paint
        )
        words = [(ring, str(total) if total < 10_000 else "9999+", self._theme.color("text"), font)]
        if badge:
            words.append((plate, badge, self.lamp(worst), small))
        made = self._kept[key] = Sprite(plain.pixmap, plain.box, plain.hit, tuple(words))
        return made

    def _pin(self, p: QPainter, ring: QRectF, lit: bool) -> None:
        tip = QPolygonF([QPointF(-6, ring.bottom() - 1), QPointF(0, -1), QPointF(6, ring.bottom() - 1)])
        if lit:
            p.setPen(QPen(self._theme.color("accent"), 6))
            p.drawEllipse(ring)
            p.drawPolyline(tip)
        p.setPen(QPen(self._theme.color("line"), 1))
        p.setBrush(self._theme.color("panel"))
        p.drawEllipse(ring)
        self._tip(p, tip)

    def _arcs(self, p: QPainter, ring: QRectF, shares: tuple[int, int, int, int]) -> None:
        """Arcs from twelve o'clock, the worst first."""
        at = 90.0
        p.setBrush(Qt.BrushStyle.NoBrush)
        room = ring.adjusted(2, 2, -2, -2)
        for rank in (RED, YELLOW, GREEN, NO_CLOCK):
            sweep = -360.0 * shares[rank] / SHARES
            if sweep:
                pen = QPen(self.lamp(rank), 4.0 if rank >= YELLOW else 2.0)
                pen.setCapStyle(Qt.PenCapStyle.FlatCap)
                p.setPen(pen)
                p.drawArc(room, round(at * 16), round(sweep * 16))
            at += sweep

    # -- cameras ---------------------------------------------------------------

    def camera(self, state: FeedState | None, bearing: float | None, lit: bool) -> Sprite:
        """One camera: a circle while live, a square when its picture is old, a
        diamond with a letter when there is none; a wedge where it looks."""
        stand = stand_of(state)
        turned = None if bearing is None else round(bearing / 5.0) * 5 % 360
        reach = WEDGE_R + 3 if turned is not None else CAMERA_R + 9
        box = QRectF(-reach, -reach, 2 * reach, 2 * reach)
        hit = QRectF(-CAMERA_R - 4, -CAMERA_R - 4, 2 * CAMERA_R + 8, 2 * CAMERA_R + 8)

        def paint(p: QPainter) -> None:
            if turned is not None:
                self._wedge(p, turned, stand)
            self._glyph(p, state, stand, lit)

        return self._sprite(("camera", state, turned, lit), box, hit, paint)

    def _wedge(self, p: QPainter, bearing: float, stand: int) -> None:
        # Clockwise from north; Qt counts against the clock from the east.
        middle = 90.0 - bearing
        room = QRectF(-WEDGE_R, -WEDGE_R, 2 * WEDGE_R, 2 * WEDGE_R)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(self._theme.color("accent" if stand == LIVE else "stale", 0.26))
        p.drawPie(room, round((middle - WEDGE) * 16), round(2 * WEDGE * 16))

    def _glyph(self, p: QPainter, state: FeedState | None, stand: int, lit: bool) -> None:
        theme, r = self._theme, CAMERA_R
        if lit:
            p.setPen(QPen(theme.color("accent"), 3))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawEllipse(QRectF(-r - 4, -r - 4, 2 * r + 8, 2 * r + 8))
        p.setBrush(theme.color("panel"))
        color = {LIVE: "text", WAITING: "muted", OLD: "stale", DOWN: "lamp.red"}[stand]
        p.setPen(QPen(theme.color(color), 1.8))
        if stand == LIVE:
            p.drawEllipse(QRectF(-r, -r, 2 * r, 2 * r))
            p.setBrush(theme.color("text"))
            p.drawEllipse(QRectF(-2, -2, 4, 4))
            return
        far = r + 3
        if stand == WAITING:
            p.drawEllipse(QRectF(-far, -far, 2 * far, 2 * far))
        elif stand == OLD:
            p.drawRect(QRectF(-r - 2, -r - 2, 2 * r + 4, 2 * r + 4))
        else:
            tip = far + 4
            p.drawPolygon(QPolygonF([QPointF(0, -tip), QPointF(tip, 0), QPointF(0, tip), QPointF(-tip, 0)]))
        p.setFont(theme.font(12, True))
        p.drawText(QRectF(-far, -far, 2 * far, 2 * far), int(_CENTRE), camera_letter(state))

    def cameras(self, counts: tuple[int, int, int, int], lit: bool) -> Sprite:
        """Several cameras: how many, and how many of them have no picture."""
        total, down, old = sum(counts), counts[DOWN], counts[OLD]
        font = self._theme.font(12)
        metrics = QFontMetricsF(font)
        bad = f"×{down + old}" if down + old else ""
        wide = 14 + metrics.horizontalAdvance(str(total)) + 8
        more = metrics.horizontalAdvance(bad) + 6 if bad else 0.0
        plate = QRectF(-(wide + more) / 2, -9, wide + more, 18)

        def paint(p: QPainter) -> None:
            theme = self._theme
            line = "accent" if lit else "lamp.red" if down else "muted"
            p.setPen(QPen(theme.color(line), 2 if lit else 1))
            p.setBrush(theme.color("panel", 0.92))
            p.drawRoundedRect(plate, 4, 4)
            p.setPen(QPen(theme.color("muted"), 1.4))
            p.drawEllipse(QRectF(plate.left() + 4, -4, 8, 8))
            p.setBrush(theme.color("muted"))
            p.drawEllipse(QRectF(plate.left() + 7, -1, 2, 2))
            p.setFont(font)
            p.setPen(theme.color("text"))
            p.drawText(QRectF(plate.left() + 14, -9, wide - 14, 18), int(_CENTRE), str(total))
            if bad:
                p.setPen(theme.color("lamp.red" if down else "stale"))
                p.drawText(QRectF(plate.left() + wide - 3, -9, more, 18), int(_CENTRE), bad)

        return self._sprite(("cameras", total, down, old, lit), plate.adjusted(-3, -3, 3, 3), plate, paint)

    # -- teams -----------------------------------------------------------------

    def team(self, name: str, busy: bool, lit: bool) -> Sprite:
        """A team: a shield filled while it has a case, and its name."""
        font = self._theme.font(12, True)
        wide = QFontMetricsF(font).horizontalAdvance(name) + 6
        shield = QPolygonF(
            [QPointF(-7, -8), QPointF(7, -8), QPointF(7, 2), QPointF(0, 9), QPointF(-7, 2), QPointF(-7, -8)]
        )
        box = QRectF(-12, -13, 26 + wide, 27)

        def paint(p: QPainter) -> None:
            theme = self._theme
            if lit:
                p.setPen(QPen(theme.color("accent"), 6))
                p.drawPolygon(shield)
            p.setPen(QPen(theme.color("text"), 1.6))
            p.setBrush(theme.color("text") if busy else theme.color("panel"))
            p.drawPolygon(shield)
            where = QRectF(11, -9, wide, 18)
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(theme.color("bg", 0.8))
            p.drawRoundedRect(where, 3, 3)
            p.setPen(theme.color("text"))
            p.setFont(font)
            p.drawText(where, int(_CENTRE), name)

        return self._sprite(("team", name, busy, lit), box, QRectF(-9, -10, 20 + wide, 20), paint)

    def teams(self, total: int, lit: bool) -> Sprite:
        """Several teams in one place."""
        return self.team(t("map.teams", n=total), True, lit)


def _shares(counts: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """How many of :data:`SHARES` parts of the ring each rank has: one at least
    for what is there at all, the rest by number; the largest gives way."""
    total = sum(counts)
    parts = [max(1, round(SHARES * count / total)) if count else 0 for count in counts]
    largest = parts.index(max(parts))
    parts[largest] += SHARES - sum(parts)
    none, green, yellow, red = parts
    return none, green, yellow, red


def lamp_letter(rank: int) -> str:
    """R, Y, G or 红, 黄, 绿; nothing for a case without a clock."""
    lamp = LAMPS[rank]
    return "" if lamp is None else t(f"states.lamp_letter.{lamp.value}")


def camera_letter(state: FeedState | None) -> str:
    """One letter for a state that is not live."""
    return t(f"map.letter.{state.value}") if state is not None else "?"
