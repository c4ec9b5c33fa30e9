"""Colours, fonts and the style sheet, from the tokens in ``resources/themes``.

Widgets name a role (``lamp.red``), never a value, so that one file decides how
the room looks and a second theme costs nothing. Sizes are px at 96 dpi.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from console.domain.vocabulary import Lamp, Severity
from console.shipped import RESOURCES

#: One family for both scripts, best first; the system's own comes last.
FAMILIES: Final = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
)
#: The type scale of the desk, px.
SIZES: Final = (12, 14, 16, 20, 28, 44)
THEMES: Final = ("dark", "light")
#: Between taking a style sheet off and putting the next on, ms. A queued call
#: would not do: it comes before keys, paint and timers.
TURN_MS: Final = 25
_FOLDER = RESOURCES / "themes"
_ICONS = _FOLDER.parent / "icons"
_ROLE = re.compile(r"\$\{([a-z_.]+)\}")


def _flat(table: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{prefix}{key}.")
        else:
            found[prefix + key] = str(value)
    return found


class Theme(QObject):
    """The tokens in force. ``changed`` fires, once, when others are."""

    changed = Signal()

    def __init__(self, name: str = "dark", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fonts: dict[tuple[int, bool], QFont] = {}
        self._dress = QTimer(self)
        self._dress.setSingleShot(True)
        self._dress.setInterval(TURN_MS)
        self._dress.timeout.connect(self._take_sheet)
        self._load(name)

    def _load(self, name: str) -> None:
        with (_FOLDER / f"{name}.toml").open("rb") as handle:
            tokens = tomllib.load(handle)
        self.name = name
        self.dark = bool(tokens["dark"])
        self._values = _flat(tokens["color"])
        self._colors = {role: QColor(value) for role, value in self._values.items()}

    def roles(self) -> Mapping[str, str]:
        """Role → ``#RRGGBB`` of the theme in force."""
        return dict(self._values)

    def color(self, role: str, alpha: float = 1.0) -> QColor:
        """The colour of ``role`` (a copy when ``alpha``, 0–1, is below 1).
        Raises ``KeyError`` for a role no theme has."""
        color = self._colors[role]
        if alpha >= 1.0:
            return color
        faded = QColor(color)
        faded.setAlphaF(alpha)
        return faded

    def lamp(self, lamp: Lamp) -> QColor:
        """The colour of a stage light."""
        return self._colors[f"lamp.{lamp.value}"]

    def severity(self, severity: Severity) -> QColor:
        """The colour of an alarm; its letter always stands beside it."""
        return self._colors[f"alarm.{severity.value}"]

    def font(self, px: int, bold: bool = False) -> QFont:
        """The one family at ``px`` pixels with tabular figures. Do not change
        what is returned: it is shared."""
        key = (px, bold)
        font = self._fonts.get(key)
        if font is None:
            font = QFont()
            font.setFamilies(list(FAMILIES))
            font.setPixelSize(px)
            font.setWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
            # Digits of one width: a running time must not shake.
            font.setFeature(QFont.Tag("tnum"), 1)
            font.setHintingPreference(QFont.HintingPreference.PreferFullHinting)
            self._fonts[key] = font
        return font

    def sheet(self) -> str:
        """The style sheet with the roles filled in."""
        text = (_FOLDER / "sheet.qss").read_text(encoding="utf-8")
        return _ROLE.sub(self._fill, text)

    def _fill(self, match: re.Match[str]) -> str:
        icon = match.group(1)
        if icon.startswith("icon."):
            return (_ICONS / f"{icon.removeprefix('icon.')}-{self.name}.svg").as_posix()
        return self._values[icon]

    def palette(self) -> QPalette:
        """A palette of the same tokens, for what style sheets do not reach."""
        palette = QPalette()
        role = QPalette.ColorRole
        pairs = {
            role.Window: "bg",
            role.Base: "panel",
            role.AlternateBase: "raised",
            role.Button: "panel",
            role.ToolTipBase: "raised",
            role.Text: "text",
            role.WindowText: "text",
            role.ButtonText: "text",
            role.ToolTipText: "text",
            role.PlaceholderText: "muted",
            role.Highlight: "accent",
            role.HighlightedText: "on_accent",
            role.Link: "accent",
            role.Mid: "line",
        }
        for which, token in pairs.items():
            palette.setColor(which, self._colors[token])
        return palette

    def apply(self, app: QApplication) -> None:
        """Dress the whole application; call once at start and never again:
        :meth:`use` does it afterwards."""
        app.setStyle("Fusion")
        app.setFont(self.font(14))
        app.setPalette(self.palette())
        app.setStyleSheet(self.sheet())

    def use(self, name: str) -> None:
        """Take another theme (``dark`` or ``light``) while running.

        Qt dresses every widget once for each of its ancestors when one sheet
        follows another, but once when the sheet is taken off and put on: so
        that is done, in two turns with keys and pictures between them. The
        colours of Qt's own style are those of the new theme by then. Painting
        goes on meanwhile: a window whose updates were switched off for it did
        not always begin again.
        """
        if name == self.name:
            return
        self._load(name)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.setStyleSheet("")
            app.setPalette(self.palette())
            self._dress.start()
        self.changed.emit()

    @Slot()
    def _take_sheet(self) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            # What was made meanwhile or kept colours of its own takes them again.
            app.setPalette(self.palette())
            app.setStyleSheet(self.sheet())
