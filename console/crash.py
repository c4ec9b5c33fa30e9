"""What happens when something goes wrong that nobody foresaw.

An exception in a slot or a thread is logged with its trace and shown as one
line; the board goes on. A crash of the interpreter leaves a trace that the
next start finds.
"""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO

log = logging.getLogger(__name__)

_open_file: list[IO[str]] = []


def last_crash(folder: Path) -> str:
    """The trace a former run left when it died, or an empty text."""
    path = folder / "crash.txt"
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def watch(folder: Path, tell: Callable[[str], None]) -> None:
    """Install the hooks. ``tell`` gets one line, from any thread."""
    folder.mkdir(parents=True, exist_ok=True)
    # faulthandler needs the file open for as long as the process lives.
    handle = (folder / "crash.txt").open("w", encoding="utf-8")
    _open_file.append(handle)
    faulthandler.enable(handle)

    def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.critical("unforeseen", exc_info=(kind, error, trace))
        tell(f"{kind.__name__}: {error}")

    def report_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            report(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = report
    threading.excepthook = report_thread


def rest() -> None:
    """Take the hooks away again and close the file (end of the program)."""
    sys.excepthook = sys.__excepthook__
    threading.excepthook = threading.__excepthook__
    if _open_file:
        faulthandler.disable()
        _open_file.pop().close()
