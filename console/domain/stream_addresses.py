"""Stream addresses by maker: what a host and a channel become. Pure text;
nothing is asked of anybody.

Forms as the makers publish them (facts 7.3): Hikvision ``/Streaming/Channels/101``
(channel, then stream, two digits), older ones ``/h264/ch1/main/av_stream``; Dahua
``/cam/realmonitor?channel=1&subtype=0``; Uniview ``/unicast/c1/s0/live``. A
platform that speaks GB/T 28181 for us (WVP with ZLMediaKit) offers each channel
under ``/rtp/<device>_<channel>``. ONVIF has no form: the device is asked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit, urlunsplit

from console.domain import recorders
from console.domain.errors import Refusal

#: What can be read (``console.feeds``).
SCHEMES: Final = ("rtsp", "rtsps", "http", "https", "rtmp", "rtmps", "srt", "udp", "file")
#: The kind of makers whose devices have to be asked (ONVIF).
ASKED: Final = "asked"
#: Longest address that is kept.
MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class Template:
    """A maker's form. ``{host}`` is host and port, ``{channel}`` the channel;
    ``names`` are what people call the maker. ``kind`` of channel: ``number``, ``gb``
    (numbers of a platform) or ``asked`` (the device gives the address)."""

    vendor: str
    names: tuple[str, ...]
    main: str = ""
    sub: str = ""
    kind: str = "number"


TEMPLATES: Final[tuple[Template, ...]] = (
    Template(
        "hikvision",
        ("hikvision", "hik", "海康", "海康威视"),
        "rtsp://{host}/Streaming/Channels/{channel}01",
        "rtsp://{host}/Streaming/Channels/{channel}02",
    ),
    Template(
        "hikvision-old",
        ("hikvision-old", "hik-old", "海康旧", "海康旧款", "海康老款"),
        "rtsp://{host}/h264/ch{channel}/main/av_stream",
        "rtsp://{host}/h264/ch{channel}/sub/av_stream",
    ),
    Template(
        "dahua",
        ("dahua", "大华"),
        "rtsp://{host}/cam/realmonitor?channel={channel}&subtype=0",
        "rtsp://{host}/cam/realmonitor?channel={channel}&subtype=1",
    ),
    Template(
        "uniview",
        ("uniview", "unv", "宇视"),
        "rtsp://{host}/unicast/c{channel}/s0/live",
        "rtsp://{host}/unicast/c{channel}/s1/live",
    ),
    Template("onvif", ("onvif",), kind=ASKED),
    Template(
        "gb28181",
        ("gb28181", "gb/t28181", "gb/t 28181", "gbt28181", "国标", "国标28181", "28181"),
        "rtsp://{host}/rtp/{channel}",
        kind="gb",
    ),
)
_BY_NAME: Final[Mapping[str, Template]] = {name: one for one in TEMPLATES for name in one.names}
_GB_CHANNEL: Final = re.compile(r"\d{20}(?:[_-]\d{20})?")


@dataclass(frozen=True, slots=True)
class Addresses:
    """What a camera is read from. ``sub`` is empty when there is only one."""

    main: str
    sub: str = ""


@dataclass(frozen=True, slots=True)
class Login:
    """A login that stood in an address; empty parts were not there."""

    username: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"Login(username={self.username!r})"


def template(vendor: str) -> Template | None:
    """The form of a maker, whatever people call it; ``None`` for others."""
    return _BY_NAME.get(recorders.plain(vendor).casefold())


def vendor_name(vendor: str) -> str:
    """A known maker's own word; another one as it was written."""
    found = template(vendor)
    return found.vendor if found is not None else " ".join(vendor.split())


def must_be_asked(vendor: str) -> bool:
    """True for makers whose devices give their addresses only when asked."""
    found = template(vendor)
    return found is not None and found.kind == ASKED


def build(vendor: str, host: str, channel: str) -> Addresses:
    """Main and sub stream of a channel. The port of a device's host is that of its
    other services (ONVIF), a platform's is that of its streams.

    Raises ``Refusal('bad_row')``: ``vendor_unknown``, ``vendor_asked`` (ONVIF: the
    device has to be asked), ``host``, ``channel``, ``gb_channel``."""
    form = template(vendor)
    if form is None:
        known = ", ".join(one.vendor for one in TEMPLATES)
        raise Refusal("bad_row", "vendor_unknown", value=vendor[:40] or "-", known=known)
    if form.kind == ASKED:
        raise Refusal("bad_row", "vendor_asked", vendor=form.vendor)
    place = _place(host)
    if form.kind == "gb":
        asked = recorders.plain(channel)
        if not _GB_CHANNEL.fullmatch(asked):
            raise Refusal("bad_row", "gb_channel", value=channel[:60] or "-")
        return Addresses(form.main.format(host=place, channel=asked.replace("-", "_")))
    try:
        number = recorders.channel_number(channel)
    except Refusal:
        raise Refusal("bad_row", "channel", value=channel[:40] or "-", most=recorders.MOST_CHANNELS) from None
    place = f"{_without_port(place)}:{recorders.PORT}"
    return Addresses(*(text.format(host=place, channel=number) for text in (form.main, form.sub)))


def _place(host: str) -> str:
    try:
        return recorders.address(recorders.plain(host).rpartition("//")[2].rstrip("/"))
    except Refusal:
        raise Refusal("bad_row", "host", value=_shown(host)) from None


def _without_port(place: str) -> str:
    return place.rpartition(":")[0]


def host_text(host: str) -> str:
    """A device's host as it is kept: ``host`` or ``host:port``, without a scheme.
    Raises ``Refusal('bad_row', 'host')``."""
    plain = recorders.plain(host)
    if not plain:
        return ""
    plain = plain.rpartition("//")[2].rstrip("/")
    _place(plain)
    return plain


def split_login(url: str) -> tuple[str, Login]:
    """An address without the login in it, and the login: nothing secret stays in
    an address. Raises ``Refusal('bad_row', 'url')`` (never with the address)."""
    text = unicodedata.normalize("NFKC", url).strip() if url.isascii() is False else url.strip()
    if not text:
        return "", Login()
    try:
        # A password with "@", "/" or "#" nobody has encoded: the host is what
        # stands behind the last "@" before the path.
        parts = urlsplit(_mended(text))
        port, host = parts.port, parts.hostname
    except ValueError:
        raise Refusal("bad_row", "url", schemes=", ".join(SCHEMES)) from None
    scheme = parts.scheme.lower()
    fits = scheme in SCHEMES and (bool(host) or scheme == "file")
    if not fits or len(text) > MOST or port == 0 or any(ord(c) <= 32 or ord(c) == 127 for c in text):
        raise Refusal("bad_row", "url", schemes=", ".join(SCHEMES))
    login = Login(unquote(parts.username or ""), unquote(parts.password or ""))
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit((scheme, place, parts.path, parts.query, parts.fragment)), login


def _mended(text: str) -> str:
    """An address whose password has unencoded signs, encoded: without this
    ``rtsp://u:p@ss/1@host/x`` would leave half a password in the host."""
    scheme, sign, rest = text.partition("://")
    if not sign or rest.count("@") < 1:
        return text
    # The login ends at the last "@" that stands before something like a host.
    for at in reversed([i for i, c in enumerate(rest) if c == "@"]):
        login, place = rest[:at], rest[at + 1 :]
        if re.match(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?([/?]|$)", place) and ":" in login:
            name, _, word = login.partition(":")
            if not (set("/?#@") & set(login)):
                return text
            if "/" in name or "?" in name:
                return text  # an "@" of the path, not of a login
            quoted = re.sub(r"[/?#@]", _encoded, word)
            return f"{scheme}://{name}:{quoted}@{place}"
    return text


def _encoded(match: re.Match[str]) -> str:
    return f"%{ord(match[0]):02X}"


def _shown(host: str) -> str:
    """A host as a message may show it: never what stands before an ``@``."""
    return host.rpartition("@")[2][:60] or "-"
