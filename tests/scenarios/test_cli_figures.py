"""``kpi`` with its new figures, what each means, and rules an office sets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console.domain import kpi
from tests.scenarios.cli_kit import Cli


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Cli:
    """Two days of an office."""
    folder = tmp_path_factory.mktemp("figures")
    cli = Cli(f"sqlite:///{folder / 'site.sqlite'}", folder)
    cli.did("db", "init", "--purpose", "test")
    cli.did("simulate", "cases", "--days", "2", "--per-day", "60", "--seed", "3")
    return cli


def figures(office: Cli) -> dict[str, dict[str, float]]:
    last = office.did("case", "list", "--limit", "1")["rows"][0]["found_at"] or "2000-01-01T00:00:00Z"
    found = office.did("kpi", "--from", "2020-01-01T00:00:00+08:00", "--to", "2040-01-01T00:00:00+08:00")
    assert last > found["from"]
    assert [row["key"] for row in found["rows"]] == ["all"]
    indicators: dict[str, dict[str, float]] = found["rows"][0]["indicators"]
    assert list(indicators) == [one.id for one in kpi.INDICATORS]
    return indicators


def test_every_indicator_is_explained(office: Cli) -> None:
    listed = office.did("kpi", "explain")
    assert [row["id"] for row in listed["rows"]] == [one.id for one in kpi.INDICATORS]
    assert all(row["rule_zh"] and row["rule_en"] for row in listed["rows"])
    area = office.did("kpi", "explain", "score_area")
    assert sum(part["weight"] for part in area["parts"]) == 100
    travel = office.did("kpi", "explain", "arrival_p90")
    assert {"name": "NFPA 1710", "seconds": 240} in [
        {key: row[key] for key in ("name", "seconds")} for row in travel["standards"]
    ]
    refused = office.here("kpi", "explain", "moon")
    assert refused.code == 2
    assert refused.error["code"] == "bad_usage"


def test_a_closed_case_is_called_back(office: Cli) -> None:
    assert figures(office)["satisfaction_rate"] == {"value": None, "num": 0, "den": 0}
    closed = office.did("case", "list", "--state", "closed", "--limit", "2")["rows"]
    for row, said in zip(closed, ("yes", "no"), strict=True):
        done = office.did("case", "call-back", row["id"], "--satisfied", said, "--text", "已电话回访")
        assert done["case"]["call_back"] == said
        assert done["events"][0]["data"]["result"] == said
    assert figures(office)["satisfaction_rate"] == {"value": 0.5, "num": 1, "den": 2}
    still_open = office.did("case", "list", "--open", "--limit", "1")["rows"][0]["id"]
    assert office.here("case", "call-back", still_open, "--satisfied", "yes").code == 1


def test_an_office_sets_its_own_rules(office: Cli, tmp_path: Path) -> None:
    rules = office.did("kpi", "rules")
    before = figures(office)["score_area"]["value"]
    file = tmp_path / "口径.json"
    file.write_text(json.dumps(rules | {"bands": {"grid": [[None, 100]]}}), "utf-8")
    refused = office.here("kpi", "rules", "--file", str(file))
    assert refused.code == 1
    assert refused.error["message"].count(rules["version"]) == 1, "another set needs another version"
    file.write_text(json.dumps(rules | {"version": "minghu-1", "bands": {"grid": [[None, 100]]}}), "utf-8")
    assert office.did("kpi", "rules", "--file", str(file))["version"] == "minghu-1"
    assert figures(office)["score_area"]["value"] == pytest.approx(before + 20)
    file.write_text("no rules", "utf-8")
    assert office.here("kpi", "rules", "--file", str(file)).code == 1
    assert office.did("kpi", "rules", "--default") == rules
    assert figures(office)["score_area"]["value"] == pytest.approx(before)
