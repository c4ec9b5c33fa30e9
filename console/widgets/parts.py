"""Small parts every panel is built from: labels, buttons, lines.

They carry a role or a tone; the style sheet gives them the colour.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QLayout, QPushButton, QSizePolicy, QWidget

from console.theme import Theme

GAP: Final = 8
GROUP: Final = 12
EDGE: Final = 16


def label(
    theme: Theme, text: str = "", px: int = 14, *, bold: bool = False, tone: str = "", wrap: bool = False
) -> QLabel:
    """A plain-text label. ``tone``: muted, accent, red, demo."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(theme.font(px, bold))
    made.setWordWrap(wrap)
    if tone:
        made.setProperty("tone", tone)
    return made


def set_tone(widget: QWidget, tone: str) -> None:
    """Give a label another tone; does nothing when it has it already."""
    if widget.property("tone") == tone:
        return
    widget.setProperty("tone", tone)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def button(theme: Theme, text: str = "", kind: str = "", *, px: int = 14, bold: bool = False) -> QPushButton:
    """A push button. ``kind``: primary (the one next action), quiet, or none.
    It never takes the focus from what is typed by being clicked."""
    made = QPushButton(text)
    made.setFont(theme.font(px, bold))
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
    if kind:
        made.setProperty("kind", kind)
    return made


def line(vertical: bool = False) -> QFrame:
    """A separator of one pixel, only where space does not separate."""
    made = QFrame()
    made.setProperty("line", True)
    if vertical:
        made.setFixedWidth(1)
    else:
        made.setFixedHeight(1)
    return made


def surface(widget: QWidget, role: str = "panel") -> QWidget:
    """Paint a widget's ground with ``panel`` or ``bg``."""
    widget.setProperty("surface", role)
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
    return widget


def spaced(layout: QLayout, margin: int = 0, gap: int = GAP) -> QLayout:
    """Set margins and gap of a layout on the grid of 4."""
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(gap)
    return layout


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and let it go."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


class DataLabel(QLabel):
    """A label for names people gave: too long ones end in an ellipsis and
    are whole in the tool tip. Fixed texts never go in here."""

    def __init__(self, theme: Theme, px: int = 14, *, bold: bool = False, tone: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font(px, bold))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        if tone:
            self.setProperty("tone", tone)

    def setText(self, text: str) -> None:
        """Set the whole text; it is shortened when painted."""
        super().setText(text)
        self.setToolTip(text)

    def minimumSizeHint(self) -> QSize:
        """May shrink to a few characters."""
        return QSize(32, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text, shortened at the right."""
        painter = QPainter(self)
        room = self.contentsRect()
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)
