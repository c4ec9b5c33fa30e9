"""Which recorder keeps the pictures of which camera: the site's, unless a
camera has one of its own. Kept among the settings."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from console.domain import recorders
from console.domain.errors import Refusal
from console.domain.model import Actor, Camera
from console.domain.recorders import RecorderPlace
from console.services import audit, lookup, permissions
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory
from console.services.requests import Reading, Request

if TYPE_CHECKING:
    from console.services.assembly import Services

log = logging.getLogger(__name__)

#: Settings: address and maker of the site's recorder, and, as one JSON text,
#: what differs for single cameras.
ADDRESS: Final = "recorder.address"
VENDOR: Final = "recorder.vendor"
OWN: Final = "recorder.cameras"
EDIT: Final = "recorder.edit"


@dataclass(frozen=True, slots=True)
class RecorderBook:
    """The site's recorder, and those of single cameras by id."""

    site: RecorderPlace
    own: Mapping[str, RecorderPlace]

    def of(self, camera: Camera) -> RecorderPlace:
        """Where recordings of a camera are asked for. What nobody said of the
        recorder is taken from the camera's own row: some record by themselves,
        on the port of their other services."""
        own = self.own.get(camera.id, RecorderPlace())
        host = camera.host.rpartition("//")[2].partition(":")[0]
        vendor = own.vendor or ("" if own.address else self.site.vendor) or camera.vendor
        return RecorderPlace(own.address or self.site.address or host, vendor, own.channel or camera.channel)


@dataclass(frozen=True, slots=True)
class LoadRecorders(Reading):
    """→ ``RecorderBook``."""


@dataclass(frozen=True, slots=True)
class PutRecorder(Request):
    """→ ``RecorderBook``. ``camera`` ``""`` is the site's recorder; ``was`` is
    what the person saw before."""

    camera: str
    place: RecorderPlace
    was: RecorderPlace


class RecorderService:
    """Reads and changes the book. Raises ``Refusal``."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows, self._clock = uows, clock

    def book(self) -> RecorderBook:
        """The book, for the program's own start."""
        with self._uows.read() as uow:
            return book_of(uow)

    def load(self, actor: Actor) -> RecorderBook:
        """The book, for whoever may see the cameras."""
        permissions.demand(actor, "camera.read")
        return self.book()

    def put(self, actor: Actor, camera: str, place: RecorderPlace, was: RecorderPlace) -> RecorderBook:
        """Say where the recordings of ``camera`` (``""``: of the site) lie; an
        empty place goes back to the site's, or to none. Raises ``no_camera``
        with what is wrong, ``conflict`` when somebody was quicker."""
        permissions.demand(actor, EDIT)
        place = checked(place)
        with self._uows.write() as uow:
            book = book_of(uow)
            lookup.camera(uow, camera)
            now = book.own.get(camera, RecorderPlace()) if camera else book.site
            if now != was:
                raise Refusal("conflict", "recorder", address=now.address or "-")
            if camera:
                own = {**book.own, camera: place}
                own = {one: what for one, what in own.items() if what != RecorderPlace()}
                book = replace(book, own=own)
                rows = {one: asdict(what) for one, what in sorted(own.items())}
                uow.settings.put(OWN, json.dumps(rows, ensure_ascii=False) if rows else "")
            else:
                book = replace(book, site=replace(place, channel=""))
                uow.settings.put(ADDRESS, place.address)
                uow.settings.put(VENDOR, place.vendor)
            facts = {"camera": camera, "address": place.address, "vendor": place.vendor}
            audit.changed(uow, self._clock, actor, "recorder", **facts)
            uow.commit()
        return book


def checked(place: RecorderPlace) -> RecorderPlace:
    """As it is stored. Raises ``Refusal('no_camera')`` for what cannot be used."""
    return RecorderPlace(
        recorders.address(place.address) if recorders.plain(place.address) else "",
        recorders.maker(place.vendor) if recorders.plain(place.vendor) else "",
        str(recorders.channel_number(place.channel)) if recorders.plain(place.channel) else "",
    )


def put_book(uow: UnitOfWork, row: Mapping[str, Any]) -> None:
    """The whole book anew, out of plain values, within the caller's transaction.
    Raises ``Refusal('no_camera')`` for a place that cannot be used."""
    site = checked(RecorderPlace(str(row.get("address", "")), str(row.get("vendor", ""))))
    own = {
        str(camera): checked(RecorderPlace(*(str(place[key]) for key in ("address", "vendor", "channel"))))
        for camera, place in dict(row.get("own") or {}).items()
    }
    plain = {one: asdict(place) for one, place in sorted(own.items())}
    uow.settings.put(OWN, json.dumps(plain, ensure_ascii=False) if plain else "")
    uow.settings.put(ADDRESS, site.address)
    uow.settings.put(VENDOR, site.vendor)


def book_of(uow: UnitOfWork) -> RecorderBook:
    """The book, read in the caller's unit of work; what cannot be read is none."""
    own: dict[str, RecorderPlace] = {}
    try:
        for camera, row in json.loads(uow.settings.get(OWN) or "{}").items():
            own[str(camera)] = RecorderPlace(*(str(row[key]) for key in ("address", "vendor", "channel")))
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        log.warning("the stored recorders cannot be read: %s", error)
    return RecorderBook(RecorderPlace(uow.settings.get(ADDRESS), uow.settings.get(VENDOR)), own)


def handlers(services: Services) -> Mapping[type, Any]:
    """What windows may ask of recorders."""

    def load(request: LoadRecorders) -> RecorderBook:
        return services.recorders.load(request.actor)

    def put(request: PutRecorder) -> RecorderBook:
        return services.recorders.put(request.actor, request.camera, request.place, request.was)

    return {LoadRecorders: load, PutRecorder: put}
