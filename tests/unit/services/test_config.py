"""The whole configuration as one file: written, compared, taken, taken back."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import console.services
import db
from console.domain.model import Camera, Case, Limit, User
from console.domain.vocabulary import DeadlineKind, Role
from console.services import config_texts, site_settings
from console.services.assembly import assemble
from console.services.audit_records import AuditQuery
from console.services.board_filters import BoardFilter
from console.services.config_desk import ConfigDesk, missing_year
from console.services.promises import PromiseWish
from console.services.thresholds import ThresholdWish
from console.services.wall_layouts import Hung, NamedLayout
from tests.unit.services.conftest import ADMIN, DUTY, LEADER, Hands, Site
from tests.unit.services.test_cases import refused

DATA = Path(__file__).parents[2] / "data" / "config"
MASK = ((1, 1), (900, 1), (1, 900))
CALENDAR = "type,from,to,start,end,name\nholiday,2026-10-01,2026-10-07,,,国庆\nworkday,2026-10-10,,,,调休\n"


@pytest.fixture
def other(tmp_path: Path, shipped: Path) -> Iterator[Site]:
    """A second site, as it is on its first day."""
    folder = tmp_path / "other"
    folder.mkdir()
    shutil.copy(shipped, folder / "fifteen.db")
    with db.open_store(str(folder / "fifteen.db")) as store:
        services = assemble(store.uows, Hands(), folder)
        with store.uows.write() as uow:
            uow.users.put(User("chief", "主任", "Chief", Role.ADMIN))
            uow.commit()
        yield Site(store, services, Hands(), str(folder / "fifteen.db"), folder)


def furnished(site: Site) -> Site:
    """Something of every part is not as it was shipped."""
    made = site.services
    (site.folder / "calendar.csv").write_text(CALENDAR, encoding="utf-8")
    made.reference.import_calendar(ADMIN, site.folder / "calendar.csv")
    made.promises.put(ADMIN, PromiseWish("decision", "4分钟"))
    made.promises.put(ADMIN, PromiseWish("arrival", "20 min", "event:09006", "yatai", "22-6"))
    made.thresholds.put(ADMIN, ThresholdWish("decision", "warn", "50%", "low", "event:09006"))
    made.alarm_tables.put_priority(ADMIN, "camera.lost", severity="high", on_s=45)
    made.alarm_tables.put_folding(ADMIN, members=5)
    site_settings.put(site.store.uows, site.clock, ADMIN, "similar_distance", "80")
    made.notify.put(ADMIN, "smtp.host", "mail.example.org")
    made.notify.put(ADMIN, "smtp.password", "Pl4nted-mail")
    hung = Hung("2x2", ("cam01", "", "", ""))
    made.layouts.put(LEADER, NamedLayout("早高峰", hung, LEADER.name, 0))
    made.filters.put(LEADER, BoardFilter("夜间", text="油烟", personal=False, by=LEADER.name))
    made.filters.put(DUTY, BoardFilter("我的", text="夜市", personal=True, by=DUTY.name))
    with site.store.uows.write() as uow:
        uow.settings.put("kiosk.pin", "Pl4nted-pin")
        uow.settings.put("site.name", "郑东示范站")
        uow.cameras.put(
            [Camera("cam02", "一号", "rtsp://h/2", secret="Pl4nted-camera", groups=("夜市",), masks=(MASK,))]
        )
        uow.users.put(User("nina", "李娜", "Li Na", Role.DUTY, password_hash="Pl4nted-hash"))
        uow.commit()
    return site


def parts(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))["parts"]
    return found


def spoilt(file: Path, **rows: object) -> Path:
    """The file with one row of some parts written otherwise: ``part=(key, row)``."""
    raw = json.loads(file.read_text(encoding="utf-8"))
    for part, (key, row) in rows.items():  # type: ignore[misc]
        raw["parts"].setdefault(part, {})[key] = row
    file.write_text(json.dumps(raw), encoding="utf-8")
    return file


def told(site: Site) -> list[tuple[str, str]]:
    """Kind and what of the audit log's entries, oldest first."""
    with site.store.uows.read() as uow:
        rows = uow.audit.find(AuditQuery(limit=100)).rows
    return [(one.kind.value, str(one.facts.get("what", ""))) for one in reversed(rows)]


def test_a_configuration_goes_to_another_site_and_back(each_site: Site, other: Site, tmp_path: Path) -> None:
    site = furnished(each_site)
    file, first = tmp_path / "站点.json", tmp_path / "first.json"
    rows = site.services.config.export(ADMIN, file, accounts=True)
    given = parts(file)
    assert rows == sum(map(len, given.values()))
    text = file.read_text(encoding="utf-8")
    assert [word for word in ("Pl4nted", '"secret"', "operator", "我的") if word in text] == []
    assert file.stat().st_mode & 0o077 == 0
    assert given["settings"]["similar_distance"] == {"value": "80"}
    assert given["promises"]["arrival event:09006 yatai 22-6"]["limit"] == "20 urgent_minute"
    assert list(given["layouts"]) == ["早高峰"]
    assert site.services.config.diff(ADMIN, file).changes == ()

    other.services.config.export(ADMIN, first, accounts=True)
    seen = other.services.config.diff(ADMIN, file)
    assert (seen.ok, seen.unknown) == (True, ())
    assert {one.part for one in seen.effective} == {
        "places", "calendar", "promises", "thresholds", "priorities", "cameras", "accounts", "settings",
        "layouts", "filters",
    }  # fmt: skip
    changed = [one.fields for one in seen.changes if one.key == "similar_distance"]
    assert changed == [(("value", str(site_settings.NUMBERS["similar_distance"][0]), "80"),)]
    assert other.services.config.diff(ADMIN, first).changes == (), "looking changes nothing"

    done = other.services.config.apply(ADMIN, file)
    assert done.diff.effective == seen.effective
    assert told(other)[-1] == ("config", "import")
    again = tmp_path / "again.json"
    other.services.config.export(ADMIN, again, accounts=True)
    here = {name: {k: v for k, v in rows.items() if k != "chief"} for name, rows in parts(again).items()}
    for name in ("officer01", "leader01", "leader02", "admin", "nina"):
        # Without a password nobody signs in: they wait for their administrator.
        assert here["accounts"][name].pop("disabled") is True
        given["accounts"][name].pop("disabled")
    assert here == given
    assert other.services.config.apply(ADMIN, again).copy == "", "a second time changes nothing"

    back = other.services.config.undo(ADMIN)
    assert back.diff.ok
    last = tmp_path / "last.json"
    other.services.config.export(ADMIN, last)
    for part in ("settings", "calendar", "layouts", "priorities", "filters"):
        assert parts(last)[part] == parts(first)[part]
    assert parts(last)["promises"]["decision"] == parts(first)["promises"]["decision"]
    assert "cam02" in parts(last)["cameras"], "what cases may name stays, and the answer says so"
    assert {one.key for one in back.diff.changes if one.kind == "kept" and one.part == "cameras"} == {
        "cam01",
        "cam02",
    }


@pytest.mark.logs("a stored layout cannot be read")
@pytest.mark.logs("the settings of the large display cannot be read")
def test_a_single_wrong_row_keeps_the_whole_file_out(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "site.json"
    furnished(site).services.config.export(ADMIN, file, accounts=True)
    camera = {**parts(file)["cameras"]["cam01"], "lat": 999}
    plan = {**parts(file)["documents"]["kiosk.plan"], "dim_percent": 300}
    spoilt(
        file,
        teams=("", {"id": "", "name_zh": "无名队", "own": "1"}),
        standard=("E09006-9", {"kind": "event", "code": "09006", "condition_zh": "新", "limit_value": "-3"}),
        calendar=("holiday:x", {"type": "holiday", "from": "2026-13-01"}),
        promises=("decision", {"kind": "decision", "limit": "soon"}),
        thresholds=("decision warn", {"clock": "decision", "step": "warn", "at": "180%"}),
        priorities=("camera.lost", {"severity": "high", "on_s": -1}),
        settings=("similar_distance", {"value": "999999"}),
        layouts=("坏", {"name": "坏", "hung": {"slots": 3}}),
        reports=("r1", {"id": "r1"}),
        documents=("kiosk.plan", plan),
        cameras=("cam01", camera),
        accounts=("nina", {"role": "system", "display_zh": "", "display_en": ""}),
    )
    before = site.size()
    found = site.services.config.apply(ADMIN, file)
    assert not found.diff.ok
    wrong = {"teams", "standard", "calendar", "promises", "thresholds", "priorities", "settings", "layouts"}
    assert {one.part for one in found.diff.problems} == wrong | {
        "reports",
        "documents",
        "cameras",
        "accounts",
    }
    assert (found.copy, site.size()) == ("", before)
    assert site_settings.read(site.store.uows, ADMIN)["similar_distance"] == 80
    with refused("forbidden"):
        site.services.config.diff(DUTY, file)


def test_the_last_administrator_stays(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "site.json"
    site.services.config.export(ADMIN, file, parts=("accounts",))
    spoilt(file, accounts=("admin", {**parts(file)["accounts"]["admin"], "role": "duty"}))
    found = site.services.config.apply(ADMIN, file)
    assert [str(one.refusal) for one in found.diff.problems] == ["bad_value.config_no_admin"]
    with site.store.uows.read() as uow:
        account = uow.users.get("admin")
    assert account is not None
    assert account.role is Role.ADMIN


def test_older_files_are_brought_up_and_newer_ones_refused(site: Site, tmp_path: Path) -> None:
    found = site.services.config.apply(ADMIN, DATA / "form1.json")
    assert (found.diff.form, found.diff.site, found.diff.problems) == (1, "旧站", ())
    assert site_settings.read(site.store.uows, ADMIN)["similar_distance"] == 120
    assert site.services.promises.rows(ADMIN)[0].value == 4
    raw = json.loads((DATA / "form1.json").read_text(encoding="utf-8"))
    file = tmp_path / "x.json"
    for change, detail in (
        ({"form": 99}, "config_newer"),
        ({"form": "2"}, "config_kind"),
        ({"kind": "else"}, "config_kind"),
        ({"form": 2}, "config_shape"),
        ({"parts": []}, "config_shape"),
    ):
        file.write_text(json.dumps({**raw, **change}), encoding="utf-8")
        with refused("bad_file", detail):
            site.services.config.apply(ADMIN, file)
    for text in (
        "",
        "{",
        "[1]",
        "\udcff".encode("utf-8", "surrogateescape").decode("latin-1"),
        "[" * 100_000,
    ):
        file.write_text(text, encoding="utf-8")
        with refused("bad_file", "config_kind"):
            site.services.config.apply(ADMIN, file)
    with refused("bad_file", "unreadable"):
        site.services.config.diff(ADMIN, tmp_path / "none.json")
    with refused("bad_file", "place"):
        site.services.config.export(ADMIN, tmp_path / "no" / "folder.json")
    with refused("bad_value", "config_part"):
        site.services.config.export(ADMIN, file, parts=("everything",))


def test_every_setting_is_in_the_file_or_named_as_none() -> None:
    """A setting that is put somewhere and belongs to neither is a gap."""
    known = {*config_texts.keys(), *config_texts.NOT_CONFIGURATION}
    missing = []
    for module in pkgutil.iter_modules(console.services.__path__):
        source = Path(str(module.module_finder.path), f"{module.name}.py").read_text(encoding="utf-8")  # type: ignore[union-attr]
        for name in re.findall(r"settings\.put\(\s*([A-Z_]+)\b", source):
            key = getattr(importlib.import_module(f"console.services.{module.name}"), name)
            if key not in known and not any(key.startswith(one) for one in known if one.endswith(".")):
                missing.append((module.name, key))
    assert missing == []


def decision(case: Case) -> Limit:
    return next(clock.limit for clock in case.deadlines if clock.kind is DeadlineKind.DECISION)


def test_a_promise_for_a_class_and_hours_holds_for_those_alone(each_site: Site) -> None:
    site = each_site
    promises = site.services.promises
    promises.put(ADMIN, PromiseWish("decision", "4分钟"))
    promises.put(ADMIN, PromiseWish("decision", "9 min", "event:09006", "yatai", "6-10"))
    mine, plain = site.open(community="yatai"), site.open(category="event:09001", community="yatai")
    first = {case.id: decision(case) for case in (mine, plain)}
    assert (first[mine.id].value, first[mine.id].version) == (9, "1/event:09006:yatai:6-10")
    assert (first[plain.id].value, first[plain.id].version) == (4, "1")
    site.clock.on(hours=3)
    later = site.open(community="yatai")
    assert decision(later).value == 4
    promises.put(ADMIN, PromiseWish("decision", "5分钟"))
    rows = [(one.value, one.version) for one in promises.rows(ADMIN, versions=True) if not one.narrow]
    assert rows[:3] == [(5, "0"), (4, "1"), (5, "2")]
    for wish, detail in (
        (PromiseWish("handling", "5 min"), "promise_kind"),
        (PromiseWish("decision", "900 天"), "promise_long"),
        (PromiseWish("decision", "5 min", hours="6-6"), "threshold_hours"),
        (PromiseWish("decision", "5 min", community="nowhere"), "threshold_community"),
    ):
        with refused("bad_value", detail):
            promises.put(ADMIN, wish)
    with refused("forbidden"):
        promises.put(DUTY, PromiseWish("decision", "5 min"))
    table = site.folder / "promises.csv"
    table.write_text("kind,limit,hours\ndecision,5 min,\nverify,40 min,\ncheck,soon,\n", encoding="utf-8")
    report = promises.import_table(ADMIN, table)
    assert [row.action for row in report.rows] == ["unchanged", "updated", "refused"]
    assert promises.import_table(ADMIN, table).rows[1].action == "unchanged"


def test_the_year_whose_holidays_are_missing_is_named() -> None:
    entered = {"a": {"type": "holiday", "from": "2026-10-01", "to": "2026-10-07"}}
    assert missing_year(entered, date(2026, 11, 14)) == 0
    assert missing_year(entered, date(2026, 11, 15)) == 2027
    assert missing_year(entered, date(2027, 1, 2)) == 2027
    assert missing_year({}, date(2026, 3, 1)) == 2026


def test_a_row_is_set_where_nobody_was_quicker(site: Site) -> None:
    desk = ConfigDesk(site.services)
    (view,) = desk.parts(ADMIN, ("teams",))
    key, was = next(iter(view.rows.items()))
    after = desk.put(ADMIN, "teams", key, {**was, "leader": "王队长"}, was)
    assert after.rows[key]["leader"] == "王队长"
    assert told(site)[-1] == ("setting", "teams")
    with refused("conflict", "config_row"):
        desk.put(ADMIN, "teams", key, {**was, "leader": "李队长"}, was)
    with refused("bad_row", "empty"):
        desk.put(ADMIN, "teams", key, {**after.rows[key], "name_zh": ""}, after.rows[key])
    for who in (DUTY, LEADER):
        with refused("forbidden"):
            desk.put(who, "teams", key, was, after.rows[key])
    condition = desk.parts(ADMIN, ("standard",))[0].rows["E09006-1"]
    desk.put(ADMIN, "standard", "E09006-1", {**condition, "limit_value": "7"}, condition)
    versions = desk.versions(ADMIN, "standard", "E09006-1")
    assert [one.version for one in versions] == ["2", "1"]
    assert versions[0].fields == (("limit_value", condition["limit_value"], "7"),)
