"""Teams at the command line: duty, place, board, templates, whose answer it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console import cli


class Line:
    """Commands on one fresh database."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder, self._capsys = folder, capsys
        self.run("db", "init", "--purpose", "test")

    def run(self, *words: str) -> tuple[int, object, str]:
        code = cli.main([*words, "--data", str(self._folder), "--lang", "zh", "--json"])
        out, err = self._capsys.readouterr()
        return code, json.loads(out) if out.strip() else None, err

    def done(self, *words: str) -> dict[str, object]:
        code, document, err = self.run(*words)
        assert code == 0, err
        assert isinstance(document, dict)
        return document

    def no(self, *words: str) -> tuple[int, str]:
        code, _document, err = self.run(*words)
        return code, json.loads(err)["error"]["message"]


@pytest.fixture
def line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Line:
    return Line(tmp_path, capsys)


def test_duty_place_and_board(line: Line) -> None:
    assert line.done("teams", "duty", "巡消队", "off")["doing"] == "off"
    assert line.done("teams", "duty", "patrol", "rota")["on"] is True
    place = line.done("teams", "place", "patrol", "--lon", "113.75", "--lat", "34.76")["place"]
    assert isinstance(place, dict)
    assert (place["lon"], place["lat"]) == (113.75, 34.76)
    board = line.done("teams", "board")
    rows = board["rows"]
    assert isinstance(rows, list)
    assert board["total"] == len(rows) == 16
    assert {row["doing"] for row in rows} == {"free"}
    assert line.no("teams", "duty", "nobody", "on")[0] == 1
    assert line.no("teams", "duty", "patrol", "maybe")[0] == 2
    assert line.no("teams", "place", "patrol")[0] == 1


def test_templates_are_judged(line: Line) -> None:
    assert line.done("teams", "template", "radio")["own"] is False
    code, said = line.no("teams", "template", "radio", "--set", "{phone} {place}")
    assert code == 1
    assert "phone" in said
    assert line.done("teams", "template", "radio", "--set", "{teams}：{place}")["own"] is True
    assert line.done("teams", "template", "radio", "--reset")["own"] is False


def test_of_two_teams_one_answers(line: Line) -> None:
    case = line.done("case", "open", "--category", "event:09006", "--source", "patrol")["case"]
    assert isinstance(case, dict)
    number = str(case["id"])
    line.done("case", "file", number, "--condition", "E09006-1")
    line.done("case", "dispatch", number, "--team", "appearance", "--team", "patrol")
    code, said = line.no("case", "accept", number, "--team", "food")
    assert code == 1
    assert "food" in said
    line.done("case", "accept", number, "--team", "patrol", "--channel", "phone")
    rows = line.done("teams", "board")["rows"]
    assert isinstance(rows, list)
    doing = {row["id"]: row["doing"] for row in rows}
    assert (doing["patrol"], doing["appearance"]) == ("enroute", "told")
