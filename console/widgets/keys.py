"""Every key of the desk in one table: the shortcuts, F1 and the buttons read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from console.domain.vocabulary import Action


@dataclass(frozen=True, slots=True)
class Key:
    """``keys`` as Qt writes it (``Ctrl+K``); ``text`` a key of ``desk.keys``;
    ``group`` a heading; ``here`` False for keys that only F1 lists because the
    widget in focus handles them itself."""

    id: str
    keys: str
    group: str
    here: bool = True


#: Work in the whole window, also while the wall has the keyboard.
WINDOW_KEYS: Final = (
    Key("help", "F1", "general"),
    Key("command", "Ctrl+K", "general"),
    Key("language", "F2", "general"),
    Key("theme", "F3", "general"),
    Key("lock", "Ctrl+L", "general"),
    Key("next_pane", "F6", "general"),
    Key("page_board", "F5", "page"),
    Key("ack1", "Alt+1", "alarm"),
    Key("ack2", "Alt+2", "alarm"),
    Key("ack3", "Alt+3", "alarm"),
    Key("jump", "Alt+J", "alarm"),
    Key("silence", "F4", "alarm"),
)
#: Work while the desk (not the wall) has the keyboard and nothing is typed.
DESK_KEYS: Final = (
    Key("next", "A", "case"),
    Key("new", "N", "case"),
    Key("new_hand", "Shift+N", "case"),
    Key("more", "M", "case"),
    Key("listing", "B", "board"),
    Key("cameras", "/", "board"),
)
#: Handled by the widget that has the keyboard.
LISTED_KEYS: Final = (
    Key("arrows", "↑ ↓ ← →", "board", here=False),
    Key("enter", "Enter", "board", here=False),
    Key("digits", "0–9", "board", here=False),
    Key("escape", "Esc", "board", here=False),
    Key("quick_filter", "Ctrl+Alt+1–9", "board", here=False),
    Key("several", "Shift+T U E P C", "board", here=False),
)
#: Handled by the wall, for the selected tile.
WALL_KEYS: Final = (
    Key("wall_focus", "Enter", "wall", here=False),
    Key("wall_snapshot", "S", "wall", here=False),
    Key("wall_replay", "Space", "wall", here=False),
    Key("wall_step", ", .", "wall", here=False),
    Key("wall_speed", "[ ]", "wall", here=False),
    Key("wall_save", "C", "wall", here=False),
    Key("wall_recorder", "R", "wall", here=False),
    Key("wall_zoom", "Z", "wall", here=False),
    Key("wall_part", "Shift+Z", "wall", here=False),
    Key("wall_details", "I", "wall", here=False),
    Key("details", "D", "wall", here=False),
    Key("steer", "P", "wall", here=False),
    Key("wall_swap", "Ctrl+↑↓←→", "wall", here=False),
    Key("wall_page", "PgUp PgDn", "wall", here=False),
    Key("wall_overview", "O", "wall", here=False),
    Key("wall_tour", "T", "wall", here=False),
    Key("wall_layout", "Ctrl+1–9", "wall", here=False),
    Key("wall_salvo", "Ctrl+Shift+1–9", "wall", here=False),
    Key("wall_pin", "K", "wall", here=False),
    Key("wall_alarm", "A", "wall", here=False),
    Key("wall_alarm_off", "X", "wall", here=False),
    Key("wall_alarm_tile", "M", "wall", here=False),
    Key("wall_undo", "Ctrl+Z", "wall", here=False),
    Key("wall_lock", "Ctrl+L", "wall", here=False),
)
#: Handled by the map, for what is chosen on it.
MAP_KEYS: Final = (
    Key("map_walk", "Tab  Ctrl+↑↓←→", "map", here=False),
    Key("map_open", "Enter", "map", here=False),
    Key("map_menu", "Space", "map", here=False),
    Key("map_wall", "W", "map", here=False),
    Key("map_pan", "↑ ↓ ← →", "map", here=False),
    Key("map_zoom", "+ −", "map", here=False),
    Key("map_home", "Home", "map", here=False),
    Key("map_heat", "H", "map", here=False),
    Key("map_layers", "1–6", "map", here=False),
)
#: Keys of single actions, for the open case.
ACTION_KEYS: Final[dict[Action, str]] = {
    Action.REJECT: "R",
    Action.REFUSE: "R",
    Action.VERIFY: "V",
    Action.MERGE: "G",
    Action.LINK: "L",
    Action.DISPATCH: "D",
    Action.SUSPEND: "P",
    Action.RESUME: "P",
    Action.EXTEND: "X",
    Action.URGE: "U",
    Action.NOTE: "T",
    Action.ATTACH: "E",
    Action.CORRECT: "C",
    Action.SUPERVISE: "H",
    Action.REPLY: "Shift+H",
    Action.REOPEN: "O",
}
ALL_KEYS: Final = (*WINDOW_KEYS, *DESK_KEYS, *LISTED_KEYS, *WALL_KEYS, *MAP_KEYS)
#: Groups below each other, columns beside each other: the sheet of F1.
COLUMNS: Final = (("case", "map"), ("action", "general"), ("board", "page", "alarm"), ("wall",))
