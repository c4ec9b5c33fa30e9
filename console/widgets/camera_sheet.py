"""All that is known of one camera, on a card over the wall or the desk."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from console.domain.model import Camera
from console.i18n import t
from console.models.camera_facts import CameraFacts, rows
from console.theme import Theme
from console.widgets.parts import button, label, set_tone, spaced, surface

_WIDTH = 620
_COUNT = 7


class CameraSheet(QWidget):
    """Not a dialog: nothing waits for it, alarms go on behind it. ``closed()``
    after Esc or the button; the keyboard goes back to where it was."""

    closed = Signal()
    recorder_wanted = Signal(str)
    """Say where the recordings of this camera lie."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._page = parent
        self._back: QWidget | None = None
        self.camera = ""
        surface(self, "panel")
        self.setObjectName("toast")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._name = label(theme, "", 18, bold=True)
        self._where = label(theme, "", 12, tone="muted")
        self._labels = [label(theme, "", 14, tone="muted") for _ in range(_COUNT)]
        self._values = [label(theme, "", 14, wrap=True) for _ in range(_COUNT)]
        self._help = label(theme, "", 12, tone="muted")
        self.recorder = button(theme, "")
        self.recorder.hide()
        self.recorder.clicked.connect(self._want_recorder)
        self._close = button(theme, "")
        self._close.clicked.connect(self.leave)
        self._lay_out()
        parent.installEventFilter(self)
        self.hide()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(zip(self._labels, self._values, strict=True)):
            grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1)
        foot = QHBoxLayout()
        foot.addWidget(self._help)
        foot.addStretch(1)
        foot.addWidget(self.recorder)
        foot.addWidget(self._close)
        body = QVBoxLayout(self)
        spaced(body, 20, 12)
        body.addWidget(self._name)
        body.addWidget(self._where)
        body.addLayout(grid, 1)
        body.addLayout(foot)

    @property
    def values(self) -> tuple[QLabel, ...]:
        """The labels with what is known, in the order of the rows."""
        return tuple(self._values)

    def open(self, camera: Camera, facts: CameraFacts) -> None:
        """Show a camera and take the keyboard."""
        if self.isHidden():
            self._back = self.window().focusWidget()
        self.camera = camera.id
        self._name.setText(camera.name or camera.id)
        self._where.setText(" · ".join(word for word in (camera.id, camera.road, camera.community) if word))
        self.show_facts(facts)
        self.show()
        self.raise_()
        self._centre()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def show_facts(self, facts: CameraFacts) -> None:
        """What is known now, in the language now."""
        made = rows(facts)
        for row, name, value in zip(made, self._labels, self._values, strict=True):
            if name.text() != row.label:
                name.setText(row.label)
            if value.text() != row.value:
                value.setText(row.value)
            set_tone(value, "red" if row.bad else "")
        self._help.setText(t("camera.sheet.help"))
        self._close.setText(t("camera.sheet.close"))
        self.recorder.setText(t("camera.recorder.set"))
        said = ". ".join(f"{row.label}: {row.value}" for row in made)
        self.setAccessibleName(f"{t('camera.sheet.title')} {self._name.text()}")
        self.setAccessibleDescription(said)

    def offer_recorder(self, offered: bool) -> None:
        """Whether the person may say where the recordings lie."""
        self.recorder.setVisible(offered)

    @Slot()
    def _want_recorder(self) -> None:
        self.recorder_wanted.emit(self.camera)

    def leave(self) -> None:
        """Take the card away."""
        if self.isHidden():
            return
        self.hide()
        self.camera = ""
        if self._back is not None:
            self._back.setFocus(Qt.FocusReason.PopupFocusReason)
            self._back = None
        self.closed.emit()

    def _centre(self) -> None:
        room = self._page.rect()
        width = min(_WIDTH, room.width() - 16)
        height = max(self.sizeHint().height(), self.heightForWidth(width))
        height = min(height, room.height() - 16)
        self.setGeometry((room.width() - width) // 2, (room.height() - height) // 2, width, height)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc or the key that opened it closes."""
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_D):
            self.leave()
            event.accept()
            return
        super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle of the page."""
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._centre()
        return False
