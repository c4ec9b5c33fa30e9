"""Where the recordings of a camera lie, or of the whole site: a small form."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QDialog, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.domain.errors import Refusal
from console.domain.model import Camera
from console.domain.recorders import MAKERS, RecorderPlace
from console.i18n import explain, t
from console.services.recorders import RecorderBook, checked
from console.theme import Theme
from console.widgets import parts

#: More than this nobody means; what is pasted by accident is cut.
LONGEST: Final = 300


class RecorderForm(QDialog):
    """``wanted(camera or "", place, place seen)`` when it is to be stored; it
    stays open until :meth:`accept` or :meth:`tell`."""

    wanted = Signal(str, object, object)

    def __init__(self, theme: Theme, camera: Camera, book: RecorderBook, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(t("camera.recorder.title"))
        self._camera, self._book = camera, book
        self.scope, self.vendor = QComboBox(), QComboBox()
        self.scope.addItem(t("camera.recorder.this", name=camera.name or camera.id), camera.id)
        self.scope.addItem(t("camera.recorder.site"), "")
        self.vendor.addItem("", "")
        for maker in MAKERS:
            self.vendor.addItem(t(f"camera.recorder.{maker}"), maker)
        self.address, self.channel = QLineEdit(), QLineEdit()
        self.answer = parts.label(theme, "", 14, tone="muted", wrap=True)
        self.problem = parts.label(theme, "", 14, bold=True, wrap=True)
        self.ok = parts.button(theme, t("camera.recorder.ok"), "primary")
        self.cancel = parts.button(theme, t("camera.recorder.cancel"))
        form = QFormLayout()
        for name, field in (
            ("scope", self.scope),
            ("address", self.address),
            ("vendor", self.vendor),
            ("channel", self.channel),
        ):
            field.setFont(theme.font(14))
            field.setAccessibleName(t(f"camera.recorder.{name}"))
            form.addRow(parts.label(theme, t(f"camera.recorder.{name}"), 14), field)
        self.address.setMaxLength(LONGEST)
        self.channel.setMaxLength(LONGEST)
        self.address.setMinimumWidth(340)
        foot = QHBoxLayout()
        foot.addStretch(1)
        for knob in (self.cancel, self.ok):
            knob.setAutoDefault(False)
            foot.addWidget(knob)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self.answer)
        column.addWidget(self.problem)
        column.addLayout(foot)
        self.scope.currentIndexChanged.connect(self._fill)
        for line in (self.address, self.channel):
            line.textChanged.connect(self._show)
            line.returnPressed.connect(self.finish)
        self.vendor.currentIndexChanged.connect(self._show)
        self.ok.clicked.connect(self.finish)
        self.cancel.clicked.connect(self.reject)
        self._fill()
        self.address.setFocus()

    @property
    def _for(self) -> str:
        return str(self.scope.currentData())

    @property
    def seen(self) -> RecorderPlace:
        """What was stored when the form last looked."""
        return self._book.own.get(self._for, RecorderPlace()) if self._for else self._book.site

    @property
    def typed(self) -> RecorderPlace:
        """What stands in the fields."""
        return RecorderPlace(self.address.text(), str(self.vendor.currentData()), self.channel.text())

    @Slot()
    def _fill(self) -> None:
        """What is stored for this camera, or for the site."""
        place, single = self.seen, bool(self._for)
        inherit = "camera.recorder.inherit" if single else "camera.recorder.by_camera"
        self.vendor.setItemText(0, t(inherit))
        self.address.setText(place.address)
        self.vendor.setCurrentIndex(max(0, self.vendor.findData(place.vendor)))
        self.channel.setText(place.channel)
        self.channel.setEnabled(single)
        without = self._book.of(self._camera) if single else RecorderPlace()
        self.address.setPlaceholderText(self._book.site.address if single else t("camera.recorder.example"))
        self.channel.setPlaceholderText(without.channel if single else t("camera.recorder.by_camera"))
        self.problem.setText("")
        self._show()

    @Slot()
    def _show(self) -> None:
        """What R will do with what stands here, or what is wrong with it."""
        try:
            place = checked(self.typed)
            self.answer.setText(place_words(self._after(place).of(self._camera), bool(place.address)))
            self.problem.setText("")
        except Refusal as refusal:
            self.answer.setText("")
            self.problem.setText(_wrong(refusal))

    def _after(self, place: RecorderPlace) -> RecorderBook:
        if not self._for:
            return RecorderBook(place, self._book.own)
        return RecorderBook(self._book.site, {**self._book.own, self._for: place})

    @Slot()
    def finish(self) -> None:
        """Hand it over, or say what is wrong."""
        try:
            place = checked(self.typed)
        except Refusal as refusal:
            self.tell(_wrong(refusal))
            return
        self.tell("")
        self.wanted.emit(self._for, place, self.seen)

    def tell(self, sentence: str, book: RecorderBook | None = None) -> None:
        """Why it is not stored; what is typed stays. ``book`` is what is stored now."""
        self._book = book or self._book
        self.problem.setText(sentence)
        self.problem.setAccessibleName(sentence)


def _wrong(refusal: Refusal) -> str:
    """What is wrong with a field, and how it is written rightly."""
    field = refusal.detail.removeprefix("recorder_")
    return t(f"camera.recorder.bad_{field}") if field in ("host", "channel") else " ".join(explain(refusal))


def place_words(place: RecorderPlace, own: bool) -> str:
    """``127.0.0.1:554 · Hikvision · channel 3``, and what is missing for R."""
    if not place.address:
        return t("camera.recorder.none")
    vendor = t(f"camera.recorder.{place.vendor}") if place.vendor in MAKERS else place.vendor
    channel = t("camera.recorder.at_channel", channel=place.channel) if place.channel else ""
    missing = "" if place.vendor and place.channel else t("camera.recorder.incomplete")
    word = t("camera.recorder.own" if own else "camera.recorder.of_site")
    return " · ".join(one for one in (place.address, vendor, channel, word, missing) if one)
