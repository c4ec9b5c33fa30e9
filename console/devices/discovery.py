"""Finding ONVIF devices: WS-Discovery (OASIS 2005/04), one probe to the multicast
group out of every network of this machine.

What answers is foreign and is only shown: which address it gave, what it calls
itself, and from where the answer came. Nothing is connected to.
"""

from __future__ import annotations

import re
import selectors
import socket
import time
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree as SafeXml
import psutil
from defusedxml.common import DefusedXmlException

from console.devices.soap import local

GROUP: Final = ("239.255.255.250", 3702)
#: Devices answer within a random part of half a second; slow ones take some more.
SECONDS: Final = 5.0
#: Datagrams are lost: the probe is sent again.
AGAIN_S: Final = 1.0
#: More than a street office has; the rest is somebody's mistake.
MOST: Final = 4096
_LARGEST: Final = 65_536
_SCOPE: Final = re.compile(r"onvif://www\.onvif\.org/(\w+)/(.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """One device. ``host`` is where the answer came from, with the port of its
    service when that is not 80; ``address`` is what it gave itself."""

    host: str
    address: str
    name: str = ""
    hardware: str = ""
    location: str = ""
    uuid: str = ""


def discover(
    seconds: float = SECONDS,
    found: Callable[[Found], None] | None = None,
    stop: Callable[[], bool] | None = None,
    groups: Iterable[tuple[str, int]] = (GROUP,),
    addresses: Iterable[str] | None = None,
) -> tuple[Found, ...]:
    """Probe for ``seconds`` and return who answered, by host. ``found`` is told of each
    at once, ``stop`` ends it early; ``addresses`` are this machine's own to send
    from (all of them). Raises ``OSError`` when no network can be used."""
    targets = tuple(groups)
    links = _open(own_addresses() if addresses is None else addresses)
    if not links:
        raise OSError("no network to search in")
    seen: dict[str, Found] = {}
    try:
        with selectors.DefaultSelector() as ready:
            for link in links:
                ready.register(link, selectors.EVENT_READ)
            until, next_probe = time.monotonic() + seconds, 0.0
            while (now := time.monotonic()) < until and not (stop is not None and stop()):
                if now >= next_probe:
                    _probe(links, targets)
                    next_probe = now + AGAIN_S
                for key, _ in ready.select(min(0.2, until - now)):
                    for one in _read(key.fileobj):
                        if _key(one) not in seen and len(seen) < MOST:
                            seen[_key(one)] = one
                            if found is not None:
                                found(one)
    finally:
        for link in links:
            link.close()
    return tuple(sorted(seen.values(), key=_order))


def own_addresses() -> tuple[str, ...]:
    """IPv4 addresses of this machine's networks that are up, the loopback too."""
    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    return tuple(
        one.address
        for name, some in psutil.net_if_addrs().items()
        if name in up
        for one in some
        if one.family == socket.AF_INET
    )


def _open(addresses: Iterable[str]) -> list[socket.socket]:
    links = []
    for address in addresses:
        link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            link.bind((address, 0))
            link.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
            link.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 2)
            link.setblocking(False)
        except OSError:  # a network that does not do multicast
            link.close()
            continue
        links.append(link)
    return links


def _probe(links: Iterable[socket.socket], groups: Iterable[tuple[str, int]]) -> None:
    for link in links:
        for group in groups:
            # One network that is unplugged just now must not end the search.
            with suppress(OSError):
                link.sendto(_question(), group)


def _question() -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
        'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" '
        'xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><s:Header>'
        f"<a:MessageID>urn:uuid:{uuid.uuid4()}</a:MessageID>"
        "<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>"
        "<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action></s:Header>"
        "<s:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe></s:Body></s:Envelope>"
    ).encode()


def _read(link: object) -> list[Found]:
    assert isinstance(link, socket.socket)
    try:
        data, (host, _) = link.recvfrom(_LARGEST)
    except OSError:  # the answer of a host that refuses us
        return []
    return answers(data, host)


def answers(data: bytes, host: str) -> list[Found]:
    """Devices a datagram from ``host`` tells of; none for what is no answer."""
    try:
        root = SafeXml.fromstring(data)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return []
    matches = [one for one in root.iter() if local(one) == "ProbeMatch"]
    return [one for one in (_match(element, host) for element in matches) if one is not None]


def _match(element: Element, host: str) -> Found | None:
    words = {local(e): (e.text or "").strip() for e in element.iter()}
    given = words.get("XAddrs", "").split()
    address = next((one for one in given if _host(one) == host), given[0] if given else "")
    if not address or _port(address) is None:
        return None
    port = _port(address)
    scopes: dict[str, str] = {}
    for scope in words.get("Scopes", "").split():
        match = _SCOPE.fullmatch(scope)
        if match:
            scopes.setdefault(match[1].lower(), unquote(match[2]).strip("/"))
    return Found(
        host if port == 80 else f"{host}:{port}",
        address[:300],
        scopes.get("name", "")[:80],
        scopes.get("hardware", "")[:80],
        scopes.get("location", "")[:80],
        words.get("Address", "")[:80],
    )


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _port(address: str) -> int | None:
    """``None`` for what is no address of a web service."""
    try:
        parts = urlsplit(address)
        return (parts.port or (443 if parts.scheme == "https" else 80)) if parts.hostname else None
    except ValueError:
        return None


def _key(one: Found) -> str:
    return one.uuid or one.host


def _order(one: Found) -> tuple[tuple[int, ...], str]:
    numbers = tuple(int(part) for part in re.findall(r"\d+", one.host))
    return numbers, one.host
