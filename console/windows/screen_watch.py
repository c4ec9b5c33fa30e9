"""Monitors that come and go, told once after the last of a burst of events."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QRect, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QLayout, QWidget

from console.windows.displays import Screen, in_order, keys

#: Docking and undocking is several events in a row, ms.
SETTLE_MS: Final = 500


def screen_of(screen: QScreen, primary: bool) -> Screen:
    """What Qt knows of a monitor, as a record that outlives it."""
    room, glass = screen.geometry(), screen.physicalSize()
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
        width_mm=round(glass.width()),
        height_mm=round(glass.height()),
        scale=screen.devicePixelRatio(),
    )


def screens_now() -> tuple[Screen, ...]:
    """All monitors there are at this moment, left to right; of those that show
    the same only one."""
    first = QGuiApplication.primaryScreen()
    return in_order(tuple(screen_of(s, s is first) for s in QGuiApplication.screens()))


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
            self._follow(screen)

    def _follow(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._resized)
        screen.physicalSizeChanged.connect(self._resized)
        screen.logicalDotsPerInchChanged.connect(self._rescaled)

    @property
    def screens(self) -> tuple[Screen, ...]:
        """The monitors as last told."""
        return self._known

    @Slot(QScreen)
    def _came(self, screen: QScreen) -> None:
        self._follow(screen)
        self._settle.start()

    @Slot(QScreen)
    def _stirred(self, _screen: QScreen) -> None:
        self._settle.start()

    @Slot()
    def _resized(self) -> None:
        self._settle.start()

    @Slot()
    def _rescaled(self) -> None:
        self._settle.start()

    @Slot()
    def _look(self) -> None:
        now = screens_now()
        if now != self._known:
            self._known = now
            self.changed.emit(now)


def put_on(window: QWidget, where: Screen | str) -> bool:
    """Fill a monitor (or the one of this id) with ``window``; False when it is
    gone. What fills it already is left alone. Never keeps the ``QScreen``: a
    removed one is a dangling object."""
    wanted = keys(screens_now()).get(where) if isinstance(where, str) else where
    if wanted is None:
        return False
    room = QRect(wanted.x, wanted.y, wanted.width, wanted.height)
    for screen in QGuiApplication.screens():
        if screen.name() == wanted.name and screen.geometry() == room:
            there = window.isVisible() and window.isFullScreen() and window.geometry() == room
            if there and window.screen() is screen:
                return True
            _make_fit(window, room)
            # Out of full screen first: a window manager keeps a full-screen
            # window on the monitor it is on.
            if window.isFullScreen():
                window.showNormal()
            window.setScreen(screen)
            window.setGeometry(room)
            window.showFullScreen()
            return True
    return False


def _make_fit(window: QWidget, room: QRect) -> None:
    """A window never sticks out over the next monitor: it leaves away what it
    can spare (``fit(width)``), and is cut at the edge if that is not enough."""
    fit = getattr(window, "fit", None)
    if callable(fit):
        fit(room.width())
    layout = window.layout()
    if layout is not None:
        # Otherwise a layout makes its window as large as it would like to be.
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        window.setMinimumSize(0, 0)
