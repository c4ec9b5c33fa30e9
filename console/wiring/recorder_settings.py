"""Where recordings lie: read once, followed when another seat changes it, and
changed from a camera's sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QWidget

from console.domain import rights
from console.domain.model import Camera
from console.domain.recorders import RecorderPlace
from console.i18n import explain, t
from console.services.ports import Change
from console.services.recorders import EDIT, LoadRecorders, PutRecorder, RecorderBook
from console.services.requests import Answer, Broke, Refused
from console.widgets.recorder_form import RecorderForm, place_words
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp


class RecorderSettings(Part):
    """The book of recorders of this console."""

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        # Once, before there are windows.
        self.book: RecorderBook = self.engine.services.recorders.book()
        self.form: RecorderForm | None = None
        self._stored = -1

    def words(self, camera: Camera) -> str:
        """Where the recordings of a camera are asked for, in words."""
        own = self.book.own.get(camera.id)
        return place_words(self.book.of(camera), own is not None and bool(own.address))

    @property
    def may(self) -> bool:
        """Whether the person at the desk may change it."""
        actor = self.console.actor
        return actor is not None and rights.allowed(actor.role, EDIT)

    def entered(self) -> None:
        """Read it anew; what somebody else had open is closed."""
        if self.form is not None:
            self.form.reject()
        self._read()

    def _read(self) -> None:
        if self.console.actor is not None:
            self.engine.submit(LoadRecorders(self.console.actor))

    def edit(self, camera: Camera, over: QWidget) -> None:
        """Open the form over a sheet."""
        if not self.may:
            return
        form = self.form = RecorderForm(self.console.theme, camera, self.book, over)
        form.wanted.connect(self._wanted)
        form.finished.connect(self._closed)
        form.open()

    @Slot(str, object, object)
    def _wanted(self, camera: str, place: RecorderPlace, seen: RecorderPlace) -> None:
        if self.console.actor is not None:
            self._stored = self.engine.submit(PutRecorder(self.console.actor, camera, place, seen))

    @Slot()
    def _closed(self) -> None:
        form, self.form, self._stored = self.form, None, -1
        if form is not None:
            over = form.parentWidget()
            form.deleteLater()
            if over is not None and over.isVisible():
                over.activateWindow()
                over.setFocus(Qt.FocusReason.PopupFocusReason)

    def posted(self, what: object) -> None:
        """The book as it is now; whether a change was taken."""
        if isinstance(what, Change) and "setting" in what.kinds and not what.here:
            self._read()
        elif isinstance(what, Answer) and isinstance(what.value, RecorderBook):
            self.book = what.value
            if what.token == self._stored and self.form is not None:
                self.console.say(t("camera.recorder.stored"))
                self.form.accept()
            elif self.form is not None and self.form.problem.text():
                self.form.tell(self.form.problem.text(), self.book)
        elif isinstance(what, Refused | Broke) and what.token == self._stored and self.form is not None:
            refused = isinstance(what, Refused)
            self.form.tell(" ".join(explain(what.refusal)) if refused else t("camera.recorder.broke"))  # type: ignore[union-attr]
            self._read()
