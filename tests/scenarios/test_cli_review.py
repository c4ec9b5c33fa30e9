"""Samples and a supervisor's lists from the command line, by several people."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from console.settings import Places
from console.simulation.district import DEMO_PASSWORD
from tests.scenarios.cli_kit import Cli
from tests.scenarios.console_kit import Story, at, copied


@pytest.fixture
def cli(quiet: Places, tmp_path: Path, story: Story, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """A site whose clock stands at the Monday after a week of work."""
    here = copied(quiet, tmp_path / "data")
    made = Cli(here.db_url, here.data, more={"FIFTEEN_CLOCK_FILE": str(story.path)})
    story.stand(at("09:00:00"))
    for place in ("亚太广场", "东关街口"):
        case = made.did("case", "open", "--category", "event:09006", "--source", "patrol", "--place", place)
        made.did("case", "file", case["case"]["id"])
    made.did("case", "void", case["case"]["id"], "--reason", "立错了")
    first = "20260302-0001"
    for step in ("dispatch", "accept", "arrive", "handled", "check", "close"):
        made.did("case", step, first)
    story.stand(at("08:30:00", "2026-03-09"))
    return made


def as_user(cli: Cli, name: str, *words: str) -> tuple[int, dict[str, object]]:
    """Somebody's own command; exit code, and the document or the error."""
    done = cli.here(*words, "--user", name, "--password-stdin", stdin=f"{DEMO_PASSWORD}\n")
    return done.code, done.json if done.code == 0 else done.error


def test_a_week_from_draw_to_second_look(cli: Cli, tmp_path: Path) -> None:
    drawn = cli.did("review", "sample")
    assert (drawn["week"], drawn["fresh"], drawn["total"], drawn["share"]) == ("2026-W10", True, 1, 0.02)
    assert cli.did("review", "sample", "--week", "2026-w10")["fresh"] is False
    assert cli.did("review", "check")["ok"] is True
    (row,) = cli.did("review", "list", "--standing", "waiting")["rows"]
    shown = cli.did("review", "show", row["id"])
    assert shown["chain"]["events"], "the whole chain of the case"
    assert {line["id"] for line in shown["lines"]} >= {"class", "words"}
    code, error = as_user(cli, "li.na", "review", "list")
    assert code == 0, error
    open_still = cli.here("review", "sample", "--week", "2026-W11")
    assert (open_still.code, open_still.error["code"]) == (1, "bad_value")
    own_work = cli.here("review", "verdict", row["id"], "--verdict", "pass")
    assert (own_work.code, own_work.error["code"]) == (1, "forbidden"), "who did the case is who asks"
    code, unanswered = as_user(cli, "wang.jun", "review", "verdict", row["id"], "--verdict", "pass")
    assert (code, unanswered["code"]) == (1, "bad_value")
    code, given = as_user(
        cli, "wang.jun", "review", "verdict", row["id"], "--verdict", "fail", "--rest", "yes",
        "--answer", "place=no", "--words", "位置写错了",
    )  # fmt: skip
    assert (code, given["standing"], given["stands"]) == (0, "given", "fail"), given
    assert given["answers"]["place"] == "no"  # type: ignore[index]
    wish = ("review", "second", row["id"], "--verdict", "pass", "--words", "对的")
    code, second = as_user(cli, "wang.jun", *wish)
    assert (code, second["code"]) == (1, "illegal_transition"), second
    assert cli.did("review", "dispute", row["id"], "--reason", "照片上看得出")["standing"] == "disputed"
    code, same = as_user(cli, "wang.jun", *wish)
    assert (code, same["code"]) == (1, "needs_second_person"), same
    code, settled = as_user(cli, "demo.leader", *wish)
    assert (code, settled["standing"], settled["stands"]) == (0, "settled", "pass"), settled
    assert cli.did("review", "check")["ok"] is True


def test_the_lists_as_rows_and_files(cli: Cli, tmp_path: Path) -> None:
    week = ("--from", "2026-03-02T00:00:00+08:00", "--to", "2026-03-03T00:00:00+08:00")
    assert cli.did("review", "deeds", *week)["rows"] == [], "a void that nobody granted is only a wish"
    late = cli.did("review", "late", *week)
    assert {row["clock"] for row in late["rows"]} >= {"dispatch"}
    for name in ("repeats", "cameras", "logs"):
        found = cli.did("review", name)
        assert found["total"] == len(found["rows"])
        assert found["cut"] is False
    cli.did("review", "sample")
    for suffix in (".xlsx", ".csv"):
        file = tmp_path / f"抽查{suffix}"
        assert cli.did("review", "list", "--out", str(file))["file"] == str(file)
    assert "2026-W10-0001" in (tmp_path / "抽查.csv").read_text(encoding="utf-8-sig")
    cli.ok("review", "list", "--out", str(tmp_path / "抽查.pdf"))
    read = subprocess.run(
        ["pdftotext", tmp_path / "抽查.pdf", "-"], capture_output=True, text=True, check=True
    )
    assert "2026-W10-0001" in read.stdout
    refused = cli.here("review", "late", "--out", str(tmp_path / "late.doc"))
    assert (refused.code, refused.error["code"]) == (2, "bad_usage")
    told = cli.did("review", "checklist", "list")
    assert (told["version"], told["total"]) == (0, 13)
