"""The line above a wall: how many are live, page, layout, lock, undo."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.i18n import t
from console.theme import Theme
from console.widgets import parts
from console.widgets.layout_menu import LayoutMenu
from console.widgets.wall_plan import WallPlan

#: A name longer than this is cut, logical px.
NAME_PX: Final = 96
#: From this width on there is room for the names of things, logical px.
WIDE_PX: Final = 1000


class WallBar(QWidget):
    """Shows a wall's plan and counts; says what is clicked."""

    layoutChosen = Signal(str)
    previousClicked = Signal()
    nextClicked = Signal()
    lockClicked = Signal()
    undoClicked = Signal()
    overviewClicked = Signal()
    asked = Signal(str, str, str)
    """Something of the layout menu but a preset: verb, kind, name."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts = (0, 0)
        self._plan = WallPlan()
        self._named = ""
        self._touring = False
        parts.surface(self, "bg")
        self._title = parts.label(theme, "", 14, bold=True)
        self._count = parts.label(theme, "", 14)
        self._bad = parts.label(theme, "", 14, bold=True)
        self._page = parts.label(theme, "", 14, tone="muted")
        self._tour = parts.label(theme, "", 14, bold=True, tone="accent")
        self._tour.hide()
        self._waiting = parts.label(theme, "", 14, bold=True)
        self._waiting.hide()
        self._duty = parts.DataLabel(theme, 14, bold=True)
        self._previous = parts.button(theme, "‹", "quiet")
        self._next = parts.button(theme, "›", "quiet")
        self._overview = parts.button(theme, "", "quiet")
        self._layout = parts.button(theme, "", "quiet")
        self._undo = parts.button(theme, "", "quiet")
        self._lock = parts.button(theme, "", "quiet")
        self._lock.setCheckable(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 2, 4, 2)
        row.setSpacing(8)
        for label in (self._title, self._count, self._bad, self._waiting):
            row.addWidget(label)
        row.addWidget(self._duty, 1)
        tools: tuple[QWidget, ...] = (
            self._tour, self._previous, self._page, self._next, self._overview, self._layout, self._undo,
            self._lock,
        )  # fmt: skip
        for tool in tools:
            row.addWidget(tool)
        self.menu = LayoutMenu(self)
        self._layout.setMenu(self.menu)
        self.menu.asked.connect(self._chosen)
        self._previous.clicked.connect(self.previousClicked)
        self._next.clicked.connect(self.nextClicked)
        self._undo.clicked.connect(self.undoClicked)
        self._overview.clicked.connect(self.overviewClicked)
        self._lock.clicked.connect(self.lockClicked)
        self.set_title("")
        self.retranslate()

    @Slot(str, str, str)
    def _chosen(self, verb: str, kind: str, name: str) -> None:
        if verb == "preset":
            self.layoutChosen.emit(name)
        else:
            self.asked.emit(verb, kind, name)

    def set_named(self, name: str) -> None:
        """The stored layout that hangs here unchanged, ``""`` for none."""
        if name != self._named:
            self._named = name
            self.set_plan(self._plan)

    def set_tour(self, words: str, spoken: str = "", brief: str = "") -> None:
        """Where the tour is and how long it stays (``2/5 · 8 s``), ``""`` for
        no tour; ``spoken`` is the same as a sentence, ``brief`` what is shown
        on a wall that shares its monitor with the board."""
        self._touring = bool(words)
        self._tour.setText(words if self.width() >= WIDE_PX else brief or words)
        self._tour.setToolTip(spoken)
        self._tour.setAccessibleName(spoken)
        self._tour.setVisible(bool(words))
        self.set_plan(self._plan)

    def set_waiting(self, alarms: int) -> None:
        """High alarms that have no alarm tile yet."""
        self._waiting.setText(t("alarmtiles.bar.waiting", n=alarms))
        self._waiting.setToolTip(t("alarmtiles.bar.spoken", n=alarms))
        self._waiting.setAccessibleName(t("alarmtiles.bar.spoken", n=alarms))
        self._waiting.setVisible(alarms > 0)

    def set_duty(self, words: str) -> None:
        """The warning signal and the response level; empty while none is set."""
        self._duty.setText(words)

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
            widget.setVisible(several and not self._touring)
        name = self._named or plan.layout
        room = self._layout.fontMetrics()
        shown = room.elidedText(name, Qt.TextElideMode.ElideRight, NAME_PX).replace("&", "&&")
        self._layout.setText(f"{t('wall.action.layout')} {shown} ▾")
        self._layout.setToolTip(name)
        self._layout.setAccessibleName(f"{t('wall.action.layout')} {name}")
        self.menu.set_state("" if plan.shape else plan.layout, plan.locked, self._touring)
        self._lock.setChecked(plan.locked)
        self._lock.setText(t("wall.wall.locked") if plan.locked else t("wall.action.lock"))

    def retranslate(self) -> None:
        """Take the language of the process."""
        self._undo.setText(t("wall.action.undo"))
        self._overview.setText(t("overview.page.open"))
        self._overview.setToolTip(f"{t('overview.page.open')} (O)")
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
