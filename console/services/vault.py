"""Camera credentials and personal data, encrypted with a key file.

The key file lies in the data folder, readable by its owner only, and holds one
Fernet key a line: the first encrypts, all decrypt, so a key is changed by
putting a new line on top. It is never part of a backup.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
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

    def digest(self, text: str) -> str:
        """A keyed hash for exact search of what is stored encrypted."""
        key = hashlib.sha256(b"fifteen search" + self._load()[0]).digest()
        return hmac.new(key, text.strip().encode(), hashlib.sha256).hexdigest()

    def _box(self) -> MultiFernet:
        return MultiFernet([Fernet(key) for key in self._load()])

    def _load(self) -> tuple[bytes, ...]:
        if not self._keys:
            try:
                text = self._file.read_bytes()
            except FileNotFoundError:
                text = self._create()
            self._keys = tuple(line for line in text.split() if line)
        if not self._keys:
            raise Refusal("auth_failed", "key", file=str(self._file))
        return self._keys

    def _create(self) -> bytes:
        """Write a first key. Two processes may try at once: whoever comes
        second reads what the first has written."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        spare = self._file.with_name(f"{self._file.name}.{os.getpid()}")
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
