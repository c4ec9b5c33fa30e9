"""Sections of standards and of settings on the page of administration: parts at
the left, their rows at the right, a form, tables and whole files with a dry run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from console.config_words import field_name, part_name, row_name, value_words
from console.domain.errors import Refusal
from console.i18n import explain, t
from console.models.config_rows import (
    BLANK,
    column_title,
    form_fields,
    new_key,
    parts_table,
    plain,
    range_words,
    rows_table,
    typed,
)
from console.models.wording import SITE_ZONE
from console.services.config_desk import FORMS, TABLES, PartView
from console.services.config_versions import VERSIONED, Version
from console.services.reference import ImportReport
from console.theme import Theme
from console.widgets.doc_table import DocTable
from console.widgets.import_panel import ImportPanel
from console.widgets.parts import button, label, set_tone, spaced
from console.widgets.row_form import RowForm

_PARTS_WIDE: Final = 264
#: More that differs is a row that has just come.
_MANY: Final = 8
_KEYS: Final = {
    Qt.Key.Key_Return: "edit",
    Qt.Key.Key_Enter: "edit",
    Qt.Key.Key_N: "new",
    Qt.Key.Key_I: "table",
    Qt.Key.Key_C: "file",
    Qt.Key.Key_X: "export",
    Qt.Key.Key_U: "undo",
    Qt.Key.Key_Slash: "find",
}
_BUTTONS: Final = ("edit", "new", "table", "file", "export", "undo")


class ConfigSection(QWidget):
    """``put(part, key, row, was)``; ``tried(part, file, dry run)`` with an empty
    part for a whole configuration; ``exported(file)``; ``undone()``;
    ``walked(part, key)``: its versions are wanted."""

    put = Signal(str, str, object, object)
    tried = Signal(str, str, bool)
    exported = Signal(str)
    undone = Signal()
    walked = Signal(str, str)

    def __init__(self, theme: Theme, parts: Sequence[str]) -> None:
        super().__init__()
        self._theme, self.parts = theme, tuple(parts)
        self._views: dict[str, PartView] = {}
        self._part = ""
        self._keys: tuple[str, ...] = ()
        self._editing: tuple[str, Any] | None = None
        self._versions: tuple[Version, ...] = ()
        self.list = DocTable(theme, _KEYS)
        self.rows = DocTable(theme, _KEYS, readable=True)
        self.search = QLineEdit()
        self.search.setFont(theme.font(14))
        self.form = RowForm(theme)
        self.table_panel = ImportPanel(theme, "settings.table")
        self.file_panel = ImportPanel(theme, "settings.file", "settings.change", "JSON (*.json)")
        self._title = label(theme, "", 20, bold=True)
        self._warn = label(theme, "", 14, tone="yellow", wrap=True)
        self._said = label(theme, "", 14, tone="accent", wrap=True)
        self._history = label(theme, "", 12, tone="muted", wrap=True)
        self._buttons = {name: button(theme, "", "quiet") for name in _BUTTONS}
        self._stack = QStackedWidget()
        self._build()
        self._connect()
        self.setFocusProxy(self.list)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.retranslate()

    def _build(self) -> None:
        main = QWidget()
        column = QVBoxLayout(main)
        spaced(column, 0, 8)
        head = QHBoxLayout()
        spaced(head, 0, 12)
        head.addWidget(self._title)
        head.addWidget(self.search, 1)
        column.addLayout(head)
        column.addWidget(self._warn)
        column.addWidget(self.rows, 1)
        column.addWidget(self._history)
        for one in (main, self.form, self.table_panel, self.file_panel):
            self._stack.addWidget(one)
        foot = QHBoxLayout()
        spaced(foot, 0, 4)
        for made in self._buttons.values():
            foot.addWidget(made)
        foot.addStretch(1)
        right = QVBoxLayout()
        spaced(right, 0, 8)
        right.addWidget(self._stack, 1)
        right.addWidget(self._said)
        right.addLayout(foot)
        self.list.setFixedWidth(_PARTS_WIDE)
        body = QHBoxLayout(self)
        spaced(body, 8, 16)
        body.addWidget(self.list)
        body.addLayout(right, 1)

    def _connect(self) -> None:
        self.list.walked.connect(self._turned)
        self.list.asked.connect(self._asked_of_list)
        self.rows.asked.connect(self._asked)
        self.rows.walked.connect(self._walked)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self.rows.setFocus)
        self.form.saved.connect(self._save)
        for made in (self.form, self.table_panel, self.file_panel):
            made.left.connect(self._back)
        self.table_panel.wanted.connect(self._try_table)
        self.file_panel.wanted.connect(self._try_file)
        for name, pressed in self._buttons.items():
            pressed.setProperty("asks", name)
            pressed.clicked.connect(self._pressed)

    # -- what came -----------------------------------------------------------
    def apply(self, views: Sequence[PartView]) -> None:
        """Parts with their rows, some or all."""
        self._views |= {view.name: view for view in views}
        self.list.apply(parts_table(self._shown()), keep=self._at(self._part))
        if not self._part and self._views:
            self._turned(0)
        elif self._part in {view.name for view in views}:
            self._show_rows()

    def saved(self, view: PartView) -> None:
        """A row was taken."""
        self.apply((view,))
        self._back()
        self.say(t("settings.saved", part=part_name(view.name)))

    def refuse(self, refusal: Refusal) -> None:
        """What was asked last cannot be."""
        shown = self._stack.currentWidget()
        if isinstance(shown, RowForm | ImportPanel):
            shown.refuse(refusal)
        else:
            self.say(" ".join(explain(refusal)), bad=True)

    def take(self, report: ImportReport) -> None:
        """What a file would change, or changed."""
        shown = self._stack.currentWidget()
        if isinstance(shown, ImportPanel):
            shown.take(report)

    def set_versions(self, part: str, key: str, versions: tuple[Version, ...]) -> None:
        """How the chosen row came to what it is."""
        if (part, key) == (self._part, self.key):
            self._versions = versions
            self._history.setText(self._history_words())

    def say(self, words: str, *, bad: bool = False) -> None:
        """One line below."""
        set_tone(self._said, "red" if bad else "accent")
        self._said.setText(words)
        self._said.setVisible(bool(words))

    # -- what is chosen --------------------------------------------------------
    @property
    def part(self) -> str:
        """The part that is shown."""
        return self._part

    @property
    def key(self) -> str:
        """The key of the chosen row; empty for none."""
        place = self.rows.place
        return self._keys[place] if 0 <= place < len(self._keys) else ""

    def show_part(self, part: str) -> None:
        """Bring a part up."""
        if part in self._views:
            self.list.setCurrentIndex(self.list.source.index(self._at(part), 0))

    def _shown(self) -> tuple[PartView, ...]:
        return tuple(self._views[name] for name in self.parts if name in self._views)

    def _at(self, part: str) -> int:
        return next((at for at, view in enumerate(self._shown()) if view.name == part), 0)

    @Slot(int)
    def _turned(self, at: int) -> None:
        shown = self._shown()
        if not 0 <= at < len(shown) or shown[at].name == self._part:
            return
        self._part = shown[at].name
        self.search.clear()
        self._back(focus=False)
        self.say("")
        self._show_rows()

    def _show_rows(self) -> None:
        view, kept = self._views[self._part], self.key
        table, self._keys = rows_table(view)
        words = self.search.text().strip().casefold()
        chosen = [
            at
            for at, row in enumerate(table.rows)
            if not words
            or words in self._keys[at].casefold()
            or any(words in str(cell.value).casefold() for cell in row)
        ]
        keep = self._keys.index(kept) if kept in self._keys else -1
        self.rows.apply(table, chosen, keep)
        self._title.setText(part_name(self._part))
        self._warn.setText(t("settings.year_missing", year=view.year) if view.year else "")
        self._warn.setVisible(bool(view.year))
        self._buttons["edit"].setEnabled(self._part in FORMS)
        self._buttons["new"].setEnabled(self._part in BLANK)
        self._buttons["table"].setEnabled(self._part in TABLES)

    @Slot(str)
    def _filter(self, _words: str) -> None:
        if self._part:
            self._show_rows()

    @Slot(int)
    def _walked(self, _place: int) -> None:
        self._versions = ()
        self._history.setText(self._history_words())
        if self._part in VERSIONED and self.key:
            self.walked.emit(self._part, self.key)

    def _history_words(self) -> str:
        if self._part == "settings" and self.key:
            return range_words(self.key)
        lines = []
        for one in self._versions[:3]:
            what = "; ".join(
                f"{field_name(self._part, name)}: {value_words(old, name)} → {value_words(new, name)}"
                for name, old, new in one.fields[:2]
            )
            if len(one.fields) > _MANY:
                what = t("settings.first_version")
            since = one.valid_from.astimezone(SITE_ZONE).strftime("%Y-%m-%d %H:%M")
            lines.append(t("settings.version", version=one.version, since=since, by=one.by or "–", what=what))
        return "\n".join(lines)

    # -- what is asked ------------------------------------------------------------
    @Slot()
    def _pressed(self) -> None:
        sender = self.sender()
        if sender is not None:
            self._asked(str(sender.property("asks")))

    @Slot(str)
    def _asked_of_list(self, what: str) -> None:
        if what == "edit":
            self.rows.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._asked(what)

    @Slot(str)
    def _asked(self, what: str) -> None:
        if what == "find":
            self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif what == "edit" and self._part in FORMS and self.key:
            self._open_form(self.key, self._views[self._part].rows[self.key])
        elif what == "new" and self._part in BLANK:
            self._open_form("", None)
        elif what == "table" and self._part in TABLES:
            self._open(self.table_panel)
        elif what == "file":
            self._open(self.file_panel)
        elif what == "export":
            self._choose_export()
        elif what == "undo":
            self.undone.emit()

    def _open(self, panel: ImportPanel) -> None:
        self._stack.setCurrentWidget(panel)
        panel.retranslate()
        panel.take_focus()

    def _open_form(self, key: str, row: Any) -> None:
        self._editing = (key, row)
        shown = row if row is not None else dict.fromkeys(BLANK[self._part], "")
        title, note, words = self._form_words(shown)
        self.form.show_row(
            title, note, {name: (words[name], plain(shown[name], name)) for name in form_fields(shown)}
        )
        self._stack.setCurrentWidget(self.form)
        self.form.take_focus()

    def _form_words(self, shown: Any) -> tuple[str, str, dict[str, str]]:
        """Title, note and the names of the fields of the row in the form."""
        key = self._editing[0] if self._editing is not None else ""
        title = row_name(self._part, key) if key else t("settings.new_row")
        note = range_words(key) if self._part == "settings" else t("settings.holds_from_now")
        words = {name: column_title(self._part, name) for name in shown}
        return f"{part_name(self._part)}  {title}", note, words

    @Slot(object)
    def _save(self, texts: dict[str, str]) -> None:
        if self._editing is None:
            return
        key, was = self._editing
        row = typed(was or {}, texts)
        self.put.emit(self._part, key or new_key(self._part, row), row, was)

    @Slot()
    def _back(self, *, focus: bool = True) -> None:
        self._editing = None
        self._stack.setCurrentIndex(0)
        if focus:
            self.rows.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str, bool)
    def _try_table(self, file: str, dry_run: bool) -> None:
        self.tried.emit(self._part, file, dry_run)

    @Slot(str, bool)
    def _try_file(self, file: str, dry_run: bool) -> None:
        self.tried.emit("", file, dry_run)

    def _choose_export(self) -> None:
        chooser = QFileDialog(self, t("settings.button.export"))
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setNameFilter("JSON (*.json)")
        chooser.setDefaultSuffix("json")
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.fileSelected.connect(self.exported)
        chooser.open()

    def forget(self) -> None:
        """Somebody else works here from now on."""
        self._views, self._part, self._keys = {}, "", ()
        self._back(focus=False)
        self.say("")

    def retranslate(self) -> None:
        """Say everything in the language now; what was said goes with the old one."""
        self.say("")
        letters = {"edit": "Enter", "new": "N", "table": "I", "file": "C", "export": "X", "undo": "U"}
        for name, made in self._buttons.items():
            made.setText(f"{t(f'settings.button.{name}')}  {letters[name]}")
        self.search.setPlaceholderText(t("settings.find"))
        self.search.setAccessibleName(t("settings.find"))
        self.list.setAccessibleName(t("settings.parts"))
        self.rows.setAccessibleName(t("settings.rows"))
        for one in (self.form, self.table_panel, self.file_panel):
            one.retranslate()
        if self._editing is not None:
            self.form.say(*self._form_words(self._editing[1] or dict.fromkeys(BLANK[self._part], "")))
        if self._views:
            self.list.apply(parts_table(self._shown()), keep=self._at(self._part))
            self._show_rows()
        self._history.setText(self._history_words())
