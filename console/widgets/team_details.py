"""One team in full: people, hours, place, cases; what is typed is kept."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from console.domain.errors import Refusal
from console.i18n import either, explain, t
from console.models.drafts import Drafts
from console.models.names import NOBODY, NameBook
from console.models.team_words import doing, spot_words, team_name
from console.services.team_state import Standing
from console.theme import Theme
from console.ticker import Ticker
from console.widgets.parts import DataLabel, button, label, set_tone, spaced, surface

_FIELDS: Final = ("place", "contacts", "hours")
_CASES_HIGH: Final = 120


class TeamDetails(QWidget):
    """``duty(team, on)`` (``None``: by rota), ``place(team, words)``,
    ``saved(team, contacts, hours)``, ``case_opened(case id)``, ``left()``."""

    duty = Signal(str, object)
    place = Signal(str, str)
    saved = Signal(str, str, str)
    case_opened = Signal(str)
    left = Signal()

    def __init__(self, theme: Theme, ticker: Ticker, drafts: Drafts) -> None:
        super().__init__()
        self._theme, self._ticker, self._drafts = theme, ticker, drafts
        self._row: Standing | None = None
        self._names = NOBODY
        self._filling = False
        surface(self, "panel")
        self._name = DataLabel(theme, 20, bold=True)
        self._state = DataLabel(theme, 14, tone="muted")
        self._where = DataLabel(theme, 14)
        self._facts = label(theme, "", 14, wrap=True)
        self._areas = label(theme, "", 12, tone="muted", wrap=True)
        self._duty = {key: button(theme, "", px=14) for key in ("on", "off", "rota")}
        self.fields = {name: QLineEdit() for name in _FIELDS}
        self._labels = {name: label(theme, "", 12, tone="muted") for name in _FIELDS}
        self._save = button(theme, "", "primary")
        self._cases_title = label(theme, "", 12, tone="muted")
        self.cases = QListWidget()
        self.cases.setFont(theme.font(14))
        self._said = label(theme, "", 14, tone="red", wrap=True)
        self._back = button(theme, "", "quiet", px=12)
        self._build()
        self._connect()
        self.setMinimumWidth(280)
        self.retranslate()

    def _build(self) -> None:
        body = QVBoxLayout(self)
        spaced(body, 12, 8)
        head = QHBoxLayout()
        head.addWidget(self._name, 1)
        head.addWidget(self._back)
        body.addLayout(head)
        for one in (self._state, self._where):
            body.addWidget(one)
        duties = QHBoxLayout()
        spaced(duties, 0, 4)
        for made in self._duty.values():
            duties.addWidget(made)
        duties.addStretch(1)
        body.addLayout(duties)
        body.addWidget(self._facts)
        for name in _FIELDS:
            self.fields[name].setFont(self._theme.font(14))
            body.addWidget(self._labels[name])
            body.addWidget(self.fields[name])
        body.addWidget(self._save, 0, Qt.AlignmentFlag.AlignLeft)
        body.addWidget(self._said)
        body.addWidget(self._cases_title)
        body.addWidget(self.cases)
        body.addWidget(self._areas)
        body.addStretch(1)

    def _connect(self) -> None:
        for made in self._duty.values():
            made.clicked.connect(self._duty_pressed)
        for name in _FIELDS:
            self.fields[name].textEdited.connect(self._keep)
        self.fields["place"].returnPressed.connect(self._send_place)
        for name in ("contacts", "hours"):
            self.fields[name].returnPressed.connect(self._send_details)
        self._save.clicked.connect(self._send_details)
        self._back.clicked.connect(self.left)
        self.cases.itemActivated.connect(self._open)

    @property
    def team(self) -> str:
        """The team shown, or an empty string."""
        return self._row.team.id if self._row is not None else ""

    def set_names(self, names: NameBook) -> None:
        """What communities are called."""
        self._names = names
        self._fill()

    def show_team(self, row: Standing | None) -> None:
        """Show a team, or a newer state of it. What is typed stays."""
        other = row is None or row.team.id != self.team
        self._row = row
        if other:
            self._say("")
        if row is not None:
            self._take_fields(row)
        self._fill()

    def _take_fields(self, row: Standing) -> None:
        stored = {
            "place": row.spot.place if row.spot is not None and row.spot.source == "hand" else "",
            "contacts": "; ".join(f"{name} {phone}".strip() for name, phone in _further(row)),
            "hours": row.hours,
        }
        for name in _FIELDS:
            text = self._drafts.get(self._key(name)) or stored[name]
            if self.fields[name].text() != text:
                self.fields[name].setText(text)

    def take_focus(self) -> None:
        """The keyboard goes to the place."""
        self.fields["place"].setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.fields["place"].selectAll()

    def done(self, *fields: str) -> None:
        """What was typed is stored."""
        for name in fields:
            self._drafts.forget(self._key(name))
        self._say(t("teams.details.saved"), "accent")

    def refuse(self, refusal: Refusal) -> None:
        """Say why not; what was typed stays."""
        self._say(" ".join(explain(refusal)))

    def retranslate(self) -> None:
        """Say everything in the language now."""
        self._back.setText(t("teams.details.back"))
        for key, made in self._duty.items():
            made.setText(t(f"teams.details.duty_{key}"))
        for name in _FIELDS:
            words = t(f"teams.details.{name}")
            self._labels[name].setText(words)
            self.fields[name].setAccessibleName(words)
            self.fields[name].setPlaceholderText(t(f"teams.details.{name}_hint"))
        self._save.setText(t("teams.details.save"))
        self.cases.setAccessibleName(t("teams.details.cases"))
        self._fill()

    def _fill(self) -> None:
        row = self._row
        if row is None:
            return
        team, now = row.team, self._ticker.now()
        self._name.setText(team_name(team))
        self._state.setText(f"{doing(row.doing)} · {t('teams.page.load', n=row.load)}")
        self._where.setText(spot_words(row.spot, now))
        people = (f"{name} {phone}".strip() for name, phone in row.contacts)
        self._facts.setText("\n".join(people) or t("teams.page.no_phone"))
        areas = "、".join(self._names.community(one) for one in team.communities)
        lines = [f"{t('teams.details.communities')}: {areas or t('teams.details.all_communities')}"]
        if team.categories:
            lines.append(f"{t('teams.details.categories')}: {' '.join(team.categories)}")
        self._areas.setText("\n".join(lines))
        empty = not row.cases
        self._cases_title.setText(t("teams.details.no_cases") if empty else t("teams.details.cases"))
        self.cases.setVisible(not empty)
        self._fill_cases(row)

    def _fill_cases(self, row: Standing) -> None:
        texts = [
            (one.id, f"{one.number} {either(one.name_zh, one.name_en)} · {doing(one.doing)} · {one.place}")
            for one in row.cases
        ]
        shown = [self.cases.item(at) for at in range(self.cases.count())]
        if [(str(item.data(Qt.ItemDataRole.UserRole)), item.text()) for item in shown] == texts:
            return
        kept = self.cases.currentRow()
        self.cases.clear()
        for case_id, words in texts:
            item = QListWidgetItem(words)
            item.setToolTip(words)
            item.setData(Qt.ItemDataRole.UserRole, case_id)
            self.cases.addItem(item)
        self.cases.setCurrentRow(min(kept, len(texts) - 1))
        self.cases.setFixedHeight(min(_CASES_HIGH, 30 * max(1, len(texts)) + 6))

    def _say(self, words: str, tone: str = "red") -> None:
        self._said.setText(words)
        set_tone(self._said, tone)
        self._said.setVisible(bool(words))

    def _key(self, field: str) -> str:
        return f"team/{self.team}/{field}"

    @Slot()
    def _keep(self) -> None:
        for name in _FIELDS:
            if self.fields[name] is self.sender():
                self._drafts.put(self._key(name), self.fields[name].text())

    @Slot()
    def _send_place(self) -> None:
        if self._row is not None:
            self.place.emit(self.team, self.fields["place"].text())

    @Slot()
    def _send_details(self) -> None:
        if self._row is not None:
            self.saved.emit(self.team, self.fields["contacts"].text(), self.fields["hours"].text())

    @Slot()
    def _duty_pressed(self) -> None:
        which = next(key for key, made in self._duty.items() if made is self.sender())
        if self._row is not None:
            self.duty.emit(self.team, {"on": True, "off": False, "rota": None}[which])

    @Slot(QListWidgetItem)
    def _open(self, item: QListWidgetItem) -> None:
        self.case_opened.emit(str(item.data(Qt.ItemDataRole.UserRole)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves; what was typed is kept."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)


def _further(row: Standing) -> tuple[tuple[str, str], ...]:
    """Contacts beyond the leader of the site's table."""
    leads = bool(row.team.leader or row.team.phone)
    return row.contacts[1:] if leads else row.contacts
