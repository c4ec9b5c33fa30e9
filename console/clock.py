"""The clocks of the process: the only module that asks the machine the time."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

#: Environment variable that names a file with an offset in seconds. Only a
#: database whose purpose is ``test`` obeys it.
CLOCK_FILE_VARIABLE = "FIFTEEN_CLOCK_FILE"


def machine_now() -> datetime:
    """The machine's own UTC time, for libraries that know no other clock."""
    return datetime.now(UTC)


class SystemClock:
    """The local clock plus the offset to the database server, in seconds."""

    def __init__(self, offset_s: float = 0.0) -> None:
        self.offset_s = offset_s

    def now(self) -> datetime:
        """Aware UTC wall time."""
        now = datetime.now(UTC)
        return now + timedelta(seconds=self.offset_s) if self.offset_s else now

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()


class FileShiftedClock(SystemClock):
    """A clock that a test moves by writing seconds into a file.

    The file is read once a second at the most; an unreadable or half-written
    file leaves the last offset in force.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._read_at = float("-inf")
        self._shift_s = 0.0

    def now(self) -> datetime:
        """Aware UTC wall time, shifted."""
        if time.monotonic() - self._read_at >= 1.0:
            self._read_at = time.monotonic()
            try:
                self._shift_s = float(self._path.read_text(encoding="ascii").strip() or 0)
            except (OSError, ValueError):
                pass  # keeps the last offset: a test may be writing just now
        return datetime.now(UTC) + timedelta(seconds=self._shift_s + self.offset_s)


def clock_for(purpose: str) -> SystemClock:
    """The clock a database of this purpose may use."""
    path = os.environ.get(CLOCK_FILE_VARIABLE, "")
    if path and purpose == "test":
        return FileShiftedClock(Path(path))
    return SystemClock()
