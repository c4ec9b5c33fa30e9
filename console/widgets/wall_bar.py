"""The line above a wall: how many are live, page, layout, lock, undo."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from console.i18n import t
from console.theme import Theme
from console.widgets import parts
from console.widgets.layouts import PRESETS
from console.widgets.wall_plan import WallPlan


class WallBar(QWidget):
    """Shows a wall's plan and counts; says what is clicked."""

    layoutChosen = Signal(str)
    previousClicked = Signal()
    nextClicked = Signal()
    lockClicked = Signal()
    undoClicked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts = (0, 0)
        self._plan = WallPlan()
        parts.surface(self, "bg")
        self._title = parts.label(theme, "", 14, bold=True)
        self._count = parts.label(theme, "", 14)
        self._bad = parts.label(theme, "", 14, bold=True)
        self._page = parts.label(theme, "", 14, tone="muted")
        self._previous = parts.button(theme, "‹", "quiet")
        self._next = parts.button(theme, "›", "quiet")
        self._layout = parts.button(theme, "", "quiet")
        self._undo = parts.button(theme, "", "quiet")
        self._lock = parts.button(theme, "", "quiet")
        self._lock.setCheckable(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 2, 4, 2)
        row.setSpacing(8)
        for label in (self._title, self._count, self._bad):
            row.addWidget(label)
        row.addStretch(1)
        tools: tuple[QWidget, ...] = (
            self._previous, self._page, self._next, self._layout, self._undo, self._lock,
        )  # fmt: skip
        for tool in tools:
            row.addWidget(tool)
        self._menu = QMenu(self)
        self._group = QActionGroup(self)
        for name in PRESETS:
            action = self._menu.addAction(name)
            action.setCheckable(True)
            self._group.addAction(action)
        self._layout.setMenu(self._menu)
        self._group.triggered.connect(self._chosen)
        self._previous.clicked.connect(self.previousClicked)
        self._next.clicked.connect(self.nextClicked)
        self._undo.clicked.connect(self.undoClicked)
        self._lock.clicked.connect(self.lockClicked)
        self.set_title("")
        self.retranslate()

    @Slot(QAction)
    def _chosen(self, action: QAction) -> None:
        self.layoutChosen.emit(action.text())

    def set_title(self, text: str) -> None:
        """The wall's name, where there are several."""
        self._title.setText(text)
        self._title.setVisible(bool(text))

    @Slot(int, int)
    def set_counts(self, live: int, shown: int) -> None:
        """Live tiles of those that have a camera."""
        self._counts = (live, shown)
        self._count.setText(t("wall.wall.count", live=live, shown=shown) if shown else "")
        self._bad.setText(t("wall.wall.count_bad", bad=shown - live) if live < shown else "")
        self._bad.setVisible(live < shown)

    @Slot(object)
    def set_plan(self, plan: WallPlan) -> None:
        """Layout, page and lock as they are now."""
        self._plan = plan
        several = plan.pages > 1
        self._page.setText(t("wall.wall.page", page=plan.page + 1, pages=plan.pages))
        for widget in (self._previous, self._page, self._next):
            widget.setVisible(several)
        self._layout.setText(f"{t('wall.action.layout')} {plan.layout} ▾")
        self._layout.setEnabled(not plan.locked)
        self._undo.setEnabled(not plan.locked)
        self._lock.setChecked(plan.locked)
        self._lock.setText(t("wall.wall.locked") if plan.locked else t("wall.action.lock"))
        for action in self._group.actions():
            action.setChecked(action.text() == plan.layout)

    def retranslate(self) -> None:
        """Take the language of the process."""
        self._undo.setText(t("wall.action.undo"))
        for button, key, shortcut in (
            (self._previous, "previous", "PgUp"),
            (self._next, "next", "PgDn"),
            (self._undo, "undo", "Ctrl+Z"),
            (self._lock, "lock", "Ctrl+L"),
        ):
            button.setAccessibleName(t(f"wall.action.{key}"))
            button.setToolTip(f"{t(f'wall.action.{key}')} ({shortcut})")
        self._count.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self.set_counts(*self._counts)
        self.set_plan(self._plan)
