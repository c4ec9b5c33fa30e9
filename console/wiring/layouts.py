"""Named layouts and salvos at the walls, and what hung there before a restart."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QInputDialog

from console.domain import rights
from console.domain.model import Camera
from console.i18n import explain, t
from console.models.names import NOBODY, NameBook
from console.models.tours import CAMERAS, GROUP, LAYOUTS, PAGES
from console.services.ports import Change
from console.services.requests import Answer, Broke, DeleteLayout, LoadLayouts, PutLayout, Refused
from console.services.views import Names
from console.services.wall_layouts import Entry, Hung, Library, NamedLayout, Salvo, TourPlan
from console.widgets.layout_editor import LayoutEditor
from console.widgets.layouts import PRESETS, Layout
from console.widgets.wall_library import hung_of, kept, plan_of, restored, same
from console.widgets.wall_pane import WallPane
from console.widgets.wall_plan import WallPlan
from console.windows.desk_base import DeskBase
from console.windows.placement import PAGE
from console.wiring.part import Part
from console.wiring.tour_editing import TourEditing
from console.wiring.walls_file import WallsFile
from console.worker import Rank

if TYPE_CHECKING:
    from console.app import ConsoleApp
    from console.wiring.tours import Tours

log = logging.getLogger(__name__)
#: A change is on the disk this long after it at the latest, ms.
KEEP_MS: Final = 1000


class WallLayouts(QObject):
    """One wall's keys and menu."""

    def __init__(self, part: Layouts, name: str, pane: WallPane) -> None:
        super().__init__(part)
        self._part, self.name, self.pane = part, name, pane
        pane.wall.layoutWanted.connect(self._by_key)
        pane.wall.salvoWanted.connect(part.salvo_by_key)
        pane.wall.planChanged.connect(self._changed)
        pane.bar.asked.connect(self._asked)

    @Slot(object)
    def _changed(self, _plan: object) -> None:
        self._part.changed()
        self.name_it()

    def name_it(self) -> None:
        """The bar says which stored layout hangs here."""
        plan = self.pane.wall.plan
        self.pane.bar.set_named(
            next((one.name for one in self._part.library.layouts if same(plan, one.hung)), "")
        )

    @Slot(int)
    def _by_key(self, number: int) -> None:
        rows = self._part.library.layouts
        if number <= len(rows):
            self.load(rows[number - 1])
        else:
            self.pane.say(t("layouts.said.no_layout", number=number))

    def load(self, entry: NamedLayout) -> None:
        """Hang a named layout here, undoable."""
        if self.hang(entry.hung):
            self.pane.say(t("layouts.said.loaded", name=entry.name))

    def hang(self, hung: Hung, keep: bool = False) -> bool:
        """Hang what is stored; False (and said) when it cannot be. ``keep``:
        what is pinned here stays, whatever is pinned in the stored one."""
        try:
            plan = plan_of(hung, self._part.known())
        except ValueError:
            self.pane.say(t("layouts.said.broken", name=hung.layout))
            return False
        self._part.tours.walls[self.name].stop()
        self.pane.wall.load(plan.keeping(self.pane.wall.plan) if keep else plan)
        return True

    @Slot(str, str, str)
    def _asked(self, verb: str, kind: str, name: str) -> None:
        part = self._part
        if verb == "load" and kind == "salvos":
            part.salvo(name)
        elif verb == "load":
            entry = part.library.layout(name)
            if entry is not None:
                self.load(entry)
        elif verb in ("run", "pause", "stop", "dwell"):
            self._tour(verb, kind, name)
        elif verb == "edit":
            part.edit(self)
        elif verb == "alarm":
            self.pane.wall.use_alarm_tiles(name)
        elif verb == "compose":
            part.editing.compose(self.pane, name, part.tours.walls[self.name].dwell_s)
        else:
            part.change(self, verb, kind, name)

    def _tour(self, verb: str, kind: str, name: str) -> None:
        tour = self._part.tours.walls[self.name]
        if verb == "pause":
            tour.toggle()
        elif verb == "stop":
            tour.stop()
        elif verb == "dwell":
            tour.stay(float(name))
        elif kind in (GROUP, CAMERAS):
            tour.start(kind, self._part.members(name), name)
        elif kind == LAYOUTS:
            tour.start(LAYOUTS, tuple(one.name for one in self._part.library.layouts))
        elif kind == PAGES:
            tour.start(PAGES)
        else:
            stored = self._part.library.find("tours", name)
            if isinstance(stored, TourPlan):
                stops = stored.stops
                if stored.kind == GROUP:
                    of = self._part.members
                    stops = tuple(dict.fromkeys(camera for group in stops for camera in of(group)))
                tour.start(stored.kind, stops, stored.name, stored.dwell_s)


class Layouts(Part):
    """The library of the site as this console knows it."""

    tours: Tours

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self.library: Library = self.engine.services.layouts.library()
        self.walls: dict[str, WallLayouts] = {}
        self._names: NameBook = NOBODY
        self._deleted: Entry | None = None
        self._file = WallsFile(console.options.places.data / "walls.json")
        self._before = self._file.read()
        self._asked: dict[int, str] = {}
        self._wiring = True
        self._desks: list[DeskBase] = []
        self.editing = TourEditing(self)
        self._keep = QTimer(self)
        self._keep.setSingleShot(True)
        self._keep.setInterval(KEEP_MS)
        self._keep.timeout.connect(self._write_soon)

    # -- life -----------------------------------------------------------------
    def wire(self, name: str, pane: WallPane) -> None:
        """Hang what hung here before, or what was asked for."""
        self.walls[name] = WallLayouts(self, name, pane)
        pane.bar.menu.aboutToShow.disconnect(pane.bar.menu.rebuild)
        pane.bar.menu.aboutToShow.connect(self._tell_menus)
        pane.bar.menu.aboutToShow.connect(pane.bar.menu.rebuild)
        plan = self._asked_for(name) or self._kept(name)
        if plan is not None:
            pane.wall.set_plan(plan)
            self.console.arranged(name)
        self._tell_menus()

    def _asked_for(self, name: str) -> WallPlan | None:
        """``run --layout``: a named layout on the first wall, or a salvo."""
        wanted = self.console.options.layout
        entry = self.library.layout(wanted)
        salvo = self.library.find("salvos", wanted)
        hung = None
        if entry is not None and name in (PAGE, "wall-1"):
            hung = entry.hung
        elif entry is None and isinstance(salvo, Salvo):
            hung = dict(salvo.walls).get(name)
        try:
            return plan_of(hung, self.known()) if hung is not None and wanted not in PRESETS else None
        except ValueError as error:
            log.warning("layout %s is not hung: %s", wanted, error)
            return None

    def _kept(self, name: str) -> WallPlan | None:
        row = self._before.get(name)
        if row is None:
            return None
        try:
            plan = restored(row, self.known())
        except (KeyError, TypeError, ValueError) as error:
            log.warning("what hung on %s cannot be read, it starts anew: %s", name, error)
            return None
        preset = self.console.options.layout
        return plan.with_layout(preset) if preset in PRESETS else plan

    def started(self) -> None:
        """Tours that walked go on."""
        self._wiring = False
        for name, wall in self.tours.walls.items():
            row = self._before.get(name, {}).get("tour")
            try:
                if row:
                    wall.restore(row)
            except (KeyError, TypeError, ValueError) as error:
                log.warning("the tour on %s cannot be read: %s", name, error)

    def entered(self) -> None:
        """Another person may have other rights."""
        self.reload()
        self._tell_menus()

    def reload(self) -> None:
        """Read what has a name anew."""
        if self.console.actor is not None:
            self._submit(LoadLayouts(self.console.actor))

    def stop(self) -> None:
        """What hangs now is what comes back."""
        self._keep.stop()
        self._file.want(self._now())
        self._file.write()

    def changed(self) -> None:
        """Something hangs otherwise: keep it soon."""
        if not self._wiring and not self._keep.isActive():
            self._keep.start()

    def tick(self, now: datetime) -> None:
        """The window with the camera list may be another one since."""
        desk = self.console.desk
        if desk not in self._desks:
            self._desks.append(desk)
            desk.parts.cameras.hang_wanted.connect(self.hang)

    @Slot(object)
    def hang(self, cameras: tuple[str, ...]) -> None:
        """From the list to the first wall seen, from its selected tile onward."""
        for wall in self.walls.values():
            if wall.pane.isVisible():
                wall.pane.wall.hang(cameras, wall.pane.wall.selected)
                return

    @Slot()
    def _write_soon(self) -> None:
        if self._file.want(self._now()):
            self.engine.worker.call(self._file.write, Rank.PERSON, "walls")

    def _now(self) -> dict[str, dict[str, Any]]:
        rows = dict(self._before)
        for name, wall in self.tours.walls.items():
            rows[name] = {**kept(wall.home), "tour": wall.kept()}
        return rows

    # -- facts ----------------------------------------------------------------
    def known(self) -> tuple[str, ...]:
        """Ids of all cameras."""
        return tuple(camera.id for camera in self.console.cameras)

    def _groups_of(self, camera: Camera) -> Iterable[str]:
        place = self._names.community(camera.community)
        return (*camera.groups, place) if place else camera.groups

    def members(self, group: str) -> tuple[str, ...]:
        """Cameras of a group or community, by the name it has in the menu."""
        return tuple(c.id for c in self.console.cameras if c.enabled and group in self._groups_of(c))

    def groups(self) -> tuple[str, ...]:
        """Names of all groups and communities that have a camera."""
        return tuple(sorted({name for one in self.console.cameras for name in self._groups_of(one)}))

    def _tell_menus(self) -> None:
        actor = self.console.actor
        may_save = actor is not None and rights.allowed(actor.role, "layout.edit")
        deleted = self._deleted.name if self._deleted is not None else ""
        for wall in self.walls.values():
            wall.pane.bar.menu.set_library(self.library, self.groups(), may_save, deleted)
            wall.name_it()

    # -- salvos ---------------------------------------------------------------
    @Slot(int)
    def salvo_by_key(self, number: int) -> None:
        """Ctrl+Shift+1 … 9."""
        rows = self.library.salvos
        if number <= len(rows):
            self.salvo(rows[number - 1].name)
        else:
            self.console.say(t("layouts.said.no_salvo", number=number))

    def salvo(self, name: str) -> None:
        """Hang a salvo on all walls it names; each can take it back by itself."""
        found = self.library.find("salvos", name)
        if not isinstance(found, Salvo):
            return
        walls = dict(found.walls)
        hung = [
            place
            for place, wall in self.walls.items()
            if place in walls and wall.hang(walls[place], keep=True)
        ]
        self.console.say(t("layouts.said.salvo", name=name, count=len(hung)))

    # -- changes to the library -----------------------------------------------
    def change(self, wall: WallLayouts, verb: str, kind: str, name: str) -> None:
        """Save, overwrite, rename, lock, delete or bring back an entry."""
        actor = self.console.actor
        if actor is None:
            wall.pane.say(t("layouts.said.sign_in"))
            return
        old = self.library.find(kind, name) if name else None
        if verb == "save":
            self._ask_name(wall, kind, "")
        elif verb == "restore" and self._deleted is not None:
            self._submit(PutLayout(actor, self._deleted), t("layouts.said.restored", name=self._deleted.name))
            self._deleted = None
        elif old is None:
            wall.pane.say(t("layouts.said.gone", name=name))
        elif verb == "rename":
            self._ask_name(wall, kind, name)
        elif verb == "overwrite":
            fresh = self._made(wall, kind, name)
            self._submit(PutLayout(actor, fresh, name, old.version), t("layouts.said.saved", name=name))
        elif verb == "lock" and isinstance(old, NamedLayout):
            hung = replace(old.hung, locked=not old.hung.locked)
            said = t("layouts.said.locked" if hung.locked else "layouts.said.unlocked", name=name)
            self._submit(PutLayout(actor, replace(old, hung=hung), name, old.version), said)
        elif verb == "delete":
            self._deleted = old
            self._submit(DeleteLayout(actor, kind, name, old.version), t("layouts.said.deleted", name=name))

    def _made(self, wall: WallLayouts, kind: str, name: str) -> Entry:
        """What is seen now, under a name."""
        homes = {place: one.home for place, one in self.tours.walls.items()}
        if kind == "layouts":
            return NamedLayout(name, hung_of(homes[wall.name]))
        shown = {place for place, one in self.walls.items() if one.pane.isVisible()}
        return Salvo(name, tuple((place, hung_of(homes[place])) for place in sorted(shown)))

    def _ask_name(self, wall: WallLayouts, kind: str, was: str) -> None:
        dialog = QInputDialog(wall.pane)
        dialog.setWindowTitle(t(f"layouts.ask.{'rename' if was else kind}"))
        dialog.setLabelText(t("layouts.ask.name"))
        dialog.setTextValue(was)
        dialog.setOkButtonText(t("layouts.ask.ok"))
        dialog.setCancelButtonText(t("layouts.ask.cancel"))
        dialog.setProperty("about", (wall.name, kind, was))
        dialog.textValueSelected.connect(self._named)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _named(self, text: str) -> None:
        place, kind, was = self.sender().property("about")
        self.save(self.walls[place], kind, text, was)

    def save(self, wall: WallLayouts, kind: str, name: str, was: str = "") -> None:
        """Store what ``wall`` shows (or rename ``was``) under ``name``."""
        actor, old = self.console.actor, self.library.find(kind, was) if was else None
        if actor is None:
            return
        entry = replace(old, name=name) if old is not None else self._made(wall, kind, name)
        seen = old.version if old is not None else 0
        self._submit(PutLayout(actor, entry, was, seen), t("layouts.said.saved", name=name.strip()))

    def edit(self, wall: WallLayouts) -> None:
        """Open the editor of free spans."""
        plan = wall.pane.wall.plan
        shape = plan.arranged(1920, 1080)
        editor = LayoutEditor(self.console.theme, shape, wall.pane, plan.lending(shape))
        editor.setProperty("about", wall.name)
        editor.finishedWith.connect(self._shaped)
        editor.open()

    @Slot(object, object)
    def _shaped(self, shape: Layout, alarm_tiles: tuple[int, ...]) -> None:
        wall = self.walls[str(self.sender().property("about"))]
        plan = wall.pane.wall.plan
        if wall.pane.wall.change(plan.with_shape(shape, wall.pane.wall.selected_camera, alarm_tiles)):
            self.save(wall, "layouts", wall.pane.wall.plan.layout)

    def _submit(self, request: object, said: str = "") -> None:
        self._asked[self.engine.submit(request)] = said

    def posted(self, what: object) -> None:
        """Answers to what was asked here, changes from other seats."""
        self.editing.posted(what)
        actor = self.console.actor
        if isinstance(what, Change):
            if "setting" in what.kinds and not what.here and actor is not None:
                self._submit(LoadLayouts(actor))
        elif isinstance(what, Answer) and isinstance(what.value, Library):
            self.library = what.value
            self._tell_menus()
            if said := self._asked.pop(what.token, ""):
                self.console.say(said)
        elif isinstance(what, Answer) and isinstance(what.value, Names):
            self._names = NameBook(what.value)
        elif isinstance(what, Refused | Broke) and what.token in self._asked:
            del self._asked[what.token]
            if isinstance(what, Refused):
                self.console.say(" ".join(explain(what.refusal)))
            if isinstance(what.request, DeleteLayout):
                self._deleted = None
            if actor is not None and not isinstance(what.request, LoadLayouts):
                self._submit(LoadLayouts(actor))
