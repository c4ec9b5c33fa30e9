"""A change of theme: what nobody sees takes part in it, and what happens
meanwhile is served between its two turns."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QStackedWidget, QTableView, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.wall_kit import bench


def test_a_table_hidden_while_the_theme_changed_has_the_colours_of_now(qtbot: QtBot) -> None:
    with bench("dark") as kit:
        theme = kit.sight.theme
        pages, table = QStackedWidget(), QTableView()
        qtbot.addWidget(pages)
        pages.addWidget(QWidget())
        pages.addWidget(table)
        pages.resize(400, 300)
        pages.show()
        for name in ("light", "dark"):
            theme.use(name)
            qtbot.wait(60)
        pages.setCurrentWidget(table)
        qtbot.wait(30)
        assert pages.grab().toImage().pixelColor(200, 200) == theme.color("panel")


def test_timers_have_their_turn_between_the_sheets(qtbot: QtBot) -> None:
    with bench("dark") as kit:
        theme, app = kit.sight.theme, QApplication.instance()
        assert isinstance(app, QApplication)
        seen: list[tuple[bool, bool]] = []

        def beat() -> None:
            ground = app.palette().color(QPalette.ColorRole.Window)
            seen.append((bool(app.styleSheet()), ground == theme.color("bg")))

        timer = QTimer()
        timer.setInterval(5)
        timer.timeout.connect(beat)
        timer.start()
        try:
            for name in ("light", "dark"):
                seen.clear()
                theme.use(name)
                # Bare of its sheet the program has the colours of the new theme already.
                qtbot.waitUntil(lambda: (False, True) in seen, timeout=3000)
                qtbot.waitUntil(lambda: (True, True) in seen, timeout=3000)
                assert not [one for one in seen if not one[1]]
        finally:
            timer.stop()


def test_two_changes_at_once_dress_once(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    with bench("dark") as kit:
        theme = kit.sight.theme
        read: list[str] = []
        sheet = theme.sheet
        monkeypatch.setattr(theme, "sheet", lambda: read.append(theme.name) or sheet())
        theme.use("light")
        theme.use("dark")
        qtbot.waitUntil(lambda: bool(read), timeout=3000)
        qtbot.wait(60)
        assert read == ["dark"]
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        assert app.styleSheet() == sheet()
