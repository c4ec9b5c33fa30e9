"""Judging the rows of a camera table, one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from console.domain.errors import Refusal
from console.domain.model import Camera
from console.domain.stream_addresses import must_be_asked
from console.services import camera_rows
from console.services.camera_rows import Known, Wish
from console.services.reference import ImportRow
from console.services.sheets import Row, unguard

#: What a device said: columns to be taken, or why there are none.
Answered = Mapping[str, str] | Refusal
#: Asks the devices of rows that have no address; by the number of the row.
Asking = Callable[[Sequence[Row]], Mapping[int, Answered]]


def to_be_asked(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Rows whose device has to be asked for its address."""
    return tuple(
        row
        for row in rows
        if not row.get("url") and row.get("host") and must_be_asked(unguard(row.get("vendor")))
    )


class Judge:
    """Reads the rows of a table one by one; ``wishes`` is what has to be stored."""

    def __init__(
        self,
        stored: Mapping[str, Camera],
        known: Known,
        same: Callable[[Camera, str], bool],
        asked: Mapping[int, Answered] | None = None,
    ) -> None:
        self.wishes: dict[str, Wish] = {}
        self._stored, self._known, self._same = stored, known, same
        self._asked = asked or {}
        self._rows: dict[str, int] = {}

    def row(self, row: Row) -> ImportRow:
        """What becomes of one row."""
        cells = {name: unguard(row.get(name)) for name in camera_rows.COLUMNS if name in row.cells}
        shown = cells.get("id", "")[:80]
        try:
            name = camera_rows.camera_id(cells.get("id", ""))
            if name in self._rows:
                raise Refusal("bad_row", "duplicate", row=self._rows[name], value=name)
            old = self._stored.get(name)
            cells |= self._answer(row.number)
            wish = camera_rows.read(cells, old, self._known)
        except Refusal as refusal:
            return ImportRow(row.number, False, shown, "refused", refusal)
        self._rows[name] = row.number
        same = wish.password is None or (old is not None and self._same(old, wish.password))
        action = "added" if old is None else "unchanged" if same and wish.camera == old else "updated"
        if action != "unchanged":
            self.wishes[name] = wish
        return ImportRow(row.number, True, name, action, hints=wish.hints)

    def _answer(self, number: int) -> Mapping[str, str]:
        said = self._asked.get(number, {})
        if isinstance(said, Refusal):
            raise said
        return said
