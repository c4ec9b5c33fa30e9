"""The section of cameras in one desk window: what its keys ask, what comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QStandardPaths, Slot
from PySide6.QtWidgets import QWidget

from console.domain.alarm_priorities import Maintenance
from console.domain.errors import Refusal
from console.domain.masks import Mask
from console.domain.model import Actor
from console.feeds.trial import Trial
from console.i18n import t
from console.models.camera_facts import when
from console.models.trial_rows import TrialRow
from console.models.why import Why
from console.models.wording import local
from console.services import permissions
from console.services.camera_cards import CameraCard, CameraTable, Changed
from console.services.camera_requests import (
    AddCamera,
    EndCamerasAside,
    ImportCameras,
    LoadCameraDays,
    LoadCameraGroups,
    LoadCameraTable,
    PutMasks,
    RenameCameraGroup,
    ReplaceCamera,
    SetCameras,
    SetCamerasAside,
    SwitchCameras,
    UndoCameras,
)
from console.services.camera_undo import Undone
from console.services.cameras import SECRETS
from console.services.reference import ImportReport
from console.services.requests import Answer, Request
from console.widgets.camera_form import BULK, EDIT, NEW, REPLACE
from console.widgets.cameras_section import CamerasSection
from console.windows.desk_base import DeskBase
from console.wiring.camera_devices import CamerasWritten, DeviceAsked, DevicesFound

if TYPE_CHECKING:
    from console.wiring.cameras_admin import CamerasAdmin

SECTION: Final = "cameras"
#: What is said when the reason stands in the log alone.
BROKE: Final = "camadmin.said.broke"
#: Today's counts are read anew this often while somebody looks, s.
DAYS_EVERY_S: Final = 30.0


class CameraPlace(QObject):
    """The section of one desk window."""

    def __init__(self, part: CamerasAdmin, window: DeskBase) -> None:
        super().__init__(part)
        self._part, self._window = part, window
        self.section = section = CamerasSection(part.console.theme, part.console.sight)
        self.page = part.admin.page(window)
        self.page.add_section(SECTION, section)
        self._asked: dict[int, tuple[str, dict[str, Any]]] = {}
        self._run = 0
        self._device = 0
        self._days_at = float("-inf")
        self._stale = True
        self._formed = False
        """Whether something may stand in the form of one camera."""
        self.page.shown.connect(self._shown)
        self.page.hidden.connect(self._hidden)
        section.list.asked.connect(self._wanted)
        section.form.saved.connect(self._save)
        section.form.asked_device.connect(self._ask_device)
        section.bring.wanted.connect(self._import)
        section.export.wanted.connect(self._export)
        section.found.wanted.connect(self._look)
        section.found.chosen.connect(self._ask_device)
        section.trials.stopped.connect(part.trials.stop)
        section.trials.again.connect(self._try)
        section.trials.camera_wanted.connect(self._go_to)
        section.masks.saved.connect(self._put_masks)
        section.aside.saved.connect(self._set_aside)
        section.aside.ended.connect(self._end_aside)
        section.groups.renamed.connect(self._rename)
        section.groups.listed.connect(self._list_group)

    # -- asking ------------------------------------------------------------------
    @property
    def seen(self) -> bool:
        """Whether somebody can see the section now."""
        return self.page.seen == SECTION and not self._window.isMinimized()

    @property
    def _actor(self) -> Actor | None:
        return self._part.console.actor

    def _ask(self, request: Request, what: str, **facts: Any) -> None:
        self._asked[self._part.engine.submit(request)] = (what, facts)

    @Slot(str)
    def _shown(self, section: str) -> None:
        if section == SECTION:
            self._stale = True
            self.refresh()

    @Slot(str)
    def _hidden(self, section: str) -> None:
        """Nobody looks any more: what a person typed stays, a run goes on."""

    def refresh(self) -> None:
        """Read what is shown, when somebody looks and it may be another."""
        if self._actor is not None and self.seen and self._stale:
            self._stale = False
            self._ask(LoadCameraTable(self._actor), "table")
            self._days_at = float("-inf")

    def tick(self, monotonic: float) -> None:
        """Counts of today now and then."""
        if self._actor is None or not self.seen:
            return
        self.refresh()
        if monotonic - self._days_at >= DAYS_EVERY_S:
            self._days_at = monotonic
            self._ask(LoadCameraDays(self._actor), "days")

    def changed(self) -> None:
        """The configuration is another one."""
        self._stale = True
        self.refresh()

    def left(self) -> None:
        """Somebody else, or nobody: no form stays open, no password in it."""
        self._asked.clear()
        if self._formed:
            self._formed = False
            self.section.form.open(NEW)
        self.section.back()
        self._stale = True

    # -- what is wanted ------------------------------------------------------------
    def _cards(self, ids: Sequence[str]) -> list[CameraCard]:
        found = (self.section.list.model.card(one) for one in ids)
        return [card for card in found if card is not None]

    @Slot(str, object)
    def _wanted(self, what: str, ids: Sequence[str]) -> None:
        """A key or a button of the list."""
        actor, section = self._actor, self.section
        if actor is None:
            return
        cards = self._cards(ids)
        if what == "undo":
            self._ask(UndoCameras(actor), "undo")
        elif what == "switch":
            # A mixture is switched off as a whole first.
            self._ask(SwitchCameras(actor, tuple(ids), not any(c.camera.enabled for c in cards)), "switch",
                      on=not any(c.camera.enabled for c in cards))  # fmt: skip
        elif what == "test":
            self._try(tuple(ids))
        elif what == "discover":
            section.turn(section.found)
            if not section.found.rows:
                self._look()
        else:
            self._open(what, cards, actor)

    def _open(self, what: str, cards: list[CameraCard], actor: Actor) -> None:
        section = self.section
        forms = {"new": NEW, "edit": EDIT, "bulk": BULK, "replace": REPLACE}
        if what in forms:
            kind = EDIT if what == "bulk" and len(cards) == 1 else forms[what]
            self._formed = True
            section.turn(section.form)
            section.form.open(kind, cards)
        elif what == "masks":
            section.turn(section.masks)
            section.masks.open(cards[0].camera)
        elif what == "aside":
            section.turn(section.aside)
            section.aside.open(cards)
        elif what == "groups":
            section.turn(section.groups)
            self._ask(LoadCameraGroups(actor), "groups")
        elif what == "import":
            section.turn(section.bring)
            section.bring.take_focus()
        elif what == "export":
            folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
            now = local(self._part.engine.clock.now())
            file = Path(folder or str(Path.home())) / f"cameras-{now:%Y%m%d}.xlsx"
            section.turn(section.export)
            section.export.open(str(file), secrets=permissions.may(actor, SECRETS))

    @Slot(str, object, object, object, str)
    def _save(
        self, kind: str, ids: tuple[str, ...], values: dict[str, str], seen: dict[str, int], reason: str
    ) -> None:
        actor = self._actor
        if actor is None:
            return
        if kind == NEW:
            self._ask(AddCamera(actor, values), "new", name=values.get("name", ""), id=values.get("id", ""))
        elif kind == REPLACE:
            card = self._cards(ids)[0]
            request = ReplaceCamera(actor, ids[0], values, reason, seen.get(ids[0], 0))
            self._ask(request, "replace", name=card.camera.name)
        else:
            self._ask(SetCameras(actor, ids, values, seen), "set")

    @Slot(str, object, int)
    def _put_masks(self, camera: str, masks: tuple[Mask, ...], seen: int) -> None:
        if self._actor is not None:
            name = next((card.camera.name for card in self._cards([camera])), camera)
            self._ask(PutMasks(self._actor, camera, masks, seen), "masks", name=name)

    @Slot(object, str, object, object)
    def _set_aside(self, ids: tuple[str, ...], reason: str, end: datetime, start: datetime | None) -> None:
        if self._actor is not None:
            self._ask(SetCamerasAside(self._actor, ids, reason, end, start), "aside", n=len(ids))

    @Slot(object)
    def _end_aside(self, ids: tuple[str, ...]) -> None:
        if self._actor is not None:
            self._ask(EndCamerasAside(self._actor, ids), "aside_over")

    @Slot(str, str, str)
    def _rename(self, kind: str, name: str, to: str) -> None:
        if self._actor is not None:
            self._ask(RenameCameraGroup(self._actor, kind, name, to), "rename")

    @Slot(str)
    def _list_group(self, name: str) -> None:
        self.section.list.search.setText(name)
        self.section.back()

    @Slot(str, bool)
    def _import(self, path: str, dry_run: bool) -> None:
        if self._actor is not None:
            self._ask(ImportCameras(self._actor, Path(path).expanduser(), dry_run), "import")

    # -- devices, files ------------------------------------------------------------
    @Slot(str, bool)
    def _export(self, file: str, with_passwords: bool) -> None:
        if self._actor is not None:
            path = Path(file).expanduser()
            self._device = self._part.devices.write(self._actor, path, with_passwords=with_passwords)

    @Slot()
    def _look(self) -> None:
        if self._actor is not None:
            self.section.found.begin()
            self._device = self._part.devices.look(self._actor)

    @Slot(str, str, str)
    def _ask_device(self, host: str, user: str, password: str) -> None:
        """Before it is configured, or while the form is open."""
        if self._actor is None:
            return
        section = self.section
        if section.current is not section.form:
            self._formed = True
            section.turn(section.form)
            values = {"vendor": "onvif", "host": host, "username": user, "password": password}
            section.form.open(NEW, values=values)
        section.form.refuse("camadmin.form.asking")
        self._device = self._part.devices.ask(self._actor, host, user, password)

    @Slot(object)
    def _try(self, ids: Sequence[str]) -> None:
        if self._actor is None:
            return
        names = {card.camera.id: card.camera.name for card in self._cards(ids)}
        try:
            self._run = self._part.trials.start(self._actor, tuple(names))
        except Refusal as refusal:
            self.section.list.refuse(refusal)
            return
        self.section.turn(self.section.trials)
        self.section.trials.begin(names)

    @Slot(str)
    def _go_to(self, camera: str) -> None:
        self.section.back()
        self.section.list.go_to(camera)

    def device(self, what: DevicesFound | DeviceAsked | CamerasWritten) -> None:
        """An answer of a device, or of the disk."""
        if what.number != self._device:
            return
        section = self.section
        if isinstance(what, DevicesFound):
            if what.broke:
                section.found.refuse("camadmin.found.no_network")
            else:
                section.found.show_rows(what.rows)
        elif isinstance(what, CamerasWritten):
            if what.refusal is not None or what.broke:
                section.export.refuse(what.refusal or BROKE)
            else:
                section.list.say("exported", n=what.rows, file=what.file)
                self._close(section.export)
        elif what.refusal is not None or what.broke:
            section.form.refuse(what.refusal or BROKE)
        else:
            section.form.take_addresses(what.main, what.sub)
            section.form.refuse("")

    def tried(self, trial: Trial, run: int) -> None:
        """One camera was tried."""
        if run == self._run:
            name = next((card.camera.name for card in self._cards([trial.camera])), trial.camera)
            self.section.trials.take(row_of(trial, name))

    def over(self, run: int) -> None:
        """The run is over."""
        if run == self._run:
            self.section.trials.over()

    # -- answers -------------------------------------------------------------------
    def answered(self, answer: Answer) -> None:
        """What the database says."""
        asked = self._asked.pop(answer.token, None)
        if asked is None:
            return
        what, facts = asked
        value, section = answer.value, self.section
        if isinstance(value, CameraTable):
            section.list.show_table(value)
            section.form.renew(value.rows)
            drawn = section.list.model.card(section.masks.camera_id)
            section.masks.renew(drawn.camera if drawn is not None else None)
        elif what == "days":
            section.list.model.set_days(value)  # type: ignore[arg-type]
        elif what == "groups":
            section.groups.show_groups(value)  # type: ignore[arg-type]
        elif isinstance(value, ImportReport):
            section.bring.take(value)
            if not value.dry_run:
                self.changed()
        elif isinstance(value, Undone):
            self._undone(value)
        elif what in ("aside", "aside_over"):
            self._asided(what, value, facts)  # type: ignore[arg-type]
        elif isinstance(value, Changed):
            self._done(what, value, facts)

    def _done(self, what: str, value: Changed, facts: Mapping[str, Any]) -> None:
        section, told = self.section, self.section.list
        keys = {"new": "added", "replace": "replaced", "masks": "masked", "rename": "renamed"}
        if not value.number:
            told.say("same")
        elif value.hints:
            words = [t(f"camset.hint.{h.code}", **h.facts) for hints in value.hints.values() for h in hints]
            told.say("hints", tone="yellow", hints=" ".join(dict.fromkeys(words[:6])))
        elif what == "switch":
            told.say("switched_on" if facts["on"] else "switched_off", n=len(value.cameras))
        else:
            told.say(keys.get(what, "changed"), n=len(value.cameras), name=facts.get("name", ""))
        if what == "rename":
            if self._actor is not None:
                self._ask(LoadCameraGroups(self._actor), "groups")
        elif what == "masks":
            self._close(section.masks)
        elif what in ("new", "set", "replace"):
            # Nothing that was typed stays behind, least of all a password.
            section.form.open(NEW)
            self._close(section.form)
        self.changed()

    def _close(self, page: QWidget) -> None:
        """Back to the list, unless somebody is at another page by now."""
        if self.section.current is page:
            self.section.back()

    def _undone(self, value: Undone) -> None:
        facts: dict[str, Any] = {"number": value.number, "n": len(value.cameras)}
        if value.kept:
            self.section.list.say("undone_kept", tone="yellow", kept="、".join(value.kept), **facts)
        elif value.off:
            self.section.list.say("undone_off", tone="yellow", off="、".join(value.off), **facts)
        else:
            self.section.list.say("undone", **facts)
        self.changed()

    def _asided(self, what: str, rows: Sequence[Maintenance], facts: Mapping[str, Any]) -> None:
        now = self._part.engine.clock.now()
        if what == "aside":
            self.section.list.say("aside", n=facts["n"], time=when(rows[0].end, now) if rows else "")
        else:
            self.section.list.say("aside_over", n=len(rows))
        self._close(self.section.aside)
        self.changed()

    def refused(self, token: int, refusal: Refusal | None) -> None:
        """It was not done; what was typed stays where it is."""
        asked = self._asked.pop(token, None)
        if asked is None:
            return
        what = asked[0]
        section, why = self.section, refusal or BROKE
        places: dict[str, Callable[[Why], None]] = {
            **dict.fromkeys(("new", "set", "replace"), section.form.refuse),
            **dict.fromkeys(("aside", "aside_over"), section.aside.refuse),
            "masks": section.masks.refuse,
            "rename": section.groups.refuse,
        }
        if what == "import":
            section.bring.refuse(refusal or Refusal("db_locked"))
        elif what in places:
            places[what](why)
        else:
            section.list.refuse(why)
        if refusal is not None and refusal.code == "conflict":
            self.changed()


def row_of(trial: Trial, name: str) -> TrialRow:
    """A trial in words."""
    why = t(f"feeds.reason.{trial.reason}") if trial.reason else ""
    if trial.sub and trial.sub != "ok":
        sub = t("camadmin.trial.sub_bad", state=t(f"camadmin.trial.{trial.sub}"))
        why = " · ".join(word for word in (why, sub) if word)
    stream = f"{trial.codec.upper()} {trial.width}×{trial.height}" if trial.codec else ""
    return TrialRow(
        trial.camera, name, trial.state, why, trial.connect_s, stream, trial.fps,
        trial.key_gap_s, trial.clock_offset_s,
    )  # fmt: skip
