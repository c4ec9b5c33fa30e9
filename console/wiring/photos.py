"""Pictures of a place that come by hand: pasted with Ctrl+V or dropped onto the
open case, written, checked and stored without the windows waiting."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QMimeData, QObject, Slot
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QImageReader,
    QKeyEvent,
    QKeySequence,
)

from console.domain.errors import Refusal
from console.domain.model import Actor
from console.domain.vocabulary import EvidenceKind
from console.i18n import t
from console.services.requests import Answer, Broke, Refused
from console.services.teams import AttachPhotos
from console.services.views import CaseAnswer
from console.widgets.keys import Key
from console.windows.desk_base import DeskBase
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp

#: A photograph of a telephone has 3 to 12 MB; more than this is no photograph.
MOST_MB: Final = 50
MOST_FILES: Final = 20
#: Stored as they came; other kinds become PNG, which every viewer opens.
_KEPT: Final = {b"jpeg": ".jpg", b"png": ".png"}
_RAW: Final = (("image/jpeg", ".jpg"), ("image/png", ".png"))
_HEIC: Final = (b"heic", b"heix", b"mif1", b"hevc", b"msf1")


@dataclass(frozen=True, slots=True)
class Given:
    """One picture as it was handed over: a file, the bytes, or the pixels."""

    path: str = ""
    data: bytes = b""
    suffix: str = ""
    image: QImage | None = None


@dataclass(frozen=True, slots=True)
class PhotosReady:
    """Posted when what was handed over has been looked at. ``files`` are
    ``(path, taken at)``; ``ours`` those written here, to be taken away again."""

    actor: Actor
    case_id: str
    files: tuple[tuple[str, datetime], ...]
    ours: tuple[str, ...]
    refusals: tuple[Refusal, ...]


def given(mime: QMimeData) -> tuple[Given, ...]:
    """What a clipboard or a drag holds, files before bytes before pixels."""
    paths = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
    if paths:
        return tuple(Given(path=path) for path in paths[:MOST_FILES])
    for kind, suffix in _RAW:
        data = bytes(mime.data(kind).data()) if mime.hasFormat(kind) else b""
        if data:
            return (Given(data=data, suffix=suffix),)
    if mime.hasImage():
        image = mime.imageData()
        if isinstance(image, QImage) and not image.isNull():
            return (Given(image=image),)
    return ()


def look(one: Given, spool: Path, now: datetime) -> tuple[str, datetime, bool]:
    """The file to store, when it was taken, whether it was written here. Raises
    ``Refusal('bad_file')``; never called in the thread of the windows."""
    if one.path:
        return _look_file(Path(one.path), spool, now)
    target = _fresh(spool, one.suffix or ".png")
    if one.image is not None:
        _write(one.image, target)
    else:
        target.write_bytes(one.data)
    try:
        _demand_picture(target, t("teams.photo.pasted"))
    except Refusal:
        target.unlink(missing_ok=True)
        raise
    return str(target), now, True


def _look_file(path: Path, spool: Path, now: datetime) -> tuple[str, datetime, bool]:
    try:
        if not path.is_file():
            raise Refusal("bad_file", "unreadable", file=str(path))
        stat = path.stat()
    except OSError as error:
        raise Refusal("bad_file", "unreadable", file=str(path)) from error
    if stat.st_size == 0:
        raise Refusal("bad_file", "empty_file", file=str(path))
    if stat.st_size > MOST_MB << 20:
        raise Refusal("bad_file", "photo_large", file=path.name, size=stat.st_size >> 20, most=MOST_MB)
    kind, image = _demand_picture(path, path.name)
    taken = min(datetime.fromtimestamp(stat.st_mtime, UTC), now)
    suffix = _KEPT.get(kind, ".png")
    if kind in _KEPT and path.suffix.lower() in (suffix, ".jpeg"):
        return str(path), taken, False
    target = _fresh(spool, suffix)
    if kind in _KEPT:
        target.write_bytes(path.read_bytes())
    else:
        _write(image, target)
    return str(target), taken, True


def _demand_picture(path: Path, name: str) -> tuple[bytes, QImage]:
    """Kind and pixels; decoded whole, since half a picture is no evidence."""
    reader = QImageReader(str(path))
    reader.setDecideFormatFromContent(True)
    if not reader.canRead():
        with path.open("rb") as handle:
            head = handle.read(16)
        if head[4:8] == b"ftyp" and head[8:12] in _HEIC:
            raise Refusal("bad_file", "photo_kind", file=name, kind="HEIC")
        raise Refusal("bad_file", "no_picture", file=name)
    kind = bytes(reader.format().data())
    image = reader.read()
    if image.isNull():
        raise Refusal("bad_file", "photo_broken", file=name)
    return kind, image


def _write(image: QImage, target: Path) -> None:
    if not image.save(str(target)):
        target.unlink(missing_ok=True)
        raise Refusal("disk_full", "file", file=str(target.parent))


def _fresh(spool: Path, suffix: str) -> Path:
    spool.mkdir(parents=True, exist_ok=True)
    return spool / f"photo-{uuid.uuid4().hex}{suffix}"


class Photos(Part):
    """Takes pictures for the open case."""

    def __init__(self, console: ConsoleApp) -> None:
        super().__init__(console)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="photos")
        self._ours: dict[int, tuple[str, ...]] = {}

    def desk(self, window: DeskBase) -> None:
        """Ctrl+V, and drops onto the open case."""
        window.add_key(Key("paste_photo", "Ctrl+V", "case"), self.paste)
        detail = window.parts.detail
        detail.setAcceptDrops(True)
        detail.installEventFilter(self)
        # A line of text would swallow Ctrl+V even when there is nothing but a picture.
        for line in (detail.note, detail.action_bar.answer.who):
            line.installEventFilter(self)

    @Slot()
    def paste(self) -> None:
        """The picture on the clipboard goes into the open case."""
        self.take(QGuiApplication.clipboard().mimeData())

    def take(self, mime: QMimeData) -> None:
        """Take what was handed over; returns at once."""
        actor, detail = self.console.actor, self.console.desk.parts.detail
        if actor is None or not detail.case_id:
            self._say("teams.photo.no_case")
            return
        found = given(mime)
        if not found:
            self.console.desk.parts.toast.refuse(Refusal("bad_file", "clipboard"))
            return
        self._say("teams.photo.reading")
        self._pool.submit(self._look_all, actor, detail.case_id, found)

    def _look_all(self, actor: Actor, case_id: str, found: tuple[Given, ...]) -> None:
        """In the thread for it."""
        spool, now = self.console.options.places.spool, self.engine.clock.now()
        files: list[tuple[str, datetime]] = []
        ours: list[str] = []
        refusals: list[Refusal] = []
        for one in found:
            try:
                path, taken, written = look(one, spool, now)
            except Refusal as refusal:
                refusals.append(refusal)
                continue
            except OSError as error:
                refusals.append(Refusal("bad_file", "os", file=one.path, text=error.strerror or ""))
                continue
            files.append((path, taken))
            if written:
                ours.append(path)
        ready = PhotosReady(actor, case_id, tuple(files), tuple(ours), tuple(refusals))
        self.console.bridge.post(ready)

    def posted(self, what: object) -> None:
        """Looked at: store. Stored: say so."""
        if isinstance(what, PhotosReady):
            if what.refusals:
                self.console.desk.parts.toast.refuse(what.refusals[0])
            if what.files:
                token = self.engine.submit(AttachPhotos(what.actor, what.case_id, what.files))
                self._ours[token] = what.ours
        elif isinstance(what, Answer | Refused | Broke) and isinstance(what.request, AttachPhotos):
            self._pool.submit(_remove, self._ours.pop(what.token, ()))
            if isinstance(what, Refused):
                self.console.desk.parts.toast.refuse(what.refusal)
            elif isinstance(what, Answer) and isinstance(what.value, CaseAnswer):
                self._tell(what.value, what.request)

    def _say(self, key: str, **facts: object) -> None:
        self.console.desk.parts.toast.say(key, **facts)

    def _tell(self, answer: CaseAnswer, request: AttachPhotos) -> None:
        kinds = [one.kind for one in answer.case.evidence[-len(request.files) :]]
        if not self.console.desk.parts.toast.refusing:
            which = "after" if EvidenceKind.AFTER in kinds else "before"
            self._say(f"teams.photo.{which}", n=len(request.files))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Files and pictures may be dropped onto the case; a picture pasted into
        a line of text goes into the case as well."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return event.matches(QKeySequence.StandardKey.Paste) and self._pastes()
        if isinstance(event, QDragEnterEvent):
            if event.mimeData().hasUrls() or event.mimeData().hasImage():
                event.acceptProposedAction()
                return True
        elif isinstance(event, QDropEvent) and event.type() == QEvent.Type.Drop:
            event.acceptProposedAction()
            self.take(event.mimeData())
            return True
        return False

    def _pastes(self) -> bool:
        mime = QGuiApplication.clipboard().mimeData()
        if mime.hasText() or not (mime.hasImage() or mime.hasUrls()):
            return False
        self.take(mime)
        return True

    def stop(self) -> None:
        """What is under way is looked at to its end."""
        self._pool.shutdown(wait=True)


def _remove(paths: tuple[str, ...]) -> None:
    for path in paths:
        Path(path).unlink(missing_ok=True)
