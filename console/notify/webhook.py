"""Posting a notice as JSON, signed.

The receiver checks ``X-Fifteen-Signature: v1=HEX`` with HEX the HMAC-SHA256
under the shared key of ``TIMESTAMP.BODY`` (the header ``X-Fifteen-Timestamp``,
seconds since 1970 UTC, a full stop, the body's bytes), refuses old timestamps,
and takes a second message with the same ``Idempotency-Key`` for the first one:
a try whose answer is lost is made again.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import ssl
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from console.notify import wording
from console.notify.channel import TRIES, Cut, SendFailed, failed
from console.services.notice_records import Notice
from console.services.notify_settings import NotifyConfig
from console.services.ports import Clock

#: How much of an answer is read, in bytes: nothing in it matters.
_ANSWER: Final = 4096


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature header's value."""
    mark = hmac.new(secret.encode(), timestamp.encode("ascii") + b"." + body, hashlib.sha256)
    return f"v1={mark.hexdigest()}"


def payload(notice: Notice, purpose: str) -> bytes:
    """The body: the same bytes at every try."""
    document = {
        "key": notice.key,
        "event": "test" if notice.facts.get("test") else "escalated",
        "purpose": purpose,
        "alarm": notice.alarm or None,
        "severity": notice.severity.value,
        "to": notice.target,
        "made_at": notice.made_at.isoformat(),
        "facts": dict(notice.facts),
        "message_zh": wording.subject("zh", notice, ""),
        "message_en": wording.subject("en", notice, ""),
    }
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


class WebhookChannel:
    """Implements ``Channel`` over HTTP and HTTPS; follows no redirect, lest the
    message go where nobody sent it."""

    def __init__(self, clock: Clock, purpose: str) -> None:
        self._clock = clock
        self._purpose = purpose

    def send(self, notice: Notice, config: NotifyConfig, cut: Cut) -> None:
        """Post; anything but 2xx is a failure."""
        hook = config.webhook
        if hook is None:
            raise SendFailed("not_set")
        if "webhook.secret" in config.sealed:
            raise SendFailed("sealed")
        parts = urlsplit(hook.url)
        connection = _connection(parts.scheme, parts.hostname or "", parts.port, config.timeout_s)
        body = payload(notice, self._purpose)
        headers = _headers(notice, hook.secret, body, self._clock.now())
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection.connect()
            plain = connection.sock
            with cut.within(TRIES * config.timeout_s, lambda: plain):
                connection.request("POST", target, body, headers)
                answer = connection.getresponse()
                answer.read(_ANSWER)
        except OSError as error:
            raise failed(error, cut) from None
        except (http.client.HTTPException, ValueError) as error:
            raise SendFailed("timeout" if cut.over else f"broken:{type(error).__name__}") from None
        finally:
            connection.close()
        if not 200 <= answer.status < 300:
            raise SendFailed(f"http:{answer.status}", wait_s=_patience(answer.getheader("Retry-After")))


def _connection(scheme: str, host: str, port: int | None, timeout_s: float) -> http.client.HTTPConnection:
    if scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, port, timeout=timeout_s, context=context)
    return http.client.HTTPConnection(host, port, timeout=timeout_s)


def _headers(notice: Notice, secret: str, body: bytes, now: datetime) -> dict[str, str]:
    stamp = str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "fifteen",
        "Idempotency-Key": notice.key.encode("ascii", "backslashreplace").decode(),
        "X-Fifteen-Timestamp": stamp,
    }
    if secret:
        headers["X-Fifteen-Signature"] = sign(secret, stamp, body)
    return headers


def _patience(text: str | None) -> float:
    return float(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 0.0
