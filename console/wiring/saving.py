"""C on a tile: save the last seconds, into the camera's open case or a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from console.clips import ClipOrder, Clips, ClipSaved
from console.i18n import explain, t
from console.services.views import CaseCard
from console.widgets.wall_pane import WallPane

if TYPE_CHECKING:
    from console.engine import Engine
    from console.wiring.replay import Replay

#: What the menu offers, seconds; the second is what Enter takes.
LENGTHS: Final = (10, 30, 60)


class Saving(QObject):
    """Asks how much and where to, and says what became of it."""

    def __init__(self, part: Replay) -> None:
        super().__init__(part)
        self._part, self._console = part, part.console
        self._engine: Engine = self._console.engine
        self._clips = Clips(self._engine.beside, self._engine.submit, self._console.bridge.post)
        self.menu: QMenu | None = None

    def stop(self) -> None:
        """Finish what is under way."""
        self._clips.stop()

    def ask(self, pane: WallPane, camera: str) -> None:
        """Show the menu over the camera's tile."""
        if self._console.actor is None:
            self._console.say(t("replay.said.sign_in"))
            return
        menu = QMenu(pane.wall)
        if self.menu is not None:
            self.menu.deleteLater()
        card = self._case_of(camera)
        places = ([card] if card is not None else []) + [None]
        first: QAction | None = None
        for place in places:
            where = t("replay.save.case", number=place.number) if place else t("replay.save.folder")
            menu.addSection(where)
            for seconds in LENGTHS:
                action = menu.addAction(t("replay.save.seconds", seconds=seconds))
                action.setData((camera, seconds, place.id if place else "", place.number if place else ""))
                if seconds == LENGTHS[1] and first is None:
                    first = action
        menu.triggered.connect(self._chosen)
        self.menu = menu
        menu.popup(pane.wall.mapToGlobal(corner(pane, camera)))
        if first is not None:
            menu.setActiveAction(first)

    def _case_of(self, camera: str) -> CaseCard | None:
        board = self._console.board
        cards = [card for card in board.cards if card.camera == camera] if board is not None else []
        return max(cards, key=_id_of) if cards else None

    @Slot(object)
    def _chosen(self, action: QAction) -> None:
        camera, seconds, case_id, number = action.data()
        self.save(camera, seconds, case_id, number)

    def save(self, camera: str, seconds: int, case_id: str = "", number: str = "") -> None:
        """Save the seconds before now, or before where the replay stands."""
        actor = self._console.actor
        if actor is None:
            return
        replays = self._part.replays
        state = replays.state(camera)
        known = next((one for one in self._console.cameras if one.id == camera), None)
        places = self._console.options.places
        order = ClipOrder(
            camera=camera,
            camera_name=known.name if known is not None else camera,
            seconds=float(seconds),
            end=self._engine.clock.now() if state is None else state.position,
            folder=places.spool if case_id else places.data / "clips",
            actor=actor,
            source="recorder" if state is not None and state.recorder else "ring",
            case_id=case_id,
            case_number=number,
            clock_offset_s=self._engine.clock_offset(camera),
        )
        self._clips.save(order, replays.clip)

    def posted(self, what: object) -> None:
        """Say where the clip lies, or why there is none."""
        if not isinstance(what, ClipSaved):
            return
        if what.refusal is not None:
            self._console.say(t("replay.said.not_saved", reason=explain(what.refusal)[0]))
            return
        facts = {"seconds": f"{what.length_s:.0f}", "file": Path(what.path).name}
        if what.order.case_id:
            self._console.say(t("replay.said.saved_case", number=what.order.case_number, **facts))
        else:
            self._console.say(t("replay.said.saved_folder", folder=str(Path(what.path).parent), **facts))


def corner(pane: WallPane, camera: str) -> QPoint:
    """Inside the upper left corner of a camera's tile."""
    unit = pane.wall.devicePixelRatioF()
    for tile in pane.wall.tiles:
        if tile.camera == camera:
            return QPoint(round(tile.box.tile.x / unit) + 24, round(tile.box.tile.y / unit) + 40)
    return QPoint(24, 40)


def _id_of(card: CaseCard) -> str:
    return card.id
