"""A page of the desk in a window of its own, with a clock that is moved by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from console.i18n import set_language
from console.models.drafts import Drafts
from console.theme import Theme
from console.ticker import Ticker
from tests.gui.desk_rig import HandClock, settle

P = TypeVar("P", bound=QWidget)


class PageRig(Generic[P]):
    """One shown page; :meth:`close` leaves nothing behind."""

    def __init__(
        self, build: Callable[[Theme, Ticker, Drafts], P], size: tuple[int, int], lang: str = "zh"
    ) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        set_language(lang)
        self.theme = Theme()
        self.theme.apply(app)
        self.clock = HandClock()
        self.ticker = Ticker(self.clock)
        self.drafts = Drafts()
        self.window = QWidget()
        self.page = build(self.theme, self.ticker, self.drafts)
        QVBoxLayout(self.window).addWidget(self.page)
        self.window.resize(*size)
        self.window.show()
        self.window.activateWindow()
        # The display gives a new window the keyboard when it gets to it.
        assert QTest.qWaitForWindowActive(self.window)
        settle()

    def close(self) -> None:
        """Window, timers and drafts are gone."""
        self.ticker.stop()
        self.drafts.close()
        self.window.close()
        self.window.deleteLater()
        settle()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        set_language("zh")
