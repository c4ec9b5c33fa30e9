"""The camera the table stands on: its newest picture, and what is configured."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.domain.model import Camera
from console.i18n import t
from console.models.camera_facts import when
from console.models.camera_table import shown_address, vendor_words
from console.models.names import NOBODY, NameBook
from console.services.camera_cards import CameraCard
from console.services.ports import FeedHealth
from console.theme import Theme
from console.widgets.layouts import ASPECT
from console.widgets.parts import DataLabel, label, spaced
from console.widgets.sight import Sight
from console.widgets.wall_plan import WallPlan
from console.widgets.wall_view import WallView

WIDE = 304


class CameraPeek(QWidget):
    """The picture is as a wall paints it: masks over it, greyed with its age when it
    is not current; nothing is decoded while it cannot be seen."""

    def __init__(self, theme: Theme, sight: Sight) -> None:
        super().__init__()
        self._sight = sight
        self._camera: Camera | None = None
        self._names: NameBook = NOBODY
        self.setFixedWidth(WIDE)
        self.picture = WallView(sight)
        self.picture.setFixedSize(QSize(WIDE, round(WIDE / ASPECT)))
        self.name = DataLabel(theme, 16, bold=True)
        self.facts = label(theme, "", 14, wrap=True)
        self.hints = label(theme, "", 14, tone="yellow", wrap=True)
        column = QVBoxLayout(self)
        spaced(column, 0, 8)
        for one in (self.picture, self.name, self.facts, self.hints):
            column.addWidget(one)
        column.addStretch(1)

    def set_names(self, names: NameBook) -> None:
        """What communities are called."""
        self._names = names

    def show_card(self, card: CameraCard | None) -> None:
        """A camera, or nothing."""
        camera = card.camera if card is not None else None
        if camera != self._camera:
            self._camera = camera
            self.picture.set_cameras([camera] if camera is not None else [])
            hung = (camera.id,) if camera is not None else ()
            self.picture.set_plan(WallPlan(layout="1", slots=hung, seen=frozenset(hung)))
        self.setVisible(card is not None)
        if card is None:
            return
        self.name.setText(card.camera.name)
        self.facts.setText("\n".join(self._facts(card)))
        self.hints.setText("\n".join(hint_words(card)))
        self.hints.setVisible(bool(card.hints))

    def set_health(self, health: Mapping[str, FeedHealth]) -> None:
        """The streams now."""
        if self._camera is not None and self.isVisible():
            self.picture.set_health(health)

    def _facts(self, card: CameraCard) -> list[str]:
        one = card.camera
        login = one.username or t("camadmin.peek.no_login")
        if card.has_password:
            login = t("camadmin.peek.login", user=one.username or "—")
        place = " · ".join(
            word
            for word in (
                self._names.community(one.community) or one.community, one.road, one.grid,
                f"{one.lon:.5f}, {one.lat:.5f}" if one.lon is not None and one.lat is not None else "",
            )
            if word
        )  # fmt: skip
        rows = [
            ("id", one.id),
            ("address", " · ".join(word for word in (vendor_words(one.vendor), shown_address(one)) if word)),
            ("user", login),
            ("place", place),
            ("groups", " · ".join(one.groups)),
            ("segment", one.segment),
            ("owner", one.owner),
            ("masks", t("camadmin.peek.masked", n=len(one.masks)) if one.masks else ""),
            ("note", one.note),
        ]
        rows += [("aside", self._aside(card))] if card.aside else []
        return [f"{t(f'camadmin.peek.{name}')}  {value}" for name, value in rows if value]

    def _aside(self, card: CameraCard) -> str:
        row = min(card.aside, key=lambda one: one.start)
        now = self._sight.clock.now()
        return t("camadmin.peek.until", reason=row.reason, start=when(row.start, now), end=when(row.end, now))


def hint_words(card: CameraCard) -> list[str]:
    """What is odd about a camera, in sentences."""
    return [t(f"camset.hint.{hint.code}", **hint.facts) for hint in card.hints]
