"""What is watched besides cases, on a console: begins when its cameras are open,
and is heard here when the database is away, since no alarm can be stored then."""

from __future__ import annotations

from datetime import datetime

from console.wiring.part import Part


class Sources(Part):
    """Starts the watch; rings for what only this machine knows."""

    def started(self) -> None:
        """The windows stand, the cameras are being opened."""
        self.engine.watch_sources("console")

    def tick(self, now: datetime) -> None:
        """Loud while the database is away; the red line in every window says why."""
        watch = self.engine.sources
        trouble = watch.trouble() if watch is not None else None
        self.console.annunciator.alert(trouble is not None)
