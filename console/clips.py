"""Saving what was just seen: a clip, and a sidecar that says what it is.

The clip is remuxed, not encoded again; the sidecar (JSON) carries its SHA-256
and everything somebody needs who has nothing but the two files.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from console.domain.errors import Refusal
from console.domain.model import Actor
from console.domain.vocabulary import EvidenceKind
from console.services.requests import AttachCaptured

log = logging.getLogger(__name__)

#: What the sidecar's fields mean is fixed by this number.
SIDECAR_VERSION: Final = 1
_CHUNK: Final = 1 << 20

#: Writes the clip: camera, seconds, end, target → true start and length (s).
Cut = Callable[[str, float, datetime, Path], tuple[datetime, float]]
#: Reads a written clip: codec, width, height.
Describe = Callable[[Path], tuple[str, int, int]]


@dataclass(frozen=True, slots=True)
class ClipOrder:
    """What is to be saved: the ``seconds`` before ``end`` (aware UTC).
    ``case_id`` empty keeps it in ``folder``; ``source`` is ``ring`` or
    ``recorder``; ``clock_offset_s`` is the camera's clock minus ours."""

    camera: str
    camera_name: str
    seconds: float
    end: datetime
    folder: Path
    actor: Actor
    source: str = "ring"
    case_id: str = ""
    case_number: str = ""
    clock_offset_s: float | None = None


@dataclass(frozen=True, slots=True)
class ClipSaved:
    """Posted when a clip stands, or with the reason why there is none."""

    order: ClipOrder
    path: str
    sidecar: str
    length_s: float
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """Writes the truth about a clip beside it, the same for every clip of this
    console: its ``seat`` and the program's ``version`` are read once."""

    describe: Describe
    seat: str
    version: str

    def write(self, order: ClipOrder, clip: Path, start: datetime, length_s: float) -> Path:
        """The sidecar of a written clip. Raises ``Refusal`` for a clip that
        cannot be read, ``OSError`` where nothing can be written."""
        facts = sidecar(order, clip, start, length_s, self.describe(clip))
        facts |= {"seat": self.seat, "program": f"fifteen {self.version}"}
        beside = clip.with_suffix(".json")
        _write_whole(beside, json.dumps(facts, ensure_ascii=False, indent=2) + "\n")
        return beside


class Clips:
    """Saves clips in the background, one after the other."""

    def __init__(
        self, beside: Beside, submit: Callable[[object], int], post: Callable[[object], None]
    ) -> None:
        self._beside, self._submit, self._post = beside, submit, post
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="clips")

    def save(self, order: ClipOrder, cut: Cut) -> None:
        """Start to save; returns at once."""
        self._pool.submit(self._save, order, cut)

    def stop(self) -> None:
        """Wait for what is under way."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _save(self, order: ClipOrder, cut: Cut) -> None:
        try:
            order.folder.mkdir(parents=True, exist_ok=True)
            target = _free(order.folder, f"{order.camera}-{order.end:%Y%m%dT%H%M%SZ}-{order.seconds:.0f}s")
            start, length = cut(order.camera, order.seconds, order.end, target)
            beside = self._beside.write(order, target, start, length)
            if order.case_id:
                files = (
                    (str(target), EvidenceKind.CLIP.value, start, order.camera),
                    (str(beside), EvidenceKind.DOCUMENT.value, start, order.camera),
                )
                self._submit(AttachCaptured(order.actor, order.case_id, files, order.clock_offset_s))
            self._post(ClipSaved(order, str(target), str(beside), length))
        except Refusal as refusal:
            self._post(ClipSaved(order, "", "", 0.0, refusal))
        except OSError as error:
            code = "disk_full" if error.errno in (28, 122) else "bad_file"
            self._post(ClipSaved(order, "", "", 0.0, Refusal(code, "file", file=str(order.folder))))
        except Exception:
            log.exception("saving a clip of camera %s", order.camera)
            self._post(ClipSaved(order, "", "", 0.0, Refusal("no_camera", "no_picture", camera=order.camera)))


def sidecar(
    order: ClipOrder, path: Path, start: datetime, length_s: float, stream: tuple[str, int, int]
) -> dict[str, object]:
    """What is known of a clip. Instants are UTC with ``Z``, by this seat's
    clock; ``clock_offset_s`` is how far the camera's own clock is ahead."""
    codec, width, height = stream
    digest, size = _hash(path)
    return {
        "sidecar": SIDECAR_VERSION,
        "file": path.name,
        "sha256": digest,
        "bytes": size,
        "camera": order.camera,
        "camera_name": order.camera_name,
        "source": order.source,
        "start": _stamp(start),
        "end": _stamp(start + timedelta(seconds=length_s)),
        "length_s": round(length_s, 3),
        "asked_s": order.seconds,
        "asked_end": _stamp(order.end),
        "clock_offset_s": order.clock_offset_s,
        "codec": codec,
        "width": width,
        "height": height,
        "case": order.case_id,
        "officer": order.actor.name,
    }


def _free(folder: Path, stem: str) -> Path:
    """A name nothing has yet: a second press within a second overwrites nothing."""
    safe = "".join(c if c.isalnum() or c in "-_" else "_" for c in stem)
    target, number = folder / f"{safe}.mp4", 1
    while target.exists():
        number += 1
        target = folder / f"{safe}-{number}.mp4"
    return target


def _write_whole(target: Path, text: str) -> None:
    """Half a sidecar must never stand beside a clip."""
    part = target.with_name(target.name + ".part")
    try:
        part.write_text(text, encoding="utf-8")
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def _hash(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
