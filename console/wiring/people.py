"""The sections of accounts and of the audit log on the page of administration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QStandardPaths, Slot

from console.domain.errors import Refusal
from console.domain.model import User
from console.i18n import explain, t
from console.models.names import NameBook
from console.reports.tables import WRITERS, write_table
from console.services import permissions
from console.services.audit_records import AuditPage
from console.services.audit_requests import LoadAudit
from console.services.people_requests import (
    AccountsView,
    AddAccount,
    LoadAccounts,
    NewRecoveryCode,
    SetAccount,
    ShownCode,
    UnlockAccount,
)
from console.services.ports import Change
from console.services.requests import Answer, Broke, Heavy, Refused, Request
from console.services.views import Names
from console.widgets.audit_section import AuditSection
from console.widgets.people_section import PeopleSection
from console.windows.desk_base import DeskBase
from console.wiring.admin import AdminFrame
from console.wiring.part import Part

if TYPE_CHECKING:
    from console.app import ConsoleApp
    from console.services.assembly import Services

PEOPLE: Final = "people"
AUDIT: Final = "audit"


@dataclass(frozen=True, slots=True)
class WriteAudit(Heavy):
    """The audit log as a file → how many rows."""

    file: Path
    text: str = ""
    kinds: tuple[str, ...] = ()
    since: datetime | None = None


def written(services: Services, request: WriteAudit) -> int:
    """Write what a search finds; that it was written is an entry itself."""
    from console.commands.audit import COLUMNS, document_of

    if request.file.suffix.lower() not in WRITERS:
        raise Refusal("bad_usage", "export", file=request.file.name)
    entries = services.audit.taken(
        request.actor, request.file.name, request.text, request.kinds, request.since
    )
    return write_table((document_of(one) for one in entries), COLUMNS, request.file)


class _Accounts(QObject):
    """The section of accounts of one desk window."""

    def __init__(self, part: People, window: DeskBase) -> None:
        super().__init__(part)
        self._part, self._window = part, window
        self._load = 0
        self._asked: dict[int, tuple[Request, str]] = {}
        self.section = section = PeopleSection(part.console.theme)
        self.page = part.admin.page(window)
        self.page.add_section(PEOPLE, section)
        self.page.shown.connect(self._shown)
        self.page.hidden.connect(self._hidden)
        section.unlock_wanted.connect(self._unlock)
        section.close_wanted.connect(self._close)
        section.code_wanted.connect(self._code)
        section.form.added.connect(self._add)
        section.form.edited.connect(self._edit)
        section.form.renewed.connect(self._renew)

    def load(self) -> None:
        """Fresh rows, while somebody can see them."""
        actor = self._part.console.actor
        if actor is not None and not self._load and self.page.seen == PEOPLE:
            self._load = self._part.engine.submit(LoadAccounts(actor))

    def answered(self, what: Answer | Refused | Broke) -> None:
        """What came back, if it was ours."""
        if what.token == self._load:
            self._load = 0
            if isinstance(what, Answer) and isinstance(what.value, AccountsView):
                self.section.apply(what.value, self._part.engine.clock.now())
            elif isinstance(what, Refused):
                self.section.say(" ".join(explain(what.refusal)), "red")
            return
        request, sentence = self._asked.pop(what.token, (None, ""))
        if request is None:
            return
        if isinstance(what, Refused):
            self.section.refuse(" ".join(explain(what.refusal)))
        elif isinstance(what, Broke):
            self.section.refuse(t("desk.say.broke"))
        elif isinstance(what.value, ShownCode):
            self.section.show_code(what.value.code)
        else:
            self.section.done(sentence)
        self.load()

    def _ask(self, request: Request, sentence: str) -> None:
        self._asked[self._part.engine.submit(request)] = (request, sentence)

    @Slot(str)
    def _shown(self, section: str) -> None:
        if section == PEOPLE:
            self.section.set_teams(self._window.control.team_names())
            self.load()

    @Slot(str)
    def _hidden(self, section: str) -> None:
        """Another page, a locked desk: no form and no code is left open."""
        if section == PEOPLE:
            self.section.close_form()
            self.section.say("")

    @Slot(object, str, bool)
    def _add(self, user: User, password: str, first: bool) -> None:
        actor = self._part.console.actor
        if actor is not None:
            self._ask(AddAccount(actor, user, password, first), t("people.list.added", name=user.name))

    @Slot(object)
    def _edit(self, user: User) -> None:
        actor = self._part.console.actor
        if actor is not None:
            wish = SetAccount(
                actor,
                user.name,
                role=user.role,
                display_zh=user.display_zh,
                display_en=user.display_en,
                team=user.team,
            )
            self._ask(wish, t("people.list.changed", name=user.name))

    @Slot(str, str, bool)
    def _renew(self, name: str, password: str, first: bool) -> None:
        actor = self._part.console.actor
        if actor is not None:
            wish = SetAccount(actor, name, password=password, change_first=first)
            self._ask(wish, t("people.list.renewed", name=name))

    @Slot(str)
    def _unlock(self, name: str) -> None:
        actor = self._part.console.actor
        if actor is not None:
            self._ask(UnlockAccount(actor, name), t("people.list.unlocked", name=name))

    @Slot(str, bool)
    def _close(self, name: str, closed: bool) -> None:
        actor = self._part.console.actor
        if actor is not None:
            key = "people.list.was_closed" if closed else "people.list.was_opened"
            self._ask(SetAccount(actor, name, disabled=closed), t(key, name=name))

    @Slot()
    def _code(self) -> None:
        actor = self._part.console.actor
        if actor is not None:
            self._ask(NewRecoveryCode(actor), "")


class _Log(QObject):
    """The section of the audit log of one desk window."""

    def __init__(self, part: People, window: DeskBase) -> None:
        super().__init__(part)
        self._part, self._window = part, window
        self._load, self._offset, self._next = 0, 0, -1
        self._people = self._write = 0
        self._file = ""
        self.section = section = AuditSection(part.console.theme)
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        section.set_folder(folder or str(Path.home()))
        self.page = part.admin.page(window)
        self.page.add_section(AUDIT, section)
        self.page.shown.connect(self._shown)
        self.page.hidden.connect(self._hidden)
        section.wanted.connect(self.load)
        section.write_wanted.connect(self._to_file)

    @Slot(int)
    def load(self, offset: int = 0) -> None:
        """Entries from this one on; one question at a time."""
        actor = self._part.console.actor
        if actor is None or self.page.seen != AUDIT:
            return
        if self._load:
            self._next = offset
            return
        text, kinds, since = self.section.filters(self._part.engine.clock.now())
        self._offset = offset
        self._load = self._part.engine.submit(LoadAudit(actor, text, kinds, since, offset=offset))

    def answered(self, what: Answer | Refused | Broke) -> None:
        """What came back, if it was ours."""
        if what.token == self._load:
            self._load = 0
            if isinstance(what, Answer) and isinstance(what.value, AuditPage):
                self.section.apply(what.value, self._offset)
            elif isinstance(what, Refused):
                self.section.say(" ".join(explain(what.refusal)), "red")
            if self._next >= 0:
                offset, self._next = self._next, -1
                self.load(offset)
        elif what.token == self._people:
            self._people = 0
            if isinstance(what, Answer) and isinstance(what.value, AccountsView):
                users = [one.user for one in what.value.rows]
                called = {user.name: (user.display_zh, user.display_en) for user in users}
                self.section.set_names(NameBook(Names({}, called, {})))
        elif what.token == self._write:
            self._write = 0
            if isinstance(what, Answer):
                self.section.say(t("people.audit.written", n=what.value, file=self._file))
            elif isinstance(what, Refused):
                self.section.say(" ".join(explain(what.refusal)), "red")
            else:
                self.section.say(t("desk.say.broke"), "red")

    @Slot(str)
    def _shown(self, section: str) -> None:
        if section != AUDIT:
            return
        self.section.set_names(self._window.control.names)
        self.load()
        actor = self._part.console.actor
        if actor is not None and permissions.may(actor, "user.read"):
            # Whoever reads no board has not been told what people are called.
            self._people = self._part.engine.submit(LoadAccounts(actor))

    @Slot(str)
    def _hidden(self, section: str) -> None:
        if section == AUDIT:
            self.section.clear()

    @Slot(str)
    def _to_file(self, file: str) -> None:
        actor = self._part.console.actor
        if actor is None or self._write:
            return
        text, kinds, since = self.section.filters(self._part.engine.clock.now())
        path = Path(file).expanduser()
        self._file = str(path)
        self._write = self._part.engine.submit(WriteAudit(actor, path, text, kinds, since))


class People(Part):
    """Accounts and the audit log, in each desk window."""

    def __init__(self, console: ConsoleApp, admin: AdminFrame) -> None:
        super().__init__(console)
        self.admin = admin
        self._accounts: list[_Accounts] = []
        self._logs: list[_Log] = []
        services = self.engine.services

        def write(request: WriteAudit) -> int:
            return written(services, request)

        self.engine.office.learn({WriteAudit: write})

    def desk(self, window: DeskBase) -> None:
        """A section each."""
        self._accounts.append(_Accounts(self, window))
        self._logs.append(_Log(self, window))

    def posted(self, what: object) -> None:
        """Answers to our questions; accounts that changed anywhere."""
        if isinstance(what, Change):
            if "user" in what.kinds:
                for one in self._accounts:
                    one.load()
        elif isinstance(what, Answer | Refused | Broke):
            for accounts in self._accounts:
                accounts.answered(what)
            for place in self._logs:
                place.answered(what)
