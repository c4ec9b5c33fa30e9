"""The whole configuration of a site as one file (配置文件).

It holds what people set: standard, limits, thresholds, calendars, teams, places,
checklists, layouts, settings, cameras without passwords, and accounts (names and
roles, never a password) where that was asked for. Evidence, cases, histories and
what is of the moment are no configuration; neither is a secret.

A file is compared before it is taken, taken in one transaction or not at all,
told in the audit log, and can be taken back: a copy is made before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from console.domain.errors import Refusal
from console.domain.model import Actor
from console.services import audit, config_file, permissions
from console.services.config_diff import KEPT, Change, ConfigDiff, Row, Rows, compare, differences
from console.services.config_file import ConfigFile
from console.services.config_tables import TABLES, Part, Taking
from console.services.config_texts import TEXTS
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory

PARTS: Final[Mapping[str, Part]] = {part.name: part for part in (*TABLES, *TEXTS)}
RIGHT: Final = "setting.edit"
#: Copies made before an import; the oldest go.
COPIES: Final = 20
#: What others read anew after a change.
TOUCHED: Final = ("setting", "standard", "camera", "user", "report")
_FOLDER: Final = "configuration"


@dataclass(frozen=True, slots=True)
class Applied:
    """What an import did; ``copy``: the file that takes it back."""

    diff: ConfigDiff
    copy: str = ""


class ConfigService:
    """Raises ``Refusal``."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock, data: Path) -> None:
        self._uows, self._clock = uows, clock
        self._folder = data / _FOLDER

    def export(self, actor: Actor, file: Path, *, accounts: bool = False, parts: Sequence[str] = ()) -> int:
        """Write the configuration, or some ``parts`` of it; answers how many rows.
        Raises ``bad_file`` for a file that cannot be written, ``bad_value`` for a
        part nobody knows."""
        permissions.demand(actor, RIGHT)
        chosen = _chosen(actor, parts, accounts)
        with self._uows.write() as uow:
            found = self._read(uow, chosen)
            text = config_file.write(found)
            config_file.store(file, text)
            rows = sum(len(part) for part in found.parts.values())
            audit.write(
                uow,
                self._clock,
                actor,
                "export",
                what="configuration",
                file=file.name,
                parts=list(found.parts),
            )
            uow.commit()
        return rows

    def diff(self, actor: Actor, file: Path, *, parts: Sequence[str] = ()) -> ConfigDiff:
        """What taking ``file`` would change, and what of it cannot be taken."""
        permissions.demand(actor, RIGHT)
        given = config_file.read(file)
        with self._uows.write() as uow:
            # The very import, in a transaction that is not kept.
            return self._take(uow, actor, given, parts)

    def apply(self, actor: Actor, file: Path, *, parts: Sequence[str] = ()) -> Applied:
        """Take ``file``: all of it or, with a single row that cannot be taken,
        nothing (the answer's diff names it). A copy is made before."""
        permissions.demand(actor, RIGHT)
        given = config_file.read(file)
        with self._uows.write() as uow:
            before = self._read(uow, _everything(actor))
            found = self._take(uow, actor, given, parts)
            if not found.ok or not found.effective:
                return Applied(found)
            copy = self._keep(before)
            touched = sorted({one.part for one in found.effective})
            audit.write(
                uow,
                self._clock,
                actor,
                "config",
                what="import",
                file=file.name,
                parts=touched,
                copy=copy.name,
                **{kind: n for kind, n in found.counts().items() if kind != KEPT},
            )
            for kind in TOUCHED:
                uow.touch(kind)
            uow.commit()
        return Applied(found, str(copy))

    def put_row(self, actor: Actor, part: str, key: str, row: Row, was: Row | None) -> Rows:
        """Take one row as one of a file would be taken; answers the part as it is
        then. ``was``: the row as it was looked at. Raises ``conflict``."""
        permissions.demand(actor, RIGHT)
        _demand_known((part,))
        room, now = PARTS[part], self._clock.now()
        permissions.demand(actor, room.right)
        with self._uows.write() as uow:
            here = room.read(uow, now)
            if here.get(key) != was:
                raise Refusal("conflict", "config_row", key=key[:60])
            changed = differences(was or {}, row)
            if not changed:
                return here
            taking = Taking(uow, actor, now)
            room.write(taking, {key: row}, ())
            if taking.problems:
                raise taking.problems[0].refusal
            facts = {name: [_short(old), _short(new)] for name, old, new in changed}
            audit.write(uow, self._clock, actor, "setting", what=part, row=key, fields=facts)
            for kind in TOUCHED:
                uow.touch(kind)
            uow.commit()
        with self._uows.read() as uow:
            return room.read(uow, now)

    def undo(self, actor: Actor) -> Applied:
        """Take the newest copy back; what an import added to a table that cases
        may name stays, and the answer says so. Raises ``bad_file`` without one."""
        permissions.demand(actor, RIGHT)
        copies = self.copies(actor)
        if not copies:
            raise Refusal("bad_file", "config_no_copy")
        done = self.apply(actor, copies[-1])
        if done.diff.ok:
            copies[-1].unlink(missing_ok=True)
        return done

    def copies(self, actor: Actor) -> tuple[Path, ...]:
        """The copies made before imports, the newest last."""
        permissions.demand(actor, RIGHT)
        return tuple(sorted(self._folder.glob("before-*.json")))

    def _read(self, uow: UnitOfWork, parts: Sequence[Part]) -> ConfigFile:
        now = self._clock.now()
        rows = {part.name: {key: dict(row) for key, row in part.read(uow, now).items()} for part in parts}
        return ConfigFile(now.isoformat(), uow.settings.get("site.name"), rows)

    def _take(self, uow: UnitOfWork, actor: Actor, given: ConfigFile, parts: Sequence[str]) -> ConfigDiff:
        unknown = tuple(sorted(set(given.parts) - set(PARTS)))
        wanted = [part for part in PARTS.values() if part.name in given.parts]
        if parts:
            _demand_known(parts)
            wanted = [part for part in wanted if part.name in parts]
        now = self._clock.now()
        taking, changes = Taking(uow, actor, now), list[Change]()
        for part in wanted:
            here, rows = part.read(uow, now), given.parts[part.name]
            found = compare(part.name, here, rows, removes=part.removes)
            changes += found
            fresh = {one.key: rows[one.key] for one in found if one.key in rows}
            gone = tuple(one.key for one in found if one.kind == "removed")
            if fresh or gone:
                permissions.demand(actor, part.right)
                part.write(taking, fresh, gone)
        return ConfigDiff(
            tuple(changes),
            tuple(taking.problems),
            tuple(part.name for part in wanted),
            unknown,
            given.form,
            given.made_at,
            given.site,
        )

    def _keep(self, before: ConfigFile) -> Path:
        """The copy, in a file only this account reads; the oldest ones go."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        at = datetime.fromisoformat(before.made_at)
        file = self._folder / f"before-{at:%Y%m%dT%H%M%S%f}.json"
        config_file.store(file, config_file.write(before))
        for old in sorted(self._folder.glob("before-*.json"))[:-COPIES]:
            old.unlink(missing_ok=True)
        return file


def _chosen(actor: Actor, names: Sequence[str], accounts: bool) -> list[Part]:
    _demand_known(names)
    if accounts or "accounts" in names:
        permissions.demand(actor, "user.read")
    found = [part for part in PARTS.values() if not part.asked or accounts or part.name in names]
    return [part for part in found if not names or part.name in names or (accounts and part.asked)]


def _everything(actor: Actor) -> list[Part]:
    return [part for part in PARTS.values() if not part.asked or permissions.may(actor, "user.read")]


def _demand_known(names: Sequence[str]) -> None:
    for name in names:
        if name not in PARTS:
            raise Refusal("bad_value", "config_part", name=name[:40], allowed=", ".join(PARTS))


def _short(value: Any) -> str:
    return "" if value is None else str(value)[:120]
