"""A page of sections beside each other, one at a time: figures, administration.

Each section is a widget of its own. Nothing is to be read or painted for a
section nobody sees, so the page tells when one comes into sight and when it
goes: ``shown(id)`` and ``hidden(id)``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from console.theme import Theme
from console.widgets.keys import FIGURE_KEYS
from console.widgets.parts import spaced
from console.widgets.section_tabs import SectionTabs

#: A section gets at least so much of the window, px.
_LEAST_WIDE: Final = 320


class _Room(QScrollArea):
    """Holds a section. One that wants more room than a small display has is
    scrolled sideways there and widens no window."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(widget)
        self.viewport().setAutoFillBackground(False)
        widget.setAutoFillBackground(False)

    def minimumSizeHint(self) -> QSize:
        """A corner of it."""
        return QSize(_LEAST_WIDE, super().minimumSizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows belong to the section."""
        event.ignore()


class SectionsPage(QWidget):
    """Sections by id, titled ``pages.<prefix>_<id>``. ``shown(id)`` when a
    section can be seen from now on, ``hidden(id)`` when it cannot any more;
    each ``shown`` is followed by one ``hidden`` before the next one."""

    shown = Signal(str)
    hidden = Signal(str)

    def __init__(self, theme: Theme, prefix: str, order: Sequence[str]) -> None:
        """``order``: the sections from left to right, whoever comes first."""
        super().__init__()
        self._prefix, self._order = prefix, tuple(order)
        self._sections: dict[str, QWidget] = {}
        self._rooms: dict[str, _Room] = {}
        self._seen = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.tabs = SectionTabs(theme)
        column = QVBoxLayout(self)
        spaced(column, 0, 0)
        column.addWidget(self.tabs)
        self.tabs.turned.connect(self._turned)
        for key in FIGURE_KEYS:
            shortcut = QShortcut(QKeySequence(key.keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            if key.id == "figures_next":
                shortcut.activated.connect(self.tabs.next_section)
            else:
                shortcut.activated.connect(self.tabs.previous_section)

    def add_section(self, section: str, widget: QWidget) -> None:
        """A section more, at its place in the order. Raises ``ValueError``
        for an id that has no place there or is taken."""
        if section in self._sections:
            raise ValueError(f"section {section!r} is there already")
        before = self._order[: self._order.index(section)]
        at = sum(one in self._sections for one in before)
        self._sections[section] = widget
        self._rooms[section] = room = _Room(widget)
        self.tabs.add(room, f"pages.{self._prefix}_{section}", at)
        if at == 0:
            self.tabs.show_section(room)
        self._tell(self.isVisible())

    def offer(self, sections: Collection[str]) -> None:
        """Only these can be chosen from now on; of the others not even the
        title is there. The one chosen gives way when it is not among them."""
        for section, room in self._rooms.items():
            self.tabs.set_offered(room, section in sections)
        self._tell(self.isVisible())

    @property
    def offered(self) -> tuple[str, ...]:
        """The ids of the sections that can be chosen, from left to right."""
        return tuple(
            one for one in self._order if one in self._rooms and self.tabs.is_offered(self._rooms[one])
        )

    def section(self, section: str) -> QWidget | None:
        """A section's widget."""
        return self._sections.get(section)

    @property
    def current(self) -> str:
        """The id of the section that is chosen, seen or not; empty without any."""
        chosen = self.tabs.current
        found = next((key for key, room in self._rooms.items() if room is chosen), "")
        return found if found in self.offered else ""

    @property
    def seen(self) -> str:
        """The id of the section that can be seen now; empty when none can."""
        return self._seen

    @Slot(str)
    def show_section(self, section: str) -> None:
        """Bring a section up; one that is not there, or not offered, leaves all
        as it is."""
        room = self._rooms.get(section)
        if room is not None and self.tabs.is_offered(room):
            self.tabs.show_section(room)

    def showEvent(self, event: QShowEvent) -> None:
        """The section chosen is seen again."""
        super().showEvent(event)
        self._tell(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Another page, a minimised window, a locked desk: nothing is seen."""
        super().hideEvent(event)
        self._tell(False)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard goes to the section."""
        super().focusInEvent(event)
        self._pass_focus()

    def _pass_focus(self) -> None:
        chosen = self._sections.get(self.current)
        if chosen is not None and chosen.focusPolicy() != Qt.FocusPolicy.NoFocus:
            chosen.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def _turned(self, _widget: QWidget) -> None:
        self._tell(self.isVisible())
        if self.isVisible():
            self._pass_focus()

    def _tell(self, visible: bool) -> None:
        seen = self.current if visible else ""
        if seen == self._seen:
            return
        before, self._seen = self._seen, seen
        if before:
            self.hidden.emit(before)
        if seen:
            self.shown.emit(seen)
