"""The overview of a wall: search and filters over the thumbnails of all cameras."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from console.domain.model import Camera
from console.i18n import t
from console.models.names import NameBook
from console.models.overview_index import ALL, BAD, BY_AGE, LIVE, ORDERS, SHOWN, OverviewIndex, Query
from console.services.ports import FeedHealth
from console.theme import Theme
from console.widgets import parts
from console.widgets.overview_view import OverviewView
from console.widgets.sight import Sight

#: Pinyin initials are prepared so many at a time, this often (ms).
PREPARE_AT_ONCE: Final = 20
PREPARE_MS: Final = 15
#: The order by age is taken anew this often, in reports (one a second).
AGE_EVERY: Final = 5
#: Keys that belong to the thumbnails even while the search has the keyboard …
_ALWAYS: Final = (
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Return,
    Qt.Key.Key_Enter,
)
#: … and those that do while nothing is typed.
_WHEN_EMPTY: Final = (
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_Space,
)


class OverviewPage(QWidget):
    """Lies over a wall. Works by keyboard alone: what is typed searches,
    arrows walk, Enter sends, Space chooses, Esc clears the search or goes back."""

    sent = Signal(object)
    """These cameras (a tuple of ids) are wanted on the wall."""
    closed = Signal()

    def __init__(self, sight: Sight, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = sight.theme
        self.index = OverviewIndex()
        self._beat = 0
        parts.surface(self, "bg")
        self._title = parts.label(theme, "", 16, bold=True)
        self.search = QLineEdit()
        self.search.setFont(theme.font(14))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(330)
        self.search.setMaximumWidth(420)
        self.shows = {name: self._show_button(theme) for name in SHOWN}
        self.place, self.order = QComboBox(), QComboBox()
        self._count = parts.label(theme, "", 14, tone="muted")
        self._help = parts.label(theme, "", 12, tone="muted")
        self._back = parts.button(theme, "", "quiet")
        self.view = OverviewView(sight, self)
        self._group = QButtonGroup(self)
        for button in self.shows.values():
            self._group.addButton(button)
        self.shows[ALL].setChecked(True)
        self._preparing = QTimer(self)
        self._preparing.setInterval(PREPARE_MS)
        self._preparing.timeout.connect(self._prepare)
        self._lay_out(theme)
        self._wire()
        self.retranslate()

    def _show_button(self, theme: Theme) -> QPushButton:
        made = parts.button(theme, "", "quiet")
        made.setCheckable(True)
        return made

    def _lay_out(self, theme: Theme) -> None:
        for box in (self.place, self.order):
            box.setFont(theme.font(14))
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.setContentsMargins(8, 4, 4, 4)
        head.setSpacing(8)
        widgets: tuple[QWidget, ...] = (
            self._title,
            self.search,
            *self.shows.values(),
            self.place,
            self.order,
        )
        for widget in widgets:
            head.addWidget(widget)
        head.addStretch(1)
        head.addWidget(self._back)
        foot.setContentsMargins(8, 2, 8, 2)
        foot.addWidget(self._count)
        foot.addStretch(1)
        foot.addWidget(self._help)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        column.addLayout(foot)
        self.setFocusProxy(self.search)

    def _wire(self) -> None:
        self.search.textChanged.connect(self._searched)
        self._group.buttonClicked.connect(self._filtered)
        self.place.activated.connect(self._filtered)
        self.order.activated.connect(self._filtered)
        self._back.clicked.connect(self.closed)
        self.view.sent.connect(self.sent)
        self.view.chosenChanged.connect(self._count_up)
        self.view.letter.connect(self._typed)
        self.search.installEventFilter(self)

    # What it is given ---------------------------------------------------

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        """All cameras there are."""
        self.index.set_cameras(cameras)
        self.view.set_every(cameras)
        self._fill_places()
        self.refresh()
        if self.isVisible():
            self._preparing.start()

    def set_names(self, names: NameBook) -> None:
        """What communities are called."""
        self.index.set_names(names)
        self._fill_places()
        self.refresh()

    def set_health(self, health: Mapping[str, FeedHealth]) -> None:
        """The feeds' latest reports, about once a second."""
        self._beat += 1
        self.view.set_health(health)
        changed = self.index.set_states({camera: one.state for camera, one in health.items()})
        if not self.isVisible():
            return
        if changed:
            self._count_states()
        by_age = self.query.order == BY_AGE and self._beat % AGE_EVERY == 0
        if by_age or (changed and self.query != Query(self.query.text, ALL, self.query.place)):
            self.refresh()

    @property
    def query(self) -> Query:
        """What is looked for now."""
        show = next((name for name, button in self.shows.items() if button.isChecked()), ALL)
        place, order = self.place.currentData(), self.order.currentData()
        return Query(self.search.text(), show, str(place or ""), str(order or ORDERS[0]))

    @Slot()
    def refresh(self) -> None:
        """Find anew and show it."""
        query = self.query
        found = self.index.find(query, self.view.age)
        self.view.set_cameras(found, "" if found else self._why_empty(query))
        self._count_states()
        self._count_up(len(self.view.chosen))

    def _why_empty(self, query: Query) -> str:
        if not len(self.index):
            return t("overview.empty.none")
        if query.text.strip():
            return t("overview.empty.found", text=query.text.strip())
        return t("overview.empty.all_live" if query.show == BAD else "overview.empty.filtered")

    def _count_states(self) -> None:
        live, wanted = self.index.counts()
        for name, count in ((ALL, len(self.index)), (LIVE, live), (BAD, wanted - live)):
            self.shows[name].setText(t(f"overview.show.{name}", count=count))

    @Slot(int)
    def _count_up(self, chosen: int) -> None:
        shown = len(self.view.cameras)
        words = t("overview.page.count", shown=shown, total=len(self.index))
        self._count.setText(f"{words} · {t('overview.page.chosen', count=chosen)}" if chosen else words)

    def _fill_places(self) -> None:
        kept = self.place.currentData()
        self.place.clear()
        self.place.addItem(t("overview.place.all"), "")
        for key, words in self.index.places():
            self.place.addItem(words, key)
        self.place.setCurrentIndex(max(0, self.place.findData(kept)))

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self._title.setText(t("overview.page.title"))
        self.setAccessibleName(t("overview.page.title"))
        self.search.setPlaceholderText(t("overview.page.search"))
        self.search.setAccessibleName(t("overview.page.search"))
        self.place.setAccessibleName(t("overview.place.label"))
        self.order.setAccessibleName(t("overview.order.label"))
        self._help.setText(t("overview.page.help"))
        self._back.setText(f"{t('overview.page.back')} (Esc)")
        kept = self.order.currentData()
        self.order.clear()
        for name in ORDERS:
            self.order.addItem(t(f"overview.order.{name}"), name)
        self.order.setCurrentIndex(max(0, self.order.findData(kept)))
        self._fill_places()
        self.refresh()
        self.view.repaint_all()

    # Keys ---------------------------------------------------------------

    @Slot()
    def _searched(self) -> None:
        self.refresh()
        self.view.go(0)

    @Slot()
    def _filtered(self) -> None:
        self.refresh()
        self.view.go(0)

    @Slot(str)
    def _typed(self, text: str) -> None:
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search.insert(text)

    @Slot()
    def _prepare(self) -> None:
        if not self.index.prepare(PREPARE_AT_ONCE):
            self._preparing.stop()

    def showEvent(self, event: QShowEvent) -> None:
        """The present state; the search is empty and has the keyboard."""
        super().showEvent(event)
        self.search.clear()
        self.refresh()
        self._preparing.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows and Enter reach the thumbnails from the search field."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            mine = event.key() in _ALWAYS or (not self.search.text() and event.key() in _WHEN_EMPTY)
            if mine:
                self.view.keyPressEvent(event)
                return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc: first the search, then what was chosen, then back to the wall."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.search.text():
            self.search.clear()
        elif self.view.chosen:
            self.view.forget_chosen()
        else:
            self.closed.emit()
