"""How one tile is painted: card, picture, stale look, words, frame.

Everything here works in device pixels (the wall scales its painter back), so
that a picture made for its box is painted one to one at every scale factor.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from console.domain.masks import Mask
from console.domain.vocabulary import FeedState, Lamp
from console.models.alarm_tiles import Loan
from console.services.ports import Picture
from console.theme import Theme
from console.widgets.hangings import Crop
from console.widgets.layouts import ASPECT, Rect, fit
from console.widgets.mask_paint import mask_image, paint_masks
from console.widgets.tile_state import Badge, BadgeFace, Truth

#: Tile height in logical px → px of caption and of badge and words.
_STEPS: Final = ((440, 20, 28), (230, 16, 20), (150, 14, 16), (0, 12, 14))
#: Space between the rim of a tile and its picture; borders lie there.
MARGIN: Final = 4
HATCH: Final = 14
NOTHING_YET: Final = Truth(FeedState.CONNECTING)
#: How much of the theme's background lies over a picture that is not current.
DIM: Final = 0.42


@dataclass(frozen=True, slots=True)
class TileBox:
    """A tile's parts in device px. ``body`` is what the picture may use,
    ``picture`` what it uses, ``caption`` the line over its upper edge. ``px``
    and ``big`` are font sizes, ``unit`` is one logical pixel."""

    tile: Rect
    caption: Rect
    body: Rect
    picture: Rect
    px: int
    big: int
    unit: float


def box_of(tile: Rect, aspect: float, unit: float) -> TileBox:
    """Divide a tile: the picture as large as it can be, whole and with its own
    proportions, the caption over its upper edge."""
    height = tile.h / unit
    _, px, big = next(step for step in _STEPS if height >= step[0])
    px, big = round(px * unit), round(big * unit)
    margin = round(MARGIN * unit)
    body = Rect(tile.x + margin, tile.y + margin, max(0, tile.w - 2 * margin), max(0, tile.h - 2 * margin))
    picture = fit(aspect, body)
    across = picture if picture.w >= 0.6 * body.w else body
    caption = Rect(across.x, picture.y, across.w, min(round(px * 1.5), picture.h))
    return TileBox(tile, caption, body, picture, px, big, unit)


@dataclass(frozen=True, slots=True)
class Tools:
    """The bar of a tile the pointer is over: drawn once, with its upper left
    corner, and the rectangles of its words (device px of the widget)."""

    image: QImage
    at: QPoint
    rooms: tuple[tuple[str, QRect], ...]


@dataclass(slots=True)
class Tile:
    """One tile of the page with what is known of its camera. ``token`` is what
    hangs here (:mod:`console.widgets.hangings`). ``source`` is the slot to read
    instead of the camera's own, ``""`` for the present; ``source_words`` say
    what it is. ``slot`` follows from both and is what is read. ``crop`` is the
    part of the picture shown, ``zoomed`` whether the officer asked for it here.
    ``masks`` are the parts nobody is to see. ``pinned``: it keeps what it shows.
    ``loan``: what it shows for an alarm instead of what hangs here. ``tools`` lie
    over it while the pointer does. ``still`` is the greyed copy of the last
    picture, made once when it stops being current."""

    index: int
    camera: str
    name: str
    enabled: bool
    box: TileBox
    aspect: float = ASPECT
    truth: Truth = NOTHING_YET
    seq: int = 0
    pending: Picture | None = None
    captured_at: datetime | None = None
    captured_monotonic: float | None = None
    interval_s: float = 0.0
    asked_monotonic: float = 0.0
    still: QImage | None = None
    badge: Badge | None = None
    face: BadgeFace | None = None
    badge_rect: Rect | None = None
    caption: QImage | None = None
    caption_key: tuple[object, ...] = ()
    badge_image: QImage | None = None
    badge_key: tuple[object, ...] = ()
    token: str = ""
    source: str = ""
    source_words: str = ""
    slot: str = ""
    crop: Crop | None = None
    zoomed: bool = False
    masks: tuple[Mask, ...] = ()
    details: tuple[str, ...] = ()
    mark_image: QImage | None = None
    mark_key: tuple[object, ...] = ()
    details_image: QImage | None = None
    details_key: tuple[object, ...] = ()
    pinned: bool = False
    tools: Tools | None = None
    loan: Loan | None = None
    loan_image: QImage | None = None
    loan_key: tuple[object, ...] = ()

    def read_from(self, source: str, words: str) -> bool:
        """Show another slot (``""`` the camera's own); False when it is the
        same already. What was known of the one before is forgotten, so that
        no picture of it can be taken for one of the other."""
        self.source_words = words
        slot = source or self.camera
        if slot == self.slot and source == self.source:
            return False
        self.source, self.slot = source, slot
        self.seq, self.interval_s = 0, 0.0
        self.pending = self.still = self.captured_at = self.captured_monotonic = None
        return True

    def take(self, picture: Picture) -> None:
        """Remember a new picture until it is painted."""
        if self.captured_monotonic is not None and self.seq:
            gap = max(0.0, picture.captured_monotonic - self.captured_monotonic)
            # One late picture must not stretch the limit by which the next is judged.
            gap = min(gap, max(1.0, 2 * self.interval_s))
            self.interval_s += 0.3 * (gap - self.interval_s)
        self.pending = picture
        self.seq = picture.seq
        self.captured_at = picture.captured_at
        self.captured_monotonic = picture.captured_monotonic


def view_of(picture: Picture) -> QImage:
    """A ``QImage`` over the shared pixels, without a copy. It is valid only
    while ``picture`` is referenced."""
    return QImage(picture.buffer, picture.width, picture.height, picture.stride, QImage.Format.Format_RGB32)


def qrect(rect: Rect) -> QRect:
    """The same rectangle for Qt."""
    return QRect(rect.x, rect.y, rect.w, rect.h)


def led(p: QPainter, state: FeedState, at: QRectF, color: QColor) -> None:
    """The state as a shape: disc live, ring on its way, triangle not current,
    cross refused, bar switched off. Shape and word, never colour alone."""
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    pen = QPen(color, max(1.5, at.width() * 0.16))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    if state is FeedState.LIVE:
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(color)
        inset = at.width() * 0.14
        p.drawEllipse(at.adjusted(inset, inset, -inset, -inset))
    elif state in (FeedState.CONNECTING, FeedState.BACKOFF):
        p.setPen(pen)
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawEllipse(at.adjusted(1, 1, -1, -1))
    elif state in (FeedState.STALE, FeedState.LOST, FeedState.FROZEN):
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(color)
        p.drawPolygon(QPolygonF([QPointF(at.center().x(), at.top()), at.bottomRight(), at.bottomLeft()]))
    elif state is FeedState.DISABLED:
        p.setPen(pen)
        p.drawLine(QPointF(at.left(), at.center().y()), QPointF(at.right(), at.center().y()))
    else:
        p.setPen(pen)
        inset = at.width() * 0.12
        box = at.adjusted(inset, inset, -inset, -inset)
        p.drawLine(box.topLeft(), box.bottomRight())
        p.drawLine(box.topRight(), box.bottomLeft())
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def paint_ground(p: QPainter, theme: Theme, box: TileBox) -> None:
    """What lies around and behind the picture: nothing that draws the eye."""
    p.fillRect(qrect(box.tile), theme.color("bg"))


def paint_picture(
    p: QPainter, box: TileBox, picture: Picture, crop: Crop | None = None, masks: tuple[Mask, ...] = ()
) -> None:
    """The picture (or the part ``crop`` of it) into its box, one to one when it
    was made for it, without what ``masks`` cover."""
    _paint_whole(p, box.picture, picture, crop)
    paint_masks(p, masks, QRectF(qrect(box.picture)), crop)


def _paint_whole(p: QPainter, room: Rect, picture: Picture, crop: Crop | None) -> None:
    image = view_of(picture)
    if crop is not None:
        # A part is enlarged; few tiles are, so the better scaler is affordable.
        p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        p.drawImage(QRectF(qrect(room)), image, part_of(image, crop))
        p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        return
    off_x, off_y = room.w - picture.width, room.h - picture.height
    if 0 <= off_x <= 2 and 0 <= off_y <= 2:
        p.drawImage(QPoint(room.x + off_x // 2, room.y + off_y // 2), image)
        return
    target = qrect(room)
    p.drawImage(target, image)


def part_of(image: QImage, crop: Crop) -> QRectF:
    """The part ``crop`` of a picture in its own pixels."""
    x, y, w, h = crop
    return QRectF(x * image.width(), y * image.height(), w * image.width(), h * image.height())


def greyed(
    picture: Picture,
    size: Rect,
    theme: Theme,
    unit: float,
    crop: Crop | None = None,
    masks: tuple[Mask, ...] = (),
) -> QImage:
    """What is left of a picture that is not current: no colour, dimmed,
    hatched, without what ``masks`` cover. A copy, since the shared pixels may go."""
    image = view_of(picture)
    if masks:
        image = image.copy()
        mask_image(image, masks)
    if crop is not None:
        image = image.copy(part_of(image, crop).toAlignedRect())
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    grey = grey.scaled(
        max(1, size.w),
        max(1, size.h),
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    out = grey.convertToFormat(QImage.Format.Format_RGB32)
    p = QPainter(out)
    p.fillRect(out.rect(), theme.color("bg", DIM))
    _hatch(p, out.width(), out.height(), theme.color("stale", 0.5), unit)
    p.end()
    return out


def _hatch(p: QPainter, width: int, height: int, color: QColor, unit: float) -> None:
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    p.setPen(QPen(color, max(1.0, unit)))
    step = max(4, round(HATCH * unit))
    for x in range(-height, width, step):
        p.drawLine(x, height, x + height, 0)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def paint_not_current(p: QPainter, theme: Theme, tile: Tile, head: str, details: tuple[str, ...]) -> None:
    """A tile whose picture is not now: the greyed picture (or an empty field
    when there never was one), and the words in the middle."""
    box = tile.box
    room = qrect(box.picture)
    if tile.still is not None:
        p.drawImage(room, tile.still)
    else:
        # Quieter than any picture, in both themes.
        p.fillRect(room, theme.color("panel" if theme.dark else "line"))
    _paint_words(p, theme, box, tile.truth.state, head, details)


def _paint_words(
    p: QPainter, theme: Theme, box: TileBox, state: FeedState, head: str, details: tuple[str, ...]
) -> None:
    big, small = theme.font(box.big, True), theme.font(box.px)
    big_m, small_m = QFontMetricsF(big), QFontMetricsF(small)
    pad, room = box.px * 0.7, qrect(box.picture)
    glyph = box.big * 0.8
    limit = room.width() - 2 * pad - 4
    head_w = big_m.horizontalAdvance(head) + glyph * 1.5
    if head_w > limit:
        big, big_m = theme.font(box.px, True), QFontMetricsF(theme.font(box.px, True))
        glyph = box.px * 0.8
        head = big_m.elidedText(head, Qt.TextElideMode.ElideRight, max(0.0, limit - glyph * 1.5))
        head_w = big_m.horizontalAdvance(head) + glyph * 1.5
    line, row = big.pixelSize() * 1.4, box.px * 1.5
    fitting = max(0, int((room.height() - line - pad) // row))
    lines = [small_m.elidedText(d, Qt.TextElideMode.ElideRight, limit) for d in details if d][:fitting]
    width = max([head_w, *(small_m.horizontalAdvance(x) for x in lines)]) + 2 * pad
    height = line + row * len(lines) + pad
    plate = QRectF(
        room.center().x() - width / 2, room.center().y() - height / 2, width, height
    ).toAlignedRect()
    p.fillRect(plate, theme.color("bg"))
    p.setPen(QPen(theme.color("line"), max(1.0, box.unit)))
    p.drawRect(plate.adjusted(0, 0, -1, -1))
    x, y = plate.center().x() - head_w / 2, plate.top() + pad / 2
    led(p, state, QRectF(x, y + (line - glyph) / 2, glyph, glyph), theme.color("stale"))
    p.setFont(big)
    p.setPen(theme.color("text"))
    p.drawText(
        QRectF(x + glyph * 1.5, y, head_w, line),
        Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
        head,
    )
    p.setFont(small)
    p.setPen(theme.color("muted"))
    for i, text in enumerate(lines):
        p.drawText(QRectF(plate.left(), y + line + i * row, width, row), Qt.AlignmentFlag.AlignCenter, text)


def paint_empty(p: QPainter, theme: Theme, box: TileBox, text: str) -> None:
    """A tile nothing hangs on: an outline and, where there is room, how to fill it."""
    pen = QPen(theme.color("line"), max(1.0, box.unit), Qt.PenStyle.DashLine)
    p.setPen(pen)
    p.drawRect(qrect(box.picture).adjusted(0, 0, -1, -1))
    p.setFont(theme.font(box.px))
    p.setPen(theme.color("muted"))
    metrics = QFontMetricsF(theme.font(box.px))
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.picture.w - box.px)
    p.drawText(qrect(box.picture), Qt.AlignmentFlag.AlignCenter, shown)


def paint_border(p: QPainter, theme: Theme, tile: Tile, selected: bool) -> None:
    """The lamp's border around the picture (thin green, thick yellow, double
    red; that of a high alarm; grey when the picture is not current) and the
    selection frame around the tile."""
    box = tile.box
    color, width = _edge(theme, tile)
    if width:
        _frame(p, qrect(box.picture), color, max(1, round(width * box.unit)))
    if selected:
        width = max(2, round(2 * box.unit))
        outer = qrect(box.picture).united(qrect(box.caption))
        edge = round(MARGIN * box.unit) - width
        outer = outer.adjusted(-edge, -edge, edge, edge)
        _frame(p, outer, theme.color("accent"), width)


def _edge(theme: Theme, tile: Tile) -> tuple[QColor, int]:
    """Colour and width (logical px) of what goes around a picture; 0 for nothing."""
    if tile.face is None and tile.loan is None:
        return theme.color("bg"), 0
    if not tile.truth.current and tile.truth.state is not FeedState.CONNECTING:
        return theme.color("stale"), 1
    if tile.loan is not None:
        # Cameras nearby belong to the alarm: the same colour, thinner.
        return theme.color("alarm.high"), 3 if tile.loan.letter else 1
    lamp = tile.face.lamp if tile.face is not None else Lamp.GREEN
    return theme.lamp(lamp), {Lamp.GREEN: 1, Lamp.YELLOW: 2}.get(lamp, 3)


def _frame(p: QPainter, room: QRect, color: QColor, width: int) -> None:
    """A frame of ``width`` px that lies outside ``room``."""
    p.fillRect(room.x() - width, room.y() - width, room.width() + 2 * width, width, color)
    p.fillRect(room.x() - width, room.y() + room.height(), room.width() + 2 * width, width, color)
    p.fillRect(room.x() - width, room.y(), width, room.height(), color)
    p.fillRect(room.x() + room.width(), room.y(), width, room.height(), color)
