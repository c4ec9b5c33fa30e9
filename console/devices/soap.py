"""SOAP 1.2 over HTTP as ONVIF devices speak it: one question, one answer.

A lean client of our own. ``onvif-zeep-async`` is the well-kept library, but it
brings zeep, lxml, aiohttp and httpx, wants an event loop, and reads WSDL for a
second and tens of megabytes before the first question; eight operations with
flat bodies need none of that. What comes from a device is foreign: its size is
limited and its XML is read by ``defusedxml``.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import os
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

import defusedxml.ElementTree as SafeXml
from defusedxml.common import DefusedXmlException

from console.domain.errors import Refusal

#: No answer of these operations is longer; a longer one is none of them.
LARGEST_ANSWER: Final = 1_000_000
#: How long a device may take to connect and to answer, in seconds.
ANSWER_S: Final = 4.0

_WSSE: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_WSU: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
_DIGEST: Final = (
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest"
)
_BASE64: Final = (
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
)
NAMESPACES: Final = (
    'xmlns:tds="http://www.onvif.org/ver10/device/wsdl" '
    'xmlns:trt="http://www.onvif.org/ver10/media/wsdl" '
    'xmlns:tptz="http://www.onvif.org/ver20/ptz/wsdl" '
    'xmlns:tt="http://www.onvif.org/ver10/schema"'
)


@dataclass(frozen=True, slots=True)
class Login:
    """Who asks. The password is never part of a representation."""

    username: str
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a service answers; plain HTTP, as street cameras do."""

    host: str
    port: int = 80
    path: str = "/onvif/device_service"


class NotAuthorised(Exception):
    """The device does not accept the login, or its time stamp."""


class Fault(Exception):
    """The device understood and said no; the text is its own."""


def security(login: Login, created: datetime, nonce: bytes | None = None) -> str:
    """The WS-Security header: password digest = Base64(SHA-1(nonce + created +
    password)) (OASIS UsernameToken profile 1.0). ``created`` by the *device's*
    clock, aware UTC: a stamp some seconds off is refused like a wrong password."""
    nonce = os.urandom(16) if nonce is None else nonce
    stamp = created.strftime("%Y-%m-%dT%H:%M:%S.") + f"{created.microsecond // 1000:03d}Z"
    digest = hashlib.sha1(nonce + stamp.encode() + login.password.encode()).digest()
    return (
        f'<wsse:Security s:mustUnderstand="1" xmlns:wsse="{_WSSE}" xmlns:wsu="{_WSU}"><wsse:UsernameToken>'
        f"<wsse:Username>{escape(login.username)}</wsse:Username>"
        f'<wsse:Password Type="{_DIGEST}">{base64.b64encode(digest).decode()}</wsse:Password>'
        f'<wsse:Nonce EncodingType="{_BASE64}">{base64.b64encode(nonce).decode()}</wsse:Nonce>'
        f"<wsu:Created>{stamp}</wsu:Created></wsse:UsernameToken></wsse:Security>"
    )


def ask(end: Endpoint, action: str, body: str, header: str = "", timeout_s: float = ANSWER_S) -> Element:
    """Send one question and return the element inside the answer's body.

    Raises :class:`NotAuthorised`, :class:`Fault`, or ``Refusal('no_camera')``
    with detail ``ptz_silent`` (nobody is there), ``ptz_slow`` (somebody is, but does
    not answer in time), ``ptz_not_onvif`` (a web page or something else) and the
    fact ``host``.
    """
    envelope = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" {NAMESPACES}>'
        f"<s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()
    status, data = _post(end, action, envelope, timeout_s)
    try:
        root = SafeXml.fromstring(_declared(data))
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        if status == 401:
            raise NotAuthorised from None
        raise Refusal("no_camera", "ptz_not_onvif", host=end.host) from None
    content = _body(root)
    if content is None or local(content) == "Fault":
        _complain(end, status, content)
    assert content is not None
    return content


def _post(end: Endpoint, action: str, envelope: bytes, timeout_s: float) -> tuple[int, bytes]:
    link = http.client.HTTPConnection(end.host, end.port, timeout=timeout_s)
    connected = False
    try:
        kind = f'application/soap+xml; charset=utf-8; action="{action}"'
        link.connect()
        connected = True
        link.request("POST", end.path, envelope, {"Content-Type": kind, "Connection": "close"})
        with link.getresponse() as answer:
            data = answer.read(LARGEST_ANSWER + 1)
    except TimeoutError:
        if connected:
            raise Refusal("no_camera", "ptz_slow", host=end.host, seconds=f"{timeout_s:g}") from None
        raise Refusal("no_camera", "ptz_silent", host=end.host) from None
    except (OSError, http.client.HTTPException, UnicodeError):
        raise Refusal("no_camera", "ptz_silent", host=end.host) from None
    finally:
        link.close()
    if len(data) > LARGEST_ANSWER:
        raise Refusal("no_camera", "ptz_not_onvif", host=end.host)
    return answer.status, data


def _declared(data: bytes) -> bytes:
    """Declare prefixes that the device uses without saying whose they are:
    some do, and the names are told apart by their local part anyway."""
    used = set(re.findall(rb"</?([A-Za-z_][\w.-]*):", data))
    known = set(re.findall(rb"\sxmlns:([A-Za-z_][\w.-]*)\s*=", data))
    missing = b"".join(b' xmlns:%b="urn:undeclared:%b"' % (one, one) for one in sorted(used - known))
    return re.sub(rb"(<[A-Za-z_][\w.:-]*)", rb"\1" + missing, data, count=1) if missing else data


def _body(root: Element) -> Element | None:
    """What the envelope's body holds; ``None`` for what is no envelope. An
    answer without content comes back as the body itself."""
    if local(root) != "Envelope":
        return None
    for part in root:
        if local(part) == "Body":
            return part[0] if len(part) else part
    return None


def _complain(end: Endpoint, status: int, content: Element | None) -> None:
    if content is None:
        if status == 401:
            raise NotAuthorised
        raise Refusal("no_camera", "ptz_not_onvif", host=end.host)
    words = " ".join(part.strip() for part in content.itertext() if part.strip())
    lowered = words.lower()
    if status == 401 or any(word in lowered for word in ("notauthorized", "authoriz", "authentic")):
        raise NotAuthorised
    raise Fault(words[:200])


def local(element: Element) -> str:
    """An element's name without its namespace (devices disagree about them)."""
    return str(element.tag).rpartition("}")[2]


def first(element: Element, *names: str) -> Element | None:
    """Walk down by local names, each time to the first that matches anywhere below."""
    found: Element | None = element
    for name in names:
        found = None if found is None else next((e for e in found.iter() if local(e) == name), None)
    return found


def text(element: Element, *names: str) -> str:
    """The text at the end of :func:`first`, ``""`` when there is none."""
    found = first(element, *names)
    return (found.text or "").strip() if found is not None else ""
