"""Log files that rotate and carry no secrets."""

from __future__ import annotations

import logging
import re
from logging.handlers import RotatingFileHandler
from pathlib import Path

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
        file = RotatingFileHandler(folder / "fifteen.log", maxBytes=5 << 20, backupCount=5, encoding="utf-8")
        file.setFormatter(form)
        root.addHandler(file)
    # Both libraries tell of every job and statement at INFO.
    for noisy in ("apscheduler", "sqlalchemy.engine", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
