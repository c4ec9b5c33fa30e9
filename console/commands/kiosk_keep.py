"""Watches over the large display: starts it again when it ended, was killed or
answers no more. Knows no Qt and no database, so that little can go wrong here.

The display writes a byte twice a second, from the thread that paints. A display
that hangs shows a picture that no longer changes: that lies, so it is ended.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Final

from console.commands.kiosk import BEAT, LEFT
from console.i18n import t

#: Silent for so long, it hangs; until its first word it has longer, seconds.
HUNG_S: Final = 5.0
START_S: Final = 60.0
#: Before the next start; the longer one when it ended without a word, seconds.
SOON_S: Final = 0.2
LATER_S: Final = 3.0
#: Ends of a display that cannot be shown at all: bad usage, refused.
HOPELESS: Final = (1, 2)


class Keeper:
    """One display after the other, until it is left by PIN or this is ended."""

    def __init__(self, words: Sequence[str], line: str, tell: Callable[[str], None]) -> None:
        self._words, self._line, self._tell = list(words), line, tell
        self._child: subprocess.Popen[bytes] | None = None
        self._ends = 0

    def run(self) -> int:
        """The exit code of the command."""
        before = {one: signal.signal(one, self._end) for one in (signal.SIGTERM, signal.SIGINT)}
        try:
            while True:
                code, spoke, why = self._once()
                if self._ends:
                    return 130 if self._ends == signal.SIGINT else 0
                if code == LEFT:
                    self._tell(t("kiosk.cli.left"))
                    return 0
                if code in HOPELESS and not spoke:
                    return code
                self._tell(t("kiosk.cli.again", why=why))
                time.sleep(SOON_S if spoke else LATER_S)
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)

    def _end(self, number: int, _frame: FrameType | None) -> None:
        self._ends = number
        if self._child is not None:
            self._child.terminate()

    def _once(self) -> tuple[int, bool, str]:
        """Exit code, whether it ever spoke, and why it ended, in words."""
        read, write = os.pipe()
        environ = {**os.environ, BEAT: str(write)}
        feed = subprocess.PIPE if self._line else None
        self._child = child = subprocess.Popen(
            [*_program(), *self._words], env=environ, pass_fds=(write,), stdin=feed
        )
        os.close(write)
        if child.stdin is not None:
            child.stdin.write(self._line.encode() + b"\n")
            child.stdin.close()
        try:
            spoke, hung = self._listen(child, read)
        finally:
            os.close(read)
        code = child.wait()
        if hung:
            return code, spoke, t("kiosk.cli.why.hung", seconds=round(HUNG_S if spoke else START_S))
        if code < 0:
            return code, spoke, t("kiosk.cli.why.killed", number=-code)
        return code, spoke, t("kiosk.cli.why.ended", code=code)

    def _listen(self, child: subprocess.Popen[bytes], read: int) -> tuple[bool, bool]:
        """Until it ends; kills one that is silent for too long."""
        spoke = False
        while child.poll() is None:
            patience = HUNG_S if spoke else START_S
            ready = _readable(read, patience)
            if not ready:
                if child.poll() is None:
                    child.kill()
                    return spoke, True
                break
            if not os.read(read, 4096):
                # The pipe is closed: it is gone, or about to be.
                try:
                    child.wait(HUNG_S)
                except subprocess.TimeoutExpired:
                    child.kill()
                break
            spoke = True
        return spoke, False


def _readable(read: int, patience_s: float) -> bool:
    return bool(select.select([read], [], [], patience_s)[0])


def _program() -> list[str]:
    """How this program was started."""
    start = Path(sys.argv[0])
    if start.is_file() and start.suffix in ("", ".py") and start.name != "-c":
        return [sys.executable, str(start.resolve())]
    return [sys.executable, "-c", "import sys; from console.cli import main; sys.exit(main())"]


def keep(words: Sequence[str], line: str, tell: Callable[[str], None]) -> int:
    """Show the display with these words for as long as it is not left by PIN.
    ``line``: a password for its standard input."""
    return Keeper(words, line, tell).run()
