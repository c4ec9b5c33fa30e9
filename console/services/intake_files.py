"""Files that come with a report: looked at before they become evidence.

A file is known by its first bytes, not by its name. Storing is for a thread of
its own (a video of 300 MB takes a while); the rows that tell of it are quick.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from console.domain.errors import Refusal
from console.domain.model import Actor, Evidence
from console.domain.vocabulary import EvidenceKind
from console.services import permissions
from console.services.evidence import media_type
from console.services.ports import EvidenceStore

#: Larger files are refused: two hours of a camera's main stream.
MOST_BYTES: Final = 4 << 30
_PICTURES: Final = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp"})
_CLIPS: Final = frozenset({".mp4", ".mov", ".avi", ".mkv", ".ts", ".flv", ".3gp", ".m4v"})
_PAPERS: Final = frozenset({".pdf", ".txt", ".csv", ".docx", ".xlsx", ".doc", ".xls", ".wav", ".mp3", ".amr"})
_HEADS: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM", b"GIF8")


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the store, or why it is not there."""

    name: str
    kind: EvidenceKind
    sha256: str = ""
    bytes: int = 0
    captured_at: datetime | None = None
    """When the file was last written: the nearest thing to when it was taken."""
    refusal: Refusal | None = None


def kind_of(path: Path) -> EvidenceKind:
    """What a file is: ``before`` for a picture, ``clip``, ``document``. Raises
    ``Refusal('bad_file')``: ``unreadable``, ``empty_file``, ``no_picture``,
    ``too_big``, ``sort``."""
    try:
        if not path.is_file():
            raise Refusal("bad_file", "unreadable", file=str(path))
        size = path.stat().st_size
        with path.open("rb") as handle:
            head = handle.read(16)
    except OSError as error:
        raise Refusal("bad_file", "unreadable", file=str(path)) from error
    if size == 0:
        raise Refusal("bad_file", "empty_file", file=path.name)
    if size > MOST_BYTES:
        raise Refusal("bad_file", "too_big", file=path.name, most=MOST_BYTES >> 30)
    suffix = path.suffix.lower()
    if suffix in _PICTURES:
        if not (head.startswith(_HEADS) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")):
            raise Refusal("bad_file", "no_picture", file=path.name)
        return EvidenceKind.BEFORE
    if suffix in _CLIPS:
        return EvidenceKind.CLIP
    if suffix in _PAPERS:
        return EvidenceKind.DOCUMENT
    raise Refusal("bad_file", "sort", file=path.name)


def store(actor: Actor, files: tuple[str, ...], keep: EvidenceStore) -> tuple[Stored, ...]:
    """Put files into the store, each by itself: a bad one keeps no other out."""
    permissions.demand(actor, "attach")
    done = []
    for name in files:
        path = Path(name)
        try:
            kind = kind_of(path)
            sha256, size = keep.put(path, media_type(path.name))
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            done.append(Stored(path.name, kind, sha256, size, written))
        except OSError:  # gone between the copy and the look
            done.append(
                Stored(path.name, EvidenceKind.DOCUMENT, refusal=Refusal("bad_file", "unreadable", file=name))
            )
        except Refusal as refusal:
            done.append(Stored(path.name, EvidenceKind.DOCUMENT, refusal=refusal))
    return tuple(done)


def picture_of(evidence: tuple[Evidence, ...]) -> Evidence | None:
    """The picture that tells most of a case: taken of the main stream, then
    brought by a person, then of the sub stream."""
    order = (EvidenceKind.MAIN_PICTURE, EvidenceKind.BEFORE, EvidenceKind.SNAPSHOT, EvidenceKind.AFTER)
    for kind in order:
        for one in evidence:
            if one.kind is kind:
                return one
    return None
