"""A supervised case rings when its reply is near, louder when it is overdue, and
is silent once it was given."""

from __future__ import annotations

from datetime import datetime, timedelta

from console.domain.model import Alarm, Case
from console.domain.vocabulary import AlarmState, Severity, SourceKind
from console.i18n import LANGUAGES
from console.services.supervision import REPLY_SOON
from console.source_words import guide, said
from tests.unit.services.conftest import LEADER, Site


def looked(site: Site) -> Alarm | None:
    """One round of the watcher; the alarm of supervision that is open then."""
    now = site.clock.now()
    site.services.alarm_sources.present("supervision", site.services.supervision.conditions(now), now)
    with site.store.uows.read() as uow:
        rows = [one for one in uow.alarms.find(active=True).rows if one.source_kind is SourceKind.SUPERVISION]
    assert len(rows) <= 1
    return rows[0] if rows else None


def supervised(site: Site, minutes: int) -> tuple[Case, datetime]:
    due = site.clock.now() + timedelta(minutes=minutes)
    case = site.do(site.open(), "file")
    return site.do(case, "supervise", reply_by=due, text="请说明"), due


def test_it_rings_near_its_time_and_louder_over_it(each_site: Site) -> None:
    site = each_site
    case, due = supervised(site, 120)
    assert looked(site) is None
    site.clock.at = due - REPLY_SOON - timedelta(seconds=1)
    assert looked(site) is None
    site.clock.on(seconds=1)
    near = looked(site)
    assert near is not None
    assert (near.source_id, near.code, near.severity) == (case.id, "reply_due", Severity.LOW)
    assert near.began_at == due - REPLY_SOON
    site.clock.at = due
    over = looked(site)
    assert over is not None
    assert (over.id, over.code, over.severity) == (near.id, "reply_overdue", Severity.MEDIUM)
    for lang in LANGUAGES:
        assert "10:15" in said(lang, over)
        assert "Shift+H" in guide(lang, over)
    assert looked(site) == over, "told again, nothing changes"
    site.do(case, "reply", text="已安排")
    site.clock.on(seconds=5)
    after = looked(site)
    assert after is not None
    assert after.state is AlarmState.RETURNED, "over, and waits for somebody who has seen it"
    site.services.alarms.acknowledge(LEADER, after.id)
    assert looked(site) is None


def test_a_later_time_takes_it_back_and_an_ended_case_still_owes(site: Site) -> None:
    case, due = supervised(site, 10)
    first = looked(site)
    assert first is not None
    assert first.code == "reply_due"
    site.do(case, "supervise", reply_by=due + timedelta(hours=3))
    site.clock.on(seconds=5)
    later = looked(site)
    assert later is not None
    assert later.state is AlarmState.RETURNED
    ended = site.through(case, "dispatch", "accept", "arrive", "handled", "check", "close")
    assert ended.reply_by == due + timedelta(hours=3)
    site.clock.at = due + timedelta(hours=3)
    again = looked(site)
    assert again is not None
    assert (again.code, again.state) == ("reply_overdue", AlarmState.RAISED)
