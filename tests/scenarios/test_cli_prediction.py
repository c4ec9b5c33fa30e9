"""``report prediction``: learned from an invented history, told in every form."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.scenarios.cli_kit import Cli


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Cli:
    """A week of a busy office."""
    folder = tmp_path_factory.mktemp("foretold")
    cli = Cli(f"sqlite:///{folder / 'site.sqlite'}", folder)
    cli.did("db", "init", "--purpose", "test")
    cli.did("simulate", "cases", "--days", "3", "--per-day", "400", "--seed", "3")
    return cli


def test_what_is_foretold_and_whether_it_came_true(office: Cli, tmp_path: Path) -> None:
    report = office.did("report", "prediction", "--out", str(tmp_path / "a.csv"))
    legs = {leg["leg"]: leg for leg in report["legs"]}
    assert set(legs) == {"decision", "dispatch", "travel"}
    assert report["warn"] == 0.5
    travel = legs["travel"]
    assert travel["n"] > 900
    check = travel["check"]
    assert check["learned"] + check["n"] == travel["n"]
    assert check["from"] < check["to"]
    assert 0 < check["brier"] < check["brier_base"]
    assert travel["told"] == (check["brier"] < min(check["brier_base"], check["brier_alone"]))
    for row in check["calibration"]:
        assert row["low"] <= row["said"] <= row["high"]
        assert row["least"] <= row["came"] <= row["most"]
    named = {fact["level"]: fact["name_en"] for fact in travel["facts"] if fact["fact"] == "team"}
    assert named
    assert all(name and name != level for level, name in named.items())
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == report["rows"]
    kinds = [row["kind"] for row in rows if row["leg"] == "travel"]
    assert kinds.count("calibration") == len(check["calibration"])
    assert kinds.count("fact") == len(travel["facts"])
    scores = {
        row["what"]: float(row["score"]) for row in rows if (row["leg"], row["kind"]) == ("travel", "score")
    }
    assert scores["model"] == pytest.approx(check["brier"], abs=1e-5)


def test_as_a_page_and_as_lines(office: Cli, tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    done = office.raw("report", "prediction", "--lang", "zh", "--out", str(file))
    assert done.code == 0, done.err
    assert "Brier 分" in done.out
    assert "到场：过去" in done.out
    assert "chance." not in done.out
    assert "{" not in done.out
    assert file.read_bytes().startswith(b"%PDF")
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_what_cannot_be_written_is_said(office: Cli, tmp_path: Path) -> None:
    for name in ("gone/a.pdf", "gone/a.csv"):
        done = office.here("report", "prediction", "--out", str(tmp_path / name))
        assert (done.code, done.error["code"]) == (1, "bad_file")
    done = office.here("report", "prediction", "--out", str(tmp_path / "a.docx"))
    assert (done.code, done.error["code"]) == (2, "bad_usage")


def test_an_office_without_a_past(tmp_path: Path) -> None:
    cli = Cli(f"sqlite:///{tmp_path / 'new.sqlite'}", tmp_path)
    cli.did("db", "init", "--purpose", "test")
    report = cli.ok("report", "prediction", "--out", str(tmp_path / "new.pdf"))
    assert [(leg["n"], leg["check"], leg["told"], leg["facts"]) for leg in report["legs"]] == [
        (0, None, False, [])
    ] * 3
    assert (tmp_path / "new.pdf").stat().st_size > 1000
