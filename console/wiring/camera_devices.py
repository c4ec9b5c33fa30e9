"""What the section of cameras asks of devices and files: nothing of it in the
windows' thread, one thing of a kind at a time, the answer over the bridge."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from console.devices.discovery import discover
from console.devices.onvif_device import DeviceAddress
from console.devices.onvif_media import OnvifMedia
from console.domain.errors import Refusal
from console.domain.model import Actor
from console.models.trial_rows import FoundRow
from console.services import permissions
from console.services.cameras import EDIT

if TYPE_CHECKING:
    from console.engine import Engine

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DevicesFound:
    """Posted when somebody looked around. ``broke``: no network could be used."""

    number: int
    rows: tuple[FoundRow, ...] = ()
    broke: bool = False


@dataclass(frozen=True, slots=True)
class DeviceAsked:
    """Posted when a device said where its streams are, or why not."""

    number: int
    host: str
    main: str = ""
    sub: str = ""
    name: str = ""
    refusal: Refusal | None = None
    broke: bool = False


@dataclass(frozen=True, slots=True)
class CamerasWritten:
    """Posted when a table stands, or why it does not."""

    number: int
    file: str
    rows: int = 0
    refusal: Refusal | None = None
    broke: bool = False


class CameraDevices:
    """``post`` carries answers to the windows' thread; every call returns at once
    with the number its answer will have."""

    def __init__(self, engine: Engine, post: Callable[[object], None]) -> None:
        self._engine, self._post = engine, post
        self._pool: ThreadPoolExecutor | None = None
        self._number = 0
        self._end = Event()

    def _submit(self, job: Callable[..., object], *given: object) -> int:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(2, thread_name_prefix="camera-devices")
        self._number += 1
        self._pool.submit(self._guarded, job, self._number, *given)
        return self._number

    def _guarded(self, job: Callable[..., object], *given: object) -> None:
        self._post(job(*given))

    def look(self, actor: Actor) -> int:
        """Which devices answer on this network → :class:`DevicesFound`."""
        permissions.demand(actor, EDIT)
        return self._submit(self._look)

    def _look(self, number: int) -> DevicesFound:
        try:
            found = discover(stop=self._end.is_set)
            with self._engine.store.uows.read() as uow:
                ours = {_bare(one.host or _host(one.url)): one.name for one in uow.cameras.all()}
        except OSError:
            return DevicesFound(number, broke=True)
        except Exception:
            log.exception("looking for devices broke")
            return DevicesFound(number, broke=True)
        rows = (FoundRow(one.host, one.name, one.hardware, ours.get(_bare(one.host), "")) for one in found)
        return DevicesFound(number, tuple(rows))

    def ask(self, actor: Actor, host: str, user: str, password: str) -> int:
        """Where a device's streams are → :class:`DeviceAsked`."""
        permissions.demand(actor, EDIT)
        return self._submit(self._ask, DeviceAddress("", host, user, password))

    def _ask(self, number: int, device: DeviceAddress) -> DeviceAsked:
        try:
            said = OnvifMedia(device, self._engine.clock).read()
        except Refusal as refusal:
            return DeviceAsked(number, device.host, refusal=refusal)
        except Exception:
            log.exception("asking a device for its streams broke")
            return DeviceAsked(number, device.host, broke=True)
        sub = said.sub
        name = " ".join(word for word in (said.maker, said.model) if word)
        return DeviceAsked(number, device.host, said.main.url, sub.url if sub is not None else "", name)

    def write(self, actor: Actor, file: Path, *, with_passwords: bool) -> int:
        """All cameras into a table → :class:`CamerasWritten`."""
        return self._submit(self._write, actor, file, with_passwords)

    def _write(self, number: int, actor: Actor, file: Path, with_passwords: bool) -> CamerasWritten:
        from console.camera_files import write_cameras

        try:
            rows = write_cameras(self._engine.services, actor, file, with_passwords=with_passwords)
        except Refusal as refusal:
            return CamerasWritten(number, str(file), refusal=refusal)
        except Exception:
            log.exception("writing the table of cameras broke")
            return CamerasWritten(number, str(file), broke=True)
        return CamerasWritten(number, str(file), rows)

    def stop(self) -> None:
        """End what looks around, and wait for the rest."""
        self._end.set()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].rpartition("@")[2]


def _bare(host: str) -> str:
    """A host without its port."""
    name, _, port = host.rpartition(":")
    return name if name and port.isdecimal() else host
