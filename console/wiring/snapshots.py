"""S on a tile: the newest picture into the snapshots folder, with the truth
about it beside it, and a word to the officer."""

from __future__ import annotations

import platform
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from console.captures import SnapshotTaken
from console.domain import masks
from console.i18n import explain, t
from console.widgets.mask_paint import mask_file
from console.widgets.wall_pane import WallPane
from console.wiring.part import Part
from console.wiring.stamped_picture import Facts, stamp

if TYPE_CHECKING:
    from console.app import ConsoleApp


class _Stamp:
    """Called in a capture thread with the picture's file and capture time."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def __call__(self, path: Path, captured_at: datetime) -> None:
        stamp(path, replace(self._facts, captured_at=captured_at))


class Snapshots(Part):
    """Takes pictures of single tiles; covers what nobody is to see in every
    picture that is kept, also in those of new cases."""

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self._walls: dict[str, WallPane] = {}
        if self.engine.captures is not None:
            self.engine.captures.cover = self._cover

    def _cover(self, camera: str, path: Path) -> None:
        """Called in a capture thread."""
        mask_file(path, masks.of(self.console.cameras, camera))

    def wire(self, name: str, pane: WallPane) -> None:
        """Listen to the key S of every wall."""
        pane.snapshotRequested.connect(self._take)
        self._walls[name] = pane

    @Slot(str)
    def _take(self, camera: str) -> None:
        if any((truth := pane.wall.truth(camera)) and truth.past for pane in self._walls.values()):
            # S keeps the present; nobody may get another picture than the one seen.
            self.console.say(t("tiles.past.no_snapshot"))
        elif self.engine.captures is not None:
            stamp = self.engine.clock.now().strftime("%Y%m%dT%H%M%SZ")
            target = self.console.options.places.data / "snapshots" / f"{camera}-{stamp}.jpg"
            self.engine.captures.snapshot(camera, target, _Stamp(self._facts(camera)))

    def _facts(self, camera: str) -> Facts:
        """What is known now; the capture time comes with the picture."""
        known = (pane.wall.camera(camera) for pane in self._walls.values())
        name = next((found.name for found in known if found is not None), camera)
        actor = self.console.actor
        return Facts(
            camera=camera,
            name=name,
            captured_at=self.engine.clock.now(),
            clock_offset_s=self.engine.clock_offset(camera),
            officer=actor.name if actor is not None else "",
            console=self.console.options.seat or platform.node(),
        )

    def posted(self, what: object) -> None:
        """Say where the picture lies, or why there is none."""
        if isinstance(what, SnapshotTaken):
            self.console.say(
                t("app.snapshot.failed", reason=explain(what.refusal)[0])
                if what.refusal
                else t("app.snapshot.done", file=Path(what.path).name)
            )
