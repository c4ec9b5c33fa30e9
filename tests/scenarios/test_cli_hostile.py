"""The command line in careless and in hostile hands."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.scenarios.cli_kit import MAIN, ROOT, Cli


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite database without people."""
    folder = tmp_path_factory.mktemp("bare")
    Cli(f"sqlite:///{folder / 'site.db'}", folder).did("db", "init", "--purpose", "test")
    return folder


@pytest.fixture
def cli(bare: Path, tmp_path: Path) -> Cli:
    """A command line on a copy of it."""
    shutil.copy(bare / "site.db", tmp_path / "site.db")
    return Cli(f"sqlite:///{tmp_path / 'site.db'}", tmp_path)


def test_cases_opened_at_once_get_numbers_of_their_own(cli: Cli) -> None:
    running = [cli.start("case", "open", "--source", "public", "--category", "09006") for _ in range(6)]
    told = [process.communicate(timeout=120) for process in running]
    assert [process.returncode for process in running] == [0] * 6, told
    numbers = {json.loads(out)["case"]["id"][-4:] for out, _ in told}
    assert numbers == {f"{n:04}" for n in range(1, 7)}
    assert cli.did("db", "check")["events"] == 6


def test_bytes_that_are_no_text_are_refused(cli: Cli) -> None:
    done = subprocess.run(
        [*MAIN, "case", "open", "--source", "patrol", "--note", b"\xff\xfe", "--json"],
        env=cli.environ,
        capture_output=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert json.loads(done.stderr)["error"]["code"] == "bad_usage"
    assert cli.did("case", "list")["total"] == 0


def test_a_fault_of_ours_is_one_line_and_its_trace_is_kept(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*given: object) -> None:
        raise ZeroDivisionError("postgresql://u:geheim@h/x")

    monkeypatch.setattr("console.services.cases.CaseService.list", fails)
    done = cli.here("case", "list")
    assert (done.code, done.error["code"]) == (3, "internal")
    kept = (tmp_path / "logs" / "fifteen.log").read_text("utf-8")
    assert "ZeroDivisionError" in kept
    assert "geheim" not in kept + done.err


def test_a_time_of_intake_is_no_older_than_a_day(cli: Cli) -> None:
    at = (datetime.now(UTC) - timedelta(hours=25)).isoformat()
    done = cli.here("case", "open", "--source", "public", "--at", at)
    assert (done.code, done.error["code"]) == (1, "time_order")


def test_sending_back_without_a_reason_is_called_by_its_name(cli: Cli) -> None:
    cli.did("case", "open", "--source", "patrol", "--category", "09006")
    for step in ("file", "dispatch", "accept", "arrive", "handled"):
        cli.did("case", step, "1")
    done = cli.here("case", "check", "1", "--result", "rework", "--lang", "en")
    assert done.error["code"] == "missing_reason"
    assert "Pass" not in done.error["message"]


def test_files_that_are_none(cli: Cli, tmp_path: Path) -> None:
    cli.did("case", "open", "--source", "patrol")
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "empty.jpg").touch()
    for name in ("pipe.jpg", "empty.jpg", "."):
        done = cli.here("case", "attach", "1", str(tmp_path / name))
        assert (done.code, done.error["code"]) == (1, "bad_file"), name
        assert str(tmp_path / name) in done.error["message"]
    strange = [tmp_path / f"a.{'e' * 200}", tmp_path / "x.gz;rm", tmp_path / "b\n.JPG", tmp_path / "汉 字"]
    for file in strange:
        file.write_text(file.name, "utf-8")
    kept = cli.did("case", "attach", "1", *map(str, strange))["case"]["evidence"]
    assert len(kept) == 4
    stored = [path.name for path in (tmp_path / "evidence").glob("*/*")]
    assert sorted(Path(name).suffix for name in stored) == ["", "", "", ".jpg"]


def test_an_export_where_nothing_can_be_written(cli: Cli, tmp_path: Path) -> None:
    for suffix in (".csv", ".xlsx", ".jsonl"):
        file = tmp_path / "nowhere" / f"a{suffix}"
        done = cli.here("export", "cases", "--out", str(file))
        assert (done.code, done.error["code"]) == (1, "bad_file")
        assert str(file) in done.error["message"]


def test_help_is_in_one_language(capsys: pytest.CaptureFixture[str]) -> None:
    from console.cli import main
    from console.i18n import language, set_language

    kept = language()
    told = {}
    for lang in ("zh", "en"):
        for words in (("--help",), ("case", "open", "--help"), ("users", "--help")):
            with pytest.raises(SystemExit) as left:
                main(["--lang", lang, *words])
            assert left.value.code == 0
            told[lang, words[0]] = capsys.readouterr().out
    set_language(kept)
    for (lang, _), text in told.items():
        assert ("usage:" in text, "用法：" in text) == (lang == "en", lang == "zh")
        assert "show this help message" not in text
        assert "positional arguments" not in text
        assert text.count("\n  -h, --help") == 1
        assert lang == "zh" or not re.search("[\u4e00-\u9fff]", text)


def test_every_word_of_the_command_line_is_explained() -> None:
    from console.cli import build_parser

    def silent(parser: argparse.ArgumentParser, path: str) -> Iterator[str]:
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                for name, below in action.choices.items():
                    yield from silent(below, f"{path} {name}")
            elif not action.help:
                yield f"{path} {action.dest}"

    assert list(silent(build_parser(), "fifteen")) == []


def test_figures_without_a_denominator_are_null(cli: Cli) -> None:
    cli.did("case", "open", "--source", "public")
    row = cli.did("kpi", "--cut", "reported")["rows"][0]
    figures = row["indicators"]
    assert (row["key"], row["n"], figures["reported"]["value"]) == ("all", 1, 1)
    empty = [name for name, figure in figures.items() if figure["den"] == 0]
    assert {"handling_rate", "decision_p90", "arrival_mean"} <= set(empty)
    assert all(figures[name]["value"] is None for name in empty)
    graded = {name for name, figure in figures.items() if "grade" in figure}
    assert graded == {name for name in figures if name.startswith("score_")}
    assert len(graded) == 6


def test_words_of_the_parser_carry_no_quotes(cli: Cli) -> None:
    error = cli.here("kpi", "--by", "moon", "--lang", "en").error
    assert "'" not in error["message"] + error["mend"]
    assert "1e+" not in cli.here("case", "list", "--offset", "-1").error["message"]


def test_simulated_cameras_end_by_an_interrupt_and_name_a_taken_port(cli: Cli, tmp_path: Path) -> None:
    cli.more["FIFTEEN_CACHE"] = str(tmp_path / "cache")
    serving = subprocess.Popen(
        [*MAIN, "simulate", "cameras", "--count", "1", "--port", "0", "--json"],
        env=cli.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert serving.stdout is not None
        urls = json.loads(serving.stdout.readline())["urls"]
        port = urls[0].split(":")[2].split("/")[0]
        done = cli.here("simulate", "cameras", "--count", "1", "--port", port)
        assert (done.code, done.error["code"]) == (2, "bad_usage")
        assert "Errno" not in done.error["message"]
    finally:
        serving.send_signal(signal.SIGINT)
        out, _ = serving.communicate(timeout=30)
    assert (serving.returncode, out) == (130, "")


def test_made_up_cases_and_a_shifted_clock_stay_out_of_a_site(tmp_path: Path) -> None:
    site = Cli(f"sqlite:///{tmp_path / 'site.db'}", tmp_path)
    site.did("db", "init")
    assert site.here("simulate", "cases", "--days", "1").error["code"] == "forbidden"
    (tmp_path / "clock").write_text("86400", "ascii")
    site.more["FIFTEEN_CLOCK_FILE"] = str(tmp_path / "clock")
    opened = site.did("case", "open", "--source", "public")["case"]
    assert datetime.fromisoformat(opened["reported_at"]) < datetime.now(UTC) + timedelta(minutes=1)


INTERRUPTED = """
import sys, types, main

class Stops(types.ModuleType):
    def __getattr__(self, name):
        raise KeyboardInterrupt

sys.modules["console.cli"] = Stops("console.cli")
raise SystemExit(main.run())
"""


def test_an_interrupt_while_it_loads_is_130() -> None:
    done = subprocess.run([sys.executable, "-c", INTERRUPTED], cwd=ROOT, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (130, b"")
