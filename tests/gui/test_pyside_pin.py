"""The pinned PySide6 does not lose references to None."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtWidgets import QWidget


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from 3.12 on")
def test_none_keeps_its_references(qtbot: object) -> None:
    widget = QWidget()
    before = sys.getrefcount(None)
    for _ in range(1000):
        widget.parent()
    # 6.12.0 drops one a call and ends the process after some thousands.
    assert sys.getrefcount(None) > before - 100
    widget.deleteLater()
