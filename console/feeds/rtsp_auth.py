"""Basic and digest authentication of RTSP (RFC 2617, RFC 7616)."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_PAIR = re.compile(r'([A-Za-z][\w-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')
_HASHES: Final = {"MD5": "md5", "SHA-256": "sha256", "SHA-512-256": "sha512_256"}
_STRENGTH: Final = ("SHA-512-256", "SHA-256", "MD5")


@dataclass(frozen=True, slots=True)
class Challenge:
    """One ``WWW-Authenticate`` line."""

    scheme: str
    fields: Mapping[str, str]

    @property
    def algorithm(self) -> str:
        """Hash name without ``-sess``, upper case."""
        return self.fields.get("algorithm", "MD5").upper().removesuffix("-SESS")


def parse_challenge(line: str) -> Challenge:
    """Read a ``WWW-Authenticate`` line; unknown fields are kept."""
    scheme, _, rest = line.strip().partition(" ")
    fields = {}
    for match in _PAIR.finditer(rest):
        quoted = match.group(2)
        value = match.group(3) if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        fields[match.group(1).lower()] = value
    return Challenge(scheme.lower(), fields)


def strongest(lines: Sequence[str]) -> Challenge | None:
    """The best challenge we can answer: digest before basic, and the longer
    hash before the shorter one; ``None`` when we can answer none."""
    challenges = [parse_challenge(line) for line in lines]
    digests = [c for c in challenges if c.scheme == "digest" and c.algorithm in _available()]
    if digests:
        return min(digests, key=_weakness)
    return next((c for c in challenges if c.scheme == "basic"), None)


def _available() -> tuple[str, ...]:
    return tuple(name for name in _STRENGTH if _HASHES[name] in hashlib.algorithms_available)


def _weakness(challenge: Challenge) -> int:
    return _STRENGTH.index(challenge.algorithm)


class Authoriser:
    """Answers challenges for one connection; counts the nonce's uses."""

    def __init__(self, username: str, password: str) -> None:
        self._username = username
        self._password = password
        self._challenge: Challenge | None = None
        self._count = 0

    @property
    def has_credentials(self) -> bool:
        """Whether there is anything to answer with."""
        return bool(self._username)

    def take(self, lines: Sequence[str]) -> bool:
        """Remember a new challenge; False when we cannot answer it."""
        self._challenge = strongest(lines)
        self._count = 0
        return self._challenge is not None and self.has_credentials

    def header(self, method: str, uri: str, cnonce: str = "") -> str:
        """Value of ``Authorization`` for a request; empty when not asked."""
        if self._challenge is None:
            return ""
        if self._challenge.scheme == "basic":
            pair = f"{self._username}:{self._password}".encode()
            return "Basic " + base64.b64encode(pair).decode("ascii")
        self._count += 1
        return self._digest(self._challenge, method, uri, cnonce or secrets.token_hex(8))

    def _digest(self, challenge: Challenge, method: str, uri: str, cnonce: str) -> str:
        fields = challenge.fields
        name = _HASHES[challenge.algorithm]
        realm, nonce = fields.get("realm", ""), fields.get("nonce", "")

        def hashed(text: str) -> str:
            return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()

        secret = hashed(f"{self._username}:{realm}:{self._password}")
        if fields.get("algorithm", "").upper().endswith("-SESS"):
            secret = hashed(f"{secret}:{nonce}:{cnonce}")
        wanted = hashed(f"{method}:{uri}")
        offered = [word.strip().lower() for word in fields.get("qop", "").split(",")]
        parts = [
            f'username="{_quoted(self._username)}"',
            f'realm="{_quoted(realm)}"',
            f'nonce="{_quoted(nonce)}"',
            f'uri="{uri}"',
        ]
        if "auth" in offered:
            count = f"{self._count:08x}"
            response = hashed(f"{secret}:{nonce}:{count}:{cnonce}:auth:{wanted}")
            parts += [f'response="{response}"', "qop=auth", f"nc={count}", f'cnonce="{cnonce}"']
        else:
            response = hashed(f"{secret}:{nonce}:{wanted}")
            parts.append(f'response="{response}"')
        if "algorithm" in fields:
            parts.append(f"algorithm={fields['algorithm']}")
        if "opaque" in fields:
            parts.append(f'opaque="{_quoted(fields["opaque"])}"')
        return "Digest " + ", ".join(parts)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
