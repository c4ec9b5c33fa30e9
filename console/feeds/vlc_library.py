"""libVLC, where this machine has one."""

from __future__ import annotations

import ctypes
import sys
from typing import Any, Final

#: glibc's ``mallopt``: parameter → bytes. A player's pictures come and go in
#: several threads, each with a heap of its own; by default each heap gives its
#: room back to the system with every picture and asks for it again.
_HEAPS: Final = {-1: 256 << 20, -2: 1 << 20, -3: 32 << 20}  # trim, pad, mmap threshold


class NoLibVlc(Exception):
    """libVLC cannot be loaded; ``str`` is the kind of error, for the log."""


def keep_room() -> None:
    """Let the heaps of this process keep the room they once had: many players
    side by side cost a twentieth less. Does nothing where libc is another."""
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for parameter, size in _HEAPS.items():
            mallopt(parameter, size)


def load() -> Any:
    """The module ``vlc``. Raises :class:`NoLibVlc`: it is not installed, cannot
    be loaded, or ``PYTHON_VLC_LIB_PATH`` names a file that is none (for which
    python-vlc would end the whole process)."""
    try:
        import vlc
    except (
        ImportError,
        OSError,
        NameError,
        AttributeError,
        KeyError,
        NotImplementedError,
        SystemExit,
    ) as error:
        raise NoLibVlc(type(error).__name__) from error
    return vlc
