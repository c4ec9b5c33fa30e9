"""How many files this process may have open: a camera is a connection in its
worker and a slot in shared memory here and there."""

from __future__ import annotations

from typing import Final

#: What six hundred cameras need in one worker, twice over: connection, slot,
#: pipes, libraries.
WANTED: Final = 4096
_MOST: Final = 65_536


def raise_limit() -> int:
    """Ask for as many open files as this user may have; children started
    afterwards inherit it. Returns the limit now in force (0: there is none)."""
    try:
        import resource
    except ImportError:
        return 0  # not on this system, which has no such limit for sockets
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return 0
    wanted = _MOST if hard == resource.RLIM_INFINITY else min(hard, _MOST)
    if soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
        except (OSError, ValueError):
            return soft
    return soft
