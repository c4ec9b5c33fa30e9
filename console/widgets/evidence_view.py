"""A picture of the evidence, large, over the page; arrows go through the
case's other pictures, Esc or a click takes it away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QColor, QImage, QImageReader, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from console.domain.model import Evidence
from console.domain.vocabulary import EvidenceKind
from console.i18n import t
from console.models.wording import clock
from console.theme import Theme

_HEAD: Final = 44
_EDGE: Final = 32
PICTURED: Final = frozenset(EvidenceKind) - {EvidenceKind.CLIP, EvidenceKind.DOCUMENT}


class EvidenceView(QWidget):
    """An overlay that fills its parent; not a dialog, nothing waits for it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._page = theme, parent
        self._all: tuple[tuple[Evidence, str], ...] = ()
        self._at = 0
        self._image = QImage()
        self._back: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        parent.installEventFilter(self)
        self.hide()

    def open(self, pictures: Sequence[tuple[Evidence, str]], sha256: str) -> None:
        """Show the picture ``sha256`` among ``(evidence, path)``."""
        self._all = tuple(pictures)
        self._at = next((i for i, (one, _) in enumerate(self._all) if one.sha256 == sha256), 0)
        if not self._all:
            return
        self._back = self.window().focusWidget()
        self.setGeometry(self._page.rect())
        self._load()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self.setAccessibleName(t("desk.case.evidence"))
        self.update()

    def _load(self) -> None:
        reader = QImageReader(self._all[self._at][1])
        size, room = reader.size(), self._room().size() * self.devicePixelRatioF()
        if size.isValid() and (size.width() > room.width() or size.height() > room.height()):
            # Scaled while it is read: a large JPEG costs a fraction so.
            reader.setScaledSize(size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio))
        self._image = reader.read()
        self.update()

    def _room(self) -> QRect:
        return self.rect().adjusted(_EDGE, _HEAD, -_EDGE, -_EDGE)

    def _leave(self) -> None:
        self.hide()
        self._image = QImage()
        if self._back is not None:
            self._back.setFocus(Qt.FocusReason.PopupFocusReason)
            self._back = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows: the other pictures. Esc and Enter: back."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None and self._all:
            self._at = (self._at + step) % len(self._all)
            self._load()
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._leave()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click anywhere closes."""
        self._leave()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture on a dimmed page, with what it is and when it was taken."""
        painter = QPainter(self)
        ground = QColor(self._theme.color("bg"))
        ground.setAlphaF(0.94)
        painter.fillRect(self.rect(), ground)
        if not self._all:
            return
        one, _ = self._all[self._at]
        facts = [t(f"states.evidence.{one.kind.value}"), clock(one.captured_at), one.camera]
        words = " · ".join(word for word in facts if word)
        painter.setPen(self._theme.color("text"))
        painter.setFont(self._theme.font(16, True))
        line = QRect(_EDGE, 0, self.width() - 2 * _EDGE, _HEAD)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        painter.setPen(self._theme.color("muted"))
        painter.setFont(self._theme.font(12))
        count = t("desk.evidence.count", at=self._at + 1, all=len(self._all))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, count)
        room = self._room()
        if self._image.isNull():
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, t("desk.evidence.unreadable"))
            return
        shown = self._image.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(room.topLeft(), shown)
        target.moveCenter(room.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, self._image)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fill the parent."""
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self.setGeometry(self._page.rect())
            self._load()
        return False
