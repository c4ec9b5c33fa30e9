"""Where this machine keeps things, and what its environment says.

Order of precedence: command line, environment, what was chosen when the site was set
up, the user's own folders.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

APP = "fifteen"
#: Below the data folder: the address of the database, where it is not the file beside it.
DATABASE_FILE = "database"


@dataclass(frozen=True, slots=True)
class Places:
    """Folders and the database of one run.

    ``db_url`` may hold a password when it came by the environment: never show
    it; ``db.open_store`` gives a form fit to be shown.
    """

    db_url: str
    data: Path
    cache: Path

    @property
    def evidence(self) -> Path:
        """Root of the evidence store."""
        return self.data / "evidence"

    @property
    def spool(self) -> Path:
        """Where files wait before they are hashed and copied."""
        return self.data / "spool"

    @property
    def logs(self) -> Path:
        """Rotating log files."""
        return self.data / "logs"

    @property
    def drafts(self) -> Path:
        """Typed text that must survive a crash."""
        return self.data / "drafts.json"


def locate(db: str = "", data: str = "", environ: Mapping[str, str] | None = None) -> Places:
    """Find the folders. ``db`` and ``data`` are the command line's words."""
    env = os.environ if environ is None else environ
    folder = Path(data or env.get("FIFTEEN_DATA", "") or user_data_path(APP))
    url = db or env.get("FIFTEEN_DB", "") or _kept(folder) or f"sqlite:///{folder / 'fifteen.sqlite'}"
    cache = Path(env.get("FIFTEEN_CACHE", "") or user_cache_path(APP))
    return Places(url, folder, cache)


def _kept(folder: Path) -> str:
    """The address that was chosen when the site was set up here; it holds no password."""
    try:
        return (folder / DATABASE_FILE).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ""
