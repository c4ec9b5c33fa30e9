"""The evidence store: files addressed by what is in them.

A file is copied to a local spool, hashed on the way, flushed to the disk and
then put below ``<root>/<first two digits>/<sha-256><suffix>``. The root may be
a network share; the spool must be local. A file already there is not written
twice, and nothing that stands in the store is ever overwritten.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from console.domain.errors import Refusal

_CHUNK = 1 << 20
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}")
_MEDIA_SUFFIX = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "video/mp4": ".mp4",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
}
MEDIA_TYPES = {
    **{suffix: media for media, suffix in _MEDIA_SUFFIX.items()},
    ".jpeg": "image/jpeg",
}


def media_type(name: str) -> str:
    """Media type by a file's suffix; a plain byte stream when unknown."""
    return MEDIA_TYPES.get(Path(name).suffix.lower(), "application/octet-stream")


def _plain_suffix(suffix: str) -> str:
    """A short suffix of letters and digits; none for anything stranger, which
    might be too long for a file system or mean something to a shell."""
    return suffix.lower() if _SUFFIX.fullmatch(suffix) else ""


class FileEvidenceStore:
    """:class:`console.services.ports.EvidenceStore` in a folder."""

    def __init__(self, root: Path, spool: Path) -> None:
        self._root = root
        self._spool = spool

    def put(self, source: Path, media_type: str = "") -> tuple[str, int]:
        """Copy ``source`` in; SHA-256 in hexadecimal and size in bytes."""
        suffix = _MEDIA_SUFFIX.get(media_type, _plain_suffix(source.suffix))
        try:
            # A pipe or a device would be read for ever.
            if not source.is_file():
                raise Refusal("bad_file", "unreadable", file=str(source))
            if source.stat().st_size == 0:
                raise Refusal("bad_file", "empty_file", file=str(source))
            with source.open("rb") as incoming:
                return self._take(lambda out: _copy(incoming, out), suffix)
        except (FileNotFoundError, PermissionError) as error:
            raise Refusal("bad_file", "unreadable", file=str(source)) from error

    def put_bytes(self, data: bytes, suffix: str) -> tuple[str, int]:
        """Store ``data`` as if it were a file with ``suffix``."""

        def write(out: BinaryIO) -> tuple[str, int]:
            out.write(data)
            return hashlib.sha256(data).hexdigest(), len(data)

        return self._take(write, suffix)

    def path(self, sha256: str) -> Path | None:
        """Where the file is, or ``None`` when it is not here (or the name is
        no hash at all)."""
        if len(sha256) != 64 or not all(c in "0123456789abcdef" for c in sha256):
            return None
        folder = self._root / sha256[:2]
        return next((p for p in sorted(folder.glob(f"{sha256}*")) if p.suffix != ".part"), None)

    def present(self) -> dict[str, int]:
        """Everything in the store: SHA-256 → bytes on the disk."""
        found: dict[str, int] = {}
        folders = sorted(self._root.iterdir()) if self._root.is_dir() else []
        for folder in folders:
            if len(folder.name) != 2 or not folder.is_dir():
                continue
            with os.scandir(folder) as entries:
                for entry in entries:
                    digest = entry.name.partition(".")[0]
                    if len(digest) == 64 and not entry.name.endswith(".part"):
                        found[digest] = entry.stat().st_size
        return found

    def remove(self, sha256: str) -> bool:
        """Delete a file for good; True when it is gone. Only the rule of
        retention does this."""
        path = self.path(sha256)
        try:
            while path is not None:
                path.unlink()
                path = self.path(sha256)
        except OSError:
            return False
        return True

    def _take(self, fill: Callable[[BinaryIO], tuple[str, int]], suffix: str) -> tuple[str, int]:
        spooled = self._spool / f"{uuid.uuid4().hex}.part"
        try:
            self._spool.mkdir(parents=True, exist_ok=True)
            with spooled.open("wb") as out:
                sha256, size = fill(out)
                out.flush()
                os.fsync(out.fileno())
            if size == 0:
                raise Refusal("bad_file", "empty")
            if self.path(sha256) is None:
                self._settle(spooled, sha256, suffix)
            return sha256, size
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise Refusal("disk_full", "file", file=str(self._root)) from error
            raise
        finally:
            spooled.unlink(missing_ok=True)

    def _settle(self, spooled: Path, sha256: str, suffix: str) -> None:
        folder = self._root / sha256[:2]
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{sha256}{suffix}"
        arriving = folder / f"{sha256}.{uuid.uuid4().hex}.part"
        try:
            # A rename across file systems is no rename: copy, flush, then rename in the store.
            with spooled.open("rb") as incoming, arriving.open("wb") as out:
                shutil.copyfileobj(incoming, out, _CHUNK)
                out.flush()
                os.fsync(out.fileno())
            os.replace(arriving, target)
        finally:
            arriving.unlink(missing_ok=True)
        _sync_folder(folder)


def _copy(incoming: BinaryIO, out: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := incoming.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
        out.write(chunk)
    return digest.hexdigest(), size


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable, where the system can do that."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows opens no folders; there the rename is enough
        return
    try:
        os.fsync(handle)
    except OSError:  # some network shares refuse it; the file itself was flushed
        return
    finally:
        os.close(handle)
