"""Camera credentials and personal data, encrypted with a key file.

The key file lies in the data folder, readable by its owner only, and holds one
Fernet key a line: the first encrypts, all decrypt, so a key is changed by
putting a new line on top (:meth:`Vault.add_key`), sealing everything anew and
taking the old lines away (:meth:`Vault.retire`). It is never part of a backup. A
running program sees at its next use that the file was changed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import threading
from collections.abc import Iterable
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from console.domain.errors import Refusal


class Vault:
    """A :class:`console.services.ports.SecretBox` over a key file.

    ``context`` (a camera's id, a person's id) is sealed in beside the text and
    compared on opening: a ciphertext copied to another row does not open.
    """

    def __init__(self, key_file: Path) -> None:
        self._file = key_file
        self._keys: tuple[bytes, ...] = ()
        self._mark: tuple[int, int, int] = (0, 0, 0)

    def seal(self, clear: str, context: str) -> str:
        """Ciphertext of ``clear``, fit for a text column."""
        body = json.dumps([context, clear], ensure_ascii=False).encode()
        return self._box().encrypt(body).decode("ascii")

    def open(self, sealed: str, context: str) -> str:
        """The clear text. Raises ``Refusal('auth_failed')`` when the key is
        another one or the text belongs to another ``context``."""
        try:
            found, clear = json.loads(self._box().decrypt(sealed.encode("ascii")))
        except (InvalidToken, ValueError):
            raise Refusal("auth_failed", "key", file=str(self._file)) from None
        if not hmac.compare_digest(str(found).encode(), context.encode()):
            raise Refusal("auth_failed", "key", file=str(self._file))
        return str(clear)

    def keys(self) -> int:
        """How many keys there are: more than one while a change is under way."""
        return len(self._load())

    def add_key(self) -> None:
        """A new key that encrypts from now on; the others go on opening."""
        self._write(self._file, (Fernet.generate_key(), *self._load()))

    def retire(self) -> int:
        """Only the newest key stays. The others go into a file beside (``.retired``,
        readable by its owner only): a backup of before opens with them, put back
        below the newest. Returns how many went."""
        first, *old = self._load()
        if old:
            retired = self._file.with_name(f"{self._file.name}.retired")
            kept = retired.read_bytes().split() if retired.exists() else []
            self._write(retired, dict.fromkeys((*old, *kept)))
            self._write(self._file, (first,))
        return len(old)

    def digest(self, text: str) -> str:
        """A keyed hash for exact search of what is stored encrypted."""
        key = hashlib.sha256(b"fifteen search" + self._load()[0]).digest()
        return hmac.new(key, text.strip().encode(), hashlib.sha256).hexdigest()

    def _box(self) -> MultiFernet:
        return MultiFernet([Fernet(key) for key in self._load()])

    def _load(self) -> tuple[bytes, ...]:
        try:
            found = self._file.stat()
            mark = (found.st_mtime_ns, found.st_ino, found.st_size)
            if self._keys and mark == self._mark:
                return self._keys
            text = self._file.read_bytes()
        except FileNotFoundError:
            if self._keys:  # taken away under a running program
                return self._keys
            text, mark = self._create(), (0, 0, 0)
        self._keys, self._mark = tuple(line for line in text.split() if line), mark
        if not self._keys:
            raise Refusal("auth_failed", "key", file=str(self._file))
        return self._keys

    def _write(self, file: Path, keys: Iterable[bytes]) -> None:
        """A key file, whole or not at all, readable by its owner only."""
        spare = _spare(file)
        handle = os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(handle, b"".join(key + b"\n" for key in keys))
            os.fsync(handle)
        finally:
            os.close(handle)
        os.replace(spare, file)

    def _create(self) -> bytes:
        """Write a first key. Two threads or processes may try at once: whoever comes
        second reads what the first has written."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        spare = _spare(self._file)
        key = Fernet.generate_key()
        handle = os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(handle, key + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)
        try:
            os.link(spare, self._file)
        except FileExistsError:
            return self._file.read_bytes()
        finally:
            spare.unlink()
        return key


def _spare(file: Path) -> Path:
    """Where a key is written first: a name that no other thread or process has."""
    return file.with_name(f"{file.name}.{os.getpid()}.{threading.get_ident()}")
