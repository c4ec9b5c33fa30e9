"""Evidence, large: turned, zoomed, compared; what cannot be read says so."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from console.domain.model import Evidence
from console.domain.vocabulary import EvidenceKind
from console.i18n import t
from console.theme import Theme
from console.widgets import picture_reader
from console.widgets.evidence_view import EvidenceView

NOON = datetime(2026, 8, 5, 4, 0, tzinfo=UTC)
RED, BLUE = "#c02020", "#2020c0"
_K = EvidenceKind


def _one(folder: Path, number: int, kind: EvidenceKind, colour: str) -> tuple[Evidence, str]:
    path = folder / f"{number}.png"
    if colour:
        image = QImage(800, 400, QImage.Format.Format_RGB32)
        image.fill(QColor(colour))
        assert image.save(str(path))
    else:
        path.write_text("no picture", encoding="utf-8")
    at = NOON + timedelta(minutes=number)
    name = f"{number:064d}"
    return Evidence(f"e{number}", "20260805-0001", kind, name, 2048, at, "cam01", -3.2), str(path)


@pytest.fixture
def view(qtbot: QtBot, tmp_path: Path) -> Iterator[EvidenceView]:
    """Over a page, with an old and a new picture of before, one of after and a
    file that is none."""
    page = QWidget()
    page.resize(900, 600)
    made = EvidenceView(Theme("dark"), page)
    qtbot.addWidget(page)
    page.show()
    made.pictures = [  # type: ignore[attr-defined]
        _one(tmp_path, 1, _K.SNAPSHOT, "#20c020"),
        _one(tmp_path, 2, _K.SNAPSHOT, RED),
        _one(tmp_path, 3, _K.AFTER, BLUE),
        _one(tmp_path, 4, _K.DOCUMENT, ""),
    ]
    yield made
    made.reader.close()


def _open(qtbot: QtBot, view: EvidenceView, at: int) -> None:
    rows = view.pictures  # type: ignore[attr-defined]
    view.open(rows, rows[at][0].sha256)
    if at != 3:
        qtbot.waitUntil(lambda: view.has_picture(rows[at][0].sha256))


def _colour(view: EvidenceView, x: float) -> str:
    """The colour at a share of the width, in the middle of the height."""
    grabbed = view.grab().toImage()
    return grabbed.pixelColor(int(grabbed.width() * x), grabbed.height() // 2).name()


def test_pictures_are_read_off_the_gui_thread(
    qtbot: QtBot, view: EvidenceView, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers: list[str] = []
    genuine = picture_reader.read

    def told(path: str, room: object) -> QImage:
        readers.append(threading.current_thread().name)
        return genuine(path, room)  # type: ignore[arg-type]

    monkeypatch.setattr(picture_reader, "read", told)
    _open(qtbot, view, 1)
    assert readers
    assert threading.main_thread().name not in readers
    assert _colour(view, 0.5) == RED


def test_arrows_turn_the_pictures_and_esc_gives_the_keyboard_back(qtbot: QtBot, view: EvidenceView) -> None:
    _open(qtbot, view, 1)
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.shown is not None
    assert view.shown.kind is _K.AFTER
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.shown.kind is _K.SNAPSHOT
    assert "-3.2" in view._facts()
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.isHidden()


def test_before_lies_under_after_and_the_divider_moves(qtbot: QtBot, view: EvidenceView) -> None:
    _open(qtbot, view, 0)
    QTest.keyClick(view, Qt.Key.Key_B)
    assert view.comparing
    qtbot.waitUntil(lambda: all(view.has_picture(f"{n:064d}") for n in (2, 3)))
    assert (_colour(view, 0.25), _colour(view, 0.75)) == (RED, BLUE), "the newest of before, not the first"
    for _ in range(8):
        QTest.keyClick(view, Qt.Key.Key_Left)
    assert _colour(view, 0.25) == BLUE
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(720, 300))
    assert view.divider > 0.7
    assert _colour(view, 0.25) == RED
    QTest.keyClick(view, Qt.Key.Key_B)
    assert not view.comparing


def test_without_both_sides_there_is_nothing_to_compare(qtbot: QtBot, view: EvidenceView) -> None:
    rows = view.pictures[:2]  # type: ignore[attr-defined]
    view.open(rows, rows[0][0].sha256)
    QTest.keyClick(view, Qt.Key.Key_B)
    assert not view.comparing
    assert "B" not in t("evidence.hint")


def test_zoom_has_ends_and_a_zoomed_picture_moves_instead_of_turning(
    qtbot: QtBot, view: EvidenceView
) -> None:
    _open(qtbot, view, 1)
    for _ in range(30):
        QTest.keyClick(view, Qt.Key.Key_Plus, Qt.KeyboardModifier.NoModifier)
    assert view.zoom == 8.0
    assert view.shown is not None
    before, left = view.shown.sha256, view._target().left()
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.shown.sha256 == before
    assert view._target().left() < left
    QTest.keyClick(view, Qt.Key.Key_0)
    assert view.zoom == 1.0


def test_what_is_no_picture_says_so(qtbot: QtBot, view: EvidenceView) -> None:
    _open(qtbot, view, 3)
    qtbot.waitUntil(lambda: f"{4:064d}" in view._images)
    assert not view.has_picture(f"{4:064d}")
    assert view.isVisible()
