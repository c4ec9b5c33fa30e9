"""Keeps a large display awake and in sight, from a thread of its own.

Three ways against sleep, since none is there everywhere: the X server's screen
saver and DPMS by ``xset`` (and read back from it), the session's by
``systemd-inhibit``, Windows by its own call.
"""

from __future__ import annotations

import logging
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from console.wiring.x_window import XWindows

log = logging.getLogger(__name__)

#: How often the window is looked for, and how often sleep is forbidden anew, seconds.
LOOK_S: Final = 1.0
AGAIN_S: Final = 60.0
_TIMEOUT: Final = re.compile(r"timeout:\s+(\d+)\s+cycle:\s+(\d+)")
_DPMS: Final = re.compile(r"DPMS is (Enabled|Disabled)")


@dataclass(frozen=True, slots=True)
class WindowLost:
    """Posted when the window is gone from the X server, or only hidden."""

    gone: bool


@dataclass(frozen=True, slots=True)
class Sleep:
    """What ``xset q`` says: seconds until the screen saver (0: never), and
    whether DPMS may switch the display off. ``None``: not known."""

    saver_s: int | None = None
    cycle_s: int = 600
    dpms: bool | None = None

    @property
    def forbidden(self) -> bool:
        """The display stays on."""
        return self.saver_s == 0 and not self.dpms


def sleep_now() -> Sleep:
    """Ask the X server."""
    said = _run("xset", "q")
    timeout, dpms = _TIMEOUT.search(said), _DPMS.search(said)
    if timeout is None:
        return Sleep()
    return Sleep(int(timeout[1]), int(timeout[2]), dpms[1] == "Enabled" if dpms is not None else False)


class KioskGuard:
    """Started with the window's number; ``post`` is called from its thread."""

    def __init__(self, window: int, post: Callable[[object], None]) -> None:
        self._window, self._post = window, post
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._work, name="kiosk-guard", daemon=True)
        self._inhibitor: subprocess.Popen[bytes] | None = None
        self.before = Sleep()

    def look_at(self, window: int) -> None:
        """Another window from now on."""
        self._window = window

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Sleep as before."""
        self._ends.set()
        self._thread.join(10.0)

    def _work(self) -> None:
        windows = XWindows()
        self.before = sleep_now()
        self._inhibit()
        rest = 0.0
        while not self._ends.is_set():
            if rest <= 0.0:
                self._forbid()
                rest = AGAIN_S
            there, seen = windows.stands(self._window)
            if not (there and seen):
                self._post(WindowLost(not there))
            self._ends.wait(LOOK_S)
            rest -= LOOK_S
        windows.close()
        self._allow()

    def _forbid(self) -> None:
        if sys.platform == "win32":
            import ctypes

            # ES_CONTINUOUS | ES_SYSTEM_REQUIRED | ES_DISPLAY_REQUIRED
            ctypes.windll.kernel32.SetThreadExecutionState(0x80000003)
            return
        if sleep_now().forbidden:
            return
        _run("xset", "s", "off", "s", "noblank")
        _run("xset", "-dpms")
        if sleep_now().saver_s not in (0, None):
            log.warning("the screen saver of this display cannot be switched off")

    def _inhibit(self) -> None:
        """The session's own sleep: held for as long as this process lives."""
        name = shutil.which("systemd-inhibit")
        if name is None:
            return
        words = [name, "--what=idle:sleep", "--who=fifteen", "--why=large display", "cat"]
        self._inhibitor = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def _allow(self) -> None:
        if self._inhibitor is not None:
            if self._inhibitor.stdin is not None:
                self._inhibitor.stdin.close()
            self._inhibitor.terminate()
            self._inhibitor.wait(10)
        if self.before.saver_s:
            _run("xset", "s", str(self.before.saver_s), str(self.before.cycle_s))
        if self.before.dpms:
            _run("xset", "+dpms")


def _run(*words: str) -> str:
    """What the program prints; empty where it is not there or fails."""
    if shutil.which(words[0]) is None:
        return ""
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout
