"""The lock: over a desk that goes on showing its board and its alarms, and over
walls. Nothing below it takes a key or a click; whoever presses one is asked who
they are.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.i18n import t
from console.models.names import NOBODY, NameBook
from console.models.wording import clock
from console.theme import Theme
from console.widgets.login_card import LoginCard
from console.widgets.parts import EDGE, label, spaced, surface

#: The card goes again when nothing is typed for this long, ms: a locked desk
#: must be read, not covered.
PATIENCE_MS: Final = 60_000
_PRESSES: Final = frozenset({QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress, QEvent.Type.TouchBegin})


class Veil(QWidget):
    """Transparent; covers its parent. ``pressed()`` when somebody pressed
    something there."""

    pressed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._cover = parent
        parent.installEventFilter(self)
        self.hide()

    def cover(self) -> None:
        """Lie over everything and take the keyboard."""
        self.setGeometry(self._cover.rect())
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def event(self, event: QEvent) -> bool:
        """No shortcut of the window is heard while this has the keyboard."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Any key but those that only go with another one."""
        alone = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr)
        if event.key() not in alone and not event.isAutoRepeat():
            self.pressed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Any button."""
        self.pressed.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Stays here."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Stays here."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Stays here."""
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Stays here."""
        event.accept()

    def focusNextPrevChild(self, _next: bool) -> bool:
        """The keyboard does not leave the veil."""
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """As large as what it covers."""
        if watched is self._cover and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._cover.rect())
        return False


class LockVeil(Veil):
    """The desk's own veil, with the card in its middle once somebody pressed.
    ``put_away()`` when the card went and the desk is still locked."""

    put_away = Signal()

    def __init__(self, parent: QWidget, card: LoginCard) -> None:
        super().__init__(parent)
        self._card = card
        self._frame = surface(QWidget(self), "panel")
        self._frame.setObjectName("toast")
        self._inside = QVBoxLayout(self._frame)
        spaced(self._inside, 1, 0)
        self._frame.hide()
        column = QVBoxLayout(self)
        column.addStretch(1)
        # No alignment: only so is the height asked for at the card's width.
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self._frame)
        middle.addStretch(1)
        column.addLayout(middle)
        column.addStretch(1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PATIENCE_MS)
        self._timer.timeout.connect(self.rest)
        card.left.connect(self.rest)

    @property
    def asking(self) -> bool:
        """Whether the card is shown."""
        return self.isVisible() and not self._frame.isHidden()

    def ask(self, name: str) -> None:
        """Show the card; ``name`` stands in it where it is known who comes."""
        if self._inside.indexOf(self._card) < 0:
            self._inside.addWidget(self._card)
            self._card.stand_over(True)
        self._card.show()
        self._frame.show()
        self._card.reset(name)
        self._timer.start()

    @Slot()
    def rest(self) -> None:
        """Only the board and the alarms again."""
        self._timer.stop()
        if not self.isVisible() or self._frame.isHidden():
            return
        self._frame.hide()
        self._card.reset()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.put_away.emit()

    def lift(self) -> None:
        """The desk belongs to somebody again."""
        self._timer.stop()
        self._frame.hide()
        self.hide()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Beside the card nothing happens while it is shown."""
        if not self.asking:
            self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A key no field of the card wanted keeps the card."""
        if self.asking:
            self._timer.start()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, _next: bool) -> bool:
        """Tab goes round in the card, never to what lies below."""
        if not self.asking:
            return True
        ring = [one for one in self._card.findChildren(QWidget) if _takes_tab(one)]
        held = self.focusWidget()
        at = ring.index(held) if held in ring else -1
        if ring:
            ring[(at + (1 if _next else -1)) % len(ring)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def event(self, event: QEvent) -> bool:
        """What is typed into the card keeps it there."""
        if self.asking and event.type() in (QEvent.Type.ShortcutOverride, *_PRESSES):
            self._timer.start()
        return super().event(event)


class LockBar(QWidget):
    """The line that says a desk is locked, by whom and since when."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._who = ""
        self._names: NameBook = NOBODY
        self._waiting = 0
        self._at: datetime | None = None
        self._words = label(theme, "", 16, bold=True)
        self._alarms = label(theme, "", 16, bold=True, tone="red")
        self._how = label(theme, "", 14, tone="muted")
        surface(self, "accent")
        row = QHBoxLayout(self)
        spaced(row, 0, EDGE)
        row.setContentsMargins(EDGE, 4, EDGE, 4)
        row.addWidget(self._words)
        row.addWidget(self._alarms)
        row.addStretch(1)
        row.addWidget(self._how)
        self.setFixedHeight(40)
        self.hide()

    def lock(self, who: str, at: datetime) -> None:
        """Locked from ``at`` on, by ``who``."""
        self._who, self._at = who, at
        self.retranslate()
        self.show()

    def set_names(self, names: NameBook) -> None:
        """What people are called."""
        self._names = names
        self.retranslate()

    def set_waiting(self, alarms: int) -> None:
        """How many alarms nobody has acknowledged."""
        if alarms != self._waiting:
            self._waiting = alarms
            self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        if self._at is not None:
            who = self._names.person(self._who)
            self._words.setText(t("people.lock.by", who=who, at=clock(self._at)))
        self._alarms.setText(t("desk.login.alarms", n=self._waiting))
        self._alarms.setVisible(self._waiting > 0)
        self._how.setText(t("people.lock.how"))


def _takes_tab(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
