"""What a window may ask of the database worker, and what comes back.

A request is a frozen record; ``console.services.office.Office.handle`` turns it
into a view or an answer. The worker posts :class:`Answer` or :class:`Refused`
with the token the window was given; nothing else crosses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from console.domain.errors import Refusal
from console.domain.model import Actor, Command
from console.services.camera_records import CameraSeen
from console.services.wall_layouts import Entry


@dataclass(frozen=True, slots=True)
class Request:
    """Base of all requests. ``actor`` is the person signed in."""

    actor: Actor


@dataclass(frozen=True, slots=True)
class Reading(Request):
    """Base of requests that change nothing: answered also while this machine's
    clock is too far off to write."""


@dataclass(frozen=True, slots=True)
class Heavy(Reading):
    """Base of what reads, exports or packs for long: answered in a thread of its
    own, so that neither a step nor a sweep stands behind it."""


@dataclass(frozen=True, slots=True)
class HeavyWrite(Request):
    """Base of what writes for long (lists, large files): answered in the thread
    of the heavy ones, in many short transactions."""


@dataclass(frozen=True, slots=True)
class Prompt(Reading):
    """Base of what a hand waits for while it types: answered in a thread of its
    own, so that it stands neither behind steps nor behind what takes long."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """The one request without an actor; answered with an ``Actor``."""

    name: str
    password: str = field(repr=False)
    seat: str = ""
    #: Where the right password has to be changed before it lets anybody in.
    new_password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class LoadBoard(Reading):
    """→ ``BoardView``."""


@dataclass(frozen=True, slots=True)
class LoadCase(Reading):
    """→ ``CaseView``."""

    case_id: str


@dataclass(frozen=True, slots=True)
class LoadTrend(Reading):
    """→ ``TrendView`` of the last ``minutes``."""

    minutes: int = 60


@dataclass(frozen=True, slots=True)
class LoadCameras(Reading):
    """→ ``tuple[Camera, ...]`` without secrets."""


@dataclass(frozen=True, slots=True)
class LoadCameraSheet(Reading):
    """What is stored about one camera → ``CameraSheetView``."""

    camera: str


@dataclass(frozen=True, slots=True)
class LoadUnseen(Reading):
    """Cameras not looked at for longest → ``tuple[Unseen, ...]``."""


@dataclass(frozen=True, slots=True)
class SawCameras(Request):
    """Cameras the actor has really seen → how many rows were new."""

    rows: tuple[CameraSeen, ...]


@dataclass(frozen=True, slots=True)
class LoadTeams(Reading):
    """→ ``tuple[Team, ...]``: whom a card names."""


@dataclass(frozen=True, slots=True)
class LoadNames(Reading):
    """→ ``Names``: what people call communities, grids, cameras' places and each other."""


@dataclass(frozen=True, slots=True)
class SearchConditions(Reading):
    """Filing standard by Chinese, pinyin initials, English or code
    → ``tuple[ConditionHit, ...]``, best first."""

    text: str
    limit: int = 20


@dataclass(frozen=True, slots=True)
class OpenFromCamera(Request):
    """The N key: a case in ``registering``, found at the key press
    → ``CaseAnswer``."""

    camera: str
    pressed_at: datetime


@dataclass(frozen=True, slots=True)
class Act(Request):
    """One transition → ``CaseAnswer``. ``seen_version`` is the version the
    officer was looking at (0: do not care); another one is a lost race."""

    case_id: str
    command: Command
    seen_version: int = 0


@dataclass(frozen=True, slots=True)
class AnswerApproval(Request):
    """The second person's word → ``CaseAnswer``."""

    request_id: int
    approve: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WithdrawRequest(Request):
    """Take one's own request back → ``CaseAnswer``."""

    request_id: int


@dataclass(frozen=True, slots=True)
class AttachCaptured(Request):
    """Files the feeds wrote for a case → ``CaseAnswer``. Each file is
    ``(path, kind, captured_at, camera)``."""

    case_id: str
    files: tuple[tuple[str, str, datetime, str], ...]
    clock_offset_s: float | None = None
    """How far the camera's own clock was off then, seconds; ``None`` unknown."""


@dataclass(frozen=True, slots=True)
class Acknowledge(Request):
    """→ ``Alarm``; promise in minutes: 1, 2 or 3."""

    alarm_id: int
    minutes: int = 2


@dataclass(frozen=True, slots=True)
class Shelve(Request):
    """→ ``Alarm``."""

    alarm_id: int
    minutes: int
    reason: str


@dataclass(frozen=True, slots=True)
class Unshelve(Request):
    """→ ``Alarm``."""

    alarm_id: int


@dataclass(frozen=True, slots=True)
class LoadLayouts(Reading):
    """→ ``Library``: the site's named layouts, salvos and tours."""


@dataclass(frozen=True, slots=True)
class PutLayout(Request):
    """→ ``Library``. Adds ``entry``, or lets it take the place of ``was`` if
    that is still of version ``seen``."""

    entry: Entry
    was: str = ""
    seen: int = 0


@dataclass(frozen=True, slots=True)
class DeleteLayout(Request):
    """→ ``Library``. ``kind``: ``layouts``, ``salvos`` or ``tours``."""

    kind: str
    name: str
    seen: int


@dataclass(frozen=True, slots=True)
class TakeHelm(Request):
    """Steer a camera from a seat, or go on doing so → ``Hold``. ``over`` takes
    it from whoever has it (shift leader)."""

    camera: str
    seat: str
    over: bool = False


@dataclass(frozen=True, slots=True)
class LeaveHelm(Request):
    """Give it back → ``None``."""

    camera: str
    seat: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the worker posts when a request went through."""

    token: int
    request: object
    value: object


@dataclass(frozen=True, slots=True)
class Refused:
    """What the worker posts when a rule said no."""

    token: int
    request: object
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Broke:
    """What the worker posts after a bug: it is logged, the board goes on."""

    token: int
    request: object
    summary: str
