"""A clip of the evidence over the page: time bar, speed, single pictures. The
film comes through the slot :data:`KEY`; its own time is always shown, so that
nobody takes it for the present."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QHideEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from console.domain.masks import Mask
from console.domain.model import Evidence
from console.i18n import t
from console.models.wording import local
from console.services.focus import ReviewState
from console.services.ports import Pictures
from console.theme import Theme
from console.widgets.mask_paint import paint_masks
from console.widgets.parts import button
from console.widgets.tile_paint import view_of
from console.widgets.wall_view import LOOK_MS

KEY: Final = "review:clip"
RATES: Final = (0.25, 0.5, 1.0, 2.0, 4.0)
#: What the arrow keys go on or back, s.
SKIP_S: Final = 5.0
LARGEST: Final = (1920, 1080)
_HEAD: Final = 56
_FOOT: Final = 72
_EDGE: Final = 32


class ReviewControls(Protocol):
    """Who plays the clip; every call returns at once."""

    def open(self, key: str, path: Path, width: int, height: int) -> None: ...

    def close(self, key: str) -> None: ...

    def seek(self, key: str, seconds: float) -> None: ...

    def rate(self, key: str, rate: float) -> None: ...

    def pause(self, key: str, paused: bool) -> None: ...

    def step(self, key: str, pictures: int) -> None: ...

    def state(self, key: str) -> ReviewState | None: ...


def elapsed(seconds: float) -> str:
    """``0:04.2``: minutes, seconds, tenths."""
    tenths = max(0, round(seconds * 10))
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


class ClipView(QWidget):
    """An overlay that fills its parent; not a dialog, nothing waits for it."""

    failed = Signal(str, str)
    """There is no player on this machine, or it died: ``(path, problem)``."""

    def __init__(
        self,
        pictures: Pictures,
        controls: ReviewControls,
        theme: Theme,
        parent: QWidget,
        masks_of: Callable[[str], tuple[Mask, ...]] | None = None,
    ) -> None:
        """``masks_of``: the privacy masks of a camera by its id; they cover what
        is shown here, the file stays as it was recorded."""
        super().__init__(parent)
        self._masks_of = masks_of
        self._masks: tuple[Mask, ...] = ()
        self._pictures, self._controls, self._theme, self._page = pictures, controls, theme, parent
        self._one: Evidence | None = None
        self._path = ""
        self._seq = 0
        self._state = ReviewState()
        self._back: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._build()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        parent.installEventFilter(self)
        self.hide()

    def _build(self) -> None:
        self.bar = QSlider(Qt.Orientation.Horizontal)
        self.bar.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.bar.sliderMoved.connect(self._sought)
        self.bar.actionTriggered.connect(self._jumped)
        self.time = QLabel()
        self.back_one, self.play, self.on_one = (button(self._theme) for _ in range(3))
        self.slower, self.speed, self.faster = (button(self._theme) for _ in range(3))
        self.leave = button(self._theme)
        row = QHBoxLayout()
        row.setSpacing(8)
        for one, does in (
            (self.back_one, self._step_back),
            (self.play, self.toggle),
            (self.on_one, self._step_on),
            (self.slower, self._slower),
            (self.speed, self._usual),
            (self.faster, self._faster),
        ):
            one.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            one.clicked.connect(does)
            row.addWidget(one)
        row.addStretch(1)
        row.addWidget(self.time)
        self.leave.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.leave.clicked.connect(self.close_clip)
        row.addWidget(self.leave)
        column = QVBoxLayout(self)
        column.setContentsMargins(_EDGE, 0, _EDGE, 12)
        column.setSpacing(6)
        column.addStretch(1)
        column.addWidget(self.bar)
        column.addLayout(row)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self.setAccessibleName(t("player.clip.title"))
        self.bar.setAccessibleName(t("player.clip.bar"))
        for one, name in (
            (self.back_one, "back_one"),
            (self.on_one, "on_one"),
            (self.slower, "slower"),
            (self.faster, "faster"),
            (self.leave, "leave"),
        ):
            one.setText(t(f"player.clip.{name}"))
        self.speed.setToolTip(t("player.clip.usual"))
        self._show_state()

    @property
    def state(self) -> ReviewState:
        """How the clip stood at the last look."""
        return self._state

    def open(self, one: Evidence, path: str) -> None:
        """Play the clip ``one``, which lies at ``path``."""
        self._one, self._path, self._seq, self._state = one, path, 0, ReviewState()
        self._masks = self._masks_of(one.camera) if self._masks_of is not None else ()
        self._back = self.window().focusWidget()
        self.setGeometry(self._page.rect())
        room, unit = self._room(), self.devicePixelRatioF()
        size = min(LARGEST[0], round(room.width() * unit)), min(LARGEST[1], round(room.height() * unit))
        self._controls.open(KEY, Path(path), *size)
        self._timer.start()
        self._show_state()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    @Slot()
    def close_clip(self) -> None:
        """Back to the case."""
        if self._one is None:
            return
        self._one = None
        self._timer.stop()
        self._controls.close(KEY)
        self.hide()
        if self._back is not None:
            self._back.setFocus(Qt.FocusReason.PopupFocusReason)
            self._back = None

    # -- what is asked -----------------------------------------------------------

    @Slot()
    def toggle(self) -> None:
        """Pause, or go on."""
        self._controls.pause(KEY, not self._state.paused)

    @Slot()
    def _step_back(self) -> None:
        self._controls.step(KEY, -1)

    @Slot()
    def _step_on(self) -> None:
        self._controls.step(KEY, 1)

    @Slot()
    def _slower(self) -> None:
        self._turn(-1)

    @Slot()
    def _faster(self) -> None:
        self._turn(1)

    @Slot()
    def _usual(self) -> None:
        self._controls.rate(KEY, 1.0)

    def _turn(self, by: int) -> None:
        at = min(range(len(RATES)), key=self._distance)
        self._controls.rate(KEY, RATES[min(len(RATES) - 1, max(0, at + by))])

    def _distance(self, index: int) -> float:
        return abs(RATES[index] - self._state.rate)

    @Slot(int)
    def _sought(self, value: int) -> None:
        self._controls.seek(KEY, value / 1000)

    @Slot(int)
    def _jumped(self, action: int) -> None:
        if action != QSlider.SliderAction.SliderMove.value:
            self._controls.seek(KEY, self.bar.sliderPosition() / 1000)

    def _skip(self, seconds: float) -> None:
        self._controls.seek(KEY, min(max(0.0, self._state.position_s + seconds), self._state.length_s))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space, arrows, ``,`` ``.``, ``[`` ``]``, Home, Esc."""
        does = {
            Qt.Key.Key_Space: self.toggle,
            Qt.Key.Key_Comma: self._step_back,
            Qt.Key.Key_Period: self._step_on,
            Qt.Key.Key_BracketLeft: self._slower,
            Qt.Key.Key_BracketRight: self._faster,
            Qt.Key.Key_Escape: self.close_clip,
        }.get(Qt.Key(event.key()))
        if does is not None:
            does()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._skip(SKIP_S if event.key() == Qt.Key.Key_Right else -SKIP_S)
        elif event.key() == Qt.Key.Key_Home:
            self._controls.seek(KEY, 0.0)
        # Nothing goes through to the page underneath.
        event.accept()

    # -- what is shown -------------------------------------------------------------

    @Slot()
    def look(self) -> None:
        """One look at the slot and at the player's word."""
        state = self._controls.state(KEY)
        if state is not None and state != self._state:
            self._state = state
            self._show_state()
            self.update(0, 0, self.width(), _HEAD)
            if state.problem:
                self.update()
            if state.problem == "no_player":
                path = self._path
                self.close_clip()
                self.failed.emit(path, state.problem)
                return
        picture = self._pictures.read(KEY, self._seq)
        if picture is not None:
            self._seq = picture.seq
            self.update(self._room())

    def _show_state(self) -> None:
        state = self._state
        if not self.bar.isSliderDown():
            self.bar.setRange(0, round(state.length_s * 1000))
            self.bar.setPageStep(1000)
            self.bar.setValue(round(state.position_s * 1000))
        self.play.setText(t("player.clip.play" if state.paused else "player.clip.pause"))
        self.speed.setText(f"{state.rate:g}×")
        self.time.setText(f"{elapsed(state.position_s)} / {elapsed(state.length_s)}")
        usable = bool(state.length_s) and not state.problem
        for one in (self.back_one, self.play, self.on_one, self.slower, self.speed, self.faster, self.bar):
            one.setEnabled(usable)

    def shown_time(self) -> str:
        """When the picture on screen was taken: start of the clip + position."""
        if self._one is None:
            return ""
        at = local(self._one.captured_at + timedelta(seconds=self._state.position_s))
        return f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 100_000}"

    def _room(self) -> QRect:
        return self.rect().adjusted(_EDGE, _HEAD, -_EDGE, -_FOOT - 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture on a dark page, above it what it is and when it was."""
        painter = QPainter(self)
        ground = QColor(self._theme.color("bg"))
        painter.fillRect(event.rect(), ground)
        if self._one is None:
            return
        self._paint_head(painter)
        room = self._room()
        painter.setPen(self._theme.color("muted"))
        painter.setFont(self._theme.font(16))
        if self._state.problem:
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, t(f"player.clip.{self._state.problem}"))
            return
        picture = self._pictures.read(KEY, 0)
        if picture is None:
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, t("player.clip.opening"))
            return
        image = view_of(picture)
        shown = image.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(room.topLeft(), shown)
        target.moveCenter(room.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, image)
        paint_masks(painter, self._masks, QRectF(target))

    def _paint_head(self, painter: QPainter) -> None:
        one = self._one
        assert one is not None
        line = QRect(_EDGE, 0, self.width() - 2 * _EDGE, _HEAD)
        painter.setFont(self._theme.font(20, True))
        painter.setPen(self._theme.color("accent"))
        words = t("player.clip.head", time=self.shown_time())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        painter.setFont(self._theme.font(14))
        painter.setPen(self._theme.color("muted"))
        masked = t("player.clip.masked") if self._masks else ""
        right = " · ".join(word for word in (masked, one.camera, t("player.clip.keys")) if word)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, right)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: nothing is played."""
        super().hideEvent(event)
        if self._one is not None and not self._page.isVisible():
            self.close_clip()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fill the parent."""
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self.setGeometry(self._page.rect())
        return False
