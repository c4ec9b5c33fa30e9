"""Branches by the command line: requests that are granted later, denied and
withdrawn, corrections beyond times, and a supervision with its reply."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.scenarios.cli_kit import Cli
from tests.scenarios.test_cli_case import PASSWORD, cli, made

__all__ = ["cli", "made"]


def by(cli: Cli, name: str, *words: str) -> Any:
    """A command of somebody who signs in for it."""
    return cli.did("case", *words, "--user", name, "--password-stdin", stdin=f"{PASSWORD}\n")


def test_requests_corrections_and_replies(cli: Cli) -> None:
    opened = datetime.now(UTC)
    by(cli, "officer01", "open", "--source", "patrol", "--category", "event:09006", "--place", "亚太广场")
    for word in ("file", "dispatch", "accept", "arrive"):
        by(cli, "officer01", word, "1")
    asked = by(cli, "officer01", "extend", "1", "--reason", "等设备")["request"]
    twice = ("case", "extend", "1", "--reason", "again", "--user", "officer01", "--password-stdin")
    done = cli.here(*twice, stdin=f"{PASSWORD}\n")
    assert (done.code, done.error["code"]) == (1, "illegal_transition")
    assert "officer01" in done.error["message"]
    by(cli, "officer01", "withdraw", str(asked["id"]))
    asked = by(cli, "officer01", "extend", "1", "--reason", "等设备")["request"]
    said_at = datetime.now(UTC)
    told = ("--at", said_at.isoformat(), "--on-behalf-of", "王队", "--channel", "phone")
    granted = by(cli, "leader01", "approve", str(asked["id"]), *told)
    assert granted["case"]["extensions"] == 1
    grant = next(event for event in granted["events"] if event["action"] == "approve")
    assert datetime.fromisoformat(grant["at"]) == said_at
    assert (grant["data"]["on_behalf_of"], grant["data"]["channel"]) == ("王队", "phone")
    asked = by(cli, "officer01", "correct", "1", "place=经北六路", "--reason", "听错")["request"]
    right = by(cli, "leader01", "approve", str(asked["id"]))
    assert right["case"]["place"] == "经北六路"
    assert right["events"][-1]["data"]["old"] == "亚太广场"
    asked = by(cli, "officer01", "void", "1", "--reason", "误报")["request"]
    denied = by(cli, "leader01", "deny", str(asked["id"]), "--reason", "属实")
    assert (denied["request"]["state"], denied["case"]["state"]) == ("denied", "handling")
    later = (opened + timedelta(hours=3)).isoformat()
    assert by(cli, "leader01", "supervise", "1", "--reply-by", later, "--text", "为何未到")["case"][
        "reply_by"
    ]
    assert by(cli, "officer01", "reply", "1", "路上堵车")["case"]["reply_by"] is None
    assert by(cli, "officer01", "urge", "1")["case"]["urges"] == 1
    assert cli.did("db", "check")["ok"] is True


def test_a_graded_limit_and_a_further_team(cli: Cli) -> None:
    standard, places = cli.data / "standard.csv", cli.data / "places.csv"
    head = (
        "condition_id,kind,code,condition_zh,limit_value,limit_unit,limit_a,not_to_file,not_to_file_en,team\n"
    )
    standard.write_text(f"{head}E06012-9,event,06012,积灰成片,4,work_hour,2,浮尘,Dust,sanitation\n", "utf-8")
    places.write_text("kind,id,name_zh,区域等级\ncommunity,lake,望湖社区,A类\n", "utf-8")
    as_boss = ("--user", "boss", "--password-stdin")
    for table, file in (("standard", standard), ("places", places)):
        done = cli.did(table, "import", str(file), *as_boss, stdin=f"{PASSWORD}\n")
        assert (done["rows"][0]["action"], done["unknown_columns"]) == ("added", [])
    listed = cli.did("standard", "list", "--text", "E06012-9", *as_boss, stdin=f"{PASSWORD}\n")["rows"][0]
    assert listed["grade_limits"] == {"A": {"value": 2, "unit": "work_hour"}}
    assert (listed["not_to_file"], listed["not_to_file_en"]) == ("浮尘", "Dust")
    assert cli.did("places", "list", *as_boss, stdin=f"{PASSWORD}\n")["rows"][0]["grade"] == "A"
    by(cli, "officer01", "open", "--source", "patrol", "--category", "event:06012", "--community", "lake")
    filed = by(cli, "officer01", "file", "1", "--condition", "E06012-9")
    assert filed["case"]["category"]["limit_grade"] == "A"
    sent = by(cli, "officer01", "dispatch", "1")["case"]
    clock = next(one for one in sent["deadlines"] if one["kind"] == "handling")
    assert clock["limit"] == {"value": 2, "unit": "work_hour", "version": "E06012-9@1/A"}
    further = by(cli, "officer01", "add-team", "1", "--team", "巡消队", "--reason", "人手不够")
    assert further["case"]["teams"] == ["sanitation", "patrol"]
    assert further["events"][-1]["data"]["added"] == ["patrol"]
    assert cli.did("db", "check")["ok"] is True
