"""Marks over a picture that say how it is shown: from the past, enlarged, and
with the details of its stream. Each is drawn once and kept, since the picture
under it is painted many times a second. Device pixels, as in ``tile_paint``."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter

from console.i18n import t
from console.models.alarm_tiles import Loan
from console.theme import Theme
from console.widgets.tile_paint import Tile

#: Width of the frame inside a picture from the past, logical px.
PAST_FRAME: Final = 4
#: How much the ground of the details covers; text on it keeps 4.5:1 over white.
GROUND: Final = 0.86
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


def paint_marks(p: QPainter, theme: Theme, tile: Tile) -> None:
    """What applies to this tile; nothing but some looks when nothing does."""
    if tile.source:
        _past(p, theme, tile)
    if tile.loan is not None:
        _lent(p, theme, tile, tile.loan)
    if tile.crop is not None:
        _zoom(p, theme, tile)
    if tile.details:
        _details(p, theme, tile)
    if tile.tools is not None:
        p.drawImage(tile.tools.at, tile.tools.image)


def under_bands(tile: Tile) -> int:
    """Where the picture is free below the caption and the bands, device px."""
    bands = bool(tile.source) + (tile.loan is not None)
    return tile.box.caption.bottom + bands * round(tile.box.px * 1.5)


def _lent(p: QPainter, theme: Theme, tile: Tile, loan: Loan) -> None:
    """Why this camera is here: the alarm on its own camera, the distance nearby."""
    box = tile.box
    room, tall = box.picture, round(box.px * 1.5)
    top = under_bands(tile) - tall
    if top + tall > room.bottom:
        return
    key = (loan, room.w, box.px, theme.name)
    if tile.loan_image is None or tile.loan_key != key:
        tile.loan_image, tile.loan_key = _alarm_band(theme, loan, room.w, box.px), key
    p.drawImage(room.x, top, tile.loan_image)


def _alarm_band(theme: Theme, loan: Loan, width: int, px: int) -> QImage:
    """The letter in its box, the words, and how many alarms wait."""
    tall = round(px * 1.5)
    image = QImage(max(1, width), tall, QImage.Format.Format_RGB32)
    image.fill(theme.color("panel"))
    p = QPainter(image)
    bold, plain, pad = theme.font(px, True), theme.font(px), px * 0.5
    left, right = pad, width - pad
    if loan.letter:
        p.fillRect(0, 0, tall, tall, theme.color("alarm.high"))
        p.setFont(bold)
        p.setPen(theme.color("on_accent"))
        p.drawText(QRectF(0, 0, tall, tall), Qt.AlignmentFlag.AlignCenter, loan.letter)
        left = tall + pad
    p.setPen(theme.color("text"))
    if loan.more:
        p.setFont(bold)
        p.drawText(QRectF(left, 0, right - left, tall), _RIGHT, loan.more)
        right -= QFontMetricsF(bold).horizontalAdvance(loan.more) + pad
    font = bold if loan.letter else plain
    p.setFont(font)
    shown = QFontMetricsF(font).elidedText(loan.words, Qt.TextElideMode.ElideRight, max(0.0, right - left))
    p.drawText(QRectF(left, 0, max(0.0, right - left), tall), _LEFT, shown)
    p.end()
    return image


def zoom_words(tile: Tile) -> str:
    """``×2.5``: how much larger the part is than it is on a whole picture."""
    crop = tile.crop
    return "" if crop is None else f"×{1.0 / max(crop[2], crop[3]):.1f}"


def _past(p: QPainter, theme: Theme, tile: Tile) -> None:
    """A frame inside the picture and a band with words, in inverse video: no
    colour of a lamp, and nothing a live picture ever wears."""
    box, color = tile.box, theme.color("text")
    room, edge = box.picture, max(2, round(PAST_FRAME * box.unit))
    top = min(room.bottom, box.caption.bottom)
    tall = room.bottom - top
    p.fillRect(room.x, top, edge, tall, color)
    p.fillRect(room.right - edge, top, edge, tall, color)
    p.fillRect(room.x, room.bottom - edge, room.w, edge, color)
    told = tile.source_words or t("tiles.past.word")
    key = (told, room.w, box.px, theme.name)
    if tile.mark_image is None or tile.mark_key != key:
        tile.mark_image, tile.mark_key = _band(theme, told, room.w, box.px), key
    p.drawImage(room.x, top, tile.mark_image)


def _band(theme: Theme, told: str, width: int, px: int) -> QImage:
    image = QImage(max(1, width), max(1, round(px * 1.5)), QImage.Format.Format_RGB32)
    image.fill(theme.color("text"))
    p = QPainter(image)
    font = theme.font(px, True)
    p.setFont(font)
    p.setPen(theme.color("bg"))
    pad = px * 0.6
    text = f"◀◀ {told}"
    shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, width - 2 * pad)
    p.drawText(QRectF(pad, 0, width - 2 * pad, image.height()), _LEFT, shown)
    p.end()
    return image


def _zoom(p: QPainter, theme: Theme, tile: Tile) -> None:
    """The factor, on the lower right of the picture."""
    box = tile.box
    font = theme.font(box.px, True)
    text = zoom_words(tile)
    width = round(QFontMetricsF(font).horizontalAdvance(text) + box.px)
    height = round(box.px * 1.5)
    room = box.picture
    plate = QRectF(room.right - width, room.bottom - height, width, height)
    p.fillRect(plate, theme.color("accent"))
    p.setFont(font)
    p.setPen(theme.color("on_accent"))
    p.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)


def _details(p: QPainter, theme: Theme, tile: Tile) -> None:
    """Lines under the caption on the right."""
    box = tile.box
    room = box.picture
    shown = tile.truth.current or tile.truth.past
    key = (tile.details, shown, room.w, room.h, box.px, theme.name)
    if tile.details_image is None or tile.details_key != key:
        tile.details_image, tile.details_key = _lines(theme, tile), key
    image = tile.details_image
    p.drawImage(room.right - image.width(), under_bands(tile), image)


def _lines(theme: Theme, tile: Tile) -> QImage:
    box = tile.box
    px = max(10, round(box.px * 0.86))
    font = theme.font(px)
    metrics = QFontMetricsF(font)
    pad, row = px * 0.5, round(px * 1.4)
    limit = box.picture.w - 2 * pad
    # The badge lies below; the last lines go first.
    free: float = box.picture.h - box.caption.h - round(box.big * 1.55)
    lines = [metrics.elidedText(x, Qt.TextElideMode.ElideRight, limit) for x in tile.details]
    if not tile.truth.current and not tile.truth.past:
        # What is wrong stands in the middle; nothing may lie over it.
        free = box.picture.h / 2 - box.caption.h - 2.6 * box.big
    lines = lines[: max(0, int(free // row))]
    if not lines:
        return QImage(1, 1, QImage.Format.Format_Invalid)
    width = round(max(metrics.horizontalAdvance(x) for x in lines) + 2 * pad) + 1
    image = QImage(max(1, width), max(1, row * len(lines)), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(theme.color("bg", GROUND))
    p = QPainter(image)
    p.setFont(font)
    p.setPen(theme.color("text"))
    for i, line in enumerate(lines):
        p.drawText(QRectF(pad, i * row, width - pad, row), _LEFT, line)
    p.end()
    return image
