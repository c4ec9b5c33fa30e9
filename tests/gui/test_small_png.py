"""Pictures of the screen: 256 colours, small, and still what was seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from console.page_tour import _save
from console.simulation import small_png
from tests.gui.wall_kit import street


def screen() -> QImage:
    """A street, a dark page and the lamps beside it."""
    raw = street("plaza-a.mp4", 640, 360)
    image = QImage(801, 361, QImage.Format.Format_RGB32)
    image.fill(QColor("#14181D"))
    p = QPainter(image)
    p.drawImage(0, 0, QImage(raw, 640, 360, QImage.Format.Format_RGB32))
    for row, colour in enumerate(("#4CC38A", "#F5C542", "#FF6B5E", "#E6EAF0")):
        p.fillRect(660, 20 + 60 * row, 120, 40, QColor(colour))
    p.end()
    return image


def test_small_and_still_the_same(tmp_path: Path, qapp: QApplication) -> None:
    image = screen()
    _save(image, tmp_path / "a.png")
    image.save(str(tmp_path / "true.png"))
    back = QImage(str(tmp_path / "a.png"))
    assert back.size() == image.size()
    assert back.format() == QImage.Format.Format_Indexed8
    assert (tmp_path / "a.png").stat().st_size < 0.5 * (tmp_path / "true.png").stat().st_size
    far, points = 0, 0
    for x in range(0, 801, 8):
        for y in range(0, 361, 8):
            a, b = QColor(image.pixel(x, y)), QColor(back.pixel(x, y))
            far += abs(a.red() - b.red()) + abs(a.green() - b.green()) + abs(a.blue() - b.blue())
            points += 3
    assert far / points < 6, "no colour is another one"
    for row, colour in enumerate(("#4CC38A", "#F5C542", "#FF6B5E", "#E6EAF0")):
        seen, meant = QColor(back.pixel(700, 40 + 60 * row)), QColor(colour)
        assert abs(seen.hue() - meant.hue()) < 8 or meant.saturation() < 20
    assert not list(tmp_path.glob("*.part"))


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        small_png.write(bytes(4 * 16 * 16), 16, 16, tmp_path / "nowhere" / "a.png")
