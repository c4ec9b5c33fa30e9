"""All services over one database, made in one place for the console and the
command line alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from console.services.alarm_sources import AlarmSources
from console.services.alarm_tables import AlarmTables
from console.services.alarms import AlarmService
from console.services.audit import AuditLog
from console.services.board_filters import FilterService
from console.services.cameras import CameraService
from console.services.care import CareService
from console.services.case_import import CaseImport
from console.services.cases import CaseService
from console.services.config import ConfigService
from console.services.coverage import CoverageService
from console.services.district_map import MapService
from console.services.emergency import EmergencyService
from console.services.escalation import EscalationService
from console.services.evidence import FileEvidenceStore
from console.services.figures import KpiService
from console.services.find import FindService
from console.services.forewarning import ForewarningService
from console.services.history import HistoryService
from console.services.intake import IntakeService
from console.services.key_rotation import KeyRotation
from console.services.kiosk import KioskService
from console.services.notices import NoticeService
from console.services.notify_settings import NotifySettings
from console.services.oversight import OversightService
from console.services.packs import PackService
from console.services.people import PeopleService
from console.services.persons import PersonService
from console.services.ports import Clock, PasswordHasher, UnitOfWorkFactory
from console.services.promises import PromiseService
from console.services.rankings import RankingService
from console.services.recorders import RecorderService
from console.services.reference import ReferenceService
from console.services.report_plans import ReportPlans
from console.services.reports import ReportService
from console.services.retention import RetentionService
from console.services.reviews import ReviewService
from console.services.room_presets import RoomPresetService
from console.services.several import SeveralService
from console.services.shift_room import ShiftRoom
from console.services.similar import SimilarService
from console.services.slack import SlackService
from console.services.sop import SopService
from console.services.steering import SteeringService
from console.services.supervision import Supervision
from console.services.teams import TeamService
from console.services.thresholds import ThresholdService
from console.services.vault import Vault
from console.services.wall_layouts import WallLayoutService
from console.services.whatif import WhatIfService
from console.services.whereabouts import Whereabouts

#: The key file's name below the data folder.
KEY_FILE = "fifteen.key"


@dataclass(frozen=True, slots=True)
class Services:
    """The use cases of one site."""

    uows: UnitOfWorkFactory
    clock: Clock
    store: FileEvidenceStore
    vault: Vault
    cases: CaseService
    alarms: AlarmService
    alarm_sources: AlarmSources
    alarm_tables: AlarmTables
    audit: AuditLog
    thresholds: ThresholdService
    promises: PromiseService
    config: ConfigService
    kpi: KpiService
    people: PeopleService
    reference: ReferenceService
    coverage: CoverageService
    cameras: CameraService
    keys: KeyRotation
    steering: SteeringService
    layouts: WallLayoutService
    room_presets: RoomPresetService
    recorders: RecorderService
    teams: TeamService
    persons: PersonService
    whereabouts: Whereabouts
    similar: SimilarService
    intake: IntakeService
    case_import: CaseImport
    slack: SlackService
    filters: FilterService
    several: SeveralService
    sop: SopService
    packs: PackService
    map: MapService
    find: FindService
    notify: NotifySettings
    notices: NoticeService
    escalation: EscalationService
    emergencies: EmergencyService
    supervision: Supervision
    forewarning: ForewarningService
    reports: ReportService
    report_plans: ReportPlans
    history: HistoryService
    shifts: ShiftRoom
    reviews: ReviewService
    oversight: OversightService
    rankings: RankingService
    whatif: WhatIfService
    kiosk: KioskService
    retention: RetentionService
    care: CareService
    purpose: str = ""


#: Use cases that need the database and a clock, and nothing else.
_PLAIN: Final[Mapping[str, Callable[[UnitOfWorkFactory, Clock], object]]] = {
    "alarms": AlarmService,
    "alarm_sources": AlarmSources,
    "alarm_tables": AlarmTables,
    "audit": AuditLog,
    "thresholds": ThresholdService,
    "promises": PromiseService,
    "forewarning": ForewarningService,
    "reports": ReportService,
    "report_plans": ReportPlans,
    "room_presets": RoomPresetService,
    "emergencies": EmergencyService,
    "reviews": ReviewService,
    "oversight": OversightService,
    "kpi": KpiService,
    "reference": ReferenceService,
    "coverage": CoverageService,
    "steering": SteeringService,
    "slack": SlackService,
    "sop": SopService,
    "rankings": RankingService,
    "whatif": WhatIfService,
    "care": CareService,
}


def assemble(
    uows: UnitOfWorkFactory,
    clock: Clock,
    data: Path,
    *,
    evidence_root: Path | None = None,
    hasher: PasswordHasher | None = None,
    purpose: str = "",
) -> Services:
    """Make the services. ``data`` is the data folder; evidence lies below it unless ``evidence_root``
    says otherwise; ``purpose`` is the database's, for screens to show. Nothing is opened or written yet."""
    store, vault = _store(data, evidence_root), Vault(data / KEY_FILE)
    cases, persons, people, teams = _rooms(uows, clock, store, vault, hasher)
    where, notify = Whereabouts(uows, clock), NotifySettings(uows, clock, vault)
    intake = IntakeService(cases, persons, where)
    plain: dict[str, Any] = {name: make(uows, clock) for name, make in _PLAIN.items()}
    return Services(
        **plain,
        uows=uows,
        clock=clock,
        store=store,
        vault=vault,
        cases=cases,
        persons=persons,
        whereabouts=where,
        similar=SimilarService(uows, clock, store),
        intake=intake,
        case_import=CaseImport(uows, clock, intake),
        find=FindService(uows, clock, vault),
        notify=notify,
        notices=NoticeService(uows, clock, notify),
        escalation=EscalationService(uows, clock, notify),
        supervision=Supervision(uows),
        config=ConfigService(uows, clock, data),
        history=HistoryService(uows, clock, store, purpose),
        people=people,
        layouts=WallLayoutService(uows, clock),
        cameras=CameraService(uows, clock, vault),
        keys=KeyRotation(uows, clock, vault),
        recorders=RecorderService(uows, clock),
        teams=teams,
        shifts=ShiftRoom(uows, clock, people, teams, vault),
        filters=FilterService(uows),
        kiosk=KioskService(uows, clock, hasher, data / "kiosk-tries.json"),
        several=SeveralService(uows, cases),
        packs=PackService(uows, clock, store),
        map=MapService(uows, clock, data),
        retention=RetentionService(uows, clock, store),
        purpose=purpose,
    )


def _rooms(
    uows: UnitOfWorkFactory,
    clock: Clock,
    store: FileEvidenceStore,
    vault: Vault,
    hasher: PasswordHasher | None,
) -> tuple[CaseService, PersonService, PeopleService, TeamService]:
    """What other services are made of."""
    return (
        CaseService(uows, clock, store),
        PersonService(uows, clock, vault),
        PeopleService(uows, clock, hasher),
        TeamService(uows, clock, store),
    )


def _store(data: Path, evidence_root: Path | None) -> FileEvidenceStore:
    return FileEvidenceStore(evidence_root or data / "evidence", data / "spool")
