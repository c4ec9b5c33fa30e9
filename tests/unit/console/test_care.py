"""What care of the site is made of: reports of bad ends, the log's end, the
folder of new versions, the restart."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from console import crash, restart, updates
from console.domain.errors import Refusal
from console.log import tail
from console.services.seats import newer

ENTRY = "2026-11-22 01:02:03,004 {level} console.feeds: {text}\n"


def told(_line: str) -> None:
    """Nobody listens."""


def log_of(folder: Path, *rows: tuple[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(ENTRY.format(level=level, text=words) for level, words in rows)
    (folder / "fifteen.log").write_text(text, encoding="utf-8")


def test_the_end_of_the_log_is_read_whole_traces_and_all_without_secrets(tmp_path: Path) -> None:
    log_of(
        tmp_path,
        ("INFO", "started"),
        ("ERROR", "broke\nTraceback (most recent call last):\n  password=hunter2"),
        ("WARNING", "rtsp://admin:hunter2@10.0.0.8/1 is slow"),
    )
    newest, broke, first = tail(tmp_path)
    assert (newest.level, newest.text) == ("WARNING", "rtsp://***@10.0.0.8/1 is slow")
    assert broke.text.splitlines() == ["broke", "Traceback (most recent call last):", "  password= ***"]
    assert (first.at, first.name, first.text) == ("2026-11-22 01:02:03", "console.feeds", "started")
    assert [one.level for one in tail(tmp_path, 1)] == ["WARNING"]
    assert tail(tmp_path / "nowhere") == ()


def test_a_run_that_ends_well_leaves_no_report(tmp_path: Path) -> None:
    crash.watch(tmp_path, told, "1.0")
    assert [one.name for one in tmp_path.glob("running-*")] == [f"running-{os.getpid()}.json"]
    crash.rest()
    assert list(tmp_path.glob("running-*")) == []
    assert crash.keep_last(tmp_path) == ""
    assert crash.reports(tmp_path) == ()


def test_a_killed_run_and_a_crash_are_each_told_once(tmp_path: Path) -> None:
    """A real interpreter that fails, and one that is killed."""
    log_of(tmp_path, ("ERROR", "login rtsp://u:geheim@cam/1 failed"))
    code = "from console import crash; import pathlib, os, sys, faulthandler; "
    code += "crash.watch(pathlib.Path(sys.argv[1]), print, '0.9.1'); "
    for end in ("os.kill(os.getpid(), 9)", "faulthandler._sigabrt()"):
        done = subprocess.run(
            [sys.executable, "-c", code + end, str(tmp_path)], capture_output=True, timeout=60
        )
        assert done.returncode < 0
        assert crash.keep_last(tmp_path)
        assert crash.keep_last(tmp_path) == "", "told once"
    found = crash.reports(tmp_path)
    assert sorted(one.kind for one in found) == ["killed", "trace"]
    by_kind = {one.kind: one for one in found}
    assert "Fatal Python error: Aborted" in by_kind["trace"].text
    assert all("fifteen 0.9.1" in one.text and "geheim" not in one.text for one in found)
    assert all("rtsp://***@cam/1" in one.text for one in found), "what the log said before"
    crash.put_away(by_kind["trace"].file)
    assert {one.kind: one.seen for one in crash.reports(tmp_path)} == {"trace": True, "killed": False}


def test_a_console_that_still_runs_is_no_crash(tmp_path: Path) -> None:
    words = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as other:
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == "up\n"
            (tmp_path / f"running-{other.pid}.json").write_text('{"version": "1"}')
            assert crash.keep_last(tmp_path) == ""
        finally:
            other.kill()
    assert crash.keep_last(tmp_path), "now it does not"


def test_only_so_many_reports_are_kept(tmp_path: Path) -> None:
    for number in range(8):
        (tmp_path / f"crash-2026010{number}-000000-trace.seen.txt").write_text("old")
    (tmp_path / "running-999999999.json").write_text("{")
    assert crash.keep_last(tmp_path, "2.0")
    kept = sorted(one.name for one in tmp_path.glob("crash-*.txt"))
    assert len(kept) == crash.KEPT
    assert any(name.endswith("-killed.txt") for name in kept)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every socket is refused."""

    def refused(*_a: object, **_k: object) -> None:
        raise AssertionError("somebody phones home")

    for name in ("socket", "create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refused)


@pytest.mark.usefixtures("no_network")
def test_a_new_version_is_found_in_a_folder_and_nowhere_else(tmp_path: Path) -> None:
    for name in (
        "fifteen-0.9.9-py3-none-any.whl",
        "fifteen_0.10.2_amd64.deb",
        "fifteen-0.10.1.tar.gz",
        "fifteen-99.0.0.txt",
        "another-99.0.0-py3-none-any.whl",
        "fifteen-manual.zip",
    ):
        (tmp_path / name).write_bytes(b"")
    found = updates.look(tmp_path, "0.9.10")
    assert found == updates.Update("0.10.2", str(tmp_path / "fifteen_0.10.2_amd64.deb"))
    assert updates.look(tmp_path, "0.10.2") is None
    with pytest.raises(Refusal) as refused:
        updates.look(tmp_path / "gone", "1.0")
    assert (refused.value.code, refused.value.detail) == ("bad_file", "update_folder")
    assert updates.installed()


def test_versions_sort_as_people_count() -> None:
    assert newer("0.10.0", "0.9.9")
    assert not newer("1.0", "1.0")
    assert not newer("", "1.0")


def test_the_console_begins_again_as_it_was_started() -> None:
    words = ["python", "main.py", "run", "--db", "site.sqlite", "--user", "li.na", "--layout", "9"]
    assert restart.command(words) == [sys.executable, *words[1:]]
    with_password = [*words[:3], "--user=li.na", "--password-stdin", "--layout", "9"]
    assert restart.command(with_password) == [sys.executable, "main.py", "run", "--layout", "9"]
    apart = ["/usr/bin/python3", "/usr/bin/fifteen", "--password-stdin", "--user", "li.na", "run"]
    assert restart.command(apart) == [sys.executable, "/usr/bin/fifteen", "run"]
