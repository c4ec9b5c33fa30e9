"""A scroll area that would rather not scroll."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Signal
from PySide6.QtWidgets import QScrollArea


class FitScroll(QScrollArea):
    """As high as what is in it, if there is room. ``grown`` when that changed:
    search results came, a field was added."""

    grown = Signal()

    def sizeHint(self) -> QSize:
        """The content's own wish at the width it has."""
        inner = self.widget()
        layout = inner.layout() if inner is not None else None
        if inner is None or layout is None:
            return super().sizeHint()
        wish = inner.sizeHint()
        high = layout.totalHeightForWidth(self.viewport().width()) if layout.hasHeightForWidth() else -1
        return QSize(wish.width(), max(wish.height(), high))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The area watches its content already; what it asks for is news."""
        if event.type() == QEvent.Type.LayoutRequest and watched is self.widget():
            self.updateGeometry()
            self.grown.emit()
        return super().eventFilter(watched, event)
