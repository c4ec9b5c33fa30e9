"""Thumbnails of a case's evidence; pictures are read in a thread of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QListView, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from console.domain.model import Event, Evidence
from console.domain.vocabulary import Action, EvidenceKind
from console.i18n import t
from console.models.wording import clock, local
from console.theme import Theme
from console.widgets.parts import label, spaced
from console.widgets.picture_reader import PictureReader

THUMB: Final = QSize(112, 63)


class EvidenceStrip(QWidget):
    """``opened(sha256, path)`` when one was chosen to be looked at."""

    opened = Signal(str, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._evidence: tuple[Evidence, ...] = ()
        self._paths: Mapping[str, str] = {}
        self._removed: Mapping[str, datetime] = {}
        self._pictures: dict[str, QPixmap] = {}
        self._reader = PictureReader("thumbs", self)
        self._title = label(theme, "", 12, tone="muted", wrap=True)
        self._list = QListWidget()
        self._list.setFont(theme.font(12))
        self._list.setViewMode(QListView.ViewMode.IconMode)
        self._list.setFlow(QListView.Flow.LeftToRight)
        self._list.setWrapping(False)
        self._list.setMovement(QListView.Movement.Static)
        self._list.setIconSize(THUMB)
        self._list.setGridSize(QSize(THUMB.width() + 8, THUMB.height() + 24))
        self._list.setFixedHeight(THUMB.height() + 36)
        body = QVBoxLayout(self)
        spaced(body, 0, 4)
        body.addWidget(self._title)
        body.addWidget(self._list)
        self._list.itemActivated.connect(self._chosen)
        self._reader.ready.connect(self._on_loaded)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language now."""
        empty = not self._evidence
        self._title.setText(t("desk.case.no_evidence") if empty else t("desk.case.evidence"))
        self._list.setAccessibleName(t("desk.case.evidence"))
        self._list.setVisible(not empty)
        self._fill()

    def apply(
        self,
        evidence: Sequence[Evidence],
        paths: Mapping[str, str],
        removed: Mapping[str, datetime] | None = None,
    ) -> None:
        """Take the evidence of a case; ``paths``: sha256 → file, ``removed``:
        sha256 → when the rule of retention took the file away."""
        fresh = tuple(evidence), dict(paths), dict(removed or {})
        if fresh != (self._evidence, self._paths, self._removed):
            self._evidence, self._paths, self._removed = fresh
            self.retranslate()

    def close_reader(self) -> None:
        """End the reading thread; called before the window goes."""
        self._reader.close()

    def _fill(self) -> None:
        self._list.clear()
        for one in self._evidence:
            words = f"{t(f'states.evidence.{one.kind.value}')} {clock(one.captured_at)[:5]}"
            item = QListWidgetItem(words)
            item.setData(Qt.ItemDataRole.UserRole, one.sha256)
            item.setToolTip(words if one.present_here else self._why_not(one))
            self._list.addItem(item)
            self._icon(item, one)

    def _why_not(self, one: Evidence) -> str:
        """Where a file is that is not here."""
        at = self._removed.get(one.sha256)
        if at is None:
            return t("desk.case.not_here")
        return t("desk.case.removed", date=f"{local(at):%Y-%m-%d}")

    def _icon(self, item: QListWidgetItem, one: Evidence) -> None:
        picture = self._pictures.get(one.sha256)
        if picture is None:
            picture = QPixmap(THUMB)
            picture.fill(self._theme.color("line"))
            path = self._paths.get(one.sha256, "")
            pictured = one.kind not in (EvidenceKind.CLIP, EvidenceKind.DOCUMENT)
            if path and pictured:
                self._reader.ask(one.sha256, path, THUMB)
        item.setIcon(QIcon(picture))

    @Slot(str, QImage)
    def _on_loaded(self, sha256: str, image: QImage) -> None:
        if image.isNull():
            return
        self._pictures[sha256] = QPixmap.fromImage(image)
        for row in range(self._list.count()):
            item = self._list.item(row)
            if item.data(Qt.ItemDataRole.UserRole) == sha256:
                item.setIcon(QIcon(self._pictures[sha256]))

    @Slot(QListWidgetItem)
    def _chosen(self, item: QListWidgetItem) -> None:
        sha256 = str(item.data(Qt.ItemDataRole.UserRole))
        path = self._paths.get(sha256, "")
        if path:
            self.opened.emit(sha256, path)


def removed_files(events: Iterable[Event]) -> dict[str, datetime]:
    """When the rule of retention removed files, by their hash."""
    gone: dict[str, datetime] = {}
    for event in events:
        files = event.data.get("removed") if event.action is Action.RETENTION else None
        if isinstance(files, Sequence):
            gone |= {str(file["sha256"]): event.recorded_at for file in files}
    return gone
