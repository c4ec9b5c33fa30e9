"""The truth about a snapshot: a copy with a strip of words below the picture,
and a record beside it. Runs in the capture threads; touches ``QImage`` only,
which Qt allows off the GUI thread.

The picture itself stays as it was written, byte for byte: the strip is on a
copy, and the record says the SHA-256 of both.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QImage, QPainter

from console.domain.errors import Refusal
from console.i18n import t
from console.models import wording
from console.theme import FAMILIES

#: Quality of the copy; the picture's own file is not written again.
QUALITY: Final = 95
#: Height of a line of the strip per picture height, and its least, px.
LINE: Final = 0.04
LEAST_PX: Final = 14
_INK, _GROUND, _FAINT = QColor("#FFFFFF"), QColor("#000000"), QColor("#C8CDD4")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one snapshot. ``captured_at`` is when the picture
    reached this console (aware UTC); ``clock_offset_s`` how far the camera's
    own clock is ahead (+) or behind (−), ``None`` unknown."""

    camera: str
    name: str
    captured_at: datetime
    clock_offset_s: float | None
    officer: str
    console: str


def lines(facts: Facts) -> tuple[str, str]:
    """Camera and capture time; the camera's clock, officer and console."""
    at = wording.local(facts.captured_at)
    zone = at.strftime("%z")
    when = f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d} UTC{zone[:3]}:{zone[3:]}"
    offset = facts.clock_offset_s
    told = t("tiles.stamp.no_offset") if offset is None else t("tiles.stamp.offset", seconds=f"{offset:+.1f}")
    by = t("tiles.stamp.by", officer=facts.officer or "–", console=facts.console or "–")
    return f"{facts.name}  {facts.camera}  {when}", f"{told}  {by}"


def with_strip(picture: QImage, words: tuple[str, str]) -> QImage:
    """A copy with the words on a black strip below the picture; no pixel of
    the picture lies under it."""
    px = max(LEAST_PX, round(picture.height() * LINE))
    row, pad = round(px * 1.5), round(px * 0.6)
    out = QImage(picture.width(), picture.height() + 2 * row + pad, QImage.Format.Format_RGB32)
    out.fill(_GROUND)
    p = QPainter(out)
    p.drawImage(0, 0, picture)
    room = picture.width() - 2 * pad
    for i, (text, ink) in enumerate(zip(words, (_INK, _FAINT), strict=True)):
        font = _font(text, px, room)
        p.setFont(font)
        p.setPen(ink)
        at = QRectF(pad, picture.height() + pad / 2 + i * row, room, row)
        p.drawText(at, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
    p.end()
    return out


def _font(text: str, px: int, room: float) -> QFont:
    """Smaller where the line would not fit: nothing of a truth is cut off."""
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setPixelSize(px)
    wide = QFontMetricsF(font).horizontalAdvance(text)
    if wide > room > 0:
        font.setPixelSize(max(7, int(px * room / wide)))
    return font


def stamp(path: Path, facts: Facts, *, strip: bool = True, sidecar: bool = True) -> None:
    """Write ``<name>-strip.jpg`` and ``<name>.json`` beside the JPEG ``path``.
    Raises ``Refusal('bad_file')`` for no picture, ``disk_full`` when a file
    cannot be written."""
    record: dict[str, object] = asdict(facts)
    record["captured_at"] = facts.captured_at.isoformat()
    record["captured_local"] = wording.local(facts.captured_at).isoformat()
    record["file"], record["sha256"] = path.name, _digest(path)
    # Painting text needs fonts, which only a program with windows has.
    if strip and QGuiApplication.instance() is not None:
        picture = QImage(str(path))
        if picture.isNull():
            raise Refusal("bad_file", "unreadable", file=path.name)
        copy = path.with_name(f"{path.stem}-strip.jpg")
        if not with_strip(picture, lines(facts)).save(str(copy), quality=QUALITY):
            raise Refusal("disk_full", "file", file=copy.name)
        record["strip_file"], record["strip_sha256"] = copy.name, _digest(copy)
    if sidecar:
        spare = path.with_suffix(".json.part")
        try:
            spare.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            spare.replace(path.with_suffix(".json"))
        except OSError as error:
            raise Refusal("disk_full", "file", file=spare.name) from error


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
