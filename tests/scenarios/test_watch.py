"""``fifteen watch`` in processes of its own: alone, beside a console, told to end."""

from __future__ import annotations

import json
import queue
import shutil
import signal
import socket
import subprocess
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import db
from console.engine import Engine
from console.settings import Places
from db import admin
from tests import postgres, receivers
from tests.scenarios.cli_kit import Cli

#: How long a test waits for something that comes at once on a quiet machine.
PATIENCE_S = 60


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the shipped standard, made once."""
    file = tmp_path_factory.mktemp("made") / "site.sqlite"
    Cli(f"sqlite:///{file}", file.parent / "data").did("db", "init", "--purpose", "test")
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def cli(request: pytest.FixtureRequest, made: Path, tmp_path: Path) -> Iterator[Cli]:
    """A site on either database, with an administrator signed in on none: the
    command line asks on PostgreSQL."""
    if request.param == "sqlite":
        shutil.copy(made, tmp_path / "site.sqlite")
        yield Cli(f"sqlite:///{tmp_path / 'site.sqlite'}", tmp_path / "data")
        return
    url = postgres.fresh_url("test")
    one = Cli(url, tmp_path / "data")
    one.did("db", "init", "--purpose", "test")
    yield one
    postgres.drop(url)


class Watching:
    """A watch in a process of its own, and its lines."""

    def __init__(self, cli: Cli, **more: str) -> None:
        cli.more.update(more)
        self.process = subprocess.Popen(
            [*_main(), "watch", "--every", "1", "--json", "--lang", "en"],
            env=cli.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: queue.Queue[dict[str, Any]] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(json.loads(line))

    def line(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next line that fits."""
        while True:
            line = self.lines.get(timeout=PATIENCE_S)
            if fits(line):
                return line

    def forget(self) -> None:
        """Leave out the lines that have come so far."""
        while not self.lines.empty():
            self.lines.get()

    def end(self, how: int = signal.SIGTERM) -> tuple[int, str]:
        """Tell it to end; its exit code and what it said on standard error."""
        self.process.send_signal(how)
        assert self.process.stderr is not None
        said = self.process.stderr.read()
        self._reader.join(PATIENCE_S)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process.stderr.close()
        return self.process.wait(PATIENCE_S), said


def _main() -> list[str]:
    from tests.scenarios.cli_kit import MAIN

    return MAIN


def until(true: Callable[[], object]) -> None:
    """Wait until something is true."""
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.1)


def furnish(cli: Cli, web: receivers.WebReceiver, cases: int) -> None:
    """Calls to the receiver after a second, and cases whose decision is overdue."""
    from console.clock import SystemClock
    from console.domain.model import Actor
    from console.domain.vocabulary import Role, Source
    from console.services.assembly import assemble
    from console.services.cases import NewCase

    with db.open_store(cli.url) as store:
        services = assemble(store.uows, SystemClock(), cli.data, purpose="test")
        boss = Actor("admin", Role.ADMIN)
        settings = {
            "webhook.url": web.url,
            "webhook.secret": "s3cret",
            # The shortest: what a killed program had taken is free again after 20 s.
            "timeout_s": "2",
            "escalate.high": "1:leader:webhook,2:supervisor:webhook",
            "escalate.medium": "1:leader:webhook",
        }
        for name, text in settings.items():
            services.notify.put(boss, name, text)
        # Opened twenty minutes ago by a clock that is so far behind.
        then = assemble(store.uows, SystemClock(-1200), cli.data, purpose="test")
        for _ in range(cases):
            then.cases.open(
                Actor("leader01", Role.LEADER), NewCase(source=Source.PATROL, category="event:09006")
            )


def records(url: str) -> tuple[Counter[tuple[object, ...]], list[str], Counter[str]]:
    """Crossings of alarms, keys of escalation, open alarms a source."""
    with db.open_store(url) as store, store.uows.read() as uow:
        alarms = uow.alarms.find(limit=1000).rows
        told = Counter(
            (event.alarm, event.what, event.deadline, event.threshold, event.reason)
            for alarm in alarms
            for event in uow.alarms.events_of(alarm.id)
        )
        keys = [notice.key for notice in uow.notices.find(limit=1000)]
    return told, keys, Counter(alarm.source_id for alarm in alarms)


def test_a_console_and_a_watch_together_do_everything_once(cli: Cli, tmp_path: Path) -> None:
    """The console's machinery in this process, a watch in another, one database."""
    with receivers.web_receiver(500, 200) as web:
        watch = Watching(cli)
        console = Engine(Places(cli.url, cli.data, tmp_path / "cache"), _nothing, seat="console")
        console.start()
        try:
            watch.line(_is_ok)
            furnish(cli, web, 4)
            # Four alarms call two each; the first is answered 500 and comes again.
            until(lambda: len(web.keys) >= 9)
            watch.forget()
            watch.line(_nothing_waits)
        finally:
            console.stop()
            code, said = watch.end()
        assert code == 0, said
    told, keys, open_alarms = records(cli.url)
    assert set(open_alarms.values()) == {1}
    assert len(open_alarms) == 4
    assert max(told.values()) == 1, told
    assert len(keys) == len(set(keys))
    assert sorted(Counter(web.keys).values()) == [1] * 7 + [2]
    assert "s3cret" not in said + "".join(p.read_text("utf-8") for p in (cli.data / "logs").glob("*"))


def _nothing(what: object) -> None:
    """Where there is no window nothing is shown."""


def _is_ok(line: dict[str, Any]) -> bool:
    return bool(line["ok"])


def _nothing_waits(line: dict[str, Any]) -> bool:
    return line["ok"] and line["notices"]["waiting"] == 0


@pytest.fixture
def alone(made: Path, tmp_path: Path) -> Cli:
    """A site on SQLite."""
    shutil.copy(made, tmp_path / "site.sqlite")
    return Cli(f"sqlite:///{tmp_path / 'site.sqlite'}", tmp_path / "data")


def test_it_reports_to_systemd_and_ends_cleanly_on_an_interrupt(alone: Cli, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(PATIENCE_S)
        watch = Watching(alone, NOTIFY_SOCKET=str(tmp_path / "notify"))
        heard = [systemd.recv(100).decode() for _ in range(2)]
        line = watch.line(_is_ok)
        code, said = watch.end(signal.SIGINT)
    assert heard == ["READY=1", "WATCHDOG=1"]
    assert code == 130
    assert "Ended cleanly." in said
    assert line["backup"]["on"] is False
    assert line["open"] == 0


def test_a_killed_watch_is_followed_by_the_next_and_nothing_is_lost(alone: Cli, tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    clock.write_text("0", "ascii")
    with receivers.web_receiver(200) as web:
        furnish(alone, web, 2)
        first = Watching(alone, FIFTEEN_CLOCK_FILE=str(clock))
        until(lambda: web.keys)
        assert first.end(signal.SIGKILL)[0] == -signal.SIGKILL
        # What it had taken is free again by the clock, after twenty seconds.
        clock.write_text("20", "ascii")
        second = Watching(alone)
        try:
            second.line(_is_ok)
            until(lambda: len(set(web.keys)) >= 4)
            second.forget()
            second.line(_nothing_waits)
        finally:
            code, said = second.end()
        assert code == 0, said
    told, keys, _ = records(alone.url)
    assert max(told.values()) == 1, told
    assert set(web.keys) <= set(keys)


def test_backups_are_made_once_an_hour_appointed_verified_and_thinned(alone: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "备份"
    folder.mkdir()
    for day in range(4):
        (folder / f"fifteen-2026080{day}-031000.zip").write_bytes(b"old")
    (folder / "holiday.zip").write_bytes(b"not ours")
    (folder / ".fifteen-20260804-031000.zip.part").write_bytes(b"killed")
    alone.did("notify", "set", f"backup.folder={folder}", "backup.keep=3")
    first = alone.did("watch", "--once")
    again = alone.did("watch", "--once")
    assert first["backup"]["ok"] is True
    assert again["backup"]["file"] == first["backup"]["file"]
    kept = sorted(path.name for path in folder.iterdir())
    assert kept[0] == "fifteen-20260802-031000.zip"
    assert kept[-1] == "holiday.zip"
    assert len(kept) == 4
    file = Path(first["backup"]["file"])
    assert zipfile.ZipFile(file).testzip() is None
    restored = f"sqlite:///{tmp_path / 'restored.sqlite'}"
    admin.restore(restored, file)
    assert admin.check(restored)["ok"]


@pytest.mark.logs("no backup was made")
def test_a_backup_that_fails_is_told_and_tried_again_later(alone: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    alone.did("notify", "set", f"backup.folder={tmp_path / 'file' / 'below'}")
    done = alone.here("watch", "--once")
    assert done.code == 1
    told = done.json["backup"]
    assert told["ok"] is False
    assert str(tmp_path / "file") in told["error"]
    assert alone.did("watch", "--once")["backup"]["at"] == told["at"], (
        "not again within the quarter of an hour"
    )
    (alarm,) = alone.did("alarms", "list", "--active")["rows"]
    assert (alarm["source"]["what"], alarm["code"]) == ("backup", "failed")
    assert str(tmp_path / "file") in alarm["message_en"]


def test_the_command_line_sets_lists_and_tests(alone: Cli) -> None:
    with receivers.web_receiver(200, 401) as web:
        alone.did("notify", "set", f"webhook.url={web.url}", "lang=en")
        assert alone.did("notify", "set", "webhook.secret", stdin="s3cret\n")["rows"][0]["value"] == "***"
        assert alone.did("notify", "test", "webhook") == {"channel": "webhook", "ok": True, "reason": ""}
        failed = alone.here("notify", "test", "webhook")
        assert (failed.code, failed.json["reason"]) == (3, "http:401")
    assert web.posted[0].headers["X-Fifteen-Signature"].startswith("v1=")
    assert json.loads(web.posted[0].body)["event"] == "test"
    assert alone.here("notify", "test", "email", "--to", "a@b.c").json["reason"] == "not_set"
    assert alone.here("notify", "set", "smtp.password=x").error["code"] == "bad_usage"
    assert alone.did("notify", "list") == {"rows": [], "total": 0}
    shown = {row["name"]: row["value"] for row in alone.did("notify", "settings")["rows"]}
    assert shown["webhook.secret"] == "***"
    assert shown["escalate.high"].startswith("60:leader")


def test_without_a_database_it_says_so_and_ends(tmp_path: Path) -> None:
    nowhere = Cli(f"sqlite:///{tmp_path / 'none.sqlite'}", tmp_path / "data")
    done = nowhere.here("watch")
    assert (done.code, done.error["code"]) == (3, "db_missing")


def test_the_doctor_names_what_nobody_has_set_up(alone: Cli, tmp_path: Path) -> None:
    from argparse import Namespace
    from datetime import UTC, datetime

    from console.commands import doctor
    from console.commands.session import Session

    def found() -> dict[str, bool]:
        with Session(Namespace(db=alone.url, data=str(alone.data))) as session:
            return {check.id: check.ok for check in doctor.watching(session)}

    def calendar() -> list[bool]:
        with Session(Namespace(db=alone.url, data=str(alone.data))) as session:
            return [check.ok for check in doctor.calendar(session)]

    assert calendar() == [False], "no holidays are entered"
    year, table = datetime.now(UTC).year, tmp_path / "holidays.csv"
    table.write_text(f"type,from\nholiday,{year}-10-01\nholiday,{year + 1}-10-01\n", encoding="utf-8")
    alone.did("calendar", "import", str(table))
    assert calendar() == [True]
    assert found() == {"notices": False, "backup": False}
    alone.did("notify", "set", "webhook.url=http://127.0.0.1:1/", f"backup.folder={tmp_path / 'kept'}")
    alone.did("watch", "--once")
    assert found() == {"notices": True, "backup": True}
