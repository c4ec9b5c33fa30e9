"""The console begins anew in its own place: into the version that is installed now."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Final

#: Options of the command line that cannot be given a second time: the password
#: on standard input has been read.
_ONCE: Final = frozenset({"--password-stdin"})
_ONCE_WITH_VALUE: Final = frozenset({"--user"})


def command(words: Sequence[str]) -> list[str]:
    """The command that starts the same console again; who sits there signs in."""
    kept: list[str] = []
    skip = False
    once = any(word in _ONCE for word in words)
    for word in words:
        if skip:
            skip = False
        elif once and word in _ONCE_WITH_VALUE:
            skip = True
        elif word not in _ONCE and not (once and word.startswith("--user=")):
            kept.append(word)
    return [sys.executable, *kept[1:]]


def site_command(words: Sequence[str]) -> list[str]:
    """The command that starts the real console in place of the demonstration."""
    return [sys.executable, *words[1 : list(words).index("demo", 1)], "run"]


def again() -> None:
    """Replace this process. Everything has been stopped and closed before."""
    _become(command(sys.orig_argv))


def to_site() -> None:
    """Replace the demonstration by the console of the site set up from it."""
    _become(site_command(sys.orig_argv))


def _become(words: list[str]) -> None:
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    if os.name == "nt":
        # There a process cannot be replaced: another one begins, this one ends.
        subprocess.Popen(words)
        return
    os.execv(words[0], words)
