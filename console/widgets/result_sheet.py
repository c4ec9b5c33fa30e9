"""What became of each of several cases: a sheet over the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from console.domain.errors import Refusal
from console.i18n import explain, t
from console.theme import Theme
from console.widgets.parts import button, label, spaced, surface

_WIDE, _HIGH = 640, 460


@dataclass(slots=True)
class Row:
    """One case: ``done`` is ``None`` while it is on its way; ``refusal`` says
    why not, ``None`` with ``done`` False: something broke."""

    case_id: str
    words: str
    done: bool | None = None
    refusal: Refusal | None = None


class ResultSheet(QWidget):
    """One line a case, refusals in full; Esc or Enter takes it away."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._page = theme, parent
        self._what = ""
        self._rows: dict[str, Row] = {}
        self._title = label(theme, "", 16, bold=True)
        self._counts = label(theme, "", 14, tone="muted")
        self.list = QListWidget()
        self.list.setFont(theme.font(14))
        self.list.setWordWrap(True)
        self.list.setSpacing(2)
        self._close = button(theme, "", px=14)
        self._close.clicked.connect(self.leave)
        self._back: QWidget | None = None
        card = surface(QWidget(), "panel")
        card.setFixedSize(_WIDE, _HIGH)
        foot = QHBoxLayout()
        foot.addWidget(self._counts, 1)
        foot.addWidget(self._close)
        body = QVBoxLayout(card)
        spaced(body, 24, 12)
        body.addWidget(self._title)
        body.addWidget(self.list, 1)
        body.addLayout(foot)
        QVBoxLayout(self).addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)
        parent.installEventFilter(self)
        self.hide()

    def open(self, what: str, rows: Sequence[Row]) -> None:
        """Begin with every case on its way; ``what`` is a text key of the deed."""
        self._what, self._rows = what, {row.case_id: row for row in rows}
        self._back = self.window().focusWidget()
        self.retranslate()
        self.setGeometry(self._page.rect())
        self.show()
        self.raise_()
        self._close.setFocus(Qt.FocusReason.PopupFocusReason)

    def landed(self, case_id: str, done: bool, refusal: Refusal | None = None) -> None:
        """What became of one case."""
        row = self._rows.get(case_id)
        if row is not None:
            row.done, row.refusal = done, refusal
            self.retranslate()

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many are done, refused, on their way."""
        rows = self._rows.values()
        return (
            sum(row.done is True for row in rows),
            sum(row.done is False for row in rows),
            sum(row.done is None for row in rows),
        )

    def retranslate(self) -> None:
        """Say everything in the language now; what was refused comes first."""
        self._close.setText(t("board.several.close"))
        if not self._what:
            return
        done, refused, waiting = self.counts
        self._title.setText(t("board.several.title", what=t(self._what), n=len(self._rows)))
        self._counts.setText(t("board.several.counts", done=done, refused=refused, waiting=waiting))
        self.list.setAccessibleName(self._title.text())
        self.list.clear()
        for row in sorted(self._rows.values(), key=_bad_first):
            item = QListWidgetItem(f"{row.words}   {self._outcome(row)}")
            if row.done is False:
                item.setForeground(self._theme.color("lamp.red"))
            self.list.addItem(item)

    def _outcome(self, row: Row) -> str:
        if row.done is None:
            return t("board.several.waiting")
        if row.done:
            return f"✓ {t('board.several.done')}"
        why = " ".join(explain(row.refusal)) if row.refusal is not None else t("desk.say.broke")
        return f"✗ {why}"

    def leave(self) -> None:
        """Put it away; the keyboard goes back."""
        self.hide()
        if self._back is not None:
            self._back.setFocus(Qt.FocusReason.PopupFocusReason)
            self._back = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.leave()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim what lies behind."""
        ground = QColor(self._theme.color("bg"))
        ground.setAlphaF(0.8)
        QPainter(self).fillRect(self.rect(), ground)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fill the parent."""
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self.setGeometry(self._page.rect())
        return False


def _bad_first(row: Row) -> tuple[int, str]:
    return {False: 0, None: 1, True: 2}[row.done], row.case_id
