"""Escalation on both databases: each step once, whoever finds it; the outbox."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from console.domain.errors import Refusal
from console.domain.model import Case
from console.domain.vocabulary import AlarmState, Severity
from console.notify.outbox import Outbox, channels
from console.services.assembly import assemble
from console.services.escalation import MOST_SINGLE, EscalationService
from console.services.notice_records import Notice
from console.services.notices import BACK_OFF_S, MOST_TRIES, lease_s
from tests import receivers
from tests.unit.services.conftest import ADMIN, DUTY, KIOSK, Site
from tests.unit.services.test_alarms import alarm_of


def late(site: Site) -> Case:
    """A case whose decision is overdue: one high alarm, raised at 80 %."""
    case = site.open()
    site.clock.on(seconds=240)
    site.services.alarms.sweep()
    site.clock.on(seconds=60)
    site.services.alarms.sweep()
    return case


def put(site: Site, **settings: str) -> None:
    """Set some, with ``__`` for the full stop."""
    for name, text in settings.items():
        site.services.notify.put(ADMIN, name.replace("__", "."), text)


def rows(site: Site, state: str = "") -> list[Notice]:
    """Notices that leave the house, oldest first."""
    found = site.services.notices.list(DUTY, state)
    return [row for row in reversed(found) if row.channel != "screen"]


def steps(site: Site, case: Case) -> list[str]:
    """Who was called, from the alarm's own record."""
    with site.store.uows.read() as uow:
        events = uow.alarms.events_of(alarm_of(site, case).id)
    return [event.reason for event in events if event.what == "escalated"]


def test_each_step_is_recorded_once_and_stops_on_acknowledge(each_site: Site) -> None:
    site = each_site
    put(site, webhook__url="http://127.0.0.1:1/", escalate__high="90:leader,180:supervisor")
    case = late(site)
    assert site.services.escalation.run().steps == 0
    site.clock.on(seconds=30)
    assert site.services.escalation.run().steps == 1
    assert site.services.escalation.run().steps == 0
    fresh = EscalationService(site.store.uows, site.clock, site.services.notify)
    assert fresh.run().steps == 0, "another program, which has seen nothing yet"
    assert [(r.channel, r.target, r.state) for r in rows(site)] == [("webhook", "leader", "waiting")]
    site.services.alarms.acknowledge(DUTY, alarm_of(site, case).id, 3)
    site.clock.on(seconds=100)
    assert site.services.escalation.run().steps == 0
    assert site.services.notices.take("webhook", "me") is None, "nobody is called for what is answered"
    assert [r.state for r in rows(site)] == ["dropped"]
    assert steps(site, case) == ["leader"]
    site.clock.on(seconds=80)
    site.services.alarms.sweep()
    site.clock.on(seconds=45)
    assert site.services.escalation.run().steps == 1, "the promise was broken: half the wait"
    assert steps(site, case) == ["leader", "leader"]


def test_two_at_once_call_nobody_twice(each_site: Site) -> None:
    site = each_site
    put(site, webhook__url="http://127.0.0.1:1/", escalate__high="1:leader,2:supervisor,3:duty")
    for _ in range(4):
        site.open()
    site.clock.on(seconds=300)
    site.services.alarms.sweep()
    site.clock.on(seconds=30)
    both = [EscalationService(site.store.uows, site.clock, site.services.notify) for _ in range(4)]
    gate, done, broke = threading.Barrier(4), [], []

    def run(service: EscalationService) -> None:
        gate.wait(10)
        try:
            done.append(service.run())
        except Exception as error:
            broke.append(error)

    threads = [threading.Thread(target=run, args=(service,)) for service in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    for service in both:
        done.append(service.run())
    assert broke == []
    assert sum(one.steps for one in done) == 12
    assert sum(one.notices for one in done) == 12 == len(rows(site))


def test_a_burst_is_one_summary(each_site: Site) -> None:
    site = each_site
    put(
        site,
        smtp__host="127.0.0.1",
        address__leader="a@example.org，b@example.org",
        escalate__high="5:leader",
    )
    for _ in range(MOST_SINGLE + 7):
        site.open()
    site.clock.on(seconds=300)
    site.services.alarms.sweep()
    site.clock.on(seconds=5)
    done = site.services.escalation.run()
    assert (done.steps, done.notices) == (MOST_SINGLE + 7, 2)
    waiting = rows(site, "waiting")
    assert sorted(row.address for row in waiting) == ["a@example.org", "b@example.org"]
    assert {row.facts["count"] for row in waiting} == {MOST_SINGLE + 7}
    assert len(rows(site, "folded")) == 2 * (MOST_SINGLE + 7)


def test_a_step_that_leads_nowhere_can_be_seen(site: Site) -> None:
    put(site, smtp__host="127.0.0.1", escalate__high="5:supervisor:email")
    late(site)
    assert site.services.escalation.run().notices == 0
    assert [(r.state, r.reason) for r in rows(site)] == [("skipped", "no_address")]


def waiting_one(site: Site) -> None:
    """One webhook notice that is due."""
    put(site, webhook__url="http://127.0.0.1:1/", escalate__high="5:leader:webhook")
    late(site)
    assert site.services.escalation.run().notices == 1


def test_a_lease_is_one_senders_until_it_ends(each_site: Site) -> None:
    site = each_site
    waiting_one(site)
    first = site.services.notices.take("webhook", "one")
    assert first is not None
    assert site.services.notices.take("webhook", "two") is None
    site.clock.on(seconds=lease_s(10) - 0.1)
    assert site.services.notices.take("webhook", "two") is None
    site.clock.on(seconds=0.1)
    second = site.services.notices.take("webhook", "two")
    assert second is not None
    assert second.notice.key == first.notice.key
    assert site.services.notices.sent(first.notice) is False, "the lease was lost"
    assert site.services.notices.sent(second.notice) is True
    assert [(r.state, r.attempts) for r in rows(site)] == [("sent", 2)]


def test_a_failure_backs_off_and_is_given_up_in_the_end(site: Site) -> None:
    waiting_one(site)
    notices = site.services.notices
    for attempt in range(1, MOST_TRIES + 1):
        taken = notices.take("webhook", "one")
        assert taken is not None, attempt
        notices.failed(taken.notice, "http:500")
        assert notices.take("webhook", "one") is None
        site.clock.on(seconds=BACK_OFF_S[min(attempt, len(BACK_OFF_S)) - 1])
    (row,) = rows(site)
    assert (row.state, row.attempts, row.reason) == ("failed", MOST_TRIES, "http:500")
    assert notices.counts(site.clock.now() - timedelta(days=1))["failed"] == 1
    site.clock.on(days=91)
    assert notices.forget() == 2
    assert rows(site) == []


def test_the_outbox_tries_again_until_it_arrives(site: Site) -> None:
    with receivers.web_receiver(500, "drop", 200) as web:
        waiting_one(site)
        put(site, webhook__url=web.url)
        outbox = Outbox(site.services.notices, channels(site.clock, "test"), "seat")
        for wait in (0, BACK_OFF_S[0], BACK_OFF_S[1], 60):
            site.clock.on(seconds=wait)
            outbox.drain()
        assert len(set(web.keys)) == 1
        assert len(web.keys) == 3
        assert len({item.body for item in web.posted}) == 1, "the same bytes at every try"
    assert [(r.state, r.attempts) for r in rows(site)] == [("sent", 3)]


def test_a_way_that_hangs_holds_up_no_other(site: Site) -> None:
    with receivers.web_receiver("hang") as web, receivers.mail_receiver() as post:
        put(site, webhook__url=web.url, smtp__host="127.0.0.1", smtp__port=str(post.port))
        put(site, smtp__security="none", address__leader="wang@example.org", escalate__high="5:leader")
        late(site)
        assert site.services.escalation.run().notices == 2
        outbox = Outbox(site.services.notices, channels(site.clock, "test"), "seat")
        outbox.start()
        try:
            assert web.arrived.wait(20)
            for _ in range(400):
                if post.mails:
                    break
                threading.Event().wait(0.05)
        finally:
            assert outbox.stop()
        assert [to for to, _ in post.mails] == ["wang@example.org"]
    states = {row.channel: (row.state, row.reason) for row in rows(site)}
    assert states["webhook"] == ("waiting", "stopped"), "cut by the stop, free for another at once"


def test_secrets_are_sealed_and_another_key_file_is_told(site: Site) -> None:
    put(site, webhook__url="http://127.0.0.1:1/", webhook__secret="s3cret")
    with site.store.uows.read() as uow:
        assert "s3cret" not in str(dict(uow.settings.all()))
        assert site.services.notify.config(uow).webhook is not None
    assert site.services.notify.shown(ADMIN)["webhook.secret"] == "***"
    elsewhere = assemble(site.store.uows, site.clock, site.folder / "elsewhere")
    with site.store.uows.read() as uow:
        assert elsewhere.notify.config(uow).sealed == ("webhook.secret",)


@pytest.mark.parametrize(
    ("name", "text", "detail"),
    [
        ("nothing", "x", "setting_name"),
        ("smtp.port", "0", "setting"),
        ("smtp.port", "twenty", "setting"),
        ("smtp.security", "yes", "notify_choice"),
        ("webhook.url", "ftp://x/", "notify_url"),
        ("webhook.url", "http://u:p@x/", "notify_url_password"),
        ("webhook.url", "http://x:99999/", "notify_url"),
        ("address.leader", "王@例.中国", "notify_mail"),
        ("address.leader", ",".join(f"a{n}@x.y" for n in range(21)), "notify_mails"),
        ("smtp.host", "x" * 10_000, "notify_text"),
        ("smtp.host", "x\r\ny", "notify_text"),
        ("backup.at", "25:00", "notify_at"),
        ("escalate.high", "soon:leader", "escalation"),
    ],
)
def test_settings_that_cannot_be_are_refused_and_nothing_changes(
    site: Site, name: str, text: str, detail: str
) -> None:
    before = site.services.notify.shown(ADMIN)
    with pytest.raises(Refusal) as caught:
        site.services.notify.put(ADMIN, name, text)
    assert (caught.value.code, caught.value.detail) == ("bad_value", detail)
    assert site.services.notify.shown(ADMIN) == before


def test_only_an_administrator_sets_them(site: Site) -> None:
    with pytest.raises(Refusal) as caught:
        site.services.notify.put(DUTY, "lang", "en")
    assert caught.value.code == "forbidden"
    assert site.services.notify.put(ADMIN, "smtp.port", "２５") == "25", "full-width digits"
    assert site.services.notify.put(ADMIN, "smtp.port", "") == "587"
    assert site.services.notify.put(ADMIN, "escalate.high", "-") == "-"
    with site.store.uows.read() as uow:
        assert site.services.notify.policy(uow)[Severity.HIGH] == ()


def test_at_the_hand_over_what_was_taken_on_rings_again(each_site: Site) -> None:
    site = each_site
    put(site, webhook__url="http://127.0.0.1:1/", escalate__high="60:leader")
    case, other = site.open(), site.open()
    site.clock.on(seconds=300)
    site.services.alarms.sweep()
    taken = site.services.alarms.acknowledge(DUTY, alarm_of(site, case).id, 3)
    site.clock.on(seconds=10)
    with pytest.raises(Refusal):
        site.services.alarms.hand_over(KIOSK)
    (back,) = site.services.alarms.hand_over(DUTY)
    assert (back.id, back.state, back.louder, back.severity) == (
        taken.id,
        AlarmState.RAISED,
        0,
        taken.severity,
    )
    assert (back.acked_by, back.promise_until, back.raised_at) == ("", None, site.clock.now())
    assert site.services.alarms.hand_over(DUTY) == ()
    with site.store.uows.read() as uow:
        last = uow.alarms.events_of(back.id)[-1]
    assert (last.what, last.actor, last.reason) == ("handed_over", DUTY.name, DUTY.name)
    site.clock.on(seconds=59)
    site.services.escalation.run()
    assert (steps(site, case), steps(site, other)) == ([], ["leader"])
    site.clock.on(seconds=1)
    site.services.escalation.run()
    assert steps(site, case) == ["leader"]
