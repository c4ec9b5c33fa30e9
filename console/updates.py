"""Whether a newer version lies in the folder the administrator named.

Nothing else is ever asked: no address, no registry. Whoever keeps the site puts
the new package into a folder or a share, and every console tells the
administrator that it is there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from console.domain.errors import Refusal
from console.services.seats import newer, ordered

#: Files that are a version of this program: wheel, Debian package, archive.
_NAME: Final = re.compile(
    r"fifteen[-_](?P<version>\d+(?:\.\d+){1,3})(?:[-_.+].*)?\.(?:whl|deb|zip|tar\.gz|tar\.xz|run)",
    re.IGNORECASE,
)
#: More names than these are not looked at.
_MOST: Final = 5000


@dataclass(frozen=True, slots=True)
class Update:
    """A newer version and the file it lies in."""

    version: str
    file: str


def installed() -> str:
    """The version that is installed on this machine now: after an upgrade in
    place another one than the one that runs."""
    try:
        return version("fifteen")
    except PackageNotFoundError:  # while the package is being replaced
        return ""


def look(folder: Path, running: str) -> Update | None:
    """The newest version in ``folder`` that is newer than ``running``. Raises
    ``Refusal('bad_file', 'update_folder')`` for a folder that cannot be read."""
    found: list[tuple[tuple[int, ...], str, str]] = []
    try:
        for number, path in enumerate(folder.iterdir()):
            match = _NAME.fullmatch(path.name)
            if match is not None and newer(match["version"], running):
                found.append((ordered(match["version"]), match["version"], str(path)))
            if number >= _MOST:
                break
    except OSError as error:
        raise Refusal("bad_file", "update_folder", path=str(folder)) from error
    best = max(found, default=None)
    return Update(best[1], best[2]) if best is not None else None
