"""Stored tours, made and changed in the editor of their stops."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from console.i18n import explain, t
from console.models.tours import CAMERAS, GROUP, LAYOUTS
from console.services.requests import Answer, Broke, PutLayout, Refused
from console.services.wall_layouts import Library, TourPlan
from console.widgets.tour_editor import Choices, TourEditor
from console.widgets.wall_pane import WallPane

if TYPE_CHECKING:
    from console.wiring.layouts import Layouts


class TourEditing(QObject):
    """An editor stays open until what it made is stored: whoever lost a race
    reads why, keeps every stop, and may store it over what came between."""

    def __init__(self, part: Layouts) -> None:
        super().__init__(part)
        self._part = part
        self._waiting: dict[int, TourEditor] = {}
        self._open: list[TourEditor] = []

    @property
    def editor(self) -> TourEditor | None:
        """The editor that is open, the newest first."""
        return self._open[-1] if self._open else None

    def choices(self) -> Choices:
        """Everything a tour may stop at."""
        part = self._part
        cameras = tuple((one.id, one.name or one.id) for one in part.console.cameras if one.enabled)
        layouts = tuple((one.name, one.name) for one in part.library.layouts)
        return Choices(
            {LAYOUTS: layouts, GROUP: tuple((one, one) for one in part.groups()), CAMERAS: cameras}
        )

    def compose(self, pane: WallPane, name: str, dwell_s: float) -> None:
        """Open the editor for the stored tour ``name``, or for a new one."""
        stored = self._part.library.find("tours", name)
        if not isinstance(stored, TourPlan):
            names = tuple(one.name for one in self._part.library.layouts)
            stored = TourPlan("", LAYOUTS if len(names) > 1 else GROUP, names if len(names) > 1 else ())
            stored = replace(stored, dwell_s=int(dwell_s))
        editor = TourEditor(self._part.console.theme, self.choices(), stored, pane)
        editor.finishedWith.connect(self._made)
        editor.finished.connect(self._closed)
        self._open.append(editor)
        editor.open()

    @Slot(object)
    def _made(self, plan: TourPlan) -> None:
        editor, actor = self.sender(), self._part.console.actor
        if not isinstance(editor, TourEditor):
            return
        if actor is None:
            editor.tell(t("layouts.said.sign_in"))
            return
        was, seen = editor.start.name, editor.start.version
        self._waiting[self._part.engine.submit(PutLayout(actor, plan, was, seen))] = editor

    @Slot()
    def _closed(self) -> None:
        editor = self.sender()
        self._open = [one for one in self._open if one is not editor]
        self._waiting = {token: one for token, one in self._waiting.items() if one is not editor}

    def posted(self, what: object) -> None:
        """Whether it was stored. After a lost race the next attempt knows what
        is there now."""
        if isinstance(what, Answer) and what.token in self._waiting:
            editor = self._waiting.pop(what.token)
            self._part.console.say(t("layouts.said.saved", name=" ".join(editor.name.text().split())))
            editor.accept()
        elif isinstance(what, Refused | Broke) and what.token in self._waiting:
            editor = self._waiting.pop(what.token)
            editor.tell(
                " ".join(explain(what.refusal)) if isinstance(what, Refused) else t("layouts.stops.broke")
            )
            self._part.reload()
        elif isinstance(what, Answer) and isinstance(what.value, Library):
            for editor in self._open:
                if editor.problem.text():
                    now = what.value.find("tours", editor.start.name)
                    editor.start = now if isinstance(now, TourPlan) else replace(editor.start, name="")
