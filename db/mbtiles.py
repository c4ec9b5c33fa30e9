"""Raster tiles out of an MBTiles file (MBTiles 1.3): one SQLite table of
pictures by zoom, column and row. Read only; nothing of it is ours to change."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from console.domain.errors import Refusal

#: Pictures that Qt decodes; the other format of MBTiles holds vectors.
_RASTER: Final = ("png", "jpg", "jpeg", "webp")
_BEGINNINGS: Final = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpg", b"RIFF": "webp"}


class TileFile:
    """Implements ``TileSource``. Belongs to the thread that opened it.

    Raises ``Refusal('bad_file')`` for a file that is no MBTiles, holds vector
    tiles or has no tile at all.
    """

    def __init__(self, path: Path) -> None:
        self._name = path.name
        try:
            # Never made, never written: also on a read-only share.
            self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        except sqlite3.Error as error:
            raise Refusal("bad_file", "unreadable", file=path.name) from error
        try:
            self._look()
        except BaseException:
            self._db.close()
            raise

    def _look(self) -> None:
        try:
            rows = self._db.execute("SELECT name, value FROM metadata").fetchall()
            zooms = self._db.execute("SELECT min(zoom_level), max(zoom_level) FROM tiles").fetchone()
            first = self._db.execute("SELECT tile_data FROM tiles LIMIT 1").fetchone()
        except sqlite3.Error as error:
            raise Refusal("bad_file", "mbtiles", file=self._name) from error
        if zooms is None or zooms[0] is None or first is None:
            raise Refusal("bad_file", "mbtiles_empty", file=self._name)
        told = {str(name): str(value) for name, value in rows}
        data = bytes(first[0] or b"")
        found = next((kind for head, kind in _BEGINNINGS.items() if data.startswith(head)), "")
        if not found or told.get("format", found) not in _RASTER:
            raise Refusal("bad_file", "mbtiles_vector", file=self._name, format=told.get("format", "?"))
        #: Zoom levels there are, both included.
        self.zooms: tuple[int, int] = (int(zooms[0]), int(zooms[1]))
        #: Whose map it is: shown on it, as its licence may demand.
        self.attribution = " ".join(told.get("attribution", "").split())[:120]

    def tile(self, zoom: int, column: int, row: int) -> bytes | None:
        """The picture at column and row counted from the north-west (XYZ);
        ``None`` where there is none or the file is damaged there."""
        # MBTiles counts rows from the south (TMS).
        flipped = (1 << zoom) - 1 - row
        try:
            found = self._db.execute(
                "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?",
                (zoom, column, flipped),
            ).fetchone()
        except sqlite3.Error:
            return None
        return bytes(found[0]) if found is not None and found[0] is not None else None

    def close(self) -> None:
        """Let the file go."""
        self._db.close()
