"""The section of cameras on the page of administration: the list, and over it
whatever is being filled in, tried, drawn or brought in.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from console.models.names import NameBook
from console.theme import Theme
from console.widgets.camera_admin_list import CameraAdminList
from console.widgets.camera_form import CameraForm
from console.widgets.camera_panels import AsidePanel, ExportPanel, GroupsPanel
from console.widgets.camera_trials import FoundView, TrialsView
from console.widgets.import_panel import ImportPanel
from console.widgets.mask_editor import MaskEditor
from console.widgets.parts import EDGE, spaced
from console.widgets.sight import Sight


class CamerasSection(QWidget):
    """Each page is an attribute; whoever wires them brings one up with :meth:`turn`
    and goes back to the list with :meth:`back`."""

    def __init__(self, theme: Theme, sight: Sight) -> None:
        super().__init__()
        self.list = CameraAdminList(theme, sight)
        self.form = CameraForm(theme)
        self.bring = ImportPanel(theme, "camadmin.import", "camset.hint")
        self.export = ExportPanel(theme)
        self.found = FoundView(theme)
        self.trials = TrialsView(theme)
        self.masks = MaskEditor(theme, sight)
        self.aside = AsidePanel(theme, sight.clock)
        self.groups = GroupsPanel(theme)
        self._stack = QStackedWidget()
        for page in self.pages():
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        spaced(column, EDGE, 0)
        column.addWidget(self._stack)
        for page in self.pages()[1:]:
            page.left.connect(self.back)  # type: ignore[attr-defined]
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(self._stack)

    def pages(self) -> tuple[QWidget, ...]:
        """The list first."""
        over = (self.form, self.bring, self.export, self.found, self.trials, self.masks, self.aside)
        return (self.list, *over, self.groups)

    @property
    def current(self) -> QWidget:
        """The page that is up."""
        return self._stack.currentWidget() or self.list

    def turn(self, page: QWidget) -> None:
        """Bring a page up, with the keyboard."""
        self._stack.setCurrentWidget(page)
        page.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def back(self) -> None:
        """To the list. The keyboard goes there with whoever looks at this section;
        from another page, or from what lies over this one, it is not taken."""
        held = QApplication.focusWidget()
        here = held is None or self.isAncestorOf(held)
        self.found.forget()
        self._stack.setCurrentWidget(self.list)
        if here and self.isVisible():
            self.list.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_names(self, names: NameBook) -> None:
        """What communities are called."""
        self.list.set_names(names)
        self.groups.set_names(names)
