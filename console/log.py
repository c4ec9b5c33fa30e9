"""Log files that rotate and carry no secrets."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

#: The file of the log, and how much of its end is read for a window.
FILE: Final = "fifteen.log"
_TAIL_BYTES: Final = 512 << 10
_HEAD = re.compile(
    r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d)\S* (DEBUG|INFO|WARNING|ERROR|CRITICAL) (\S+?): ?(.*)"
)
_CREDENTIALS = re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^/\s@]*:[^/\s]*@", re.IGNORECASE)
_AUTH_HEADER = re.compile(r"(Authorization:|password=|secret=)\s*\S.*", re.IGNORECASE)


def scrub(text: str) -> str:
    """``text`` without user names and passwords in addresses or headers."""
    return _AUTH_HEADER.sub(r"\1 ***", _CREDENTIALS.sub(r"\1***@", text))


class ScrubbingFormatter(logging.Formatter):
    """Formats, then removes credentials: from messages and from traces."""

    def format(self, record: logging.LogRecord) -> str:
        """One line (or a trace) fit for a file."""
        return scrub(super().format(record))


def start_logging(folder: Path | None, *, verbose: bool = False) -> None:
    """Log to ``folder`` (5 files of 5 MiB) and warnings to standard error."""
    root = logging.getLogger()
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    form = ScrubbingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    stream = logging.StreamHandler()
    stream.setLevel(logging.INFO if verbose else logging.WARNING)
    stream.setFormatter(form)
    root.addHandler(stream)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        file = RotatingFileHandler(folder / FILE, maxBytes=5 << 20, backupCount=5, encoding="utf-8")
        file.setFormatter(form)
        root.addHandler(file)
    # Both libraries tell of every job and statement at INFO.
    for noisy in ("apscheduler", "sqlalchemy.engine", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class LogLine:
    """One entry of the log; ``text`` has the lines of its trace as well."""

    at: str
    level: str
    name: str
    text: str


def tail(folder: Path, most: int = 500) -> tuple[LogLine, ...]:
    """The last entries of the log, the newest first, scrubbed once more."""
    raw = _end_of(folder / FILE)
    if len(raw) < _TAIL_BYTES:
        raw = _end_of(folder / f"{FILE}.1", _TAIL_BYTES - len(raw)) + raw
    found: list[LogLine] = []
    for line in scrub(raw.decode("utf-8", "replace")).splitlines():
        head = _HEAD.fullmatch(line)
        if head is not None:
            found.append(LogLine(*head.groups()))
        elif found:
            last = found[-1]
            found[-1] = LogLine(last.at, last.level, last.name, f"{last.text}\n{line}")
    return tuple(reversed(found[-most:]))


def _end_of(file: Path, most: int = _TAIL_BYTES) -> bytes:
    try:
        with file.open("rb") as stream:
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - most))
            return stream.read()
    except OSError:
        return b""
