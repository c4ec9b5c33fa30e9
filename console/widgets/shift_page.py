"""The page of shifts (F11): which shift, its log, its hand-over, the roster."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from console.domain.model import Actor
from console.i18n import t
from console.models import shift_words
from console.models.names import NameBook
from console.services.shift_reading import ShiftList, ShiftView
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.keys import FIGURE_KEYS
from console.widgets.parts import button, label, spaced
from console.widgets.section_tabs import SectionTabs
from console.widgets.shift_hand_over import ShiftHandOver
from console.widgets.shift_log_view import ShiftLogView
from console.widgets.shift_roster_view import ShiftRosterView

CHOICE_PX = 320


class ShiftPage(QWidget):
    """``shown()`` when it comes up, ``shift_wanted(id)`` when another one is
    chosen (empty: the one that is open), ``open_wanted()``, ``turned(section)``."""

    shown = Signal()
    shift_wanted = Signal(str)
    open_wanted = Signal()
    turned = Signal(str)

    def __init__(self, theme: Theme, ticker: Ticker) -> None:
        super().__init__()
        self._view: ShiftView | None = None
        self._list: ShiftList | None = None
        # What is hidden while no shift is shown lies in a frame: a stack shows
        # and hides its own pages.
        self._frames: dict[str, QWidget] = {}
        self.choice = QComboBox()
        self.choice.setFont(theme.font(14))
        self.choice.setMinimumWidth(CHOICE_PX)
        self._stage = label(theme, "", 14, bold=True, tone="red")
        self._wrong = label(theme, "", 14, bold=True, tone="red", wrap=True)
        self._wrong.hide()
        self._gaps = label(theme, "", 12, tone="muted", wrap=True)
        self._gaps.hide()
        self.open = button(theme, "", "primary")
        self.tabs = SectionTabs(theme)
        self.log = ShiftLogView(theme, ticker)
        self.hand = ShiftHandOver(theme)
        self.roster = ShiftRosterView(theme, ticker)
        self._empty = label(theme, "", 14, tone="muted", wrap=True)
        self._build()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(self.log)
        self.choice.activated.connect(self._chosen)
        self.open.clicked.connect(self.open_wanted)
        self.tabs.turned.connect(self._turned)
        for key in FIGURE_KEYS:
            shortcut = QShortcut(QKeySequence(key.keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            turn = self.tabs.next_section if key.id == "figures_next" else self.tabs.previous_section
            shortcut.activated.connect(turn)
        self.retranslate()

    def _build(self) -> None:
        head = QHBoxLayout()
        spaced(head, 0, 12)
        head.addWidget(self.choice)
        head.addWidget(self._stage)
        head.addStretch(1)
        head.addWidget(self.open)
        for section, widget in (("log", self.log), ("hand", self.hand), ("roster", self.roster)):
            self._frames[section] = frame = _framed(widget)
            self.tabs.add(frame, f"shifts.tab.{section}")
        column = QVBoxLayout(self)
        spaced(column, 0, 8)
        column.addLayout(head)
        column.addWidget(self._wrong)
        column.addWidget(self._gaps)
        column.addWidget(self._empty)
        column.addWidget(self.tabs, 1)

    # -- what it is given --------------------------------------------------------

    @property
    def section(self) -> str:
        """The section that is shown: ``log``, ``hand`` or ``roster``."""
        shown = self.tabs.current
        return next((name for name, frame in self._frames.items() if frame is shown), "log")

    def show_section(self, section: str) -> None:
        """Bring a section up."""
        self.tabs.show_section(self._frames[section])

    @property
    def shift(self) -> str:
        """The shift that is shown; empty while none was read."""
        return self._view.log.id if self._view is not None else ""

    @property
    def view(self) -> ShiftView | None:
        """The shift that is shown, as it was read last."""
        return self._view

    def apply(self, view: ShiftView) -> None:
        """A shift as it stands now."""
        self._view = view
        self.log.apply(view)
        self.hand.apply(view)
        red = len(view.unseen)
        self.tabs.set_badge(self._frames["hand"], str(red) if red else "")
        self._say()

    def apply_list(self, found: ShiftList) -> None:
        """The shifts to choose from."""
        self._list = found
        self._fill()
        self._say()

    def none_open(self) -> None:
        """No shift is open, and none was chosen."""
        self._view = None
        self._say()

    def set_actor(self, actor: Actor | None) -> None:
        """Who sits here."""
        self.hand.set_actor(actor)

    def set_names(self, names: NameBook, teams: Mapping[str, str]) -> None:
        """What people and teams are called."""
        self.log.set_names(names, teams)
        self.hand.set_names(names, teams)
        self.roster.set_names(names)

    def say(self, words: str) -> None:
        """Something that went wrong, in a sentence."""
        self._wrong.setText(words)
        self._wrong.setVisible(bool(words))

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self.choice.setAccessibleName(t("shifts.page.choose"))
        self.open.setText(t("shifts.page.open"))
        self._empty.setText(t("shifts.page.empty"))
        self.tabs.retranslate()
        for one in (self.log, self.hand, self.roster):
            one.retranslate()
        self._fill()
        self._say()

    # -- saying it ---------------------------------------------------------------

    def _fill(self) -> None:
        if self._list is None:
            return
        kept = self.shift
        self.choice.blockSignals(True)
        self.choice.clear()
        for row in self._list.rows:
            self.choice.addItem(shift_words.chosen(row, row.id in self._list.late), row.id)
        self.choice.setCurrentIndex(max(0, self.choice.findData(kept)))
        self.choice.blockSignals(False)

    def _say(self) -> None:
        view, found = self._view, self._list
        self.choice.setVisible(found is not None and bool(found.rows))
        self._stage.setVisible(view is not None)
        self._empty.setVisible(view is None)
        self.log.setVisible(view is not None)
        self.hand.setVisible(view is not None)
        if view is not None:
            at = self.choice.findData(view.log.id)
            if at >= 0 and at != self.choice.currentIndex():
                self.choice.setCurrentIndex(at)
            late = found is not None and view.log.id in found.late
            said = t("shifts.page.late_by", span=shift_words.length(view.late_s)) if late else ""
            self._stage.setText(said)
            self.say(t("shifts.broken", shift=view.log.id) if view.broken else "")
        running = found is not None and any(
            row.stage != "handed" and row.end_at > found.taken_at for row in found.rows
        )
        self.open.setVisible(found is not None and not running)
        gaps = [shift_words.hours(one.start, one.end) for one in (found.gaps if found is not None else ())]
        self._gaps.setText(t("shifts.page.gaps", n=len(gaps), shifts=" · ".join(gaps[:6])))
        self._gaps.setVisible(bool(gaps))

    def showEvent(self, event: QShowEvent) -> None:
        """Fresh, please."""
        super().showEvent(event)
        self.shown.emit()

    @Slot(int)
    def _chosen(self, at: int) -> None:
        self.shift_wanted.emit(str(self.choice.itemData(at) or ""))

    @Slot(object)
    def _turned(self, widget: QWidget) -> None:
        self.setFocusProxy(widget)
        if self.isVisible():
            widget.setFocus(Qt.FocusReason.OtherFocusReason)
        self.turned.emit(self.section)


def _framed(widget: QWidget) -> QWidget:
    frame = QWidget()
    column = QVBoxLayout(frame)
    spaced(column, 0, 0)
    column.addWidget(widget)
    frame.setFocusProxy(widget)
    return frame
