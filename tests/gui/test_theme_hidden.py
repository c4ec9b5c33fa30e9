"""A table nobody has seen yet while the theme changed."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QTableView, QWidget
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
