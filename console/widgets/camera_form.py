"""One camera to fill in, or many at once, or the device that comes in its place.

What a maker's form makes of host and channel is shown as it is typed. A password
goes in and never comes out: a stored one is a word below an empty field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from console.domain import gb28181, stream_addresses
from console.domain.errors import Refusal
from console.domain.stream_addresses import TEMPLATES
from console.i18n import explain, t
from console.models.camera_table import vendor_words
from console.models.why import Why, why_words
from console.services.camera_cards import CameraCard
from console.theme import Theme
from console.widgets.parts import button, label, set_tone, spaced

NEW, EDIT, BULK, REPLACE = "new", "edit", "bulk", "replace"
#: The fields of each kind, in two columns from above.
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    NEW: (
        "id", "name", "vendor", "host", "channel", "url", "url_sub", "username", "password",
        "community", "road", "grid", "lon", "lat", "bearing", "groups", "segment", "owner", "note",
    ),
    EDIT: (
        "name", "vendor", "host", "channel", "url", "url_sub", "username", "password", "enabled",
        "community", "road", "grid", "lon", "lat", "bearing", "groups", "segment", "owner", "note",
    ),
    BULK: (
        "groups+", "groups-", "community", "road", "grid", "segment", "owner",
        "vendor", "username", "password", "enabled", "note",
    ),
    REPLACE: ("vendor", "host", "channel", "url", "url_sub", "username", "password", "reason"),
}  # fmt: skip
#: How many of them stand in the left column.
_LEFT: Final = {NEW: 9, EDIT: 9, BULK: 7, REPLACE: 8}
#: What makes the address.
_ADDRESS: Final = ("vendor", "host", "channel", "url", "url_sub")
_MOST: Final = 1000
_WIDE: Final = 420


class CameraForm(QWidget):
    """``saved(kind, camera ids, values by column, versions seen, reason)``;
    ``left()`` on Esc; ``asked_device(host, user, password)``: which addresses an
    ONVIF device offers."""

    saved = Signal(str, object, object, object, str)
    left = Signal()
    asked_device = Signal(str, str, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._kind = NEW
        self._cards: tuple[CameraCard, ...] = ()
        self._before: dict[str, str] = {}
        self._why: Why = ""
        self.title = label(theme, "", 20, bold=True)
        self.hint = label(theme, "", 14, tone="muted", wrap=True)
        self.preview = label(theme, "", 14, wrap=True)
        self.problem = label(theme, "", 14, tone="red", wrap=True)
        self.save = button(theme, "", "primary", px=16, bold=True)
        self.cancel = button(theme, "")
        self.ask = button(theme, "")
        names = dict.fromkeys(name for fields in FIELDS.values() for name in fields)
        self.labels: dict[str, QLabel] = {name: label(theme, "", 14, tone="muted") for name in names}
        self.fields: dict[str, QLineEdit | QComboBox] = {name: self._field(theme, name) for name in names}
        self._grid = QGridLayout()
        self._build()
        self.save.clicked.connect(self.finish)
        self.cancel.clicked.connect(self.left)
        self.ask.clicked.connect(self._ask)

    def _field(self, theme: Theme, name: str) -> QLineEdit | QComboBox:
        if name in ("vendor", "enabled"):
            box = QComboBox()
            box.setFont(theme.font(14))
            box.setMaximumWidth(_WIDE)
            box.currentIndexChanged.connect(self._changed)
            return box
        line = QLineEdit()
        line.setFont(theme.font(14))
        line.setMaxLength(_MOST)
        line.setMaximumWidth(_WIDE)
        if name == "password":
            line.setEchoMode(QLineEdit.EchoMode.Password)
        line.textChanged.connect(self._changed)
        return line

    def _build(self) -> None:
        spaced(self._grid, 0, 8)
        self._grid.setHorizontalSpacing(12)
        self._grid.setColumnMinimumWidth(2, 16)
        for column, share in ((1, 10), (4, 10), (5, 1)):
            self._grid.setColumnStretch(column, share)
        inner = QWidget()
        rows = QVBoxLayout(inner)
        spaced(rows, 0, 12)
        rows.addLayout(self._grid)
        rows.addWidget(self.preview)
        rows.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        area.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        foot = QHBoxLayout()
        spaced(foot, 0, 8)
        for knob in (self.save, self.cancel, self.ask):
            foot.addWidget(knob)
        foot.addStretch(1)
        body = QVBoxLayout(self)
        spaced(body, 0, 8)
        body.addWidget(self.title)
        body.addWidget(self.hint)
        body.addWidget(area, 1)
        body.addWidget(self.problem)
        body.addLayout(foot)

    # -- opening -------------------------------------------------------------------
    def open(
        self, kind: str, cards: Sequence[CameraCard] = (), values: Mapping[str, str] | None = None
    ) -> None:
        """``kind`` is :data:`NEW`, :data:`EDIT` (one camera), :data:`BULK` or
        :data:`REPLACE` (one camera); ``values`` are filled in beside what is stored."""
        self._kind, self._cards = kind, tuple(cards)
        self._lay()
        self._offer()
        known = values_of(self._cards[0]) if kind == EDIT else {}
        known = {**known, **(values or {})}
        for name, field in self.fields.items():
            text = known.get(name, "")
            if isinstance(field, QComboBox):
                field.setCurrentIndex(max(0, field.findData(text)))
            else:
                field.setText(text)
        if kind == EDIT and known.get("vendor") and self._value("vendor") != known["vendor"]:
            box = self.fields["vendor"]
            assert isinstance(box, QComboBox)
            box.addItem(known["vendor"], known["vendor"])
            box.setCurrentIndex(box.count() - 1)
        self._before = {name: self._value(name) for name in FIELDS[kind]} if values is None else {}
        self.refuse("")
        self.retranslate()
        if self.isVisible():
            # Emptied behind somebody's back it takes no keyboard from them.
            self.fields[FIELDS[kind][0]].setFocus(Qt.FocusReason.OtherFocusReason)

    def renew(self, cards: Sequence[CameraCard]) -> None:
        """The cameras as they are stored now: somebody else changed one meanwhile.
        What is typed stays, and can be stored over it."""
        fresh = {card.camera.id: card for card in cards}
        self._cards = tuple(fresh.get(card.camera.id, card) for card in self._cards)

    def _lay(self) -> None:
        while self._grid.takeAt(0) is not None:
            pass
        for name, field in self.fields.items():
            shown = name in FIELDS[self._kind]
            field.setVisible(shown)
            self.labels[name].setVisible(shown)
        before: QWidget | None = None
        for at, name in enumerate(FIELDS[self._kind]):
            left = at < _LEFT[self._kind]
            row, column = (at, 0) if left else (at - _LEFT[self._kind], 3)
            self._grid.addWidget(self.labels[name], row, column)
            self._grid.addWidget(self.fields[name], row, column + 1)
            if before is not None:
                QWidget.setTabOrder(before, self.fields[name])
            before = self.fields[name]
        if before is not None:
            QWidget.setTabOrder(before, self.save)

    def _offer(self) -> None:
        vendor, enabled = self.fields["vendor"], self.fields["enabled"]
        assert isinstance(vendor, QComboBox)
        assert isinstance(enabled, QComboBox)
        for box in (vendor, enabled):
            box.blockSignals(True)
            box.clear()
        vendor.addItem("", "")
        for form in TEMPLATES:
            vendor.addItem(vendor_words(form.vendor), form.vendor)
        if self._kind == BULK:
            enabled.addItem("", "")
        for one in ("1", "0"):
            enabled.addItem("", one)
        for box in (vendor, enabled):
            box.blockSignals(False)

    # -- what stands in it ----------------------------------------------------------
    def _value(self, name: str) -> str:
        field = self.fields[name]
        if isinstance(field, QComboBox):
            return str(field.currentData() or "")
        # A blank may belong to a password.
        return field.text() if name == "password" else field.text().strip()

    @property
    def values(self) -> dict[str, str]:
        """What is to be stored, by column: all that was filled in, and what differs
        from what was there; an address only where it was written."""
        made: dict[str, str] = {}
        for name in FIELDS[self._kind]:
            value = self._value(name)
            if name == "reason":
                continue
            if self._kind == EDIT:
                if value != self._before.get(name, ""):
                    made[name] = value
            elif value:
                made[name] = value
        return made

    @Slot()
    def finish(self) -> None:
        """Hand it over, or say what is missing."""
        values = self.values
        if not values:
            self.refuse("camadmin.form.nothing")
            return
        ids = tuple(card.camera.id for card in self._cards)
        seen = {card.camera.id: card.camera.version for card in self._cards}
        self.refuse("")
        self.saved.emit(self._kind, ids, values, seen, self._value("reason"))

    def refuse(self, why: Why) -> None:
        """What is wrong; all that was typed stays."""
        self._why = why
        self.problem.setText(why_words(why))
        self.problem.setVisible(bool(why))

    def take_addresses(self, main: str, sub: str) -> None:
        """What a device said its streams are."""
        for name, text in (("url", main), ("url_sub", sub)):
            field = self.fields[name]
            if text and isinstance(field, QLineEdit):
                field.setText(text)

    @Slot()
    def _ask(self) -> None:
        self.asked_device.emit(self._value("host"), self._value("username"), self._value("password"))

    # -- words ---------------------------------------------------------------------
    def retranslate(self) -> None:
        """Say everything in the language now; what is typed stays."""
        facts: dict[str, Any] = {"n": len(self._cards)}
        if self._cards:
            facts["name"] = self._cards[0].camera.name
        self.title.setText(t(f"camadmin.form.{self._kind}", **facts))
        self.hint.setText(t(f"camadmin.form.{self._kind}_hint"))
        for name, made in self.labels.items():
            made.setText(t(f"camadmin.field.{_key(name)}"))
            self.fields[name].setAccessibleName(made.text())
        self.save.setText(t(f"camadmin.form.{self._kind}_save", **facts))
        self.cancel.setText(t("camadmin.form.cancel"))
        self.ask.setText(t("camadmin.form.ask"))
        for name, hint in self._placeholders().items():
            field = self.fields[name]
            if isinstance(field, QLineEdit):
                field.setPlaceholderText(hint)
        self._name_choices()
        self._changed()
        self.refuse(self._why)

    def _placeholders(self) -> Mapping[str, str]:
        stored = self._kind == EDIT and bool(self._cards) and self._cards[0].has_password
        password = "stored" if stored else "unchanged" if self._kind == BULK else "password"
        kept = t("camadmin.form.unchanged") if self._kind == BULK else ""
        made = dict.fromkeys(FIELDS[self._kind], kept)
        made |= {
            "password": t(f"camadmin.form.{password}"),
            "host": t("camadmin.form.host_example"),
            "url": t("camadmin.form.url_made"),
            "url_sub": t("camadmin.form.url_made"),
            "groups": t("camadmin.form.groups_example"),
        }
        return made

    def _name_choices(self) -> None:
        vendor, enabled = self.fields["vendor"], self.fields["enabled"]
        assert isinstance(vendor, QComboBox)
        assert isinstance(enabled, QComboBox)
        vendor.setItemText(0, t("camadmin.form.unchanged" if self._kind == BULK else "camadmin.form.by_url"))
        for at in range(1, vendor.count()):
            vendor.setItemText(at, vendor_words(str(vendor.itemData(at))))
        for at in range(enabled.count()):
            word = {"1": "on", "0": "off"}.get(str(enabled.itemData(at)), "unchanged")
            enabled.setItemText(at, t(f"camadmin.form.{word}"))

    @Slot()
    def _changed(self) -> None:
        """What the maker's form makes of what stands here; what is odd about the id."""
        vendor = self._value("vendor")
        asked = bool(vendor) and self._kind != BULK
        self.ask.setVisible(vendor == "onvif" and self._kind != BULK)
        lines: list[str] = []
        tone = "muted"
        if asked:
            try:
                made = stream_addresses.build(vendor, self._value("host"), self._value("channel"))
                lines.append(t("camadmin.form.main", url=made.main))
                if made.sub:
                    lines.append(t("camadmin.form.sub", url=made.sub))
                own = self._value("url")
                if own and own != made.main and not self._follows(own):
                    lines.append(t("camadmin.form.own_url"))
            except Refusal as refusal:
                waits = not self._value("host") or not self._value("channel")
                lines.append(t("camadmin.form.waits") if waits and vendor != "onvif" else _said(refusal))
                tone = "muted" if waits or vendor == "onvif" else "red"
        number = self._value("id") if self._kind == NEW else ""
        if gb28181.looks_like(number):
            lines += [t(f"camset.hint.{hint.code}", **hint.facts) for hint in gb28181.check(number)]
        self.preview.setText("\n".join(lines))
        set_tone(self.preview, tone)

    def _follows(self, own: str) -> bool:
        """True when the address is what the maker's form made of the stored camera:
        it goes with what is typed now."""
        if self._kind != EDIT or own != self._before.get("url"):
            return False
        old = self._cards[0].camera
        try:
            return stream_addresses.build(old.vendor, old.host, old.channel).main == own
        except Refusal:
            return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves; Enter in a field stores."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finish()
            return
        super().keyPressEvent(event)


def values_of(card: CameraCard) -> dict[str, str]:
    """What is stored of a camera, as the columns of the table have it; the
    password never."""
    one = card.camera
    number: Callable[[float | None], str] = _number
    return {
        "id": one.id, "name": one.name, "vendor": one.vendor, "host": one.host, "channel": one.channel,
        "url": one.url, "url_sub": one.url_sub, "username": one.username,
        "community": one.community, "road": one.road, "grid": one.grid, "lon": number(one.lon),
        "lat": number(one.lat), "bearing": number(one.bearing), "groups": ";".join(one.groups),
        "segment": one.segment, "owner": one.owner, "note": one.note, "enabled": "1" if one.enabled else "0",
    }  # fmt: skip


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")


def _key(name: str) -> str:
    return {"groups+": "groups_add", "groups-": "groups_take"}.get(name, name)


def _said(refusal: Refusal) -> str:
    return " ".join(explain(refusal))
