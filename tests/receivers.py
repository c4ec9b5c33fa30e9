"""Receivers on the loopback: an HTTP server and a mail server that can misbehave."""

from __future__ import annotations

import base64
import contextlib
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from console.services.notify_settings import NotifyConfig


@dataclass
class Posted:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class WebReceiver:
    """What came in, and how it answers: a status, or ``hang`` (no answer),
    ``drip`` (a byte now and then), ``drop`` (hangs up), taken in turn; the last
    one repeats."""

    url: str = ""
    answers: list[int | str] = field(default_factory=lambda: [200])
    posted: list[Posted] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, item: Posted) -> int | str:
        """Keep a request; how it is answered."""
        with self.lock:
            self.posted.append(item)
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.arrived.set()
        return answer

    @property
    def keys(self) -> list[str]:
        """The idempotency keys, in the order they came."""
        with self.lock:
            return [item.headers["Idempotency-Key"] for item in self.posted]


@contextlib.contextmanager
def web_receiver(*answers: int | str) -> Iterator[WebReceiver]:
    """A receiver on a free port."""
    kept = WebReceiver(answers=list(answers) or [200])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = kept.take(Posted(self.path, dict(self.headers), body))
            if answer == "hang":
                kept.release.wait(30)
            elif answer == "drip":
                with contextlib.suppress(OSError):
                    for byte in b"HTTP/1.1 200 OK\r\n" * 40:
                        self.wfile.write(bytes([byte]))
                        if kept.release.wait(0.05):
                            break
            elif answer != "drop":
                self.send_response(int(answer))
                if answer == 503:
                    self.send_header("Retry-After", "77")
                self.send_header("Content-Length", "0")
                self.end_headers()
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    kept.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield kept
    finally:
        kept.release.set()
        server.shutdown()
        thread.join()
        server.server_close()


def closed_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class MailReceiver:
    """What was mailed, who signed in, and how it answers: ``mode`` ``ok``,
    ``hang`` (no greeting), ``busy`` (451 to the mail), ``unknown`` (550 to the
    address)."""

    port: int = 0
    mode: str = "ok"
    mails: list[tuple[str, bytes]] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)


class _Mail(socketserver.StreamRequestHandler):
    server: _MailServer

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")
        self.wfile.flush()

    def secure(self) -> None:
        assert self.server.context is not None
        plain, self.request = (
            self.request,
            self.server.context.wrap_socket(self.request, server_side=True, do_handshake_on_connect=False),
        )
        plain.close()
        self.request.do_handshake()
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb")
        self.secured = True

    def handle(self) -> None:
        try:
            with contextlib.suppress(OSError):
                self.talk()
        finally:
            self.request.close()

    def talk(self) -> None:
        kept, self.secured = self.server.kept, False
        if self.server.implicit:
            self.secure()
        if kept.mode == "hang":
            kept.release.wait(30)
            return
        self.say("220 mail.test ready")
        to = ""
        while line := self.rfile.readline():
            words = line.decode().strip()
            verb = words.split(" ")[0].upper()
            if verb == "EHLO":
                offers = ["mail.test", "AUTH PLAIN"]
                if self.server.context is not None and not self.secured:
                    offers.append("STARTTLS")
                for offer in offers[:-1]:
                    self.say(f"250-{offer}")
                self.say(f"250 {offers[-1]}")
            elif verb == "STARTTLS":
                self.say("220 go ahead")
                self.secure()
            elif verb == "AUTH":
                _, user, password = base64.b64decode(words.split(" ")[2]).decode().split("\0")
                kept.logins.append((user, password))
                self.say("235 welcome" if password == "right" else "535 no")
            elif verb == "RCPT":
                to = words.partition("<")[2].partition(">")[0]
                self.say("550 no such person" if kept.mode == "unknown" else "250 ok")
            elif verb == "DATA":
                self.say("354 go on")
                body = b""
                while (part := self.rfile.readline()) not in (b".\r\n", b""):
                    body += part
                if kept.mode == "busy":
                    self.say("451 later")
                else:
                    kept.mails.append((to, body))
                    kept.secured.append(self.secured)
                    self.say("250 taken")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")


class _MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = False
    kept: MailReceiver
    context: ssl.SSLContext | None
    implicit: bool


@contextlib.contextmanager
def mail_receiver(
    mode: str = "ok", tls: Path | None = None, implicit: bool = False
) -> Iterator[MailReceiver]:
    """A mail server on a free port; ``tls`` is a file with key and certificate."""
    server = _MailServer(("127.0.0.1", 0), _Mail)
    server.kept = MailReceiver(int(server.server_address[1]), mode)
    server.context, server.implicit = None, implicit
    if tls is not None:
        server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.context.load_cert_chain(tls)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.kept
    finally:
        server.kept.release.set()
        server.shutdown()
        thread.join()
        server.server_close()


def certificate(folder: Path, host: str = "localhost") -> Path:
    """Key and certificate of ``host``, signed by itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / f"{host}.pem"
    file.write_bytes(private + made.public_bytes(pem))
    return file


def config(**parts: object) -> NotifyConfig:
    """Settings for a channel by itself."""
    values: dict[str, object] = {
        "lang": "zh",
        "timeout_s": 5.0,
        "webhook": None,
        "mail": None,
        "addresses": {},
        "policy": {},
    }
    return NotifyConfig(**(values | parts))  # type: ignore[arg-type]
