"""What happens when something goes wrong that nobody foresaw.

An exception in a slot or a thread is logged with its trace and shown as one
line; the board goes on. A crash of the interpreter leaves a trace, a console
that was killed or lost its power leaves the mark that it was running; the next
start finds either, keeps it as a report without secrets, and says so.
"""

from __future__ import annotations

import faulthandler
import json
import logging
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Final

from console.log import scrub, tail

log = logging.getLogger(__name__)

_open_file: list[IO[str]] = []
_marked: list[Path] = []
#: The trace of the interpreter; the mark of a console that runs.
TRACE: Final = "crash.txt"
MARK: Final = "running-{pid}.json"
#: So many reports are kept, each with so many lines of the log before the end.
KEPT: Final = 5
_LINES: Final = 40


@dataclass(frozen=True, slots=True)
class CrashReport:
    """How a former run ended: ``kind`` ``trace`` (the interpreter failed) or
    ``killed`` (no trace: power, kill, out of memory). ``seen``: somebody has
    put it away."""

    file: str
    at: datetime
    kind: str
    text: str
    seen: bool


def reports(folder: Path) -> tuple[CrashReport, ...]:
    """The reports that are kept, the newest first."""
    found = []
    for path in sorted(folder.glob("crash-*.txt"), reverse=True):
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
            at = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
        except OSError:
            continue
        kind = "killed" if "-killed" in path.name else "trace"
        found.append(CrashReport(str(path), at, kind, text, path.name.endswith(".seen.txt")))
    return tuple(found)


def put_away(file: str) -> None:
    """The report has been seen; it stays in the folder."""
    path = Path(file)
    if path.exists() and not path.name.endswith(".seen.txt"):
        path.rename(path.with_name(f"{path.stem}.seen.txt"))


def keep_last(folder: Path, version: str = "") -> str:
    """Make a report of how the last run ended, if it did not end well; answers
    its file, or an empty text. Called before anything is logged by this run."""
    trace, marks = _read(folder / TRACE).strip(), _marks(folder)
    if not trace and not marks:
        return ""
    kind = "trace" if trace else "killed"
    source = folder / TRACE if trace else max(marks, key=_age)
    ran = next((marks[one] for one in marks if marks[one]), "") or version
    try:
        at = datetime.fromtimestamp(source.stat().st_mtime).astimezone()
        lines = [f"{one.at} {one.level} {one.name}: {one.text}" for one in reversed(tail(folder, _LINES))]
        head = f"fifteen {ran}  {at.isoformat(timespec='seconds')}  {kind}"
        text = scrub("\n".join((head, "", *([trace, ""] if trace else []), *lines)).rstrip() + "\n")
        file = folder / f"crash-{at:%Y%m%d-%H%M%S}-{kind}.txt"
        file.write_text(text, encoding="utf-8")
        os.utime(file, (at.timestamp(), at.timestamp()))
        for mark in (*marks, folder / TRACE):
            mark.unlink(missing_ok=True)
        for old in sorted(folder.glob("crash-*.txt"))[:-KEPT]:
            old.unlink(missing_ok=True)
    except OSError as error:
        log.warning("the report of the last run was not kept: %s", error)
        return ""
    return str(file)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _marks(folder: Path) -> dict[Path, str]:
    """Marks of programs that run no more, with their versions."""
    found: dict[Path, str] = {}
    for path in folder.glob(MARK.format(pid="*")):
        number = path.stem.partition("-")[2]
        if number.isdigit() and _alive(int(number)):
            continue
        try:
            found[path] = str(json.loads(_read(path))["version"])
        except (ValueError, KeyError, TypeError):
            found[path] = ""  # a mark that was cut off in the middle
    return found


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _alive(pid: int) -> bool:
    """Whether a process of that number runs which may be ours: numbers are
    given again, most of all after a power cut."""
    if pid <= 0 or pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # no such folder on this system
        return True
    return b"python" in words or b"fifteen" in words


def watch(folder: Path, tell: Callable[[str], None], version: str = "") -> None:
    """Install the hooks, keep how the last run ended. ``tell`` gets one line,
    from any thread."""
    folder.mkdir(parents=True, exist_ok=True)
    keep_last(folder, version)
    # faulthandler needs the file open for as long as the process lives.
    handle = (folder / TRACE).open("w", encoding="utf-8")
    _open_file.append(handle)
    faulthandler.enable(handle)
    mark = folder / MARK.format(pid=os.getpid())
    mark.write_text(json.dumps({"version": version}), encoding="utf-8")
    _marked.append(mark)

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
    """Take the hooks away again and close the file: this run ended well."""
    sys.excepthook = sys.__excepthook__
    threading.excepthook = threading.__excepthook__
    if _open_file:
        faulthandler.disable()
        _open_file.pop().close()
    if _marked:
        _marked.pop().unlink(missing_ok=True)
