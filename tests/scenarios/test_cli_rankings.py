"""``report ranking|causes|heat|whatif`` and ``case close --cause``: numbers, and
the same numbers on paper and in workbooks."""

from __future__ import annotations

import csv
import subprocess
from pathlib import Path

import openpyxl
import pytest

from tests.scenarios.cli_kit import Cli


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Cli:
    """Three weeks of an office."""
    folder = tmp_path_factory.mktemp("ranked")
    cli = Cli(f"sqlite:///{folder / 'site.sqlite'}", folder)
    cli.did("db", "init", "--purpose", "test")
    cli.did("simulate", "cases", "--days", "21", "--per-day", "40", "--seed", "4")
    return cli


def printed(file: Path) -> str:
    """The words of a PDF, without line breaks."""
    done = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True
    )
    return " ".join(done.stdout.split())


def test_a_ranking_in_numbers_and_on_paper(office: Cli, tmp_path: Path) -> None:
    since = ("--from", office.did("report", "whatif")["from"])
    until = ("--to", office.did("report", "whatif")["to"])
    words = ("report", "ranking", "--by", "team", *since, *until, "--minimum", "15")
    found = office.did(*words)
    ranked = [row for row in found["rows"] if row["place"]]
    assert [row["place"] for row in ranked] == sorted(row["place"] for row in ranked)
    assert len(ranked) >= 2
    kpi = {row["key"]: row for row in office.did("kpi", *since, *until, "--by", "team")["rows"]}
    for row in found["rows"]:
        told = kpi[row["key"]]["indicators"]["total_met"]
        assert (row["n"], row["value"], row["den"]) == (kpi[row["key"]]["n"], told["value"], told["den"])
        assert row["low"] is None or row["low"] <= row["value"] <= row["high"]
        assert (row["place"] is None) == (row["den"] < 15)
    best = ranked[0]

    office.did(*words, "--lang", "zh", "--out", str(tmp_path / "a.pdf"))
    page = printed(tmp_path / "a.pdf")
    assert best["name_zh"] in page
    assert f"{best['value']:.1%}".replace("%", " %") in page
    assert "威尔逊" in page
    assert "ranking." not in page
    fonts = subprocess.run(["pdffonts", str(tmp_path / "a.pdf")], capture_output=True, text=True, check=True)
    lines = fonts.stdout.splitlines()[2:]
    assert lines
    assert all(line.split()[-5] == "yes" for line in lines), fonts.stdout

    office.did(*words, "--lang", "en", "--out", str(tmp_path / "a.xlsx"))
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    numbers = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
    assert best["name_en"] in numbers
    found = [one for one in numbers if isinstance(one, int | float)]
    assert any(one == pytest.approx(best["value"]) for one in found)
    office.did(*words, "--lang", "zh", "--out", str(tmp_path / "a.csv"))
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        assert any(best["name_zh"] in row for row in csv.reader(file))


def test_a_circular_names_only_those_with_a_flag(office: Cli, tmp_path: Path) -> None:
    since = ("--from", office.did("report", "whatif")["from"])
    until = ("--to", office.did("report", "whatif")["to"])
    words = ("report", "ranking", "--by", "category", "--measure", "handling_on_time", *since, *until)
    found = office.did(*words, "--circular", "--lang", "zh", "--out", str(tmp_path / "c.pdf"))
    page = printed(tmp_path / "c.pdf")
    assert "红黑旗通报" in page
    flagged = [row for row in found["rows"] if row["flag"]]
    for row in flagged:
        assert row["name_zh"].replace(" ", "") in page.replace(" ", "")
        assert (row["low"] > found["whole"]) if row["flag"] == "red" else (row["high"] < found["whole"])
    plain = [row for row in found["rows"] if not row["flag"] and row["place"]]
    assert plain
    assert plain[0]["name_zh"] not in page
    if len(flagged) == 0:
        assert "没有达到条件" in page


def test_causes_heat_and_other_limits(office: Cli, tmp_path: Path) -> None:
    since = ("--from", office.did("report", "whatif")["from"])
    until = ("--to", office.did("report", "whatif")["to"])
    causes = office.did("report", "causes", *since, *until)
    assert sum(row["n"] for row in causes["rows"]) == causes["late"] <= causes["closed"]
    assert causes["rows"][-1]["running"] == 1
    codes = {row["code"] for row in office.did("report", "causes", "--list")["rows"]}
    assert {row["code"] for row in causes["rows"]} - {None} <= codes
    heat = office.did("report", "heat", *since, *until)
    assert sum(map(sum, heat["cases"])) == heat["n"]
    whatif = office.did("report", "whatif", "--arrival", "7.5", "--warn", "70")
    stages = {row["kind"]: row for row in whatif["stages"]}
    assert stages["arrival"]["limit_after_s"] == 450
    assert stages["total"]["limit_after_s"] == 750
    assert stages["arrival"]["after"]["value"] < stages["arrival"]["before"]["value"]
    alarms = whatif["alarms"]
    assert alarms["after"]["per_shift"]["mean"] > alarms["before"]["per_shift"]["mean"]
    for name, words in (("causes", "超时原因"), ("heat", "时段和地点"), ("whatif", "时限推演")):
        office.did("report", name, *since, *until, "--lang", "zh", "--out", str(tmp_path / f"{name}.pdf"))
        assert words in printed(tmp_path / f"{name}.pdf")
    english = office.raw("report", "whatif", "--arrival", "9", "--lang", "en")
    assert english.code == 0, english.err
    assert "Alarm calls a shift" in english.out
    assert "ranking." not in english.out


def test_nonsense_is_refused_before_anything_is_counted(office: Cli, tmp_path: Path) -> None:
    assert office.here("report", "ranking", "--measure", "moon").error["code"] == "bad_usage"
    assert office.here("report", "whatif", "--arrival", "0").error["code"] == "bad_value"
    refused = office.here("report", "ranking", "--out", str(tmp_path / "a.docx"))
    assert refused.error["code"] == "bad_usage"
    backwards = office.here("report", "causes", "--from", "2026-03-02", "--to", "2026-03-01")
    assert backwards.error["code"] == "bad_value"


def test_a_late_case_is_closed_with_its_cause(office: Cli) -> None:
    words = ("--category", "event:09006", "--source", "public", "--place", "朝凤路")
    case = office.did("case", "open", *words)["case"]["id"]
    office.did("case", "file", case)
    refused = office.here("case", "force-close", case, "--reason", "x", "--cause", "moon")
    assert refused.error["code"] == "bad_value"
    office.did("case", "dispatch", case)
    for step in ("accept", "arrive", "handled", "check"):
        office.did("case", step, case)
    done = office.did("case", "close", case, "--cause", "no_unit", "--words", "全队在外")["case"]
    assert (done["state"], done["breach_cause"], done["breach_words"]) == ("closed", None, ""), (
        "it was in time"
    )


def test_a_site_has_causes_of_its_own(office: Cli) -> None:
    office.did("report", "cause", "festival", "--zh", "节庆活动", "--en", "Festival", "--group", "place")
    known = office.did("report", "cause", "rush", "--zh", "高峰", "--en", "Rush hour", "--off")["rows"]
    assert [row["code"] for row in known[-2:]] == ["festival", "other"]
    assert {row["code"]: row["active"] for row in known}["rush"] is False
    refused = office.here("report", "cause", "Bad Code", "--zh", "甲", "--en", "a")
    assert refused.error["code"] == "bad_value"
    codes = [row["code"] for row in office.did("report", "causes", "--list")["rows"]]
    assert "festival" in codes
    assert "Bad Code" not in codes
