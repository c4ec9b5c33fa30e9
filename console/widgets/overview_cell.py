"""One thumbnail of the overview: what is known of it, and how it is painted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPen

from console.domain.model import Camera
from console.domain.vocabulary import FeedState
from console.i18n import t
from console.models import wording
from console.services.ports import Picture
from console.theme import Theme
from console.widgets.layouts import ASPECT, Rect, fit
from console.widgets.mask_paint import paint_masks
from console.widgets.tile_paint import greyed, led, view_of
from console.widgets.tile_state import Truth

#: A thumbnail is about this wide, logical px; columns share what is left over.
CELL_W: Final = 184
GAP: Final = 8
#: Name and state below the picture, logical px.
NAME_H, STATE_H = 20, 20
_PAD: Final = 4


@dataclass(slots=True)
class Cell:
    """A camera in view. ``still`` is the greyed copy of its last picture."""

    camera: Camera
    truth: Truth
    seq: int = 0
    captured: float | None = None
    """Monotonic instant of the newest picture seen."""
    still: QImage | None = None
    foot: str = ""


def age_words(age_s: float | None) -> str:
    """``3 s ago``, from a minute on ``04:12``; in words when there was none."""
    if age_s is None:
        return t("overview.cell.none")
    if age_s < 60:
        return t("overview.cell.age", seconds=int(age_s))
    return wording.span(age_s)


def columns_of(width: int) -> int:
    """How many thumbnails stand side by side in ``width`` logical px."""
    return max(1, (width - GAP) // (CELL_W + GAP))


def picture_height(cell_width: int) -> int:
    """Height of the picture's field over the two lines of words."""
    return round(cell_width / ASPECT)


def paint_cell(
    p: QPainter,
    theme: Theme,
    cell: Cell,
    room: QRect,
    picture: Picture | None,
    unit: float,
    marks: tuple[bool, int],
) -> None:
    """Picture field, state, name. ``room`` is the whole cell; ``marks`` are
    whether the cursor stands here, and its place among the chosen (0: none)."""
    here, number = marks
    field = QRect(room.x(), room.y(), room.width(), picture_height(room.width()))
    live = cell.truth.state is FeedState.LIVE
    p.fillRect(field, theme.color("panel" if theme.dark else "line"))
    if live and picture is not None:
        inner = _inside(field, picture.width, picture.height)
        p.drawImage(inner, view_of(picture))
        paint_masks(p, cell.camera.masks, QRectF(inner))
    elif not live:
        if cell.still is None and picture is not None:
            inner = _inside(field, picture.width, picture.height)
            size = Rect(0, 0, round(inner.width() * unit), round(inner.height() * unit))
            cell.still = greyed(picture, size, theme, unit, masks=cell.camera.masks)
        if cell.still is not None:
            p.drawImage(_inside(field, cell.still.width(), cell.still.height()), cell.still)
    if number:
        _paint_number(p, theme, field, number)
    name = QRect(room.x() + _PAD, field.bottom() + 1, room.width() - 2 * _PAD, NAME_H)
    _text(p, theme, name, cell.camera.name, 14, "text")
    paint_foot(p, theme, cell, foot_of(room))
    if here or number:
        p.setPen(QPen(theme.color("accent"), 2 if here else 1))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRect(room.adjusted(1, 1, -1, -1))


def foot_of(room: QRect) -> QRect:
    """The line with state and age."""
    return QRect(room.x(), room.bottom() + 1 - STATE_H, room.width(), STATE_H)


def paint_foot(p: QPainter, theme: Theme, cell: Cell, room: QRect) -> None:
    """State as a shape, and in words with the age."""
    color = theme.color("muted" if cell.truth.state is FeedState.LIVE else "stale")
    led(p, cell.truth.state, QRectF(room.x() + _PAD, room.y() + 4, 10, 10), color)
    words = QRect(room.x() + _PAD + 16, room.y(), room.width() - 2 * _PAD - 16, room.height() - 2)
    current = cell.truth.state is FeedState.LIVE
    _text(p, theme, words, cell.foot, 12, "muted" if current else "text", bold=not current)


def _inside(field: QRect, width: int, height: int) -> QRect:
    if width <= 0 or height <= 0:
        return field
    box = fit(width / height, Rect(field.x(), field.y(), field.width(), field.height()))
    return QRect(box.x, box.y, box.w, box.h)


def _paint_number(p: QPainter, theme: Theme, field: QRect, number: int) -> None:
    plate = QRect(field.x() + 6, field.y() + 6, 24, 22)
    p.fillRect(plate, theme.color("accent"))
    p.setFont(theme.font(14, True))
    p.setPen(theme.color("bg"))
    p.drawText(plate, Qt.AlignmentFlag.AlignCenter, str(number))


def _text(
    p: QPainter, theme: Theme, room: QRect, words: str, px: int, role: str, *, bold: bool = False
) -> None:
    font = theme.font(px, bold)
    p.setFont(font)
    p.setPen(theme.color(role))
    shown = QFontMetricsF(font).elidedText(words, Qt.TextElideMode.ElideMiddle, room.width())
    p.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)
