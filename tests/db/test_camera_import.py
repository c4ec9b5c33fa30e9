"""The camera table: six hundred rows, forty of them broken in every way there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from console.clock import SystemClock
from console.domain.errors import Refusal
from console.domain.model import Actor, Camera
from console.domain.vocabulary import Role
from console.i18n import explain
from console.reports.tables import write_table
from console.services.camera_rows import COLUMNS
from console.services.cameras import CameraService
from console.services.vault import Vault
from db import Store

ADMIN = Actor("zhao.min", Role.ADMIN)
WORD = "kamera-wort"
#: What is wrong, and the detail of the refusal that says so.
BROKEN: list[tuple[Mapping[str, object], str]] = [
    ({"id": ""}, "empty"),
    ({"id": "with blank"}, "camera_id"),
    ({"id": "cam/7"}, "camera_id"),
    ({"id": "x" * 81}, "camera_id"),
    ({"id": "good001"}, "duplicate"),
    ({"name": ""}, "empty"),
    ({"name": "长" * 121}, "camera_long"),
    ({"url": "", "vendor": "", "host": ""}, "no_address"),
    ({"url": "10.0.0.1/live"}, "url"),
    ({"url": "gopher://10.0.0.1/1"}, "url"),
    ({"url": "rtsp://"}, "url"),
    ({"url": "rtsp://10.0.0.1:99999/1"}, "url"),
    ({"url": "rtsp://10.0.0.1/a b"}, "url"),
    ({"url": "rtsp://10.0.0.1/" + "y" * 1000}, "url"),
    ({"url_sub": "none"}, "url"),
    ({"url": "", "vendor": "Acme", "host": "10.0.0.1", "channel": "1"}, "vendor_unknown"),
    ({"url": "", "vendor": "onvif", "host": "10.0.0.1", "channel": "1"}, "vendor_asked"),
    ({"url": "", "vendor": "海康", "host": "10.0.0.1/x y", "channel": "1"}, "host"),
    ({"url": "", "vendor": "海康", "host": "", "channel": "1"}, "host"),
    ({"url": "", "vendor": "海康", "host": "10.0.0.1", "channel": "0"}, "channel"),
    ({"url": "", "vendor": "大华", "host": "10.0.0.1", "channel": "一"}, "channel"),
    ({"url": "", "vendor": "宇视", "host": "10.0.0.1", "channel": ""}, "channel"),
    ({"url": "", "vendor": "国标", "host": "10.0.0.1", "channel": "410171"}, "gb_channel"),
    ({"host": "10.0.0.300:x"}, "host"),
    ({"password": "p" * 257}, "camera_password"),
    ({"password": "two\nlines"}, "camera_password"),
    ({"lon": "东经113"}, "number"),
    ({"lon": "181"}, "number"),
    ({"lat": "nan"}, "number"),
    ({"lat": "91"}, "number"),
    ({"lon": "113.7", "lat": ""}, "half_a_point"),
    ({"lon": "34.7", "lat": "89"}, "swapped_point"),
    ({"bearing": "北"}, "number"),
    ({"bearing": "361"}, "bearing"),
    ({"bearing": "-1"}, "bearing"),
    ({"enabled": "也许"}, "flag"),
    ({"groups": ";".join(f"g{n}" for n in range(41))}, "groups_many"),
    ({"groups": "组" * 41}, "camera_long"),
    ({"note": "x" * 1001}, "camera_long"),
    ({"username": "u" * 121}, "camera_long"),
]


@pytest.fixture
def store(tmp_path: Path, fresh_store: Callable[[Path], Store]) -> Iterator[Store]:
    with fresh_store(tmp_path / "site.db") as made:
        yield made


@pytest.fixture
def service(store: Store, tmp_path: Path) -> CameraService:
    return CameraService(store.uows, SystemClock(), Vault(tmp_path / "fifteen.key"))


def stored(store: Store) -> dict[str, Camera]:
    with store.uows.read() as uow:
        return {one.id: one for one in uow.cameras.all()}


def good(number: int) -> dict[str, object]:
    row: dict[str, object] = {
        "id": f"good{number:03d}",
        "name": f"-3号点位 {number}" if number % 7 == 0 else f"镜湖大道 {number}",
        "url": f"rtsp://10.1.{number // 250}.{number % 250 + 1}:554/live",
        "username": "admin",
        "password": WORD,
        "lon": 113.7 + number / 1000,
        "lat": 34.7,
        "groups": "=城区;重点" if number % 5 == 0 else "城区",
        "enabled": 1,
    }
    if number % 3 == 0:
        row |= {
            "url": "",
            "vendor": "大华",
            "host": f"10.2.{number // 250}.{number % 250 + 1}",
            "channel": number % 8 + 1,
        }
    return row


def test_forty_of_six_hundred_are_refused_and_the_rest_is_in(
    store: Store, service: CameraService, tmp_path: Path
) -> None:
    assert len(BROKEN) == 40
    rows: list[dict[str, object]] = []
    broken = []
    for number in range(560):
        rows.append(good(number))
        if number % 14 == 2:
            bad, _ = BROKEN[number // 14]
            rows.append({**good(number), "id": f"bad{number:03d}", **bad})
            broken.append(len(rows) + 1)
    file = tmp_path / "摄像头.xlsx"
    assert write_table(rows, [*COLUMNS, "安装单位"], file) == 600

    tried = service.import_table(ADMIN, file, dry_run=True)
    assert stored(store) == {}
    told = service.import_table(ADMIN, file)
    assert repr(told.rows) == repr(tried.rows)
    assert told.unknown_columns == ("安装单位",)
    refused = [row for row in told.rows if not row.ok]
    assert [row.error.detail for row in refused if row.error] == [detail for _, detail in BROKEN]
    assert [row.row for row in refused] == broken
    for row in refused:
        assert row.error is not None
        message, mend = explain(row.error)
        assert "{" not in message + mend
        assert WORD not in message + mend + repr(row.error)
    assert len(stored(store)) == 560
    with store.uows.read() as uow:
        assert len(uow.camera_changes.newest()) == 1, "one change that can be taken back"

    again = service.import_table(ADMIN, file)
    assert {row.action for row in again.rows if row.ok} == {"unchanged"}
    with store.uows.read() as uow:
        assert len(uow.camera_changes.newest()) == 1, "nothing was changed the second time"
    done = service.undo(ADMIN)
    assert len(done.gone) == 560
    assert stored(store) == {}


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_what_goes_out_comes_back_the_same(
    store: Store, service: CameraService, tmp_path: Path, suffix: str
) -> None:
    write_table([good(number) for number in range(40)], COLUMNS, tmp_path / "in.xlsx")
    assert service.import_table(ADMIN, tmp_path / "in.xlsx").ok
    before = stored(store)
    file = tmp_path / f"out{suffix}"
    write_table(service.export(ADMIN), COLUMNS, file)
    assert WORD.encode() not in file.read_bytes()
    assert {row.action for row in service.import_table(ADMIN, file).rows} == {"unchanged"}
    # The same table into a database that has none of them: all but the passwords.
    service.undo(ADMIN)
    assert stored(store) == {}
    service.import_table(ADMIN, file)
    after = stored(store)
    assert {one.secret for one in after.values()} == {""}
    assert [(o.name, o.url, o.groups, o.lon) for o in after.values()] == [
        (o.name, o.url, o.groups, o.lon) for o in before.values()
    ]
    # With them, everything opens again.
    secret = tmp_path / f"secret{suffix}"
    write_table(service.export(ADMIN, with_passwords=True), COLUMNS, secret)
    with pytest.raises(Refusal):
        service.export(Actor("li.na", Role.LEADER), with_passwords=True)


def test_tables_of_other_programs(store: Store, service: CameraService, tmp_path: Path) -> None:
    table = "编号,名称,主码流,用户名,密码,IP地址,经度,纬度\n３号,东关街口,rtsp://admin:p%40ss@10.0.0.3/1,,,10.0.0.3,,\n"
    for encoding in ("gb18030", "utf-8-sig", "utf-8"):
        file = tmp_path / f"{encoding}.csv"
        file.write_bytes(table.encode(encoding))
        rows = service.import_table(ADMIN, file).rows
        assert [row.ok for row in rows] == [True]
    one = stored(store)["3号"]
    assert (one.url, one.username, one.host, one.version) == ("rtsp://10.0.0.3/1", "admin", "10.0.0.3", 1)
    # A column that is not there leaves what is stored; a masked password too.
    file.write_text("id,name,password\n3号,东关,******\n41017100081326000001,国标,x\n", encoding="utf-8")
    told = service.import_table(ADMIN, file)
    assert [(row.action, row.error.detail if row.error else "") for row in told.rows] == [
        ("updated", ""),
        ("refused", "no_address"),
    ]
    assert stored(store)["3号"].secret == one.secret
    file.write_text("name,url\nx,rtsp://a/1\n", encoding="utf-8")
    with pytest.raises(Refusal) as caught:
        service.import_table(ADMIN, file)
    assert (caught.value.code, caught.value.detail) == ("bad_file", "missing_columns")


def test_what_is_odd_is_said_and_stops_nobody(service: CameraService, tmp_path: Path) -> None:
    rows = [
        {"id": "41017100081326000001", "name": "好", "url": "rtsp://a/1"},
        {"id": "41017100082006000001", "name": "信令", "url": "rtsp://a/2"},
        {"id": "410171000813260000", "name": "短", "url": "rtsp://a/3"},
    ]
    write_table(rows, ("id", "name", "url"), tmp_path / "gb.csv")
    told = service.import_table(ADMIN, tmp_path / "gb.csv")
    assert told.ok
    assert [[hint.code for hint in row.hints] for row in told.rows] == [[], ["gb_no_picture"], ["gb_length"]]


def test_the_database_holds_no_password(store: Store, service: CameraService, tmp_path: Path) -> None:
    service.add(ADMIN, {"id": "a", "name": "a", "url": f"rtsp://u:{WORD}@10.0.0.1/1"})
    service.set_many(ADMIN, ("a",), {"password": WORD + "2"})
    service.undo(ADMIN)
    written = b"".join(one.read_bytes() for one in tmp_path.iterdir() if one.is_file())
    assert WORD.encode() not in written
    assert WORD not in repr(service.table(ADMIN))
