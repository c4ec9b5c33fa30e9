"""Looking back on a tile: the ring (Space), and a recorder ten minutes ago (R)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu

from console.domain.errors import Refusal
from console.i18n import explain, t
from console.models import wording
from console.widgets.replay_bar import Face, ReplayBar, behind, faster
from console.widgets.tile_paint import Tile
from console.widgets.wall_pane import WallPane
from console.wiring.part import Part
from console.wiring.recorder_settings import RecorderSettings
from console.wiring.recordings import Recordings
from console.wiring.saving import Saving

if TYPE_CHECKING:
    from console.app import ConsoleApp
    from console.feeds.replays import Replays, ReplayState

#: Space goes back as far as the ring reaches, at most so many seconds.
BACK_S: Final = 60.0
#: Left and Right while replaying, seconds.
LEAP_S: Final = 5.0
#: How often the bar is brought up to date, ms.
LOOK_MS: Final = 100


@dataclass(slots=True)
class Opened:
    """A tile that replays."""

    pane: WallPane
    bar: ReplayBar
    key: str
    recorder: bool
    words: str = ""


class Replay(Part):
    """Opens, steers and ends replays; one a camera."""

    def __init__(self, console: ConsoleApp, recorders: RecorderSettings) -> None:
        super().__init__(console)
        self.recorders = recorders
        self.opened: dict[str, Opened] = {}
        self.saving = Saving(self)
        self.recordings = Recordings(self)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)

    @property
    def replays(self) -> Replays:
        """The feeds' side."""
        assert self.engine.feeds is not None
        return self.engine.feeds.replays

    def wire(self, name: str, pane: WallPane) -> None:
        """Keys, menu and Space of a wall."""
        pane.wall.offer_replay(True)
        pane.replayRequested.connect(self._space)
        Keys(self, pane)

    def posted(self, what: object) -> None:
        """A clip has been written, or not."""
        self.saving.posted(what)

    def stop(self) -> None:
        """End every replay."""
        self._timer.stop()
        for camera in list(self.opened):
            self.live(camera)
        self.saving.stop()

    # -- opening and closing -------------------------------------------------------

    @Slot(str)
    def _space(self, camera: str) -> None:
        pane = self.pane_of(camera)
        if pane is None:
            return
        if camera in self.opened:
            self.pause(camera)
        else:
            self.open(pane, camera)

    def pane_of(self, camera: str) -> WallPane | None:
        """The wall the officer is at that shows the camera."""
        panes = [pane for pane in self.console.panes if pane.isVisible() and tile_of(pane, camera)]
        held = [pane for pane in panes if pane.wall.hasFocus()]
        found = held or panes
        return found[0] if found else None

    def open(self, pane: WallPane, camera: str) -> None:
        """Replay the ring on the tile of a camera."""
        tile = tile_of(pane, camera)
        if tile is not None:
            size = (tile.box.picture.w, tile.box.picture.h)
            self.begin(pane, camera, False, BACK_S, *size)

    def begin(self, pane: WallPane, camera: str, recorder: bool, *how: Any) -> None:
        """Start a replay; ``how`` goes to the feeds. Refusals are said."""
        self.live(camera)
        try:
            key = (self.replays.open_recorder if recorder else self.replays.open)(camera, *how)
        except Refusal as refusal:
            self.console.say(explain(refusal)[0])
            return
        bar = ReplayBar(self.console.theme, camera, pane.wall)
        bar.sought.connect(self._sought)
        bar.pauseClicked.connect(self.pause)
        bar.speedClicked.connect(self._next_speed)
        bar.liveClicked.connect(self.live)
        self.opened[camera] = Opened(pane, bar, key, recorder)
        pane.wall.set_source(camera, key, t("replay.word.recorder" if recorder else "replay.word.ring"))
        self._timer.start()
        self._look()

    @Slot(str)
    def live(self, camera: str) -> None:
        """Back to the present."""
        opened = self.opened.pop(camera, None)
        if opened is None:
            return
        opened.pane.wall.set_source(camera, "")
        opened.bar.hide()
        opened.bar.deleteLater()
        self.replays.close(camera)
        if not self.opened:
            self._timer.stop()

    # -- steering -------------------------------------------------------------------

    @Slot(str)
    def pause(self, camera: str) -> None:
        """Stand still, or go on."""
        state = self.replays.state(camera)
        if state is not None:
            self.replays.move(camera, speed=state.speed if state.paused else 0.0)

    def step(self, camera: str, by: int) -> None:
        """One picture on or back; it then stands still."""
        self.replays.move(camera, step=by)

    def change_speed(self, camera: str, by: int) -> None:
        """Slower or faster."""
        state = self.replays.state(camera)
        if state is not None:
            self.replays.move(camera, speed=faster(state.speed, by))

    @Slot(str)
    def _next_speed(self, camera: str) -> None:
        state = self.replays.state(camera)
        if state is not None:
            wanted = faster(state.speed, 1)
            self.replays.move(camera, speed=0.25 if wanted == state.speed else wanted)

    def leap(self, camera: str, seconds: float) -> None:
        """Some seconds on or back."""
        state = self.replays.state(camera)
        if state is not None:
            self.replays.move(camera, to=state.position + timedelta(seconds=seconds))

    @Slot(str, float)
    def _sought(self, camera: str, seconds: float) -> None:
        state = self.replays.state(camera)
        if state is not None:
            self.replays.move(camera, to=state.start + timedelta(seconds=seconds))

    # -- looking ---------------------------------------------------------------------

    @Slot()
    def _look(self) -> None:
        now = self.engine.clock.now()
        for camera, opened in list(self.opened.items()):
            reason = self.replays.gone(camera)
            if reason:
                self._lost(camera, opened, reason)
                continue
            tile = tile_of(opened.pane, camera)
            if tile is None:
                self.live(camera)  # the page was turned: nobody sees it any more
                continue
            state = self.replays.state(camera)
            if state is not None:
                self._show(camera, opened, tile, state, now)

    def _lost(self, camera: str, opened: Opened, reason: str) -> None:
        self.live(camera)
        if opened.recorder and reason != "worker":
            known = reason if reason in ("no_answer", "not_found", "unauthorised", "refused") else "other"
            self.console.say(t(f"replay.said.recorder_{known}"))
        else:
            self.console.say(t("replay.said.lost" if reason == "worker" else "replay.said.nothing"))

    def _show(self, camera: str, opened: Opened, tile: Tile, state: ReplayState, now: datetime) -> None:
        if state.ended and state.speed > 1 and not state.paused and not opened.recorder:
            self.live(camera)
            self.console.say(t("replay.said.caught_up"))
            return
        if state.clamped:
            self.console.say(t("replay.said.clamped"))
        age = (now - state.position).total_seconds()
        length, at = state.end - state.start, state.position - state.start
        face = Face(length.total_seconds(), at.total_seconds(), age, state.speed, state.paused)
        opened.bar.set_face(face)
        room, unit = tile.box.picture, opened.pane.wall.devicePixelRatioF()
        opened.bar.lay(QRect(*(round(one / unit) for one in (room.x, room.y, room.w, room.h))))
        opened.bar.show()
        word = "recorder" if opened.recorder else "ring"
        words = f"{t(f'replay.word.{word}')} {wording.clock(state.position)} · {behind(age)}"
        if state.paused:
            words += f" · {t('replay.word.paused')}"
        if words != opened.words:
            opened.words = words
            opened.pane.wall.set_source(camera, opened.key, words)


def tile_of(pane: WallPane, camera: str) -> Tile | None:
    """The first tile of a wall's page that shows a camera."""
    return next((tile for tile in pane.wall.tiles if tile.camera == camera), None) if camera else None


class Keys(QObject):
    """Keys of looking back on one wall: while the selected tile replays they
    steer it; C and R work always."""

    def __init__(self, part: Replay, pane: WallPane) -> None:
        super().__init__(pane)
        self._part, self._pane = part, pane
        pane.wall.installEventFilter(self)
        pane.wall.menuMade.connect(self._extend)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take a key before the wall does."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            camera = self._pane.wall.selected_camera
            held = event.modifiers() & ~(
                Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
            )
            return bool(camera) and not held and self._key(camera, event)
        return False

    def _key(self, camera: str, event: QKeyEvent) -> bool:
        key, part = event.key(), self._part
        if key == Qt.Key.Key_C and not event.isAutoRepeat():
            self._save()
        elif key == Qt.Key.Key_R and not event.isAutoRepeat():
            self._recorder()
        elif camera in part.opened:
            return self._steer(camera, key)
        else:
            return False
        return True

    def _steer(self, camera: str, key: int) -> bool:
        part = self._part
        if key in (Qt.Key.Key_Comma, Qt.Key.Key_Period):
            part.step(camera, 1 if key == Qt.Key.Key_Period else -1)
        elif key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight):
            part.change_speed(camera, 1 if key == Qt.Key.Key_BracketRight else -1)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            part.leap(camera, LEAP_S if key == Qt.Key.Key_Right else -LEAP_S)
        elif key == Qt.Key.Key_Space:
            part.pause(camera)
        elif key in (Qt.Key.Key_Escape, Qt.Key.Key_Backspace, Qt.Key.Key_End):
            part.live(camera)
        else:
            return False
        return True

    @Slot(object)
    def _extend(self, menu: QMenu) -> None:
        camera = self._pane.wall.selected_camera
        if camera in self._part.opened:
            menu.addAction(f"{t('replay.action.live')}\tEsc").triggered.connect(self._live)
        for name, key, slot in (("save", "C", self._save), ("recorder", "R", self._recorder)):
            action = menu.addAction(f"{t(f'replay.action.{name}')}\t{key}")
            action.triggered.connect(slot)
            action.setEnabled(bool(camera))

    @Slot()
    def _live(self) -> None:
        self._part.live(self._pane.wall.selected_camera)

    @Slot()
    def _save(self) -> None:
        self._part.saving.ask(self._pane, self._pane.wall.selected_camera)

    @Slot()
    def _recorder(self) -> None:
        self._part.recordings.ask(self._pane, self._pane.wall.selected_camera)
