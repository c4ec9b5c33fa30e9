"""The walls as they hung at a moment: their tiles, and the pictures that were
kept of them then. Greyed and hatched, so that nobody takes them for the street."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from console.domain.model import Evidence
from console.domain.vocabulary import EvidenceKind
from console.i18n import t
from console.models.past_walls import PastWall, Tile, shown
from console.models.wording import clock
from console.services.past_shift import Moment
from console.theme import Theme
from console.widgets.evidence_view import PICTURED
from console.widgets.hangings import camera_of
from console.widgets.hatching import hatch
from console.widgets.picture_reader import PictureReader

_GAP: Final = 16
_HEAD: Final = 24
_PAD: Final = 4
_ASPECT: Final = 16 / 9
_LINE: Final = 18
_CENTER: Final = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
_LEFT_V: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class PastWalls(QWidget):
    """``opened(Evidence)`` when a tile's picture was clicked."""

    opened = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._walls: tuple[PastWall, ...] = ()
        self._pictures: Mapping[str, Evidence] = {}
        self._paths: Mapping[str, str] = {}
        self._names: Mapping[str, str] = {}
        self._images: dict[str, QImage] = {}
        self._rooms: list[tuple[QRect, Evidence]] = []
        self.reader = PictureReader("past-pictures", self)
        self.reader.ready.connect(self._on_ready)
        self.setMouseTracking(True)
        self.setMinimumHeight(160)
        theme.changed.connect(self.update)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self.setAccessibleName(t("history.page.walls"))
        self.update()

    def set_cameras(self, names: Mapping[str, str]) -> None:
        """What cameras are called, by id."""
        self._names = dict(names)
        self.update()

    def show_shift(self, paths: Mapping[str, str]) -> None:
        """Another shift: where its pictures lie, by SHA-256."""
        self._paths = paths
        self._images.clear()
        self.reader.forget()

    def apply(self, moment: Moment) -> None:
        """The walls of a moment."""
        walls = (shown(one.change, moment.at) for one in moment.walls)
        self._walls = tuple(one for one in walls if one is not None)
        self._pictures = moment.walls[0].pictures if moment.walls else {}
        for camera in {camera_of(tile.token) for wall in self._walls for tile in wall.tiles}:
            self._ask(self._pictures.get(camera))
        self.update()

    def _ask(self, one: Evidence | None) -> None:
        if one is not None and one.kind in PICTURED and one.sha256 in self._paths:
            self.reader.ask(one.sha256, self._paths[one.sha256], QSize(640, 360))

    @Slot(str, QImage)
    def _on_ready(self, sha256: str, image: QImage) -> None:
        self._images[sha256] = image
        self.update()

    @property
    def walls(self) -> tuple[PastWall, ...]:
        """What is shown."""
        return self._walls

    @property
    def pictured(self) -> tuple[Evidence, ...]:
        """What can be opened by a click now."""
        return tuple(one for _, one in self._rooms)

    # -- places ----------------------------------------------------------------

    def _boxes(self) -> list[QRect]:
        """A box for each wall: as many beside each other as make them largest."""
        many = len(self._walls)
        best: tuple[float, int] = (0.0, 1)
        for across in range(1, many + 1):
            rows = -(-many // across)
            wide = (self.width() - _GAP * (across - 1)) / across
            tall = (self.height() - _GAP * (rows - 1)) / rows - _HEAD
            best = max(best, (min(wide, tall * _ASPECT), -across))
        wide, across = best[0], -best[1]
        tall = wide / _ASPECT + _HEAD
        left = int((self.width() - across * wide - (across - 1) * _GAP) / 2)
        return [
            QRect(
                left + int((wide + _GAP) * (at % across)),
                int((tall + _GAP) * (at // across)),
                int(wide),
                int(tall),
            )
            for at in range(many)
        ]

    # -- painting --------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Each wall with its name and its tiles."""
        p = QPainter(self)
        self._rooms = []
        if not self._walls:
            p.setPen(self._theme.color("muted"))
            p.setFont(self._theme.font(16))
            p.drawText(self.rect(), _CENTER, t("history.page.no_walls"))
            return
        for wall, box in zip(self._walls, self._boxes(), strict=True):
            self._paint_wall(p, wall, box)

    def _paint_wall(self, p: QPainter, wall: PastWall, box: QRect) -> None:
        p.setPen(self._theme.color("text"))
        p.setFont(self._theme.font(14))
        p.drawText(QRect(box.left(), box.top(), box.width(), _HEAD), _LEFT_V, wall_words(wall))
        room = box.adjusted(0, _HEAD, 0, 0)
        for tile in wall.tiles:
            left = room.left() + room.width() * tile.x // wall.columns
            top = room.top() + room.height() * tile.y // wall.rows
            right = room.left() + room.width() * (tile.x + tile.w) // wall.columns
            below = room.top() + room.height() * (tile.y + tile.h) // wall.rows
            self._paint_tile(p, tile, QRect(left, top, right - left - 2, below - top - 2))

    def _paint_tile(self, p: QPainter, tile: Tile, box: QRect) -> None:
        theme = self._theme
        p.fillRect(box, theme.color("panel"))
        camera = camera_of(tile.token)
        one = self._pictures.get(camera) if camera else None
        image = self._images.get(one.sha256) if one is not None else None
        if image is not None and not image.isNull():
            size = image.size().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
            target = QRect(QPoint(0, 0), size)
            target.moveCenter(box.center())
            p.drawImage(target, image)
        elif camera:
            hatch(p, box, theme.color("stale", 0.18))
        p.setPen(QPen(theme.color("alarm.high") if tile.lent else theme.color("line"), 2 if tile.lent else 1))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRect(box)
        self._paint_words(p, tile, camera, one, box)
        if one is not None and one.sha256 in self._paths:
            self._rooms.append((box, one))

    def _paint_words(self, p: QPainter, tile: Tile, camera: str, one: Evidence | None, box: QRect) -> None:
        """The name above, below it since when there is a picture."""
        theme = self._theme
        name = self._names.get(camera, camera) or t("history.page.empty_tile")
        if tile.lent:
            name = f"{t('history.page.lent')} · {name}"
        lines = [name]
        if one is not None:
            kind = t(f"states.evidence.{one.kind.value}")
            lines.append(t("history.page.picture", kind=kind, at=clock(one.captured_at)))
        elif camera and box.height() >= 3 * _LINE:
            lines.append(t("history.page.no_picture"))
        p.setFont(theme.font(12))
        tall = min(_LINE * len(lines) + 2 * _PAD, box.height())
        strip = QRect(box.left(), box.top(), box.width(), tall)
        p.fillRect(strip, theme.color("bg", 0.78))
        for at, words in enumerate(lines):
            row = QRect(box.left() + _PAD, box.top() + _PAD + at * _LINE, box.width() - 2 * _PAD, _LINE)
            if row.bottom() > box.bottom():
                break
            p.setPen(theme.color("text" if at == 0 and camera else "muted"))
            fit = p.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, row.width())
            p.drawText(row, _LEFT_V, fit)

    # -- hands -----------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the picture of a tile."""
        found = self._at(event.position().toPoint())
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(found)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A hand over what can be opened."""
        there = self._at(event.position().toPoint()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if there else Qt.CursorShape.ArrowCursor)

    def _at(self, point: QPoint) -> Evidence | None:
        return next((one for box, one in self._rooms if box.contains(point)), None)


def wall_words(wall: PastWall) -> str:
    """``desk-1 · wall-2  page 1/3  tour market 4/12``."""
    words = [t("history.page.wall", seat=wall.seat, wall=wall.name)]
    if wall.pages > 1:
        words.append(t("history.page.wall_page", page=wall.page, pages=wall.pages))
    if wall.tour:
        key = "history.page.tour_paused" if wall.paused else "history.page.tour"
        name = wall.tour_name or t(f"layouts.tour.kind_{wall.tour}")
        words.append(t(key, name=name, stop=wall.stop, stops=wall.stops))
    return "  ".join(words)


def opens(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """What of a case's evidence can be shown over the page: pictures and clips."""
    return tuple(one for one in evidence if one.kind in PICTURED or one.kind is EvidenceKind.CLIP)
