"""What the marks of the map mean, in one line; what has no room is left out
from the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.domain.vocabulary import FeedState
from console.i18n import t
from console.models.map_marks import GREEN, NO_CLOCK, RED, YELLOW
from console.theme import Theme
from console.widgets.map_sprites import Sprite, Sprites
from console.widgets.map_static import heat_classes, heat_color

_HEIGHT: Final = 48
_GAP: Final = 18.0


class MapLegend(QWidget):
    """Painted with the very marks it explains."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._sprites = Sprites(theme)
        self._heat: Mapping[str, int] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT)
        theme.changed.connect(self.repaint_all)

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(400, _HEIGHT)

    def set_heat(self, heat: Mapping[str, int] | None) -> None:
        """The heat's steps stand first while it is shown."""
        self._heat = heat
        self.update()

    def repaint_all(self) -> None:
        """After another theme or language."""
        self._sprites.forget(self.devicePixelRatioF())
        self.setAccessibleName(" ".join(words for _, words in self._entries()))
        self.update()

    def _entries(self) -> list[tuple[Sprite, str]]:
        make = self._sprites
        return [
            (make.case("12", RED, False), t("map.legend.case_red")),
            (make.case("12", YELLOW, False), t("map.legend.case_yellow")),
            (make.case("12", GREEN, False), t("map.legend.case_green")),
            (make.case("12", NO_CLOCK, False), t("map.legend.case_none")),
            (make.camera(FeedState.LIVE, 45.0, False), t("map.legend.live")),
            (make.camera(FeedState.LOST, None, False), t("map.legend.down")),
            (make.camera(FeedState.STALE, None, False), t("map.legend.old")),
            (make.camera(FeedState.CONNECTING, None, False), t("map.legend.waiting")),
            (make.cameras((6, 0, 0, 2), False), t("map.legend.cameras")),
            (make.cases((0, 3, 1, 2), False), t("map.legend.cases")),
        ]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Marks with their words, from the left."""
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = self._theme.font(12)
        metrics = QFontMetricsF(font)
        p.setFont(font)
        x = self._steps(p, metrics)
        for sprite, words in self._entries():
            wide = sprite.box.width() + metrics.horizontalAdvance(words) + 4
            if x + wide > self.width():
                break
            top = (_HEIGHT - sprite.box.height()) / 2
            sprite.draw(p, QPointF(x, top) - sprite.box.topLeft())
            p.setFont(font)
            p.setPen(self._theme.color("muted"))
            room = QRectF(x + sprite.box.width() + 2, 0, wide, _HEIGHT)
            p.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), words)
            x += wide + _GAP

    def _steps(self, p: QPainter, metrics: QFontMetricsF) -> float:
        """The steps of the heat, each with the counts it stands for."""
        if not self._heat:
            return 0.0
        most = max(self._heat.values())
        classes = heat_classes(most)
        words = t("map.legend.heat")
        p.setPen(self._theme.color("muted"))
        left = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        p.drawText(QRectF(0, 0, 400, _HEIGHT), left, words)
        x = metrics.horizontalAdvance(words) + 8
        for at, low in enumerate(classes):
            high = classes[at + 1] - 1 if at + 1 < len(classes) else most
            text = str(low) if high == low else f"{low}–{high}"
            box = QRectF(x, _HEIGHT / 2 - 10, metrics.horizontalAdvance(text) + 12, 20)
            p.fillRect(box, self._theme.color("panel"))
            p.fillRect(box, heat_color(self._theme, low, classes))
            p.setPen(self._theme.color("text"))
            p.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
            x = box.right()
        return x + _GAP
