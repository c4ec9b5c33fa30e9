"""``simulate`` as a person starts it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.feeds.rtsp_raw import RawClient
from tests.scenarios.cli_kit import Cli

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.rtsp


def environment(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "FIFTEEN_DATA": str(folder),
        "FIFTEEN_CACHE": str(folder / "cache"),
        "FIFTEEN_DB": f"sqlite:///{folder / 'drill.sqlite'}",
    }


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "main.py", *words],
        cwd=ROOT,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_cameras_tell_their_addresses_and_end_by_an_interrupt(tmp_path: Path) -> None:
    words = ["simulate", "cameras", "--count", "3", "--port", "0", "--auth", "op:p:1", "--fault", "2=missing"]
    with subprocess.Popen(
        [sys.executable, "main.py", *words],
        cwd=ROOT,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        assert set(line) == {"urls", "user", "password"}
        assert (line["user"], line["password"]) == ("op", "p:1")
        assert [url.rsplit("/", 1)[1] for url in line["urls"]] == ["cam01", "cam02", "cam03"]
        with RawClient(line["urls"][0], ("op", "p:1")) as client:
            client.play()
        with RawClient(line["urls"][1], ("op", "p:1")) as client:
            assert client.ask("DESCRIBE")[0] == 404
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=20)
        assert rest == ""
        assert process.returncode == 130


@pytest.mark.parametrize(
    "words",
    [
        ["--fault", "1=explode"],
        ["--count", "2", "--fault", "3=cut"],
        ["--auth", "nobody"],
    ],
)
def test_bad_usage_of_cameras(tmp_path: Path, words: list[str]) -> None:
    done = run(tmp_path, "simulate", "cameras", "--port", "0", "--json", *words)
    assert done.returncode == 2
    assert json.loads(done.stderr)["error"]["code"] == "bad_usage"
    assert done.stdout == ""


def office(folder: Path) -> Cli:
    """Other commands on the same data, in this process."""
    return Cli(f"sqlite:///{folder / 'drill.sqlite'}", folder)


def test_cases_go_into_a_drill_and_not_into_a_site(tmp_path: Path) -> None:
    drill = office(tmp_path)
    drill.did("db", "init", "--purpose", "drill")
    before = drill.did("db", "check")["events"]
    done = run(tmp_path, "simulate", "cases", "--days", "3", "--per-day", "20", "--seed", "4", "--json")
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert made["cases"] == 60
    assert set(made) == {"cases", "events", "seconds"}
    checked = drill.did("db", "check")
    assert checked["ok"]
    # Where there was no district yet, its tables are taken in first: so says the audit log.
    taken = sum(entry["kind"] == "import" for entry in drill.did("audit", "list")["rows"])
    assert checked["events"] - taken == made["events"]
    assert before == 0 < taken
    assert drill.did("case", "list", "--limit", "1")["total"] == 60

    site = office(tmp_path / "site")
    site.did("db", "init")
    refused = run(site.data, "simulate", "cases", "--json")
    assert refused.returncode == 1
    assert json.loads(refused.stderr)["error"]["code"] == "forbidden"
    assert site.did("case", "list")["total"] == 0
