"""The ways out, against real receivers that behave and misbehave."""

from __future__ import annotations

import email
import email.policy
import hashlib
import hmac
import json
import logging
import ssl
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.clock import SystemClock
from console.domain.vocabulary import Severity
from console.notify.channel import Cut, SendFailed
from console.notify.mail import MailChannel
from console.notify.webhook import WebhookChannel
from console.services.notice_records import Notice
from console.services.notify_settings import MailServer, Webhook
from tests import receivers

AT = datetime(2026, 8, 5, 0, 20, 2, tzinfo=UTC)
FACTS = {
    "source_kind": "case",
    "source": "20260805-0001",
    "deadline": "decision",
    "threshold": 100,
    "raised_at": AT.isoformat(),
    "due_at": AT.isoformat(),
    "name_zh": "占道经营",
    "name_en": "Trading on road",
    "place": "东关街口\r\nBcc: x@y",
    "after_s": 60,
    "louder": 1,
}


def notice(**more: object) -> Notice:
    """A step of a high alarm, on its way to the shift leader."""
    made = Notice(
        7, "3.1.5.high.60.leader.x", 3, Severity.HIGH, "webhook", "leader", "", "waiting", AT, FACTS
    )
    from dataclasses import replace

    return replace(made, **more)  # type: ignore[arg-type]


def posts(url: str, secret: str = "", timeout_s: float = 5.0) -> None:
    """Send one by webhook."""
    hook = receivers.config(webhook=Webhook(url, secret), timeout_s=timeout_s)
    WebhookChannel(SystemClock(), "site").send(notice(), hook, Cut())


def refused(url: str, timeout_s: float = 5.0) -> SendFailed:
    """Send one by webhook, which fails."""
    with pytest.raises(SendFailed) as caught:
        posts(url, timeout_s=timeout_s)
    return caught.value


def test_a_message_carries_its_key_and_a_signature_that_holds() -> None:
    with receivers.web_receiver(204) as web:
        posts(web.url + "?seat=1", "s3cret")
    (got,) = web.posted
    assert got.path == "/hook?seat=1"
    assert got.headers["Idempotency-Key"] == notice().key
    stamp = got.headers["X-Fifteen-Timestamp"]
    expected = hmac.new(b"s3cret", stamp.encode() + b"." + got.body, hashlib.sha256).hexdigest()
    assert got.headers["X-Fifteen-Signature"] == f"v1={expected}"
    told = json.loads(got.body)
    assert (told["severity"], told["to"], told["alarm"]) == ("high", "leader", 3)
    assert told["message_zh"].startswith("【高】20260805-0001 · 立案超时 · 占道经营")
    assert "Decision overdue" in told["message_en"]


def test_what_a_receiver_does_wrong_is_told_in_a_word() -> None:
    with receivers.web_receiver(500, 503, 302, "drop") as web:
        assert refused(web.url).reason == "http:500"
        patient = refused(web.url)
        assert (patient.reason, patient.wait_s) == ("http:503", 77)
        assert refused(web.url).reason == "http:302"
        assert refused(web.url).reason.startswith("broken")
    assert refused(f"http://127.0.0.1:{receivers.closed_port()}/").reason == "refused"


def test_a_receiver_that_hangs_or_drips_is_left_in_time() -> None:
    for how in ("hang", "drip"):
        with receivers.web_receiver(how) as web:
            assert refused(web.url, 0.2).reason == "timeout", how


def test_a_stop_cuts_what_is_under_way() -> None:
    cut, told = Cut(), []
    with receivers.web_receiver("hang") as web:
        hook = receivers.config(webhook=Webhook(web.url), timeout_s=30)

        def send() -> None:
            try:
                WebhookChannel(SystemClock(), "site").send(notice(), hook, cut)
            except SendFailed as failure:
                told.append(failure.reason)

        thread = threading.Thread(target=send)
        thread.start()
        assert web.arrived.wait(10)
        cut.stop()
        thread.join(10)
        assert not thread.is_alive()
    assert told == ["timeout"]


def mails(server: MailServer, context: ssl.SSLContext | None = None, timeout_s: float = 5.0) -> None:
    """Send one by mail."""
    settings = receivers.config(mail=server, timeout_s=timeout_s)
    one = notice(channel="email", address="wang@example.org")
    MailChannel(SystemClock(), "drill", context).send(one, settings, Cut())


def unsent(server: MailServer, context: ssl.SSLContext | None = None, timeout_s: float = 5.0) -> SendFailed:
    """Send one by mail, which fails."""
    with pytest.raises(SendFailed) as caught:
        mails(server, context, timeout_s)
    return caught.value


def test_a_mail_is_readable_in_both_languages_and_one_line_stays_one() -> None:
    with receivers.mail_receiver() as post:
        mails(MailServer("127.0.0.1", post.port, "none", "", "", "fifteen@example.org"))
    ((to, raw),) = post.mails
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert to == "wang@example.org"
    assert "20260805-0001" in mail["Subject"]
    assert "东关街口 Bcc: x@y" in mail["Subject"]
    assert mail["Subject"].startswith("[演练]")
    assert mail["Bcc"] is None
    text = mail.get_content()
    assert "Decision overdue" in text
    assert "东关街口" in text
    assert mail["Message-ID"].endswith("@fifteen.localhost>")


@pytest.mark.parametrize("security", ["starttls", "ssl"])
def test_a_password_travels_encrypted_to_the_host_it_is_meant_for(tmp_path: Path, security: str) -> None:
    pem = receivers.certificate(tmp_path)
    trust = ssl.create_default_context(cafile=str(pem))
    with receivers.mail_receiver(tls=pem, implicit=security == "ssl") as post:
        server = MailServer("localhost", post.port, security, "officer", "right")
        mails(server, trust)
        assert post.logins == [("officer", "right")]
        assert post.secured == [True]
        assert unsent(server).reason.startswith("tls"), "a certificate nobody vouches for"
        wrong = MailServer("127.0.0.1", post.port, security, "officer", "right")
        assert unsent(wrong, trust).reason.startswith("tls"), "a certificate of another host"
        bad = MailServer("localhost", post.port, security, "officer", "wrong")
        assert unsent(bad, trust).reason == "auth:535"
    assert len(post.mails) == 1


def test_a_password_never_travels_in_the_clear() -> None:
    with receivers.mail_receiver() as post:
        assert unsent(MailServer("localhost", post.port, "starttls", "officer", "right")).reason == "no_tls"
        assert post.logins == []
    assert unsent(MailServer("mail.example.invalid", 25, "none", "officer", "right")).reason == "no_tls"


def test_what_a_mail_server_does_wrong_is_told_in_a_word() -> None:
    with receivers.mail_receiver("unknown") as post:
        unknown = unsent(MailServer("127.0.0.1", post.port, "none", "", ""))
        assert (unknown.reason, unknown.for_good) == ("recipient:550", True)
        post.mode = "busy"
        busy = unsent(MailServer("127.0.0.1", post.port, "none", "", ""))
        assert (busy.reason, busy.for_good) == ("smtp:451", False)
        post.mode = "hang"
        assert unsent(MailServer("127.0.0.1", post.port, "none", "", ""), timeout_s=0.2).reason == "timeout"
    nobody = MailServer("127.0.0.1", receivers.closed_port(), "none", "", "")
    assert unsent(nobody).reason == "refused"


def test_secrets_stay_out_of_what_is_printed(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with receivers.web_receiver(500) as web, pytest.raises(SendFailed) as caught:
        posts(web.url, "s3cret")
    shown = repr(receivers.config(webhook=Webhook("http://x/", "s3cret")))
    assert "s3cret" not in shown + str(caught.value) + caplog.text
    assert "s3cret" not in repr(MailServer("h", 1, "ssl", "u", "s3cret"))
