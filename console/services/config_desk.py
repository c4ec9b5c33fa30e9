"""What the sections of standards and settings ask: the parts of the configuration,
a row of one, its versions, tables and whole files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from console.config_words import fields_words, part_name, row_name
from console.domain.calendars import WorkingCalendar
from console.domain.gb28181 import Hint
from console.domain.model import Actor
from console.services import permissions
from console.services.config import PARTS, RIGHT, Applied, ConfigService
from console.services.config_diff import KEPT, REMOVED, ConfigDiff, Row, Rows
from console.services.config_versions import Version, versions_of
from console.services.ports import Clock, UnitOfWorkFactory
from console.services.reference import ImportReport, ImportRow
from console.services.requests import Heavy, HeavyWrite, Request

if TYPE_CHECKING:
    from console.services.assembly import Services

#: Tables with a file of their own kind.
TABLES: Final = (
    "standard", "teams", "places", "calendar", "promises", "thresholds", "checklists", "review",
)  # fmt: skip
#: Parts whose rows are edited as plain fields.
FORMS: Final = (
    "standard", "teams", "places", "calendar", "promises", "thresholds", "priorities", "checklists",
    "settings", "causes", "shifts", "review",
)  # fmt: skip
#: The holidays of a year are published in November of the one before; from this
#: day on the next year's are missed: month and day.
ASK_FROM: Final = (11, 15)
_ZONE: Final = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class PartView:
    """A part with its rows; ``year``: one whose holidays are not entered yet, 0
    for none."""

    name: str
    rows: Rows
    year: int = 0


@dataclass(frozen=True, slots=True)
class LoadParts(Heavy):
    """→ ``tuple[PartView, ...]``."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PutRow(Request):
    """Change or add a row; ``was``: as it was looked at, ``None`` for a new one
    → ``PartView`` as it is then."""

    part: str
    key: str
    row: Mapping[str, Any]
    was: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class LoadVersions(Heavy):
    """→ ``tuple[Version, ...]``, the newest first."""

    part: str
    key: str


@dataclass(frozen=True, slots=True)
class TakeFile(HeavyWrite):
    """A table for ``part``, or a whole configuration where that is empty; a dry
    run changes nothing → ``ImportReport``."""

    part: str
    file: str
    dry_run: bool = True


@dataclass(frozen=True, slots=True)
class WriteConfig(HeavyWrite):
    """→ rows written."""

    file: str
    accounts: bool = False


@dataclass(frozen=True, slots=True)
class UndoConfig(HeavyWrite):
    """→ ``ConfigDiff``: what was taken back."""


class ConfigDesk:
    """Raises ``Refusal``."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._uows: UnitOfWorkFactory = services.uows
        self._clock: Clock = services.clock
        self._config: ConfigService = services.config

    def parts(self, actor: Actor, names: tuple[str, ...]) -> tuple[PartView, ...]:
        """Parts with their rows."""
        permissions.demand(actor, RIGHT)
        now = self._clock.now()
        with self._uows.read() as uow:
            return tuple(_view(name, PARTS[name].read(uow, now), now) for name in names)

    def put(self, actor: Actor, part: str, key: str, row: Row, was: Row | None) -> PartView:
        """One row, judged as one of a file. Raises ``conflict`` when somebody was
        quicker."""
        permissions.demand(actor, RIGHT)
        return _view(part, self._config.put_row(actor, part, key, row, was), self._clock.now())

    def versions(self, actor: Actor, part: str, key: str) -> tuple[Version, ...]:
        """How a condition, promise or threshold came to what it is."""
        permissions.demand(actor, RIGHT)
        with self._uows.read() as uow:
            return versions_of(uow, part, key)

    def take(self, actor: Actor, part: str, file: Path, dry_run: bool) -> ImportReport:
        """A table of one part, or a whole configuration. Raises ``bad_file``."""
        permissions.demand(actor, RIGHT)
        if not part:
            if dry_run:
                return report_of(self._config.diff(actor, file), True)
            return report_of(self._config.apply(actor, file).diff, False)
        made = self._services
        readers: Mapping[str, Callable[..., ImportReport]] = {
            "standard": made.reference.import_standard,
            "teams": made.reference.import_teams,
            "places": made.reference.import_places,
            "calendar": made.reference.import_calendar,
            "promises": made.promises.import_table,
            "thresholds": made.thresholds.import_table,
            "checklists": made.sop.import_table,
            "review": made.reviews.checklist.import_table,
        }
        return readers[part](actor, file, dry_run=dry_run)


def report_of(found: ConfigDiff, dry_run: bool) -> ImportReport:
    """A comparison as the rows of an import: what cannot be taken alone where
    there is anything of the kind, since then nothing is."""
    rows = [
        ImportRow(at, False, _id(one.part, one.key), "refused", one.refusal)
        for at, one in enumerate(found.problems, start=1)
    ]
    if not rows:
        rows = [
            ImportRow(
                at,
                True,
                _id(one.part, one.key),
                "added" if one.kind == "added" else "updated",
                hints=(Hint("gone" if one.kind == REMOVED else "what", {"what": fields_words(one)}),),
            )
            for at, one in enumerate(found.effective, start=1)
            if one.kind != KEPT
        ]
    return ImportReport(tuple(rows), tuple(found.unknown), dry_run)


def missing_year(rows: Rows, today: date) -> int:
    """The year whose holidays should be in the calendar and are not; 0 for none."""
    calendar = WorkingCalendar.from_rows(rows.values())
    if not calendar.has_year(today.year):
        return today.year
    late = (today.month, today.day) >= ASK_FROM
    return today.year + 1 if late and not calendar.has_year(today.year + 1) else 0


def _view(name: str, rows: Rows, now: datetime) -> PartView:
    year = missing_year(rows, now.astimezone(_ZONE).date()) if name == "calendar" else 0
    return PartView(name, rows, year)


def _id(part: str, key: str) -> str:
    return f"{part_name(part)}  {row_name(part, key)}".rstrip()


def handlers(services: Services) -> Mapping[type, Callable[[Any], object]]:
    """What windows may ask."""
    desk = ConfigDesk(services)

    def load(request: LoadParts) -> tuple[PartView, ...]:
        return desk.parts(request.actor, request.parts)

    def put(request: PutRow) -> PartView:
        return desk.put(request.actor, request.part, request.key, request.row, request.was)

    def versions(request: LoadVersions) -> tuple[Version, ...]:
        return desk.versions(request.actor, request.part, request.key)

    def take(request: TakeFile) -> ImportReport:
        return desk.take(request.actor, request.part, Path(request.file), request.dry_run)

    def write(request: WriteConfig) -> int:
        return services.config.export(request.actor, Path(request.file), accounts=request.accounts)

    def undo(request: UndoConfig) -> ConfigDiff:
        done: Applied = services.config.undo(request.actor)
        return done.diff

    return {
        LoadParts: load,
        PutRow: put,
        LoadVersions: versions,
        TakeFile: take,
        WriteConfig: write,
        UndoConfig: undo,
    }
