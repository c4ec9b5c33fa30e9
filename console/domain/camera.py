"""A camera as configured; :mod:`console.domain.model` gives it on with the other records."""

from __future__ import annotations

from dataclasses import dataclass, field

from console.domain.masks import Mask


@dataclass(frozen=True, slots=True)
class Camera:
    """A street camera as configured. ``password`` is never in here in clear:
    ``secret`` is the ciphertext of the user name and password."""

    id: str
    name: str
    url: str
    url_sub: str = ""
    username: str = ""
    secret: str = field(default="", repr=False)
    vendor: str = ""
    host: str = ""
    channel: str = ""
    community: str = ""
    road: str = ""
    grid: str = ""
    lon: float | None = None
    lat: float | None = None
    bearing: float | None = None
    groups: tuple[str, ...] = ()
    segment: str = ""
    owner: str = ""
    note: str = ""
    enabled: bool = True
    version: int = 1
    #: Parts of the picture nobody is to see (:mod:`console.domain.masks`).
    masks: tuple[Mask, ...] = ()
