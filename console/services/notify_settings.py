"""What the site has set about notices and backups: plain texts in the settings.

Secrets (the webhook's key, the mail password) are sealed before they are stored
and are never read out again but to be used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from console.domain import escalation
from console.domain.errors import Refusal
from console.domain.escalation import Policy
from console.domain.model import Actor
from console.domain.vocabulary import Severity
from console.i18n import LANGUAGES
from console.services import audit, permissions
from console.services.ports import Clock, SecretBox, UnitOfWork, UnitOfWorkFactory

#: Every key of these settings begins with one of these.
_ROOM: Final = "notify."
#: Kept sealed.
SECRETS: Final = ("webhook.secret", "smtp.password")
SECURITY: Final = ("starttls", "ssl", "none")
_POLICY: Final = "escalate."
_ADDRESS: Final = "address."
#: Name → what holds until the office says otherwise.
DEFAULTS: Final[Mapping[str, str]] = {
    "lang": "zh",
    "timeout_s": "10",
    "webhook.url": "",
    "webhook.secret": "",
    "smtp.host": "",
    "smtp.port": "587",
    "smtp.security": "starttls",
    "smtp.user": "",
    "smtp.password": "",
    "smtp.sender": "",
    **{_POLICY + s.value: escalation.write_steps(steps) for s, steps in escalation.DEFAULT.items()},
    "backup.folder": "",
    "backup.at": "03:10",
    "backup.keep": "14",
    "backup.evidence": "yes",
}
_NUMBERS: Final = {"timeout_s": (2, 60), "smtp.port": (1, 65_535), "backup.keep": (1, 1000)}
_CHOICES: Final = {"lang": LANGUAGES, "smtp.security": SECURITY, "backup.evidence": ("yes", "no")}
_MAIL: Final = re.compile(r"[^@\s,<>\"]{1,64}@[^@\s,<>\"]{1,190}")
_TARGET: Final = re.compile(r"[\w.@-]{1,40}")
#: Longer than this nothing in here is.
_LONGEST: Final = 1000


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where messages are posted, and the key they are signed with."""

    url: str
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class MailServer:
    """Who takes our mail. ``security``: ``starttls``, ``ssl`` or ``none``."""

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)
    sender: str = ""


@dataclass(frozen=True, slots=True)
class NotifyConfig:
    """The settings, read. A way that is not set up is ``None``; one whose
    secret cannot be opened here is named in ``sealed``."""

    lang: str
    timeout_s: float
    webhook: Webhook | None
    mail: MailServer | None
    addresses: Mapping[str, tuple[str, ...]]
    policy: Policy
    sealed: tuple[str, ...] = ()


class NotifySettings:
    """Reads and changes them. Raises ``Refusal``."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock, vault: SecretBox) -> None:
        self._uows, self._clock = uows, clock
        self._vault = vault

    def shown(self, actor: Actor) -> Mapping[str, str]:
        """Every setting in force; a secret that is set reads ``***``."""
        permissions.demand(actor, "setting.edit")
        with self._uows.read() as uow:
            return {n: "***" if n in SECRETS and v else v for n, v in _texts(uow).items()}

    def put(self, actor: Actor, name: str, text: str) -> str:
        """Set one; an empty text brings back what holds by default. Answers
        what :meth:`shown` shows. Raises ``bad_value``: ``setting_name`` for one
        that is not here, else what is wrong with the text."""
        permissions.demand(actor, "setting.edit")
        name, text = name.strip().removeprefix(_ROOM), text.strip()
        if not known(name):
            allowed = ", ".join((*DEFAULTS, "address.ROLE"))
            raise Refusal("bad_value", "setting_name", name=name[:60], allowed=allowed)
        if text:
            text = sound(name, text)
        stored = self._vault.seal(text, _ROOM + name) if text and name in SECRETS else text
        with self._uows.write() as uow:
            before = uow.settings.get(_ROOM + name)
            uow.settings.put(_ROOM + name, stored)
            values = {} if name in SECRETS else {"was": before, "now": stored}
            audit.changed(uow, self._clock, actor, "notify", name=name, **values)
            uow.commit()
        if name in SECRETS:
            return "***" if text else ""
        return text or DEFAULTS.get(name, "")

    def config(self, uow: UnitOfWork) -> NotifyConfig:
        """The settings in force, secrets opened. A text that cannot be read
        (another program wrote it) counts as not set."""
        texts = _texts(uow)
        sealed: list[str] = []
        secrets = {name: self._open(name, texts[name], sealed) for name in SECRETS}
        url, host = texts["webhook.url"], texts["smtp.host"]
        mail = MailServer(
            host,
            int(_or_default("smtp.port", texts)),
            _or_default("smtp.security", texts),
            texts["smtp.user"],
            secrets["smtp.password"],
            texts["smtp.sender"],
        )
        return NotifyConfig(
            _or_default("lang", texts),
            float(_or_default("timeout_s", texts)),
            Webhook(url, secrets["webhook.secret"]) if url else None,
            mail if host else None,
            _addresses(texts),
            _policy(texts),
            tuple(sealed),
        )

    def policy(self, uow: UnitOfWork) -> Policy:
        """Who is called when; opens no secret."""
        return _policy(_texts(uow))

    def _open(self, name: str, text: str, sealed: list[str]) -> str:
        if not text:
            return ""
        try:
            return self._vault.open(text, _ROOM + name)
        except Refusal:
            sealed.append(name)
            return ""


def read(uow: UnitOfWork) -> Mapping[str, str]:
    """Settings in force by name, secrets still sealed."""
    return _texts(uow)


def known(name: str) -> bool:
    """True for the name of a setting of this room."""
    if name.startswith(_ADDRESS):
        return _TARGET.fullmatch(name.removeprefix(_ADDRESS)) is not None
    return name in DEFAULTS


def plain(uow: UnitOfWork) -> dict[str, str]:
    """Every setting in force that is no secret, by its name in this room."""
    return {name: text for name, text in _texts(uow).items() if name not in SECRETS}


def brought(name: str, text: str) -> str:
    """A text out of a file as it is stored. Raises ``bad_value``, also for a
    secret: those travel in none."""
    if not known(name) or name in SECRETS:
        raise Refusal("bad_value", "setting_name", name=name[:60], allowed=", ".join(DEFAULTS))
    return sound(name, text) if text else ""


def _texts(uow: UnitOfWork) -> dict[str, str]:
    stored = {k.removeprefix(_ROOM): v for k, v in uow.settings.all().items() if k.startswith(_ROOM)}
    texts = {name: stored.get(name) or default for name, default in DEFAULTS.items()}
    return texts | {name: v for name, v in sorted(stored.items()) if name.startswith(_ADDRESS) and v}


def _addresses(texts: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    found = {}
    for name, text in texts.items():
        if name.startswith(_ADDRESS):
            try:
                found[name.removeprefix(_ADDRESS)] = mails(text)
            except Refusal:
                continue  # as if it were not set: the step is shown as going nowhere
    return found


def _policy(texts: Mapping[str, str]) -> Policy:
    return {s: escalation.read_steps(_or_default(_POLICY + s.value, texts)) for s in Severity}


def _or_default(name: str, texts: Mapping[str, str]) -> str:
    try:
        return sound(name, texts[name])
    except Refusal:
        return DEFAULTS[name]


def sound(name: str, text: str) -> str:
    """The text of a setting of this room as it is stored. Raises ``Refusal('bad_value', …)``."""
    if len(text) > _LONGEST or any(ord(c) < 32 for c in text):
        raise Refusal("bad_value", "notify_text", name=name, most=_LONGEST)
    if name in _NUMBERS:
        low, high = _NUMBERS[name]
        # Decimal digits of any width: a Chinese keyboard types full-width ones.
        if not (text.isdecimal() and len(text) < 9 and low <= int(text) <= high):
            raise Refusal("bad_value", "setting", name=name, low=low, high=high, value=text[:40])
        return str(int(text))
    if name in _CHOICES and text not in _CHOICES[name]:
        raise Refusal("bad_value", "notify_choice", name=name, allowed=", ".join(_CHOICES[name]))
    if name == "webhook.url":
        return _url(text)
    if name.startswith(_POLICY):
        return "-" if text == "-" else escalation.write_steps(escalation.read_steps(text))
    if name.startswith(_ADDRESS) or name == "smtp.sender":
        return ",".join(mails(text, most=1 if name == "smtp.sender" else 20))
    if name == "backup.at" and not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text):
        raise Refusal("bad_value", "notify_at", text=text[:40])
    return text


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good, parts = False, urlsplit("")
    if not good or " " in text:
        raise Refusal("bad_value", "notify_url", text=text[:80])
    if parts.username is not None or parts.password is not None:
        raise Refusal("bad_value", "notify_url_password")
    return text


def mails(text: str, most: int = 20) -> tuple[str, ...]:
    """Addresses out of a line, each once. Raises ``bad_value`` for one that is none."""
    parts = tuple(dict.fromkeys(p.strip() for p in re.split(r"[,，;；\s]+", text) if p.strip()))
    for part in parts:
        if not _MAIL.fullmatch(part) or not part.isascii():
            raise Refusal("bad_value", "notify_mail", text=part[:80])
    if len(parts) > most:
        raise Refusal("bad_value", "notify_mails", most=most)
    return parts
