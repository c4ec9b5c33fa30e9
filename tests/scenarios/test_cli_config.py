"""The whole configuration and the promises at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scenarios.cli_kit import Cli


@pytest.fixture
def fresh(tmp_path: Path) -> Cli:
    """A new test database with the shipped standard."""
    cli = Cli(f"sqlite:///{tmp_path / 'fifteen.db'}", tmp_path)
    cli.did("db", "init", "--purpose", "test")
    return cli


def test_a_configuration_is_compared_taken_and_taken_back(fresh: Cli, tmp_path: Path) -> None:
    file = tmp_path / "配置.json"
    fresh.did("promises", "set", "decision", "4min")
    fresh.did("promises", "set", "arrival", "20 min", "--category", "event:09006", "--hours", "22-6")
    done = fresh.did("config", "export", "--out", str(file))
    assert done["rows"] > 100
    assert fresh.did("config", "diff", str(file))["counts"] == dict.fromkeys(
        ("added", "changed", "removed", "kept"), 0
    )
    raw = json.loads(file.read_text(encoding="utf-8"))
    raw["parts"]["settings"]["similar_distance"]["value"] = "70"
    raw["parts"]["promises"]["decision"]["limit"] = "3 urgent_minute"
    raw["parts"]["weather"] = {}
    file.write_text(json.dumps(raw), encoding="utf-8")
    for words in (("diff",), ("import", "--dry-run")):
        seen = fresh.did("config", *words, str(file))
        assert {(row["part"], row["key"]) for row in seen["rows"] if row["change"] == "changed"} == {
            ("settings", "similar_distance"),
            ("promises", "decision"),
        }
        assert seen["unknown_parts"] == ["weather"]
    assert fresh.did("config", "import", str(file), "--part", "promises")["counts"]["changed"] == 1
    assert fresh.did("promises", "list")["rows"][0]["limit"]["value"] == 3
    taken = fresh.did("config", "import", str(file))
    assert (taken["counts"]["changed"], Path(taken["copy"]).exists()) == (1, True)
    assert fresh.did("config", "undo")["counts"]["changed"] == 1
    settings = {row["name"]: row["value"] for row in fresh.did("settings", "list")["rows"]}
    assert settings["similar_distance"] == 50
    raw["parts"]["settings"]["similar_distance"]["value"] = "far"
    file.write_text(json.dumps(raw), encoding="utf-8")
    refused = fresh.here("config", "import", str(file))
    assert (refused.code, refused.json["copy"]) == (1, "")
    assert [row["part"] for row in refused.json["problems"]] == ["settings"]
    file.write_text(json.dumps({**raw, "form": 99}), encoding="utf-8")
    newer = fresh.here("config", "diff", str(file))
    assert (newer.code, newer.error["code"]) == (1, "bad_file")
    plain = fresh.raw("config", "copies", "--lang", "en")
    assert plain.code == 0
    assert "before-" in plain.out
