"""Sound and pause of the focus views."""

from __future__ import annotations

from console.widgets.wall_pane import WallPane
from console.wiring.part import Part


class FocusSound(Part):
    """Hands every focus view what it needs to be heard and to stand still."""

    def wire(self, name: str, pane: WallPane) -> None:
        """A new wall."""
        if self.engine.feeds is not None:
            pane.focus_view.controls = self.engine.feeds.player
