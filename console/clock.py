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

    @property
    def shifted(self) -> bool:
        """True while a test has moved it: nobody else's clock agrees then."""
        return False


class FileShiftedClock(SystemClock):
    """A clock that a test moves by writing into a file: an offset in seconds,
    or an instant (ISO 8601 with its offset) at which the clock stands still, so
    that stamps to the second do not hang on how quick the machine is.

    The file is read once a second at the most, or at once by :meth:`reread`; an
    unreadable or half-written file leaves what was read last in force.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._read_at = float("-inf")
        self._shift_s = 0.0
        self._still: datetime | None = None

    def now(self) -> datetime:
        """Aware UTC wall time, shifted."""
        if time.monotonic() - self._read_at >= 1.0:
            self.reread()
        still = self._still
        if still is not None:
            return still
        return datetime.now(UTC) + timedelta(seconds=self._shift_s + self.offset_s)

    @property
    def shifted(self) -> bool:
        """Whether the file says anything else than the time it is."""
        return self._still is not None or self._shift_s != 0.0

    def reread(self) -> None:
        """Read the file now."""
        self._read_at = time.monotonic()
        try:
            said = self._path.read_text(encoding="ascii").strip()
            if "T" in said:
                self._still = datetime.fromisoformat(said).astimezone(UTC)
            else:
                self._shift_s, self._still = float(said or 0), None
        except (OSError, ValueError):
            pass  # keeps what was read last: a test may be writing just now


def clock_for(purpose: str) -> SystemClock:
    """The clock a database of this purpose may use."""
    path = os.environ.get(CLOCK_FILE_VARIABLE, "")
    if path and purpose == "test":
        return FileShiftedClock(Path(path))
    return SystemClock()
