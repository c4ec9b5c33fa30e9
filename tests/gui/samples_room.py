"""Three monitors, one of them upright, as the sheet of screens is told of them."""

from __future__ import annotations

from typing import Final

from console.models.room_rows import ContentRow, PresetRow, RoomView, ScreenTile

VIEW: Final = RoomView(
    (
        ScreenTile(
            "a", 1, "DELL U2720Q · DP-1", "3840 × 2160 @ 150 %", 0, 0, 2560, 1440, "desk", "desk", True
        ),
        ScreenTile("b", 2, "AOC 24G2 · DP-2", "1080 × 1920", 2560, 0, 1080, 1920, "map", "show-map"),
        ScreenTile("c", 3, "HDMI-1", "1920 × 1080", 3640, 0, 1920, 1080, "", ""),
    ),
    (
        ContentRow("desk", "desk", "screen 1", "a"),
        ContentRow("show-map", "map", "screen 2", "b"),
        ContentRow("wall-1", "wall 1", "parked", parked=True),
        ContentRow("show-figures", "figures", "on the desk"),
    ),
    (
        PresetRow("day", "day", "not saved", "D", saved=False),
        PresetRow("night", "night", "dimmed", "N"),
        PresetRow("暴雨", "暴雨", "2 walls"),
    ),
    20,
    True,
)
