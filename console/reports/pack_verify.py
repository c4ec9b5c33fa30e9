#!/usr/bin/env python3
"""Checks an evidence pack. Needs only Python 3.8 or newer; no network, no database.

    python3 verify.py              in the unpacked folder
    python3 verify.py PACK.zip     without unpacking

Checked are: every file against the SHA-256 of the manifest, that none is
missing and none was added, every event against its own hash, the order of the
events, and that each piece of evidence is the one an event of the case names.
Ends with 0 when all of it holds, otherwise with 1 and a line for each fault.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: What this program can read; the number grows when the layout changes.
FORMAT = "fifteen-pack-1"
MANIFEST = "manifest.json"
EVENTS = "events.jsonl"
_CHUNK = 1 << 20
_UNREADABLE = (OSError, ValueError, LookupError, TypeError, AttributeError, RuntimeError, zipfile.BadZipFile)


class Pack:
    """A pack in a folder or in a zip file."""

    def __init__(self, path: Path) -> None:
        self._zip: zipfile.ZipFile | None = zipfile.ZipFile(path) if path.is_file() else None
        self._root = path

    def names(self) -> list[str]:
        """Every file in the pack, with ``/`` between the folders."""
        if self._zip is not None:
            return sorted(i.filename for i in self._zip.infolist() if not i.is_dir())
        found = (p.relative_to(self._root).as_posix() for p in self._root.rglob("*") if p.is_file())
        return sorted(name for name in found if "__pycache__" not in name)

    def chunks(self, name: str) -> Iterator[bytes]:
        """A file's bytes, a megabyte at a time."""
        file: Any = self._zip.open(name) if self._zip is not None else (self._root / name).open("rb")
        with file:
            while True:
                chunk = file.read(_CHUNK)
                if not chunk:
                    return
                yield chunk

    def text(self, name: str) -> str:
        """A whole text file."""
        return b"".join(self.chunks(name)).decode("utf-8")

    def close(self) -> None:
        """Let the file go."""
        if self._zip is not None:
            self._zip.close()


def verify(path: Path) -> dict[str, Any]:
    """``{ok, files, chain_ok, manifest_sha256, faults}``: how many files were
    compared, whether the events hold, the hash the site wrote into its own log
    when the pack left the house, and a pair (what, which) for each fault. ``what`` is one
    of ``unreadable format missing added changed event order evidence``."""
    try:
        pack = Pack(path)
        try:
            return _verify(pack)
        finally:
            pack.close()
    except _UNREADABLE as error:
        return {
            "ok": False,
            "files": 0,
            "chain_ok": False,
            "manifest_sha256": "",
            "faults": [("unreadable", str(error))],
        }


def _verify(pack: Pack) -> dict[str, Any]:
    faults: list[Any] = []
    written = pack.text(MANIFEST)
    manifest = json.loads(written)
    if manifest.get("format") != FORMAT:
        faults.append(("format", str(manifest.get("format"))))
    listed = {row["name"]: row for row in manifest["files"]}
    present = [name for name in pack.names() if name != MANIFEST]
    doubled = {name for name in present if present.count(name) > 1}
    faults += [("added", name) for name in sorted((set(present) - set(listed)) | doubled)]
    compared = 0
    for name, row in listed.items():
        if name not in present:
            faults.append(("missing", name))
            continue
        digest, size = hashlib.sha256(), 0
        for chunk in pack.chunks(name):
            digest.update(chunk)
            size += len(chunk)
        compared += 1
        if digest.hexdigest() != row["sha256"] or size != row["bytes"]:
            faults.append(("changed", name))
    broken = list(_events(pack, manifest)) if EVENTS in present else [("missing", EVENTS)]
    faults += broken
    return {
        "ok": not faults,
        "files": compared,
        "chain_ok": not broken,
        "manifest_sha256": hashlib.sha256(written.encode("utf-8")).hexdigest(),
        "faults": faults,
    }


def _events(pack: Pack, manifest: Mapping[str, Any]) -> Iterator[Any]:
    """Faults in the chain of the case's events, and evidence none of them names."""
    before: dict[str, Any] | None = None
    told = set()
    for line in pack.text(EVENTS).splitlines():
        event = json.loads(line)
        if event["hash"] != event_hash(event):
            yield ("event", str(event["seq"]))
        if before is not None:
            follows = event["seq"] == before["seq"] + 1
            if event["seq"] <= before["seq"] or (follows and event["prev_hash"] != before["hash"]):
                yield ("order", str(event["seq"]))
        if event["case"] != manifest["case"]:
            yield ("event", str(event["seq"]))
        if event["action"] == "attach":
            told.update(event["data"].get("files", ()))
        before = event
    for row in manifest["files"]:
        if row.get("evidence") and row["sha256"] not in told:
            yield ("evidence", row["name"])
    if before is None or before["seq"] > manifest["chain_head"]["seq"]:
        yield ("order", "head")


def event_hash(event: Mapping[str, Any]) -> str:
    """SHA-256 of the hash before, and the event as JSON with sorted keys, no
    spaces, in UTF-8."""
    fields = ("v", "seq", "case", "at", "recorded_at", "actor", "action", "data")
    body = json.dumps(
        {name: event[name] for name in fields},
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
        allow_nan=False,
    )
    return hashlib.sha256(event["prev_hash"].encode("ascii") + body.encode("utf-8")).hexdigest()


_WORDS = {
    "unreadable": "cannot be read / 无法读取",
    "format": "unknown format / 未知格式",
    "missing": "missing / 缺少",
    "added": "not in the manifest / 清单外",
    "changed": "changed / 已被改动",
    "event": "event changed / 事件被改动",
    "order": "events out of order / 事件次序不符",
    "evidence": "named by no event / 无事件记载",
}


def main(arguments: list[str]) -> int:
    """Check and print; the exit code says how it went."""
    for stream in (sys.stdout, sys.stderr):
        # A console with another encoding must not end the check.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    path = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    found = verify(path)
    for what, which in found["faults"]:
        print(f"FAULT {_WORDS.get(what, what)}: {which}")
    if found["manifest_sha256"]:
        print(f"manifest {found['manifest_sha256']}")
    if found["ok"]:
        print(f"OK: {found['files']} files and the events hold / {found['files']} 个文件与事件链完好")
        return 0
    print("NOT OK / 校验不通过")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
