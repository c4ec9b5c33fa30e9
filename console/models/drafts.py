"""Typed text that must survive a lost race, a refusal and a crash.

Kept in memory and, a moment later, in one JSON file in the data folder. The
file is written by a thread of its own: a slow disk must not stop the typing.
What is personal (a caller's name) is sealed in it with the site's key. Each
officer finds what they typed themselves, and nobody else's.
"""

from __future__ import annotations

import json
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from console.domain.errors import Refusal
from console.services.ports import SecretBox

log = logging.getLogger(__name__)
#: How long after the first key not yet saved the file is written, ms: also
#: somebody who types without a pause loses no more than this.
SAVE_AFTER_MS = 250
#: What seals a private draft to its key.
_CONTEXT = "draft:"
#: What the key of somebody's own draft begins with, before the name.
_OWNED = "@"


class Drafts(QObject):
    """Text by key (``<case id>/<field>``). An empty text is no draft.
    ``turned()`` when somebody else sat down: what is shown is to be read again."""

    turned = Signal()

    def __init__(
        self, folder: Path | None = None, parent: QObject | None = None, box: SecretBox | None = None
    ) -> None:
        """``folder``: the data folder, or ``None`` to keep drafts in memory;
        ``box`` seals private drafts, which without one stay in memory."""
        super().__init__(parent)
        self._path = folder / "drafts.json" if folder is not None else None
        self._box = box
        self._private: set[str] = set()
        self._person = ""
        self._texts = self._read()
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="drafts")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_AFTER_MS)
        self._timer.timeout.connect(self.save)

    def use(self, person: str) -> None:
        """From now on the drafts of this person (an account's name). Drafts that
        are nobody's, from before they were kept for each, become theirs."""
        if person == self._person:
            return
        self._person = person
        for key in [key for key in self._texts if not key.startswith(_OWNED)]:
            mine = self._mine(key)
            self._texts.setdefault(mine, self._texts.pop(key))
            if key in self._private:
                self._private.add(mine)
            self._soon()
        self.turned.emit()

    def _mine(self, key: str) -> str:
        return f"{_OWNED}{self._person}/{key}" if self._person else key

    def get(self, key: str) -> str:
        """The draft, or an empty string."""
        return self._texts.get(self._mine(key), "")

    def put(self, key: str, text: str, *, private: bool = False) -> None:
        """Remember ``text``; an empty one forgets. ``private`` text is sealed
        before it touches the disk."""
        key = self._mine(key)
        if text == self._texts.get(key, ""):
            return
        if private:
            self._private.add(key)
        if text:
            self._texts[key] = text
        else:
            self._texts.pop(key, None)
        self._soon()

    def forget(self, prefix: str) -> None:
        """Drop all drafts whose key begins with ``prefix`` (work is done)."""
        whole = self._mine(prefix)
        for key in [key for key in self._texts if key.startswith(whole)]:
            del self._texts[key]
            self._soon()

    def _soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def save(self) -> None:
        """Write the file, in the writer's thread."""
        if self._path is not None:
            self._writer.submit(_write, self._path, dict(self._texts), frozenset(self._private), self._box)

    def close(self) -> None:
        """Write what is not yet written and end the thread."""
        if self._timer.isActive():
            self._timer.stop()
            self.save()
        self._writer.shutdown(wait=True)

    def _read(self) -> dict[str, str]:
        if self._path is None or not self._path.exists():
            return {}
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            log.warning("drafts not readable, starting without: %s", error)
            return {}
        if not isinstance(found, dict):
            return {}
        return {str(key): text for key, value in found.items() if (text := self._opened(str(key), value))}

    def _opened(self, key: str, value: object) -> str:
        if not isinstance(value, dict):
            return str(value)
        self._private.add(key)
        try:
            return self._box.open(str(value.get("sealed", "")), _CONTEXT + key) if self._box else ""
        except Refusal as refusal:
            log.warning("a private draft cannot be read: %s", refusal.code)
            return ""


def _write(path: Path, texts: dict[str, str], private: frozenset[str], box: SecretBox | None) -> None:
    """Replace the file in one step, so that a crash leaves the old or the new."""
    try:
        rows: dict[str, object] = {key: text for key, text in texts.items() if key not in private}
        for key in private & texts.keys() if box is not None else ():
            rows[key] = {"sealed": box.seal(texts[key], _CONTEXT + key)} if box is not None else None
        path.parent.mkdir(parents=True, exist_ok=True)
        spare = path.with_suffix(".new")
        spare.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
        os.replace(spare, path)
    except OSError as error:
        log.warning("drafts not saved: %s", error)
