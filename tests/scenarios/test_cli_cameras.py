"""Cameras at the command line: brought in, changed, taken back, asked, tried."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console.settings import Places
from tests.feeds.ipycam_device import ipycam_device
from tests.scenarios.cli_kit import Cli
from tests.scenarios.console_kit import copied

WORD = "kamera&wort"


@pytest.fixture
def fresh(tmp_path: Path) -> Cli:
    """A new test database."""
    cli = Cli(f"sqlite:///{tmp_path / 'data' / 'fifteen.db'}", tmp_path / "data")
    cli.data.mkdir()
    cli.did("db", "init", "--purpose", "test")
    return cli


def test_a_morning_of_an_administrator(fresh: Cli, tmp_path: Path) -> None:
    table = tmp_path / "cameras.csv"
    head = "编号,名称,主码流,厂商,设备IP,通道,用户名,密码,分组,安装日期"
    rows = [
        f"c1,东关街口,rtsp://u:{WORD}@10.0.0.1/1,,,,,,城区,",
        f"c2,西关,,大华,10.0.0.2,1,admin,{WORD},城区;学校,",
    ]
    bad = "c3,北关,,某某,10.0.0.3,1,,,,"
    table.write_bytes("\r\n".join([head, *rows, bad]).encode("gb18030"))
    dry = fresh.here("cameras", "import", str(table), "--dry-run")
    assert fresh.did("cameras", "list")["total"] == 0
    done = fresh.here("cameras", "import", str(table))
    assert (dry.code, done.code) == (1, 1)
    assert [(row["row"], row["id"], row["action"]) for row in done.json["rows"]] == [
        (2, "c1", "added"),
        (3, "c2", "added"),
        (4, "c3", "refused"),
    ]
    assert "某某" in done.json["rows"][2]["error"]
    assert done.json["unknown_columns"] == ["安装日期"]
    assert done.json["rows"] == dry.json["rows"]

    words = ("add", "c3", "name=北关", "vendor=宇视", "host=10.0.0.3", "channel=1", "--login", "op")
    login = [
        fresh.did("cameras", *words, stdin=f"{WORD}\n"),
        fresh.did("cameras", "set", "c1", "password=-", stdin=f"{WORD}2\n"),
    ]
    assert [row["rows"][0]["has_password"] for row in login] == [True, True]
    for word in (f"password={WORD}", f"url=rtsp://u:{WORD}@10.0.0.1/1"):
        said = fresh.here("cameras", "set", "c1", word)
        assert (said.code, said.error["code"]) == (2, "bad_usage"), "no password on a command line"
    fresh.did("cameras", "set", "c1", "c2", "groups+=夜巡", "groups-=城区", "segment=S1")
    fresh.did("cameras", "groups", "--rename", "groups", "夜巡", "夜间")
    named = {(row["kind"], row["name"]): row["cameras"] for row in fresh.did("cameras", "groups")["rows"]}
    assert named["groups", "夜间"] == named["segment", "S1"] == ["c1", "c2"]
    fresh.did("cameras", "undo")
    undone = fresh.did("cameras", "undo", "--number", "4")
    assert (undone["cameras"], undone["kept"]) == (["c1", "c2"], [])
    assert [row["groups"] for row in fresh.did("cameras", "list", "--text", "关")["rows"]] == [
        ["城区"],
        ["城区", "学校"],
        [],
    ]
    changes = fresh.did("cameras", "undo", "--list")["rows"]
    assert [row["what"] for row in reversed(changes)] == [
        "import", "add", "edit", "bulk", "groups", "undo", "undo",
    ]  # fmt: skip
    fresh.did("cameras", "replace", "c2", "vendor=海康", "host=10.0.0.9", "channel=1", "--reason", "坏了")
    (card,) = fresh.did("cameras", "list", "--text", "西关")["rows"]
    assert (card["id"], card["host"], card["has_password"]) == ("c2", "10.0.0.9", False)
    (aside,) = fresh.did("cameras", "maintenance", "c1", "--minutes", "30", "--reason", "换线")["rows"]
    assert aside["source"] == {"kind": "camera", "id": "c1"}
    fresh.did("cameras", "maintenance", "c1", "--end")
    off = fresh.did("cameras", "remove", "c3")
    assert off["rows"][0]["enabled"] is False
    for words, code in (
        (("set", "nobody", "name=x"), "unknown_camera"),
        (("set", "c1", "size=x"), "bad_value"),
        (("set", "name=x"), "bad_usage"),
    ):
        assert fresh.here("cameras", *words).error["code"] == code

    plain, secret = tmp_path / "out.xlsx", tmp_path / "secret.csv"
    assert fresh.did("cameras", "export", str(plain))["rows"] == 3
    fresh.did("cameras", "export", str(secret), "--with-passwords")
    assert secret.stat().st_mode & 0o77 == 0
    assert f"{WORD}2" in secret.read_text("utf-8-sig")
    again = fresh.here("cameras", "import", str(plain))
    assert {row["action"] for row in again.json["rows"]} == {"unchanged"}
    assert fresh.did("cameras", "rotate-key")["retired"] == 1
    assert fresh.here("cameras", "import", str(secret)).json["rows"][0]["action"] == "unchanged"
    kinds = [row["kind"] for row in fresh.did("audit", "list")["rows"]]
    assert {"import", "camera-config", "export", "key-rotation"} <= set(kinds)
    # Whatever was written but the file that was asked for and the table itself.
    for file in (one for one in tmp_path.rglob("*") if one.is_file() and one not in (table, secret)):
        assert WORD.encode() not in file.read_bytes(), file


def test_a_device_is_asked_for_its_streams(fresh: Cli) -> None:
    with ipycam_device("op", WORD) as device:
        streams = fresh.did("cameras", "streams", device.host, "--login", "op", stdin=f"{WORD}\n")
        words = ("cameras", "add", "c1", "name=x", f"host={device.host}", "--login", "op", "--ask")
        (card,) = fresh.did(*words, stdin=f"{WORD}\n")["rows"]
        wrong = fresh.here(*(word.replace("c1", "c2") for word in words), stdin="nix\n")
        table = fresh.data / "onvif.csv"
        rows = [
            f"c3,y,onvif,{device.host},op,{WORD}",
            f"c4,z,onvif,{device.host},op,nix",
            f"c5,z,onvif,{device.host},,",
        ]
        table.write_text("\n".join(["id,name,vendor,host,username,password", *rows]), "utf-8")
        found = fresh.here("cameras", "import", str(table), "--ask").json["rows"]
        again = fresh.here("cameras", "import", str(table)).json["rows"]
    assert card["url"] == streams["rows"][0]["url"]
    assert card["url_sub"] == streams["rows"][1]["url"]
    assert (wrong.code, wrong.error["code"]) == (1, "auth_failed")
    assert [(row["action"], row.get("code")) for row in found] == [
        ("added", None),
        ("refused", "auth_failed"),
        ("refused", "auth_failed"),
    ]
    assert [row["action"] for row in again] == ["unchanged", "refused", "refused"]
    assert "--ask" in again[1]["error"]
    asked = {row["id"]: row["url"] for row in fresh.did("cameras", "list")["rows"]}
    assert asked == {"c1": card["url"], "c3": card["url"]}
    gone = fresh.here("cameras", "streams", device.host)
    assert (gone.code, gone.error["code"]) == (3, "no_camera")


@pytest.mark.rtsp
def test_cameras_are_tried_and_the_process_shows_no_password(built: Places, tmp_path: Path) -> None:
    site = copied(built, tmp_path / "data")
    cli = Cli(site.db_url, site.data)
    cli.did("cameras", "set", "cam002", "url=rtsp://127.0.0.1:9/none", "url_sub=")
    child = cli.start("cameras", "test", "cam001", "cam002", "--seconds", "3")
    shown = Path(f"/proc/{child.pid}/cmdline").read_bytes() + Path(f"/proc/{child.pid}/environ").read_bytes()
    out, err = child.communicate(timeout=60)
    assert child.returncode == 3
    good, bad = json.loads(out)["rows"]
    assert (good["id"], good["state"], good["codec"], good["sub"]) == ("cam001", "ok", "h264", "ok")
    assert good["width"] > 0
    assert good["fps"] > 0
    assert (bad["id"], bad["ok"], bad["state"]) == ("cam002", False, "refused")
    assert bad["error"]
    assert "2/2" in err, "progress is told as it comes"
    assert b"street" not in shown
