"""Watching over the large display, and what is handed out for it."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as Xml
from pathlib import Path

import pytest

from console.commands import kiosk_keep
from console.commands.kiosk import LEFT

PACKAGING = Path(__file__).resolve().parents[3] / "packaging"

#: A display of few words: it beats, then does what the next line of its list says.
DISPLAY = f"""
import os, sys, time
notes, beat = sys.argv[1], int(os.environ["FIFTEEN_KIOSK_BEAT"])
number = len(open(notes).read()) if os.path.exists(notes) else 0
open(notes, "a").write("x")
deed = sys.argv[2:][number]
if deed == "refused": sys.exit(1)
if deed == "away": sys.exit(3)
os.write(beat, b".")
if deed == "password": sys.exit(int(sys.stdin.readline()))
if deed == "hangs": time.sleep(60)
if deed == "killed": os.kill(os.getpid(), 9)
if deed == "ends": sys.exit(0)
sys.exit({LEFT})
"""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "display.py"
    program.write_text(DISPLAY, encoding="utf-8")
    monkeypatch.setattr(kiosk_keep, "_program", lambda: [sys.executable, "-S", str(program)])
    monkeypatch.setattr(kiosk_keep, "HUNG_S", 0.4)
    monkeypatch.setattr(kiosk_keep, "LATER_S", 0.0)


def kept(tmp_path: Path, *deeds: str, line: str = "") -> tuple[int, int, list[str]]:
    """Exit code, how often it was started, and what was said."""
    said: list[str] = []
    notes = tmp_path / "notes"
    code = kiosk_keep.keep([str(notes), *deeds], line, said.append)
    return code, len(notes.read_text()), said


def test_whatever_ends_it_it_is_back_until_it_is_left_by_pin(tmp_path: Path) -> None:
    code, starts, said = kept(tmp_path, "killed", "hangs", "ends", "away", "left")
    assert (code, starts) == (0, 5)
    assert [re.search(r"\d+", one)[0] if re.search(r"\d+", one) else "" for one in said] == [
        "9",
        "0",
        "0",
        "3",
        "",
    ]


def test_what_can_never_be_shown_is_not_tried_for_ever(tmp_path: Path) -> None:
    assert kept(tmp_path, "refused")[:2] == (1, 1)


def test_a_password_reaches_each_of_them_and_no_command_line(tmp_path: Path) -> None:
    assert kept(tmp_path, "password", line=str(LEFT))[:2] == (0, 1)


def test_the_unit_is_sound(tmp_path: Path) -> None:
    name = "fifteen-kiosk.service"
    text = (PACKAGING / name).read_text("utf-8")
    assert "ExecStart=/opt/fifteen/.venv/bin/fifteen kiosk --keep\n" in text
    # Where it is installed is not this machine: any program there is does for the check.
    copy = tmp_path / name
    copy.write_text(text.replace("/opt/fifteen/.venv/bin/fifteen", str(shutil.which("true"))), "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", str(copy)],
        env={"XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, name in done.stderr) == (0, False), done.stderr


def test_the_session_binds_no_key_and_the_entries_start_what_there_is() -> None:
    namespace = {"ob": "http://openbox.org/3.4/rc"}
    tree = Xml.parse(PACKAGING / "openbox-kiosk" / "rc.xml").getroot()
    for bound in ("keybind", "mousebind"):
        assert tree.findall(f".//ob:{bound}", namespace) == []
    assert tree.find("ob:keyboard", namespace) is not None, "without it openbox binds keys of its own"
    assert tree.find("ob:mouse", namespace) is not None
    for path, words in (
        ("fifteen-kiosk.desktop", "/opt/fifteen/.venv/bin/fifteen kiosk --keep"),
        ("openbox-kiosk/fifteen-kiosk-session.desktop", "/opt/fifteen/kiosk/session"),
    ):
        entry = configparser.ConfigParser(interpolation=None)
        entry.read(PACKAGING / path, encoding="utf-8")
        assert entry["Desktop Entry"]["Exec"] == words
        assert entry["Desktop Entry"]["Name[zh_CN]"].startswith("十五分钟")
    assert (
        subprocess.run(["sh", "-n", str(PACKAGING / "openbox-kiosk" / "session")], check=False).returncode
        == 0
    )
