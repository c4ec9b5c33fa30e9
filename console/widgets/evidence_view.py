"""A picture of the evidence, large, over the page: its facts, zoom, the case's
other pictures, and before over after with a divider that is moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget

from console.domain.model import Evidence
from console.domain.vocabulary import EvidenceKind
from console.i18n import t
from console.models.names import NOBODY, NameBook
from console.models.wording import local
from console.theme import Theme
from console.widgets.picture_reader import PictureReader

_HEAD: Final = 64
_FOOT: Final = 32
_EDGE: Final = 32
#: One step of the wheel or of + and −, and the most that is useful.
ZOOM: Final = 1.25
MOST: Final = 8.0
#: How far an arrow moves the divider or a zoomed picture, share of the width.
STEP: Final = 0.05
PICTURED: Final = frozenset(EvidenceKind) - {EvidenceKind.CLIP, EvidenceKind.DOCUMENT}
BEFORE: Final = (EvidenceKind.BEFORE, EvidenceKind.MAIN_PICTURE, EvidenceKind.SNAPSHOT)
_LEFT: Final = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_RIGHT: Final = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)


class EvidenceView(QWidget):
    """An overlay that fills its parent; not a dialog, nothing waits for it.

    ← → the other pictures, + − 0 or the wheel zoom, a drag moves; B lays the
    newest picture of after over the one of before: ← → or a drag move the
    divider. Esc, Enter or a click beside the picture close.
    """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._page = theme, parent
        self._names: NameBook = NOBODY
        self._all: tuple[tuple[Evidence, str], ...] = ()
        self._at = 0
        self._images: dict[str, QImage] = {}
        self._back: QWidget | None = None
        self._zoom, self._middle = 1.0, QPointF(0.5, 0.5)
        self._divider: float | None = None
        self._held: QPointF | None = None
        self._moved = False
        self.reader = PictureReader("evidence", self)
        self.reader.ready.connect(self._on_ready)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        parent.installEventFilter(self)
        self.hide()
        self.retranslate()

    # -- what is shown -----------------------------------------------------------
    def set_names(self, names: NameBook) -> None:
        """What people are called."""
        self._names = names
        self.update()

    def open(self, pictures: Sequence[tuple[Evidence, str]], sha256: str) -> None:
        """Show the picture ``sha256`` among ``(evidence, path)``."""
        self._all = tuple(pictures)
        if not self._all:
            return
        self._at = next((i for i, (one, _) in enumerate(self._all) if one.sha256 == sha256), 0)
        self._images.clear()
        self.reader.forget()
        self._divider = None
        self._whole()
        if not self.isVisible():
            self._back = self.window().focusWidget()
        self.setGeometry(self._page.rect())
        self.show()
        self.raise_()
        self._ask()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    @property
    def shown(self) -> Evidence | None:
        """The piece in view (of a comparison: the one of after)."""
        return self._all[self._at][0] if self._all else None

    @property
    def comparing(self) -> bool:
        """Whether before lies under after."""
        return self._divider is not None

    @property
    def divider(self) -> float:
        """Where the divider stands, 0–1 of the picture's width."""
        return self._divider if self._divider is not None else 0.0

    @property
    def zoom(self) -> float:
        """How much larger than the whole picture."""
        return self._zoom

    def has_picture(self, sha256: str) -> bool:
        """Whether the file has been read."""
        return not self._images.get(sha256, QImage()).isNull()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self.setAccessibleName(t("desk.case.evidence"))
        self.setAccessibleDescription(self._words() if self._all else "")
        self.update()

    def compare(self) -> None:
        """Before and after over each other, or back to one picture."""
        if self._divider is not None:
            self._divider = None
        elif self._pair() is not None:
            self._divider = 0.5
            self._at = self._index(self._pair_after())
            self._whole()
        self._ask()
        self.retranslate()

    def _pair(self) -> tuple[Evidence, Evidence] | None:
        """The clearest newest picture of before, the newest of after."""
        kinds = {kind: i for i, kind in enumerate(BEFORE)}
        befores = [one for one, _ in self._all if one.kind in kinds]
        afters = [one for one, _ in self._all if one.kind is EvidenceKind.AFTER]
        if not befores or not afters:
            return None
        before = min(befores, key=lambda one: (kinds[one.kind], -one.captured_at.timestamp()))
        return before, max(afters, key=lambda one: one.captured_at)

    def _pair_after(self) -> Evidence:
        pair = self._pair()
        assert pair is not None
        return pair[1]

    def _index(self, wanted: Evidence) -> int:
        return next(i for i, (one, _) in enumerate(self._all) if one is wanted)

    # -- reading -----------------------------------------------------------------
    def _ask(self) -> None:
        room = self._room().size() * self.devicePixelRatioF() * min(2.0, max(1.0, self._zoom))
        pair = self._pair() if self.comparing else None
        wanted = {one.sha256 for one in pair} if pair is not None else {self._all[self._at][0].sha256}
        for one, path in self._all:
            if one.sha256 in wanted and path:
                self.reader.ask(one.sha256, path, QSize(int(room.width()), int(room.height())))
        self.update()

    @Slot(str, QImage)
    def _on_ready(self, sha256: str, image: QImage) -> None:
        self._images[sha256] = image
        self.update()

    def _room(self) -> QRect:
        return self.rect().adjusted(_EDGE, _HEAD, -_EDGE, -_FOOT)

    # -- keys and mouse ------------------------------------------------------------
    def leave(self) -> None:
        """Away; the keyboard goes back to where it was."""
        self.hide()
        self._images.clear()
        self.reader.forget()
        if self._back is not None:
            self._back.setFocus(Qt.FocusReason.PopupFocusReason)
            self._back = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Everything by keys; see the class."""
        key, text = Qt.Key(event.key()), event.text()
        if key in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.leave()
        elif key == Qt.Key.Key_B:
            self.compare()
        elif text in ("+", "=", "-", "0"):
            self._scale({"-": 1 / ZOOM, "0": 0.0}.get(text, ZOOM), None)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._arrow(key)
        else:
            super().keyPressEvent(event)

    def _arrow(self, key: Qt.Key) -> None:
        dx = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key, 0)
        dy = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(key, 0)
        if self._divider is not None and dx:
            self._divider = max(0.0, min(1.0, self._divider + dx * STEP))
        elif self._zoom > 1.0:
            self._shift(QPointF(dx * STEP / self._zoom * 2, dy * STEP / self._zoom * 2))
        elif dx and self._all:
            self._at = (self._at + dx) % len(self._all)
            self._whole()
            self._ask()
            self.retranslate()
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Larger and smaller about the pointer."""
        steps = event.angleDelta().y() / 120
        if steps:
            self._scale(ZOOM**steps, event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A drag begins, or a click beside the picture closes."""
        if not self._target().contains(event.position()):
            self.leave()
            return
        self._held, self._moved = event.position(), False
        if self._divider is not None and self._zoom == 1.0:
            self._divide(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The divider or the picture follows."""
        if self._held is None:
            return
        if self._divider is not None and self._zoom == 1.0:
            self._divide(event.position())
        else:
            target = self._target()
            by = event.position() - self._held
            self._shift(QPointF(-by.x() / max(1.0, target.width()), -by.y() / max(1.0, target.height())))
            self._held = event.position()
        self._moved = True

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click that moved nothing closes one picture at its whole size."""
        if self._held is not None and not self._moved and self._zoom == 1.0 and not self.comparing:
            self.leave()
        self._held = None

    def _divide(self, at: QPointF) -> None:
        target = self._target()
        self._divider = max(0.0, min(1.0, (at.x() - target.left()) / max(1.0, target.width())))
        self.update()

    def _whole(self) -> None:
        self._zoom, self._middle = 1.0, QPointF(0.5, 0.5)

    def _scale(self, by: float, about: QPointF | None) -> None:
        """``by`` 0: whole again. The point under ``about`` stays where it is."""
        before, target = self._zoom, self._target()
        if by == 0.0:
            self._whole()
        else:
            self._zoom = max(1.0, min(MOST, self._zoom * by))
            if about is not None and target.width() > 0:
                room = QRectF(self._room())
                point = QPointF(
                    (about.x() - target.left()) / target.width(), (about.y() - target.top()) / target.height()
                )
                away = (about - room.center()) / self._zoom * before
                self._middle = point - QPointF(away.x() / target.width(), away.y() / target.height())
            self._shift(QPointF(0, 0))
        self._ask()

    def _shift(self, by: QPointF) -> None:
        """Move what is in view; the picture never leaves the middle."""
        half = 0.5 / self._zoom
        moved = self._middle + by
        self._middle = QPointF(
            max(half, min(1 - half, moved.x())), max(half, min(1 - half, moved.y()))
        )  # fmt: skip
        self.update()

    # -- painting ------------------------------------------------------------------
    def _target(self) -> QRectF:
        """Where the whole picture would lie at this zoom."""
        image = self._images.get(self._all[self._at][0].sha256, QImage()) if self._all else QImage()
        room = QRectF(self._room())
        if image.isNull():
            return room
        size = image.size().scaled(room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        width, height = size.width() * self._zoom, size.height() * self._zoom
        left = room.center().x() - width * self._middle.x()
        return QRectF(left, room.center().y() - height * self._middle.y(), width, height)

    def _words(self) -> str:
        one, _ = self._all[self._at]
        at = f"{local(one.captured_at):%Y-%m-%d %H:%M:%S}"
        return " · ".join(filter(None, (t(f"states.evidence.{one.kind.value}"), at, one.camera)))

    def _facts(self) -> str:
        one, path = self._all[self._at]
        offset = one.clock_offset_s
        clock = t("tiles.stamp.no_offset")
        if offset is not None:
            clock = t("tiles.stamp.offset", seconds=f"{offset:+.1f}")
        by = t("evidence.by", who=self._names.person(one.added_by)) if one.added_by else ""
        kept = t("evidence.kept", hash=one.sha256[:12], kb=max(1, one.bytes // 1024))
        return " · ".join(filter(None, (clock, by, kept, "" if path else t("desk.case.not_here"))))

    def _hint(self) -> str:
        if self.comparing:
            return t("evidence.hint_compare")
        return t("evidence.hint_pair") if self._pair() is not None else t("evidence.hint")

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture on a dimmed page, with what it is and when it was taken."""
        painter = QPainter(self)
        ground = QColor(self._theme.color("bg"))
        ground.setAlphaF(0.96)
        painter.fillRect(self.rect(), ground)
        if not self._all:
            return
        self._paint_words(painter)
        painter.setClipRect(self._room())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        pair = self._pair() if self.comparing else None
        if pair is None:
            self._paint_picture(painter, self._all[self._at][0].sha256, self._target())
        else:
            self._paint_pair(painter, pair)

    def _paint_words(self, painter: QPainter) -> None:
        line = QRect(_EDGE, 4, self.width() - 2 * _EDGE, 32)
        painter.setPen(self._theme.color("text"))
        painter.setFont(self._theme.font(16, True))
        painter.drawText(line, _LEFT, self._words())
        painter.setPen(self._theme.color("muted"))
        painter.setFont(self._theme.font(12))
        count = t("desk.evidence.count", at=self._at + 1, all=len(self._all))
        painter.drawText(line, _RIGHT, count)
        painter.drawText(line.translated(0, 26), _LEFT, self._facts())
        painter.drawText(QRect(_EDGE, self.height() - _FOOT, line.width(), _FOOT), _LEFT, self._hint())

    def _paint_picture(self, painter: QPainter, sha256: str, target: QRectF) -> None:
        image = self._images.get(sha256)
        if image is None or image.isNull():
            key = "evidence.loading" if image is None else "desk.evidence.unreadable"
            painter.setPen(self._theme.color("muted"))
            painter.drawText(self._room(), int(Qt.AlignmentFlag.AlignCenter), t(key))
            return
        painter.drawImage(target, image)

    def _paint_pair(self, painter: QPainter, pair: tuple[Evidence, Evidence]) -> None:
        target, room = self._target(), QRectF(self._room())
        cut = target.left() + target.width() * self.divider
        for one, left, right in ((pair[0], room.left(), cut), (pair[1], cut, room.right())):
            painter.save()
            painter.setClipRect(QRectF(left, room.top(), max(0.0, right - left), room.height()))
            self._paint_picture(painter, one.sha256, target)
            painter.restore()
        painter.setPen(QPen(self._theme.color("accent"), 3))
        painter.drawLine(QPointF(cut, target.top()), QPointF(cut, target.bottom()))
        painter.setFont(self._theme.font(14, True))
        top = max(target.top(), room.top())
        for words, at, flag in (
            (t("states.evidence.before"), QRectF(target.left(), top, cut - target.left() - 8, 32), _RIGHT),
            (t("states.evidence.after"), QRectF(cut + 8, top, target.right() - cut - 8, 32), _LEFT),
        ):
            if at.width() < 72:
                continue
            box = painter.boundingRect(at, flag, words).adjusted(-6, -2, 6, 2)
            painter.fillRect(box, self._theme.color("bg"))
            painter.setPen(self._theme.color("text"))
            painter.drawText(at, flag, words)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fill the parent."""
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self.setGeometry(self._page.rect())
            self._ask()
        return False
