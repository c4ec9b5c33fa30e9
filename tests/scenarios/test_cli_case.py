"""A case by the command line: the whole way on both databases, what is refused,
two sweeps at once, and a process that is killed in the middle."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from console.domain.model import Event
from tests import postgres
from tests.scenarios.cli_kit import ROOT, Cli

PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite database with an officer and a leader, made by commands."""
    folder = tmp_path_factory.mktemp("made")
    cli = Cli(f"sqlite:///{folder / 'site.db'}", folder)
    cli.did("db", "init", "--purpose", "test")
    people(cli)
    return folder


def people(cli: Cli) -> None:
    """An administrator, an officer and a leader."""
    cli.did("users", "add", "boss", "--role", "admin", "--lasting", stdin=f"{PASSWORD}\n")
    as_boss = ("--user", "boss", "--password-stdin")
    for name, role in (("officer01", "duty"), ("leader01", "leader")):
        cli.did(
            "users", "add", name, "--role", role, "--lasting", *as_boss, stdin=f"{PASSWORD}\n{PASSWORD}\n"
        )


@pytest.fixture
def cli(made: Path, tmp_path: Path) -> Cli:
    """A command line on a copy of that database."""
    shutil.copy(made / "site.db", tmp_path / "site.db")
    return Cli(f"sqlite:///{tmp_path / 'site.db'}", tmp_path)


@pytest.fixture(scope="module")
def shared_made(tmp_path_factory: pytest.TempPathFactory) -> Cli:
    """A PostgreSQL database with the same people, to be copied."""
    cli = Cli(postgres.fresh_url(), tmp_path_factory.mktemp("shared"))
    cli.did("db", "init", "--purpose", "test")
    people(cli)
    return cli


@pytest.fixture
def shared(shared_made: Cli, tmp_path: Path) -> Iterator[Cli]:
    """A command line on a copy of it."""
    url = postgres.copy(shared_made.url)
    shutil.copytree(shared_made.data, tmp_path / "shared")
    yield Cli(url, tmp_path / "shared")
    postgres.drop(url)


WAY = [
    ("open", "--category", "event:09006", "--source", "public", "--place", "亚太广场", "--note", "烧烤摊"),
    ("file", "1"),
    ("dispatch", "1"),
    ("accept", "1", "--channel", "radio", "--on-behalf-of", "张队"),
    ("arrive", "1"),
    ("handled", "1", "--evidence", "{photo}"),
    ("check", "1"),
    ("close", "1"),
]


def walk(cli: Cli, photo: Path, apart: int) -> list[Any]:
    """The whole way by an officer who has signed in; every answer. Every second
    step, from ``apart`` on, is a process of its own."""
    cli.did("login", "officer01", stdin=f"{PASSWORD}\n")
    way = [("case", *(word.format(photo=photo) for word in words)) for words in WAY]
    answers = [
        (cli.ok if number % 2 == apart else cli.did)(*words, "--user", "officer01")
        for number, words in enumerate([*way, ("case", "show", "1")])
    ]
    answers.append(cli.did("case", "list", "--user", "officer01"))
    return answers


#: Times as seconds, and what hangs on them.
DIFFERS = ("remaining_s", "seq", "hash", "prev_hash")


def plain(value: Any) -> Any:
    """Without what may differ: ids, times, hashes, remaining seconds."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if k not in DIFFERS}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, str):
        if re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+(\+00:00)?", value):
            return "time"
        return re.sub(r"^\d{8}-\d{4}$|^[0-9a-f]{16}$", "id", value)
    return value


def steps(side: Cli) -> list[Event]:
    """The steps of cases in the chain, without the entries of the audit log."""
    from db import open_store

    with open_store(side.url) as store, store.uows.read() as uow:
        return [event for event in uow.events.since(0, 2000) if event.case]


def test_the_whole_way_is_the_same_on_both_databases(cli: Cli, shared: Cli, tmp_path: Path) -> None:
    photo = tmp_path / "after.jpg"
    photo.write_bytes(b"\xff\xd8 after \xff\xd9")
    # Each command is once typed into a process of its own, on one or the other.
    here, there = walk(cli, photo, 0), walk(shared, photo, 1)
    assert plain(here) == plain(there)
    states = [answer["case"]["state"] for answer in here[: len(WAY)]]
    assert states == "registering filed dispatched enroute handling feedback closing closed".split()
    assert [e["action"] for e in here[-2]["events"]] == (
        "open file dispatch accept arrive attach handled check close".split()
    )
    assert here[3]["events"][0]["data"]["on_behalf_of"] == "张队"
    assert here[-1]["total"] == 1
    met = {d["kind"]: d["met_at"] for d in here[-2]["deadlines"]}
    assert set(met) == {"decision", "total", "dispatch", "arrival", "handling", "check"}
    assert all(met.values())
    for side in (cli, shared):
        check = side.did("db", "check")
        assert (check["ok"], len(steps(side))) == (True, 9)


def test_a_row_changed_with_another_tool_is_found(cli: Cli) -> None:
    before = cli.did("db", "info")["chain_head"]["seq"]
    for _ in range(3):
        cli.did("case", "open", "--source", "patrol")
    head = cli.did("db", "info")["chain_head"]
    assert head["seq"] == before + 3
    with sqlite3.connect(cli.url.removeprefix("sqlite:///")) as other:
        assert "event" in {
            row[0] for row in other.execute("SELECT tbl_name FROM sqlite_master WHERE type='trigger'")
        }
        with pytest.raises(sqlite3.DatabaseError):
            other.execute("UPDATE event SET actor = 'nobody' WHERE seq = 2")
        names = [row[0] for row in other.execute("SELECT name FROM sqlite_master WHERE type='trigger'")]
        for name in names:
            other.execute(f'DROP TRIGGER "{name}"')
        other.execute("UPDATE event SET actor = 'nobody' WHERE seq = 2")
    other.close()
    done = cli("db", "check")
    assert done.code == 1
    assert (done.json["ok"], done.json["chain_ok"], done.json["first_bad_seq"]) == (False, False, 2)
    assert done.json["triggers_ok"] is False


BAD = [
    (1, "unknown_category", ("case", "open", "--source", "patrol", "--category", "99999")),
    (1, "unknown_category", ("case", "open", "--source", "patrol", "--category", "01001")),
    (1, "unknown_camera", ("case", "open", "--source", "camera", "--camera", "cam99")),
    (1, "unknown_team", ("case", "dispatch", "1", "--team", "nobody")),
    (1, "unknown_case", ("case", "file", "4711")),
    (1, "unknown_condition", ("case", "file", "2", "--condition", "E00000-1")),
    (1, "unknown_user", ("users", "disable", "nobody")),
    (1, "unknown_alarm", ("alarms", "ack", "1")),
    (1, "illegal_transition", ("case", "close", "1")),
    (1, "missing_condition", ("case", "file", "2")),
    (1, "missing_reason", ("case", "reject", "2", "--reason", " ")),
    (1, "time_future", ("case", "open", "--source", "patrol", "--found-at", "2999-01-01T00:00:00Z")),
    (1, "time_future", ("case", "dispatch", "1", "--at", "2999-01-01T00:00:00Z")),
    (1, "time_order", ("case", "dispatch", "1", "--at", "{before}")),
    (1, "bad_value", ("case", "open", "--source", "patrol", "--lon", "115")),
    (2, "bad_usage", ("case", "open", "--source", "patrol", "--found-at", "yesterday")),
    (2, "bad_usage", ("case", "open", "--source", "patrol", "--found-at", "0001-01-01T00:00:00+08:00")),
    (2, "bad_usage", ("case", "open", "--source", "patrol", "--found-at", "9999-12-31T23:59:59-12:00")),
    (2, "bad_usage", ("case", "open", "--source", "patrol", "--lon", "500", "--lat", "34")),
    (2, "bad_usage", ("case", "list", "--limit", "0")),
    (2, "bad_usage", ("alarms", "ack", "x")),
    (1, "needs_second_person", ("case", "approve", "1")),
    (1, "unknown_request", ("case", "approve", "99")),
    (2, "bad_usage", ("case", "frobnicate", "1")),
    (2, "bad_usage", ("case", "open")),
    (2, "bad_usage", ("case", "open", "--source", "rumour")),
    (2, "bad_usage", ("case", "correct", "1", "arrived_at", "--reason", "x")),
    (2, "bad_usage", ("cases", "list")),
    (2, "bad_usage", ("case", "list", "--state", "lost")),
    (2, "bad_usage", ("db", "info", "--db", "postgresql://u:secret@h/x")),
    (1, "bad_file", ("case", "attach", "1", "/nowhere/at/all.jpg")),
    (1, "bad_file", ("standard", "import", "/nowhere/at/all.csv")),
]


def test_bad_input_is_told_in_one_line_and_changes_nothing(cli: Cli) -> None:
    before = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    cli.did("case", "open", "--source", "patrol", "--category", "09006")
    cli.did("case", "file", "1")
    cli.did("case", "open", "--source", "patrol")
    cli.did("case", "void", "2", "--reason", "test")
    head = held(cli)
    for code, name, words in BAD:
        done = cli.here(*(word.format(before=before) for word in words), "--lang", "en")
        assert (done.code, done.error["code"]) == (code, name), words
    assert held(cli) == head


def held(cli: Cli) -> Any:
    """The chain's head and how many rows there are of everything."""
    info = cli.did("db", "info")
    return info["chain_head"], {k: v for k, v in info["rows"].items() if k != "change_log"}


def test_the_error_line_of_a_real_process(cli: Cli) -> None:
    done = cli("case", "file", "4711", "--lang", "en")
    assert (done.code, done.error["code"]) == (1, "unknown_case")
    assert "4711" in done.error["message"]
    assert cli.raw("--lang", "zh", "case", "file", "4711").err.startswith("没有案件 4711。")
    assert (cli("nonsense").code, cli("nonsense").error["code"]) == (2, "bad_usage")


def test_options_are_good_before_and_after_the_command(cli: Cli) -> None:
    first = cli.raw("--json", "--db", cli.url, "case", "list", "--open")
    second = cli.raw("case", "list", "--db", cli.url, "--open", "--json")
    assert first.json == second.json == {"rows": [], "total": 0}


@pytest.mark.parametrize("state", ["missing", "folder", "corrupt", "newer", "locked"])
def test_a_database_that_cannot_be_used(cli: Cli, tmp_path: Path, state: str) -> None:
    path = Path(cli.url.removeprefix("sqlite:///"))
    code = "db_missing" if state == "folder" else f"db_{state}"
    other: sqlite3.Connection | None = None
    if state == "missing":
        path.unlink()
    elif state == "folder":
        cli.url = f"sqlite:///{tmp_path / 'no' / 'such' / 'place.db'}"
    elif state == "corrupt":
        path.write_bytes(b"this is no database at all" * 400)
    else:
        other = sqlite3.connect(path, isolation_level=None)
        if state == "newer":
            other.execute("UPDATE alembic_version SET version_num = '9999'")
            other.execute("UPDATE site SET value = '9999' WHERE key = 'writers_from'")
        else:
            other.execute("BEGIN EXCLUSIVE")
    done = cli.here("case", "open", "--source", "patrol")
    if other is not None:
        other.close()
    assert (done.code, done.error["code"]) == (3, code)


def test_a_database_that_may_only_be_read(cli: Cli) -> None:
    with TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        file = folder / "site.db"
        shutil.copy(cli.url.removeprefix("sqlite:///"), file)
        only = Cli(f"sqlite:///{file}", folder / "data")
        assert only.did("case", "list")["total"] == 0
        before = only.did("db", "info")["chain_head"]
        file.chmod(0o444)
        folder.chmod(0o555)
        # Root may write everything, so this part is done as nobody.
        root = os.geteuid() == 0
        if root:
            os.seteuid(65534)
        try:
            done = only.here("case", "open", "--source", "patrol")
        finally:
            if root:
                os.seteuid(0)
            folder.chmod(0o755)
            file.chmod(0o644)
        assert (done.code, done.error["code"]) == (3, "db_readonly")
        assert only.did("db", "info")["chain_head"] == before


def test_a_password_with_special_signs_is_told_from_a_wrong_one() -> None:
    url = postgres.fresh_url()
    with postgres.server().connect() as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'sealed'").fetchone():
            connection.execute("CREATE ROLE sealed LOGIN")
        connection.execute("ALTER ROLE sealed SUPERUSER PASSWORD 'p@ss:w/rd#1 é'")
    host = url.split("host=")[1]
    name = postgres.name_of(url)
    folder = Path("/tmp")
    wrong = Cli(f"postgresql://sealed:wrong@/{name}?host={host}", folder).here("db", "info")
    assert (wrong.code, wrong.error["code"]) == (1, "auth_failed")
    assert "wrong" not in wrong.err
    right = Cli(f"postgresql://sealed:p%40ss%3Aw%2Frd%231%20%C3%A9@/{name}?host={host}", folder)
    assert right.here("db", "info").error["code"] == "db_missing"
    right.did("db", "init", "--purpose", "test")
    shown = right.did("db", "info")["url"]
    assert "p%40" not in shown
    assert "sealed@" in shown
    postgres.drop(url)


def test_postgresql_always_needs_a_login(shared: Cli) -> None:
    assert shared("case", "list").error["code"] == "forbidden"
    assert (
        Cli(shared.url, shared.data, "officer01", "wrong password")("case", "list").error["code"]
        == "auth_failed"
    )
    shared.ok("login", "officer01", stdin=f"{PASSWORD}\n")
    assert (shared.data / "login.json").stat().st_mode & 0o777 == 0o600
    assert shared.ok("case", "list") == {"rows": [], "total": 0}
    assert shared.here("users", "list").error["code"] == "forbidden"
    assert (
        shared.here("users", "add", "x", "--role", "admin", stdin=f"{PASSWORD}\n").error["code"]
        == "forbidden"
    )


def test_a_void_is_asked_by_one_and_granted_by_another(cli: Cli) -> None:
    cli.did("case", "open", "--source", "patrol")
    asked = cli.did("case", "void", "1", "--reason", "重复登记")
    assert set(asked) == {"request"}
    number = str(asked["request"]["id"])
    assert cli.here("case", "approve", number).error["code"] == "needs_second_person"
    leader = Cli(cli.url, cli.data, "leader01", PASSWORD)
    done = leader.ok("case", "approve", number)
    assert (done["case"]["state"], done["request"]["answered_by"]) == ("voided", "leader01")


def test_two_sweeps_from_two_processes_double_nothing(cli: Cli, shared: Cli) -> None:
    shared.did("login", "leader01", stdin=f"{PASSWORD}\n")
    for side in (cli, shared):
        for _ in range(3):
            side.did("case", "open", "--source", "patrol")
        for minutes in (4, 6):
            at = (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()
            running = [side.start("sweep", "--at", at) for _ in range(2)]
            told = [process.communicate(timeout=60) for process in running]
            assert [process.returncode for process in running] == [0, 0], told
        alarms = side.did("alarms", "list", "--active")
        assert (alarms["total"], {row["severity"] for row in alarms["rows"]}) == (3, {"high"})
        rung = [e for n in "123" for e in side.did("case", "show", n)["events"] if e["action"] == "alarm"]
        assert sorted((e["case"][-1], e["data"]["threshold"]) for e in rung) == [
            ("1", 80),
            ("1", 100),
            ("2", 80),
            ("2", 100),
            ("3", 80),
            ("3", 100),
        ]
        assert side.did("db", "check")["ok"]


def test_only_a_test_database_is_swept_at_a_time_to_come(tmp_path: Path) -> None:
    site = Cli(f"sqlite:///{tmp_path / 'site.db'}", tmp_path)
    site.did("db", "init")
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert site.here("sweep", "--at", later).error["code"] == "bad_value"
    assert site.did("sweep")["raised"] == 0


def test_a_test_database_obeys_the_clock_file(cli: Cli, tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    clock.write_text("0", "ascii")
    cli.more["FIFTEEN_CLOCK_FILE"] = str(clock)
    cli.did("case", "open", "--source", "patrol")
    clock.write_text("241", "ascii")
    assert cli.did("sweep")["raised"] == 1
    clock.write_text("301", "ascii")
    assert cli.did("sweep")["worsened"] == 1
    assert cli.did("sweep")["worsened"] == 0
    row = cli.did("alarms", "list")["rows"][0]
    assert (row["severity"], row["deadline"]) == ("high", "decision")
    assert "超时" in row["message_zh"]
    assert cli.did("alarms", "ack", str(row["id"]), "--minutes", "3")["state"] == "acknowledged"


WRITER = """
import sys
from pathlib import Path
from console.clock import SystemClock
from console.domain.model import Command
from console.domain.vocabulary import Action, Source
from console.services.assembly import assemble
from console.services.cases import NewCase
from console.services.permissions import local_actor
from db import open_store
store = open_store(sys.argv[1])
cases = assemble(store.uows, SystemClock(), Path(sys.argv[2])).cases
me = local_actor()
for _ in range(200):
    case = cases.open(me, NewCase(source=Source.PATROL, category="event:09006")).case
    print("open", case.id, flush=True)
    for action in (Action.FILE, Action.DISPATCH, Action.ACCEPT):
        cases.act(me, case.id, Command(action))
        print(action.value, case.id, flush=True)
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_killed_in_the_middle_nothing_acknowledged_is_lost(cli: Cli, kind: str, request: Any) -> None:
    side = cli if kind == "sqlite" else request.getfixturevalue("shared")
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, side.url, str(side.data)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert writer.stdout is not None
    told = [writer.stdout.readline().split() for _ in range(101)]
    time.sleep(0.01)
    writer.send_signal(signal.SIGKILL)
    told += [line.split() for line in writer.stdout.read().splitlines() if len(line.split()) == 2]
    writer.wait()
    writer.stdout.close()
    check = side.did("db", "check")
    assert check["ok"]
    done = steps(side)
    assert len(told) <= len(done) <= len(told) + 1
    from db import open_store

    with open_store(side.url) as store, store.uows.read() as uow:
        stored = {(e.action.value, e.case) for e in done}
        assert {(action, case) for action, case in told} <= stored
        state = {"open": "registering", "file": "filed", "dispatch": "dispatched", "accept": "enroute"}
        last = {e.case: e.action.value for e in done}
        for case_id, action in last.items():
            case = uow.cases.get(case_id)
            assert case is not None
            assert case.state.value == state[action]


def test_an_export_says_how_many_rows_and_needs_the_right(cli: Cli, tmp_path: Path) -> None:
    cli.did("case", "open", "--source", "patrol", "--note", "=1+1")
    file = tmp_path / "out.csv"
    assert cli.did("export", "cases", "--out", str(file)) == {"rows": 1, "file": str(file)}
    assert ",'=1+1," in file.read_text("utf-8-sig")
    later = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
    assert cli.did("export", "events", "--from", later, "--out", str(file))["rows"] == 0
    as_officer = ("--user", "officer01", "--password-stdin")
    refused = cli.here("export", "cases", "--out", str(file), *as_officer, stdin=f"{PASSWORD}\n")
    assert refused.error["code"] == "forbidden"
    assert cli.here("export", "cases", "--out", "out.doc").error["code"] == "bad_usage"
