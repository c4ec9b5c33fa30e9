"""A small JSON file of the data folder that is written whole or not at all."""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)


class KeptFile:
    """``want`` says what belongs into it; :meth:`write` may run in any thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._wanted = self._written = ""
        self._lock = threading.Lock()

    def want(self, content: Mapping[str, Any]) -> bool:
        """What the next :meth:`write` stores; False when that is there already."""
        self._wanted = json.dumps(content, ensure_ascii=False)
        return self._wanted != self._written

    def write(self) -> None:
        """Beside it first, then in its place."""
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
            log.warning("%s was not kept: %s", self.path.name, error)
