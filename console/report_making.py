"""Making the reports of the plans: one thread of the console and of ``fifteen watch``.

APScheduler wakes it (``console.scheduling.appointments``); what is owed is a
matter of the database, so it may wake late, twice or in two programs at once.
A period is claimed before it is made; files are written whole or not at all;
an address that has been reached is not written to again by the next try.
"""

from __future__ import annotations

import logging
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from console.domain.errors import Refusal
from console.domain.report_plan import Plan, Span
from console.i18n import LANGUAGES, explain, t_in
from console.notify.channel import Cut, SendFailed
from console.notify.mail import Letter, MailChannel
from console.scheduling.appointments import Appointments
from console.services.assembly import Services
from console.services.ports import Clock
from console.services.report_records import ReportRun

log = logging.getLogger(__name__)

#: How long the end waits for a report under way, in seconds.
PATIENCE_S: Final = 20.0
#: How long the thread waits for the main one to prepare fonts, in seconds.
FONTS_S: Final = 30.0


class _Failed(Exception):
    """A report that could not be delivered; ``words`` in both languages."""

    def __init__(self, words: dict[str, str]) -> None:
        super().__init__(words.get("en", ""))
        self.words = words


class ReportMaker:
    """Makes what is owed. ``seat`` tells programs apart."""

    def __init__(self, services: Services, clock: Clock, seat: str, purpose: str = "") -> None:
        self._services, self._clock, self._seat = services, clock, seat
        self._mail = MailChannel(clock, purpose)
        self._timer = Appointments(clock)
        self._woken, self._stopping = threading.Event(), threading.Event()
        self._fonts_asked, self._fonts_there = threading.Event(), threading.Event()
        self._cut = Cut()
        self._thread = threading.Thread(target=self._run, name="report-maker", daemon=True)

    def start(self) -> None:
        """Begin; what was missed is made at once."""
        self._timer.start(self.wake)
        self._thread.start()
        self.wake()

    def wake(self) -> None:
        """Look soon: something may be owed."""
        self._woken.set()

    def prepare(self) -> None:
        """From the main thread now and then: what the first PDF needs of Qt has
        to be made there, fonts where no window stands."""
        if self._fonts_asked.is_set() and not self._fonts_there.is_set():
            self._ready()

    def stop(self) -> bool:
        """End; false when a report under way did not in time."""
        self._stopping.set()
        self._cut.stop()
        self._woken.set()
        self._fonts_there.set()
        self._timer.stop()
        if self._thread.ident is not None:
            self._thread.join(PATIENCE_S)
        return not self._thread.is_alive()

    def once(self, told: Callable[[ReportRun], None] | None = None) -> int:
        """Make what is owed here and now, on the main thread of a program that
        does not stay; how many were tried. ``told`` after each."""
        if any("pdf" in plan.formats for plan, _ in self._services.report_plans.due()):
            self._ready()
        return self._all(told)

    def _ready(self) -> None:
        from console.reports import case_sheet, report_pictures

        case_sheet.fonts()
        report_pictures.warm()
        self._fonts_there.set()

    # -- the thread ---------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.wait()
            self._woken.clear()
            if self._stopping.is_set():
                return
            try:
                self._all(None)
                self._timer.move(self._services.report_plans.next_due())
            except Refusal as refusal:
                # The database is away or busy: the next look finds it all again.
                log.warning("planned reports cannot be looked at: %s", refusal.code)
            except Exception:
                log.exception("making planned reports broke")

    def _all(self, told: Callable[[ReportRun], None] | None) -> int:
        tried = 0
        for plan, span in self._services.report_plans.due():
            if self._stopping.is_set():
                break
            run = self._services.report_plans.claim(plan, span, self._seat)
            if run is None:
                continue
            tried += 1
            self._one(run, plan, span)
            if told is not None:
                told(run)
        return tried

    def _one(self, run: ReportRun, plan: Plan, span: Span) -> None:
        files: tuple[str, ...] = run.files
        sent = list(run.sent)
        try:
            with tempfile.TemporaryDirectory(prefix="fifteen-report-") as spare:
                made = self._made(plan, span, Path(plan.folder) if plan.folder else Path(spare))
                files = tuple(str(file) for file in made) if plan.folder else ()
                if not self._services.report_plans.renew(run):
                    return  # somebody else took it over; the files are the same
                for address in plan.mails:
                    if address not in sent:
                        self._send(plan, span, address, made)
                        sent.append(address)
        except _Failed as failure:
            self._failed(run, plan, failure.words, files, sent)
        except Refusal as refusal:
            words = {lang: " ".join(explain(refusal, lang)) for lang in LANGUAGES}
            self._failed(run, plan, words, files, sent)
        except Exception as error:
            log.exception("the report %s of %s broke", span.id, plan.id)
            words = {lang: t_in(lang, "reports.run.broke", kind=type(error).__name__) for lang in LANGUAGES}
            self._failed(run, plan, words, files, sent)
        else:
            self._services.report_plans.done(run, files, tuple(sent))
            log.info("report %s of %s made", span.id, plan.id)

    def _failed(
        self, run: ReportRun, plan: Plan, words: dict[str, str], files: tuple[str, ...], sent: list[str]
    ) -> None:
        log.info("report %s of %s failed: %s", run.period, plan.id, words.get("en", ""))
        self._services.report_plans.failed(run, words, files, tuple(sent))

    def _made(self, plan: Plan, span: Span, folder: Path) -> list[Path]:
        """Write every format. Raises ``Refusal``."""
        from console.reports import report_build, report_doc, report_words

        try:
            # Its parent must be there: a share that is away is not made anew.
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise Refusal("bad_file", "place", path=str(folder)) from error
        if "pdf" in plan.formats:
            self._demand_fonts()
        data = self._services.reports.read_planned(plan.by, plan.subject, span)
        report = report_build.build(data, plan.lang)
        made = []
        for one in plan.formats:
            file = folder / f"{report_words.file_name(report.title, span)}.{one}"
            report_doc.write(report, file)
            made.append(file)
        return made

    def _demand_fonts(self) -> None:
        self._fonts_asked.set()
        if not self._fonts_there.wait(FONTS_S) or self._stopping.is_set():
            raise Refusal("internal", "report_fonts")

    def _send(self, plan: Plan, span: Span, address: str, files: list[Path]) -> None:
        from console.reports import report_words

        names = self._services.reports.name_of(plan.subject)
        title = report_words.title(plan.subject, names, plan.lang)
        period = report_words.period(span, plan.lang)
        with self._services.uows.read() as uow:
            config = self._services.notify.config(uow)
        letter = Letter(
            address,
            f"{title} {period}",
            t_in(plan.lang, "reports.mail.body", title=title, period=period, plan=plan.name),
            tuple(files),
            f"report:{plan.id}:{span.id}:{address}",
        )
        try:
            self._mail.send_files(letter, config, self._cut)
        except SendFailed as failure:
            raise _Failed({lang: _reason(failure, address, lang) for lang in LANGUAGES}) from failure


def _reason(failure: SendFailed, address: str, lang: str) -> str:
    from console.notify import wording

    return t_in(lang, "reports.run.not_sent", address=address, reason=wording.reason(lang, failure.reason))
