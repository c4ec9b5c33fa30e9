"""The closed lists of the field: states, actions, clocks, lamps, roles.

Sources: GB/T 30428.8 practice for the life of a case, ISA-18.2 for alarms.
The values are the words of the command line's JSON and of the database.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where a case stands (案件状态)."""

    REPORTED = "reported"
    VERIFYING = "verifying"
    REGISTERING = "registering"
    FILED = "filed"
    DISPATCHED = "dispatched"
    ENROUTE = "enroute"
    HANDLING = "handling"
    SUSPENDED = "suspended"
    FEEDBACK = "feedback"
    CHECKING = "checking"
    CLOSING = "closing"
    CLOSED = "closed"
    REJECTED = "rejected"
    VOIDED = "voided"
    DUPLICATE = "duplicate"


TERMINAL: Final = frozenset({State.CLOSED, State.REJECTED, State.VOIDED, State.DUPLICATE})
OPEN: Final = frozenset(State) - TERMINAL


class Action(StrEnum):
    """What a person (or the scheduler) does to a case."""

    OPEN = "open"
    VERIFY = "verify"
    VERIFIED = "verified"
    FILE = "file"
    REJECT = "reject"
    MERGE = "merge"
    LINK = "link"
    DISPATCH = "dispatch"
    ADD_TEAM = "add-team"
    ACCEPT = "accept"
    REFUSE = "refuse"
    ARRIVE = "arrive"
    HANDLED = "handled"
    FEEDBACK = "feedback"
    CHECK = "check"
    CLOSE = "close"
    SUSPEND = "suspend"
    RESUME = "resume"
    EXTEND = "extend"
    VOID = "void"
    FORCE_CLOSE = "force-close"
    APPEAL = "appeal"
    CORRECT = "correct"
    SUPERVISE = "supervise"
    REPLY = "reply"
    URGE = "urge"
    NOTE = "note"
    ATTACH = "attach"
    REOPEN = "reopen"
    # The reporter of a closed case was asked whether the answer satisfies.
    CALL_BACK = "call-back"
    # The answers to a request for approval, its end without one, and what the
    # sweep records.
    APPROVE = "approve"
    DENY = "deny"
    WITHDRAW = "withdraw"
    ALARM = "alarm"
    # About the reporter, never with a name: looked at, called back, erased.
    PERSON = "person"
    # An evidence pack left the house; changes nothing of the case.
    PACK = "pack"
    # Files of an ended case were removed by the rule of retention; their hashes stay.
    RETENTION = "retention"
    # An emergency was reported upward; changes nothing of the case.
    UP_REPORT = "up-report"
    # A line of a shift's log; belongs to no case.
    SHIFT = "shift"
    # Sampling: drawn, judged, objected to; about the work of people, of no case.
    REVIEW = "review"
    # An entry of the audit log; belongs to no case.
    AUDIT = "audit"


class DeadlineKind(StrEnum):
    """The clocks of a case."""

    DECISION = "decision"
    VERIFY = "verify"
    DISPATCH = "dispatch"
    ARRIVAL = "arrival"
    TOTAL = "total"
    HANDLING = "handling"
    CHECK = "check"


class Lamp(StrEnum):
    """Stage light: green to 80 % of the limit, yellow to 100 %, then red."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class Unit(StrEnum):
    """Units of a limit (时限单位)."""

    URGENT_MINUTE = "urgent_minute"
    URGENT_HOUR = "urgent_hour"
    WORK_HOUR = "work_hour"
    WORK_DAY = "work_day"
    NATURAL_DAY = "natural_day"


class Source(StrEnum):
    """Who saw it first."""

    CAMERA = "camera"
    PATROL = "patrol"
    PUBLIC = "public"
    HANDDOWN = "handdown"
    OTHER = "other"


class Channel(StrEnum):
    """How a field team told the desk."""

    PHONE = "phone"
    RADIO = "radio"
    APP = "app"
    DESK = "desk"


class Role(StrEnum):
    """Rights a person holds. The last five are the traditional posts that
    ``separate_filing`` restores."""

    DUTY = "duty"
    LEADER = "leader"
    SUPERVISOR = "supervisor"
    FIELD = "field"
    KIOSK = "kiosk"
    ADMIN = "admin"
    CALLTAKER = "calltaker"
    DISPATCHER = "dispatcher"
    INSPECTOR = "inspector"
    SYSTEM = "system"


class Severity(StrEnum):
    """Priority of an alarm; on screen 低/中/高 (L/M/H)."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 low, 1 medium, 2 high."""
        return _RANK[self.value]


_RANK: Final = {"low": 0, "medium": 1, "high": 2}


class AlarmState(StrEnum):
    """Life of an alarm, ISA-18.2."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    SHELVED = "shelved"
    SUPPRESSED = "suppressed"
    RETURNED = "returned"
    CLEARED = "cleared"


class SourceKind(StrEnum):
    """What an alarm is about. ``SEGMENT`` is another name of ``NETWORK``: a
    network segment, a switch or a recorder, with the cameras behind it."""

    CASE = "case"
    CAMERA = "camera"
    NETWORK = "network"
    SEGMENT = "network"
    SYSTEM = "system"
    DISK = "disk"
    DATABASE = "database"
    SCHEDULER = "scheduler"
    BACKUP = "backup"
    EMERGENCY = "emergency"
    SUPERVISION = "supervision"


class EvidenceKind(StrEnum):
    """What a file in the evidence store shows."""

    SNAPSHOT = "snapshot"
    MAIN_PICTURE = "main_picture"
    CLIP = "clip"
    BEFORE = "before"
    AFTER = "after"
    DOCUMENT = "document"


class Purpose(StrEnum):
    """What a database is for; only ``test`` obeys a shifted clock."""

    SITE = "site"
    DEMO = "demo"
    DRILL = "drill"
    TEST = "test"


class FeedState(StrEnum):
    """What a tile may say about its camera. Age decides, never the player."""

    CONNECTING = "connecting"
    LIVE = "live"
    STALE = "stale"
    FROZEN = "frozen"
    LOST = "lost"
    BACKOFF = "backoff"
    UNAUTHORISED = "unauthorised"
    NOT_FOUND = "not_found"
    BAD_DATA = "bad_data"
    DISABLED = "disabled"
