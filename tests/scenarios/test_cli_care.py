"""Care of the site on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.settings import Places
from tests.scenarios.cli_kit import Cli
from tests.scenarios.console_kit import copied


@pytest.fixture
def cli(quiet: Places, tmp_path: Path) -> Cli:
    places = copied(quiet, tmp_path / "data")
    return Cli(places.db_url, places.data)


def test_backups_are_rehearsed_and_told(cli: Cli, tmp_path: Path) -> None:
    assert cli.here("db", "rehearse").error["code"] == "bad_file", "there is none yet"
    folder = tmp_path / "backups"
    cli.did("notify", "set", f"backup.folder={folder}")
    assert cli.did("watch", "--once")["ok"]
    done = cli.here("db", "rehearse")
    assert done.code == 0, done.err
    assert done.json["ok"]
    assert done.json["file"].startswith(str(folder))
    status = cli.did("care", "status")
    assert status["backup"]["last"]["ok"]
    assert status["schema"]["stored"] == status["schema"]["known"]
    (file,) = folder.glob("fifteen-*.zip")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0xFF
    file.write_bytes(bytes(data))
    assert cli.here("db", "rehearse", str(file)).error["code"] in ("db_corrupt", "bad_file")


def test_retention_is_tried_before_it_is_done(cli: Cli) -> None:
    first = cli.did("evidence", "retention")
    assert (first["files"], first["auto"]) == (0, False)
    assert {row["kind"] for row in first["rows"] if row["days"] == 0} >= {"clip", "snapshot"}
    changed = cli.did("evidence", "retention", "--set", "clip=90", "snapshot=365", "--auto", "yes")
    assert {row["kind"]: row["days"] for row in changed["rows"]}["clip"] == 90
    assert changed["auto"]
    assert cli.did("evidence", "retention", "--apply")["removed"] == {
        "files": 0, "bytes": 0, "cases": 0, "left": 0,
    }  # fmt: skip
    assert cli.here("evidence", "retention", "--set", "clip=3").error["code"] == "bad_value"
    assert cli.here("evidence", "retention", "--set", "films=90").error["code"] == "bad_usage"


def test_a_new_version_is_looked_for_where_it_is_said(cli: Cli, tmp_path: Path) -> None:
    assert cli.did("care", "updates")["found"] is None
    (tmp_path / "fifteen-8.0.0-py3-none-any.whl").write_bytes(b"")
    assert cli.did("care", "updates", "--folder", str(tmp_path))["found"] == "8.0.0"
    assert cli.did("care", "updates")["file"].endswith(".whl")
    assert cli.here("care", "updates", "--folder", "https://example.org/fifteen").error["code"] == "bad_value"
    assert cli.did("care", "log")["total"] >= 0
    assert cli.did("care", "crash") == {"rows": [], "total": 0}
