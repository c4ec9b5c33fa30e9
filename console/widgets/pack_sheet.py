"""What is asked before an evidence pack leaves the house: why, for whom, whole
or marked only, and where to."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from console.domain.errors import Refusal
from console.i18n import explain, t
from console.theme import Theme
from console.widgets.parts import button, label, set_tone, spaced, surface

#: Width of the sheet, px; a path must be readable in it.
_WIDTH = 640


class PackSheet(QWidget):
    """Lies over its page; not a dialog, the clocks below go on.
    ``wanted(case id, reason, recipient, marked only, file)`` on Enter."""

    wanted = Signal(str, str, str, bool, str)

    def __init__(self, theme: Theme, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self._back: QWidget | None = None
        self._case = ""
        self._said: Refusal | tuple[str, dict[str, object]] | None = None
        self._title = label(theme, "", 16, bold=True)
        self._why = label(theme, "", 14, tone="muted", wrap=True)
        self.reason = QComboBox()
        self.reason.setEditable(True)
        self.recipient = QLineEdit()
        self.marked = QCheckBox()
        self.file = QLineEdit()
        self._browse = button(theme)
        self._go = button(theme, kind="primary")
        self._leave = button(theme, kind="quiet")
        self._answer = label(theme, "", 14, wrap=True)
        self._words = [label(theme, "", 14, tone="muted") for _ in range(3)]
        for one in (self.reason, self.recipient, self.marked, self.file):
            one.setFont(theme.font(14))
        self._build()
        surface(self, "panel")
        self.setObjectName("toast")
        page.installEventFilter(self)
        self._browse.clicked.connect(self._choose)
        self._go.clicked.connect(self._send)
        self._leave.clicked.connect(self.leave)
        self.hide()
        self.retranslate()

    def _build(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        place = QHBoxLayout()
        spaced(place, 0, 8)
        place.addWidget(self.file, 1)
        place.addWidget(self._browse)
        grid.addWidget(self._words[0], 0, 0)
        grid.addWidget(self.reason, 0, 1)
        grid.addWidget(self._words[1], 1, 0)
        grid.addWidget(self.recipient, 1, 1)
        grid.addWidget(self.marked, 2, 1)
        grid.addWidget(self._words[2], 3, 0)
        grid.addLayout(place, 3, 1)
        grid.setColumnStretch(1, 1)
        foot = QHBoxLayout()
        spaced(foot, 0, 8)
        foot.addWidget(self._answer, 1)
        foot.addWidget(self._leave)
        foot.addWidget(self._go)
        body = QVBoxLayout(self)
        spaced(body, 16, 12)
        body.addWidget(self._title)
        body.addWidget(self._why)
        body.addLayout(grid)
        body.addLayout(foot)

    def retranslate(self) -> None:
        """Say everything in the language now; what was typed stays."""
        self._title.setText(t("pack.form.title", case=self._case))
        self._why.setText(t("pack.form.why"))
        names = (t("pack.form.reason"), t("pack.form.recipient"), t("pack.form.file"))
        for one, words, field in zip(
            self._words, names, (self.reason, self.recipient, self.file), strict=True
        ):
            one.setText(words)
            field.setAccessibleName(words)
        self.recipient.setPlaceholderText(t("pack.form.whom"))
        typed = self.reason.currentText()
        self.reason.clear()
        self.reason.addItems(t("pack.form.reasons").split("|"))
        self.reason.setCurrentText(typed)
        self.marked.setText(t("pack.form.marked"))
        self._browse.setText(t("pack.form.browse"))
        self._go.setText(t("pack.form.go"))
        self._leave.setText(t("pack.form.leave"))
        self._say()

    @property
    def case_id(self) -> str:
        """The case asked about, also while the sheet is away."""
        return self._case

    @property
    def refused(self) -> str:
        """Code of the last refusal while it is shown, or empty."""
        return self._said.code if isinstance(self._said, Refusal) else ""

    def open(self, case_id: str, file: str) -> None:
        """Ask about a case; ``file`` is where the pack would go."""
        if not self.isVisible():
            self._back = self.window().focusWidget()
        if case_id != self._case:
            self._case, self._said = case_id, None
            self.reason.setCurrentText("")
            self.recipient.clear()
            self.marked.setChecked(False)
            self.file.setText(file)
        self._busy(False)
        self.retranslate()
        self._place()
        self.show()
        self.raise_()
        self.reason.setFocus(Qt.FocusReason.PopupFocusReason)

    @Slot()
    def leave(self) -> None:
        """Away; what was typed is there when the sheet comes back."""
        self.hide()
        if self._back is not None:
            self._back.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _send(self) -> None:
        if not self._go.isEnabled():
            return
        self._busy(True)
        self._said = ("pack.form.busy", {})
        self._say()
        self.wanted.emit(
            self._case,
            self.reason.currentText().strip(),
            self.recipient.text().strip(),
            self.marked.isChecked(),
            self.file.text().strip(),
        )

    def done(self, file: str, files: int, digest: str, absent: int) -> None:
        """The pack is there."""
        self._busy(False)
        self._said = ("pack.form.done", {"file": file, "files": files, "hash": digest[:16], "absent": absent})
        self._say()

    def refuse(self, refusal: Refusal) -> None:
        """It could not be made; what was typed stays."""
        self._busy(False)
        self._said = refusal
        self._say()

    def _busy(self, busy: bool) -> None:
        self._go.setEnabled(not busy)

    def _say(self) -> None:
        words, tone = "", "accent"
        if isinstance(self._said, Refusal):
            words, tone = " ".join(explain(self._said)), "red"
        elif self._said is not None:
            key, facts = self._said
            words = t(key, **{name: value for name, value in facts.items() if name != "absent"})
            if facts.get("absent"):
                words, tone = f"{words} {t('pack.form.absent', n=facts['absent'])}", "red"
        set_tone(self._answer, tone)
        self._answer.setText(words)
        self._place()

    @Slot()
    def _choose(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, t("pack.form.file"), self.file.text(), "ZIP (*.zip)",
            options=QFileDialog.Option.DontUseNativeDialog,
        )  # fmt: skip
        if chosen:
            self.file.setText(chosen if chosen.lower().endswith(".zip") else f"{chosen}.zip")

    def _place(self) -> None:
        width = min(_WIDTH, self._page.width() - 32)
        layout = self.layout()
        wish = layout.totalHeightForWidth(width) if layout is not None else 0
        height = max(self.sizeHint().height(), wish)
        self.setGeometry((self._page.width() - width) // 2, 96, width, height)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter packs, Esc leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._send()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle when the page changes its size."""
        if watched is self._page and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)
