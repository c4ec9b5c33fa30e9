"""One camera large: the main stream in libVLC, whose pictures come through the
slot ``focus:<camera>``; until its first picture the one of the wall."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QFontMetricsF,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from console.domain.model import Camera
from console.domain.vocabulary import FeedState
from console.i18n import t
from console.services.focus import FocusState
from console.services.ports import Budget, FeedHealth, Picture
from console.services.views import BoardView
from console.widgets.budgets import MOVING, SLOW
from console.widgets.focus_zoom import FocusZoom
from console.widgets.layouts import ASPECT, Rect, fit
from console.widgets.mask_paint import paint_masks
from console.widgets.sight import Sight
from console.widgets.tile_board import TileBoard
from console.widgets.tile_overlay import badge_room, paint_badge
from console.widgets.tile_paint import Tile, TileBox, greyed, led, paint_not_current, qrect, view_of
from console.widgets.tile_state import hint, local_time, words
from console.widgets.wall_plan import WallPlan
from console.widgets.wall_view import LOOK_MS

#: Largest picture asked of the player, device px: a 4K wall is scaled up.
LARGEST: Final = (1920, 1080)
#: Without a picture of the player for this long the wall's picture is shown again, s.
PLAYER_OLD_S: Final = 3.0
#: The window must rest this long before the player is asked for another size, ms.
RESIZE_MS: Final = 300
HEAD, FOOT, EDGE = 44, 28, 16

_names = itertools.count(1)

Focus = Callable[[str, int, int], object]
Unfocus = Callable[[str], object]


class FocusControls(Protocol):
    """Sound and pause of the focus player; every call returns at once."""

    def set_sound(self, camera: str, on: bool) -> None: ...

    def set_paused(self, camera: str, paused: bool) -> None: ...

    def state(self, camera: str) -> FocusState | None: ...


class FocusView(QWidget):
    """Shows one camera after :meth:`open`; ``focus(camera, width, height)`` and
    ``unfocus(camera)`` start and stop the player and return at once."""

    closed = Signal(str)
    """Esc or double click: back to the wall."""
    newCase = Signal(str, object)
    snapshotRequested = Signal(str)
    steerRequested = Signal(str)
    """P."""

    def __init__(self, sight: Sight, focus: Focus, unfocus: Unfocus, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures, self._budgets, self._clock = sight.pictures, sight.budgets, sight.clock
        self._theme = sight.theme
        self._focus, self._unfocus = focus, unfocus
        self._key = f"focus-{next(_names)}"
        self._board = TileBoard(self._pictures, self._clock, self._mark)
        self._camera: Camera | None = None
        self._player_seq = 0
        self._player_at = float("-inf")
        self._source = ""
        self._asked = QSize()
        self.controls: FocusControls | None = None
        """Who does sound and pause; without, the view has neither."""
        self.zoom = FocusZoom()
        self._held: QPointF | None = None
        self._state: FocusState | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(RESIZE_MS)
        self._rest.timeout.connect(self._ask_player)
        sight.ticker.tick.connect(self._second)

    @property
    def camera_id(self) -> str:
        """The camera shown, ``""`` for none."""
        return self._camera.id if self._camera else ""

    @property
    def board(self) -> TileBoard:
        """What is known of the camera: the wall's own judgement, one tile."""
        return self._board

    @property
    def from_player(self) -> bool:
        """True while the picture is the player's and young."""
        return self._clock.monotonic() - self._player_at <= PLAYER_OLD_S

    @property
    def paused(self) -> bool:
        """True while the picture stands still because somebody said so."""
        return self._state is not None and self._state.paused and self._player_seq > 0

    def open(self, camera: Camera) -> None:
        """Show ``camera``; the picture of its tile is there at once."""
        self._camera = camera
        self._player_seq, self._player_at = 0, float("-inf")
        self._asked = QSize()
        self._state = None
        self.zoom.reset()
        self._board.set_cameras([camera])
        self._lay()
        self._board.wake()
        self.setAccessibleName(camera.name)
        if self.isVisible():
            self._ask_player()

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        """The configuration changed: perhaps that of the camera shown."""
        found = next((one for one in cameras if one.id == self.camera_id), None)
        if found is not None and found != self._camera:
            self._camera = found
            self._board.set_cameras([found])
            self._lay()

    def close_camera(self) -> None:
        """Stop the player and forget the camera."""
        camera, self._camera = self.camera_id, None
        self._timer.stop()
        self._rest.stop()
        self._budgets.offer(self._key, {})
        if not self._asked.isEmpty():
            self._asked = QSize()
            self._unfocus(camera)
        if camera:
            self.closed.emit(camera)

    # Looking ------------------------------------------------------------

    def _lay(self) -> None:
        unit = self.devicePixelRatioF()
        plan = WallPlan(layout="1", slots=(self.camera_id,) if self.camera_id else ())
        self._board.lay(plan, round(self.width() * unit), round(self.height() * unit), unit)
        for tile in self._board.tiles:
            tile.box = self._box(tile.aspect, unit)
        self._board.second(self._clock.now())
        self._board.judge_all()
        self.update()

    def _box(self, aspect: float, unit: float) -> TileBox:
        """The whole area, with a line above for the name and one below for the keys."""
        width, height = round(self.width() * unit), round(self.height() * unit)
        head, foot = round(HEAD * unit), round(FOOT * unit)
        body = Rect(0, head, width, max(0, height - head - foot))
        tile = Rect(0, 0, width, height)
        return TileBox(tile, Rect(0, 0, width, head), body, fit(aspect, body), round(16 * unit),
                       round(28 * unit), unit)  # fmt: skip

    @Slot()
    def look(self) -> None:
        """One look at the player's slot and at the tile's."""
        if self._camera is None:
            return
        self._look_at_state()
        picture = self._pictures.read(f"focus:{self._camera.id}", self._player_seq)
        if picture is not None:
            first = not self.from_player
            self._player_seq, self._player_at = picture.seq, picture.captured_monotonic
            if self.from_player:
                self._board.witness(picture)
                self.update(self._picture_room())
            if first:
                self._tell_budget()
                self.update()
        self._board.look()
        if self._source == "player" and not self.from_player and not self.paused:
            self._source = ""
            self._tell_budget()
            self.update()

    def _look_at_state(self) -> None:
        state = None if self.controls is None else self.controls.state(self.camera_id)
        if state != self._state:
            self._state = state
            self._tell_budget()
            self.update()

    def _mark(self, tile: Tile, part: str) -> None:
        tile.badge_rect = None if tile.face is None else badge_room(self._theme, tile.box, tile.face)
        if part == "picture" and (self.from_player or self.paused):
            return
        self.update(self._picture_room() if part == "picture" else self.rect())

    def _picture_room(self) -> QRect:
        unit = self.devicePixelRatioF()
        room = self._board.tiles[0].box.picture if self._board.tiles else Rect(0, 0, 0, 0)
        return QRectF(room.x / unit, room.y / unit, room.w / unit, room.h / unit).toAlignedRect()

    @Slot(object)
    def _second(self, _tick: object) -> None:
        if self._camera is not None and self.isVisible():
            self._board.second(self._clock.now())
            self.update(0, 0, self.width(), HEAD)

    def set_health(self, health: Mapping[str, FeedHealth]) -> None:
        """The feeds' latest reports."""
        if self._board.set_health(health):
            self._lay()

    def set_board(self, view: BoardView) -> None:
        """Cases of the board, for the badge."""
        self._board.set_board(view)

    # The player ---------------------------------------------------------

    @Slot()
    def _ask_player(self) -> None:
        if self._camera is None or not self.isVisible() or not self._board.tiles:
            return
        room = self._board.tiles[0].box.picture
        box = fit(room.w / max(1, room.h) if room.h else ASPECT, Rect(0, 0, min(room.w, LARGEST[0]),
                  min(room.h, LARGEST[1])))  # fmt: skip
        size = QSize(box.w, box.h)
        if size != self._asked and not size.isEmpty():
            self._asked = size
            self._focus(self._camera.id, size.width(), size.height())
        self._tell_budget()

    def _tell_budget(self) -> None:
        """The wall's picture moves until the player's does."""
        if self._camera is None or not self._board.tiles:
            return
        room = self._board.tiles[0].box.picture
        mode = SLOW if self.from_player else MOVING
        # Where no player will come the wall's decoder shows the main stream.
        alone = self._state is not None and bool(self._state.problem)
        budget = Budget(mode, room.w, room.h, "main") if alone else Budget(mode, room.w, room.h)
        self._budgets.offer(self._key, {self._camera.id: budget})

    # Painting -----------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Name and state above, picture, keys below."""
        if not self._board.tiles or self._camera is None:
            QPainter(self).fillRect(self.rect(), self._theme.color("bg"))
            return
        tile = self._board.tiles[0]
        unit = self.devicePixelRatioF()
        p = QPainter(self)
        p.scale(1 / unit, 1 / unit)
        if not self._picture_room().contains(event.region().boundingRect()):
            p.fillRect(qrect(tile.box.tile), self._theme.color("bg"))
            self._paint_head(p, tile)
            self._paint_foot(p, tile)
        self._paint_picture(p, tile)
        paint_badge(p, self._theme, tile)

    def _paint_picture(self, p: QPainter, tile: Tile) -> None:
        picture = self._newest(tile)
        if not tile.truth.current and not self.paused:
            if tile.still is None and picture is not None:
                tile.still = greyed(picture, tile.box.picture, self._theme, tile.box.unit, masks=tile.masks)
            details = [hint(tile.truth.state)]
            if tile.captured_at is not None:
                at = local_time(tile.captured_at, self._clock.now())
                details.insert(0, t("wall.time.last_picture", time=at))
            paint_not_current(p, self._theme, tile, words(tile.truth), tuple(details))
            return
        if picture is None:
            self._player_seq = tile.seq = 0
            return
        room = tile.box.picture
        if self.zoom.factor > 1.0:
            p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
            p.drawImage(QRectF(qrect(room)), view_of(picture), self.zoom.part(picture.width, picture.height))
        elif (picture.width, picture.height) == (room.w, room.h):
            p.drawImage(QPointF(room.x, room.y), view_of(picture))
        else:
            # One picture, not sixty-four: the better scaler is affordable.
            p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
            p.drawImage(qrect(room), view_of(picture))
        paint_masks(p, tile.masks, QRectF(qrect(room)), self.zoom.crop)
        if not picture.whole():
            self._player_seq = tile.seq = 0
        words_on = []
        if self.paused:
            words_on.append(t("player.focus.paused", time=local_time(picture.captured_at, self._clock.now())))
        if self.zoom.factor > 1.0:
            words_on.append(t("player.focus.zoom", factor=f"{self.zoom.factor:.1f}"))
        if words_on:
            self._paint_words(p, tile, " · ".join(words_on))

    def _paint_words(self, p: QPainter, tile: Tile, text: str) -> None:
        """A word on the picture about what it is; a frame when it is not the present."""
        unit, room = tile.box.unit, qrect(tile.box.picture)
        font = self._theme.font(round(18 * unit), True)
        metrics = QFontMetricsF(font)
        color = self._theme.color("stale" if self.paused else "accent")
        if self.paused:
            p.setPen(QPen(color, 6 * unit))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawRect(QRectF(room).adjusted(3 * unit, 3 * unit, -3 * unit, -3 * unit))
        plate = QRectF(room.x() + 16 * unit, room.y() + 16 * unit,
                       metrics.horizontalAdvance(text) + 24 * unit, metrics.height() + 12 * unit)  # fmt: skip
        p.fillRect(plate, self._theme.color("bg"))
        p.setFont(font)
        p.setPen(color)
        p.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)

    def _newest(self, tile: Tile) -> Picture | None:
        tile.pending = None
        if self.from_player or self.paused:
            picture = self._pictures.read(f"focus:{tile.camera}", 0)
            if picture is not None:
                self._source = "player"
                return picture
        self._source = "tile"
        return self._pictures.read(tile.camera, 0)

    def _paint_head(self, p: QPainter, tile: Tile) -> None:
        unit, theme = tile.box.unit, self._theme
        room = qrect(tile.box.caption).adjusted(round(EDGE * unit), 0, -round(EDGE * unit), 0)
        live = tile.truth.state is FeedState.LIVE and not self.paused
        size = 14 * unit
        color = theme.color("lamp.green") if live else theme.color("stale")
        led(p, tile.truth.state, QRectF(room.x(), (room.height() - size) / 2, size, size), color)
        state_font, name_font = theme.font(round(20 * unit), not live), theme.font(round(20 * unit), True)
        text = words(tile.truth)
        if tile.captured_at is not None and live:
            text = f"{text} · {local_time(tile.captured_at, self._clock.now())}"
        if self.paused:
            text = t("player.focus.held", state=words(tile.truth))
        state_w = QFontMetricsF(state_font).horizontalAdvance(text)
        p.setFont(state_font)
        p.setPen(theme.color("muted" if live else "text"))
        p.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
        p.setFont(name_font)
        p.setPen(theme.color("text"))
        left = room.adjusted(round(24 * unit), 0, -round(state_w + 24 * unit), 0)
        name = QFontMetricsF(name_font).elidedText(tile.name, Qt.TextElideMode.ElideMiddle, left.width())
        p.drawText(left, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)

    def _paint_foot(self, p: QPainter, tile: Tile) -> None:
        unit, theme = tile.box.unit, self._theme
        body = tile.box.body
        room = QRect(round(EDGE * unit), body.bottom, body.w - 2 * round(EDGE * unit), tile.box.tile.bottom
                     - body.bottom)  # fmt: skip
        font = theme.font(round(14 * unit))
        p.setFont(font)
        p.setPen(theme.color("muted"))
        keys = t("player.focus.help" if self.controls is not None else "wall.focus.help")
        if self._state is not None and self._state.problem:
            keys = t(f"player.focus.help_{self._state.problem}")
        p.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, keys)
        kind = self._kind()
        metrics = QFontMetricsF(font)
        left = metrics.elidedText(
            kind, Qt.TextElideMode.ElideRight, max(0.0, room.width() - metrics.horizontalAdvance(keys) - 24)
        )
        p.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, left)

    def _kind(self) -> str:
        """Which stream is shown and whether it is heard."""
        state = self._state
        if state is not None and state.problem:
            return t(f"player.focus.{state.problem}")
        if not (self.from_player or self.paused):
            return t("wall.focus.waiting")
        if state is None:
            return t("wall.focus.player")
        stream = t("player.focus.no_main") if state.fallen_back else t(f"player.focus.{state.stream}")
        return f"{stream} · {t(f'player.focus.sound_{state.sound}')}"

    # Events -------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back; N and S as on the wall."""
        pressed_at = self._clock.now()
        if event.isAutoRepeat() or self._camera is None:
            return
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close_camera()
        elif event.key() == Qt.Key.Key_N:
            self.newCase.emit(self._camera.id, pressed_at)
        elif event.key() == Qt.Key.Key_S:
            self.snapshotRequested.emit(self._camera.id)
        elif event.key() == Qt.Key.Key_P:
            self.steerRequested.emit(self._camera.id)
        elif not self._player_key(event.key()):
            super().keyPressEvent(event)

    def _player_key(self, key: int) -> bool:
        """Zoom, sound, pause; whether it was one of them."""
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._zoomed(self.zoom.turn(1))
        elif key == Qt.Key.Key_Minus:
            self._zoomed(self.zoom.turn(-1))
        elif key == Qt.Key.Key_0:
            self._zoomed(self.zoom.reset())
        elif self.controls is not None and key == Qt.Key.Key_M:
            silent = self._state is None or self._state.sound == "off"
            self.controls.set_sound(self.camera_id, silent)
        elif self.controls is not None and key == Qt.Key.Key_Space:
            if self.from_player or self.paused:
                self.controls.set_paused(self.camera_id, not self.paused)
        else:
            return False
        return True

    def _zoomed(self, changed: bool) -> None:
        if changed:
            self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Nearer or further, at the pointer."""
        room = self._picture_room()
        if room.isEmpty():
            return
        off = event.position() - QPointF(room.topLeft())
        at = QPointF(off.x() / room.width(), off.y() / room.height())
        self._zoomed(self.zoom.turn(event.angleDelta().y() / 120, at))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of an enlarged picture."""
        self._held = event.position() if self.zoom.factor > 1.0 else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move what is held."""
        room = self._picture_room()
        if self._held is None or room.isEmpty():
            return
        by, self._held = event.position() - self._held, event.position()
        self._zoomed(self.zoom.drag(QPointF(by.x() / room.width(), by.y() / room.height())))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._held = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The way in is the way out."""
        self.close_camera()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to look and start the player."""
        super().showEvent(event)
        self._timer.start()
        self._rest.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: nothing is decoded."""
        super().hideEvent(event)
        self._timer.stop()
        self._rest.stop()
        self._budgets.offer(self._key, {})
        if not self._asked.isEmpty():
            self._asked = QSize()
            self._unfocus(self.camera_id)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size; the player is asked when the window rests."""
        super().resizeEvent(event)
        self._lay()
        self._rest.start()
