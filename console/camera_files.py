"""The camera table as a file."""

from __future__ import annotations

import os
from pathlib import Path

from console.domain.model import Actor
from console.reports.tables import write_table
from console.services.assembly import Services
from console.services.camera_rows import COLUMNS


def write_cameras(services: Services, actor: Actor, file: Path, *, with_passwords: bool = False) -> int:
    """Write every camera into ``file`` (CSV or XLSX by its suffix); returns how many. With
    passwords only its owner may read it. Raises ``Refusal`` as :func:`write_table` and
    :meth:`CameraService.export`."""
    rows = services.cameras.export(actor, with_passwords=with_passwords)
    before = os.umask(0o077) if with_passwords else -1
    try:
        return write_table(rows, COLUMNS, file)
    finally:
        if with_passwords:
            os.umask(before)
