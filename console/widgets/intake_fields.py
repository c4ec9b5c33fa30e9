"""The fields of a case by hand, their words and their drafts."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from console.domain import rights
from console.domain.model import Actor, Condition
from console.domain.vocabulary import Channel, Source
from console.i18n import either, t
from console.models.drafts import Drafts
from console.models.wording import condition_limit
from console.theme import Theme
from console.widgets.note_field import NoteField, is_file
from console.widgets.parts import button, clear, label, spaced
from console.widgets.suggest_field import SuggestField

#: Where a report may come from, the most frequent first; a telephone call is a
#: citizen's word by telephone.
SOURCES: Final = (
    (Source.PUBLIC, Channel.PHONE),
    (Source.PATROL, Channel.RADIO),
    (Source.PUBLIC, Channel.DESK),
    (Source.HANDDOWN, Channel.DESK),
    (Source.OTHER, Channel.DESK),
)
SOURCE_WORDS: Final = ("phone", "patrol", "citizen", "handdown", "other")
_LINES: Final = ("reported_at", "found_at", "caller_name", "caller_phone")
_PRIVATE: Final = frozenset({"caller_name", "caller_phone"})
_NOTE_HEIGHT: Final = 64


class IntakeFields(QWidget):
    """``entered()`` on Enter in a plain line; ``brought(QMimeData)``."""

    entered = Signal()
    brought = Signal(object)

    def __init__(self, theme: Theme, drafts: Drafts) -> None:
        super().__init__()
        self._theme, self._drafts = theme, drafts
        self.callers = True
        self._restoring = False
        self._paths: list[str] = []
        self._condition: Condition | None = None
        self._words: dict[str, QLabel] = {}
        self.source = QComboBox()
        self.source.setFont(theme.font(14))
        for word in SOURCE_WORDS:
            self.source.addItem(word, word)
        self.category = SuggestField(theme)
        self.place = SuggestField(theme)
        self._limit = label(theme, "", 12, tone="muted", wrap=True)
        self._where = label(theme, "", 12, tone="muted", wrap=True)
        self.lines = {name: self._line() for name in _LINES}
        self.callback = QCheckBox()
        self.callback.setFont(theme.font(14))
        self.note = NoteField(_NOTE_HEIGHT)
        self.note.setFont(theme.font(14))
        self._browse = button(theme, "", "quiet", px=12)
        self._files = QVBoxLayout()
        self._file_hint = label(theme, "", 12, tone="muted", wrap=True)
        self._build()
        self._connect()
        self._restore()
        drafts.turned.connect(self._restore)

    def _line(self) -> QLineEdit:
        made = QLineEdit()
        made.setFont(self._theme.font(14))
        made.returnPressed.connect(self.entered)
        made.textChanged.connect(self._keep)
        return made

    def _build(self) -> None:
        grid = QGridLayout(self)
        spaced(grid, 0, 8)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        self._put(grid, 0, "category", self.category, wide=True)
        grid.addWidget(self._limit, 1, 1, 1, 3)
        self._put(grid, 2, "place", self.place, wide=True)
        grid.addWidget(self._where, 3, 1, 1, 3)
        self._put(grid, 4, "source", self.source, wide=True)
        self._put(grid, 5, "caller_name", self.lines["caller_name"])
        self._put(grid, 5, "caller_phone", self.lines["caller_phone"], column=2)
        grid.addWidget(self.callback, 6, 1, 1, 3)
        self._put(grid, 7, "reported_at", self.lines["reported_at"])
        self._put(grid, 7, "found_at", self.lines["found_at"], column=2)
        self._put(grid, 8, "note", self.note, wide=True)
        self._put(grid, 9, "files", self._file_box(), wide=True)

    def _file_box(self) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        spaced(column, 0, 4)
        spaced(self._files, 0, 2)
        row = QHBoxLayout()
        spaced(row, 0, 8)
        row.addWidget(self._file_hint, 1)
        row.addWidget(self._browse)
        column.addLayout(row)
        column.addLayout(self._files)
        return box

    def _put(
        self, grid: QGridLayout, row: int, name: str, made: QWidget, *, column: int = 0, wide: bool = False
    ) -> None:
        words = label(self._theme, "", 12, tone="muted")
        words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        words.setContentsMargins(0, 6, 0, 0)
        self._words[name] = words
        grid.addWidget(words, row, column)
        grid.addWidget(made, row, column + 1, 1, 3 if wide else 1)

    def _connect(self) -> None:
        self.category.typed.connect(self._keep)
        self.place.typed.connect(self._keep)
        self.category.settled.connect(self._keep)
        self.place.settled.connect(self._keep)
        self.source.currentIndexChanged.connect(self._keep)
        self.callback.toggled.connect(self._keep)
        self.note.textChanged.connect(self._keep)
        self.note.sent.connect(self.entered)
        self.note.brought.connect(self.brought)
        self._browse.clicked.connect(self._choose)
        for line in (*self.lines.values(), self.category.line, self.place.line):
            line.installEventFilter(self)

    @property
    def files(self) -> tuple[str, ...]:
        """Files that go along."""
        return tuple(self._paths)

    def set_actor(self, actor: Actor | None) -> None:
        """Callers only for who may read them; a draft of theirs stays hidden."""
        self.callers = actor is not None and rights.allowed(actor.role, "person.read")
        for name in _PRIVATE:
            self.lines[name].setVisible(self.callers)
            self._words[name].setVisible(self.callers)
        self.callback.setVisible(self.callers)

    def add_file(self, path: str) -> None:
        """One more file, once."""
        if path and path not in self._paths:
            self._paths.append(path)
            self._keep()
            self._list_files()

    def state(self) -> tuple[tuple[str, str], ...]:
        """All that stands in the fields, to tell whether it changed since."""
        rows = [(name, made.text()) for name, made in self.lines.items()]
        rows += [("category", self.category.text), ("place", self.place.text)]
        rows += [("note", self.note.toPlainText()), ("files", "\n".join(self._paths))]
        rows += [("callback", str(self.callback.isChecked())), ("source", str(self.source.currentIndex()))]
        return tuple(rows)

    def reset(self) -> None:
        """Empty for the next report; the source stays, calls come in rows."""
        self.category.clear()
        self.place.clear()
        for made in self.lines.values():
            made.clear()
        self.note.clear()
        self.callback.setChecked(False)
        self._paths.clear()
        self._drafts.forget("intake/")
        self.say_condition(None)
        self.say_where("")
        self._list_files()

    def say_condition(self, one: Condition | None) -> None:
        """What was chosen, and its limit."""
        self._condition = one
        words = ""
        if one is not None:
            condition = either(one.condition_zh, one.condition_en)
            words = t("intake.chosen", code=one.condition_id, what=condition, limit=condition_limit(one))
        self._limit.setText(words)
        self._limit.setVisible(bool(words))

    def say_where(self, words: str) -> None:
        """Community, grid, camera and point of what was chosen."""
        self._where.setText(words)
        self._where.setVisible(bool(words))

    def retranslate(self) -> None:
        """Say everything in the language now."""
        for name, words in self._words.items():
            words.setText(t(f"intake.{name}"))
        for name, made in self.lines.items():
            made.setAccessibleName(t(f"intake.{name}"))
        for name in ("reported_at", "found_at"):
            self.lines[name].setPlaceholderText(t(f"intake.{name}_hint"))
        self.category.line.setPlaceholderText(t("intake.category_hint"))
        self.category.line.setAccessibleName(t("intake.category"))
        self.place.line.setPlaceholderText(t("intake.place_hint"))
        self.place.line.setAccessibleName(t("intake.place"))
        self.note.setPlaceholderText(t("intake.note_hint"))
        self.note.setAccessibleName(t("intake.note"))
        self.source.setAccessibleName(t("intake.source"))
        for at, word in enumerate(SOURCE_WORDS):
            self.source.setItemText(at, t(f"intake.from.{word}"))
        self.callback.setText(t("intake.callback"))
        self._browse.setText(t("desk.form.browse"))
        self.say_condition(self._condition)
        self._list_files()

    @Slot()
    def _restore(self) -> None:
        """What was typed before the program ended, however it ended, or before
        somebody else sat down."""
        # While the fields fill up one by one, the empty ones must not be kept.
        self._restoring = True
        get = self._drafts.get
        for name, made in self.lines.items():
            made.setText(get(f"intake/{name}"))
        self.category.line.setText(get("intake/category"))
        self.place.line.setText(get("intake/place"))
        self.note.setPlainText(get("intake/note"))
        self.callback.setChecked(get("intake/callback") == "1")
        source = get("intake/source")
        if source in SOURCE_WORDS:
            self.source.setCurrentIndex(SOURCE_WORDS.index(source))
        self._paths = [path for path in get("intake/files").split("\n") if path]
        self._restoring = False
        self.say_condition(None)
        self.say_where("")
        self._list_files()

    @Slot()
    def _keep(self) -> None:
        if self._restoring:
            return
        put = self._drafts.put
        for name, made in self.lines.items():
            put(f"intake/{name}", made.text(), private=name in _PRIVATE)
        put("intake/category", self.category.line.text())
        put("intake/place", self.place.line.text())
        put("intake/note", self.note.toPlainText())
        put("intake/callback", "1" if self.callback.isChecked() else "")
        put("intake/source", str(self.source.currentData()) if self.source.currentIndex() > 0 else "")
        put("intake/files", "\n".join(self._paths))

    def _list_files(self) -> None:
        clear(self._files)
        count = len(self._paths)
        self._file_hint.setText(t("intake.files_n", n=count) if count else t("intake.files_hint"))
        for path in self._paths:
            made = button(self._theme, t("intake.drop_file", file=Path(path).name), "quiet", px=12)
            made.setToolTip(path)
            made.setProperty("path", path)
            made.clicked.connect(self._remove)
            self._files.addWidget(made)

    @Slot()
    def _remove(self) -> None:
        sender = self.sender()
        path = str(sender.property("path")) if sender is not None else ""
        if path in self._paths:
            self._paths.remove(path)
            self._keep()
            self._list_files()

    @Slot()
    def _choose(self) -> None:
        chooser = QFileDialog(self, t("intake.files"))
        chooser.setFileMode(QFileDialog.FileMode.ExistingFiles)
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.filesSelected.connect(self._chosen)
        chooser.open()

    @Slot(list)
    def _chosen(self, paths: list[str]) -> None:
        for path in paths:
            self.add_file(path)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl+V of a picture or of files in any line of the sheet."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            mime = QGuiApplication.clipboard().mimeData()
            if event.matches(QKeySequence.StandardKey.Paste) and is_file(mime):
                self.brought.emit(mime)
                return True
        return False
