"""Where the parts of a case stand: the work, and what belongs to it beside or
below; who gives way when the room is short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QBoxLayout, QFrame, QSizePolicy, QVBoxLayout, QWidget

from console.widgets.fit_scroll import FitScroll
from console.widgets.parts import GROUP, spaced, surface

#: Least room for the sections, and what the evidence adds, px.
LOG_LEAST: Final = 160
EVIDENCE: Final = 128


class CaseFrame(QWidget):
    """``work``: the parts of the step, one below the other, scrolled when they
    must be; ``pinned`` below them is never scrolled away: the one next action;
    ``evidence``, ``sections`` and ``note`` stand beside them (``wide``)
    or below. ``grown()`` when the work asks for another height."""

    grown = Signal()

    def __init__(
        self,
        work: Sequence[QWidget],
        pinned: QWidget,
        evidence: QWidget,
        sections: QWidget,
        note: QWidget,
        *,
        wide: bool,
    ) -> None:
        super().__init__()
        self._evidence, self._pinned, self._wide = evidence, pinned, wide
        self._shown_part: QWidget | None = None
        #: Somebody asked for a section: it is shown also where room is short.
        self.asked = False
        held = surface(QWidget(), "panel")
        left = QVBoxLayout(held)
        spaced(left, 0, GROUP)
        for one in work:
            left.addWidget(one)
        left.addStretch(1)
        left.setContentsMargins(0, 0, 12, 0)
        self.area = FitScroll()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(held)
        self.log = QWidget()
        right = QVBoxLayout(self.log)
        spaced(right, 0, 8)
        right.addWidget(evidence)
        right.addWidget(sections, 1)
        right.addWidget(note)
        way = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        both = QBoxLayout(way, self)
        spaced(both, 0, 24 if wide else GROUP)
        side = QWidget()
        column = QVBoxLayout(side)
        spaced(column, 0, GROUP)
        column.addWidget(self.area)
        column.addWidget(pinned)
        if wide:
            column.addStretch(0)
        pinned.setContentsMargins(0, 0, 12, 0)
        both.addWidget(side, 3 if wide else 0)
        both.addWidget(self.log, 2 if wide else 1)
        if not wide:
            # The sections take what the work leaves, and never ask for more.
            self.log.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.area.grown.connect(self.grown)

    def needed_height(self) -> int:
        """How high the pane would like to be, px, so that no part of the work
        is scrolled away."""
        pinned = 0 if self._pinned.isHidden() else self._pinned.sizeHint().height() + GROUP
        return self.area.sizeHint().height() + pinned + 2 * GROUP

    def fit(self, height: int, busy: bool) -> None:
        """Share ``height`` px: while somebody is ``busy`` with a step on a low
        display, what happened gives way to what is to be done."""
        room = height - self.needed_height()
        self.log.setVisible(self._wide or not busy or room >= LOG_LEAST or self.asked)
        self.log.setMinimumHeight(LOG_LEAST if self.asked and not self._wide else 0)
        self._evidence.setVisible(
            (self._wide and height >= LOG_LEAST + EVIDENCE) or room >= LOG_LEAST + EVIDENCE
        )

    def reveal(self, part: QWidget) -> None:
        """Bring a part of the work into view."""
        self._shown_part = part
        # Only after the layout has given the part its place.
        QTimer.singleShot(0, self._scroll_there)

    @Slot()
    def _scroll_there(self) -> None:
        # Fields just added count for the height only from now on.
        self.grown.emit()
        part = self._shown_part
        bar = self.area.verticalScrollBar()
        if part is not None and part.isVisible() and bar.maximum() > 0:
            bar.setValue(part.y())
