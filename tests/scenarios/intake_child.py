"""A console in a process of its own in which somebody types a report without a
pause, until it is killed. Started by ``test_intake``: ``python -m … DATA URL``."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.settings import Places
from tests.scenarios.console_kit import OFFICER, press, seat, typed, until

#: Typed over and over into the facts, never stopping.
WORDS = "three stalls on the footway, "


def main() -> None:
    """Open the sheet, name a class, a place and a caller, go on typing."""
    data, url = Path(sys.argv[1]), sys.argv[2]
    with seat(Places(url, data, data / "cache"), actor=OFFICER) as here:
        until(lambda: here.board is not None, "the board")
        here.take(here.desk, here.desk.parts.board)
        press(Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
        fields = here.desk.parts.intake.fields
        until(fields.category.line.hasFocus, "the sheet")
        typed("zdj")
        until(lambda: fields.category.best is not None, "a class")
        press(Qt.Key.Key_Tab)
        typed("qixing road 7")
        for _ in range(2):
            press(Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is fields.lines["caller_name"]
        typed("Wang")
        press(Qt.Key.Key_Tab)
        typed("13800001111")
        fields.note.setFocus()
        print("typing", flush=True)
        while True:
            for letter in WORDS:
                QTest.keyClicks(fields.note, letter)
                QTest.qWait(20)


if __name__ == "__main__":
    main()
