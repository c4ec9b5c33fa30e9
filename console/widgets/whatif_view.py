"""The section of what-if: move a limit, see what past months would have been."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QValidator
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from console.domain import periods
from console.i18n import t
from console.models import rank_words, whatif_rows, whatif_words
from console.models.wording import local
from console.services.whatif import RANGES, WhatIf, Wish
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.bar_table import ROW, BarTable
from console.widgets.parts import DataLabel, button, label, set_tone, spaced
from console.widgets.shift_lines import ShiftLines

#: Months that can be looked back on.
MONTHS: Final = (1, 3, 6, 12)
_MONTH_DAYS: Final = 30
#: Five promises and their heads, px.
_TABLE: Final = 5 * ROW + 36
#: The answer is asked for so long after the last change, ms.
SETTLED_MS: Final = 400
_TIMES: Final = ("decision", "dispatch", "arrival", "total")
_SHARES: Final = ("handling", "warn")
KEYS: Final[Mapping[Qt.Key, str]] = {
    Qt.Key.Key_Return: "lost",
    Qt.Key.Key_Enter: "lost",
    Qt.Key.Key_W: "won",
    Qt.Key.Key_E: "export",
    Qt.Key.Key_Z: "reset",
}


class LimitBox(QSpinBox):
    """Seconds as ``08:30``; typed as ``8:30`` or as minutes ``8.5``."""

    def textFromValue(self, value: int) -> str:
        """``08:30``."""
        return rank_words.span(value)

    def valueFromText(self, text: str) -> int:
        """Seconds of what is typed; the old value for what cannot be read."""
        seconds = read(text)
        return self.value() if seconds is None else seconds

    def validate(self, text: str, at: int) -> tuple[QValidator.State, str, int]:
        """Anything that could become a time."""
        state = QValidator.State.Acceptable if read(text) is not None else QValidator.State.Intermediate
        if any(sign not in "0123456789:：. " for sign in text):
            state = QValidator.State.Invalid
        return state, text, at


def read(text: str) -> int | None:
    """``8:30``, ``1:02:00`` or minutes such as ``8.5`` in seconds."""
    parts = text.strip().replace("：", ":").split(":")
    try:
        if len(parts) == 1:
            return round(float(parts[0]) * 60)
        total = 0
        for part in parts:
            total = total * 60 + int(part or 0)
    except ValueError:
        return None
    return total


class _Table(BarTable):
    keys = KEYS


class WhatIfView(QWidget):
    """``wanted()`` when another answer is needed (:attr:`wish`);
    ``cases_wanted(ids, title)``; ``export_wanted(file)``."""

    wanted = Signal()
    cases_wanted = Signal(object, str)
    export_wanted = Signal(str)

    def __init__(self, theme: Theme, ticker: Ticker) -> None:
        super().__init__()
        self._theme, self._ticker = theme, ticker
        self._found: WhatIf | None = None
        self._folder, self._total_by_hand = "", False
        self._setting = False
        self.limits: dict[str, QSpinBox] = {name: LimitBox() for name in _TIMES}
        self.limits |= {name: QSpinBox() for name in _SHARES}
        self._names = {name: label(theme, "", 14) for name in self.limits}
        self._now = {name: label(theme, "", 12, tone="muted") for name in self.limits}
        self.months = QComboBox()
        self.months.setFont(theme.font(14))
        self.reset_button, self.export = button(theme), button(theme)
        self.head = DataLabel(theme, 16, bold=True)
        self._state = label(theme, "", 14, tone="muted")
        self.target = QLineEdit()
        self.target.setFont(theme.font(14))
        self.target.hide()
        self.table = _Table(theme)
        self.lines = ShiftLines(theme)
        self._tiles = label(theme, "", 14, bold=True, wrap=True)
        self._rules = label(theme, "", 12, tone="muted", wrap=True)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLED_MS)
        self._lay_out()
        self._connect()
        self.table.setFixedHeight(_TABLE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocusProxy(self.table)
        self.retranslate()

    def _lay_out(self) -> None:
        form = QGridLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(4)
        for at, (name, box) in enumerate(self.limits.items()):
            low, high = RANGES[name]
            box.setRange(low, high)
            box.setSingleStep(30 if name in _TIMES else 5)
            box.setFont(self._theme.font(16, True))
            box.setKeyboardTracking(False)
            box.setSuffix("" if name in _TIMES else " %")
            box.setProperty("plain", True)
            box.lineEdit().setTextMargins(6, 0, 0, 0)
            box.setMinimumWidth(96)
            box.installEventFilter(self)
            form.addWidget(self._names[name], 0, at)
            form.addWidget(box, 1, at)
            form.addWidget(self._now[name], 2, at)
        head = QHBoxLayout()
        spaced(head, 0, 8)
        head.addWidget(self.months)
        head.addStretch(1)
        head.addWidget(self.reset_button)
        head.addWidget(self.export)
        column = QVBoxLayout(self)
        spaced(column, 0, 8)
        column.addLayout(head)
        column.addLayout(form)
        column.addWidget(self.target)
        column.addWidget(self.head)
        column.addWidget(self._state)
        column.addWidget(self.table)
        column.addWidget(self._tiles)
        column.addWidget(self.lines, 3)
        column.addWidget(self._rules)

    def _connect(self) -> None:
        for months in MONTHS:
            self.months.addItem("", months)
        self.months.setCurrentIndex(1)
        for box in self.limits.values():
            box.valueChanged.connect(self._moved)
        self.months.activated.connect(self._ask)
        self.reset_button.clicked.connect(self.reset)
        self.export.clicked.connect(self._offer)
        self.target.returnPressed.connect(self._export)
        self.target.installEventFilter(self)
        self._settled.timeout.connect(self._ask)
        self.table.asked.connect(self._asked)

    # -- what is wished --------------------------------------------------------------

    @property
    def wish(self) -> Wish:
        """Limits that were moved, over the months that are chosen."""
        now = self._ticker.now()
        back = timedelta(days=_MONTH_DAYS * int(self.months.currentData()))
        start = periods.around("day", now - back)
        moved = {name: box.value() for name, box in self.limits.items() if self._is_moved(name)}
        return Wish(start.start, now, **moved)

    def _is_moved(self, name: str) -> bool:
        if self._found is None:
            return False
        if name == "total":
            return self._total_by_hand
        return self.limits[name].value() != self._as_now(name)

    def _as_now(self, name: str) -> int:
        """The limit in force."""
        if name in _SHARES:
            return 100 if name == "handling" else 80
        found = self._found
        rows = {row.kind: row.limit_before for row in found.stages} if found is not None else {}
        return rows.get(name) or RANGES[name][0]

    def set_folder(self, folder: str) -> None:
        """Where files are offered to be written."""
        self._folder = folder

    def note(self, sentence: str = "") -> None:
        """What an answer has to say; a refusal that came meanwhile stays."""
        if self._state.property("tone") != "red":
            self.say(sentence)

    def say(self, sentence: str, tone: str = "muted") -> None:
        """One sentence; empty for none."""
        self._state.setText(sentence)
        set_tone(self._state, tone)
        self._state.setVisible(bool(sentence))

    def busy(self) -> None:
        """The question is under way."""
        self.say(t("ranking.busy"))

    # -- what comes in ------------------------------------------------------------

    def apply(self, found: WhatIf) -> None:
        """An answer; the first one tells the limits in force."""
        first, self._found = self._found is None, found
        if first:
            self.reset(ask=False)
        self._show_total()
        self._show()

    def _show_total(self) -> None:
        """The total goes with the others until somebody types one."""
        found = self._found
        if found is None or self._total_by_hand:
            return
        after = next((row.limit_after for row in found.stages if row.kind == "total"), None)
        if after:
            self._set("total", after)

    def _set(self, name: str, value: int) -> None:
        self._setting = True
        self.limits[name].setValue(value)
        self._setting = False

    def _show(self) -> None:
        found = self._found
        if found is None:
            return
        self.note()
        summary = whatif_words.summary(found)
        self.head.setText(" · ".join(summary))
        self.table.apply(*whatif_rows.of_stages(found))
        days = tuple(f"{shift[4:6]}-{shift[6:8]}" for shift in found.shifts)
        self.lines.apply(
            (found.before.by_shift, found.before.mean), (found.after.by_shift, found.after.mean), days
        )
        self._tiles.setText(whatif_words.loudness(found))
        said = whatif_words.rules(found)
        if self.lines.together > 1:
            said = (*said, t("ranking.whatif.rule_mean", n=self.lines.together))
        self._rules.setText(" ".join(said))
        for name, words in self._now.items():
            value = self._as_now(name)
            shown = rank_words.span(value) if name in _TIMES else f"{value} %"
            words.setText(t("ranking.whatif.now", value=shown))
        if not found.n:
            self.note(t("ranking.empty"))

    def retranslate(self) -> None:
        """Say everything in the language now."""
        for name, words in self._names.items():
            words.setText(t(f"ranking.whatif.limit_{name}"))
            self.limits[name].setAccessibleName(words.text())
        for at, months in enumerate(MONTHS):
            self.months.setItemText(at, t("ranking.whatif.months", n=months))
        self.months.setAccessibleName(t("ranking.choose_period"))
        self.reset_button.setText(t("ranking.whatif.reset"))
        self.export.setText(t("ranking.export_key"))
        self.target.setPlaceholderText(t("ranking.file"))
        self.target.setAccessibleName(t("ranking.file"))
        self.table.setAccessibleName(t("ranking.whatif.title"))
        self._show()

    # -- choosing ------------------------------------------------------------------

    @Slot()
    def reset(self, *, ask: bool = True) -> None:
        """All limits as they are in force."""
        self._total_by_hand = False
        for name in self.limits:
            self._set(name, self._as_now(name))
        if ask:
            self._ask()

    @Slot()
    def _moved(self) -> None:
        if self._setting:
            return
        if self.sender() is self.limits["total"]:
            self._total_by_hand = True
        self._settled.start()

    @Slot()
    def _ask(self) -> None:
        self._settled.stop()
        self.wanted.emit()

    @Slot(str)
    def _asked(self, what: str) -> None:
        if what == "export":
            self._offer()
        elif what == "reset":
            self.reset()
        else:
            self._behind("lost" if what in ("lost", "cases", "late") else "won")

    def _behind(self, side: str) -> None:
        """The cases that would change sides."""
        row = self.table.current
        found = self._found
        stage = next((one for one in found.stages if row and one.kind == row.key), None) if found else None
        if stage is None:
            return
        ids = stage.lost if side == "lost" else stage.won
        if not ids:
            self.say(t(f"ranking.whatif.none_{side}", promise=whatif_words.stage(stage)))
            return
        title = t(f"ranking.whatif.behind_{side}", promise=whatif_words.stage(stage))
        self.cases_wanted.emit(tuple(reversed(ids)), title)

    # -- files ---------------------------------------------------------------------

    @Slot()
    def _offer(self) -> None:
        day = f"{local(self._ticker.now()):%Y%m%d}"
        self.target.setText(f"{self._folder}/whatif-{day}.pdf")
        self.target.show()
        self.target.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _export(self) -> None:
        file = self.target.text().strip()
        self._leave()
        if file:
            self.export_wanted.emit(file)

    def _leave(self) -> None:
        self.target.hide()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def found(self) -> WhatIf | None:
        """The answer that is shown."""
        return self._found

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc goes to the table; Enter in a limit asks at once."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
            return True
        return False
