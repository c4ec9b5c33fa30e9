"""Copies of pictures that say on their face for whom, by whom and when they
left the house. ``QImage`` only, which Qt allows off the GUI thread; painting
words needs a ``QGuiApplication`` (``console.reports.case_sheet.fonts``)."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QImageReader, QPainter

from console.domain.errors import Refusal
from console.theme import FAMILIES

#: A picture is never blown up and never larger than this in a marked copy, px.
MOST_PX = 1920
#: What a picture may unpack to, megabytes; a bomb is refused by the reader.
MOST_MB = 256
#: Height of the words per picture height, and their least, px.
WORDS = 0.035
LEAST_PX = 12
#: Lines of words lean by this many degrees, as a stamp across the picture.
LEAN = -24.0
QUALITY = 88


def font(px: float, bold: bool = False) -> QFont:
    """The program's families at a size in pixels."""
    made = QFont()
    made.setFamilies(list(FAMILIES))
    made.setPixelSize(max(6, round(px)))
    made.setBold(bold)
    # Joined letters and local shapes of digits have glyphs of their own, which a
    # PDF cannot name: what is copied out of it would have holes.
    for feature in ("locl", "liga"):
        made.setFeature(QFont.Tag(feature), 0)
    return made


def read(path: Path, most: int = MOST_PX) -> QImage:
    """A picture, made smaller while it is read. Raises ``bad_file.unreadable``
    for what is none."""
    reader = QImageReader(str(path))
    reader.setAllocationLimit(MOST_MB)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and max(size.width(), size.height()) > most:
        reader.setScaledSize(size.scaled(QSize(most, most), Qt.AspectRatioMode.KeepAspectRatio))
    picture = reader.read()
    if picture.isNull():
        raise Refusal("bad_file", "unreadable", file=path.name)
    return picture


def mark(picture: QImage, words: str) -> QImage:
    """A copy with ``words`` across it, light and dark at once, so that they
    stand out on any ground; the street behind them stays recognisable."""
    out = picture.convertToFormat(QImage.Format.Format_RGB32)
    px = max(LEAST_PX, out.height() * WORDS)
    painter = QPainter(out)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    shown = font(px, bold=True)
    painter.setFont(shown)
    across(painter, QRectF(out.rect()), words, QFontMetricsF(shown), px)
    painter.end()
    return out


def across(painter: QPainter, area: QRectF, words: str, metrics: QFontMetricsF, px: float) -> None:
    """Repeat the words over ``area`` in leaning rows."""
    step_x, step_y = metrics.horizontalAdvance(words) + px * 6, px * 9
    reach = area.width() + area.height()
    painter.save()
    painter.setClipRect(area)
    painter.translate(area.center())
    painter.rotate(LEAN)
    y, odd = -reach, False
    while y < reach:
        x = -reach - (step_x / 2 if odd else 0)
        while x < reach:
            painter.setPen(QColor(0, 0, 0, 70))
            painter.drawText(QPointF(x + 1, y + 1), words)
            painter.setPen(QColor(255, 255, 255, 90))
            painter.drawText(QPointF(x, y), words)
            x += step_x
        y += step_y
        odd = not odd
    painter.restore()
