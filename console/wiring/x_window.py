"""Whether a window still stands on the X server, asked there and not of Qt:
another program may take a window away without Qt hearing of it."""

from __future__ import annotations

import ctypes
import ctypes.util
import logging
import sys
from typing import Any, Final

log = logging.getLogger(__name__)

#: Where ``map_state`` lies in the answer (xproto: GetWindowAttributes), and its
#: value for a window that can be seen.
_MAP_STATE: Final = 26
_VIEWABLE: Final = 2


class _Cookie(ctypes.Structure):
    _fields_ = (("sequence", ctypes.c_uint),)


class XWindows:
    """A connection of its own. One thread."""

    def __init__(self) -> None:
        self._xcb: Any = None
        self._link: Any = None
        name = ctypes.util.find_library("xcb") if sys.platform.startswith("linux") else None
        if not name:
            return
        xcb = ctypes.CDLL(name)
        xcb.xcb_connect.restype = ctypes.c_void_p
        xcb.xcb_connect.argtypes = (ctypes.c_char_p, ctypes.c_void_p)
        xcb.xcb_connection_has_error.argtypes = (ctypes.c_void_p,)
        xcb.xcb_disconnect.argtypes = (ctypes.c_void_p,)
        xcb.xcb_get_window_attributes.restype = _Cookie
        xcb.xcb_get_window_attributes.argtypes = (ctypes.c_void_p, ctypes.c_uint32)
        xcb.xcb_get_window_attributes_reply.restype = ctypes.c_void_p
        xcb.xcb_get_window_attributes_reply.argtypes = (ctypes.c_void_p, _Cookie, ctypes.c_void_p)
        link = xcb.xcb_connect(None, None)
        if xcb.xcb_connection_has_error(link):
            xcb.xcb_disconnect(link)
            return
        self._xcb, self._link = xcb, link
        self._free = ctypes.CDLL(None).free
        self._free.argtypes = (ctypes.c_void_p,)

    def stands(self, window: int) -> tuple[bool, bool]:
        """Whether the window exists, and whether it can be seen. Where there is
        no X server to ask, both are taken for granted."""
        if self._xcb is None:
            return True, True
        cookie = self._xcb.xcb_get_window_attributes(self._link, window)
        answer = self._xcb.xcb_get_window_attributes_reply(self._link, cookie, None)
        if not answer:
            return False, False
        state = ctypes.string_at(answer, _MAP_STATE + 1)[_MAP_STATE]
        self._free(answer)
        return True, state == _VIEWABLE

    def close(self) -> None:
        """Hang up."""
        if self._xcb is not None:
            self._xcb.xcb_disconnect(self._link)
            self._xcb = None
