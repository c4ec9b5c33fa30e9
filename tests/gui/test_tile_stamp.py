"""The truth about a snapshot: the picture untouched, a strip on a copy, a record."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from console.domain.errors import Refusal
from console.i18n import set_language
from console.wiring.stamped_picture import Facts, lines, stamp, with_strip

FACTS = Facts(
    "CAM-001",
    "朝凤路-03",
    datetime(2026, 3, 2, 6, 32, 7, 250000, tzinfo=UTC),
    -1.5,
    "li.na",
    "desk-2",
)


@pytest.fixture
def picture(qapp: QApplication, tmp_path: Path) -> Path:
    set_language("zh")
    image = QImage(640, 360, QImage.Format.Format_RGB32)
    image.fill(QColor("#40A060"))
    path = tmp_path / "CAM-001-20260302T063207Z.jpg"
    assert image.save(str(path), "JPEG", 90)
    return path


def test_the_words_name_camera_time_with_zone_clock_officer_console(qapp: QApplication) -> None:
    set_language("zh")
    first, second = lines(FACTS)
    assert "朝凤路-03" in first
    assert "CAM-001" in first
    assert "2026-03-02 14:32:07.250 UTC+08:00" in first
    for word in ("-1.5", "li.na", "desk-2"):
        assert word in second


def test_the_strip_lies_below_and_covers_no_pixel(picture: Path) -> None:
    before = QImage(str(picture)).convertToFormat(QImage.Format.Format_RGB32)
    after = with_strip(before, lines(FACTS))
    assert after.width() == before.width()
    assert after.height() > before.height()
    assert after.copy(before.rect()) == before
    strip = after.copy(0, before.height(), after.width(), after.height() - before.height())
    inks = {strip.pixelColor(x, y).lightness() for x in range(strip.width()) for y in range(strip.height())}
    assert max(inks) > 200
    # The right rim stays black: both lines fit whole.
    assert all(strip.pixelColor(strip.width() - 1, y).lightness() < 10 for y in range(strip.height()))


def test_the_record_vouches_for_both_files_and_the_picture_is_untouched(picture: Path) -> None:
    kept = picture.read_bytes()
    stamp(picture, FACTS)
    assert picture.read_bytes() == kept
    record = json.loads(picture.with_suffix(".json").read_text(encoding="utf-8"))
    copy = picture.with_name(record["strip_file"])
    assert record["sha256"] == hashlib.sha256(kept).hexdigest()
    assert record["strip_sha256"] == hashlib.sha256(copy.read_bytes()).hexdigest()
    assert record["captured_local"] == "2026-03-02T14:32:07.250000+08:00"
    assert (record["officer"], record["clock_offset_s"]) == ("li.na", -1.5)


def test_one_of_both_can_be_left_out(picture: Path) -> None:
    stamp(picture, FACTS, sidecar=False)
    assert not picture.with_suffix(".json").exists()
    assert picture.with_name(f"{picture.stem}-strip.jpg").exists()


def test_what_is_no_picture_is_refused(qapp: QApplication, tmp_path: Path) -> None:
    broken = tmp_path / "x.jpg"
    broken.write_bytes(b"no picture")
    with pytest.raises(Refusal) as refused:
        stamp(broken, FACTS)
    assert refused.value.code == "bad_file"
