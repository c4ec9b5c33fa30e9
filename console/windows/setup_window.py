"""The window that sets a site up, before there is a console, or from the
demonstration; the work is done in a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.bridge import Bridge
from console.domain.errors import Refusal
from console.i18n import t
from console.services.site_wish import SiteMade, SiteWish
from console.theme import Theme
from console.widgets.setup_page import SetupPage
from console.windows.language import switch_language

log = logging.getLogger(__name__)
_SIZE: Final = (720, 860)


class SetupWindow(QWidget):
    """``made`` is the site once it stands; ``finished()`` when its code was written
    down or nobody goes on. ``make`` sets up what it is given and may take long."""

    finished = Signal()

    def __init__(self, theme: Theme, where: str, seat: str, make: Callable[[SiteWish], SiteMade]) -> None:
        super().__init__()
        self.made: SiteMade | None = None
        self.confirmed = False
        self._make, self._seat = make, seat
        self._thread: threading.Thread | None = None
        self._bridge = Bridge(self)
        self._bridge.posted.connect(self._posted)
        self.page = SetupPage(theme, where)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.page)
        self.page.wanted.connect(self._wanted)
        self.page.begun.connect(self._begun)
        self.page.left.connect(self.close)
        self.page.language_wanted.connect(switch_language)
        self.resize(*_SIZE)
        self.retranslate()

    def retranslate(self) -> None:
        """The title, in the language now."""
        self.setWindowTitle(t("setup.title"))

    @Slot(object)
    def _wanted(self, wish: SiteWish) -> None:
        if self._thread is None:
            args = (replace(wish, seat=self._seat),)
            self._thread = threading.Thread(target=self._run, args=args, name="site-setup", daemon=True)
            self._thread.start()

    def _run(self, wish: SiteWish) -> None:
        try:
            self._bridge.post(self._make(wish))
        except Refusal as refusal:
            self._bridge.post(refusal)
        except Exception as error:
            log.exception("setting the site up broke")
            self._bridge.post(error)

    @Slot(object)
    def _posted(self, what: object) -> None:
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if isinstance(what, SiteMade):
            self.made = what
            self.page.show_code(what.code)
        else:
            self.page.refuse(what if isinstance(what, Refusal) else None)

    @Slot()
    def _begun(self) -> None:
        self.confirmed = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Not in the middle of it, and not before the code was written down."""
        if self._thread is not None or (self.made is not None and not self.confirmed):
            event.ignore()
            return
        self._bridge.close()
        super().closeEvent(event)
        self.finished.emit()
