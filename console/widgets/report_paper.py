"""A report as it will be printed: its pages below each other, white in both themes."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from console.theme import Theme

_GAP: Final = 12


class _Sheets(QWidget):
    """Paints the pages, as wide as there is room, never blown up."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.pages: tuple[QImage, ...] = ()

    def fit(self, width: int) -> None:
        """Take the width there is."""
        height = sum(self._size(page, width).height() + _GAP for page in self.pages)
        self.setFixedHeight(max(1, height))

    def _size(self, page: QImage, width: int) -> QSize:
        wide = min(page.width(), max(120, width - 2 * _GAP))
        return QSize(wide, round(page.height() * wide / page.width()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Only the pages that can be seen."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        y = 0
        for page in self.pages:
            size = self._size(page, self.width())
            box = event.rect()
            if y + size.height() >= box.top() and y <= box.bottom():
                x = (self.width() - size.width()) // 2
                painter.fillRect(x, y, size.width(), size.height(), QColor("#ffffff"))
                painter.drawImage(x, y, page.scaled(size, mode=Qt.TransformationMode.SmoothTransformation))
                painter.setPen(self._theme.color("line"))
                painter.drawRect(x, y, size.width() - 1, size.height() - 1)
            y += size.height() + _GAP


class ReportPaper(QScrollArea):
    """Scrolls through the pages with the arrows and Page Up and Down."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._sheets = _Sheets(theme)
        self.setWidget(self._sheets)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QScrollArea.Shape.NoFrame)

    def apply(self, pages: tuple[QImage, ...]) -> None:
        """Show other pages, from the top."""
        self._sheets.pages = pages
        self._sheets.fit(self.viewport().width())
        self._sheets.update()
        self.verticalScrollBar().setValue(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Pages are as wide as there is room."""
        super().resizeEvent(event)
        self._sheets.fit(self.viewport().width())
