"""A virtual X server with several monitors, as a control room has them.

For machines without a display: the demonstration draws on it, and so do the
tests. The monitors are set with xrandr, so they can be pulled and plugged while
a program runs.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass

from console.domain.errors import Refusal

#: Name and geometry of the monitors of the test wall, left to right.
MONITORS = (("DP-1", "1920/508x1080/286+0+0"), ("DP-2", "1920/508x1080/286+1920+0"),
            ("DP-3", "1920/508x1080/286+3840+0"))  # fmt: skip


@dataclass
class VirtualDisplay:
    """A running Xvfb. ``name`` is what ``DISPLAY`` wants."""

    name: str
    process: subprocess.Popen[bytes]

    def xrandr(self, *words: str) -> None:
        """Run xrandr on this display."""
        env = dict(os.environ, DISPLAY=self.name)
        subprocess.run(["xrandr", *words], env=env, check=True, capture_output=True, timeout=20)

    def plug(self, index: int) -> None:
        """Connect monitor ``index`` (0–2)."""
        name, geometry = MONITORS[index]
        self.xrandr("--setmonitor", name, geometry, "screen" if index == 0 else "none")

    def unplug(self, index: int) -> None:
        """Pull the cable of monitor ``index``."""
        self.xrandr("--delmonitor", MONITORS[index][0])

    def stop(self) -> None:
        """End the server."""
        self.process.terminate()
        self.process.wait(timeout=10)


def start(width: int = 5760, height: int = 1080, monitors: int = 3) -> VirtualDisplay:
    """Start Xvfb on a free number. ``-noreset``: otherwise the monitors are
    gone as soon as xrandr hangs up."""
    if not shutil.which("Xvfb"):
        raise Refusal("no_display", "no_xvfb")
    read, write = os.pipe()
    # The server goes with whoever started it, also when that is killed.
    guard = ["setpriv", "--pdeathsig", "TERM", "--"] if shutil.which("setpriv") else []
    process = subprocess.Popen(
        [
            *guard,
            "Xvfb",
            "-displayfd",
            str(write),
            "-screen",
            "0",
            f"{width}x{height}x24",
            "-noreset",
            "-nolisten",
            "tcp",
        ],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        number = pipe.readline().strip().decode()
    if not number:
        process.wait(timeout=10)
        raise Refusal("no_display", "xvfb_failed")
    display = VirtualDisplay(f":{number}", process)
    for index in range(monitors):
        display.plug(index)
    return display
