"""The large display as a program of its own: engine, host, window, heartbeat."""

from __future__ import annotations

import logging
import os
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication

from console import crash
from console.bridge import Bridge
from console.domain.model import Actor
from console.i18n import set_language
from console.kiosk_engine import CamerasRead, KioskEngine
from console.settings import Places
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.budgets import BudgetDesk
from console.widgets.sight import Sight
from console.windows.screen_watch import ScreenWatch
from console.wiring.kiosk_guard import KioskGuard, WindowLost
from console.wiring.kiosk_host import NOBODY, KioskHost

log = logging.getLogger(__name__)

#: How often it tells whoever watches over it that it works, ms.
BEAT_MS: Final = 500
#: Taken away twice within this, the window cannot be made here, seconds.
RENEW_S: Final = 3.0


class KioskApp(QObject):
    """``ended(code)``: 0 left by PIN, 75 its window was taken away (to be
    started anew), 76 nobody watches over it any more."""

    ended = Signal(int)

    def __init__(
        self,
        app: QApplication,
        places: Places,
        *,
        lang: str,
        theme: str = "dark",
        page: str = "",
        screen: str = "",
        actor: Actor = NOBODY,
        beat: int = -1,
    ) -> None:
        """``beat``: the file descriptor that hears a byte twice a second."""
        super().__init__()
        set_language(lang)
        self.places = places
        self.theme = Theme(theme)
        self.theme.apply(app)
        self.bridge = Bridge(self)
        self.engine = KioskEngine(places, self.bridge.post)
        self.ticker = Ticker(self.engine.clock, self)
        self._page, self._screen, self._actor, self._beat = page, screen, actor, beat
        self.host: KioskHost | None = None
        self._guard: KioskGuard | None = None
        self._renewed_at = float("-inf")
        self._heart = QTimer(self)
        self._heart.setInterval(BEAT_MS)
        self._heart.timeout.connect(self._strike)

    def start(self) -> bool:
        """Engine, then the window; False when there is no such display (it
        stands on another one meanwhile)."""
        crash.watch(self.places.logs, self._tell_crash)
        self.engine.start()
        feeds = self.engine.feeds
        assert feeds is not None
        sight = Sight(feeds, BudgetDesk(self.engine.wish), self.engine.clock, self.theme, self.ticker)
        self.host = host = KioskHost(
            self._submit, self.bridge.post, sight, page=self._page, screen=self._screen,
            actor=self._actor, parent=self,
        )  # fmt: skip
        self.bridge.posted.connect(self._posted)
        host.wanted.connect(self._follow)
        host.left.connect(self._left)
        self.screens = ScreenWatch(self)
        self.screens.changed.connect(self._stand)
        self.ticker.tick.connect(self._tick)
        stands = host.start()
        self.ticker.start()
        self._guard = KioskGuard(int(host.window.winId()), self.bridge.post)
        self._guard.start()
        if self._beat >= 0:
            os.set_blocking(self._beat, False)
            self._heart.start()
            self._strike()
        return stands

    def stop(self) -> None:
        """In reverse order."""
        self._heart.stop()
        self.ticker.stop()
        if self._guard is not None:
            self._guard.stop()
        if self.host is not None:
            self.host.stop()
        self.bridge.close()
        self.engine.stop()
        if self.host is not None:
            self.host.window.deleteLater()
        crash.rest()

    def _submit(self, request: object, slow: bool) -> int:
        return self.engine.submit(request, slow=slow)

    @Slot(object)
    def _follow(self, cameras: object) -> None:
        self.engine.follow(cameras)  # type: ignore[arg-type]

    @Slot(object)
    def _stand(self, _screens: object) -> None:
        if self.host is not None:
            self.host.stand()

    @Slot(object)
    def _tick(self, _now: object) -> None:
        self.engine.govern()
        self.bridge.post(self.engine.feeds_view())

    @Slot(object)
    def _posted(self, what: object) -> None:
        if self.host is None:
            return
        if isinstance(what, WindowLost):
            if what.gone:
                self._renew()
            else:
                self.host.come_back()
        elif isinstance(what, CamerasRead):
            self.host.set_cameras(what.cameras)
        else:
            self.host.posted(what)

    def _renew(self) -> None:
        """A window that is gone is made anew; one that goes again at once means
        that this process cannot, and another one is to try."""
        assert self.host is not None
        assert self._guard is not None
        log.warning("the window of the large display was taken away")
        now = self.engine.clock.monotonic()
        again = now - self._renewed_at < RENEW_S
        self._renewed_at = now
        if again:
            self.ended.emit(75)
        else:
            self._guard.look_at(self.host.renew())

    @Slot()
    def _left(self) -> None:
        self.ended.emit(0)

    @Slot()
    def _strike(self) -> None:
        """Whoever watches over it hears that this thread works."""
        if self.host is not None and not self.host.window.isActiveWindow():
            self.host.window.raise_()
        try:
            os.write(self._beat, b".")
        except BlockingIOError:
            return
        except OSError:
            self._heart.stop()
            self.ended.emit(76)

    def _tell_crash(self, line: str) -> None:
        log.error("unforeseen: %s", line)
