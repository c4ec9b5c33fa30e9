"""Simulated cameras in a process of their own.

For the demo and the measurements: the cameras stand outside the console, as
they do in the street, and their work is not counted as the console's.
"""

from __future__ import annotations

import multiprocessing
import signal
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Self

from console.clock import SystemClock
from console.domain.errors import Refusal
from console.simulation.rtsp_server import SimulatedCameras, stream_url

_ANSWER_S = 120.0


@dataclass(frozen=True, slots=True)
class CameraPlan:
    """What :class:`SimulatedCameras` is to be started with; ``faults`` in
    their command-line form. The password travels over the pipe only."""

    count: int
    cache: Path
    port: int = 0
    size: tuple[int, int] | None = None
    fps: int | None = None
    auth: tuple[str, str] | None = None
    faults: tuple[str, ...] = ()
    scheme: str = "digest"


class SpawnedCameras:
    """Simulated cameras in a child process; also a context manager.

    The child ends with :meth:`stop`, and by itself when this process dies.
    """

    def __init__(self, plan: CameraPlan) -> None:
        self.plan = plan
        self.port = plan.port
        self.user, self.password = plan.auth or ("", "")
        context = multiprocessing.get_context("spawn")
        self._pipe, self._far = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(self._far,), name="simulated-cameras", daemon=True
        )

    @property
    def pid(self) -> int:
        """Process id, so that its CPU can be left out of a measurement."""
        return self._process.pid or 0

    @property
    def urls(self) -> tuple[str, ...]:
        """Main streams, in the order of the cameras, without credentials."""
        return tuple(stream_url(self.port, self.plan.count, n) for n in range(1, self.plan.count + 1))

    @property
    def urls_sub(self) -> tuple[str, ...]:
        """Sub streams, in the order of the cameras."""
        count = self.plan.count
        return tuple(stream_url(self.port, count, n, sub=True) for n in range(1, count + 1))

    def start(self) -> Self:
        """Start the child; returns when it serves. Raises as
        :meth:`SimulatedCameras.start`."""
        self._process.start()
        self._far.close()
        try:
            self.port = int(str(self._ask(("start", self.plan))))
        except Refusal:
            self.stop()
            raise
        return self

    def set_fault(self, number: int, kind: str) -> None:
        """Begin a fault on camera ``number`` (from 1) now."""
        self._ask(("fault", number, kind))

    def heal(self, number: int) -> None:
        """End whatever is wrong with camera ``number``."""
        self._ask(("heal", number))

    def statistics(self) -> dict[str, int]:
        """As :meth:`SimulatedCameras.statistics`."""
        answer = self._ask(("statistics",))
        assert isinstance(answer, dict)
        return answer

    def _ask(self, message: tuple[object, ...]) -> object:
        try:
            self._pipe.send(message)
            if not self._pipe.poll(_ANSWER_S):
                raise Refusal("no_camera", "simulator")
            answer = self._pipe.recv()
        except (EOFError, OSError) as error:
            raise Refusal("no_camera", "simulator") from error
        if answer[0] == "refused":
            raise Refusal(answer[1], answer[2], **answer[3])
        return answer[1]

    def stop(self) -> None:
        """End the child. May be called twice."""
        if self._pipe.closed:
            return
        self._pipe.close()
        if self._process.pid is not None:
            self._process.join(10)
            if self._process.is_alive():
                self._process.kill()
                self._process.join(5)
            self._process.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _serve(pipe: Connection) -> None:
    """The child: obey the pipe until it closes."""
    # An interrupt in the terminal reaches both; the parent decides when to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cameras: SimulatedCameras | None = None
    try:
        while True:
            message = pipe.recv()
            try:
                if message[0] == "start":
                    cameras = _begin(message[1])
                pipe.send(("done", _obey(cameras, message)))
            except Refusal as refusal:
                # An exception with facts by name does not survive the pipe.
                pipe.send(("refused", refusal.code, refusal.detail, refusal.facts))
    except (EOFError, OSError):
        pass  # the console has gone: so do the cameras
    finally:
        if cameras is not None:
            cameras.stop()


def _begin(plan: CameraPlan) -> SimulatedCameras:
    cameras = SimulatedCameras(
        plan.count,
        SystemClock(),
        plan.cache,
        plan.port,
        plan.size,
        plan.fps,
        plan.auth,
        plan.faults,
        plan.scheme,
    )
    return cameras.start()


def _obey(cameras: SimulatedCameras | None, message: tuple[object, ...]) -> object:
    if cameras is None:
        raise Refusal("no_camera", "simulator")
    match message:
        case ("start", _):
            return cameras.port
        case ("fault", int(number), str(kind)):
            cameras.set_fault(number, kind)
        case ("heal", int(number)):
            cameras.heal(number)
        case ("statistics",):
            return cameras.statistics()
    return None
