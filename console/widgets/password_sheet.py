"""One's own password, changed at the desk: the old one, a new one twice."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.domain.errors import Refusal
from console.i18n import explain, t
from console.theme import Theme
from console.widgets.parts import button, label, spaced, surface
from console.widgets.password_pair import PasswordPair

_WIDE: Final = 400


class PasswordSheet(QWidget):
    """Lies over the middle of its parent. ``changed(old, new)``; Esc closes."""

    changed = Signal(str, str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._page = parent
        self._refusal: Refusal | None = None
        self._back: QWidget | None = None
        self._busy = False
        self._title = label(theme, "", 20, bold=True)
        self._old_words = label(theme, "", 12, tone="muted")
        self.old = QLineEdit()
        self.old.setEchoMode(QLineEdit.EchoMode.Password)
        self.old.setFont(theme.font(16))
        self.old.setMinimumHeight(36)
        self.old.setMaxLength(256)
        self.pair = PasswordPair(theme)
        self._error = label(theme, "", 14, tone="red", wrap=True)
        self._go = button(theme, "", "primary", px=16, bold=True)
        self._cancel = button(theme, "", "quiet")
        surface(self, "panel")
        self.setObjectName("toast")
        self.setFixedWidth(_WIDE)
        column = QVBoxLayout(self)
        spaced(column, 24, 8)
        for one in (self._title, self._old_words, self.old, self.pair, self._error):
            column.addWidget(one)
        last = QHBoxLayout()
        spaced(last, 0, 8)
        last.addWidget(self._go)
        last.addWidget(self._cancel)
        last.addStretch(1)
        column.addLayout(last)
        self._go.clicked.connect(self._submit)
        self._cancel.clicked.connect(self.leave)
        self.old.returnPressed.connect(self._onward)
        self.pair.entered.connect(self._submit)
        for heard in (self.old, self.pair.first, self.pair.again, parent):
            heard.installEventFilter(self)
        self.hide()
        self.retranslate()

    def open(self) -> None:
        """Empty, with the keyboard in the first field."""
        self._back = self.window().focusWidget()
        self.old.clear()
        self.pair.clear()
        self._refusal, self._busy = None, False
        self.retranslate()
        self.show()
        self._place()
        self.raise_()
        self.old.setFocus(Qt.FocusReason.PopupFocusReason)

    def refuse(self, refusal: Refusal) -> None:
        """Why not; what was typed stays, so that one field is mended."""
        self._refusal, self._busy = refusal, False
        self.retranslate()
        self._place()
        field = self.old if refusal.code == "auth_failed" else self.pair.first
        field.selectAll()
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def leave(self) -> None:
        """Close; nothing typed is kept."""
        self.old.clear()
        self.pair.clear()
        self.hide()
        if self._back is not None:
            self._back.setFocus(Qt.FocusReason.PopupFocusReason)
            self._back = None

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self._title.setText(t("people.own.title"))
        self._old_words.setText(t("people.own.old"))
        self.old.setAccessibleName(t("people.own.old"))
        self._go.setText(t("people.own.busy" if self._busy else "people.own.go"))
        self._go.setEnabled(not self._busy)
        self._cancel.setText(t("people.card.back"))
        self._error.setText(" ".join(explain(self._refusal)) if self._refusal is not None else "")
        self._error.setVisible(self._refusal is not None)

    @Slot()
    def _submit(self) -> None:
        if self._busy or not self.pair.complete():
            return
        if not self.old.text():
            self.old.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._busy, self._refusal = True, None
        self.retranslate()
        self.changed.emit(self.old.text(), self.pair.first.text())

    @Slot()
    def _onward(self) -> None:
        self.pair.first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _place(self) -> None:
        if layout := self.layout():
            layout.activate()
        tall = self.heightForWidth(_WIDE)
        self.setFixedHeight(tall if tall > 0 else self.sizeHint().height())
        room = self._page
        self.move((room.width() - self.width()) // 2, max(0, (room.height() - self.height()) // 3))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc closes; the middle stays the middle."""
        if watched is self._page:
            if event.type() == QEvent.Type.Resize and self.isVisible():
                self._place()
            return False
        pressed = event.type() == QEvent.Type.KeyPress
        if pressed and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            self.leave()
            return True
        return False
