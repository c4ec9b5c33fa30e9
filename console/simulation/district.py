"""The demo district in a database: places, teams, calendar, people, cameras.

Everything but the people and the cameras goes through the same importers a
site uses, so the tables in ``resources/district`` are held to their rules.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from console.domain.errors import Refusal
from console.domain.model import Actor, Camera, User
from console.domain.vocabulary import Role
from console.services.ports import Clock, PasswordHasher, SecretBox, UnitOfWorkFactory
from console.services.reference import ImportReport, ReferenceService
from console.shipped import RESOURCES

FOLDER: Final = RESOURCES / "district"
#: What everybody in the demo signs in with; a throw-away database holds nothing
#: that a password would protect.
DEMO_PASSWORD: Final = "mirror-lake-15"
#: Who acts in the demo when nobody sits at the desk.
OFFICER: Final = "demo.duty"
LEADER: Final = "demo.leader"

_MAKER: Final = Actor("admin", Role.ADMIN, may_approve=False)


def load(
    uows: UnitOfWorkFactory,
    clock: Clock,
    hasher: PasswordHasher,
    box: SecretBox,
    cameras: Sequence[Camera] = (),
    password: str = "",
) -> None:
    """Fill an empty database with the district. ``cameras`` come from
    :func:`camera_rows`; ``password`` is theirs and is sealed for each.

    Raises ``Refusal`` as the importers do.
    """
    _load_tables(uows, clock)
    hashed = hasher.hash(DEMO_PASSWORD)
    with uows.write() as uow:
        for user in users():
            uow.users.put(replace(user, password_hash=hashed))
        sealed = [replace(c, secret=box.seal(password, c.id) if password else "") for c in cameras]
        uow.cameras.put(sealed)
        uow.touch("user", "camera")
        uow.commit()


def load_if_bare(uows: UnitOfWorkFactory, clock: Clock) -> None:
    """Give a database that knows no places the district's tables and its first
    36 cameras (without passwords), so that invented cases happen somewhere."""
    with uows.read() as uow:
        bare = not uow.reference.places()
        cameras = uow.cameras.all()
    if not bare:
        return
    _load_tables(uows, clock)
    if not cameras:
        with uows.write() as uow:
            uow.cameras.put(camera_rows(36))
            uow.touch("camera")
            uow.commit()


def _load_tables(uows: UnitOfWorkFactory, clock: Clock) -> None:
    reference = ReferenceService(uows, clock)
    reference.load_shipped()
    for report in (
        reference.import_teams(_MAKER, FOLDER / "teams.csv"),
        reference.import_places(_MAKER, FOLDER / "places.csv"),
        reference.import_calendar(_MAKER, FOLDER / "calendar.csv"),
    ):
        _demand_whole(report)


def _demand_whole(report: ImportReport) -> None:
    for row in report.rows:
        if row.error is not None:
            raise row.error


def _table(name: str) -> list[dict[str, str]]:
    try:
        with (FOLDER / name).open(encoding="utf-8-sig", newline="") as handle:
            return list(csv.DictReader(handle))
    except OSError as error:
        raise Refusal("bad_file", "unreadable", file=name) from error


#: Makers of the simulated recorder, in turn: it answers as both.
RECORDERS: Final = ("hikvision", "dahua")


def users() -> tuple[User, ...]:
    """The people of the demo, without passwords."""
    return tuple(
        User(
            name=row["name"],
            display_zh=row["display_zh"],
            display_en=row["display_en"],
            role=Role(row["role"]),
            team=row["team"],
        )
        for row in _table("users.csv")
    )


def camera_rows(
    count: int,
    urls: Sequence[str] = (),
    urls_sub: Sequence[str] = (),
    username: str = "",
) -> tuple[Camera, ...]:
    """The first ``count`` of 600 positions, the centre first. With ``urls``
    they point there; otherwise to the addresses of the table.

    Raises ``Refusal('bad_value', 'count')`` for more than there are positions.
    """
    table = _table("cameras.csv")
    if not 0 <= count <= len(table):
        raise Refusal("bad_value", "count", value=count)
    return tuple(
        Camera(
            id=row["id"],
            name=row["name"],
            url=urls[index] if urls else row["url"],
            url_sub=urls_sub[index] if urls_sub else row["url_sub"],
            username=username or ("" if urls else row["username"]),
            # The simulated cameras' process answers as their recorder too.
            vendor=RECORDERS[index % len(RECORDERS)] if urls else row["vendor"],
            channel=str(index + 1) if urls else row["channel"],
            community=row["community"],
            road=row["road"],
            grid=row["grid"],
            lon=float(row["lon"]),
            lat=float(row["lat"]),
            bearing=float(row["bearing"]),
            groups=tuple(part for part in row["groups"].split(";") if part),
            owner=row["owner"],
            note=row["note"],
        )
        for index, row in enumerate(table[:count])
    )
