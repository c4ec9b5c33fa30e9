"""All tiles of a wall, painted by one widget on one timer.

Every 33 ms the slots are asked for something newer; only the rectangles of
tiles that have it are painted, straight from shared memory. Hidden or
minimised, nothing is asked, painted or decoded.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QRegion, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from console.domain.model import Camera
from console.i18n import t
from console.models.wall_tiles import TileModel
from console.services.ports import Budget, FeedHealth
from console.services.views import BoardView
from console.widgets.layouts import Rect
from console.widgets.sight import Sight
from console.widgets.tile_board import BADGE, PICTURE, TileBoard
from console.widgets.tile_marks import paint_marks
from console.widgets.tile_overlay import badge_room, paint_badge, paint_caption
from console.widgets.tile_paint import (
    Tile,
    greyed,
    paint_border,
    paint_empty,
    paint_ground,
    paint_not_current,
    paint_picture,
)
from console.widgets.tile_state import Truth, hint, local_time, words
from console.widgets.wall_plan import WallPlan

#: Repaint interval: 30 looks a second, twice what street cameras deliver.
LOOK_MS: Final = 33
#: A drag of the window's edge must not retune sixty-four decoders a hundred times.
BUDGET_MS: Final = 150

_names = itertools.count(1)


class WallView(QWidget):
    """The painting half of a wall; :class:`console.widgets.wall.WallWidget`
    adds keys and mouse."""

    selectionChanged = Signal(str)
    """The camera of the selected tile, ``""`` for an empty one."""
    countsChanged = Signal(int, int)
    """Live tiles, tiles that have a camera."""
    planChanged = Signal(object)
    """The :class:`WallPlan` now in force."""

    def __init__(self, sight: Sight, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures, self._budgets, self._clock = sight.pictures, sight.budgets, sight.clock
        self._theme = sight.theme
        self._key = f"wall-{next(_names)}"
        self._board = TileBoard(self._pictures, self._clock, self._mark)
        self._plan = WallPlan()
        self._rects: list[tuple[QRect, QRect]] = []
        self._unit = 1.0
        self._selected = 0
        self._typed = ""
        self._awake = self._covered = False
        self._counts = (-1, -1)
        self._unsaid = False
        #: True while the tiles carry the details of their streams.
        self.details_shown = False
        #: Captions and badges so much larger than on a desk.
        self.caption_scale = 1.0
        self._window: QWidget | None = None
        #: Pictures painted per camera since the start, for measurements.
        self.painted: Counter[str] = Counter()
        self.model = TileModel(self)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(160, 90)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._ask = QTimer(self)
        self._ask.setSingleShot(True)
        self._ask.setInterval(BUDGET_MS)
        self._ask.timeout.connect(self._tell_budgets)
        sight.ticker.tick.connect(self._second)
        self._theme.changed.connect(self.repaint_all)

    # What it is given ---------------------------------------------------

    @property
    def plan(self) -> WallPlan:
        """What hangs where."""
        return self._plan

    @property
    def tiles(self) -> tuple[Tile, ...]:
        """The tiles of the page shown."""
        return tuple(self._board.tiles)

    @property
    def selected(self) -> int:
        """Index of the selected tile."""
        return self._selected

    @property
    def selected_camera(self) -> str:
        """Its camera, ``""`` for an empty tile."""
        tiles = self._board.tiles
        return tiles[self._selected].camera if self._selected < len(tiles) else ""

    @property
    def selected_token(self) -> str:
        """What hangs on it, with the part of the picture when it is one."""
        tiles = self._board.tiles
        return tiles[self._selected].token if self._selected < len(tiles) else ""

    def camera(self, camera_id: str) -> Camera | None:
        """The camera as configured."""
        return self._board.cameras.get(camera_id)

    def truth(self, camera_id: str) -> Truth | None:
        """What the tile of a camera on this page says about it."""
        return self._board.truth(camera_id)

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        """All cameras there are; new ones are hung at the end."""
        self._board.set_cameras(cameras)
        self.set_plan(self._plan.following([c.id for c in cameras]))

    def set_health(self, health: Mapping[str, FeedHealth]) -> None:
        """The feeds' latest reports."""
        if self._board.set_health(health):
            self._lay()

    def set_board(self, view: BoardView) -> None:
        """Cases of the board, for the badges."""
        self._board.set_board(view)
        self._speak()

    def set_covered(self, covered: bool) -> None:
        """True while a focus view lies over the wall: key frames only, so that
        the way back shows pictures at once."""
        if covered != self._covered:
            self._covered = covered
            self._tell_budgets()

    @Slot()
    def repaint_all(self) -> None:
        """After a change of theme or language: everything anew."""
        for tile in self._board.tiles:
            tile.still = tile.face = tile.badge_rect = None
        self._board.second(self._clock.now())
        self._speak()
        self.update()

    def set_source(self, camera: str, key: str, words: str = "") -> None:
        """Let the tiles of ``camera`` show the slot ``key`` (a replay, a
        recording) instead of the present; ``""`` brings the present back.
        ``words`` (``回放 14:03:22 · −00:38``) lie on a band of their own over the
        picture. Such a tile is never counted live; what is decoded for the
        camera itself stays as it was. Cheap enough to be called each second."""
        self._board.set_source(camera, key, words)
        self._count()

    def show_details(self, shown: bool) -> None:
        """Numbers of the streams on every tile, renewed each second."""
        self.details_shown = shown
        self._board.tell_details(shown)

    # Layout -------------------------------------------------------------

    def set_plan(self, plan: WallPlan) -> None:
        """Hang the wall as ``plan`` says (without a step of undo)."""
        changed = plan != self._plan
        keep = self.selected_token
        self._plan = plan
        self._lay()
        shown = [tile.token for tile in self._board.tiles]
        self.select(shown.index(keep) if keep and keep in shown else min(self._selected, len(shown) - 1))
        if changed:
            self.planChanged.emit(plan)

    def _lay(self) -> None:
        self._unit = self.devicePixelRatioF()
        width, height = round(self.width() * self._unit), round(self.height() * self._unit)
        self._board.lay(self._plan, width, height, self._unit * self.caption_scale)
        self._rects = [
            (self._logical(tile.box.tile), self._logical(tile.box.picture)) for tile in self._board.tiles
        ]
        self._board.second(self._clock.now())
        self._board.judge_all()
        if self.details_shown:
            self._board.tell_details(True)
        self._count()
        self._speak()
        self._ask.start()
        self.update()

    def _logical(self, rect: Rect) -> QRect:
        """The logical rectangle that holds a device one."""
        x, y = int(rect.x / self._unit), int(rect.y / self._unit)
        right, bottom = -int(-rect.right // self._unit), -int(-rect.bottom // self._unit)
        return QRect(x, y, right - x, bottom - y)

    def tile_room(self, index: int) -> QRect:
        """Where a tile of this page is, in the widget's own pixels."""
        return QRect(self._rects[index][0]) if 0 <= index < len(self._rects) else self.rect()

    def tile_at(self, at: QPointF) -> int | None:
        """Index of the tile under a point of the widget."""
        return self._board.at(at.x() * self._unit, at.y() * self._unit)

    def select(self, index: int) -> None:
        """Put the selection on a tile; out of range takes the nearest."""
        if not self._board.tiles:
            return
        index = max(0, min(index, len(self._board.tiles) - 1))
        for i in {self._selected, index}:
            if i < len(self._rects):
                self.update(self._rects[i][0])
        self._selected = index
        self._speak()
        self.selectionChanged.emit(self.selected_camera)

    # Looking ------------------------------------------------------------

    @Slot()
    def look(self) -> None:
        """One look at the slots: mark what is newer, judge ages now and then."""
        if self._awake and self._board.look():
            self._count()

    def _mark(self, tile: Tile, part: str) -> None:
        """The board says a part of a tile must be painted anew."""
        if tile.index >= len(self._rects):
            return
        whole, picture = self._rects[tile.index]
        if part == PICTURE:
            self.update(picture)
            return
        self._unsaid = True
        if tile.face is None:
            tile.badge_rect = None
        else:
            old = tile.badge_rect
            tile.badge_rect = badge_room(self._theme, tile.box, tile.face)
            if part == BADGE and old == tile.badge_rect:
                self.update(self._logical(old))
                return
        self.update(whole)

    @Slot(object)
    def _second(self, _tick: object) -> None:
        """Each full second: the digits of the badges, the words of the list."""
        if self._awake:
            self._board.second(self._clock.now())
            if self.details_shown:
                self._board.tell_details(True)
            self._speak()

    def _count(self) -> None:
        counts = self._board.counts()
        if self._unsaid or counts != self._counts:
            self._speak()
        if counts != self._counts:
            self._counts = counts
            self.countsChanged.emit(*counts)

    # Painting -----------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what the event's region touches, and of a tile only its
        picture when nothing else of it is touched."""
        p = QPainter(self)
        if self._unit != 1.0:
            p.scale(1 / self._unit, 1 / self._unit)
        if not self._board.cameras:
            self._paint_nothing(p)
            return
        region: QRegion = event.region()
        for tile, (whole, picture) in zip(self._board.tiles, self._rects, strict=True):
            hit = region.intersected(whole)
            if not hit.isEmpty():
                self._paint_tile(p, tile, picture.contains(hit.boundingRect()))

    def _paint_nothing(self, p: QPainter) -> None:
        room = QRect(0, 0, round(self.width() * self._unit), round(self.height() * self._unit))
        p.fillRect(room, self._theme.color("bg"))
        p.setPen(self._theme.color("muted"))
        p.setFont(self._theme.font(round(16 * self._unit)))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        p.drawText(room.adjusted(24, 0, -24, 0), flags, t("wall.wall.no_cameras"))

    def _paint_tile(self, p: QPainter, tile: Tile, picture_only: bool) -> None:
        theme = self._theme
        selected = tile.index == self._selected and self.hasFocus()
        if not picture_only:
            paint_ground(p, theme, tile.box)
        if not tile.camera:
            lent = tile.index in self._board.lending
            paint_empty(p, theme, tile.box, t("alarmtiles.tile.empty" if lent else "wall.tile.drop_here"))
        else:
            if tile.truth.current or tile.truth.past:
                self._paint_live(p, tile)
            else:
                self._paint_old(p, tile)
            number = str(tile.index + 1) if self._typed else ""
            paint_caption(p, theme, tile, self._state_words(tile), number)
            paint_marks(p, theme, tile)
        paint_badge(p, theme, tile)
        if not picture_only:
            paint_border(p, theme, tile, selected)

    def _paint_live(self, p: QPainter, tile: Tile) -> None:
        picture = tile.pending
        if picture is None or not picture.whole():
            picture = self._pictures.read(tile.slot, 0)
        tile.pending = None
        if picture is None:
            tile.seq = 0  # being written over just now: take it at the next look
            if tile.source and tile.captured_at is None:
                paint_not_current(p, self._theme, tile, t("tiles.past.waiting"), ())
            return
        paint_picture(p, tile.box, picture, tile.crop, tile.masks)
        self.painted[tile.camera] += 1
        if not picture.whole():
            tile.seq = 0

    def _state_words(self, tile: Tile) -> str:
        """The state; of a picture from the past, when it was taken."""
        if tile.truth.past and tile.captured_at is not None:
            return f"{words(tile.truth)} {local_time(tile.captured_at, self._clock.now())}"
        return words(tile.truth)

    def _paint_old(self, p: QPainter, tile: Tile) -> None:
        if tile.still is None and tile.captured_at is not None:
            picture = self._pictures.read(tile.slot, 0)
            if picture is not None:
                tile.still = greyed(picture, tile.box.picture, self._theme, self._unit, tile.crop, tile.masks)
        details = [hint(tile.truth.state)]
        if tile.captured_at is not None:
            shown = local_time(tile.captured_at, self._clock.now())
            details.insert(0, t("wall.time.last_picture", time=shown))
        paint_not_current(p, self._theme, tile, words(tile.truth), tuple(details))

    # Sleeping and waking ------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to look; ages are judged before the first picture is painted."""
        super().showEvent(event)
        window = self.window()
        if window is not self._window:
            if self._window is not None:
                self._window.removeEventFilter(self)
            window.installEventFilter(self)
            self._window = window
        self._wake(not window.isMinimized())

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask, paint and decode nothing."""
        super().hideEvent(event)
        self._wake(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A minimised window sleeps like a hidden one."""
        if event.type() == QEvent.Type.WindowStateChange and watched is self._window:
            self._wake(self.isVisible() and not self._window.isMinimized())
        return False

    def _wake(self, awake: bool) -> None:
        if awake == self._awake:
            return
        self._awake = awake
        if awake:
            self._board.second(self._clock.now())
            self._board.wake()
            self._count()
            self._timer.start()
        else:
            self._timer.stop()
        self._ask.start()

    def event(self, event: QEvent) -> bool:
        """Another screen may have another scale factor."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._lay()
        return bool(super().event(event))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Divide the new area."""
        super().resizeEvent(event)
        self._lay()

    # Budgets and words --------------------------------------------------

    def wishes(self) -> dict[str, Budget]:
        """What is to be decoded for this wall now; nothing while it sleeps
        (but for key frames under a focus view)."""
        return self._board.wishes(self._covered) if self._awake or self._covered else {}

    @Slot()
    def _tell_budgets(self) -> None:
        self._budgets.offer(self._key, self.wishes())

    def _speak(self) -> None:
        """Keep the list of tiles in words, and say the selected one."""
        self._unsaid = False
        rows = self._board.rows()
        self.model.show(rows)
        if rows:
            self.setAccessibleName(t("wall.wall.name"))
            self.setAccessibleDescription(rows[min(self._selected, len(rows) - 1)].spoken)
