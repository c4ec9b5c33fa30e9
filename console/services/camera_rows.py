"""Cameras as people write them: the columns of the camera table, one by one.

The same reading serves a table, a form and ``cameras set``: what is not given
stays as it is, an empty cell empties the field, and a password that is empty or
masked stays the one that is stored.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from console.domain import gb28181, stream_addresses
from console.domain.errors import Refusal
from console.domain.gb28181 import Hint
from console.domain.model import Camera, Place
from console.services import clean

COLUMNS: Final = (
    "id", "name", "url", "url_sub", "username", "password", "vendor", "host", "channel", "community",
    "road", "grid", "lon", "lat", "bearing", "groups", "segment", "owner", "note", "enabled",
)  # fmt: skip
#: The heads of tables made elsewhere.
ALIASES: Final[Mapping[str, str]] = {
    "编号": "id", "摄像机编号": "id", "设备编号": "id", "国标编号": "id", "点位编号": "id",
    "名称": "name", "点位名称": "name", "摄像机名称": "name", "设备名称": "name",
    "主码流": "url", "主码流地址": "url", "取流地址": "url", "rtsp": "url", "rtsp地址": "url",
    "子码流": "url_sub", "子码流地址": "url_sub", "辅码流": "url_sub", "辅码流地址": "url_sub",
    "用户名": "username", "账号": "username", "user": "username", "login": "username",
    "密码": "password", "厂商": "vendor", "厂家": "vendor", "品牌": "vendor", "maker": "vendor",
    "ip": "host", "ip地址": "host", "设备ip": "host", "设备地址": "host",
    "通道": "channel", "通道号": "channel", "社区": "community", "所属社区": "community",
    "道路": "road", "网格": "grid", "单元网格": "grid", "经度": "lon", "longitude": "lon",
    "纬度": "lat", "latitude": "lat", "方位角": "bearing", "朝向": "bearing", "分组": "groups",
    "组": "groups", "group": "groups", "网段": "segment", "链路": "segment", "权属": "owner",
    "权属单位": "owner", "备注": "note", "启用": "enabled",
}  # fmt: skip
#: What a masked password looks like in tables and forms.
MASKED: Final = frozenset({"***", "******", "••••••", "●●●●●●"})
_ID: Final = re.compile(r"[\w.@#()+-]{1,80}")
_YES: Final = frozenset({"1", "true", "yes", "on", "是", "启用", "在用", "正常"})
_NO: Final = frozenset({"0", "false", "no", "off", "否", "停用", "禁用"})
#: Longest text of a field, characters.
_LENGTHS: Final = {
    "name": 120, "username": 120, "vendor": 40, "host": 255, "channel": 60, "community": 80, "road": 120,
    "grid": 80, "segment": 80, "owner": 120, "note": 1000,
}  # fmt: skip
_PASSWORD_MOST: Final = 256
#: Groups of one camera, and the longest name of one.
MOST_GROUPS: Final = 40
GROUP_CHARS: Final = 40


@dataclass(frozen=True, slots=True)
class Known:
    """What a row is held against: places of the site, empty where none are loaded."""

    communities: Mapping[str, str] = field(default_factory=dict)
    """Id by id and by Chinese name."""
    grids: frozenset[str] = frozenset()

    @classmethod
    def of(cls, places: Iterable[Place]) -> Known:
        """Out of the site's places."""
        communities: dict[str, str] = {}
        grids = set()
        for place in places:
            if place.kind == "community":
                communities[place.id] = place.id
                communities.setdefault(place.name_zh, place.id)
            elif place.kind == "grid":
                grids.add(place.id)
        return cls(communities, frozenset(grids))


@dataclass(frozen=True, slots=True)
class Wish:
    """A row that was read: the camera without a new secret, the password in clear
    if one was given (``None``: the stored one stays), and what is odd."""

    camera: Camera
    password: str | None = field(default=None, repr=False)
    hints: tuple[Hint, ...] = ()


def read(cells: Mapping[str, str], old: Camera | None, known: Known) -> Wish:
    """One camera out of the columns given. Raises ``Refusal('bad_row')`` or
    ``('bad_value')`` with the first thing that is wrong; never with a password."""
    base = old or Camera(id=camera_id(cells.get("id", "")), name="", url="")
    values: dict[str, Any] = {
        name: _READERS[name](cells[name], name) for name in _READERS if name in cells and name != "id"
    }
    if "community" in values:
        values["community"] = known.communities.get(values["community"], values["community"])
    if "groups+" in cells or "groups-" in cells:
        values["groups"] = _regrouped(values.get("groups", base.groups), cells)
    made, password = _addressed(base, values, cells)
    if not made.name:
        raise Refusal("bad_row", "empty", column="name")
    if (made.lon is None) != (made.lat is None):
        raise Refusal("bad_row", "half_a_point")
    _demand_not_swapped(made)
    return Wish(made, password, hints(made, known))


def plain(camera: Camera, columns: Iterable[str] = COLUMNS) -> dict[str, Any]:
    """A camera as a row of the table; never with a password."""
    row = {name: "" if name == "password" else getattr(camera, name) for name in columns}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in row.items()}


def hints(camera: Camera, known: Known) -> tuple[Hint, ...]:
    """What is odd about a camera and stops nobody."""
    found = list(gb28181.check(camera.id))
    if camera.vendor == "gb28181":
        for part in re.split("[_-]", camera.channel):
            # The first number of a pair is the device's own: a recorder is right there.
            odd = gb28181.check(part)
            found += odd if part == camera.channel else [h for h in odd if h.code != "gb_no_picture"]
    if known.communities and camera.community and camera.community not in known.communities:
        found.append(Hint("community", {"value": camera.community}))
    if known.grids and camera.grid and camera.grid not in known.grids:
        found.append(Hint("grid", {"value": camera.grid}))
    return tuple({(one.code, str(one.facts)): one for one in found}.values())


def camera_id(text: str) -> str:
    """An id as it is kept. Raises ``Refusal('bad_row')``: ``empty``, ``camera_id``."""
    plain = clean.narrow(text)
    if not plain:
        raise Refusal("bad_row", "empty", column="id")
    if not _ID.fullmatch(plain):
        raise Refusal("bad_row", "camera_id", value=plain[:40])
    return plain


def _addressed(base: Camera, values: dict[str, Any], cells: Mapping[str, str]) -> tuple[Camera, str | None]:
    """The camera with its addresses, and the password if one came along."""
    password = _password(cells.get("password", ""))
    name, word = "", ""
    for column in ("url", "url_sub"):
        if column in values:
            values[column], login = stream_addresses.split_login(values[column])
            if login.username:
                name, word = login.username, login.password or word
    if name and not values.get("username"):
        values["username"] = name
    if password is None and word:
        password = word
    if not values.get("url", "-") and _was_asked(base, values):
        values = {name: value for name, value in values.items() if name != "url"}
        if not values.get("url_sub"):
            values.pop("url_sub", None)
    made = replace(base, **values)
    # Maker, host and channel make the address where none was written; one that
    # came from them before follows them.
    asked = any(column in values for column in ("vendor", "host", "channel"))
    if not values.get("url") and ((asked and _followed(base)) or not made.url):
        made = _built(made, values)
    if not made.url:
        raise Refusal("bad_row", "no_address")
    return made, password


def _was_asked(camera: Camera, values: Mapping[str, Any]) -> bool:
    """True for a device that gave its address itself and is still the same one."""
    asked = stream_addresses.must_be_asked(values.get("vendor", camera.vendor))
    same = all(
        values.get(name, old) == old for name, old in (("host", camera.host), ("channel", camera.channel))
    )
    return bool(camera.url) and asked and same


def _followed(camera: Camera) -> bool:
    """True when a camera's address is what its maker, host and channel make."""
    try:
        made = stream_addresses.build(camera.vendor, camera.host, camera.channel)
    except Refusal:
        return not camera.url
    return (made.main, made.sub) == (camera.url, camera.url_sub)


def _built(camera: Camera, values: Mapping[str, Any]) -> Camera:
    if not (camera.vendor or camera.host or camera.channel):
        raise Refusal("bad_row", "no_address")
    made = stream_addresses.build(camera.vendor, camera.host, camera.channel)
    return replace(camera, url=made.main, url_sub=values.get("url_sub") or made.sub)


def _demand_not_swapped(camera: Camera) -> None:
    """Longitude and latitude of China in each other's column."""
    lon, lat = camera.lon, camera.lat
    if lon is not None and lat is not None and 3 <= lon <= 54 and 73 <= lat <= 90:
        raise Refusal("bad_row", "swapped_point", lon=lon, lat=lat)


# -- the fields -----------------------------------------------------------------
def _line(text: str, column: str, most: int) -> str:
    try:
        return clean.line(text, column, most)
    except Refusal as refusal:
        length = refusal.facts.get("length", len(text))
        raise Refusal("bad_row", "camera_long", column=column, length=length, most=most) from None


def _text(text: str, column: str) -> str:
    return _line(text, column, _LENGTHS[column])


def _narrow(text: str, column: str) -> str:
    return clean.narrow(_text(text, column))


def _url(text: str, _column: str) -> str:
    return text.strip()


def _vendor(text: str, column: str) -> str:
    return stream_addresses.vendor_name(_text(text, column))


def _host(text: str, _column: str) -> str:
    return stream_addresses.host_text(text)


def _password(text: str) -> str | None:
    """``None`` for one that stays. Control characters are a slip of the clipboard."""
    kept = text.strip("\r\n")
    if not kept or kept.strip() in MASKED:
        return None
    if len(kept) > _PASSWORD_MOST or any(ord(one) < 32 for one in kept):
        raise Refusal("bad_row", "camera_password", most=_PASSWORD_MOST)
    return kept


def _degrees(text: str, column: str) -> float | None:
    plain = clean.narrow(text).rstrip("°")
    if not plain:
        return None
    most = {"lon": 180.0, "lat": 90.0}[column]
    value = _number(plain, column)
    if not -most <= value <= most:
        raise Refusal("bad_row", "number", column=column, value=plain[:40])
    return value


def _bearing(text: str, column: str) -> float | None:
    plain = clean.narrow(text).rstrip("°")
    if not plain:
        return None
    value = _number(plain, column)
    if not 0 <= value <= 360:
        raise Refusal("bad_row", "bearing", value=plain[:40])
    return value % 360


def _number(text: str, column: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise Refusal("bad_row", "number", column=column, value=text[:40]) from None
    if not math.isfinite(value):
        raise Refusal("bad_row", "number", column=column, value=text[:40])
    return value


def _flag(text: str, column: str) -> bool:
    plain = clean.narrow(text).casefold()
    if plain in _YES or not plain:
        return True
    if plain in _NO:
        return False
    raise Refusal("bad_row", "flag", column=column, value=plain[:40])


def groups_of(text: str, _column: str = "groups") -> tuple[str, ...]:
    """Names with ``;`` between (or its full-width or Chinese sisters), each once."""
    parts = [_line(part, "groups", GROUP_CHARS) for part in re.split("[;；、|]", text)]
    found = tuple(dict.fromkeys(part for part in parts if part))
    if len(found) > MOST_GROUPS:
        raise Refusal("bad_row", "groups_many", most=MOST_GROUPS)
    return found


def _regrouped(groups: tuple[str, ...], cells: Mapping[str, str]) -> tuple[str, ...]:
    gone = set(groups_of(cells.get("groups-", "")))
    kept = [one for one in groups if one not in gone]
    return groups_of(";".join(dict.fromkeys((*kept, *groups_of(cells.get("groups+", ""))))))


_READERS: Final[Mapping[str, Callable[[str, str], Any]]] = {
    "name": _text,
    "url": _url,
    "url_sub": _url,
    "username": _text,
    "vendor": _vendor,
    "host": _host,
    "channel": _narrow,
    "community": _narrow,
    "road": _text,
    "grid": _narrow,
    "lon": _degrees,
    "lat": _degrees,
    "bearing": _bearing,
    "groups": groups_of,
    "segment": _text,
    "owner": _text,
    "note": _text,
    "enabled": _flag,
}
#: What ``set`` and forms may name, the two that change a list included.
SETTABLE: Final = (*(name for name in COLUMNS if name != "id"), "groups+", "groups-")
