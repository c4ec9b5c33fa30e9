"""Writing an evidence pack: one zip that can be checked without this program.

What is in it, in this order: ``README.txt``, the case sheet as PDF, the case
and its events as data, tables for a spreadsheet, the evidence byte for byte as
it was captured, marked copies of the pictures, ``verify.py`` and, last, the
manifest with the SHA-256 of everything else. The file gets its name only after
the case's log has the manifest's hash.
"""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from console.domain import chain
from console.domain.errors import Refusal
from console.domain.model import Actor, Event, Evidence
from console.i18n import either, t, t_in
from console.models import wording
from console.models.names import NameBook
from console.reports import case_sheet, marks, pack_verify
from console.services.packs import PackCase, PackContent, Packed, PackService
from console.services.sheets import guard

#: Zip entries of data compress; pictures and clips are compressed already.
_PACKED: Final = {".jpg", ".jpeg", ".png", ".mp4", ".webp", ".zip", ".pdf"}
SHEET: Final = "case-sheet.pdf"


def make(service: PackService, actor: Actor, order: PackCase) -> Packed:
    """Gather, write, log, and only then let the file have its name. Raises as
    ``PackService.gather``, ``bad_usage.pack`` for a name that is no zip,
    ``bad_file.place``, ``disk_full``; nothing is left behind then."""
    file = Path(order.file)
    if file.suffix.lower() != ".zip":
        raise Refusal("bad_usage", "pack", file=file.name)
    content = service.gather(actor, order.case_id, order.reason, order.recipient)
    case_sheet.fonts()
    spare = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with zipfile.ZipFile(spare, "w", zipfile.ZIP_DEFLATED) as out:
            writer = _Writer(out, content)
            writer.all(order.marked_only)
            manifest = writer.manifest(order.marked_only)
        with spare.open("rb") as done:
            os.fsync(done.fileno())
        service.log(actor, content, manifest, len(writer.rows), order.marked_only)
        os.replace(spare, file)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise Refusal("disk_full", "file", file=str(file)) from error
        raise Refusal("bad_file", "place", path=str(file)) from error
    finally:
        spare.unlink(missing_ok=True)
    absent = tuple(one.sha256 for one in content.evidence if one.sha256 not in content.paths)
    return Packed(str(file), len(writer.rows), manifest, absent)


class _Writer:
    """Puts files into the zip and remembers their hashes."""

    def __init__(self, out: zipfile.ZipFile, content: PackContent) -> None:
        self._out, self._content = out, content
        self.rows: list[dict[str, Any]] = []
        at = content.packed_at.astimezone(UTC)
        self._stamp = (max(1980, at.year), at.month, at.day, at.hour, at.minute, at.second)

    def all(self, marked_only: bool) -> None:
        """Everything but the manifest."""
        content = self._content
        self._text("README.txt", _readme(content))
        with tempfile.TemporaryDirectory(prefix="fifteen-pack-") as folder:
            sheet = Path(folder) / SHEET
            case_sheet.write(content, sheet)
            self._file(SHEET, sheet)
            self._text("case.json", json.dumps(_case(content), ensure_ascii=False, indent=1) + "\n")
            self._text("events.jsonl", "".join(_event_line(event) for event in content.events))
            self._text("timeline.csv", _csv(_timeline(content)))
            self._text("evidence.csv", _csv(self._evidence_rows(marked_only)))
            for number, one in enumerate(content.evidence, start=1):
                self._evidence(number, one, Path(folder), marked_only)
        self._text("verify.py", Path(pack_verify.__file__).read_text(encoding="utf-8"))

    def _evidence(self, number: int, one: Evidence, folder: Path, marked_only: bool) -> None:
        path = self._content.paths.get(one.sha256)
        if path is None:
            return
        if not marked_only:
            self._file(_name(number, one, path), path, evidence=True, expected=one.sha256)
        if case_sheet.pictured(one):
            try:
                picture = marks.mark(marks.read(path), case_sheet.stamp(self._content))
            except Refusal:
                return  # no picture after all: the original, if it goes along, says so by itself
            copy = folder / f"{number:02d}.jpg"
            if picture.save(str(copy), quality=marks.QUALITY):
                self._file(f"marked/{number:02d}-{one.kind.value}.jpg", copy)

    def _evidence_rows(self, marked_only: bool) -> Iterable[tuple[object, ...]]:
        yield ("n", "file", "kind", "captured_at", "camera", "clock_offset_s", "added_by", "bytes", "sha256")
        for number, one in enumerate(self._content.evidence, start=1):
            path = self._content.paths.get(one.sha256)
            name = "" if path is None or marked_only else _name(number, one, path)
            offset = "" if one.clock_offset_s is None else f"{one.clock_offset_s:.3f}"
            at = one.captured_at.astimezone(UTC).isoformat()
            yield (number, name, one.kind.value, at, one.camera, offset, one.added_by, one.bytes, one.sha256)

    def manifest(self, marked_only: bool) -> str:
        """Write the manifest; returns its SHA-256."""
        content = self._content
        seq, digest = content.chain_head
        document = {
            "format": pack_verify.FORMAT,
            "case": content.case.id,
            "packed_at": chain.instant(content.packed_at),
            "packed_by": content.packed_by,
            "reason": content.reason,
            "recipient": content.recipient,
            "marked_only": marked_only,
            "chain_head": {"seq": seq, "hash": digest},
            "files": self.rows,
        }
        data = (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
        self._out.writestr(self._entry(pack_verify.MANIFEST), data)
        return hashlib.sha256(data).hexdigest()

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, self._stamp)
        entry.external_attr = 0o644 << 16
        stored = Path(name).suffix.lower() in _PACKED
        entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        return entry

    def _text(self, name: str, text: str) -> None:
        data = text.encode("utf-8")
        self._out.writestr(self._entry(name), data)
        self.rows.append({"name": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)})

    def _file(self, name: str, path: Path, *, evidence: bool = False, expected: str = "") -> None:
        digest, size = hashlib.sha256(), 0
        with path.open("rb") as incoming, self._out.open(self._entry(name), "w", force_zip64=True) as target:
            while chunk := incoming.read(1 << 20):
                digest.update(chunk)
                size += len(chunk)
                target.write(chunk)
        found = digest.hexdigest()
        if expected and found != expected:
            # Handing on a file that is not what the log says would be a lie.
            raise Refusal("bad_file", "tampered", file=path.name)
        row: dict[str, Any] = {"name": name, "sha256": found, "bytes": size}
        self.rows.append({**row, "evidence": True} if evidence else row)


def _name(number: int, one: Evidence, path: Path) -> str:
    return f"evidence/{number:02d}-{one.kind.value}-{one.sha256[:8]}{path.suffix}"


def _readme(content: PackContent) -> str:
    facts = {"case": content.case.id, "reason": content.reason, "recipient": content.recipient or "—"}
    return "\n\n".join(t_in(lang, "pack.readme", **facts).strip() for lang in ("zh", "en")) + "\n"


def _event_line(event: Event) -> str:
    """The event as it was hashed, with its hashes, on a line."""
    body = json.loads(
        chain.canonical(
            event.v,
            event.seq,
            event.case,
            event.at,
            event.recorded_at,
            event.actor,
            event.action,
            event.data,
        )
    )
    return json.dumps({**body, "prev_hash": event.prev_hash, "hash": event.hash}, ensure_ascii=False) + "\n"


def _timeline(content: PackContent) -> Iterable[tuple[object, ...]]:
    book = NameBook(content.names)
    teams: Mapping[str, str] = {key: either(*names) for key, names in content.teams.items()}
    yield tuple(t(f"pack.col.{name}") for name in ("seq", "at", "recorded", "who", "what", "detail"))
    for event in content.events:
        yield (
            event.seq,
            wording.local(event.at).isoformat(),
            wording.local(event.recorded_at).isoformat(),
            book.person(event.actor),
            wording.event_line(event, teams),
            wording.event_detail(event),
        )


def _csv(rows: Iterable[tuple[object, ...]]) -> str:
    """With a byte order mark, so that a spreadsheet shows Chinese."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([guard(cell) if isinstance(cell, str) else cell for cell in row])
    return "\ufeff" + out.getvalue()


_STAMPS: Final = (
    "found",
    "reported",
    "opened",
    "filed",
    "dispatched",
    "accepted",
    "arrived",
    "handled",
    "closed",
)


def _case(content: PackContent) -> dict[str, Any]:
    """The facts of the case as data; nobody's telephone is among them."""
    case = content.case
    key = case.category
    return {
        "id": case.id,
        "state": case.state.value,
        "source": case.source.value,
        "category": f"{key.standard}:{key.kind}:{key.code}" if key else None,
        "name_zh": case.name_zh,
        "name_en": case.name_en,
        "condition_id": case.condition_id or None,
        "condition_zh": case.condition_zh,
        "condition_en": case.condition_en,
        "camera": case.camera,
        "place": case.place,
        "community": case.community,
        "grid": case.grid,
        "lon": case.lon,
        "lat": case.lat,
        "note": case.note,
        "teams": list(case.teams),
        **{f"{name}_at": _instant(getattr(case, f"{name}_at", None)) for name in _STAMPS},
        "manual_time": case.manual_time,
        "rework": case.rework,
        "extensions": case.extensions,
        "links": [{"id": link.id, "kind": link.kind} for link in case.links],
        "deadlines": [
            {
                "kind": one.kind.value,
                "start_at": _instant(one.start_at),
                "due_at": _instant(one.due_at),
                "met_at": _instant(one.met_at),
                "cancelled": one.cancelled,
                "paused_s": round(one.paused_s, 3),
                "limit": {"value": one.limit.value, "unit": one.limit.unit.value},
            }
            for one in case.deadlines
        ],
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else chain.instant(at)


def handlers(service: PackService) -> Mapping[type, Callable[[Any], object]]:
    """What a console's office answers once this room is there."""

    def pack(order: PackCase) -> Packed:
        return make(service, order.actor, order)

    return {PackCase: pack}
