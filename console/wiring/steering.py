"""P on a tile or in focus: the hold on the camera, the pad, and the hand that moves it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QRect, Slot

from console.devices.steering import Steering, SteeringFailed, SteeringReady
from console.domain import rights
from console.i18n import explain, t
from console.services.requests import Answer, Broke, LeaveHelm, Refused, TakeHelm
from console.services.steering import HOLD_S, Hold
from console.widgets.ptz_pad import PtzPad
from console.widgets.wall_pane import WallPane
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp

#: The hold is renewed when only this much of it is left, in seconds.
RENEW_BEFORE_S: Final = 6.0


class _Desk(QObject):
    """One pad and the wall it lies over."""

    def __init__(self, part: SteeringPart, pane: WallPane, pad: PtzPad) -> None:
        super().__init__(part)
        self._part, self._pane, self._pad = part, pane, pad

    @Slot(str)
    def on_wall(self, camera: str) -> None:
        self._open(camera, self._pane.wall.tile_room(self._pane.wall.selected))

    @Slot(str)
    def in_focus(self, camera: str) -> None:
        room = self._pane.focus_view.rect()
        self._open(camera, room.adjusted(0, 48, 0, -48))

    @Slot(str)
    def selected(self, camera: str) -> None:
        """Another tile is selected: this one is done with."""
        if self._pad.camera and camera != self._pad.camera:
            self._pad.close_pad()

    def _open(self, camera: str, beside: QRect) -> None:
        known = self._pane.wall.camera(camera)
        self._part.show(self._pad, camera, known.name if known is not None else camera, beside)


class SteeringPart(Part):
    """Steers the cameras of this console; at most one pad is open at a time."""

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self.steering = Steering(self.engine.device_address, self.engine.clock, self.console.bridge.post)
        self._pads: list[PtzPad] = []
        self._pad: PtzPad | None = None
        self._until: datetime | None = None
        self._asked = False

    # -- walls ------------------------------------------------------------------
    def wire(self, name: str, pane: WallPane) -> None:
        """A pad over the wall and one over its focus view."""
        over_wall = self._made(PtzPad(self.console.theme, pane.wall))
        over_focus = self._made(PtzPad(self.console.theme, pane.focus_view))
        wall, focus = _Desk(self, pane, over_wall), _Desk(self, pane, over_focus)
        pane.wall.steerRequested.connect(wall.on_wall)
        pane.wall.selectionChanged.connect(wall.selected)
        pane.focus_view.steerRequested.connect(focus.in_focus)

    def _made(self, pad: PtzPad) -> PtzPad:
        pad.moveWanted.connect(self._move)
        pad.stopWanted.connect(self.steering.halt)
        pad.presetWanted.connect(self._goto)
        pad.seizeWanted.connect(self._seize)
        pad.closed.connect(self._closed)
        self._pads.append(pad)
        return pad

    def show(self, pad: PtzPad, camera: str, name: str, beside: QRect) -> None:
        """Open ``pad``, and ask for the hold."""
        if self.console.actor is None:
            self.console.say(t("ptz.said.signed_out"))
            return
        for other in self._pads:
            if other.camera and (other is not pad or other.camera != camera):
                other.close_pad()
        if pad.camera == camera:
            return
        pad.retranslate()
        self._pad, self._until = pad, None
        pad.open_for(camera, name, beside)
        self._ask(camera)

    def _ask(self, camera: str, over: bool = False) -> None:
        if self.console.actor is not None:
            self._asked = True
            self.engine.submit(TakeHelm(self.console.actor, camera, self.engine.seat, over))

    # -- the pad ------------------------------------------------------------------
    @property
    def _holds(self) -> bool:
        return self._until is not None and self.engine.clock.now() < self._until

    @Slot(str, float, float, float)
    def _move(self, camera: str, pan: float, tilt: float, zoom: float) -> None:
        if self._holds:
            self.steering.move(camera, pan, tilt, zoom)

    @Slot(str, str)
    def _goto(self, camera: str, token: str) -> None:
        if self._holds:
            self.steering.goto(camera, token)

    @Slot(str)
    def _seize(self, camera: str) -> None:
        self._ask(camera, over=True)

    @Slot(str)
    def _closed(self, camera: str) -> None:
        self.steering.close(camera)
        if self._until is not None and self.console.actor is not None:
            self.engine.submit(LeaveHelm(self.console.actor, camera, self.engine.seat))
        self._pad, self._until = None, None

    # -- what comes back ----------------------------------------------------------
    def posted(self, what: object) -> None:
        """Answers of the database and of the camera."""
        if isinstance(what, Answer | Refused | Broke) and isinstance(what.request, TakeHelm):
            self._asked = False
            if self._pad is not None and self._pad.camera == what.request.camera:
                self._taken(self._pad, what)
            elif isinstance(what, Answer):
                # Closed while it was on its way: give it back.
                request = what.request
                self.engine.submit(LeaveHelm(request.actor, request.camera, request.seat))
        elif isinstance(what, SteeringReady) and self._pad is not None and self._pad.camera == what.camera:
            self._pad.set_ready([(preset.token, preset.name) for preset in what.presets])
        elif isinstance(what, SteeringFailed):
            self._failed(what)

    def _taken(self, pad: PtzPad, what: Answer | Refused | Broke) -> None:
        if isinstance(what, Answer) and isinstance(what.value, Hold):
            fresh = self._until is None
            self._until = what.value.until
            if fresh:
                self.steering.open(pad.camera)
            return
        was = self._until is not None
        self._until = None
        self.steering.close(pad.camera)
        if isinstance(what, Refused):
            actor = self.console.actor
            leader = actor is not None and rights.allowed(actor.role, "camera.seize")
            words, mend = explain(what.refusal)
            if what.refusal.code == "conflict":
                words = f"{t('ptz.pad.lost')} {words}" if was else words
                pad.refuse(f"{words} {mend}", may_seize=leader)
            else:
                pad.refuse(f"{words} {mend}")
        elif isinstance(what, Broke):
            pad.refuse(what.summary)

    def _failed(self, what: SteeringFailed) -> None:
        words, mend = explain(what.refusal)
        self.console.say(t("ptz.said.trouble", camera=what.camera, reason=words))
        if what.over:
            self.steering.close(what.camera)
            if self._pad is not None and self._pad.camera == what.camera:
                self._pad.refuse(f"{words} {mend}")

    # -- time ---------------------------------------------------------------------
    def tick(self, now: datetime) -> None:
        """Renew the hold; without it nothing moves."""
        if self._pad is None or self._until is None or self._asked:
            return
        if self._until - now <= timedelta(seconds=min(RENEW_BEFORE_S, HOLD_S)):
            self._ask(self._pad.camera)

    def entered(self) -> None:
        """Whoever leaves lets go."""
        if self._pad is not None:
            self._pad.close_pad()

    def stop(self) -> None:
        """Stop every camera before the engine goes."""
        if self._pad is not None:
            self._pad.close_pad()
        self.steering.stop()
