"""The editor of free spans: a grid whose units are joined and split, by mouse
or by keys, and given a name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from console.i18n import t
from console.services.wall_layouts import NAME_CHARS
from console.theme import Theme
from console.widgets import layouts, parts, spans
from console.widgets.layouts import PRESETS, Cell, Layout

_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class SpanGrid(QWidget):
    """The grid itself. Arrows move, Shift+arrows select, Enter joins,
    Backspace splits, M marks an alarm tile; a drag selects and joins, a double
    click splits. ``marked`` are the cells that high alarms may have."""

    changed = Signal()

    def __init__(
        self, theme: Theme, layout: Layout, alarm_tiles: Iterable[int] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.shape = spans.renamed(layout, layout.name)
        self.marked = frozenset(layout.cells[one] for one in alarm_tiles if one < layout.size)
        self._from = self._to = (0, 0)
        self._dragging = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(640, 360)
        self.setAccessibleName(t("layouts.editor.grid"))
        self._speak()

    @property
    def span(self) -> Cell:
        """What is selected, grown so that no tile is cut."""
        return spans.grown(self.shape, *self._from, *self._to)

    def take(self, shape: Layout) -> None:
        """Show other cells."""
        self.marked &= frozenset(shape.cells)
        self.shape = shape
        self._from = self._to = (
            min(self._to[0], shape.columns - 1), min(self._to[1], shape.rows - 1),
        )  # fmt: skip
        self._speak()
        self.update()
        self.changed.emit()

    def join(self) -> None:
        """The selection becomes one tile."""
        self.take(spans.joined(self.shape, self.span))

    def split(self) -> None:
        """The tile under the cursor becomes single units."""
        self.take(spans.split(self.shape, *self._to))

    @property
    def alarm_tiles(self) -> tuple[int, ...]:
        """Numbers of the marked tiles, from 0."""
        return tuple(i for i, cell in enumerate(self.shape.cells) if cell in self.marked)

    def _cell(self) -> Cell:
        """The tile under the cursor."""
        x, y = self._to
        return next(c for c in self.shape.cells if c.x <= x < c.x + c.w and c.y <= y < c.y + c.h)

    @Slot()
    def mark(self) -> None:
        """The tile under the cursor is an alarm tile, or no longer."""
        self.marked ^= {self._cell()}
        self._speak()
        self.update()
        self.changed.emit()

    def _speak(self) -> None:
        span = self.span
        words = t("layouts.editor.spoken", x=span.x + 1, y=span.y + 1, w=span.w, h=span.h, n=self.shape.size)
        if self._cell() in self.marked:
            words = f"{words} {t('alarmtiles.tile.empty')}"
        self.setAccessibleDescription(words)

    def _unit(self, at: QPointF) -> tuple[int, int]:
        x = int(at.x() * self.shape.columns / max(1, self.width()))
        y = int(at.y() * self.shape.rows / max(1, self.height()))
        return max(0, min(x, self.shape.columns - 1)), max(0, min(y, self.shape.rows - 1))

    def _select(self, to: tuple[int, int], extend: bool) -> None:
        self._to = to
        if not extend:
            self._from = to
        self._speak()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """All of it without a mouse."""
        key = event.key()
        if key in _ARROWS:
            dx, dy = _ARROWS[Qt.Key(key)]
            x = max(0, min(self._to[0] + dx, self.shape.columns - 1))
            y = max(0, min(self._to[1] + dy, self.shape.rows - 1))
            self._select((x, y), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.join()
        elif key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.split()
        elif key == Qt.Key.Key_M:
            self.mark()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A selection begins."""
        self._dragging = True
        self._select(self._unit(event.position()), False)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """And grows."""
        if self._dragging:
            self._select(self._unit(event.position()), True)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Several units become one tile."""
        if self._dragging and self._from != self._to:
            self.join()
        self._dragging = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Split."""
        self._dragging = False
        self._select(self._unit(event.position()), False)
        self.split()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tiles with their numbers, the selection in the accent colour."""
        p = QPainter(self)
        p.fillRect(self.rect(), self._theme.color("bg"))
        for number, tile in enumerate(layouts.tiles(self.shape, self.width(), self.height()), 1):
            box = QRectF(tile.x + 1, tile.y + 1, tile.w - 2, tile.h - 2)
            p.fillRect(box, self._theme.color("raised"))
            p.setPen(self._theme.color("text"))
            p.setFont(self._theme.font(12 if tile.h < 50 else 16))
            words = str(number)
            if self.shape.cells[number - 1] in self.marked:
                words = f"{number} · {t('alarmtiles.tile.empty')}"
            p.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)
        span = self.span
        w, h = self.width() / self.shape.columns, self.height() / self.shape.rows
        p.setPen(QPen(self._theme.color("accent"), 3))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRect(QRectF(span.x * w + 2, span.y * h + 2, span.w * w - 4, span.h * h - 4))


class LayoutEditor(QDialog):
    """``finishedWith(Layout, alarm tiles)`` when it is to be hung and stored."""

    finishedWith = Signal(object, object)

    def __init__(
        self, theme: Theme, start: Layout, parent: QWidget | None = None, alarm_tiles: Iterable[int] = ()
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(t("layouts.editor.title"))
        small = start.columns <= spans.MOST and start.rows <= spans.MOST
        self.grid = SpanGrid(theme, start if small else spans.plain(4, 4), alarm_tiles if small else (), self)
        self.name = QLineEdit("" if start.name in PRESETS else start.name)
        self.name.setFont(theme.font(14))
        self.name.setMaxLength(NAME_CHARS)
        self.name.setPlaceholderText(t("layouts.editor.name"))
        self.name.setAccessibleName(t("layouts.editor.name"))
        self.columns, self.rows = QSpinBox(), QSpinBox()
        top = QHBoxLayout()
        top.addWidget(self.name, 1)
        sides = (("columns", self.columns, start.columns), ("rows", self.rows, start.rows))
        for key, spin, value in sides:
            spin.setRange(1, spans.MOST)
            spin.setValue(value)
            spin.setFont(theme.font(14))
            spin.setAccessibleName(t(f"layouts.editor.{key}"))
            top.addWidget(parts.label(theme, t(f"layouts.editor.{key}"), 14))
            top.addWidget(spin)
            spin.valueChanged.connect(self._resize)
        self._hint = parts.label(theme, t("layouts.editor.hint"), 12, tone="muted", wrap=True)
        self.problem = parts.label(theme, "", 14, bold=True, wrap=True)
        self.mark = parts.button(theme, f"{t('alarmtiles.menu.title')} (M)")
        self.mark.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.mark.clicked.connect(self.grid.mark)
        self._ok = parts.button(theme, t("layouts.editor.ok"), "primary")
        self._cancel = parts.button(theme, t("layouts.ask.cancel"))
        foot = QHBoxLayout()
        foot.addWidget(self.problem, 1)
        foot.addWidget(self.mark)
        foot.addWidget(self._cancel)
        foot.addWidget(self._ok)
        column = QVBoxLayout(self)
        column.addLayout(top)
        column.addWidget(self.grid, 1)
        column.addWidget(self._hint)
        column.addLayout(foot)
        for knob in (self._ok, self._cancel, self.mark):
            knob.setAutoDefault(False)
        self._ok.clicked.connect(self.finish)
        self._cancel.clicked.connect(self.reject)
        self.name.setFocus()

    @Slot()
    def _resize(self) -> None:
        self.grid.take(spans.resized(self.grid.shape, self.columns.value(), self.rows.value()))

    @Slot()
    def finish(self) -> None:
        """Hand the layout over, or say what is missing."""
        name = " ".join(self.name.text().split())
        if not name or name in PRESETS:
            self.problem.setText(
                t("layouts.editor.name_it" if not name else "layouts.editor.preset", name=name)
            )
            self.name.setFocus()
            return
        try:
            shape = spans.renamed(self.grid.shape, name)
        except ValueError as error:
            self.problem.setText(t("layouts.editor.bad", reason=str(error)))
            return
        self.finishedWith.emit(shape, self.grid.alarm_tiles)
        self.accept()
