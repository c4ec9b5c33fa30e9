"""Messages that pass: what happened, what was kept, what to do.

They lie over the lower edge, never take the focus, and a refusal stays until
it is dismissed or the next one comes.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.domain.errors import Refusal
from console.i18n import explain, t
from console.theme import Theme
from console.widgets.parts import button, label, spaced, surface

#: How long a passing word stays, ms.
SHOW_MS: Final = 4000
_WIDTH: Final = 480
#: Above the strip of figures, px.
_ABOVE: Final = 136


class Toast(QWidget):
    """One message at the lower edge of its parent. The text is kept as a key
    or a refusal, so that it changes its language with everything else."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._key: tuple[str, dict[str, object]] | None = None
        self._refusal: Refusal | None = None
        self._message = label(theme, "", 14, bold=True, wrap=True)
        self._mend = label(theme, "", 14, tone="muted", wrap=True)
        self._close = button(theme, "×", "quiet", px=16)
        self._close.clicked.connect(self.hide)
        surface(self, "panel")
        self.setObjectName("toast")
        words = QVBoxLayout()
        spaced(words, 0, 4)
        words.addWidget(self._message)
        words.addWidget(self._mend)
        row = self._row = QHBoxLayout(self)
        spaced(row, 12, 8)
        row.addLayout(words, 1)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOW_MS)
        self._timer.timeout.connect(self.hide)
        parent.installEventFilter(self)
        self.hide()

    def say(self, key: str, **facts: object) -> None:
        """A passing word."""
        self._key, self._refusal = (key, facts), None
        self._timer.start()
        self._show()

    def refuse(self, refusal: Refusal) -> None:
        """What a rule said; stays until dismissed."""
        self._key, self._refusal = None, refusal
        self._timer.stop()
        self._show()

    @property
    def refusing(self) -> bool:
        """Whether a refusal is shown, which a passing word must not cover."""
        return self._refusal is not None and not self.isHidden()

    def text(self) -> str:
        """What is shown now, or nothing."""
        return f"{self._message.text()} {self._mend.text()}".strip() if not self.isHidden() else ""

    def retranslate(self) -> None:
        """Say it in the language now."""
        self._close.setAccessibleName(t("desk.say.dismiss"))
        if not self.isHidden():
            self._show()

    def _show(self) -> None:
        message, mend = "", ""
        if self._refusal is not None:
            message, mend = explain(self._refusal)
        elif self._key is not None:
            key, facts = self._key
            message = t(key, **facts)
        self._message.setText(message)
        self._mend.setText(mend)
        self._mend.setVisible(bool(mend))
        self._place()
        self.show()
        self.raise_()

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        width = min(_WIDTH, parent.width() - 32)
        self.resize(width, max(44, self._row.heightForWidth(width)))
        self.move((parent.width() - width) // 2, parent.height() - self.height() - _ABOVE)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the lower edge when the window changes its size."""
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._place()
        return False
