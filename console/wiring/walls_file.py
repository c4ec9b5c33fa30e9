"""What hung on each wall when the console ended, in the data folder."""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

log = logging.getLogger(__name__)

#: The form of the file.
FORM: Final = 1


class WallsFile:
    """``walls.json``. :meth:`write` may run in any thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._wanted = self._written = ""
        self._lock = threading.Lock()

    def read(self) -> dict[str, dict[str, Any]]:
        """Per place what was kept; nothing for a file that is missing or (with
        a line in the log) broken."""
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
            if found["form"] != FORM:
                raise ValueError(f"form {found['form']}")
            return {str(place): dict(row) for place, row in found["walls"].items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            log.warning("what hung on the walls cannot be read, they start anew: %s", error)
            return {}

    def want(self, walls: Mapping[str, Mapping[str, Any]]) -> bool:
        """What the next :meth:`write` stores; False when that is there already."""
        self._wanted = json.dumps({"form": FORM, "walls": walls}, ensure_ascii=False)
        return self._wanted != self._written

    def write(self) -> None:
        """Whole or not at all: beside it first, then in its place."""
        with self._lock:
            self._write()

    def _write(self) -> None:
        text = self._wanted
        if text == self._written or not text:
            return
        spare = self.path.with_suffix(".new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with spare.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(spare, self.path)
            self._written = text
        except OSError as error:
            log.warning("what hangs on the walls was not kept: %s", error)
