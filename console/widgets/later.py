"""Modules that take long to read in and that the first board does without.

A console starts for the sake of its board; the dictionaries of pinyin and the
charts are read in by a thread when it stands. Whoever needs one of them before
imports it himself, as if there were no such thread.
"""

from __future__ import annotations

import importlib
import logging
import threading
from typing import Final

log = logging.getLogger(__name__)
#: In the order in which they will be missed.
MODULES: Final = ("console.widgets.trend_plots", "console.widgets.live_plots", "pypinyin")


class Later:
    """Reads the modules in, once."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._expected = False

    def expect(self) -> None:
        """There will be a :meth:`begin`: whoever can wait does."""
        self._expected = True

    def begin(self) -> None:
        """Start reading; called once the first board is painted."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._read, name="later-imports", daemon=True)
            self._thread.start()

    @property
    def busy(self) -> bool:
        """True while somebody who waits for a module would stand still."""
        return self._expected and (self._thread is None or self._thread.is_alive())

    def stop(self, timeout_s: float = 10.0) -> None:
        """Wait until the modules are there; nobody is to wait any more."""
        self._expected = False
        if self._thread is not None:
            self._thread.join(timeout_s)
            self._thread = None

    def _read(self) -> None:
        for name in MODULES:
            try:
                importlib.import_module(name)
            except ImportError:
                # Whoever needs it will say so, where a person sees it.
                log.warning("the module %s cannot be read", name)


#: The one of this program.
LATER: Final = Later()
