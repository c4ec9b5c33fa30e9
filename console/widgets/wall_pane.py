"""A wall with its bar, its focus view and its notice strip: what a window or
the one-display page puts on a monitor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from console.domain.model import Camera
from console.services.ports import FeedHealth
from console.services.views import BoardView
from console.widgets.focus_view import Focus, FocusView, Unfocus
from console.widgets.sight import Sight
from console.widgets.tile_overlay import NoticeStrip
from console.widgets.wall import WallWidget
from console.widgets.wall_bar import WallBar

#: How long a sentence about what was just done stays, ms.
SAID_MS: Final = 6000


class WallPane(QWidget):
    """All a wall needs; ``focus`` and ``unfocus`` start and stop the player."""

    newCase = Signal(str, object)
    """Camera and instant of the key press (aware UTC)."""
    snapshotRequested = Signal(str)
    replayRequested = Signal(str)
    caseRequested = Signal(str)
    selectionChanged = Signal(str)
    focusChanged = Signal(str)
    """The camera shown large, ``""`` after the way back."""
    retranslated = Signal()
    """After another language was taken, for what lies over the wall."""

    def __init__(self, sight: Sight, focus: Focus, unfocus: Unfocus, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wall = WallWidget(sight, self)
        self.focus_view = FocusView(sight, focus, unfocus, self)
        self.bar = WallBar(sight.theme, self)
        self.strip = NoticeStrip(sight.theme, self)
        self._notices: tuple[str, ...] = ()
        self._said = ""
        self._over: QWidget | None = None
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.wall)
        self._stack.addWidget(self.focus_view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.bar, self._stack, self.strip):
            column.addWidget(widget)
        column.setStretch(1, 1)
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(SAID_MS)
        self._quiet.timeout.connect(self._forget)
        self._wire()
        self.setFocusProxy(self.wall)

    def _wire(self) -> None:
        wall, view, bar = self.wall, self.focus_view, self.bar
        for source in (wall, view):
            source.newCase.connect(self.newCase)
            source.snapshotRequested.connect(self.snapshotRequested)
        wall.replayRequested.connect(self.replayRequested)
        wall.caseRequested.connect(self.caseRequested)
        wall.selectionChanged.connect(self.selectionChanged)
        wall.focusRequested.connect(self.show_focus)
        wall.said.connect(self.say)
        wall.countsChanged.connect(bar.set_counts)
        wall.planChanged.connect(bar.set_plan)
        view.closed.connect(self._back)
        bar.layoutChosen.connect(wall.use_layout)
        bar.previousClicked.connect(wall.previous_page)
        bar.nextClicked.connect(wall.next_page)
        bar.lockClicked.connect(wall.toggle_lock)
        bar.undoClicked.connect(wall.undo)
        bar.set_plan(wall.plan)

    # What it is given ---------------------------------------------------

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        """All cameras there are."""
        self.wall.set_cameras(cameras)
        self.focus_view.set_cameras(cameras)

    def set_health(self, health: Mapping[str, FeedHealth]) -> None:
        """The feeds' latest reports."""
        self.wall.set_health(health)
        self.focus_view.set_health(health)

    def set_board(self, view: BoardView) -> None:
        """The cases of the board."""
        self.wall.set_board(view)
        self.focus_view.set_board(view)

    def set_notices(self, notices: Sequence[str]) -> None:
        """What was dropped, in sentences, most important first."""
        self._notices = tuple(notices)
        self._show_notices()

    def retranslate(self) -> None:
        """Take the language of the process."""
        self.bar.retranslate()
        self.wall.repaint_all()
        self.focus_view.update()
        self._forget()  # a sentence said a moment ago was in the other language
        self.retranslated.emit()

    # Something over the wall ---------------------------------------------

    @property
    def covered_by(self) -> QWidget | None:
        """The page that lies over the wall, ``None`` for none."""
        return self._over

    def cover(self, page: QWidget) -> None:
        """Put ``page`` over the wall; it gets the keyboard. The tiles below
        keep their key frames, so that the way back shows pictures at once."""
        if self._stack.indexOf(page) < 0:
            self._stack.addWidget(page)
        self._over = page
        self.wall.set_covered(self.isVisible())
        self._stack.setCurrentWidget(page)
        self.bar.hide()
        self.setFocusProxy(page)
        page.setFocus()

    @Slot()
    def uncover(self) -> None:
        """Back to the wall."""
        if self._over is not None:
            self._to_wall()

    def _to_wall(self) -> None:
        self._over = None
        self._stack.setCurrentWidget(self.wall)
        self.bar.show()
        self.wall.set_covered(False)
        self.setFocusProxy(self.wall)
        self.wall.setFocus()

    # Focus --------------------------------------------------------------

    @property
    def focused(self) -> str:
        """The camera shown large, ``""`` for none."""
        return self.focus_view.camera_id

    @Slot(str)
    def show_focus(self, camera_id: str) -> None:
        """Show one camera large."""
        camera = self.wall.camera(camera_id)
        if camera is None:
            return
        self._over = None
        self.focus_view.open(camera)
        self.wall.set_covered(self.isVisible())
        self._stack.setCurrentWidget(self.focus_view)
        # Its counts stand still while the wall sleeps: better not shown.
        self.bar.hide()
        self.setFocusProxy(self.focus_view)
        self.focus_view.setFocus()
        self.focusChanged.emit(camera_id)

    @Slot(str)
    def _back(self, _camera: str) -> None:
        self._to_wall()
        self.focusChanged.emit("")

    def showEvent(self, event: QShowEvent) -> None:
        """Seen again with a camera large: the tiles below keep their key frames."""
        super().showEvent(event)
        self.wall.set_covered(bool(self.focused) or self._over is not None)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks, so nothing is kept warm."""
        super().hideEvent(event)
        self.wall.set_covered(False)

    # Words --------------------------------------------------------------

    @Slot(str)
    def say(self, sentence: str) -> None:
        """Show a sentence for some seconds, before what was dropped."""
        self._said = sentence
        self._quiet.start()
        self._show_notices()

    @Slot()
    def _forget(self) -> None:
        self._said = ""
        self._show_notices()

    def _show_notices(self) -> None:
        self.strip.set_notices([self._said, *self._notices] if self._said else self._notices)
