"""libVLC, where this machine has one."""

from __future__ import annotations

from typing import Any


class NoLibVlc(Exception):
    """libVLC cannot be loaded; ``str`` is the kind of error, for the log."""


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
