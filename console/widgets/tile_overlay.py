"""What is written on a tile: caption and case badge; and the strip that says
what the wall had to drop. Device pixels, as in ``tile_paint``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.domain.vocabulary import FeedState
from console.i18n import t
from console.theme import Theme
from console.widgets.layouts import Rect
from console.widgets.tile_paint import Tile, TileBox, led
from console.widgets.tile_state import BadgeFace

#: How much the caption's ground covers: muted text on it keeps 4.5:1 over white.
SCRIM: Final = 0.86
#: Cells of the bar that shows how much of the limit is left.
CELLS: Final = 5
#: The word "live" is left to the disc where a tile is narrower, logical px.
LIVE_WORD_FROM: Final = 300
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


@dataclass(frozen=True, slots=True)
class CaptionText:
    """What fits on one caption: the state first, the name in what is left."""

    name: str
    state: str


def fit_caption(
    name: str, state: str, width: float, name_m: QFontMetricsF, state_m: QFontMetricsF, gap: float
) -> CaptionText:
    """Divide ``width`` px: the state is never cut for the sake of the name."""
    right = Qt.TextElideMode.ElideRight
    state_w = state_m.horizontalAdvance(state)
    if state_w >= width:
        return CaptionText("", state_m.elidedText(state, right, width))
    left = width - (state_w + gap if state else 0.0)
    if name_m.horizontalAdvance(name) <= left:
        return CaptionText(name, state)
    # The end of a name ("朝凤路-03") tells cameras of one road apart.
    shown = name_m.elidedText(name, Qt.TextElideMode.ElideMiddle, max(0.0, left))
    return CaptionText(shown if len(shown) > 2 else "", state)


def paint_caption(p: QPainter, theme: Theme, tile: Tile, words: str, number: str) -> None:
    """LED, name on the left, state words on the right, on a dark line over the
    picture. Drawn once and kept: with the picture it is painted many times a
    second, and changes once in a while. ``number`` is the tile's number while
    somebody types one, else empty."""
    room = tile.box.caption
    badged = tile.badge is not None
    key = (tile.name, words, number, badged, tile.pinned, tile.truth.state, room, tile.box.px, theme.name)
    if tile.caption is None or tile.caption_key != key:
        image = QImage(max(1, room.w), max(1, room.h), QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(theme.color("bg", SCRIM))
        painter = QPainter(image)
        _draw_caption(painter, theme, tile, words, number)
        painter.end()
        tile.caption, tile.caption_key = image, key
    p.drawImage(room.x, room.y, tile.caption)


def _draw_caption(p: QPainter, theme: Theme, tile: Tile, words: str, number: str) -> None:
    box = tile.box
    width, height = box.caption.w, box.caption.h
    pad = round(box.px * 0.4)
    live = tile.truth.state is FeedState.LIVE
    size = box.px * 0.62
    color = theme.color("lamp.green") if live else theme.color("stale")
    led(p, tile.truth.state, QRectF(pad, (height - size) / 2, size, size), color)
    x = pad + size * 1.7
    if tile.pinned:
        pin(p, QRectF(x, (height - box.px) / 2, box.px * 0.7, box.px), theme.color("accent"))
        x += box.px * 1.15
        if box.tile.w >= LIVE_WORD_FROM * box.unit:
            words = f"{t('tiles.pin.word')} · {words}"
    if number:
        font = theme.font(box.px, True)
        p.setFont(font)
        p.setPen(theme.color("accent"))
        taken = QFontMetricsF(font).horizontalAdvance(number)
        p.drawText(QRectF(x, 0, taken + 1, height), _LEFT, number)
        x += taken + box.px * 0.5
    if live and box.tile.w < LIVE_WORD_FROM * box.unit:
        words = ""
    name_f, state_f = theme.font(box.px, tile.badge is not None), theme.font(box.px, not live)
    left = width - pad - x
    parts = fit_caption(tile.name, words, left, QFontMetricsF(name_f), QFontMetricsF(state_f), box.px * 0.6)
    p.setFont(name_f)
    p.setPen(theme.color("text"))
    p.drawText(QRectF(x, 0, left, height), _LEFT, parts.name)
    p.setFont(state_f)
    p.setPen(theme.color("muted" if live else "text"))
    p.drawText(QRectF(x, 0, left, height), _RIGHT, parts.state)


def pin(p: QPainter, room: QRectF, color: QColor) -> None:
    """A pushpin: head, collar, needle."""
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(color)
    w, h = room.width(), room.height()
    p.drawRoundedRect(QRectF(room.x() + w * 0.22, room.y(), w * 0.56, h * 0.45), w * 0.12, w * 0.12)
    p.drawRect(QRectF(room.x(), room.y() + h * 0.45, w, h * 0.14))
    p.drawRect(QRectF(room.center().x() - w * 0.08, room.y() + h * 0.59, w * 0.16, h * 0.41))
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)


@dataclass(frozen=True, slots=True)
class BadgeText:
    """The parts of a badge that fit, in the order they are painted. The time
    always stays; bar, kind, other cases and number go, in this order."""

    number: str
    kind: str
    time: str
    more: str
    bar: bool


def fit_badge(face: BadgeFace, width: float, plain: QFontMetricsF, bold: QFontMetricsF, gap: float,
              bar_w: float) -> BadgeText:  # fmt: skip
    """Leave out what does not fit into ``width`` px."""
    number, kind, more, bar = face.number, face.kind, face.more, True

    def need() -> float:
        """Width of what is still in."""
        texts = [plain.horizontalAdvance(x) for x in (number, kind, more) if x]
        texts.append(bold.horizontalAdvance(face.time))
        if bar:
            texts.append(bar_w)
        return sum(texts) + gap * (len(texts) - 1)

    if need() > width:
        bar = False
    if need() > width:
        kind = ""
    if need() > width:
        more = ""
    if need() > width:
        number = ""
    return BadgeText(number, kind, face.time, more, bar)


def badge_room(theme: Theme, box: TileBox, face: BadgeFace) -> Rect:
    """Where the badge lies: on the lower left of the picture."""
    _, widths, gap, edge = _measure(theme, box, face)
    height = round(box.big * 1.55)
    width = round(edge + gap + sum(widths) + gap * len(widths))
    room = box.picture
    return Rect(room.x, max(room.y, room.bottom - height), min(width, room.w), min(height, room.h))


def _measure(theme: Theme, box: TileBox, face: BadgeFace) -> tuple[BadgeText, list[float], float, float]:
    plain, bold = QFontMetricsF(theme.font(box.big)), QFontMetricsF(theme.font(box.big, True))
    gap, edge = box.big * 0.45, max(3.0, round(4 * box.unit))
    cell = round(box.big * 0.42)
    bar_w = CELLS * (cell + round(2 * box.unit)) - round(2 * box.unit)
    text = fit_badge(face, box.picture.w - edge - 2 * gap, plain, bold, gap, bar_w)
    widths = [plain.horizontalAdvance(x) for x in (text.number, text.kind) if x]
    widths.append(bold.horizontalAdvance(text.time))
    if text.bar:
        widths.append(bar_w)
    if text.more:
        widths.append(plain.horizontalAdvance(text.more))
    return text, widths, gap, edge


def paint_badge(p: QPainter, theme: Theme, tile: Tile) -> None:
    """``#0042 到场 06:21 ▓▓▓░`` on the lower left of the picture. Drawn once a
    second and kept, since the picture under it changes far more often."""
    face, room = tile.face, tile.badge_rect
    if face is None or room is None:
        return
    key = (face, room, tile.box.big, theme.name)
    if tile.badge_image is None or tile.badge_key != key:
        image = QImage(max(1, room.w), max(1, room.h), QImage.Format.Format_RGB32)
        painter = QPainter(image)
        _draw_badge(painter, theme, tile.box, face, room.w, room.h)
        painter.end()
        tile.badge_image, tile.badge_key = image, key
    p.drawImage(room.x, room.y, tile.badge_image)


def _draw_badge(p: QPainter, theme: Theme, box: TileBox, face: BadgeFace, width: int, height: int) -> None:
    """The time in the text colour (13:1), the lamp as edge and bar beside it,
    a plus sign where it is over."""
    text, _, gap, edge = _measure(theme, box, face)
    p.fillRect(0, 0, width, height, theme.color("panel"))
    p.fillRect(0, 0, round(edge), height, theme.lamp(face.lamp))
    x = edge + gap
    plain, bold = theme.font(box.big), theme.font(box.big, True)
    for word, font, role in (
        (text.number, plain, "text"),
        (text.kind, plain, "muted"),
        (text.time, bold, "text"),
    ):
        if not word:
            continue
        taken = QFontMetricsF(font).horizontalAdvance(word)
        p.setFont(font)
        p.setPen(theme.color(role))
        p.drawText(QRectF(x, 0, taken + 1, height), _LEFT, word)
        x += taken + gap
    if text.bar:
        x = _paint_bar(p, theme, box, face, height, x) + gap
    if text.more:
        p.setFont(plain)
        p.setPen(theme.color("muted"))
        p.drawText(QRectF(x, 0, width - x, height), _LEFT, text.more)


def _paint_bar(p: QPainter, theme: Theme, box: TileBox, face: BadgeFace, height: int, x: float) -> float:
    """Five cells, filled as far as the limit has time left (rounded up)."""
    cell, space = round(box.big * 0.42), round(2 * box.unit)
    tall = round(box.big * 0.7)
    top = (height - tall) // 2
    filled = -(-int(face.left * 1000) * CELLS // 1000)
    lamp = theme.lamp(face.lamp)
    left = round(x)
    for i in range(CELLS):
        if i < filled:
            p.fillRect(left, top, cell, tall, lamp)
        else:
            p.setPen(QPen(lamp if face.left == 0 else theme.color("muted"), max(1.0, box.unit)))
            p.drawRect(left, top, cell - 1, tall - 1)
        left += cell + space
    return left - space


class NoticeStrip(QWidget):
    """One line under the wall that says what was dropped and what was just
    done; it takes no room when there is nothing to say."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._notices: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    @property
    def notices(self) -> tuple[str, ...]:
        """What the strip says now, most important first."""
        return self._notices

    def set_notices(self, notices: Sequence[str]) -> None:
        """Say these, most important first; nothing hides the strip."""
        told = tuple(n for n in notices if n)
        if told == self._notices:
            return
        self._notices = told
        self.setAccessibleName(" · ".join(told))
        self.setVisible(bool(told))
        self.update()

    def sizeHint(self) -> QSize:
        """One line of text."""
        return QSize(200, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Triangle and words, cut at the end when they do not fit."""
        p = QPainter(self)
        p.fillRect(self.rect(), self._theme.color("raised"))
        led(p, FeedState.STALE, QRectF(12, 9, 10, 10), self._theme.color("lamp.yellow"))
        font = self._theme.font(14)
        p.setFont(font)
        p.setPen(self._theme.color("text"))
        room = self.rect().adjusted(32, 0, -12, 0)
        text = " · ".join(self._notices)
        shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        p.drawText(room, _LEFT, shown)
