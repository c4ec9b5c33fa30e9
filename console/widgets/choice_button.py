"""A button with a menu in which several things can be ticked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QWidget

from console.theme import Theme


class _TickMenu(QMenu):
    """Ticking does not close it; Esc does."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A tick more."""
        action = self.actionAt(event.position().toPoint())
        if action is not None and action.isCheckable():
            action.toggle()
            return
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Enter tick."""
        action = self.activeAction()
        keys = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if action is not None and action.isCheckable() and event.key() in keys:
            action.toggle()
            return
        super().keyPressEvent(event)


class ChoiceButton(QPushButton):
    """``changed()`` when something was ticked or not any more."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(theme.font(14))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._menu = _TickMenu(self)
        self._menu.setFont(theme.font(14))
        self._title = ""
        self._rows: tuple[tuple[str, str], ...] = ()
        self._chosen: frozenset[str] = frozenset()
        self.clicked.connect(self._open)

    @property
    def chosen(self) -> tuple[str, ...]:
        """Ids that are ticked, in the order of the menu."""
        known = [one for one, _name in self._rows if one in self._chosen]
        return (*known, *sorted(self._chosen.difference(known)))

    def offer(self, title: str, rows: Sequence[tuple[str, str]]) -> None:
        """``(id, name)`` of what can be ticked."""
        if (title, tuple(rows)) == (self._title, self._rows):
            return
        self._title, self._rows = title, tuple(rows)
        self._fill()

    def choose(self, ids: Sequence[str]) -> None:
        """Tick these and no others; says nothing."""
        if frozenset(ids) != self._chosen:
            self._chosen = frozenset(ids)
            self._fill()
        self._say()

    def _fill(self) -> None:
        if self._menu.isVisible():
            return  # somebody is ticking: the rows follow when it is closed
        self._menu.clear()
        for one, name in self._rows:
            action = self._menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(one in self._chosen)
            action.setData(one)
            action.toggled.connect(self._toggled)
        self._say()

    def _say(self) -> None:
        names = dict(self._rows)
        ticked = [names.get(one, one) for one in self.chosen]
        text = self._title
        if len(ticked) == 1:
            text = f"{self._title}: {ticked[0]}"
        elif ticked:
            text = f"{self._title}: {len(ticked)}"
        # Names people gave may be long; all of them are in the tool tip.
        room = max(40, self.width() - 28)
        self.setText(self.fontMetrics().elidedText(f"{text} ▾", Qt.TextElideMode.ElideMiddle, room))
        self.setToolTip(", ".join(ticked))
        self.setAccessibleName(" ".join((self._title, *ticked)))

    @Slot(bool)
    def _toggled(self, _on: bool) -> None:
        self._chosen = frozenset(
            str(action.data()) for action in self._menu.actions() if action.isChecked()
        ) | self._chosen.difference(one for one, _name in self._rows)
        self._say()
        self.changed.emit()

    @Slot()
    def _open(self) -> None:
        self._fill()
        self._menu.popup(self.mapToGlobal(self.rect().bottomLeft()))
        actions = self._menu.actions()
        if actions:
            self._menu.setActiveAction(actions[0])
