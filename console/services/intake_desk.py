"""What a desk asks about reports that come in, and who answers.

Intake by hand, places by typing, similar cases, two cases side by side, files
that come along, reporters, lists from a file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.domain.vocabulary import Channel, Source
from console.services import intake_files
from console.services.cases import Attachment, NewCase
from console.services.intake import Report
from console.services.intake_files import Stored
from console.services.persons import Caller
from console.services.requests import Heavy, HeavyWrite, Reading, Request
from console.services.similar import Asked

if TYPE_CHECKING:
    from console.services.assembly import Services


@dataclass(frozen=True, slots=True)
class TakeIn(Request):
    """A report by telephone, from a patrol, a citizen, handed down
    → ``CaseAnswer``. ``files`` go along in the request only for the desk to
    remember; they are stored by :class:`StoreFiles` once the case is there."""

    source: Source
    channel: Channel = Channel.DESK
    condition: str = ""
    camera: str = ""
    place: str = ""
    community: str = ""
    grid: str = ""
    lon: float | None = None
    lat: float | None = None
    found_at: datetime | None = None
    reported_at: datetime | None = None
    note: str = ""
    caller_name: str = field(default="", repr=False)
    caller_phone: str = field(default="", repr=False)
    callback: bool = False
    files: tuple[str, ...] = ()
    then_file: bool = False
    """The officer wants it filed at once under ``condition``."""


@dataclass(frozen=True, slots=True)
class FindPlaces(Reading):
    """Places by typing → ``tuple[PlaceHit, ...]``, best first. ``slot`` tells
    the desk which field asked."""

    text: str
    slot: str = ""


@dataclass(frozen=True, slots=True)
class WarmPlaces(Heavy):
    """Make the index of places before somebody types → how many it knows."""


@dataclass(frozen=True, slots=True)
class Locate(Reading):
    """Camera, grid, community and road at a point → ``Located``."""

    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class FindSimilar(Reading):
    """Cases that may be the same → ``tuple[SimilarCase, ...]``."""

    asked: Asked


@dataclass(frozen=True, slots=True)
class LoadPair(Reading):
    """Two cases to be laid side by side → ``Pair``."""

    case: str
    other: str


@dataclass(frozen=True, slots=True)
class StoreFiles(HeavyWrite):
    """Files of an intake into the store → ``tuple[Stored, ...]``."""

    case: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AttachStored(Request):
    """Files already in the store become evidence of a case → ``CaseAnswer``."""

    case: str
    files: tuple[Stored, ...]


@dataclass(frozen=True, slots=True)
class ReadCaller(Request):
    """The reporter in clear; the look is an event → ``CallerView``."""

    case: str


@dataclass(frozen=True, slots=True)
class CalledBack(Request):
    """The reporter was called: ``reached`` or ``missed`` → ``CaseAnswer``."""

    case: str
    outcome: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class EraseCaller(Request):
    """→ ``CaseAnswer``."""

    case: str
    reason: str


@dataclass(frozen=True, slots=True)
class ExpireCallers(HeavyWrite):
    """Erase reporters past the site's retention → how many."""


@dataclass(frozen=True, slots=True)
class ImportCases(HeavyWrite):
    """A list of cases from a file → ``ImportReport``."""

    path: str
    dry_run: bool = True
    source: Source = Source.HANDDOWN


def handlers(services: Services) -> Mapping[type, Callable[[Any], object]]:
    """Who answers what."""
    desk = _Desk(services)
    return {
        TakeIn: desk.take_in,
        FindPlaces: desk.find_places,
        WarmPlaces: desk.warm,
        Locate: desk.locate,
        FindSimilar: desk.find_similar,
        LoadPair: desk.pair,
        StoreFiles: desk.store_files,
        AttachStored: desk.attach_stored,
        ReadCaller: desk.read_caller,
        CalledBack: desk.called_back,
        EraseCaller: desk.erase_caller,
        ExpireCallers: desk.expire,
        ImportCases: desk.import_cases,
    }


class _Desk:
    def __init__(self, services: Services) -> None:
        self._s = services

    def take_in(self, request: TakeIn) -> object:
        new = NewCase(
            source=request.source,
            condition=request.condition,
            camera=request.camera,
            place=request.place,
            community=request.community,
            grid=request.grid,
            lon=request.lon,
            lat=request.lat,
            found_at=request.found_at,
            reported_at=request.reported_at,
            note=request.note,
            channel=request.channel,
        )
        caller = Caller(request.caller_name, request.caller_phone)
        return self._s.intake.take(request.actor, Report(new, caller, request.callback))

    def find_places(self, request: FindPlaces) -> object:
        return self._s.whereabouts.find(request.text)

    def warm(self, request: WarmPlaces) -> object:
        return self._s.whereabouts.warm()

    def locate(self, request: Locate) -> object:
        return self._s.whereabouts.locate(request.lon, request.lat)

    def find_similar(self, request: FindSimilar) -> object:
        return self._s.similar.find(request.actor, request.asked)

    def pair(self, request: LoadPair) -> object:
        return self._s.similar.pair(request.actor, request.case, request.other)

    def store_files(self, request: StoreFiles) -> object:
        return intake_files.store(request.actor, request.files, self._s.store)

    def attach_stored(self, request: AttachStored) -> object:
        rows = [
            (Attachment(Path(one.name), one.kind, one.captured_at), one.sha256, one.bytes)
            for one in request.files
            if one.refusal is None
        ]
        return self._s.cases.attach_stored(request.actor, request.case, rows)

    def read_caller(self, request: ReadCaller) -> object:
        return self._s.persons.read(request.actor, request.case)

    def called_back(self, request: CalledBack) -> object:
        return self._s.persons.called_back(request.actor, request.case, request.outcome, request.text)

    def erase_caller(self, request: EraseCaller) -> object:
        return self._s.persons.erase(request.actor, request.case, request.reason)

    def expire(self, request: ExpireCallers) -> object:
        return self._s.persons.expire(request.actor)

    def import_cases(self, request: ImportCases) -> object:
        return self._s.case_import.run(
            request.actor, Path(request.path), dry_run=request.dry_run, source=request.source
        )
