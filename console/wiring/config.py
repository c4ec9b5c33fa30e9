"""The sections of standards and of settings on the page of administration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Slot

from console.config_words import counts_line
from console.i18n import t
from console.services.config_desk import (
    LoadParts,
    LoadVersions,
    PartView,
    PutRow,
    TakeFile,
    UndoConfig,
    WriteConfig,
)
from console.services.config_diff import ConfigDiff
from console.services.ports import Change
from console.services.reference import ImportReport
from console.services.requests import Answer, Broke, Refused
from console.widgets.config_section import ConfigSection
from console.windows.desk_base import DeskBase
from console.wiring.admin import AdminFrame
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp

#: Which parts stand in which section.
PARTS: Final = {
    "standards": ("standard", "promises", "thresholds", "checklists", "causes", "review"),
    "settings": (
        "settings",
        "priorities",
        "calendar",
        "teams",
        "places",
        "shifts",
        "layouts",
        "salvos",
        "tours",
        "presets",
        "filters",
        "searches",
        "reports",
        "documents",
    ),
}


class _Place(QObject):
    """One section of one desk window."""

    def __init__(self, part: ConfigPart, window: DeskBase, name: str) -> None:
        super().__init__(part)
        self._part, self._name = part, name
        self._asked: dict[int, object] = {}
        self._stale = True
        self.section = ConfigSection(part.console.theme, PARTS[name])
        self.page = part.admin.page(window)
        self.page.add_section(name, self.section)
        self.page.shown.connect(self._shown)
        self.section.put.connect(self._put)
        self.section.tried.connect(self._tried)
        self.section.exported.connect(self._export)
        self.section.undone.connect(self._undo)
        self.section.walked.connect(self._versions)

    def entered(self) -> None:
        """Nothing of the person before stays."""
        self._asked.clear()
        self._stale = True
        self.section.forget()
        if self.page.seen == self._name:
            self._load()

    def changed(self) -> None:
        """Something was changed, here or elsewhere."""
        self._stale = True
        waiting = any(isinstance(one, LoadParts) for one in self._asked.values())
        if self.page.seen == self._name and not waiting:
            self._load()

    def posted(self, what: Answer | Refused | Broke) -> None:
        """An answer, if it was ours."""
        request = self._asked.pop(what.token, None)
        if request is None:
            return
        if isinstance(what, Refused):
            self.section.refuse(what.refusal)
        elif isinstance(what, Broke):
            self.section.say(t("settings.broke"), bad=True)
        else:
            self._take(request, what.value)

    def _take(self, request: object, value: object) -> None:
        if isinstance(value, PartView):
            self.section.saved(value)
        elif isinstance(value, ImportReport):
            self.section.take(value)
        elif isinstance(value, ConfigDiff):
            self.section.say(t("settings.undone", counts=counts_line(value)))
        elif isinstance(request, WriteConfig):
            self.section.say(t("settings.written", rows=value, file=request.file))
        elif isinstance(request, LoadVersions) and isinstance(value, tuple):
            self.section.set_versions(request.part, request.key, value)
        elif isinstance(request, LoadParts) and isinstance(value, tuple):
            self.section.apply(value)

    def _submit(self, request: object) -> None:
        self._asked[self._part.engine.submit(request)] = request

    def _load(self) -> None:
        actor = self._part.console.actor
        if actor is not None:
            self._stale = False
            self._submit(LoadParts(actor, PARTS[self._name]))

    @Slot(str)
    def _shown(self, section: str) -> None:
        if section == self._name and self._stale:
            self._load()

    @Slot(str, str, object, object)
    def _put(self, part: str, key: str, row: object, was: object) -> None:
        actor = self._part.console.actor
        if actor is not None and isinstance(row, dict):
            self._submit(PutRow(actor, part, key, row, was if isinstance(was, dict) else None))

    @Slot(str, str, bool)
    def _tried(self, part: str, file: str, dry_run: bool) -> None:
        actor = self._part.console.actor
        if actor is not None:
            self._submit(TakeFile(actor, part, file, dry_run))

    @Slot(str)
    def _export(self, file: str) -> None:
        actor = self._part.console.actor
        if actor is not None:
            self._submit(WriteConfig(actor, file))

    @Slot()
    def _undo(self) -> None:
        actor = self._part.console.actor
        if actor is not None:
            self._submit(UndoConfig(actor))

    @Slot(str, str)
    def _versions(self, part: str, key: str) -> None:
        actor = self._part.console.actor
        if actor is not None:
            self._submit(LoadVersions(actor, part, key))


class ConfigPart(Part):
    """Both sections for each desk window."""

    def __init__(self, console: ConsoleApp, admin: AdminFrame) -> None:
        super().__init__(console)
        self.admin = admin
        self._places: list[_Place] = []

    def desk(self, window: DeskBase) -> None:
        """Two sections more on its page."""
        self._places += [_Place(self, window, name) for name in PARTS]

    def entered(self) -> None:
        """Another person, or nobody."""
        for place in self._places:
            place.entered()

    def posted(self, what: object) -> None:
        """Answers, and changes made elsewhere."""
        if isinstance(what, Answer | Refused | Broke):
            for place in self._places:
                place.posted(what)
        elif isinstance(what, Change) and what.kinds & {"setting", "standard"}:
            for place in self._places:
                place.changed()
