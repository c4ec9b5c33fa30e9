"""Sending a notice as e-mail, over TLS unless the server stands on this machine
or the office has said otherwise; a password never travels in the clear."""

from __future__ import annotations

import hashlib
import mimetypes
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Final

from console.notify import wording
from console.notify.channel import TRIES, Cut, SendFailed, failed
from console.services.notice_records import Notice
from console.services.notify_settings import MailServer, NotifyConfig
from console.services.ports import Clock

#: What we call ourselves: asking the resolver for our own name may take long.
_HELLO: Final = "fifteen.localhost"
_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Letter:
    """A message with files to one address; ``key`` is the same at every try."""

    address: str
    subject: str
    body: str
    files: tuple[Path, ...]
    key: str


class MailChannel:
    """Implements ``Channel`` over SMTP."""

    def __init__(self, clock: Clock, purpose: str, context: ssl.SSLContext | None = None) -> None:
        """``context``: trust other than the machine's own, for an office that
        signs its own certificates."""
        self._clock = clock
        self._purpose = purpose
        self._context = context

    def send(self, notice: Notice, config: NotifyConfig, cut: Cut) -> None:
        """Hand the message to the mail server."""
        server = _server(config, notice.address)
        self._deliver(self._message(notice, server, config.lang), server, config, cut)

    def send_files(self, letter: Letter, config: NotifyConfig, cut: Cut) -> None:
        """Hand a message with files to the mail server. Raises
        :class:`SendFailed` as :meth:`send` does, ``OSError`` for a file that
        cannot be read."""
        server = _server(config, letter.address)
        message = self._headed(letter.address, letter.subject, letter.key, server)
        message.set_content(letter.body)
        for file in letter.files:
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            main, _, sub = kind.partition("/")
            message.add_attachment(file.read_bytes(), maintype=main, subtype=sub, filename=file.name)
        self._deliver(message, server, config, cut)

    def _deliver(self, message: EmailMessage, server: MailServer, config: NotifyConfig, cut: Cut) -> None:
        smtp = self._client(server, config.timeout_s)
        try:
            with cut.within(TRIES * config.timeout_s, lambda: getattr(smtp, "sock", None)):
                self._talk(smtp, server, message)
        except smtplib.SMTPException as error:
            raise _refused(error, cut) from None
        except OSError as error:
            raise failed(error, cut) from None
        finally:
            smtp.close()

    def _client(self, server: MailServer, timeout_s: float) -> smtplib.SMTP:
        smtp: smtplib.SMTP
        if server.security == "ssl":
            context = self._context or ssl.create_default_context()
            smtp = smtplib.SMTP_SSL(local_hostname=_HELLO, timeout=timeout_s, context=context)
        else:
            smtp = smtplib.SMTP(local_hostname=_HELLO, timeout=timeout_s)
        # Made without a host, so that the socket can be cut during the greeting
        # too; the name is what the certificate is compared with.
        smtp._host = server.host  # type: ignore[attr-defined]
        return smtp

    def _talk(self, smtp: smtplib.SMTP, server: MailServer, message: EmailMessage) -> None:
        code, said = smtp.connect(server.host, server.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, said)
        if server.security == "starttls":
            smtp.starttls(context=self._context or ssl.create_default_context())
        if server.user:
            smtp.login(server.user, server.password)
        smtp.send_message(message)
        try:
            smtp.quit()
        except (smtplib.SMTPException, OSError):
            pass  # it has been taken; how they part does not matter

    def _message(self, notice: Notice, server: MailServer, lang: str) -> EmailMessage:
        other = "en" if lang == "zh" else "zh"
        subject = wording.subject(lang, notice, self._purpose)
        message = self._headed(notice.address, subject, notice.key, server)
        message.set_content(f"{wording.body(lang, notice)}\n\n{wording.body(other, notice)}\n")
        return message

    def _headed(self, address: str, subject: str, key: str, server: MailServer) -> EmailMessage:
        message = EmailMessage()
        message["From"] = server.sender or f"fifteen@{_HELLO}"
        message["To"] = address
        message["Subject"] = subject
        message["Date"] = format_datetime(self._clock.now())
        # The same at every try: mail programs show a repeated one once.
        message["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{_HELLO}>"
        message["Auto-Submitted"] = "auto-generated"
        return message


def _server(config: NotifyConfig, address: str) -> MailServer:
    """The mail server, fit to be used. Raises :class:`SendFailed`."""
    server = config.mail
    if server is None or not address:
        raise SendFailed("not_set" if server is None else "no_address")
    if "smtp.password" in config.sealed:
        raise SendFailed("sealed")
    if server.user and server.security == "none" and server.host not in _LOOPBACK:
        raise SendFailed("no_tls")
    return server


def _refused(error: smtplib.SMTPException, cut: Cut) -> SendFailed:
    """The server's no in a word; its own sentence is left out, since it may
    repeat what was sent."""
    if cut.over:
        return SendFailed("timeout")
    if isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(error.__context__, OSError):
        return failed(error.__context__, cut)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [answer[0] for answer in error.recipients.values()]
        return SendFailed(f"recipient:{codes[0] if codes else ''}", for_good=all(c >= 500 for c in codes))
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return SendFailed(f"auth:{error.smtp_code}")
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return SendFailed("no_tls")
    if isinstance(error, smtplib.SMTPResponseException):
        return SendFailed(f"smtp:{error.smtp_code}")
    return SendFailed(f"broken:{type(error).__name__}")
