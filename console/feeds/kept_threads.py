"""Threads of a C library that call Python thirty times a second.

Python makes a state for a thread it does not know when that thread calls, and
throws it away when the call returns: sixteen kilobytes of memory mapped and
given back each time, which stops the other processors for a moment as well. A
wall of libVLC tiles spent a fifth of its processor on that. Here the state of
such a thread is kept from its first call until its owner says that it has ended.

It was tried with CPython 3.11 to 3.13. Elsewhere, and under the debugging
allocator (which takes a deleter for somebody without the lock), nothing is kept,
which costs speed and nothing else.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from typing import Any, Final

_DEBUGS: Final = (
    sys.flags.dev_mode
    or os.environ.get("PYTHONMALLOC", "").endswith("debug")
    or hasattr(sys, "gettotalrefcount")
)
KEEPS: Final = sys.implementation.name == "cpython" and sys.version_info < (3, 14) and not _DEBUGS
_api: Any = ctypes.pythonapi
if KEEPS:
    _api.PyGILState_Ensure.argtypes, _api.PyGILState_Ensure.restype = (), ctypes.c_int
    _api.PyThreadState_Get.argtypes, _api.PyThreadState_Get.restype = (), ctypes.c_void_p
    for _name in ("PyThreadState_Clear", "PyThreadState_Delete"):
        _call = getattr(_api, _name)
        _call.argtypes, _call.restype = (ctypes.c_void_p,), None


class KeptThreads:
    """The foreign threads of one owner. :meth:`keep` is called by them, each
    time; :meth:`forget` once, by a thread of Python's, when all have ended."""

    def __init__(self) -> None:
        self._known: set[int] = set()
        self._states: list[int] = []

    def keep(self) -> None:
        """Keep the calling thread's state; costs nothing after the first time."""
        me = threading.get_ident()
        if KEEPS and me not in self._known:
            self._known.add(me)
            # One more than the call's own: its return does not end the state.
            _api.PyGILState_Ensure()
            self._states.append(_api.PyThreadState_Get())

    def forget(self) -> None:
        """Delete the states. Only when their threads have ended: a thread that
        calls afterwards would use memory that is another's."""
        states, self._states = self._states, []
        if not states:
            return
        # In a thread of its own: some releases of Python clear the deleting
        # thread's own mark together with the state, and that one is about to end.
        helper = threading.Thread(target=_delete, args=(states,), name="forget-threads")
        helper.start()
        helper.join()


def _delete(states: list[int]) -> None:
    for state in states:
        _api.PyThreadState_Clear(state)
    for state in states:
        _api.PyThreadState_Delete(state)


def known_threads() -> int:
    """How many thread states this interpreter has, for tests; CPython only."""
    head, following = _api.PyInterpreterState_ThreadHead, _api.PyThreadState_Next
    for call in (_api.PyInterpreterState_Get, head, following):
        call.restype = ctypes.c_void_p
    state = head(ctypes.c_void_p(_api.PyInterpreterState_Get()))
    count = 0
    while state:
        count += 1
        state = following(ctypes.c_void_p(state))
    return count
