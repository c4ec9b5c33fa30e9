"""Before and after, side by side; pictures are read in a thread of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.domain.model import Evidence
from console.domain.vocabulary import EvidenceKind
from console.i18n import t
from console.models.wording import clock
from console.theme import Theme
from console.widgets.picture_reader import PictureReader

BEFORE: Final = (EvidenceKind.BEFORE, EvidenceKind.MAIN_PICTURE, EvidenceKind.SNAPSHOT)
_CAPTION: Final = 24
_GAP: Final = 8
_CENTER: Final = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
_LEFT_V: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class PicturePair(QWidget):
    """Left a picture of before, right one of after. ``clicked()``."""

    clicked = Signal()

    def __init__(self, theme: Theme, height: int = 0) -> None:
        """``height``: fixed, px; 0 takes what there is."""
        super().__init__()
        self._theme = theme
        self._sides: list[list[tuple[Evidence, str]]] = [[], []]
        self._at = [0, 0]
        self._images: dict[str, QImage] = {}
        self._reader = PictureReader("before-after", self)
        if height:
            self.setFixedHeight(height)
        else:
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._reader.ready.connect(self._on_loaded)

    def apply(self, evidence: Sequence[Evidence], paths: Mapping[str, str]) -> None:
        """Take the evidence of a case: of each side the newest (before: the
        clearest kind first) is shown, unless another was chosen."""
        before = sorted((one for one in evidence if one.kind in BEFORE), key=_clearest)
        after = sorted((one for one in evidence if one.kind is EvidenceKind.AFTER), key=_newest)
        fresh = [[(one, paths.get(one.sha256, "")) for one in side] for side in (before, after)]
        if fresh == self._sides:
            return
        for side, rows in enumerate(fresh):
            if rows != self._sides[side]:
                self._at[side] = 0
        self._sides = fresh
        kept = {one.sha256 for side in fresh for one, _ in side}
        self._images = {key: image for key, image in self._images.items() if key in kept}
        self._reader.forget(frozenset(kept))
        self._describe()
        self._ask()
        self.update()

    def has(self, side: int) -> bool:
        """Whether there is anything to show: 0 before, 1 after."""
        return bool(self._sides[side])

    def turn(self, side: int, step: int) -> None:
        """Another picture of that side."""
        if self._sides[side]:
            self._at[side] = (self._at[side] + step) % len(self._sides[side])
            self._ask()
            self.update()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self._describe()
        self.update()

    def close_reader(self) -> None:
        """End the reading thread; called before the window goes."""
        self._reader.close()

    @property
    def ready(self) -> tuple[bool, bool]:
        """Which sides have their picture on the screen."""
        found = []
        for side in (0, 1):
            shown = self._shown(side)
            image = self._images.get(shown[0].sha256) if shown is not None else None
            found.append(image is not None and not image.isNull())
        return found[0], found[1]

    def _shown(self, side: int) -> tuple[Evidence, str] | None:
        rows = self._sides[side]
        return rows[self._at[side]] if rows else None

    def _describe(self) -> None:
        self.setAccessibleName(f"{t('teams.check.before')} / {t('teams.check.after')}")
        self.setAccessibleDescription("; ".join(self._caption(side) for side in (0, 1)))

    def _caption(self, side: int) -> str:
        shown = self._shown(side)
        if shown is None:
            return t("teams.check.no_before" if side == 0 else "teams.check.no_after")
        one = shown[0]
        kind = t("teams.check.before" if side == 0 else "teams.check.after")
        count = len(self._sides[side])
        return t(
            "teams.check.picture", kind=kind, time=clock(one.captured_at), at=self._at[side] + 1, all=count
        )

    def _room(self, side: int) -> QRect:
        width = (self.width() - _GAP) // 2
        return QRect(side * (width + _GAP), 0, width, self.height())

    def _ask(self) -> None:
        if not self.isVisible() or self.width() < 40:
            return
        room = (self._room(0).size() - QSize(0, _CAPTION)) * self.devicePixelRatioF()
        for side in (0, 1):
            shown = self._shown(side)
            if shown is None or not shown[1]:
                continue
            one, path = shown
            self._reader.ask(one.sha256, path, room)

    @Slot(str, QImage)
    def _on_loaded(self, sha256: str, image: QImage) -> None:
        self._images[sha256] = image
        self.update()

    def showEvent(self, event: object) -> None:
        """Read what can now be seen."""
        super().showEvent(event)  # type: ignore[arg-type]
        self._ask()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Larger pictures for a larger room."""
        super().resizeEvent(event)
        self._ask()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click asks for the large view."""
        self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Caption above, picture below, twice."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for side in (0, 1):
            self._paint_side(painter, side)

    def _paint_side(self, painter: QPainter, side: int) -> None:
        theme, room = self._theme, self._room(side)
        shown = self._shown(side)
        place = room.adjusted(0, _CAPTION, 0, 0)
        painter.setPen(theme.color("line"))
        painter.drawRect(place.adjusted(0, 0, -1, -1))
        painter.setFont(theme.font(12))
        if shown is None:
            painter.setPen(theme.color("muted"))
            painter.drawText(place.adjusted(8, 8, -8, -8), _CENTER, self._caption(side))
            return
        painter.setPen(theme.color("text"))
        words = painter.fontMetrics().elidedText(
            self._caption(side), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(QRect(room.left(), room.top(), room.width(), _CAPTION), _LEFT_V, words)
        image = self._images.get(shown[0].sha256)
        if image is None or image.isNull():
            painter.setPen(theme.color("muted"))
            words = self._missing(shown, image)
            painter.drawText(place.adjusted(8, 8, -8, -8), _CENTER, words)
            return
        size = image.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(place.topLeft(), size)
        target.moveCenter(place.center())
        painter.drawImage(target, image)

    def _missing(self, shown: tuple[Evidence, str], image: QImage | None) -> str:
        if not shown[1]:
            return t("desk.case.not_here")
        return t("teams.check.loading") if image is None else t("teams.check.unreadable")


def _clearest(one: Evidence) -> tuple[int, float]:
    return BEFORE.index(one.kind), -one.captured_at.timestamp()


def _newest(one: Evidence) -> float:
    return -one.captured_at.timestamp()
