"""Two cases side by side over the page, both pictures large: the same one, one
that belongs to it, or something else? Every answer is one key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from console.domain.model import Case
from console.domain.vocabulary import OPEN
from console.i18n import either, t
from console.models.names import NOBODY, NameBook
from console.models.wording import clock, number, span, state
from console.services.intake_files import picture_of
from console.services.similar import Pair
from console.theme import Theme
from console.widgets.picture_reader import PictureReader

_EDGE: Final = 32
_HEAD: Final = 48
_FACTS: Final = 104
_FOOT: Final = 56
_KEYS: Final = {Qt.Key.Key_G: "merge", Qt.Key.Key_L: "link", Qt.Key.Key_P: "parent", Qt.Key.Key_C: "child"}


class CompareView(QWidget):
    """``merge(case, into)``, ``link(case, other, kind)`` with kind ``""``,
    ``parent`` or ``child``; ``go_on(case)`` on Enter: it is something else;
    ``wanted(case, other)`` for the next pair; ``left(case)`` on Esc."""

    merge = Signal(str, str)
    link = Signal(str, str, str)
    go_on = Signal(str)
    left = Signal(str)
    wanted = Signal(str, str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._page = theme, parent
        self._names = NOBODY
        self._pair: Pair | None = None
        self._others: tuple[str, ...] = ()
        self._now: datetime | None = None
        self._images: dict[str, QImage] = {}
        self._reader = PictureReader("compare", self)
        self._back: QWidget | None = None
        self._said = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        parent.installEventFilter(self)
        self._reader.ready.connect(self._on_loaded)
        self.hide()

    def set_names(self, names: NameBook) -> None:
        """What places are called."""
        self._names = names

    def open(self, pair: Pair, others: Sequence[str], now: datetime) -> None:
        """Lay ``pair`` side by side; ``others`` are the ids of all that are
        similar, for the arrows."""
        if self.isHidden():
            self._back = self.window().focusWidget()
        self._pair, self._others, self._now, self._said = pair, tuple(others), now, ""
        self._images.clear()
        self._reader.forget()
        self.setGeometry(self._page.rect())
        for case in (pair.case, pair.other):
            self._ask(case)
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)
        self.update()

    @property
    def shown(self) -> tuple[str, str]:
        """Ids of the two cases that are compared; empty when none are."""
        return (self._pair.case.id, self._pair.other.id) if self._pair is not None else ("", "")

    @property
    def pictured(self) -> tuple[bool, bool]:
        """Whether the pictures of the left and of the right case are shown."""
        if self._pair is None:
            return False, False
        found = [picture_of(case.evidence) for case in (self._pair.case, self._pair.other)]
        left, right = (one is not None and not self._image(one.sha256).isNull() for one in found)
        return left, right

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self.setAccessibleName(t("intake.compare.title"))
        self.update()

    def say(self, words: str) -> None:
        """Why a wish did not come true; the pair stays."""
        self._said = words
        self.update()

    def leave(self) -> None:
        """Go away; the keyboard goes back to where it was."""
        self.hide()
        self._pair = None
        self._images.clear()
        if self._back is not None:
            self._back.setFocus(Qt.FocusReason.PopupFocusReason)
            self._back = None

    def close_reader(self) -> None:
        """End the reading thread; called before the window goes."""
        self._reader.close()

    # -- pictures -------------------------------------------------------------------

    def _ask(self, case: Case) -> None:
        one = picture_of(case.evidence)
        path = self._pair.paths.get(one.sha256, "") if one is not None and self._pair is not None else ""
        if one is not None and path:
            self._reader.ask(one.sha256, path, self._frames()[0].size() * self.devicePixelRatioF())

    @Slot(str, QImage)
    def _on_loaded(self, sha256: str, image: QImage) -> None:
        if self._pair is not None:
            self._images[sha256] = image
            self.update()

    def _image(self, sha256: str) -> QImage:
        return self._images.get(sha256, QImage())

    # -- painting ---------------------------------------------------------------------

    def _frames(self) -> tuple[QRect, QRect]:
        room = self.rect().adjusted(_EDGE, _HEAD, -_EDGE, -_FOOT - _FACTS)
        half = (room.width() - _EDGE) // 2
        left = QRect(room.left(), room.top(), half, room.height())
        return left, left.translated(half + _EDGE, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Both pictures, the facts below each, the keys below all."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.color("bg")))
        pair = self._pair
        if pair is None:
            return
        left, right = self._frames()
        self._head(painter, pair)
        for case, frame, key in ((pair.case, left, "this"), (pair.other, right, "that")):
            self._picture(painter, case, frame)
            self._facts(painter, case, frame, key)
        foot = QRect(_EDGE, self.height() - _FOOT, self.width() - 2 * _EDGE, _FOOT)
        painter.setFont(self._theme.font(16, True))
        painter.setPen(self._theme.color("lamp.red" if self._said else "accent"))
        keys = "keys" if pair.other.state in OPEN else "keys_ended"
        words = self._said or t(f"intake.compare.{keys}")
        painter.drawText(foot, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), words)

    def _head(self, painter: QPainter, pair: Pair) -> None:
        line = QRect(_EDGE, 0, self.width() - 2 * _EDGE, _HEAD)
        painter.setPen(self._theme.color("text"))
        painter.setFont(self._theme.font(20, True))
        metres = t("intake.compare.no_point")
        if pair.metres is not None:
            metres = t("intake.metres", n=round(pair.metres))
        a, b = pair.case.opened_at, pair.other.opened_at
        apart = span(abs((a - b).total_seconds())) if a is not None and b is not None else ""
        words = t("intake.compare.head", metres=metres, apart=apart)
        painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter), words)
        painter.setFont(self._theme.font(14))
        painter.setPen(self._theme.color("muted"))
        at = self._others.index(pair.other.id) + 1 if pair.other.id in self._others else 1
        count = t("intake.compare.count", at=at, all=max(1, len(self._others)))
        painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), count)

    def _picture(self, painter: QPainter, case: Case, frame: QRect) -> None:
        painter.fillRect(frame, self._theme.color("panel"))
        one = picture_of(case.evidence)
        image = self._image(one.sha256) if one is not None else QImage()
        if image.isNull():
            painter.setPen(self._theme.color("muted"))
            painter.setFont(self._theme.font(16))
            key = "none" if one is None else "reading" if one.sha256 not in self._images else "unreadable"
            painter.drawText(frame, int(Qt.AlignmentFlag.AlignCenter), t(f"intake.compare.{key}"))
            return
        shown = image.size().scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(frame.topLeft(), shown)
        target.moveCenter(frame.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, image)

    def _facts(self, painter: QPainter, case: Case, frame: QRect, key: str) -> None:
        box = QRect(frame.left(), frame.bottom() + 8, frame.width(), _FACTS - 8)
        name = either(case.name_zh, case.name_en) or t("desk.case.unnamed")
        where = self._names.where(case.community, case.place)
        seen = clock(case.found_at or case.reported_at)
        lines = (
            (20, "text", t(f"intake.compare.{key}", number=number(case.id), what=name)),
            (14, "text", " · ".join(part for part in (state(case.state), seen, case.camera) if part)),
            (14, "muted", " · ".join(part for part in (where, " ".join(case.note.split())) if part)),
        )
        top = box.top()
        for px, tone, words in lines:
            painter.setFont(self._theme.font(px, px == 20))
            painter.setPen(self._theme.color(tone))
            fitted = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, box.width())
            height = painter.fontMetrics().height() + 4
            row = QRect(box.left(), top, box.width(), height)
            painter.drawText(row, int(Qt.AlignmentFlag.AlignVCenter), fitted)
            top += height

    # -- keys -------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """G merge, L link, P parent, C child, arrows the next one, Enter go on."""
        pair, key = self._pair, Qt.Key(event.key())
        if pair is None:
            return
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.leave()
            self.go_on.emit(pair.case.id)
        elif key == Qt.Key.Key_Escape:
            self.leave()
            self.left.emit(pair.case.id)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._step(-1 if key == Qt.Key.Key_Left else 1)
        elif key in _KEYS:
            self._do(_KEYS[key], pair)

    def _do(self, what: str, pair: Pair) -> None:
        if what != "merge":
            self.link.emit(pair.case.id, pair.other.id, "" if what == "link" else what)
        elif pair.other.state in OPEN:
            self.merge.emit(pair.case.id, pair.other.id)

    def _step(self, by: int) -> None:
        if self._pair is None or len(self._others) < 2:
            return
        at = self._others.index(self._pair.other.id) if self._pair.other.id in self._others else 0
        self.wanted.emit(self._pair.case.id, self._others[(at + by) % len(self._others)])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click changes nothing: which case is merged is no accident."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fill the parent."""
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self.setGeometry(self._page.rect())
        return False
