"""Privacy masks drawn on the newest picture of a camera: drag a rectangle, click
corners, or do it all by keys. What is drawn here is seen through; everywhere
else it is opaque.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.domain.errors import Refusal
from console.domain.masks import WHOLE, Point
from console.domain.model import Camera
from console.i18n import t
from console.models.mask_sketch import NEAR, MaskSketch
from console.models.why import Why, why_words
from console.models.wording import local
from console.services.ports import Budget, Picture
from console.theme import Theme
from console.widgets.budgets import MOVING
from console.widgets.layouts import ASPECT, Rect, fit
from console.widgets.mask_paint import corners
from console.widgets.parts import button, label, set_tone, spaced
from console.widgets.sight import Sight
from console.widgets.tile_paint import view_of

_LOOK_MS: Final = 200
#: What an arrow moves, in ten-thousandths; with Ctrl.
_STEP, _SMALL = 100, 20
_HANDLE: Final = 8
#: The largest picture that is asked for, px.
_ASKED: Final = (1280, 720)
_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip
#: Keys of the editor that the desk uses for something else.
_OWN: Final = (
    Qt.Key.Key_N, Qt.Key.Key_Space, Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Return,
    Qt.Key.Key_Enter, Qt.Key.Key_Escape,
)  # fmt: skip


class _Canvas(QWidget):
    """The picture and what is drawn on it. ``said(refusal or None)``."""

    said = Signal(object)
    drawn = Signal()

    def __init__(self, theme: Theme, sight: Sight) -> None:
        super().__init__()
        self._theme, self._sight = theme, sight
        self.camera = ""
        self.sketch = MaskSketch()
        self.picture: Picture | None = None
        self._aspect = ASPECT
        self._from: Point | None = None
        self._to: Point | None = None
        self._held: tuple[int, int] | None = None
        self._moved: Point | None = None
        self.setMinimumSize(320, 180)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    def room(self) -> QRectF:
        """Where the picture is."""
        box = fit(self._aspect, Rect(0, 0, self.width(), self.height()))
        return QRectF(box.x, box.y, box.w, box.h)

    def look(self) -> None:
        """The newest picture there is."""
        self.picture = self._sight.pictures.read(self.camera, 0) if self.camera else None
        if self.picture is not None and self.picture.height:
            self._aspect = self.picture.width / self.picture.height
        self.update()

    def _point(self, at: QPointF) -> Point:
        room = self.room()
        return (
            round((at.x() - room.x()) / max(1.0, room.width()) * WHOLE),
            round((at.y() - room.y()) / max(1.0, room.height()) * WHOLE),
        )

    def attempt(self, what: str, *given: int) -> None:
        """Do something on the sketch, or tell why not."""
        try:
            getattr(self.sketch, what)(*given)
            self.said.emit(None)
        except Refusal as refusal:
            self.said.emit(refusal)
        self.drawn.emit()
        self.update()

    def event(self, event: QEvent) -> bool:
        """Keys that draw are not the desk's while this has the keyboard."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            undo = event.key() == Qt.Key.Key_Z and event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if undo or Qt.Key(event.key()) in (*_ARROWS, *_OWN):
                event.accept()
                return True
        return super().event(event)

    # -- by mouse ------------------------------------------------------------------
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A corner, a mask, or the beginning of one."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        x, y = self._point(event.position())
        sketch = self.sketch
        self._from = self._to = (x, y)
        if sketch.open:
            return
        self._held = sketch.corner_at(x, y)
        mask = self._held[0] if self._held is not None else sketch.mask_at(x, y)
        sketch.chosen = mask
        if mask >= 0:
            sketch.keep()
            self._moved = (x, y)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move what is held, or stretch the new rectangle."""
        if self._from is None:
            return
        x, y = self._point(event.position())
        self._to = (x, y)
        if self._held is not None:
            self.sketch.move_corner(*self._held, x, y)
            self.drawn.emit()
        elif self._moved is not None:
            self.sketch.move(x - self._moved[0], y - self._moved[1])
            self._moved = (x, y)
            self.drawn.emit()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A drag was a rectangle, a click a corner."""
        begun, end = self._from, self._to
        holding = self._held is not None or self._moved is not None
        self._from = self._to = self._held = self._moved = None
        if begun is None or end is None or holding:
            return
        far = abs(end[0] - begun[0]) > NEAR or abs(end[1] - begun[1]) > NEAR
        if far and not self.sketch.open:
            self.attempt("add_rectangle", *begun, *end)
        elif not far:
            first = self.sketch.open[0] if self.sketch.open else None
            if first is not None and abs(first[0] - end[0]) <= NEAR and abs(first[1] - end[1]) <= NEAR:
                self.attempt("close")
            else:
                self.attempt("corner", *end)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The polygon is done; its last corner came with the first click."""
        if self.sketch.open:
            self.attempt("close")

    # -- painting ------------------------------------------------------------------
    def paintEvent(self, event: QPaintEvent) -> None:
        """Picture, masks one sees through, corners of the chosen one."""
        p = QPainter(self)
        theme, room = self._theme, self.room()
        p.fillRect(self.rect(), theme.color("bg"))
        if self.picture is not None:
            p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            p.drawImage(room, view_of(self.picture))
        else:
            p.fillRect(room, theme.color("panel" if theme.dark else "line"))
            p.setPen(theme.color("muted"))
            p.setFont(theme.font(16))
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            p.drawText(room.adjusted(16, 16, -16, -16), flags, t("camadmin.masks.no_picture"))
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        for at, mask in enumerate(self.sketch.masks):
            chosen = at == self.sketch.chosen
            p.setPen(QPen(theme.color("accent" if chosen else "text"), 2))
            p.setBrush(theme.color("bg", 0.6))
            shape = QPolygonF(corners(mask, room))
            p.drawPolygon(shape)
            self._number(p, shape.boundingRect(), str(at + 1))
            if chosen:
                half = _HANDLE / 2
                for corner in corners(mask, room):
                    box = QRectF(corner.x() - half, corner.y() - half, _HANDLE, _HANDLE)
                    p.fillRect(box, theme.color("accent"))
        self._paint_open(p, room, theme.color("accent"))

    def _number(self, p: QPainter, box: QRectF, words: str) -> None:
        p.setFont(self._theme.font(16, True))
        p.setPen(self._theme.color("text"))
        p.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)

    def _paint_open(self, p: QPainter, room: QRectF, color: QColor) -> None:
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.setPen(QPen(color, 2, Qt.PenStyle.DashLine))
        if self.sketch.open:
            line = corners(self.sketch.open, room)
            p.drawPolyline(line)
            for corner in line:
                p.drawEllipse(corner, _HANDLE / 2, _HANDLE / 2)
        elif self._from is not None and self._to is not None and self._moved is None and self._held is None:
            begun, end = corners((self._from, self._to), room)
            p.drawRect(QRectF(begun, end).normalized())


class MaskEditor(QWidget):
    """``saved(camera id, masks, version seen)``; ``left()`` on Esc."""

    saved = Signal(str, object, int)
    left = Signal()

    def __init__(self, theme: Theme, sight: Sight) -> None:
        super().__init__()
        self._theme, self._sight = theme, sight
        self._camera: Camera | None = None
        self._refusal: Refusal | None = None
        self._sure = False
        self._problem: Why = ""
        self.title = label(theme, "", 20, bold=True)
        self.state = label(theme, "", 14, tone="muted", wrap=True)
        self.hint = label(theme, "", 14, tone="muted", wrap=True)
        self.canvas = _Canvas(theme, sight)
        self.add, self.remove, self.undo = (button(theme, "") for _ in range(3))
        self.save = button(theme, "", "primary", px=16, bold=True)
        self.cancel = button(theme, "")
        foot = QHBoxLayout()
        spaced(foot, 0, 8)
        for knob in (self.save, self.cancel, self.add, self.remove, self.undo):
            foot.addWidget(knob)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        spaced(column, 0, 8)
        column.addWidget(self.title)
        column.addWidget(self.hint)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.state)
        column.addLayout(foot)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.canvas.look)
        self.canvas.said.connect(self._said)
        self.canvas.drawn.connect(self._tell)
        self.save.clicked.connect(self.finish)
        self.cancel.clicked.connect(self._leave)
        self.add.clicked.connect(self._add)
        self.remove.clicked.connect(self._remove)
        self.undo.clicked.connect(self._undo)
        theme.changed.connect(self.canvas.update)
        self.setFocusProxy(self.canvas)
        self.retranslate()

    @property
    def camera_id(self) -> str:
        """The camera that is drawn for; empty for none."""
        return self._camera.id if self._camera is not None else ""

    def open(self, camera: Camera) -> None:
        """Draw for a camera."""
        self._camera, self._refusal, self._sure, self._problem = camera, None, False, ""
        self.canvas.camera, self.canvas.sketch = camera.id, MaskSketch(camera.masks)
        self.canvas.look()
        self._ask(self.isVisible())
        self.retranslate()
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def renew(self, camera: Camera | None) -> None:
        """The camera as it is stored now; what is drawn stays."""
        if camera is not None and self._camera is not None and camera.id == self._camera.id:
            self._camera = camera

    def refuse(self, why: Why) -> None:
        """It was not stored; what is drawn stays."""
        self._problem = why
        self._tell()

    @Slot()
    def finish(self) -> None:
        """Store what is drawn; a polygon that is open is closed first."""
        sketch = self.canvas.sketch
        if sketch.open:
            self.canvas.attempt("close")
            if sketch.open:
                return
        if self._camera is not None:
            self.saved.emit(self._camera.id, tuple(sketch.masks), self._camera.version)

    def _ask(self, wanted: bool) -> None:
        wishes = {self.canvas.camera: Budget(MOVING, *_ASKED)} if wanted and self.canvas.camera else {}
        self._sight.budgets.offer("mask-editor", wishes)
        if wanted:
            self._timer.start()
        else:
            self._timer.stop()

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody looks: pictures are wanted."""
        super().showEvent(event)
        self._ask(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self._ask(False)

    @Slot()
    def _leave(self) -> None:
        if self.canvas.sketch.open:
            self.canvas.sketch.open = []
        elif self.canvas.sketch.changed and not self._sure:
            self._sure = True
        else:
            self.left.emit()
        self._tell()
        self.canvas.update()

    @Slot()
    def _add(self) -> None:
        self.canvas.attempt("add_middle")

    @Slot()
    def _remove(self) -> None:
        self.canvas.attempt("remove")

    @Slot()
    def _undo(self) -> None:
        self.canvas.attempt("undo")

    @Slot(object)
    def _said(self, refusal: Refusal | None) -> None:
        self._refusal, self._problem, self._sure = refusal, "", False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """All of it without a mouse."""
        key, held = Qt.Key(event.key()), event.modifiers()
        control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
        sketch = self.canvas.sketch
        if key is Qt.Key.Key_Escape:
            self._leave()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if sketch.open:
                self.canvas.attempt("close")
            else:
                self.finish()
        elif key in _ARROWS and sketch.masks:
            step = _SMALL if held & control else _STEP
            dx, dy = (part * step for part in _ARROWS[key])
            sketch.keep()
            self.canvas.attempt("stretch" if held & shift else "move", dx, dy)
        elif key is Qt.Key.Key_Z and held & control:
            self._undo()
        elif key is Qt.Key.Key_N:
            self._add()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._remove()
        elif key is Qt.Key.Key_Space:
            self.canvas.attempt("next")
        else:
            super().keyPressEvent(event)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        name = self._camera.name if self._camera is not None else ""
        self.title.setText(t("camadmin.masks.title", name=name))
        self.hint.setText(t("camadmin.masks.hint"))
        self.save.setText(t("camadmin.masks.save"))
        self.cancel.setText(t("camadmin.form.cancel"))
        self.add.setText(t("camadmin.masks.add"))
        self.remove.setText(t("camadmin.masks.remove"))
        self.undo.setText(t("camadmin.masks.undo"))
        self.canvas.setAccessibleName(self.title.text())
        self._tell()

    @Slot()
    def _tell(self) -> None:
        sketch = self.canvas.sketch
        words, tone = t("camadmin.masks.count", n=len(sketch.masks)), "muted"
        picture = self.canvas.picture
        if picture is not None:
            at = local(picture.captured_at)
            words += " · " + t("camadmin.masks.picture", time=f"{at:%m-%d %H:%M:%S}")
        if sketch.open:
            words, tone = t("camadmin.masks.open", n=len(sketch.open)), ""
        if self._sure:
            words, tone = t("camadmin.masks.sure"), "yellow"
        if self._problem or self._refusal is not None:
            words = why_words(self._problem or self._refusal or "")
            tone = "red"
        self.state.setText(words)
        set_tone(self.state, tone)
        self.remove.setEnabled(sketch.chosen >= 0)
