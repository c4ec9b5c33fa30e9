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


def _keys(group: str, **keys: str) -> tuple[Key, ...]:
    """Keys of a group by their ids."""
    return tuple(Key(name, pressed, group) for name, pressed in keys.items())


def _listed(group: str, **keys: str) -> tuple[Key, ...]:
    """Keys that F1 lists because the widget in focus handles them itself."""
    return tuple(Key(name, pressed, group, here=False) for name, pressed in keys.items())


#: Work in the whole window, also while the wall has the keyboard.
WINDOW_KEYS: Final = (
    *_keys("general", help="F1", command="Ctrl+K", language="F2", theme="F3", lock="Ctrl+L"),
    *_keys("general", next_pane="F6", switch="Alt+L"),
    *_keys("page", page_board="F5"),
    *_keys("alarm", ack1="Alt+1", ack2="Alt+2", ack3="Alt+3", jump="Alt+J", silence="F4"),
)
#: Work while the desk (not the wall) has the keyboard and nothing is typed.
DESK_KEYS: Final = (
    *_keys("case", next="A", new="N", new_hand="Shift+N", more="M"),
    *_keys("board", listing="B", cameras="/"),
)
#: Handled by the widget that has the keyboard.
LISTED_KEYS: Final = (
    *_listed("board", arrows="↑ ↓ ← →", enter="Enter", digits="0–9", escape="Esc"),
    *_listed("board", quick_filter="Ctrl+Alt+1–9", several="Shift+T U E P C"),
)
#: Handled by the wall, for the selected tile.
WALL_KEYS: Final = (
    *_listed("wall", wall_focus="Enter", wall_snapshot="S", wall_replay="Space", wall_step=", ."),
    *_listed("wall", wall_speed="[ ]", wall_save="C", wall_recorder="R", wall_zoom="Z"),
    *_listed("wall", wall_part="Shift+Z", wall_details="I", details="D", steer="P"),
    *_listed("wall", wall_swap="Ctrl+↑↓←→", wall_page="PgUp PgDn", wall_overview="O", wall_tour="T"),
    *_listed("wall", wall_layout="Ctrl+1–9", wall_salvo="Ctrl+Shift+1–9", wall_pin="K", wall_alarm="A"),
    *_listed("wall", wall_alarm_off="X", wall_alarm_tile="M", wall_undo="Ctrl+Z", wall_lock="Ctrl+L"),
)
#: Handled by the map, for what is chosen on it.
MAP_KEYS: Final = (
    *_listed("map", map_walk="Tab  Ctrl+↑↓←→", map_open="Enter", map_menu="Space", map_wall="W"),
    *_listed("map", map_pan="↑ ↓ ← →", map_zoom="+ −", map_home="Home", map_heat="H", map_layers="1–6"),
)
#: Handled by the page of figures.
FIGURE_KEYS: Final = _listed("page", figures_next="Ctrl+PgDown", figures_back="Ctrl+PgUp")
LIVE_KEYS: Final = _listed("page", live_point="← → Enter", live_chart="↑ ↓", live_span="1 2 3")
INDICATOR_KEYS: Final = _listed("page", figures_open="Enter B", figures_turn="P C G")
RANK_KEYS: Final = _listed("page", rank_choose="G M P [ ]", rank_cases="Enter L", rank_write="R E")
HISTORY_KEYS: Final = _listed("page", history_walk="Space , . < > [ ]")
#: Keys of single actions, for the open case.
ACTION_KEYS: Final[dict[Action, str]] = {
    Action.REJECT: "R",
    Action.REFUSE: "R",
    Action.VERIFY: "V",
    Action.MERGE: "G",
    Action.LINK: "L",
    Action.DISPATCH: "D",
    Action.ADD_TEAM: "D",
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
_FIGURES: Final = (*FIGURE_KEYS, *LIVE_KEYS, *INDICATOR_KEYS, *RANK_KEYS, *HISTORY_KEYS)
ALL_KEYS: Final = (*WINDOW_KEYS, *DESK_KEYS, *LISTED_KEYS, *WALL_KEYS, *MAP_KEYS, *_FIGURES)
#: Groups below each other, columns beside each other: the sheet of F1.
COLUMNS: Final = (("case", "map"), ("action", "general"), ("board", "page", "alarm"), ("wall",))
