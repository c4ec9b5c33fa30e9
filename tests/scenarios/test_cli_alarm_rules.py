"""Thresholds, priorities and maintenance at the command line, and what it tells
of an alarm that is not a case's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import db
from console.clock import SystemClock
from console.domain.vocabulary import SourceKind
from console.services.alarm_sources import AlarmSources, Condition
from tests.scenarios.cli_kit import Cli


@pytest.fixture
def fresh(tmp_path: Path) -> Cli:
    """A new test database."""
    cli = Cli(f"sqlite:///{tmp_path / 'fifteen.db'}", tmp_path)
    cli.did("db", "init", "--purpose", "test")
    return cli


def test_thresholds_from_a_table_hold_for_the_next_case(fresh: Cli, tmp_path: Path) -> None:
    file = tmp_path / "thresholds.csv"
    file.write_text("clock,step,at,severity\ndecision,warn,299s,low\ndecision,due,half,\n", "utf-8")
    done = fresh("thresholds", "import", str(file))
    assert done.code == 1
    assert [row["action"] for row in done.json["rows"]] == ["added", "refused"]
    assert done.json["rows"][1]["code"] == "bad_value"
    rows = fresh.did("thresholds", "list")["rows"]
    mine = [row for row in rows if row["version"]]
    assert [(row["clock"], row["step"], row["at"], row["severity"]) for row in mine] == [
        ("decision", "warn", "299s", "low")
    ]
    case = fresh.did("case", "open", "--source", "patrol", "--category", "event:09006")["case"]
    at = (datetime.fromisoformat(case["deadlines"][0]["start_at"]) + timedelta(seconds=2)).isoformat()
    assert fresh.did("sweep", "--at", at)["raised"] == 1
    (alarm,) = fresh.did("alarms", "list", "--active")["rows"]
    assert (alarm["severity"], alarm["threshold"], alarm["code"]) == ("low", 2, None)
    assert "(2 %)" in alarm["message_en"]
    refused = fresh.here("thresholds", "set", "decision", "warn", "120%")
    assert (refused.code, refused.error["code"]) == (1, "bad_value")


def test_an_outage_is_told_whole_and_maintenance_sets_it_aside(fresh: Cli) -> None:
    fresh.did("alarms", "priorities", "set", "camera.lost", "--severity", "medium", "--on", "10")
    fresh.did("alarms", "priorities", "fold", "--members", "3")
    table = fresh.did("alarms", "priorities", "list")
    lost = next(row for row in table["rows"] if (row["kind"], row["code"]) == ("camera", "lost"))
    assert (lost["severity"], lost["on_s"], table["folding"]["members"]) == ("medium", 10, 3)
    began = datetime.now(UTC) - timedelta(seconds=20)
    down = [Condition(SourceKind.CAMERA, f"cam{n}", "lost", began, "SW-1") for n in range(5)]
    disk = Condition(
        SourceKind.DISK, "evidence", "disk_full", began, facts={"free": "1 MB", "folder": "evidence"}
    )
    with db.open_store(fresh.url) as store:
        door = AlarmSources(store.uows, SystemClock())
        door.present("cameras", [*down, disk], datetime.now(UTC))
        rows = {row["source"]["id"]: row for row in fresh.did("alarms", "list", "--active")["rows"]}
        assert set(rows) == {"SW-1", "evidence"}
        assert rows["SW-1"]["source"] == {"kind": "network", "id": "SW-1", "what": "network"}
        assert (rows["SW-1"]["code"], rows["SW-1"]["members"]) == ("folded", [f"cam{n}" for n in range(5)])
        assert rows["SW-1"]["facts"]["missing"] == "5"
        assert rows["evidence"]["source"] == {"kind": "system", "id": "evidence", "what": "disk"}
        assert (rows["evidence"]["code"], rows["evidence"]["severity"]) == ("disk_full", "high")
        assert datetime.fromisoformat(rows["evidence"]["began_at"]) == began
        fresh.did("alarms", "ack", str(rows["evidence"]["id"]))
        shown = fresh.did("alarms", "show", str(rows["evidence"]["id"]))
        assert [(told["what"], told["code"]) for told in shown["events"]] == [
            ("raised", "disk_full"),
            ("acknowledged", "disk_full"),
        ]
        row = fresh.did(
            "alarms", "maintenance", "start", "segment", "SW-1", "--minutes", "30", "--reason", "换光缆"
        )
        door.present("cameras", [*down, disk], datetime.now(UTC))
    states = {row["source"]["id"]: row["state"] for row in fresh.did("alarms", "list", "--active")["rows"]}
    assert states == {"SW-1": "suppressed", "evidence": "acknowledged"}
    assert fresh.did("alarms", "maintenance", "list")["rows"] == [row]
    assert fresh.did("alarms", "maintenance", "end", str(row["number"]))["reason"] == "换光缆"
    assert fresh.did("alarms", "maintenance", "list")["total"] == 0
    endless = fresh.here("alarms", "maintenance", "start", "segment", "SW-1", "--reason", "x")
    assert (endless.code, endless.error["code"]) == (2, "bad_usage")
