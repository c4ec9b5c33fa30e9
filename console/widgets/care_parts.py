"""What the panes of the care section share: a table with its keys and buttons,
a line that tells how the last deed ended, fields in a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from console.domain.errors import Refusal
from console.i18n import explain, t
from console.theme import Theme
from console.widgets.doc_table import DocTable
from console.widgets.parts import EDGE, GROUP, button, label, set_tone, spaced


class _Press(QObject):
    """A button that asks for something by its name."""

    def __init__(self, pane: CarePane, knob: QPushButton, what: str) -> None:
        super().__init__(knob)
        self._pane, self._what = pane, what
        knob.clicked.connect(self._pressed)

    @Slot()
    def _pressed(self) -> None:
        self._pane.ask(self._what)


class CarePane(QWidget):
    """One pane. ``wanted(what, value)`` goes to whoever can do it; while
    something is under way nothing else can be asked, and a line says what."""

    wanted = Signal(str, object)
    #: Key of a letter → what it asks; the same stands on the button.
    KEYS: Mapping[Qt.Key, str] = {}
    #: What takes long: buttons rest meanwhile.
    LONG: Sequence[str] = ()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._busy = ""
        self._told: tuple[str, Callable[[], str]] | None = None
        self._knobs: dict[str, QPushButton] = {}
        self._named: list[tuple[QLabel, QWidget, str]] = []
        self.headline = label(theme, "", 16, bold=True, wrap=True)
        self.outcome = label(theme, "", 14, wrap=True)
        self.table = DocTable(theme, self.KEYS, readable=True)
        self.table.asked.connect(self.ask)
        self.table.setMinimumHeight(120)
        self.column = QVBoxLayout(self)
        spaced(self.column, EDGE, GROUP)
        self.setFocusProxy(self.table)

    def buttons(self, *names: str, primary: str = "") -> QHBoxLayout:
        """Buttons in a row, titled ``care.do.<name>`` with their letter."""
        row = QHBoxLayout()
        spaced(row, 0, 8)
        for name in names:
            knob = button(self._theme, "", "primary" if name == primary else "")
            self._knobs[name] = knob
            _Press(self, knob, name)
            row.addWidget(knob)
        row.addStretch(1)
        return row

    def field(self, key: str, widget: QWidget, wide: int = 0) -> QHBoxLayout:
        """A named field."""
        words = label(self._theme, "", 14, tone="muted")
        widget.setFont(self._theme.font(14))
        if wide:
            widget.setFixedWidth(wide)
        row = QHBoxLayout()
        spaced(row, 0, 8)
        row.addWidget(words)
        row.addWidget(widget, 0 if wide else 1)
        self._named.append((words, widget, key))
        return row

    def ask(self, what: str) -> None:
        """A key or a button; subclasses do what is theirs."""
        if what and not (self._busy and what in self.LONG):
            self.wanted.emit(what, None)

    @property
    def busy(self) -> str:
        """What is under way; empty: nothing."""
        return self._busy

    def set_busy(self, what: str) -> None:
        """Something that takes long has begun; empty: it has ended."""
        self._busy = what
        for name, knob in self._knobs.items():
            knob.setEnabled(not (what and name in self.LONG))
        if what:
            self.tell("busy", f"care.busy.{what}")

    def tell(self, tone: str, key: str, **facts: object) -> None:
        """Say how something ended; ``tone``: good, bad, busy or none."""
        self.tell_made(tone, partial(t, key, **facts))

    def tell_refusal(self, refusal: Refusal) -> None:
        """Say why not, and what to do."""
        self.tell_made("bad", partial(_explained, refusal))

    def tell_made(self, tone: str, make: Callable[[], str]) -> None:
        """The same in words that are made anew in each language."""
        self._told = (tone, make)
        self._say()

    def _say(self) -> None:
        if self._told is not None:
            tone, make = self._told
            self.outcome.setText(make())
            set_tone(self.outcome, TONES.get(tone, ""))

    def retranslate(self) -> None:
        """Say everything in the language now."""
        # Where two keys ask the same, the first one stands on the button.
        letters = {what: letter(key) for key, what in reversed(list(self.KEYS.items()))}
        for name, knob in self._knobs.items():
            knob.setText(f"{t(f'care.do.{name}')} {letters.get(name, '')}".rstrip())
            knob.setAccessibleName(t(f"care.do.{name}"))
        for words, widget, key in self._named:
            words.setText(t(key))
            widget.setAccessibleName(t(key))
        self._say()


def _explained(refusal: Refusal) -> str:
    return " ".join(explain(refusal))


TONES: Final = {"good": "accent", "bad": "red", "busy": "muted"}


def letter(key: Qt.Key) -> str:
    """A key as it stands on a button."""
    return "Enter" if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) else chr(key.value)
