"""Pictures on the large display: a wall without keys, mouse or menus, its
captions as large as the distance asks for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from PySide6.QtCore import Qt

from console.domain.model import Camera
from console.widgets.layouts import PRESETS
from console.widgets.sight import Sight
from console.widgets.wall_plan import WallPlan
from console.widgets.wall_view import WallView

#: Captions are 14 px on a desk; here so much of the em.
CAPTION: Final = 0.5
DESK_PX: Final = 14
#: Nothing asked for, few large pictures.
USUAL: Final = "4"


class KioskWall(WallView):
    """:meth:`hang` shows a page of cameras, :meth:`hang_one` one."""

    def __init__(self, sight: Sight) -> None:
        super().__init__(sight)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def set_em(self, em: int) -> None:
        """Captions for this size of type."""
        self.caption_scale = max(1.0, em * CAPTION / DESK_PX)
        self._lay()

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        """All cameras there are; none is hung by itself."""
        self._board.set_cameras(cameras)
        self._lay()

    def hang(self, plan: WallPlan) -> None:
        """A whole wall."""
        if plan != self.plan:
            self.set_plan(plan)

    def hang_one(self, camera: str) -> None:
        """One camera, as large as there is room; none for an empty id."""
        self.hang(WallPlan(layout="1", slots=(camera,) if camera else (), seen=frozenset({camera})))

    @property
    def shown(self) -> tuple[str, ...]:
        """Cameras that are looked at here."""
        return tuple(tile.camera for tile in self.tiles if tile.camera)


def plan_of(layout: str, cameras: Collection[str]) -> WallPlan:
    """The wall of a preset; of an unknown name the usual one."""
    name = layout if layout in PRESETS else USUAL
    return WallPlan(layout=name, slots=tuple(cameras), seen=frozenset(cameras))
