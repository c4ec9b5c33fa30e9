"""The demo district: whole, consistent, and made by its script."""

from __future__ import annotations

import csv
import runpy
from collections import Counter
from pathlib import Path

import pytest

import db
from console.domain.calendars import WorkingCalendar
from console.domain.errors import Refusal
from console.domain.model import Place
from console.domain.vocabulary import Role
from console.services.people import Argon2Hasher, PeopleService
from console.services.vault import Vault
from console.simulation import district
from console.simulation.replay_clock import ReplayClock
from tests.unit.simulation.conftest import MORNING

ROOT = Path(__file__).resolve().parents[3]


def table(name: str) -> list[dict[str, str]]:
    with (district.FOLDER / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def corners(wkt: str) -> list[tuple[float, float]]:
    points = wkt.partition("((")[2].rstrip(")").split(",")
    return [(float(p.split()[0]), float(p.split()[1])) for p in points]


def inside(lon: float, lat: float, wkt: str) -> bool:
    lons, lats = zip(*corners(wkt), strict=True)
    return min(lons) <= lon <= max(lons) and min(lats) <= lat <= max(lats)


def places(store: db.Store, kind: str) -> dict[str, Place]:
    with store.uows.read() as uow:
        return {place.id: place for place in uow.reference.places(kind)}


def test_the_script_writes_exactly_these_tables(tmp_path: Path) -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "make_district.py"))
    (tmp_path / "standard").symlink_to(ROOT / "resources" / "standard")
    folder = tmp_path / "district"
    script["main"].__globals__["FOLDER"] = folder
    script["main"]()
    for path in folder.iterdir():
        assert path.read_bytes() == (district.FOLDER / path.name).read_bytes(), path.name
    assert len(list(folder.iterdir())) == 5


def test_size_of_the_office(store: db.Store) -> None:
    communities = places(store, "community")
    assert Counter(p.name_zh.endswith("社区") for p in communities.values()) == {True: 9, False: 9}
    assert len(places(store, "grid")) == 1152
    assert len(table("cameras.csv")) == 600
    for kind in ("road", "shop", "site", "courtyard"):
        assert places(store, kind), kind


def test_ids_are_unique_and_coded_by_the_rule(store: db.Store) -> None:
    for name, key in (("cameras.csv", "id"), ("teams.csv", "id"), ("users.csv", "name")):
        ids = [row[key] for row in table(name)]
        assert len(ids) == len(set(ids)), name
    names = [row["name"] for row in table("cameras.csv")]
    assert len(names) == len(set(names))
    communities = places(store, "community")
    assert all(len(code) == 12 and code.isdigit() for code in communities)
    for code, grid in places(store, "grid").items():
        assert len(code) == 15
        assert code.isdigit()
        assert grid.parent == code[:12]
        assert inside(grid.lon or 0, grid.lat or 0, communities[grid.parent].wkt)


def test_cameras_stand_in_the_grid_and_community_they_name(store: db.Store) -> None:
    grids, communities = places(store, "grid"), places(store, "community")
    roads = {road.name_zh for road in places(store, "road").values()}
    for camera in district.camera_rows(600):
        assert camera.lon is not None
        assert camera.lat is not None
        assert camera.community == camera.grid[:12]
        assert camera.community in communities
        # A grid's corner is rounded to a millionth of a degree, a tenth of a metre.
        assert inside(round(camera.lon, 5), round(camera.lat, 5), _grown(grids[camera.grid].wkt)), camera.id
        assert camera.road in roads
        assert camera.note.isascii()
        assert camera.bearing in (0, 90, 180, 270)


def _grown(wkt: str) -> str:
    lons, lats = zip(*corners(wkt), strict=True)
    e = 1e-5
    box = ((min(lons) - e, min(lats) - e), (max(lons) + e, max(lats) + e))
    return f"POLYGON (({box[0][0]} {box[0][1]}, {box[1][0]} {box[1][1]}))"


def test_every_name_is_there_in_both_languages(store: db.Store) -> None:
    with store.uows.read() as uow:
        for place in uow.reference.places():
            assert place.name_zh, place
            assert place.name_en, place
            assert place.name_en.isascii(), place
        assert all(team.name_zh and team.name_en and team.phone for team in uow.reference.teams())
    assert all(user.display_zh and user.display_en.isascii() for user in district.users())


def test_every_condition_has_a_team_and_every_team_a_person(store: db.Store) -> None:
    with store.uows.read() as uow:
        teams = {team.id: team for team in uow.reference.teams()}
        conditions = uow.reference.conditions()
    assert len(conditions) == 76
    for condition in conditions:
        assert condition.team in teams, condition.condition_id
        assert not condition.team_also or condition.team_also in teams
    field = {user.team for user in district.users() if user.role is Role.FIELD}
    assert field == set(teams)
    communities = set(places(store, "community"))
    for team in teams.values():
        assert set(team.communities) <= communities
        assert bool(team.communities) == team.own


def test_people_sign_in_with_the_demo_password(store: db.Store) -> None:
    hasher = Argon2Hasher(time_cost=1, memory_kib=64, parallelism=1)
    people = PeopleService(store.uows, ReplayClock(MORNING), hasher)
    assert people.sign_in("li.na", district.DEMO_PASSWORD).role is Role.DUTY
    assert {user.role for user in district.users()} >= {
        Role.DUTY,
        Role.LEADER,
        Role.SUPERVISOR,
        Role.FIELD,
        Role.KIOSK,
        Role.ADMIN,
    }


def test_cameras_keep_their_password_sealed(store: db.Store, loaded: Path) -> None:
    with store.uows.read() as uow:
        camera = uow.cameras.get("cam007")
    assert camera is not None
    assert "secret" not in camera.secret
    assert Vault(loaded.parent / "key").open(camera.secret, "cam007") == "secret"


def test_calendar_knows_2026_and_says_that_2027_is_missing() -> None:
    calendar = WorkingCalendar.from_rows(table("calendar.csv"))
    assert calendar.has_year(2026)
    assert not calendar.has_year(2027)


def test_urls_of_simulated_cameras_come_in(store: db.Store) -> None:
    urls = ("rtsp://127.0.0.1:9/cam01", "rtsp://127.0.0.1:9/cam02")
    rows = district.camera_rows(2, urls, tuple(f"{u}/sub" for u in urls), "operator")
    assert [row.url for row in rows] == list(urls)
    assert rows[1].url_sub == "rtsp://127.0.0.1:9/cam02/sub"
    assert rows[1].username == "operator"
    with pytest.raises(Refusal):
        district.camera_rows(601)


def test_a_bare_database_gets_the_tables_once(tmp_path: Path) -> None:
    with db.open_store(f"sqlite:///{tmp_path / 'bare.sqlite'}", create=True, purpose="drill") as store:
        for _ in range(2):
            district.load_if_bare(store.uows, ReplayClock(MORNING))
        with store.uows.read() as uow:
            assert len(uow.cameras.all()) == 36
            assert not uow.users.all()
