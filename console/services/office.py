"""What windows may ask, answered in the database worker's thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from console.domain.model import Camera, Condition, Team
from console.domain.vocabulary import Action, EvidenceKind, Source
from console.services import (
    alarm_log,
    audit_requests,
    board_room,
    camera_requests,
    config_desk,
    district_map,
    figures_desk,
    find,
    history,
    intake_desk,
    kiosk,
    live_charts,
    people_requests,
    permissions,
    rankings,
    recorders,
    report_requests,
    requests,
    review_requests,
    room_presets,
    shift_room,
    teams,
    whatif,
)
from console.services.assembly import Services
from console.services.board import BoardReader
from console.services.cases import Attachment, NewCase
from console.services.forewarning import LookAhead
from console.services.search import ConditionIndex
from console.services.views import CaseAnswer, ConditionHit, Names
from console.services.wall_layouts import Library

#: What rooms with use cases of their own answer: each takes the services and
#: gives a handler by request type. Their requests stand in their own modules.
Room = Callable[[Services], Mapping[type, Callable[[Any], object]]]
ROOMS: Final[tuple[Room, ...]] = (
    alarm_log.handlers,
    audit_requests.handlers,
    board_room.handlers,
    config_desk.handlers,
    camera_requests.handlers,
    district_map.handlers,
    figures_desk.handlers,
    find.handlers,
    history.handlers,
    intake_desk.handlers,
    kiosk.handlers,
    live_charts.handlers,
    people_requests.handlers,
    rankings.handlers,
    recorders.handlers,
    report_requests.handlers,
    review_requests.handlers,
    room_presets.handlers,
    shift_room.handlers,
    teams.handlers,
    whatif.handlers,
)


class Office:
    """Turns a request of :mod:`console.services.requests` into its answer.

    Safe from several threads; each request opens its own units of work.
    Raises ``Refusal`` as the use cases do, ``TypeError`` for what is no request.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._board = BoardReader(
            services.uows,
            services.clock,
            services.store,
            services.purpose,
            services.slack,
            teams=services.teams,
        )
        #: Reads the open cases ahead of the first board.
        self.warm = self._board.warm
        self._index: tuple[tuple[Condition, ...], ConditionIndex] | None = None
        self._handlers: dict[type, Callable[[Any], object]] = {
            requests.SignIn: self._sign_in,
            requests.LoadBoard: self._load_board,
            requests.LoadCase: self._load_case,
            requests.LoadTrend: self._load_trend,
            LookAhead: self._look_ahead,
            requests.LoadCameras: self._load_cameras,
            requests.LoadCameraSheet: self._load_camera_sheet,
            requests.LoadUnseen: self._load_unseen,
            requests.SawCameras: self._saw,
            requests.LoadTeams: self._load_teams,
            requests.LoadNames: self._load_names,
            requests.SearchConditions: self._search,
            requests.OpenFromCamera: self._open_from_camera,
            requests.Act: self._act,
            requests.AnswerApproval: self._answer_approval,
            requests.WithdrawRequest: self._withdraw_request,
            requests.AttachCaptured: self._attach,
            requests.Acknowledge: self._acknowledge,
            requests.Shelve: self._shelve,
            requests.Unshelve: self._unshelve,
            requests.TakeHelm: self._take_helm,
            requests.LeaveHelm: self._leave_helm,
            requests.LoadLayouts: self._load_layouts,
            requests.PutLayout: self._put_layout,
            requests.DeleteLayout: self._delete_layout,
        }
        for room in ROOMS:
            self._handlers.update(room(services))

    def learn(self, handlers: Mapping[type, Callable[[Any], object]]) -> None:
        """What a composition root adds, for use cases that need more than services."""
        self._handlers.update(handlers)

    def handle(self, request: object) -> object:
        """The view or answer the request's docstring names."""
        handler = self._handlers.get(type(request))
        if handler is None:
            raise TypeError(f"nobody handles {type(request).__name__}")
        return handler(request)

    def _sign_in(self, request: requests.SignIn) -> object:
        return self._services.people.sign_in(
            request.name, request.password, request.seat, request.new_password
        )

    def _load_board(self, request: requests.LoadBoard) -> object:
        return self._board.board(request.actor)

    def _look_ahead(self, request: LookAhead) -> int:
        return self._services.forewarning.ring(request.actor, self._board.foretold())

    def _load_case(self, request: requests.LoadCase) -> object:
        return self._board.case(request.actor, request.case_id)

    def _load_trend(self, request: requests.LoadTrend) -> object:
        return self._board.trend(request.actor, request.minutes)

    def _load_cameras(self, request: requests.LoadCameras) -> tuple[Camera, ...]:
        permissions.demand(request.actor, "camera.read")
        with self._services.uows.read() as uow:
            return tuple(replace(camera, username="", secret="") for camera in uow.cameras.all())

    def _load_camera_sheet(self, request: requests.LoadCameraSheet) -> object:
        return self._services.coverage.sheet(request.actor, request.camera)

    def _load_unseen(self, request: requests.LoadUnseen) -> object:
        return self._services.coverage.longest_unseen(request.actor)

    def _saw(self, request: requests.SawCameras) -> int:
        return self._services.coverage.saw(request.actor, request.rows)

    def _load_teams(self, request: requests.LoadTeams) -> tuple[Team, ...]:
        if not permissions.may(request.actor, "board.read"):
            permissions.demand(request.actor, "standard.read")
        return self._services.reference.teams().rows

    def _load_names(self, request: requests.LoadNames) -> Names:
        # Whoever configures cameras reads no board, but knows communities by name.
        if not permissions.may(request.actor, "camera.edit"):
            permissions.demand(request.actor, "board.read")
        with self._services.uows.read() as uow:
            places = uow.reference.places()
            users = uow.users.all()
        named = {p.name_zh: (p.name_zh, p.name_en) for p in places if p.kind not in ("community", "grid")}
        return Names(
            communities={p.id: (p.name_zh, p.name_en) for p in places if p.kind == "community"},
            people={u.name: (u.display_zh, u.display_en) for u in users},
            places=named,
        )

    def _search(self, request: requests.SearchConditions) -> tuple[ConditionHit, ...]:
        permissions.demand(request.actor, "standard.read")
        with self._services.uows.read() as uow:
            conditions = uow.reference.conditions()
        if self._index is None or self._index[0] != conditions:
            self._index = (conditions, ConditionIndex(conditions))
        return self._index[1].find(request.text, request.limit)

    def _open_from_camera(self, request: requests.OpenFromCamera) -> CaseAnswer:
        new = NewCase(source=Source.CAMERA, camera=request.camera, found_at=request.pressed_at)
        return self._services.cases.open(request.actor, new)

    def _act(self, request: requests.Act) -> CaseAnswer:
        command = request.command
        # Files named in a form come along as evidence of the step.
        kind = EvidenceKind.AFTER if command.action is Action.HANDLED else EvidenceKind.DOCUMENT
        files = tuple(Attachment(Path(name), kind) for name in command.files)
        return self._services.cases.act(
            request.actor,
            request.case_id,
            replace(command, files=()),
            seen_version=request.seen_version,
            attachments=files,
        )

    def _answer_approval(self, request: requests.AnswerApproval) -> CaseAnswer:
        cases = self._services.cases
        if request.approve:
            return cases.approve(request.actor, request.request_id)
        return cases.deny(request.actor, request.request_id, request.reason)

    def _withdraw_request(self, request: requests.WithdrawRequest) -> CaseAnswer:
        return self._services.cases.withdraw(request.actor, request.request_id)

    def _attach(self, request: requests.AttachCaptured) -> CaseAnswer:
        files = tuple(
            Attachment(Path(path), EvidenceKind(kind), captured_at, camera, request.clock_offset_s)
            for path, kind, captured_at, camera in request.files
        )
        return self._services.cases.attach(request.actor, request.case_id, files)

    def _take_helm(self, request: requests.TakeHelm) -> object:
        return self._services.steering.take(request.actor, request.seat, request.camera, over=request.over)

    def _leave_helm(self, request: requests.LeaveHelm) -> None:
        self._services.steering.leave(request.actor, request.seat, request.camera)

    def _acknowledge(self, request: requests.Acknowledge) -> object:
        return self._services.alarms.acknowledge(request.actor, request.alarm_id, request.minutes)

    def _shelve(self, request: requests.Shelve) -> object:
        return self._services.alarms.shelve(request.actor, request.alarm_id, request.minutes, request.reason)

    def _unshelve(self, request: requests.Unshelve) -> object:
        return self._services.alarms.unshelve(request.actor, request.alarm_id)

    def _load_layouts(self, request: requests.LoadLayouts) -> Library:
        return self._services.layouts.load(request.actor)

    def _put_layout(self, request: requests.PutLayout) -> Library:
        return self._services.layouts.put(request.actor, request.entry, request.was, request.seen)

    def _delete_layout(self, request: requests.DeleteLayout) -> Library:
        return self._services.layouts.delete(request.actor, request.kind, request.name, request.seen)
