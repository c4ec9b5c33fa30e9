"""What the interpreter's garbage collector has to look at.

A console holds every open case in memory. With ten thousand of them one full
collection walks a million objects and holds every thread up for a third of a
second. What stands when the first board has been drawn stays for as long as
the console runs or goes by its reference count, so it is taken out of those
walks once; what is made later is looked at as ever.
"""

from __future__ import annotations

import gc
from typing import Final

#: Allocations before the youngest are looked at, and how many such looks lead
#: to a walk over the next and the oldest generation. Python's own 700, 10, 10
#: are meant for small programs.
THRESHOLDS: Final = (10_000, 20, 50)


def begin() -> None:
    """A start makes a million objects and leaves none of them behind: the collector
    waits until :func:`settle`, which a start must reach. Walking over them again and
    again took a fifth of it."""
    gc.disable()


def settle() -> None:
    """Take what stands now out of the collector's walks; takes microseconds."""
    gc.enable()
    gc.set_threshold(*THRESHOLDS)
    gc.freeze()


def settle_at_last() -> None:
    """A start whose board never came (nobody has signed in) is over as well."""
    if not gc.isenabled():
        settle()


def unsettle() -> None:
    """Everything as Python has it: a console that has ended leaves no trace."""
    gc.enable()
    gc.unfreeze()
    gc.set_threshold(700, 10, 10)
