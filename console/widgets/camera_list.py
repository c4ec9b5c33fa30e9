"""The camera tree: communities, cameras, a state lamp each, and a search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from console.domain.model import Camera
from console.domain.vocabulary import FeedState
from console.i18n import t
from console.models.cameras import CAMERA_ROLE, LIVE_ROLE, SEEN_ROLE, STATE_ROLE, CameraTreeModel
from console.services.ports import FeedHealth
from console.theme import Theme
from console.widgets.parts import button, label, spaced

_ROW = 28
_LEFT_V = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT_V = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
#: Below this many cameras the tree stands open from the start.
_OPEN_BELOW = 64


class _CameraDelegate(QStyledItemDelegate):
    """A lamp that differs in shape as well as colour: full disc live, ring
    otherwise; the word stands beside all that is not live."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Rows of one height."""
        return QSize(120, _ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw a community or a camera."""
        theme = self._theme
        box: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, theme.color("raised"))
            if option.state & QStyle.StateFlag.State_HasFocus:
                painter.setPen(theme.color("accent"))
                painter.drawRect(box.adjusted(0, 0, -1, -1))
        painter.save()
        counts = index.data(LIVE_ROLE)
        if counts is not None:
            live, total = counts
            shown = f"{live}/{total}"
            self._words(painter, box.adjusted(4, 0, -8, 0), str(index.data()), shown, bold=True)
        else:
            # Qt hands the word of an enumeration back as a plain string.
            word = index.data(STATE_ROLE)
            state = FeedState(word) if word else None
            self._lamp(painter, QRectF(box.left() + 6, box.center().y() - 4, 9, 9), state)
            said = "" if state is FeedState.LIVE else t(f"states.feed.{word or 'unknown'}")
            said = " · ".join(one for one in (said, str(index.data(SEEN_ROLE) or "")) if one)
            self._words(painter, box.adjusted(24, 0, -8, 0), str(index.data()), said, bold=False)
        painter.restore()

    def _lamp(self, painter: QPainter, box: QRectF, state: object) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        if state is FeedState.LIVE:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("muted"))
        else:
            bad = state not in (None, FeedState.CONNECTING, FeedState.DISABLED)
            painter.setPen(QPen(self._theme.color("lamp.red" if bad else "stale"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(box)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _words(self, painter: QPainter, box: QRect, name: str, right: str, *, bold: bool) -> None:
        theme = self._theme
        painter.setFont(theme.font(12))
        painter.setPen(theme.color("muted"))
        used = painter.fontMetrics().horizontalAdvance(right) + 8 if right else 0
        if right:
            painter.drawText(box, _RIGHT_V, right)
        painter.setFont(theme.font(14, bold))
        painter.setPen(theme.color("text"))
        room = box.adjusted(0, 0, -used, 0)
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, room.width())
        painter.drawText(room, _LEFT_V, shown)


class _Tree(QTreeView):
    """Enter opens; letters are keys of the desk."""

    entered_key = Signal(bool)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses the camera; with Shift it is hung in any case."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered_key.emit(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            event.accept()
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """There is a search field."""


class CameraList(QWidget):
    """``chosen(camera id)`` on Enter or a double click: show it on the wall;
    ``hang_wanted(camera ids)`` on Enter on a community or Shift+Enter: hang
    them from the wall's selected tile onward;
    ``case_wanted(camera id)``: open a case from it; ``counts(live, total)``."""

    chosen = Signal(str)
    hang_wanted = Signal(object)
    case_wanted = Signal(str)
    details_wanted = Signal(str)
    """The button below the list: all that is known of the camera."""
    counts = Signal(int, int)
    unseen_wanted = Signal(bool)
    """The list in the order in which nobody looked: read it, or no more."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.model = CameraTreeModel(self)
        self._title = label(theme, "", 16, bold=True)
        self._count = label(theme, "", 14, tone="muted")
        self.search = QLineEdit()
        self.search.setFont(theme.font(14))
        self.search.setClearButtonEnabled(True)
        self.tree = _Tree()
        self.tree.setModel(self.model)
        self.tree.setItemDelegate(_CameraDelegate(theme, self))
        self.tree.setProperty("surface", "bg")
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(12)
        self.tree.setDragEnabled(True)
        self.tree.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._empty = label(theme, "", 12, tone="muted", wrap=True)
        self._new = button(theme, "")
        self._details = button(theme, "", "quiet")
        self.unseen = button(theme, "", "quiet")
        self.unseen.setCheckable(True)
        # Enter in the search before the cameras were read: it counts once they are.
        self._entered_early = False
        head = QHBoxLayout()
        spaced(head, 0, 8)
        head.addWidget(self._title)
        head.addWidget(self._count)
        head.addStretch(1)
        head.addWidget(self.unseen)
        body = QVBoxLayout(self)
        spaced(body, 0, 8)
        body.addLayout(head)
        body.addWidget(self.search)
        body.addWidget(self._empty)
        body.addWidget(self.tree, 1)
        foot = QHBoxLayout()
        foot.addWidget(self._new, 1)
        foot.addWidget(self._details)
        body.addLayout(foot)
        self.search.textChanged.connect(self._searched)
        self.search.returnPressed.connect(self._to_tree)
        self.tree.entered_key.connect(self._entered)
        self.tree.doubleClicked.connect(self._choose)
        self._new.clicked.connect(self._want_case)
        self._details.clicked.connect(self._want_details)
        self.unseen.toggled.connect(self._by_sight)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self._title.setText(t("desk.cameras.title"))
        self.search.setPlaceholderText(t("desk.cameras.search"))
        self.search.setAccessibleName(t("desk.cameras.search"))
        self.tree.setAccessibleName(t("desk.cameras.title"))
        self._new.setText(t("desk.cameras.new_case"))
        self._details.setText(t("desk.cameras.sheet"))
        self._empty.setText(t("desk.cameras.empty"))
        self.unseen.setText(t("camera.list.by_sight"))
        self.unseen.setToolTip(t("camera.list.by_sight_help"))
        if self.unseen.isChecked():
            self.unseen_wanted.emit(True)  # words for when are written by whoever reads them
        self._recount()

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        """Take the list as configured."""
        kept = self.current()
        self.model.set_cameras(cameras)
        self._expand()
        if kept:
            self.tree.setCurrentIndex(self.model.find(kept))
        elif self._entered_early and cameras:
            self._entered_early = False
            if self.search.hasFocus():
                self._to_tree()
        self._recount()

    def set_unseen(self, rows: Sequence[tuple[str, str]]) -> None:
        """Cameras and when they were last looked at, the longest unseen first;
        nothing when the list is not in that order any more."""
        if self.unseen.isChecked():
            kept = self.current()
            self.model.set_unseen(rows)
            self.tree.expandAll()
            if kept and kept != self.current():
                self.tree.setCurrentIndex(self.model.find(kept))
            self._empty.setVisible(self.model.rowCount() == 0)

    def set_health(self, health: Mapping[str, FeedHealth]) -> None:
        """Take the state of the streams."""
        self.model.set_health(health)
        self._recount()

    def current(self) -> str:
        """Id of the chosen camera, or an empty string."""
        camera = self.tree.currentIndex().data(CAMERA_ROLE)
        return camera.id if isinstance(camera, Camera) else ""

    def _recount(self) -> None:
        live, total = self.model.counts()
        self._count.setText(f"{live}/{total}" if total else "")
        self._empty.setVisible(self.model.rowCount() == 0)
        self.counts.emit(live, total)

    def _expand(self) -> None:
        if self.search.text() or self.model.counts()[1] < _OPEN_BELOW:
            self.tree.expandAll()

    @Slot(str)
    def _searched(self, text: str) -> None:
        self._entered_early = False
        self.model.set_filter(text)
        self._expand()
        self._empty.setVisible(self.model.rowCount() == 0)

    @Slot(bool)
    def _by_sight(self, wanted: bool) -> None:
        if not wanted:
            kept = self.current()
            self.model.set_unseen(None)
            self._expand()
            if kept:
                self.tree.setCurrentIndex(self.model.find(kept))
        self.unseen_wanted.emit(wanted)

    @Slot()
    def _to_tree(self) -> None:
        first = self.model.index(0, 0, self.model.index(0, 0))
        if first.isValid():
            self.tree.setCurrentIndex(first)
            self.tree.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not self.model.counts()[1]:
            self._entered_early = True

    @Slot(bool)
    def _entered(self, hang: bool) -> None:
        chosen = self.tree.selectionModel().selectedIndexes() or [self.tree.currentIndex()]
        if not hang and len(chosen) == 1 and self.current():
            self._choose()
            return
        ids = dict.fromkeys(one for index in chosen for one in self.model.cameras_of(index))
        if ids:
            self.hang_wanted.emit(tuple(ids))

    @Slot()
    def _choose(self) -> None:
        if self.current():
            self.chosen.emit(self.current())

    @Slot()
    def _want_case(self) -> None:
        self.case_wanted.emit(self.current())

    @Slot()
    def _want_details(self) -> None:
        if self.current():
            self.details_wanted.emit(self.current())
