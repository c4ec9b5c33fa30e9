"""The thin bar over a tile that replays: where it stands, how fast, and back.

It is painted as one widget over the lower edge of the picture; the tile itself
says what it is (:meth:`console.widgets.wall_view.WallView.set_source`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QWidget

from console.i18n import t
from console.theme import Theme

#: Height of the bar, logical px: a finger's breadth is not needed, a mouse's is.
TALL: Final = 30
#: Speeds in the order of the keys ``[`` and ``]``.
SPEEDS: Final = (0.25, 0.5, 1.0, 2.0, 4.0)
_PLAY_W: Final = 30
_TIME_W: Final = 62
_SPEED_W: Final = 50
_LIVE_W: Final = 84
#: A tile narrower than this has no room for the speed and the words.
_NARROW: Final = 300


@dataclass(frozen=True, slots=True)
class Face:
    """What the bar shows. ``length_s`` of the tape, ``at_s`` from its start,
    ``behind_s`` how old the picture is now; ``speed`` as multiple."""

    length_s: float
    at_s: float
    behind_s: float
    speed: float
    paused: bool


def behind(seconds: float) -> str:
    """``−00:38``: how far back a picture lies; hours when there are any."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"−{hours}:{minutes:02d}:{left:02d}" if hours else f"−{minutes:02d}:{left:02d}"


def speed_words(speed: float) -> str:
    """``×0.25``, ``×2``."""
    return f"×{speed:g}"


def faster(speed: float, by: int) -> float:
    """The speed ``by`` places further in :data:`SPEEDS`."""
    place = min(range(len(SPEEDS)), key=lambda i: abs(SPEEDS[i] - speed))
    return SPEEDS[max(0, min(len(SPEEDS) - 1, place + by))]


class ReplayBar(QWidget):
    """Signals carry the camera. The wall's keyboard stays with the wall."""

    sought = Signal(str, float)
    """Seconds from the start of the tape."""
    pauseClicked = Signal(str)
    speedClicked = Signal(str)
    liveClicked = Signal(str)

    def __init__(self, theme: Theme, camera: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.camera = camera
        self.face: Face | None = None
        self._dragging = False
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMouseTracking(True)

    def sizeHint(self) -> QSize:
        """As wide as its tile."""
        return QSize(320, TALL)

    def lay(self, picture: QRect) -> None:
        """Lie over the lower edge of a tile's picture."""
        tall = min(TALL, max(16, picture.height() // 4))
        self.setGeometry(picture.x(), picture.bottom() + 1 - tall, picture.width(), tall)

    def set_face(self, face: Face) -> None:
        """Show where the replay stands."""
        if face == self.face:
            return
        self.face = face
        self.setAccessibleName(t("replay.bar.spoken", behind=behind(face.behind_s), speed=f"{face.speed:g}"))
        self.update()

    # -- rooms -----------------------------------------------------------------

    @property
    def track(self) -> QRect:
        """Where the time bar is."""
        right = _LIVE_W + (_SPEED_W + _TIME_W if self.width() >= _NARROW else 0)
        return QRect(_PLAY_W, 0, max(20, self.width() - _PLAY_W - right), self.height())

    @property
    def live_room(self) -> QRect:
        """Where the way back is."""
        return QRect(self.width() - _LIVE_W, 0, _LIVE_W, self.height())

    @property
    def speed_room(self) -> QRect:
        """Where the speed stands; empty on a narrow tile."""
        if self.width() < _NARROW:
            return QRect()
        return QRect(self.width() - _LIVE_W - _SPEED_W, 0, _SPEED_W, self.height())

    # -- painting --------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Pause, track, age, speed, back to live."""
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(self._theme.color("bg"))
        ground.setAlphaF(0.86)
        p.fillRect(self.rect(), ground)
        face = self.face
        if face is not None:
            self._paint_play(p, face)
            self._paint_track(p, face)
        p.setFont(self._theme.font(13, True))
        p.setPen(self._theme.color("text"))
        middle = Qt.AlignmentFlag.AlignCenter
        if face is not None and not self.speed_room.isEmpty():
            p.drawText(self.speed_room, middle, speed_words(face.speed))
            room = QRect(self.speed_room.x() - _TIME_W, 0, _TIME_W, self.height())
            p.drawText(room, middle, behind(face.behind_s))
        room = self.live_room.adjusted(2, 3, -4, -3)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(self._theme.color("accent"))
        p.drawRoundedRect(QRectF(room), 4, 4)
        p.setPen(self._theme.color("on_accent"))
        p.drawText(room, middle, t("replay.bar.live"))

    def _paint_play(self, p: QPainter, face: Face) -> None:
        x, y = _PLAY_W / 2, self.height() / 2
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(self._theme.color("text"))
        if face.paused:
            p.drawPolygon(QPolygonF([QPointF(x - 5, y - 7), QPointF(x + 7, y), QPointF(x - 5, y + 7)]))
        else:
            p.drawRect(QRectF(x - 6, y - 7, 4, 14))
            p.drawRect(QRectF(x + 2, y - 7, 4, 14))

    def _paint_track(self, p: QPainter, face: Face) -> None:
        room = self.track.adjusted(4, 0, -4, 0)
        y = self.height() / 2
        share = min(1.0, max(0.0, face.at_s / face.length_s)) if face.length_s > 0 else 0.0
        at = room.x() + share * room.width()
        p.setBrush(self._theme.color("muted"))
        p.drawRoundedRect(QRectF(room.x(), y - 2, room.width(), 4), 2, 2)
        p.setBrush(self._theme.color("text"))
        p.drawRoundedRect(QRectF(room.x(), y - 2, at - room.x(), 4), 2, 2)
        p.drawEllipse(QPointF(at, y), 6, 6)

    # -- mouse -----------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pause, seek, change the speed, or go back to live."""
        event.accept()
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at = event.position().toPoint()
        if self.live_room.contains(at):
            self.liveClicked.emit(self.camera)
        elif self.speed_room.contains(at):
            self.speedClicked.emit(self.camera)
        elif at.x() < _PLAY_W:
            self.pauseClicked.emit(self.camera)
        elif self.track.contains(at):
            self._dragging = True
            self._seek(at.x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag along the track."""
        event.accept()
        if self._dragging:
            self._seek(event.position().toPoint().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The drag is over."""
        event.accept()
        self._dragging = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A quick second click is a click, and none for the tile below."""
        self.mousePressEvent(event)

    def _seek(self, x: int) -> None:
        room = self.track.adjusted(4, 0, -4, 0)
        if self.face is not None and room.width() > 0:
            share = min(1.0, max(0.0, (x - room.x()) / room.width()))
            self.sought.emit(self.camera, share * self.face.length_s)
