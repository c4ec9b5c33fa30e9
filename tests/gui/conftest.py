"""Fixtures of every test with a wall."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from console.i18n import set_language
from tests.gui.wall_kit import Bench, bench


@pytest.fixture
def kit(qapp: QApplication) -> Iterator[Bench]:
    """Slots, clock, theme and ticker; Chinese."""
    set_language("zh")
    with bench() as made:
        yield made
        QApplication.sendPostedEvents()
