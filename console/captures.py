"""What the key N takes from the cameras: the minute before it, and pictures.

The case is opened first (its clock runs from the key press); the files follow
from a small pool, since a camera may take seconds to answer. Each file that
could not be had is told, and never delays the others.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from console.clips import Beside, ClipOrder
from console.domain.errors import Refusal
from console.domain.model import Actor
from console.domain.vocabulary import EvidenceKind
from console.services.ports import FeedPictures
from console.services.requests import AttachCaptured

log = logging.getLogger(__name__)

#: When a file was captured, and what else belongs into the case with it.
Taken = tuple[datetime, tuple[tuple[str, str, datetime, str], ...]]
#: How much of the ring before the key press goes into the case, in seconds.
BEFORE_S = 60.0


@dataclass(frozen=True, slots=True)
class CaptureFailed:
    """Posted when a camera gave no picture or no clip for a case."""

    case_id: str
    camera: str
    what: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class SnapshotTaken:
    """Posted after S on a tile: where the picture lies, or why there is none."""

    camera: str
    path: str
    refusal: Refusal | None = None


class Captures:
    """Takes clip and pictures for new cases in the background."""

    def __init__(
        self,
        pictures: FeedPictures,
        spool: Path,
        submit: Callable[[object], int],
        post: Callable[[object], None],
        facts_of: Callable[[str], tuple[str, float | None]],
        beside: Beside,
    ) -> None:
        """``facts_of``: a camera's name and how far its own clock is off
        (seconds, ``None`` unknown); ``beside`` writes the clip's sidecar."""
        self._facts_of, self._beside = facts_of, beside
        self._pictures = pictures
        self._spool = spool
        self._submit = submit
        self._post = post
        #: Covers what nobody is to see in a picture of a camera, in its file; a
        #: program with windows says how. What cannot be covered is not kept.
        self.cover: Callable[[str, Path], None] | None = None
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="capture")
        self._count = itertools.count(1)

    def take(self, actor: Actor, case_id: str, camera: str, pressed_at: datetime) -> None:
        """Start to collect; returns at once."""
        self._pool.submit(self._collect, actor, case_id, camera, pressed_at)

    def snapshot(
        self, camera: str, target: Path, after: Callable[[Path, datetime], None] | None = None
    ) -> None:
        """S on a tile: the newest picture into a file; returns at once.
        ``after`` gets the file and its capture time, in the capture thread,
        before the picture is told."""
        self._pool.submit(self._keep, camera, target, after)

    def stop(self) -> None:
        """Wait for what is under way (a few seconds at the most)."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _keep(self, camera: str, target: Path, after: Callable[[Path, datetime], None] | None) -> None:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            captured_at = self._covered(camera, target, self._pictures.snapshot(camera, target))
            if after is not None:
                after(target, captured_at)
            self._post(SnapshotTaken(camera, str(target)))
        except Refusal as refusal:
            self._post(SnapshotTaken(camera, "", refusal))
        except Exception:
            log.exception("a snapshot of camera %s broke", camera)

    def _collect(self, actor: Actor, case_id: str, camera: str, pressed_at: datetime) -> None:
        try:
            self._spool.mkdir(parents=True, exist_ok=True)
            jobs = (
                (EvidenceKind.SNAPSHOT, ".jpg", self._snapshot),
                (EvidenceKind.MAIN_PICTURE, ".jpg", self._main_picture),
                (EvidenceKind.CLIP, ".mp4", self._clip),
            )
            for kind, suffix, take in jobs:
                target = self._spool / f"{case_id}-{next(self._count)}-{kind.value}{suffix}"
                name, offset = self._facts_of(camera)
                order = ClipOrder(
                    camera, name, BEFORE_S, pressed_at, self._spool, actor,
                    case_id=case_id, clock_offset_s=offset,
                )  # fmt: skip
                try:
                    captured_at, more = take(order, target)
                except Refusal as refusal:
                    self._post(CaptureFailed(case_id, camera, kind.value, refusal))
                    continue
                # One by one: a slow main picture must not hold back the clip.
                files = ((str(target), kind.value, captured_at, camera), *more)
                self._submit(AttachCaptured(actor, case_id, files, offset))
        except Exception:
            log.exception("capture for case %s broke", case_id)

    def _snapshot(self, order: ClipOrder, target: Path) -> Taken:
        captured_at = self._pictures.snapshot(order.camera, target)
        return self._covered(order.camera, target, captured_at), ()

    def _main_picture(self, order: ClipOrder, target: Path) -> Taken:
        captured_at = self._pictures.main_picture(order.camera, target)
        return self._covered(order.camera, target, captured_at), ()

    def _covered(self, camera: str, target: Path, captured_at: datetime) -> datetime:
        if self.cover is not None:
            self.cover(camera, target)
        return captured_at

    def _clip(self, order: ClipOrder, target: Path) -> Taken:
        start, length = self._pictures.clip(order.camera, order.seconds, order.end, target)
        try:
            beside = self._beside.write(order, target, start, length)
        except Exception:
            # The clip is what counts: it goes into the case without its paper.
            log.exception("the sidecar of a clip for case %s broke", order.case_id)
            return start, ()
        return start, ((str(beside), EvidenceKind.DOCUMENT.value, start, order.camera),)
