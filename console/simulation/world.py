"""What invented traffic needs to know of a site: its standard, cameras and places."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from console.domain.errors import Refusal
from console.domain.model import Actor, Camera, Condition, Place
from console.domain.vocabulary import Role, Source
from console.services.cases import NewCase
from console.services.ports import UnitOfWorkFactory
from console.simulation.district import LEADER, OFFICER

#: Who sits at the desk when nobody does, and who agrees with him.
DUTY = Actor(OFFICER, Role.DUTY)
SECOND = Actor(LEADER, Role.LEADER)


def field_actor(team: str) -> Actor:
    """The person of a team who reports from the street."""
    return Actor(f"field.{team}", Role.FIELD, team=team)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something happens; empty fields are unknown."""

    camera: str = ""
    place: str = ""
    community: str = ""
    grid: str = ""
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class World:
    """A site's reference data, read once."""

    conditions: Mapping[str, Condition]
    cameras: tuple[Camera, ...]
    grids: tuple[Place, ...]
    roads: tuple[Place, ...]
    own_teams: tuple[str, ...]
    #: Of each road: whether it runs north, where it lies, its name.
    lines: tuple[tuple[bool, float, str], ...] = ()

    @classmethod
    def read(cls, uows: UnitOfWorkFactory) -> Self:
        """Read it. Raises ``Refusal('missing_condition')`` for a database
        without a filing standard."""
        with uows.read() as uow:
            conditions = {c.condition_id: c for c in uow.reference.conditions() if c.active}
            if not conditions:
                raise Refusal("missing_condition", "none", category="")
            roads = uow.reference.places("road")
            return cls(
                conditions=conditions,
                cameras=tuple(c for c in uow.cameras.all() if c.enabled),
                grids=uow.reference.places("grid"),
                roads=roads,
                lines=_lines(roads),
                own_teams=tuple(team.id for team in uow.reference.teams() if team.own),
            )

    def spot(self, dice: random.Random, source: Source) -> Spot:
        """Somewhere in the district, before a camera for a camera's case."""
        if source is Source.CAMERA and self.cameras:
            camera = dice.choice(self.cameras)
            return Spot(camera.id, camera.name, camera.community, camera.grid, camera.lon, camera.lat)
        if not self.grids:
            return Spot()
        grid = dice.choice(self.grids)
        lon, lat = _near(dice, grid.lon), _near(dice, grid.lat)
        return Spot("", self._road_at(lon, lat), grid.parent, grid.id, lon, lat)

    def _road_at(self, lon: float | None, lat: float | None) -> str:
        """The road whose line passes nearest (all run along the compass)."""
        if lon is None or lat is None or not self.lines:
            return ""

        def away(road: tuple[bool, float, str]) -> float:
            return abs(road[1] - (lon if road[0] else lat))

        return min(self.lines, key=away)[2]

    def new_case(self, dice: random.Random, source: Source, condition: str, note: str) -> NewCase:
        """What is known when it is taken in. Somebody at the keyboard of the
        wall presses first and names the matter later, one time in five."""
        spot = self.spot(dice, source)
        unnamed = source is Source.CAMERA and dice.random() < 0.2
        return NewCase(
            source=source,
            condition="" if unnamed else condition,
            camera=spot.camera,
            place=spot.place,
            community=spot.community,
            grid=spot.grid,
            lon=spot.lon,
            lat=spot.lat,
            note=note,
        )

    def team_for(self, condition: str, again: bool) -> str:
        """The standard's team, or another one after a refusal."""
        row = self.conditions[condition]
        if not again:
            return row.team
        others = [team for team in (row.team_also, "appearance", *self.own_teams) if team]
        return next((team for team in others if team != row.team), row.team)


def _lines(roads: tuple[Place, ...]) -> tuple[tuple[bool, float, str], ...]:
    """How roads run, for the nearest one."""
    found = []
    for road in roads:
        north = "LINESTRING" in road.wkt and _is_vertical(road.wkt)
        found.append((north, (road.lon if north else road.lat) or 0.0, road.name_zh))
    return tuple(found)


def _near(dice: random.Random, degree: float | None) -> float | None:
    return None if degree is None else round(degree + dice.uniform(-4e-4, 4e-4), 6)


def _is_vertical(wkt: str) -> bool:
    inside = wkt.partition("(")[2].rstrip(")").split(",")
    first, last = inside[0].split(), inside[-1].split()
    return abs(float(first[0]) - float(last[0])) < 1e-5
