"""What the sheet of screens shows: monitors, contents, presets. No Qt."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScreenTile:
    """A monitor to scale: its number, what stands on its own label, size in
    words, place in logical px, and the title of the window on it (empty: none)."""

    id: str
    number: int
    name: str
    size: str
    x: int
    y: int
    width: int
    height: int
    title: str
    window: str
    primary: bool = False


@dataclass(frozen=True, slots=True)
class ContentRow:
    """A window or page: where it is in words, and whether it is parked or
    stands on a display (``display``, empty for none)."""

    window: str
    title: str
    where: str
    display: str = ""
    parked: bool = False


@dataclass(frozen=True, slots=True)
class PresetRow:
    """``name`` as stored, ``title`` as said; ``keys`` one key away."""

    name: str
    title: str
    detail: str
    keys: str = ""
    saved: bool = True


@dataclass(frozen=True, slots=True)
class RoomView:
    """Everything on the sheet. ``dim`` in per cent; ``may_save``: presets."""

    screens: tuple[ScreenTile, ...] = ()
    contents: tuple[ContentRow, ...] = ()
    presets: tuple[PresetRow, ...] = ()
    dim: int = 0
    may_save: bool = False
