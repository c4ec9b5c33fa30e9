"""Trying many cameras at once, and looking around for devices: a table that fills
itself, how far it is, and a button that ends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from console.i18n import t
from console.models.trial_rows import FoundRow, TrialRow, arranged, found_table, trial_table
from console.models.why import Why, why_words
from console.theme import Theme
from console.widgets.doc_table import DocTable
from console.widgets.parts import button, label, set_tone, spaced

#: Rows come by the dozen; the table is laid anew this often, ms.
_FILL_MS = 250
_ENTER = {Qt.Key.Key_Return: "open", Qt.Key.Key_Enter: "open"}


class TrialsView(QWidget):
    """``stopped()``; ``again(camera ids)``; ``camera_wanted(id)`` on Enter; ``left()``."""

    stopped = Signal()
    again = Signal(object)
    camera_wanted = Signal(str)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.rows: dict[str, TrialRow] = {}
        self.running = False
        self._cut = False
        self.title = label(theme, "", 20, bold=True)
        self.sum = label(theme, "", 14, wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(8)
        self.table = DocTable(theme, {**_ENTER, Qt.Key.Key_T: "again", Qt.Key.Key_B: "bad"}, readable=True)
        self.stop, self.failed, self.back = (button(theme, "") for _ in range(3))
        foot = QHBoxLayout()
        spaced(foot, 0, 8)
        for one in (self.stop, self.failed, self.back):
            foot.addWidget(one)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        spaced(column, 0, 8)
        for made in (self.title, self.sum, self.bar):
            column.addWidget(made)
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        self._fill = QTimer(self)
        self._fill.setSingleShot(True)
        self._fill.setInterval(_FILL_MS)
        self._fill.timeout.connect(self._show)
        self.table.asked.connect(self._asked)
        self.stop.clicked.connect(self._stop)
        self.failed.clicked.connect(self._failed)
        self.back.clicked.connect(self.left)
        self.setFocusProxy(self.table)
        self.retranslate()

    def begin(self, cameras: Mapping[str, str]) -> None:
        """A run over cameras: id and name of each."""
        self.rows = {camera: TrialRow(camera, name) for camera, name in cameras.items()}
        self.running, self._cut = True, False
        self._show()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def take(self, row: TrialRow) -> None:
        """One of them was tried."""
        if row.camera in self.rows:
            self.rows[row.camera] = row
            if not self._fill.isActive():
                self._fill.start()

    def over(self) -> None:
        """All were, or somebody ended it."""
        self.running = False
        self._show()

    @property
    def bad(self) -> tuple[str, ...]:
        """Those that failed."""
        return tuple(row.camera for row in self.rows.values() if row.state not in ("", "ok"))

    @property
    def current(self) -> str:
        """The camera the table stands on."""
        rows, at = arranged(self.rows), self.table.place
        return rows[at].camera if 0 <= at < len(rows) else ""

    @Slot()
    def _show(self) -> None:
        kept = self.current
        rows = arranged(self.rows)
        at = next((i for i, row in enumerate(rows) if row.camera == kept), 0)
        self.table.apply(trial_table(rows), keep=at)
        self._tell()

    @Slot(str)
    def _asked(self, what: str) -> None:
        if what == "open" and self.current:
            self.camera_wanted.emit(self.current)
        elif what == "again" and self.current and not self.running:
            self.again.emit((self.current,))
        elif what == "bad":
            self._failed()

    @Slot()
    def _stop(self) -> None:
        if self.running:
            self._cut = True
            self.stopped.emit()

    @Slot()
    def _failed(self) -> None:
        if self.bad and not self.running:
            self.again.emit(self.bad)

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self.title.setText(t("camadmin.trial.title"))
        self.table.setAccessibleName(self.title.text())
        self.stop.setText(t("camadmin.trial.stop"))
        self.failed.setText(t("camadmin.trial.again"))
        self.back.setText(t("camadmin.form.back"))
        self._show()

    def _tell(self) -> None:
        done = sum(bool(row.state) for row in self.rows.values())
        facts: dict[str, Any] = {
            "done": done, "total": len(self.rows), "bad": len(self.bad), "ok": done - len(self.bad),
        }  # fmt: skip
        key = "running" if self.running else "cut" if self._cut else "over"
        self.sum.setText(t(f"camadmin.trial.{key}", **facts))
        set_tone(self.sum, "red" if self.bad and not self.running else "")
        self.bar.setMaximum(max(1, len(self.rows)))
        self.bar.setValue(done)
        self.bar.setVisible(self.running)
        self.stop.setVisible(self.running)
        self.back.setVisible(not self.running)
        self.failed.setVisible(bool(self.bad) and not self.running)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc ends what runs, then leaves."""
        if event.key() == Qt.Key.Key_Escape:
            if self.running:
                self._stop()
            else:
                self.left.emit()
            return
        super().keyPressEvent(event)


class FoundView(QWidget):
    """``wanted()``: look around; ``chosen(host, user, password)``: take one over;
    ``left()``."""

    wanted = Signal()
    chosen = Signal(str, str, str)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.rows: tuple[FoundRow, ...] = ()
        self.running = False
        self._looked = False
        self._problem: Why = ""
        self.title = label(theme, "", 20, bold=True)
        self.hint = label(theme, "", 14, tone="muted", wrap=True)
        self.sum = label(theme, "", 14, wrap=True)
        self.table = DocTable(theme, {**_ENTER, Qt.Key.Key_F: "look"}, readable=True)
        self.user, self.password = QLineEdit(), QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.take_over = button(theme, "", "primary")
        self.look, self.back = button(theme, ""), button(theme, "")
        logins, foot = QHBoxLayout(), QHBoxLayout()
        for row in (logins, foot):
            spaced(row, 0, 8)
        for field in (self.user, self.password):
            field.setFont(theme.font(14))
            field.setMaximumWidth(240)
            logins.addWidget(field)
        logins.addStretch(1)
        for knob in (self.take_over, self.look, self.back):
            foot.addWidget(knob)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        spaced(column, 0, 8)
        for made in (self.title, self.hint):
            column.addWidget(made)
        column.addLayout(logins)
        column.addWidget(self.sum)
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        self.table.asked.connect(self._asked)
        self.take_over.clicked.connect(self._take)
        self.look.clicked.connect(self.wanted)
        self.back.clicked.connect(self.left)
        self.setFocusProxy(self.table)
        self.retranslate()

    def begin(self) -> None:
        """Somebody looks around."""
        self.running, self._problem = True, ""
        self._tell()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_rows(self, rows: Sequence[FoundRow]) -> None:
        """What answered; those that are not configured yet first."""
        self.rows = tuple(sorted(rows, key=_new_first))
        self.running, self._looked = False, True
        self.table.apply(found_table(self.rows), keep=self.table.place)
        self._tell()

    def refuse(self, why: Why) -> None:
        """It did not work."""
        self.running, self._problem = False, why
        self._tell()

    @Slot(str)
    def _asked(self, what: str) -> None:
        if what == "look":
            self.wanted.emit()
        else:
            self._take()

    @Slot()
    def _take(self) -> None:
        at = self.table.place
        if 0 <= at < len(self.rows):
            self.chosen.emit(self.rows[at].host, self.user.text().strip(), self.password.text())

    def forget(self) -> None:
        """A password that was typed is not kept for the next person."""
        self.password.clear()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self.title.setText(t("camadmin.found.title"))
        self.table.setAccessibleName(self.title.text())
        self.hint.setText(t("camadmin.found.hint"))
        for field, name in ((self.user, "user"), (self.password, "password")):
            field.setPlaceholderText(t(f"camadmin.found.{name}"))
            field.setAccessibleName(t(f"camadmin.found.{name}"))
        self.take_over.setText(t("camadmin.found.take"))
        self.look.setText(t("camadmin.found.look"))
        self.back.setText(t("camadmin.form.back"))
        self.table.apply(found_table(self.rows), keep=self.table.place)
        self._tell()

    def _tell(self) -> None:
        if self._problem:
            words = why_words(self._problem)
        elif self.running:
            words = t("camadmin.found.running")
        elif self._looked:
            fresh = sum(not row.known for row in self.rows)
            words = t(
                "camadmin.found.sum" if self.rows else "camadmin.found.none", n=len(self.rows), fresh=fresh
            )
        else:
            words = ""
        self.sum.setText(words)
        set_tone(self.sum, "red" if self._problem else "")
        self.look.setEnabled(not self.running)
        self.take_over.setEnabled(bool(self.rows))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)


def _new_first(row: FoundRow) -> tuple[bool, str]:
    return bool(row.known), row.host
