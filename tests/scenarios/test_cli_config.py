"""The whole configuration, the promises and other tables at the command line."""

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


TABLES = [
    (("promises",), "kind,limit", "decision,4min"),
    (("shift", "roster"), "day,kind", "20260302,morning"),
    (("thresholds",), "clock,step,at", "decision,warn,70%"),
    (("sop",), "category,step,kind,text_zh", "event:09006,1,look,看清地点"),
    (("review", "checklist"), "id,text_zh,text_en", "a,看过现场,Looked at the place"),
]


@pytest.mark.parametrize(("command", "head", "row"), TABLES, ids=[" ".join(one[0]) for one in TABLES])
def test_a_table_names_the_columns_nobody_knows_and_those_it_needs(
    fresh: Cli, tmp_path: Path, command: tuple[str, ...], head: str, row: str
) -> None:
    file = tmp_path / "表.csv"
    file.write_text(f"{head},备注,colour\n{row},x,red\n", "utf-8")
    done = fresh.here(*command, "import", str(file), "--dry-run", "--lang", "en")
    assert done.json["unknown_columns"] == ["备注", "colour"]
    assert [one["row"] for one in done.json["rows"]] == [2], "the columns it knows are read"
    assert "not known and were not read: 备注, colour" in done.err
    file.write_text(f"{head}\n{row}\n", "utf-8")
    plain = fresh.here(*command, "import", str(file), "--lang", "en")
    assert (plain.code, plain.json["unknown_columns"], plain.err) == (0, [], "")
    needed, others = head.split(",")[-1], head.split(",")[:-1]
    file.write_text(",".join([*others, "备注"]) + f"\n{row}\n", "utf-8")
    refused = fresh.here(*command, "import", str(file), "--lang", "en")
    assert (refused.code, refused.error["code"]) == (1, "bad_file")
    assert needed in refused.error["message"]
