"""The threads that empty the outbox, one for each way out."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from typing import Final

from console.domain.errors import Refusal
from console.notify.channel import Channel, Cut, SendFailed
from console.notify.mail import MailChannel
from console.notify.webhook import WebhookChannel
from console.services.notice_records import Notice
from console.services.notices import NoticeService
from console.services.ports import Clock

log = logging.getLogger(__name__)

#: How often the outbox is looked at when nobody wakes the sender, in seconds.
LOOK_S: Final = 1.0
#: How long the database is left alone after it failed, in seconds.
REST_S: Final = 5.0
#: How long :meth:`Outbox.stop` waits for a thread, in seconds.
STOP_S: Final = 5.0


def channels(clock: Clock, purpose: str) -> dict[str, Channel]:
    """Every way out, by name."""
    return {"webhook": WebhookChannel(clock, purpose), "email": MailChannel(clock, purpose)}


class Outbox:
    """Sends what is due. One way that hangs does not hold up another. Several
    programs may run one each: the lease gives a notice to one of them."""

    def __init__(self, notices: NoticeService, ways: Mapping[str, Channel], seat: str) -> None:
        self._senders = [_Sender(name, way, notices, f"{seat}-{name}") for name, way in ways.items()]

    def start(self) -> None:
        """Begin to send."""
        for sender in self._senders:
            sender.start()

    def wake(self) -> None:
        """Something was put into the outbox: look at once."""
        for sender in self._senders:
            sender.woken.set()

    def drain(self) -> None:
        """Send what is due now, here, without threads."""
        for sender in self._senders:
            while sender.one():
                pass

    def stop(self) -> bool:
        """Cut what is under way, end; false when a thread did not."""
        for sender in self._senders:
            sender.stop()
        left = [sender for sender in self._senders if not sender.ended()]
        return not left


class _Sender(threading.Thread):
    """Takes one notice after the other."""

    def __init__(self, name: str, way: Channel, notices: NoticeService, by: str) -> None:
        super().__init__(name=f"notices-{name}", daemon=True)
        self._channel = name
        self._way = way
        self._notices = notices
        self._by = by
        self._cut = Cut()
        self._stopping = threading.Event()
        self.woken = threading.Event()

    def stop(self) -> None:
        self._stopping.set()
        self.woken.set()
        self._cut.stop()

    def ended(self) -> bool:
        if self.ident is not None:
            self.join(STOP_S)
        return not self.is_alive()

    def run(self) -> None:
        while not self._stopping.is_set():
            self.woken.clear()
            rest = LOOK_S
            try:
                while not self._stopping.is_set() and self.one():
                    pass
            except Refusal as refusal:
                # The database is away or busy; what was leased is tried again
                # when its lease ends.
                log.warning("the outbox cannot be read: %s", refusal.code)
                rest = REST_S
            except Exception:
                log.exception("sending notices broke")
                rest = REST_S
            (self.woken if rest == LOOK_S else self._stopping).wait(rest)

    def one(self) -> bool:
        """Take and send one; false when nothing is due."""
        taken = self._notices.take(self._channel, self._by)
        if taken is None:
            return False
        notice = taken.notice
        try:
            self._way.send(notice, taken.config, self._cut)
        except SendFailed as failure:
            self._failed(notice, failure)
        else:
            self._notices.sent(notice)
            log.info("notice %s sent by %s, try %d", notice.id, self._channel, notice.attempts)
        return True

    def _failed(self, notice: Notice, failure: SendFailed) -> None:
        if self._stopping.is_set():
            self._notices.give_back(notice)
            return
        log.info("notice %s not sent by %s: %s", notice.id, self._channel, failure.reason)
        self._notices.failed(notice, failure.reason, for_good=failure.for_good, wait_s=failure.wait_s)
