"""Privacy masks over whatever of a camera is painted, and in a file that is kept.

A mask is opaque: what lies under it is nowhere on the screen, nor in a picture
that leaves the program. Only ``QImage`` is touched for files, which Qt allows
off the GUI thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from console.domain.errors import Refusal
from console.domain.masks import WHOLE, Mask, Point
from console.widgets.hangings import Crop

#: Neither a colour of an alarm nor black, which a covered lens looks like.
MASK: Final = QColor("#3A434F")
#: Quality of a picture that is written again with its masks.
QUALITY: Final = 95


def corners(points: Sequence[Point], room: QRectF, crop: Crop | None = None) -> list[QPointF]:
    """Points of a picture where it (or its part ``crop``) fills ``room``."""
    x, y, w, h = crop or (0.0, 0.0, 1.0, 1.0)
    return [
        QPointF(
            room.x() + (px / WHOLE - x) / w * room.width(), room.y() + (py / WHOLE - y) / h * room.height()
        )
        for px, py in points
    ]


def paint_masks(p: QPainter, masks: Sequence[Mask], room: QRectF, crop: Crop | None = None) -> None:
    """Cover the masked parts of a picture that was just painted into ``room``."""
    if not masks:
        return
    p.save()
    p.setClipRect(room, Qt.ClipOperation.IntersectClip)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    # The line reaches one pixel further: no scaler may leave a rim uncovered.
    p.setPen(QPen(MASK, 2))
    p.setBrush(MASK)
    for mask in masks:
        p.drawPolygon(QPolygonF(corners(mask, room, crop)), Qt.FillRule.WindingFill)
    p.restore()


def mask_image(image: QImage, masks: Sequence[Mask]) -> None:
    """Cover the masked parts in the picture itself."""
    if masks:
        p = QPainter(image)
        paint_masks(p, masks, QRectF(image.rect()))
        p.end()


def mask_file(path: Path, masks: Sequence[Mask]) -> None:
    """Write the picture ``path`` again with its masks; nothing happens without
    any. Raises ``Refusal``: ``bad_file`` for no picture, ``disk_full`` when it
    cannot be written; the uncovered picture is gone in either case."""
    if not masks:
        return
    picture = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB32)
    spare = path.with_name(f"{path.stem}.masked{path.suffix}")
    try:
        if picture.isNull():
            raise Refusal("bad_file", "unreadable", file=path.name)
        mask_image(picture, masks)
        if not picture.save(str(spare), quality=QUALITY):
            raise Refusal("disk_full", "file", file=path.name)
        spare.replace(path)
    except (Refusal, OSError) as error:
        path.unlink(missing_ok=True)
        spare.unlink(missing_ok=True)
        if isinstance(error, Refusal):
            raise
        raise Refusal("disk_full", "file", file=path.name) from error
