"""S on a tile: the newest picture into the snapshots folder, and a word about it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Slot

from console.captures import SnapshotTaken
from console.i18n import explain, t
from console.widgets.wall_pane import WallPane
from console.wiring.part import Part


class Snapshots(Part):
    """Takes pictures of single tiles."""

    def wire(self, name: str, pane: WallPane) -> None:
        """Listen to the key S of every wall."""
        pane.snapshotRequested.connect(self._take)

    @Slot(str)
    def _take(self, camera: str) -> None:
        if self.engine.captures is not None:
            stamp = self.engine.clock.now().strftime("%Y%m%dT%H%M%SZ")
            target = self.console.options.places.data / "snapshots" / f"{camera}-{stamp}.jpg"
            self.engine.captures.snapshot(camera, target)

    def posted(self, what: object) -> None:
        """Say where the picture lies, or why there is none."""
        if isinstance(what, SnapshotTaken):
            self.console.say(
                t("app.snapshot.failed", reason=explain(what.refusal)[0])
                if what.refusal
                else t("app.snapshot.done", file=Path(what.path).name)
            )
