"""The paper beside a clip: the same for C and for N, with the camera's clock."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.captures import BEFORE_S, Captures
from console.clips import Beside, ClipOrder, Clips, ClipSaved
from console.domain.errors import Refusal
from console.domain.model import Actor
from console.domain.vocabulary import Role
from console.feeds.clip import describe
from console.services.requests import AttachCaptured

FILM = next((Path(__file__).resolve().parents[3] / "resources" / "street").glob("*.mp4"))
OFFICER = Actor("li.na", Role.DUTY)
PRESSED = datetime(2026, 3, 2, 6, 32, 7, tzinfo=UTC)
BEGUN = PRESSED - timedelta(seconds=61)


class Ring:
    """A ring that holds one film, and no main stream."""

    def snapshot(self, camera: str, target: Path) -> datetime:
        target.write_bytes(b"picture")
        return PRESSED

    def main_picture(self, camera: str, target: Path) -> datetime:
        raise Refusal("no_camera", "no_picture", camera=camera)

    def clip(self, camera: str, seconds: float, end: datetime, target: Path) -> tuple[datetime, float]:
        shutil.copy(FILM, target)
        return BEGUN, 61.0


def broken(path: Path) -> tuple[str, int, int]:
    raise ValueError(path.name)


def taken(folder: Path, beside: Beside) -> list[AttachCaptured]:
    """What N puts into its case."""
    asked: list[AttachCaptured] = []
    captures = Captures(Ring(), folder, asked.append, [].append, lambda _camera: ("朝凤路-03", -1.25), beside)  # type: ignore[arg-type]
    captures.take(OFFICER, "20260302-0042", "cam001", PRESSED)
    captures.stop()
    return asked


def test_n_and_c_write_the_same_paper(tmp_path: Path) -> None:
    beside = Beside(describe, "desk-1", "9.9.9")
    asked = taken(tmp_path / "spool", beside)
    assert [len(one.files) for one in asked] == [1, 2]
    assert {one.clock_offset_s for one in asked} == {-1.25}
    (film, kind, start, camera), (paper, paper_kind, paper_at, _) = asked[-1].files
    assert (kind, paper_kind, camera, start, paper_at) == ("clip", "document", "cam001", BEGUN, BEGUN)
    by_n = json.loads(Path(paper).read_text("utf-8"))

    told: list[object] = []
    posted: list[object] = []
    clips = Clips(beside, lambda request: told.append(request) or 1, posted.append)  # type: ignore[func-returns-value]
    order = ClipOrder(
        "cam001", "朝凤路-03", BEFORE_S, PRESSED, tmp_path / "c", OFFICER,
        case_id="20260302-0042", clock_offset_s=-1.25,
    )  # fmt: skip
    clips.save(order, Ring().clip)
    clips.stop()
    (saved,) = posted
    assert isinstance(saved, ClipSaved)
    assert saved.refusal is None
    by_c = json.loads(Path(saved.sidecar).read_text("utf-8"))
    assert {**by_n, "file": ""} == {**by_c, "file": ""}
    assert by_n["file"] == Path(film).name
    assert by_n["sha256"] == hashlib.sha256(FILM.read_bytes()).hexdigest()
    assert (by_n["clock_offset_s"], by_n["seat"], by_n["program"]) == (-1.25, "desk-1", "fifteen 9.9.9")
    (request,) = told
    assert isinstance(request, AttachCaptured)
    assert request.clock_offset_s == -1.25


@pytest.mark.logs("the sidecar of a clip")
def test_a_clip_without_paper_still_comes_into_the_case(tmp_path: Path) -> None:
    asked = taken(tmp_path, Beside(broken, "desk-1", "9.9.9"))
    assert [file[1] for one in asked for file in one.files] == ["snapshot", "clip"]
