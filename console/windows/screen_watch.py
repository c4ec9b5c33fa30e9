"""Monitors that come and go, told once after the last of a burst of events."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QRect, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from console.windows.placement import Screen, keys

#: Docking and undocking is several events in a row, ms.
SETTLE_MS: Final = 500


def screen_of(screen: QScreen, primary: bool) -> Screen:
    """What Qt knows of a monitor, as a record that outlives it."""
    room = screen.geometry()
    return Screen(
        name=screen.name(),
        manufacturer=screen.manufacturer(),
        model=screen.model(),
        serial=screen.serialNumber(),
        x=room.x(),
        y=room.y(),
        width=room.width(),
        height=room.height(),
        primary=primary,
    )


def screens_now() -> tuple[Screen, ...]:
    """All monitors there are at this moment."""
    first = QGuiApplication.primaryScreen()
    return tuple(screen_of(s, s is first) for s in QGuiApplication.screens() if not s.geometry().isEmpty())


class ScreenWatch(QObject):
    """``changed(tuple[Screen, ...])`` half a second after monitors settled,
    and only if they are not the same as before."""

    changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known = screens_now()
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._look)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.screenAdded.connect(self._came)
            app.screenRemoved.connect(self._stirred)
            app.primaryScreenChanged.connect(self._stirred)
        for screen in QGuiApplication.screens():
            screen.geometryChanged.connect(self._resized)

    @property
    def screens(self) -> tuple[Screen, ...]:
        """The monitors as last told."""
        return self._known

    @Slot(QScreen)
    def _came(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._resized)
        self._settle.start()

    @Slot(QScreen)
    def _stirred(self, _screen: QScreen) -> None:
        self._settle.start()

    @Slot(QRect)
    def _resized(self, _room: QRect) -> None:
        self._settle.start()

    @Slot()
    def _look(self) -> None:
        now = screens_now()
        if now != self._known:
            self._known = now
            self.changed.emit(now)


def put_on(window: QWidget, key: str) -> bool:
    """Fill the monitor ``key`` names with ``window``; False when it is gone.
    Never keeps the ``QScreen``: a removed one is a dangling object."""
    wanted = keys(screens_now()).get(key)
    if wanted is None:
        return False
    room = QRect(wanted.x, wanted.y, wanted.width, wanted.height)
    for screen in QGuiApplication.screens():
        if screen.name() == wanted.name and screen.geometry() == room:
            # Out of full screen first: a window manager keeps a full-screen
            # window on the monitor it is on.
            if window.isFullScreen():
                window.showNormal()
            window.setScreen(screen)
            window.setGeometry(room)
            window.showFullScreen()
            return True
    return False
