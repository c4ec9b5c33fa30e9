"""The menu of a wall's bar: presets, named layouts, salvos, tours."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from console.i18n import t
from console.services.wall_layouts import Library, NamedLayout
from console.widgets.layouts import PRESETS

#: Seconds at each stop that are offered.
DWELLS: Final = (5, 10, 15, 20, 30, 60)
#: Entries that have a key of their own: Ctrl+1 … Ctrl+9.
KEYED: Final = 9


class LayoutMenu(QMenu):
    """Built anew whenever it is about to be seen. ``asked(verb, kind, name)``;
    verbs: ``preset``, ``load``, ``save``, ``overwrite``, ``rename``, ``lock``,
    ``delete``, ``restore``, ``edit``, ``alarm``, ``run``, ``pause``, ``stop``, ``dwell``,
    ``compose``."""

    asked = Signal(str, str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library = Library()
        self._groups: tuple[str, ...] = ()
        self._current = self._deleted = ""
        self._may_save = self._locked = self._touring = False
        self._group: QActionGroup | None = None
        self.aboutToShow.connect(self.rebuild)

    def set_library(
        self, library: Library, groups: tuple[str, ...], may_save: bool, deleted: str = ""
    ) -> None:
        """What has a name now, the groups of cameras, whether this person may
        save, and what was deleted last."""
        self._library, self._groups = library, groups
        self._may_save, self._deleted = may_save, deleted

    def set_state(self, current: str, locked: bool, touring: bool) -> None:
        """The preset in force, whether the wall is locked, whether a tour walks."""
        self._current, self._locked, self._touring = current, locked, touring

    @Slot()
    def rebuild(self) -> None:
        """Fill the menu from what is known now."""
        self.clear()
        for sub in self.findChildren(QMenu):
            sub.deleteLater()
        if self._group is not None:
            self._group.deleteLater()
        self._group = QActionGroup(self)
        self._group.setExclusive(False)
        self._group.triggered.connect(self._triggered)
        presets = self._sub(self, t("layouts.menu.presets"))
        for name in PRESETS:
            action = self._add(presets, name, "preset", "", name, not self._locked)
            action.setCheckable(True)
            action.setChecked(name == self._current)
        self._add(presets, t("layouts.menu.free"), "edit", "", "", self._may_save and not self._locked)
        self._alarm_tiles()
        self._named("layouts", "Ctrl+")
        self._named("salvos", "Ctrl+Shift+")
        self._tours()
        if self._deleted:
            self._add(self, t("layouts.menu.restore", name=self._deleted), "restore", "", "", self._may_save)

    def _alarm_tiles(self) -> None:
        top = self._sub(self, t("alarmtiles.menu.title"))
        top.setEnabled(not self._locked)
        self._add(top, t("alarmtiles.menu.here") + "\tM", "alarm", "tiles", "here")
        if self._current:  # of free spans nobody knows a lower row
            self._add(top, t("alarmtiles.menu.preset"), "alarm", "tiles", "preset")
        self._add(top, t("alarmtiles.menu.none"), "alarm", "tiles", "none")

    def _named(self, kind: str, keys: str) -> None:
        top = self._sub(self, t(f"layouts.menu.{kind}"))
        rows = self._library.of(kind)
        for number, entry in enumerate(rows, 1):
            key = f"\t{keys}{number}" if number <= KEYED else ""
            self._add(top, _shown(entry.name) + key, "load", kind, entry.name)
        if rows:
            top.addSeparator()
        self._add(top, t("layouts.menu.save"), "save", kind, "", self._may_save)
        for entry in rows if self._may_save else ():
            locked = isinstance(entry, NamedLayout) and entry.hung.locked
            change = self._sub(top, t("layouts.menu.change", name=_shown(entry.name)))
            self._add(change, t("layouts.menu.overwrite"), "overwrite", kind, entry.name, not locked)
            self._add(change, t("layouts.menu.rename"), "rename", kind, entry.name)
            if kind == "layouts":
                words = t("layouts.menu.unlock" if locked else "layouts.menu.lock")
                self._add(change, words, "lock", kind, entry.name)
            self._add(change, t("layouts.menu.delete"), "delete", kind, entry.name, not locked)

    def _tours(self) -> None:
        top = self._sub(self, t("layouts.menu.tours"))
        if self._touring:
            self._add(top, t("layouts.menu.pause") + "\tT", "pause", "tours", "")
            self._add(top, t("layouts.menu.stop"), "stop", "tours", "")
            top.addSeparator()
        self._add(top, t("layouts.menu.tour_pages"), "run", "pages", "")
        self._add(top, t("layouts.menu.tour_layouts"), "run", "layouts", "", len(self._library.layouts) > 1)
        for place in ("group", "cameras"):
            under = self._sub(top, t(f"layouts.menu.tour_{place}"))
            under.setEnabled(bool(self._groups))
            for group in self._groups:
                self._add(under, _shown(group), "run", place, group)
        for entry in self._library.tours:
            self._add(top, _shown(entry.name), "run", "tours", entry.name)
        top.addSeparator()
        stay = self._sub(top, t("layouts.menu.dwell"))
        for seconds in DWELLS:
            self._add(stay, t("layouts.menu.seconds", seconds=seconds), "dwell", "tours", str(seconds))
        self._add(top, t("layouts.menu.new_tour"), "compose", "tours", "", self._may_save)
        for entry in self._library.tours if self._may_save else ():
            change = self._sub(top, t("layouts.menu.change", name=_shown(entry.name)))
            self._add(change, t("layouts.menu.stops"), "compose", "tours", entry.name)
            self._add(change, t("layouts.menu.rename"), "rename", "tours", entry.name)
            self._add(change, t("layouts.menu.delete"), "delete", "tours", entry.name)

    def _sub(self, parent: QMenu, title: str) -> QMenu:
        made = QMenu(title, self)
        parent.addMenu(made)
        return made

    def _add(self, menu: QMenu, words: str, verb: str, kind: str, name: str, enabled: bool = True) -> QAction:
        assert self._group is not None
        action = self._group.addAction(QAction(words, self._group))
        action.setData((verb, kind, name))
        action.setEnabled(enabled)
        menu.addAction(action)
        return action

    @Slot(QAction)
    def _triggered(self, action: QAction) -> None:
        verb, kind, name = action.data()
        self.asked.emit(verb, kind, name)

    def entry(self, verb: str, kind: str = "", name: str = "") -> QAction | None:
        """The action with this meaning, as the menu stands now."""
        actions = self._group.actions() if self._group is not None else []
        return next((one for one in actions if tuple(one.data()) == (verb, kind, name)), None)


def _shown(name: str) -> str:
    """A name as a menu writes it: an ampersand would underline a letter."""
    return name.replace("&", "&&")
