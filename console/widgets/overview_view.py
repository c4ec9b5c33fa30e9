"""Every camera as a thumbnail, painted by one widget.

Twice a second the slots of the thumbnails in view are asked for something
newer; only what changed is painted, straight from shared memory. All cameras
of the list are decoded while this is seen, those in view first, at the size
of a thumbnail and key frames only; hidden, nothing is asked for or decoded.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from console.domain.model import Camera
from console.domain.vocabulary import FeedState
from console.i18n import t
from console.services.ports import Budget, FeedHealth, Picture
from console.widgets.budgets import SLOW
from console.widgets.layouts import ASPECT
from console.widgets.overview_cell import (
    GAP,
    NAME_H,
    STATE_H,
    Cell,
    age_words,
    columns_of,
    foot_of,
    paint_cell,
    picture_height,
)
from console.widgets.sight import Sight
from console.widgets.tile_state import Truth, Witness, judge, words

#: Every thumbnail in view is looked at so often, ms: it changes every few
#: seconds. A fifth of them at a time: painting all at once would be felt.
LOOK_MS: Final = 500
SLICES: Final = 5
#: So many more cameras are asked for at a time, and how often, ms: six hundred
#: slots at once would hold the screen up for a tenth of a second.
ASK_AT_ONCE: Final = 48
ASK_MS: Final = 60
_STEPS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_names = itertools.count(1)


class OverviewView(QAbstractScrollArea):
    """The thumbnails; :class:`console.widgets.overview_page.OverviewPage` adds
    search and filters."""

    sent = Signal(object)
    """Enter or a click: these cameras (a tuple of ids) are wanted on the wall."""
    chosenChanged = Signal(int)
    letter = Signal(str)
    """Something was typed that belongs into the search."""

    def __init__(self, sight: Sight, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures, self._budgets, self._clock = sight.pictures, sight.budgets, sight.clock
        self._theme = sight.theme
        self._key = f"overview-{next(_names)}"
        self._cameras: tuple[Camera, ...] = ()
        self._cells: dict[str, Cell] = {}
        self._health: Mapping[str, FeedHealth] = {}
        self._health_at = self._asked_at = float("-inf")
        self._every: tuple[Camera, ...] = ()
        self._asked: dict[str, Budget] = {}
        self._chosen: list[str] = []
        self._at = 0
        self._empty = ""
        #: Cells painted, for measurements.
        self.painted: Counter[str] = Counter()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._timer = QTimer(self)
        self._turn = 0
        self._timer.setInterval(LOOK_MS // SLICES)
        self._timer.timeout.connect(self.glance)
        self._ask = QTimer(self)
        self._ask.setInterval(ASK_MS)
        self._ask.timeout.connect(self.ask_more)
        self._theme.changed.connect(self.repaint_all)

    # What it is given ---------------------------------------------------

    def set_every(self, cameras: Sequence[Camera]) -> None:
        """All cameras there are: what is decoded while this is seen."""
        if tuple(cameras) == self._every:
            return
        self._every = tuple(cameras)
        known = {camera.id for camera in cameras}
        self._chosen = [camera for camera in self._chosen if camera in known]
        self._cells = {}
        self._begin_asking()

    def set_cameras(self, cameras: Sequence[Camera], empty: str = "") -> None:
        """The cameras to show, in order, and the sentence when there are none.
        The cursor stays on its camera, or goes to the first."""
        here = self.current
        self._empty = empty
        if tuple(cameras) == self._cameras:
            self.viewport().update()
            return
        self._cameras = tuple(cameras)
        ids = [camera.id for camera in cameras]
        self._at = ids.index(here) if here in ids else 0
        self._lay()
        self.look()
        self.viewport().update()
        self._speak()

    def set_health(self, health: Mapping[str, FeedHealth]) -> None:
        """The feeds' latest reports."""
        self._health, self._health_at = health, self._clock.monotonic()

    @property
    def cameras(self) -> tuple[Camera, ...]:
        """What is listed."""
        return self._cameras

    @property
    def current(self) -> str:
        """Id of the camera under the cursor, ``""`` when nothing is listed."""
        return self._cameras[self._at].id if self._at < len(self._cameras) else ""

    @property
    def chosen(self) -> tuple[str, ...]:
        """Cameras collected, in the order in which they were."""
        return tuple(self._chosen)

    def age(self, camera_id: str) -> float | None:
        """Seconds since the camera's newest picture, seen or not; ``None``
        when there is none in its slot."""
        picture = self._pictures.read(camera_id, 0)
        return None if picture is None else max(0.0, self._clock.monotonic() - picture.captured_monotonic)

    # Geometry -----------------------------------------------------------

    def _lay(self) -> None:
        view = self.viewport()
        self._columns = columns_of(view.width())
        self._cell_w = (view.width() - GAP * (self._columns + 1)) // self._columns
        self._cell_h = picture_height(self._cell_w) + NAME_H + STATE_H
        rows = -(-len(self._cameras) // self._columns)
        height = rows * (self._cell_h + GAP) + GAP
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, height - view.height()))
        bar.setPageStep(view.height())
        bar.setSingleStep(self._cell_h + GAP)

    def rect_of(self, index: int) -> QRect:
        """Where a thumbnail lies in the viewport, logical px."""
        row, column = divmod(index, self._columns)
        x = GAP + column * (self._cell_w + GAP)
        y = GAP + row * (self._cell_h + GAP) - self.verticalScrollBar().value()
        return QRect(x, y, self._cell_w, self._cell_h)

    def visible(self) -> range:
        """Indices of the thumbnails in view."""
        top = self.verticalScrollBar().value()
        step = self._cell_h + GAP
        first = max(0, (top - GAP) // step) * self._columns
        last = ((top + self.viewport().height()) // step + 1) * self._columns
        return range(min(first, len(self._cameras)), min(last, len(self._cameras)))

    def _index_at(self, x: float, y: float) -> int | None:
        return next((i for i in self.visible() if self.rect_of(i).contains(int(x), int(y))), None)

    # What is decoded ----------------------------------------------------

    def _begin_asking(self) -> None:
        if self.isVisible():
            self._asked = {}
            self._ask.start()

    @Slot()
    def ask_more(self) -> None:
        """Ask for the next cameras: those in view first, then all others."""
        unit = self.devicePixelRatioF()
        width = round(self._cell_w * unit)
        budget = Budget(SLOW, width, round(width / ASPECT))
        seen = [self._cameras[i] for i in self.visible()]
        wanted = [c.id for c in (*seen, *self._every) if c.enabled and c.id not in self._asked]
        for camera in list(dict.fromkeys(wanted))[:ASK_AT_ONCE]:
            self._asked[camera] = budget
        self._budgets.offer(self._key, self._asked)
        if len(wanted) <= ASK_AT_ONCE:
            self._ask.stop()

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody looks: ask for pictures."""
        super().showEvent(event)
        self._asked_at = self._clock.monotonic()
        self._lay()
        self._begin_asking()
        self._timer.start()
        self.look()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: nothing is decoded for this."""
        super().hideEvent(event)
        self._timer.stop()
        self._ask.stop()
        self._asked = {}
        self._budgets.offer(self._key, {})

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other columns; the cursor stays in view."""
        super().resizeEvent(event)
        self._lay()
        self._begin_asking()
        self._reveal()
        self.viewport().update()

    # Looking ------------------------------------------------------------

    def _cell(self, camera: Camera) -> Cell:
        cell = self._cells.get(camera.id)
        if cell is None:
            cell = self._cells[camera.id] = Cell(camera, Truth(FeedState.CONNECTING))
        return cell

    @Slot()
    def look(self) -> None:
        """One look at the thumbnails in view: mark what has changed."""
        self._look_at(self.visible())

    @Slot()
    def glance(self) -> None:
        """A look at every fifth thumbnail in view, others each time."""
        self._turn = (self._turn + 1) % SLICES
        self._look_at(self.visible()[self._turn :: SLICES])

    def _look_at(self, indices: range) -> None:
        if not self.isVisible():
            return
        view = self.viewport()
        for index in indices:
            cell = self._cell(self._cameras[index])
            picture = self._pictures.read(cell.camera.id, cell.seq)
            if picture is not None:
                cell.seq, cell.captured = picture.seq, picture.captured_monotonic
            if self._judge(cell) or picture is not None:
                view.update(self.rect_of(index))
            elif self._refoot(cell):
                view.update(foot_of(self.rect_of(index)))

    def _judge(self, cell: Cell) -> bool:
        now = self._clock.monotonic()
        health = self._health.get(cell.camera.id)
        truth = judge(
            Witness(
                health=health,
                report_age_s=now - self._health_at,
                picture_age_s=None if cell.captured is None else max(0.0, now - cell.captured),
                interval_s=health.interval_s if health is not None else 0.0,
                asked_s=now - self._asked_at,
                enabled=cell.camera.enabled,
                now=self._clock.now(),
            )
        )
        before, cell.truth = cell.truth, truth
        if before.state is truth.state:
            return False
        cell.still = None
        self._refoot(cell)
        return True

    def _refoot(self, cell: Cell) -> bool:
        if cell.truth.state is FeedState.LIVE and cell.captured is not None:
            age = age_words(self._clock.monotonic() - cell.captured)
            foot = f"{words(Truth(FeedState.LIVE))} · {age}"
        else:
            foot = words(cell.truth)
        changed, cell.foot = foot != cell.foot, foot
        return changed

    @Slot()
    def repaint_all(self) -> None:
        """After a change of theme or language: everything anew."""
        for cell in self._cells.values():
            cell.still, cell.foot = None, ""
        self.viewport().update()
        self._speak()

    # Painting -----------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what the event's region touches."""
        p = QPainter(self.viewport())
        p.fillRect(event.rect(), self._theme.color("bg"))
        if not self._cameras:
            self._paint_empty(p)
            return
        region, unit = event.region(), self.devicePixelRatioF()
        for index in self.visible():
            room = self.rect_of(index)
            if not region.intersects(room):
                continue
            cell = self._cell(self._cameras[index])
            if not cell.foot:
                self._refoot(cell)
            picture: Picture | None = self._pictures.read(cell.camera.id, 0)
            number = self._chosen.index(cell.camera.id) + 1 if cell.camera.id in self._chosen else 0
            paint_cell(p, self._theme, cell, room, picture, unit, (index == self._at, number))
            self.painted[cell.camera.id] += 1

    def _paint_empty(self, p: QPainter) -> None:
        p.setFont(self._theme.font(16))
        p.setPen(self._theme.color("muted"))
        room = self.viewport().rect().adjusted(32, 32, -32, -32)
        p.drawText(room, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._empty)

    # Walking ------------------------------------------------------------

    def go(self, index: int) -> None:
        """Put the cursor on a thumbnail; out of range takes the nearest."""
        if not self._cameras:
            return
        before, self._at = self._at, max(0, min(index, len(self._cameras) - 1))
        for changed in {before, self._at}:
            self.viewport().update(self.rect_of(changed))
        self._reveal()
        self._speak()

    def _reveal(self) -> None:
        if not self._cameras:
            return
        room, bar = self.rect_of(self._at), self.verticalScrollBar()
        if room.top() < GAP:
            bar.setValue(bar.value() + room.top() - GAP)
        elif room.bottom() > self.viewport().height() - GAP:
            bar.setValue(bar.value() + room.bottom() - self.viewport().height() + GAP)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Another part comes into view."""
        self.viewport().update()
        self.look()

    def walk(self, key: int) -> bool:
        """Arrows, PgUp, PgDn, Home, End; False when ``key`` is none of them."""
        page = max(1, self.viewport().height() // (self._cell_h + GAP)) * self._columns
        if key in _STEPS:
            x, y = _STEPS[Qt.Key(key)]
            target = self._at + x + y * self._columns
            if 0 <= target < len(self._cameras):
                self.go(target)
        elif key == Qt.Key.Key_PageDown:
            self.go(self._at + page)
        elif key == Qt.Key.Key_PageUp:
            self.go(self._at - page)
        elif key == Qt.Key.Key_Home:
            self.go(0)
        elif key == Qt.Key.Key_End:
            self.go(len(self._cameras) - 1)
        else:
            return False
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk, choose, send; what is text goes to the search."""
        key, typed = event.key(), event.text()
        if self.walk(key):
            return
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            if shift:
                self.choose()
            else:
                self.send()
        elif key == Qt.Key.Key_Space:
            self.choose()
        elif typed and typed.isprintable() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.letter.emit(typed)
        else:
            super().keyPressEvent(event)

    def choose(self) -> None:
        """Collect the camera under the cursor, or let it go again."""
        if not self.current:
            return
        if self.current in self._chosen:
            self._chosen.remove(self.current)
        else:
            self._chosen.append(self.current)
        self.viewport().update()
        self.chosenChanged.emit(len(self._chosen))
        self._speak()

    def send(self) -> None:
        """Those collected to the wall, or the one under the cursor."""
        cameras = tuple(self._chosen) or ((self.current,) if self.current else ())
        if cameras:
            self.sent.emit(cameras)

    def forget_chosen(self) -> None:
        """Nothing is collected any more."""
        self._chosen = []
        self.viewport().update()
        self.chosenChanged.emit(0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click sends; with Shift it collects."""
        index = self._index_at(event.position().x(), event.position().y())
        if index is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self.go(index)
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.choose()
        else:
            self.send()

    def _speak(self) -> None:
        """The thumbnail under the cursor as a sentence, for screen readers."""
        self.setAccessibleName(t("overview.page.title"))
        if not self.current:
            self.setAccessibleDescription(self._empty)
            return
        cell = self._cell(self._cameras[self._at])
        facts = {
            "name": cell.camera.name,
            "state": t(f"states.feed.{cell.truth.state.value}"),
            "age": age_words(self.age(cell.camera.id)),
        }
        if self.current in self._chosen:
            number = self._chosen.index(self.current) + 1
            self.setAccessibleDescription(t("overview.cell.spoken_chosen", number=number, **facts))
        else:
            self.setAccessibleDescription(t("overview.cell.spoken", **facts))

    def changeEvent(self, event: QEvent) -> None:
        """Another screen scale is another size of thumbnail."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._begin_asking()
