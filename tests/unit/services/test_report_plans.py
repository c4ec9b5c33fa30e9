"""Plans of reports: who may, what two people do at once, what a failure costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from console.domain.errors import Refusal
from console.domain.report_plan import Plan, Subject
from console.domain.rights import allowed
from console.domain.vocabulary import Role
from console.services.report_plans import AGAIN, KEY, ReportPlans
from tests.unit.services.conftest import ADMIN, DUTY, LEADER, Site

DAILY = Plan("daily", " 日 报 ", Subject("day"), folder="/srv/reports", mails=("A@x.cn", "A@x.cn"))


@pytest.fixture
def plans(site: Site) -> ReportPlans:
    return ReportPlans(site.services.uows, site.clock)


def test_who_reads_reports_and_who_plans_them() -> None:
    assert {role for role in Role if allowed(role, "report")} == {
        Role.LEADER, Role.SUPERVISOR, Role.ADMIN,
    }, "figures about people's work are not everybody's"  # fmt: skip
    assert {role for role in Role if allowed(role, "report.plan")} == {
        Role.LEADER, Role.SUPERVISOR, Role.ADMIN,
    }, "nor are plans"  # fmt: skip


def test_a_duty_officer_is_refused(plans: ReportPlans) -> None:
    for ask in (lambda: plans.plans(DUTY), lambda: plans.put(DUTY, DAILY), lambda: plans.again(DUTY, 1)):
        with pytest.raises(Refusal, match="forbidden"):
            ask()


def test_a_plan_is_kept_tidy_and_begins_now(plans: ReportPlans, site: Site) -> None:
    kept = plans.put(LEADER, DAILY)
    assert (kept.name, kept.mails, kept.by) == ("日 报", ("A@x.cn",), LEADER.name), "blanks and doubles go"
    assert kept.since == site.clock.now(), "nothing of before is owed"
    assert plans.plans(ADMIN) == (kept,), "as it was written"


def test_two_people_do_not_overwrite_each_other(plans: ReportPlans) -> None:
    first = plans.put(LEADER, DAILY)
    changed = plans.put(ADMIN, replace(first, delay=60), first.version)
    with pytest.raises(Refusal) as late:
        plans.put(LEADER, replace(first, delay=30), first.version)
    assert late.value.detail == "report_plan", "somebody was quicker"
    with pytest.raises(Refusal, match="conflict"):
        plans.put(LEADER, replace(DAILY, name="另一个"), 0)
    with pytest.raises(Refusal, match="conflict"):
        plans.delete(LEADER, "daily", first.version)
    plans.delete(LEADER, "daily", changed.version)
    assert plans.plans(LEADER) == (), "gone"


def test_a_plan_that_rested_owes_nothing_of_its_rest(plans: ReportPlans, site: Site) -> None:
    kept = plans.put(LEADER, DAILY)
    kept = plans.put(LEADER, replace(kept, enabled=False), kept.version)
    site.clock.at += timedelta(days=5)
    assert plans.due() == (), "it rests"
    plans.put(LEADER, replace(kept, enabled=True), kept.version)
    site.clock.at += timedelta(days=1)
    assert [span.id for _, span in plans.due()] == ["2026-08-10"], "only what ended since it woke"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"folder": "reports"}, "report_plan_folder"),
        ({"folder": "/" + "x" * 600}, "report_plan_folder"),
        ({"mails": ("not an address",)}, "notify_mail"),
        ({"folder": " ", "mails": ()}, "report_plan_target"),
    ],
)
def test_what_makes_no_sense_is_refused(plans: ReportPlans, wrong: dict[str, object], why: str) -> None:
    with pytest.raises(Refusal) as refused:
        plans.put(LEADER, replace(DAILY, **wrong))  # type: ignore[arg-type]
    assert refused.value.detail == why, "the sentence names what to mend"
    assert plans.plans(LEADER) == (), "nothing was kept"


def test_a_failure_is_tried_again_ever_more_seldom_then_given_up(plans: ReportPlans, site: Site) -> None:
    plans.put(LEADER, DAILY)
    site.clock.at += timedelta(days=1)
    words = {"zh": "没有送到", "en": "not sent"}
    for tried, wait in enumerate(AGAIN, start=1):
        ((plan, span),) = plans.due()
        run = plans.claim(plan, span, "desk")
        assert run is not None
        assert run.attempts == tried, "each try is counted"
        assert plans.failed(run, words, (), ("A@x.cn",)), "kept with its reason"
        assert plans.due() == (), "not at once"
        assert plans.next_due() <= site.clock.now() + wait, "somebody looks again in time"  # type: ignore[operator]
        site.clock.at += wait
    ((plan, span), *_) = plans.due()
    last = plans.claim(plan, span, "desk")
    assert last is not None
    assert last.sent == ("A@x.cn",), "who has it already is known to the next try"
    plans.failed(last, words, (), ())
    (kept, *_) = [one for one in plans.runs(LEADER) if one.period == span.id]
    assert (kept.state, kept.next_at) == ("failed", None), "given up, and shown as such"
    plans.again(LEADER, kept.id)
    assert span.id in [one.id for _, one in plans.due()], "a person may ask for it"


def test_a_spoilt_text_is_no_plan_and_stops_nothing(plans: ReportPlans, site: Site) -> None:
    with site.services.uows.write() as uow:
        uow.settings.put(KEY, '[{"id": 7}]')
        uow.commit()
    assert plans.plans(LEADER) == (), "nobody can read it"
    assert plans.due() == (), "and nothing is made of it"
