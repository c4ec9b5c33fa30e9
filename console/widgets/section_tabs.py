"""What belongs to a case beside its steps, one section at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from console.i18n import t
from console.theme import Theme
from console.widgets.parts import button, spaced

#: A section keeps this height at least, px.
LEAST: Final = 88


@dataclass(slots=True)
class _Section:
    widget: QWidget
    title: str
    badge: str = ""
    offered: bool = True


class SectionTabs(QWidget):
    """Sections under each other's titles: timeline, checklist, map …
    ``turned(widget)`` when another one is shown. With one section there is
    nothing to choose and its title is a plain line."""

    turned = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._sections: list[_Section] = []
        self._bar = QWidget()
        self._row = QHBoxLayout(self._bar)
        spaced(self._row, 0, 4)
        self._row.addStretch(1)
        self._choice = QButtonGroup(self)
        self._choice.idClicked.connect(self._clicked)
        self._stack = QStackedWidget()
        self._stack.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._stack.setMinimumHeight(LEAST)
        column = QVBoxLayout(self)
        spaced(column, 0, 4)
        column.addWidget(self._bar)
        column.addWidget(self._stack, 1)

    def add(self, widget: QWidget, title: str, at: int | None = None) -> None:
        """A section more, at the end or at a place of its own; ``title`` is a
        text key."""
        made = button(self._theme, "", "quiet", px=12)
        made.setCheckable(True)
        at = len(self._sections) if at is None else at
        for later in range(len(self._sections) - 1, at - 1, -1):
            self._choice.setId(self._choice.button(later), later + 1)
        self._choice.addButton(made, at)
        self._row.insertWidget(at, made, 0, Qt.AlignmentFlag.AlignLeft)
        self._sections.insert(at, _Section(widget, title))
        self._stack.insertWidget(at, widget)
        made.setChecked(len(self._sections) == 1)
        self.retranslate()

    def set_badge(self, widget: QWidget, badge: str) -> None:
        """A short word behind a section's title, such as ``2/5``."""
        for section in self._sections:
            if section.widget is widget and section.badge != badge:
                section.badge = badge
                self.retranslate()

    @property
    def current(self) -> QWidget | None:
        """The section that is shown."""
        return self._stack.currentWidget()

    def show_section(self, widget: QWidget) -> None:
        """Bring a section up."""
        for at, section in enumerate(self._sections):
            if section.widget is widget:
                self._turn(at)

    def set_offered(self, widget: QWidget, offered: bool) -> None:
        """Whether a section can be chosen; its title is gone when not, and
        another one is shown instead."""
        for at, section in enumerate(self._sections):
            if section.widget is widget:
                section.offered = offered
                self._choice.button(at).setVisible(offered)
        if self._sections and not self._sections[self._stack.currentIndex()].offered:
            first = next((at for at, one in enumerate(self._sections) if one.offered), None)
            if first is not None:
                self._turn(first)
        self._stack.setVisible(any(section.offered for section in self._sections))

    def is_offered(self, widget: QWidget) -> bool:
        """Whether a section can be chosen."""
        return any(one.offered for one in self._sections if one.widget is widget)

    @Slot()
    def next_section(self) -> None:
        """The one after this, from the last to the first."""
        self._step(1)

    @Slot()
    def previous_section(self) -> None:
        """The one before this, from the first to the last."""
        self._step(-1)

    def _step(self, by: int) -> None:
        at, number = self._stack.currentIndex(), len(self._sections)
        ring = ((at + by * steps) % number for steps in range(1, number))
        found = next((one for one in ring if self._sections[one].offered), None)
        if found is not None:
            self._turn(found)

    def _turn(self, at: int) -> None:
        other = at != self._stack.currentIndex()
        self._stack.setCurrentIndex(at)
        self._choice.button(at).setChecked(True)
        if other:
            self.turned.emit(self._sections[at].widget)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        for at, section in enumerate(self._sections):
            words = t(section.title)
            made = self._choice.button(at)
            made.setText(f"{words} {section.badge}".rstrip())
            made.setAccessibleName(made.text())

    @Slot(int)
    def _clicked(self, at: int) -> None:
        self._turn(at)
