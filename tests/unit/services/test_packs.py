"""Evidence packs: what is in them, what a changed one looks like, who may take one."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage

from console.domain.errors import Refusal
from console.domain.vocabulary import Action, EvidenceKind
from console.reports import case_sheet, pack, pack_verify
from console.services.cases import Attachment
from console.services.packs import PackCase, Packed
from tests.unit.services.conftest import ADMIN, DUTY, KIOSK, LEADER, Site

# A sheet is painted: the application made for it alone would be in the way of
# the windows of whatever this worker tests afterwards.
pytestmark = pytest.mark.usefixtures("qapp")


def _picture(file: Path, colour: str) -> Path:
    picture = QImage(640, 360, QImage.Format.Format_RGB32)
    picture.fill(QColor(colour))
    assert picture.save(str(file))
    return file


@pytest.fixture
def case(site: Site) -> str:
    """A filed case with a picture, a clip and a file that is no picture."""
    opened = site.open(note="=1+1 <b>占道</b> 😀")
    site.do(opened, "file", condition="E09006-1")
    clip = site.folder / "before.mp4"
    clip.write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 64)
    broken = site.folder / "broken.jpg"
    broken.write_bytes(b"no picture at all")
    picture = _picture(site.folder / "a.jpg", "#803010")
    site.services.cases.attach(
        LEADER,
        opened.id,
        [
            Attachment(picture, EvidenceKind.SNAPSHOT, None, "cam01", -3.25),
            Attachment(clip, EvidenceKind.CLIP),
            Attachment(broken, EvidenceKind.BEFORE),
        ],
    )
    return opened.id


def _pack(site: Site, case: str, **more: object) -> Packed:
    order = PackCase(LEADER, case, str(site.folder / "p.zip"), "复查 review", "市城管委")
    return pack.make(site.services.packs, LEADER, replace(order, **more))  # type: ignore[arg-type]


def test_a_pack_holds_everything_and_the_log_names_it(site: Site, case: str) -> None:
    before = site.services.cases.show(LEADER, case)[0]
    made = _pack(site, case)
    with zipfile.ZipFile(made.file) as packed:
        names = packed.namelist()
        facts = json.loads(packed.read("case.json"))
        rows = packed.read("evidence.csv").decode("utf-8-sig")
        timeline = packed.read("timeline.csv").decode("utf-8-sig")
        sheet = packed.read(pack.SHEET)
    assert [name.split("/")[0] for name in names].count("evidence") == 3
    assert sum(name.startswith("marked/") for name in names) == 1, "what is no picture has no marked copy"
    assert made.files == len(names) - 1
    assert facts["id"] == case
    assert facts["deadlines"]
    assert "-3.250" in rows, "the camera's clock offset goes along"
    assert "'=1+1" in timeline, "a spreadsheet must not run a note"
    assert sheet.startswith(b"%PDF")
    after, events, _ = site.services.cases.show(LEADER, case)
    assert events[-1].action is Action.PACK
    assert events[-1].data["manifest"] == made.manifest_sha256
    assert events[-1].data["reason"] == "复查 review"
    assert (after.state, after.version) == (before.state, before.version), (
        "packing changes nothing of the case"
    )


def test_originals_are_byte_for_byte_and_marked_copies_are_not(site: Site, case: str) -> None:
    made = _pack(site, case)
    with zipfile.ZipFile(made.file) as packed:
        original = next(n for n in packed.namelist() if n.startswith("evidence/") and "snapshot" in n)
        assert packed.read(original) == (site.folder / "a.jpg").read_bytes()
        marked = next(n for n in packed.namelist() if n.startswith("marked/"))
        copy = QImage.fromData(packed.read(marked))
    colours = {copy.pixelColor(x, y).lightness() // 16 for x in range(0, 640, 3) for y in range(0, 360, 3)}
    assert len(colours) > 2, "words lie across the picture"


def test_marked_only_leaves_the_originals_at_home(site: Site, case: str) -> None:
    made = _pack(site, case, marked_only=True)
    with zipfile.ZipFile(made.file) as packed:
        names = packed.namelist()
    assert not [name for name in names if name.startswith("evidence/")]
    assert [name for name in names if name.startswith("marked/")]
    assert pack_verify.verify(Path(made.file))["ok"]


def test_the_verifier_runs_on_bare_python_alone(site: Site, case: str, tmp_path: Path) -> None:
    made = _pack(site, case)
    with zipfile.ZipFile(made.file) as packed:
        packed.extractall(tmp_path / "out")
    bare = [sys.executable, "-I", "-S", "verify.py"]
    done = subprocess.run(bare, cwd=tmp_path / "out", capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    assert made.manifest_sha256 in done.stdout
    (tmp_path / "out" / "timeline.csv").write_text("nothing happened", encoding="utf-8")
    again = subprocess.run(bare, cwd=tmp_path / "out", capture_output=True, text=True, encoding="utf-8")
    assert again.returncode == 1
    assert "timeline.csv" in again.stdout


def _stored(site: Site, case: str, kind: EvidenceKind) -> Path:
    """Where the store keeps a piece of the case."""
    found = next(one for one in site.services.cases.show(LEADER, case)[0].evidence if one.kind is kind)
    path = site.services.store.path(found.sha256)
    assert path is not None
    return path


def _rewritten(file: Path, target: Path, name: str, change: object) -> Path:
    """A copy of a pack in which one entry is another."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.namelist():
            data = old.read(entry)
            if entry == name:
                data = change(data)  # type: ignore[operator]
            if data is not None:
                new.writestr(entry, data)
    return target


@pytest.mark.parametrize(
    ("name", "change", "fault"),
    [
        ("case.json", lambda data: data.replace(b"registering", b"closed     ") + b" ", "changed"),
        ("timeline.csv", lambda data: None, "missing"),
        ("events.jsonl", lambda data: data.replace(b"E09006-1", b"E09005-1"), "event"),
        ("events.jsonl", lambda data: b"".join(reversed(data.splitlines(keepends=True))), "order"),
        ("manifest.json", lambda data: data.replace(b"fifteen-pack-1", b"fifteen-pack-9"), "format"),
        ("manifest.json", lambda data: b"{", "unreadable"),
    ],
)
def test_what_was_changed_is_named(
    site: Site, case: str, tmp_path: Path, name: str, change: object, fault: str
) -> None:
    made = _pack(site, case)
    changed = _rewritten(Path(made.file), tmp_path / "changed.zip", name, change)
    found = pack_verify.verify(changed)
    assert not found["ok"]
    assert fault in {what for what, _ in found["faults"]}, found


def test_what_is_no_pack_is_told_not_raised(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK no zip")
    for path in (tmp_path / "x.zip", tmp_path / "gone.zip", tmp_path):
        found = pack_verify.verify(path)
        assert not found["ok"]
        assert found["faults"][0][0] == "unreadable", path


def test_who_may_not_and_what_is_missing(site: Site, case: str) -> None:
    for actor in (DUTY, ADMIN, KIOSK):
        with pytest.raises(Refusal) as refused:
            site.services.packs.gather(actor, case, "because")
        assert refused.value.code == "forbidden", actor
    for reason, code in (("  ", "missing_reason"), ("字" * 10_000, "bad_value")):
        with pytest.raises(Refusal) as refused:
            site.services.packs.gather(LEADER, case, reason)
        assert refused.value.code == code
    with pytest.raises(Refusal) as refused:
        _pack(site, "20260805-0999")
    assert refused.value.code == "unknown_case"


def test_nothing_is_left_when_it_cannot_be_written(site: Site, case: str) -> None:
    events = len(site.services.cases.show(LEADER, case)[1])
    for file in ("/proc/nowhere/p.zip", str(site.folder / "p.rar")):
        with pytest.raises(Refusal) as refused:
            _pack(site, case, file=file)
        assert refused.value.code in ("bad_file", "bad_usage")
    assert len(site.services.cases.show(LEADER, case)[1]) == events, "what did not leave is not logged"
    assert not [p for p in site.folder.iterdir() if p.name.endswith(".part")]


def test_a_changed_evidence_file_is_not_handed_on(site: Site, case: str) -> None:
    stored = _stored(site, case, EvidenceKind.CLIP)
    kept = stored.read_bytes()
    stored.chmod(0o644)
    stored.write_bytes(kept[:-1] + b"!")
    with pytest.raises(Refusal) as refused:
        _pack(site, case)
    assert (refused.value.code, refused.value.detail) == ("bad_file", "tampered")
    assert not (site.folder / "p.zip").exists()


def test_evidence_that_is_not_here_is_listed_as_absent(site: Site, case: str) -> None:
    stored = _stored(site, case, EvidenceKind.CLIP)
    shutil.move(stored, site.folder / "elsewhere")
    made = _pack(site, case)
    assert len(made.absent) == 1
    assert pack_verify.verify(Path(made.file))["ok"], "what is there still holds"


def test_the_sheet_has_a_page_for_the_pictures(site: Site, case: str, tmp_path: Path) -> None:
    case_sheet.fonts()
    content = site.services.packs.gather(LEADER, case, "look", "")
    assert case_sheet.write(content, tmp_path / "s.pdf") >= 2
    long = replace(content, events=content.events * 60)
    assert case_sheet.write(long, tmp_path / "long.pdf") > case_sheet.write(content, tmp_path / "s.pdf")
