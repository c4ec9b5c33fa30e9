"""Reports made by a plan: the plans of the site, and which are due.

Plans are one text in the settings; what came of a period is a row of its own,
claimed by one program at a time (``report_records``). What was missed while no
program ran is made up for; what fails is tried again, ever more seldom, and is
shown with its reason.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import Any, Final

from console.domain import report_plan
from console.domain.errors import Refusal
from console.domain.model import Actor
from console.domain.report_plan import Plan, Span, Subject
from console.domain.vocabulary import Role
from console.services import audit, notify_settings, permissions, shift_plan
from console.services.ports import Clock, UnitOfWork, UnitOfWorkFactory
from console.services.report_records import ReportRun

#: Key of the text among the settings.
KEY: Final = "report.plans"
#: What reports carry above their title, where the office has set it.
SITE: Final = "site.name"
MOST_PLANS: Final = 100
MOST_PATH: Final = 500
MOST_MAILS: Final = 20
#: How long a claim holds unless it is renewed.
HOLD: Final = timedelta(minutes=10)
#: After each failure it is tried again so much later; then nobody tries any more.
AGAIN: Final = tuple(timedelta(minutes=wait) for wait in (1, 5, 15, 30, 60, 120, 240, 480))


class ReportPlans:
    """Reads and changes plans, gives out runs, keeps what came of them.
    Raises ``Refusal``."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._uows, self._clock = uows, clock

    # -- for people ------------------------------------------------------------

    def plans(self, actor: Actor) -> tuple[Plan, ...]:
        """Every plan, by name."""
        permissions.demand(actor, "report")
        with self._uows.read() as uow:
            return _load(uow)

    def put(self, actor: Actor, plan: Plan, seen: int = 0) -> Plan:
        """Add a plan (``seen`` 0), or take the place of the one with its id and
        version ``seen``. A new one begins with the period that runs now. Raises
        ``forbidden``, ``bad_value``, ``conflict.report_plan``."""
        permissions.demand(actor, "report.plan")
        plan = _sound(replace(plan, name=" ".join(plan.name.split()), by=actor.name))
        with self._uows.write() as uow:
            found = {one.id: one for one in _load(uow)}
            was = found.get(plan.id)
            if (was.version if was else 0) != seen:
                raise Refusal("conflict", "report_plan", name=plan.name)
            if was is None and len(found) >= MOST_PLANS:
                raise Refusal("bad_value", "report_plan_many", most=MOST_PLANS)
            rested = was is None or not was.enabled or was.subject != plan.subject
            since = self._clock.now() if rested else was.since if was else plan.since
            found[plan.id] = replace(plan, since=since, version=seen + 1)
            _store(uow, found)
            facts = {"name": plan.name, "formats": plan.formats, "mails": plan.mails, "folder": plan.folder}
            audit.changed(uow, self._clock, actor, "report_plan", id=plan.id, **facts)
            uow.commit()
        return found[plan.id]

    def delete(self, actor: Actor, plan_id: str, seen: int) -> None:
        """Take a plan away; the reports it made stay."""
        permissions.demand(actor, "report.plan")
        with self._uows.write() as uow:
            found = {one.id: one for one in _load(uow)}
            if plan_id not in found or found[plan_id].version != seen:
                raise Refusal("conflict", "report_plan", name=plan_id)
            del found[plan_id]
            _store(uow, found)
            audit.changed(uow, self._clock, actor, "report_plan", id=plan_id, removed=True)
            uow.commit()

    def runs(self, actor: Actor, limit: int = 100) -> tuple[ReportRun, ...]:
        """What was made of late, the newest period first."""
        permissions.demand(actor, "report")
        with self._uows.read() as uow:
            return uow.report_runs.newest(limit)

    def again(self, actor: Actor, run_id: int) -> None:
        """Make one once more. Raises ``conflict.report_run`` while somebody is
        making it, or where there is none."""
        permissions.demand(actor, "report.plan")
        with self._uows.write() as uow:
            if not uow.report_runs.again(run_id, self._clock.now()):
                raise Refusal("conflict", "report_run", run=run_id)
            uow.commit()

    # -- for the program that makes them ------------------------------------------

    def due(self) -> tuple[tuple[Plan, Span], ...]:
        """What is owed now and free, the oldest first."""
        now = self._clock.now()
        found: list[tuple[Plan, Span]] = []
        with self._uows.read() as uow:
            plan_of_shifts = shift_plan.load(uow)
            for plan in _load(uow):
                spans = report_plan.due(plan, plan_of_shifts, now)
                done = uow.report_runs.done(plan.id, tuple(span.id for span in spans), now)
                found += [(plan, span) for span in spans if span.id not in done]
        return tuple(sorted(found, key=_ended))

    def next_due(self) -> datetime | None:
        """When to look again: the next period that ends, or a next try."""
        now = self._clock.now()
        with self._uows.read() as uow:
            plan_of_shifts = shift_plan.load(uow)
            owed = [report_plan.next_due(plan, plan_of_shifts, now) for plan in _load(uow)]
            tries = [run.next_at for run in uow.report_runs.newest() if run.state == "again"]
        ahead = [at for at in (*owed, *tries) if at is not None and at > now]
        return min(ahead, default=None)

    def claim(self, plan: Plan, span: Span, by: str) -> ReportRun | None:
        """One period's report for ``by``; ``None`` when somebody else has it."""
        now = self._clock.now()
        wanted = ReportRun(
            plan.id,
            span.id,
            plan.subject.kind,
            span.start,
            span.end,
            "making",
            lease_by=by,
            lease_until=now + HOLD,
        )
        with self._uows.write() as uow:
            run = uow.report_runs.claim(wanted, now)
            uow.commit()
        return run

    def renew(self, run: ReportRun) -> bool:
        """Keep a claim while the work goes on; false when it was lost."""
        with self._uows.write() as uow:
            held = uow.report_runs.renew(replace(run, lease_until=self._clock.now() + HOLD))
            uow.commit()
        return held

    def done(self, run: ReportRun, files: tuple[str, ...], sent: tuple[str, ...]) -> bool:
        """It is made and has gone where it should."""
        now = self._clock.now()
        ended = replace(run, state="done", made_at=now, next_at=None, files=files, sent=sent, error={})
        return self._settle(ended, files=files, recipient=sent)

    def failed(
        self, run: ReportRun, error: Mapping[str, str], files: tuple[str, ...], sent: tuple[str, ...]
    ) -> bool:
        """It failed: what is there already is kept, and when it is tried again."""
        now = self._clock.now()
        left = run.attempts <= len(AGAIN)
        after = now + AGAIN[run.attempts - 1] if left else None
        short = {lang: words[:400] for lang, words in error.items()}
        state = "again" if left else "failed"
        return self._settle(replace(run, state=state, next_at=after, files=files, sent=sent, error=short))

    def _settle(self, run: ReportRun, **told: object) -> bool:
        with self._uows.write() as uow:
            kept = uow.report_runs.settle(run)
            if kept and told:
                by = next((plan.by for plan in _load(uow) if plan.id == run.plan), "")
                actor = Actor(by, Role.SYSTEM)
                facts = {"name": run.kind, "id": run.plan, "start": run.start_at, **told}
                audit.write(uow, self._clock, actor, audit.Kind.EXPORT, what="report", **facts)
            uow.commit()
        return kept


def _ended(owed: tuple[Plan, Span]) -> tuple[datetime, str]:
    return owed[1].end, owed[0].id


def _sound(plan: Plan) -> Plan:
    """Raises ``bad_value`` for what a plan may not be."""
    folder = plan.folder.strip()
    if folder and (len(folder) > MOST_PATH or not PurePath(folder).is_absolute() or "\0" in folder):
        raise Refusal("bad_value", "report_plan_folder", folder=folder[:80])
    mails = notify_settings.mails(",".join(plan.mails), MOST_MAILS)
    return report_plan.sound(replace(plan, folder=folder, mails=mails))


def _load(uow: UnitOfWork) -> tuple[Plan, ...]:
    """The plans; a text another program has spoilt holds none."""
    try:
        rows = json.loads(uow.settings.get(KEY) or "[]")
        return tuple(sorted((_plan(row) for row in rows), key=_name))
    except (ValueError, KeyError, TypeError):
        return ()


def renewed(text: str) -> str:
    """A stored text read and written again. Raises ``Refusal``, ``KeyError``,
    ``TypeError``, ``ValueError`` for a plan that cannot be one."""
    plans = [_sound(_plan(row)) for row in json.loads(text or "[]")]
    return json.dumps([{**asdict(one), "since": one.since.isoformat()} for one in plans], ensure_ascii=False)


def _name(plan: Plan) -> tuple[str, str]:
    return plan.name, plan.id


def _plan(row: Mapping[str, Any]) -> Plan:
    more = {
        "subject": Subject(**row["subject"]),
        "formats": tuple(row["formats"]),
        "mails": tuple(row["mails"]),
        "since": datetime.fromisoformat(row["since"]).astimezone(UTC),
    }
    return Plan(**{**row, **more})


def _store(uow: UnitOfWork, plans: Mapping[str, Plan]) -> None:
    rows = [{**asdict(plan), "since": plan.since.isoformat()} for plan in plans.values()]
    uow.settings.put(KEY, json.dumps(rows, ensure_ascii=False))
    uow.touch("report")
