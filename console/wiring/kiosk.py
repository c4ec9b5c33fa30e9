"""The large display at a console: as a window on one of its monitors, and what
the officer puts on every large display of the site."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from console.domain import kiosk
from console.domain.ids import number
from console.domain.model import Camera
from console.i18n import language, t
from console.services.kiosk import KioskState, PushKiosk
from console.services.requests import Answer, Broke, Refused
from console.widgets.keys import Key
from console.widgets.wall_pane import WallPane
from console.windows.desk_base import DeskBase
from console.windows.placement import KIOSK, PAGE
from console.windows.screen_watch import screens_now
from console.wiring.kiosk_guard import KioskGuard, WindowLost
from console.wiring.kiosk_host import KioskHost
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp

log = logging.getLogger(__name__)

PUSH: Final = Key("kiosk_push", "Alt+B", "case")
CLEAR: Final = Key("kiosk_clear", "Alt+Shift+B", "case")


class KioskContent(QObject):
    """What may stand on a display: made when it is first wanted, ended when it
    has none any more. ``left()``: somebody typed the PIN."""

    left = Signal()

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self._console = console
        self.host: KioskHost | None = None
        self._guard: KioskGuard | None = None
        self._cameras: tuple[Camera, ...] = ()
        self._lang = ""

    def open(self) -> QWidget:
        """Its window; whoever asked puts it on its display."""
        if self.host is None:
            console = self._console
            self.host = KioskHost(self._submit, console.bridge.post, console.sight, parent=self)
            self.host.left.connect(self.left)
            self.host.start(stand=False)
            self._cameras = ()
            self.tick()
            self._guard = KioskGuard(int(self.host.window.winId()), console.bridge.post)
            self._guard.start()
        return self.host.window

    def close(self) -> None:
        """Its window and threads are gone; the machine may sleep again."""
        if self._guard is not None:
            self._guard.stop()
            self._guard = None
        if self.host is not None:
            self.host.stop()
            self.host.window.deleteLater()
            self.host.deleteLater()
            self.host = None

    def title(self) -> str:
        """What it is called in lists."""
        return t("room.window.kiosk")

    def tick(self) -> None:
        """Once a second: cameras, language, the size of its display."""
        if self.host is None:
            return
        if self._console.cameras is not self._cameras:
            self._cameras = self._console.cameras
            self.host.set_cameras(self._cameras)
        if language() != self._lang:
            self._lang = language()
            self.host.window.retranslate()
        self.host.size()

    def _submit(self, request: object, _slow: bool) -> int:
        return self._console.engine.submit(request)


class TileMenu(QObject):
    """The line in the menu of a wall's tiles."""

    def __init__(self, part: KioskPart, pane: WallPane) -> None:
        super().__init__(pane)
        self._part, self._pane = part, pane
        pane.wall.menuMade.connect(self._extend)

    @Slot(object)
    def _extend(self, menu: QMenu) -> None:
        action = menu.addAction(f"{t('desk.keys.kiosk_push')}\t{PUSH.keys}")
        action.setEnabled(bool(self._pane.wall.selected_camera))
        action.triggered.connect(self._push)

    @Slot()
    def _push(self) -> None:
        self._part.push_camera(self._pane.wall.selected_camera)


class KioskPart(Part):
    """Keys, menu entries, and the window."""

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self.content = KioskContent(console)
        self.content.left.connect(self._left)
        console.monitors.register(KIOSK, self.content)
        self._asked: dict[int, str] = {}

    def desk(self, window: DeskBase) -> None:
        """Also by typing in the command bar."""
        window.add_key(PUSH, self.push, whole=True)
        window.add_key(CLEAR, self.clear, whole=True)

    def wire(self, name: str, pane: WallPane) -> None:
        """At a wall on its own monitor too; in the menu of every tile."""
        TileMenu(self, pane)
        if name != PAGE:
            for key, run in ((PUSH, self.push), (CLEAR, self.clear)):
                QShortcut(QKeySequence(key.keys), pane).activated.connect(run)

    def tick(self, now: datetime) -> None:
        """The window follows the console."""
        self.content.tick()

    def posted(self, what: object) -> None:
        """Answers to what was put there; everything the window asked for."""
        if isinstance(what, WindowLost):
            self._lost(what)
            return
        if isinstance(what, Answer | Refused | Broke) and what.token in self._asked:
            self._answered(self._asked.pop(what.token), what)
        elif self.content.host is not None:
            self.content.host.posted(what)

    def _lost(self, what: WindowLost) -> None:
        host = self.content.host
        if host is None:
            return
        if what.gone:
            log.warning("the window of the large display was taken away, it is made anew")
            self.content.close()
        else:
            host.window.hide()
        self.console.monitors.lay_out(screens_now())

    @Slot()
    def _left(self) -> None:
        self.console.monitors.put_away(KIOSK)
        self._say("kiosk.said.closed")

    # -- what is put there -----------------------------------------------------

    @Slot()
    def push(self) -> None:
        """The tile with the keyboard, or the open case, or the chosen tile."""
        camera, case = self._camera(held=True), self._case()
        if camera:
            self._push(kiosk.CAMERA, camera)
        elif case:
            self._push(kiosk.CASE, case)
        elif self._camera(held=False):
            self._push(kiosk.CAMERA, self._camera(held=False))
        else:
            self._say("kiosk.said.nothing")

    def push_camera(self, camera: str) -> None:
        """One camera."""
        if camera:
            self._push(kiosk.CAMERA, camera)

    @Slot()
    def clear(self) -> None:
        """Back to what the display shows by itself."""
        self._push("", "")

    def _push(self, kind: str, id: str) -> None:
        if self.console.actor is not None:
            token = self.engine.submit(PushKiosk(self.console.actor, kind, id))
            self._asked[token] = number(id) if kind == kiosk.CASE else self._name(id)

    def _camera(self, *, held: bool) -> str:
        focus = QApplication.focusWidget()
        for pane in self.console.panes:
            at = focus is not None and (pane is focus or pane.isAncestorOf(focus))
            if pane.isVisible() and (at or not held):
                return pane.focused or pane.wall.selected_camera
        return ""

    def _case(self) -> str:
        view = self.console.desk.parts.detail.view
        return view.case.id if view is not None else ""

    def _name(self, camera: str) -> str:
        return next((one.name for one in self.console.cameras if one.id == camera), camera)

    def _answered(self, name: str, what: Answer | Refused | Broke) -> None:
        if isinstance(what, Refused):
            self.console.desk.parts.toast.refuse(what.refusal)
        elif isinstance(what, Broke):
            self._say("desk.say.broke")
        elif isinstance(what.value, KioskState) and what.value.push is not None:
            self._say("kiosk.said.pushed", what=name)
        else:
            self._say("kiosk.said.cleared")

    def _say(self, key: str, **facts: object) -> None:
        self.console.desk.parts.toast.say(key, **facts)

    def stop(self) -> None:
        """Before the engine stops answering."""
        self.content.close()
