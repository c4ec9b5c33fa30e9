"""A case leaves the house: Ctrl+E in the running program, checked by bare Python."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from console.domain.vocabulary import Action, EvidenceKind
from console.settings import Places
from console.widgets.pack_sheet import PackSheet
from tests.scenarios.console_kit import press, seat, typed, until
from tests.scenarios.test_evidence_review import CAMERA, new_case

pytestmark = [pytest.mark.display, pytest.mark.rtsp]
LEADER = "wang.jun"


def test_a_leader_packs_a_case_and_an_officer_may_not(
    site: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with seat(site) as here:
        here.sign_in()
        here.live(CAMERA)
        case, clip = new_case(here)
        desk = here.desk
        sheet = next(one for one in desk.findChildren(PackSheet))
        here.take(desk, desk.parts.detail)
        press(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
        until(sheet.isVisible, "the sheet")
        here.take(desk, sheet.reason)
        typed("first try")
        sheet.file.setText(str(tmp_path / "case.zip"))
        press(Qt.Key.Key_Return)
        until(lambda: sheet.refused == "forbidden", "an officer has not the right")
        press(Qt.Key.Key_Escape)
        press(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        until(lambda: here.console.actor is None, "locked")
        here.sign_in(LEADER)
        desk.open_case(case)
        until(lambda: desk.parts.detail.case_id == case, "the case is open again")
        here.take(desk, desk.parts.detail)
        press(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
        until(sheet.isVisible, "the sheet again")
        assert sheet.reason.currentText() == "first try", "what was typed is still there"
        here.take(desk, sheet.reason)
        press(Qt.Key.Key_Return)
        file = tmp_path / "case.zip"
        until(file.exists, "the pack")
        until(lambda: here.events(case)[-1].action is Action.PACK, "and its line in the log")
        assert here.events(case)[-1].data["reason"] == "first try"
        assert here.case(case).evidence
    with zipfile.ZipFile(file) as packed:
        packed.extractall(tmp_path / "out")
        names = packed.namelist()
    assert any(EvidenceKind.CLIP.value in name and clip.sha256[:8] in name for name in names)
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py"], cwd=tmp_path / "out", capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout
