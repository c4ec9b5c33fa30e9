"""A picture of every page, in both languages, taken from the running console.

The tour presses what a person would press, waits until the page has answered,
grabs the window and goes on. It runs beside the live feeds and the case
traffic, so the pictures show what people see. Files are written outside the
GUI thread.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from console.app import ConsoleApp
from console.i18n import language
from console.simulation import small_png
from console.tour_admin import AdminGuide, KioskGuide
from console.tour_desk import DeskGuide, OneDisplayGuide
from console.tour_stop import Stop
from console.windows.language import switch_language

log = logging.getLogger(__name__)

#: The same page in the other language, in ms.
SWITCH_MS: Final = 350
#: A beat of whoever measures lies between a picture and the next page, ms.
BETWEEN_MS: Final = 60


class PageTour(QObject):
    """Runs through its stops once for ``languages``; ``finished(list[str])``
    gives the files written, ``taking()`` comes before each picture and the change
    of language after it: those are the tour's, opening a page is what people do."""

    finished = Signal(object)
    taking = Signal()

    def __init__(
        self, console: ConsoleApp, folder: Path, *, languages: tuple[str, ...] = ("zh", "en")
    ) -> None:
        super().__init__(console)
        self._console = console
        self._folder = folder
        self._languages = languages
        self._first = language()
        self._files: list[str] = []
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="page-tour")
        self._todo: list[Stop] = []
        self._now: Stop | None = None
        self._left: list[str] = []
        self._between = QTimer(self)
        self._between.setSingleShot(True)
        self._between.setInterval(BETWEEN_MS)
        self._between.timeout.connect(self._next)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._grab)

    def start(self) -> None:
        """Begin; the pages that fit the windows shown now."""
        self._folder.mkdir(parents=True, exist_ok=True)
        wide = (DeskGuide, AdminGuide, KioskGuide)
        guides = wide if "desk" in self._console.windows else (OneDisplayGuide,)
        self._todo = [stop for guide in guides for stop in guide(self._console).stops()]
        self._next()

    def close(self) -> None:
        """Wait for the files; a tour that was cut short leaves the language as
        it found it."""
        self._timer.stop()
        self._between.stop()
        if self._now is not None or self._todo:
            self._now = None
            self._todo = []
            switch_language(self._first)
        self._pool.shutdown(wait=True)

    @property
    def files(self) -> tuple[str, ...]:
        """The pictures taken so far."""
        return tuple(self._files)

    # -- going round ----------------------------------------------------------
    @Slot()
    def _next(self) -> None:
        if not self._todo:
            self._now = None
            switch_language(self._first)
            self.finished.emit(list(self._files))
            return
        self._now = stop = self._todo.pop(0)
        # One page in every language, then the next: what a page needs to come
        # up (a player, thumbnails) is waited for once.
        self._left = list(self._languages)
        switch_language(self._left.pop(0))
        try:
            stop.prepare()
        except Exception:
            log.exception("page %s could not be prepared", stop.name)
        self._timer.start(stop.wait_ms)

    @Slot()
    def _grab(self) -> None:
        if self._now is None:
            return
        stop = self._now
        if stop.then is not None:
            self._now = replace(stop, then=None)
            stop.then()
            self._timer.start(stop.wait_ms)
            return
        window: QWidget | None = self._console.windows.get(stop.window)
        if window is not None and stop.name:
            self.taking.emit()
            path = self._folder / f"{stop.name}.{language()}.png"
            self._pool.submit(_save, window.grab().toImage(), path)
            self._files.append(str(path))
            if self._left:
                switch_language(self._left.pop(0))
                self._timer.start(SWITCH_MS)
                return
            switch_language(self._languages[0])
            self._now = None
            self._between.start()
            return
        self._next()


def _save(image: QImage, path: Path) -> None:
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    try:
        small_png.write(bytes(plain.constBits()), plain.width(), plain.height(), path)
    except Exception as error:
        # A larger file is better than none.
        log.info("the picture %s is written in true colour: %s", path.name, error)
        if not image.save(str(path)):
            log.warning("the picture %s could not be written", path.name)
