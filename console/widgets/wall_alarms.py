"""Alarm tiles of a wall: what an alarm shows on them instead of what hangs
there. The plan of the wall is never touched, so what hung there comes back."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QApplication

from console.models.alarm_tiles import Loan
from console.widgets.hangings import camera_of
from console.widgets.wall_view import WallView


class WallAlarms(WallView):
    """Adds to the painted wall that tiles can be lent."""

    _home: int | None = None

    alarmWanted = Signal()
    """A: to the next alarm tile."""
    alarmReleased = Signal()
    """X: what hung on the alarm's tiles comes back."""

    @property
    def loans(self) -> Mapping[int, Loan]:
        """What is shown for alarms now, by tile."""
        return {tile.index: tile.loan for tile in self._board.tiles if tile.loan is not None}

    @property
    def lent(self) -> frozenset[str]:
        """Cameras shown for alarms."""
        return frozenset(loan.camera for loan in self.loans.values())

    @property
    def lending(self) -> tuple[int, ...]:
        """Tiles that alarms may have, in the order in which they are taken."""
        return self._board.lending

    def lend(self, loans: Mapping[int, Loan]) -> None:
        """Show these cameras on these tiles, and on all others what hangs there."""
        if dict(loans) == dict(self._board.loans):
            return
        if self._board.lend(loans):
            away = self._selected in self.loans
            self._lay()
            if away and self._selected not in self.loans and not self.hasFocus():
                self.leave_alarm()
            self.select(self._selected)  # it may have another camera now

    def select(self, index: int) -> None:
        """See :meth:`WallView.select`; where it came from to an alarm is kept."""
        if index in self.loans and self._selected not in self.loans:
            self._home = self._selected
        super().select(index)

    def leave_alarm(self) -> None:
        """The selection back to where it was before it went to an alarm: else
        this tile would be kept from the next one."""
        if self._home is not None:
            super().select(self._home)
        self._home = None

    def takeable(self) -> tuple[int, ...]:
        """Alarm tiles an alarm may have now: not the selected one, none that
        replays, but for those it has already."""
        tiles = self._board.tiles
        return tuple(
            index
            for index in self._board.lending
            if tiles[index].loan is not None or not (tiles[index].source or index == self._selected)
        )

    def in_hand(self) -> frozenset[int]:
        """Lent tiles that must not change under the officer's hand: one that
        replays, and the selected one while the wall has the keyboard or a menu
        is open on it."""
        held = self.hasFocus() or QApplication.activePopupWidget() is not None
        return frozenset(
            tile.index
            for tile in self._board.tiles
            if tile.loan is not None and (tile.source or (held and tile.index == self._selected))
        )

    def hangs(self, camera: str) -> bool:
        """This camera hangs on the wall, on any page, or is lent to it."""
        tokens = (*self.plan.tokens, *(tile.token for tile in self._board.tiles))
        return any(camera_of(token) == camera for token in tokens)

    @Slot()
    def _to_alarm(self) -> None:
        self.alarmWanted.emit()

    @Slot()
    def _release_alarm(self) -> None:
        self.alarmReleased.emit()
