"""The care section of administration: backups, room and retention, the doctor,
the log, the programs. One pane is seen; nothing is read for the others."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.theme import Theme
from console.widgets.care_backup import BackupPane
from console.widgets.care_doctor import DoctorPane
from console.widgets.care_log import LogPane
from console.widgets.care_parts import CarePane
from console.widgets.care_programs import ProgramsPane
from console.widgets.care_store import StorePane
from console.widgets.parts import spaced
from console.widgets.section_tabs import SectionTabs

PANES: Final = ("backup", "store", "doctor", "log", "programs")


class _Way(QObject):
    """What a pane asks, with the pane's name."""

    def __init__(self, section: CareSection, pane: str) -> None:
        super().__init__(section)
        self._section, self._pane = section, pane

    @Slot(str, object)
    def asked(self, what: str, value: object) -> None:
        self._section.wanted.emit(self._pane, what, value)


class CareSection(QWidget):
    """``wanted(pane, what, value)``; ``turned(pane)`` when another pane is seen."""

    wanted = Signal(str, str, object)
    turned = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.backup, self.store = BackupPane(theme), StorePane(theme)
        self.doctor, self.log, self.programs = DoctorPane(theme), LogPane(theme), ProgramsPane(theme)
        self.panes: dict[str, CarePane] = {
            "backup": self.backup,
            "store": self.store,
            "doctor": self.doctor,
            "log": self.log,
            "programs": self.programs,
        }
        self.tabs = SectionTabs(theme)
        for name, pane in self.panes.items():
            self.tabs.add(pane, f"care.pane.{name}")
            way = _Way(self, name)
            pane.wanted.connect(way.asked)
        self.tabs.turned.connect(self._turned)
        column = QVBoxLayout(self)
        spaced(column, 0, 0)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self.tabs)

    @property
    def current(self) -> str:
        """The pane that is chosen."""
        chosen = self.tabs.current
        return next(name for name, pane in self.panes.items() if pane is chosen)

    def show_pane(self, name: str) -> None:
        """Bring one up."""
        self.tabs.show_section(self.panes[name])

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard goes to the pane's table."""
        super().focusInEvent(event)
        self.panes[self.current].table.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def _turned(self, _pane: QWidget) -> None:
        self.turned.emit(self.current)
        if self.isVisible():
            self.panes[self.current].table.setFocus(Qt.FocusReason.OtherFocusReason)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self.tabs.retranslate()
        for pane in self.panes.values():
            pane.retranslate()
