"""From the demonstration to a real site in one screen, by keys; its administrator
signs in at a console of the new site."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

import db
from console import restart, site_setup
from console.clock import SystemClock
from console.domain.errors import Refusal
from console.domain.vocabulary import Role
from console.services.assembly import assemble
from console.services.report_plans import SITE
from console.services.site_wish import SiteWish
from console.settings import locate
from console.windows.language import switch_language
from console.windows.setup_window import SetupWindow
from console.wiring.site_setup import SiteSetup
from tests.gui.cut_text import bare_keys, cut_texts
from tests.scenarios.console_kit import Seat, build_site, press, seat, typed, until

PASSWORD = "nine green bicycles"


def pictures(window: SetupWindow, name: str) -> list[str]:
    """What has no room, in both languages; pictures into ``FIFTEEN_SHOTS``."""
    found: list[str] = []
    for lang in ("zh", "en"):
        switch_language(lang)
        QTest.qWait(80)
        found += [f"{name} {lang}: {line}" for line in (*cut_texts(window), *bare_keys(window))]
        if os.environ.get("FIFTEEN_SHOTS"):
            window.grab().save(f"{os.environ['FIFTEEN_SHOTS']}/setup-{name}-{lang}.png")
    switch_language("zh")
    return found


def filled(here: Seat, window: SetupWindow, password: str) -> None:
    """Every field by the keyboard, Enter from one to the next."""
    page = window.page
    here.take(window, page.site)
    page.site.clear()
    typed("Yingbin Road")
    press(Qt.Key.Key_Return)
    page.admin.clear()
    typed("zhou.admin")
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Return)
    for field in (page.pair.first, page.pair.again):
        field.clear()
        typed(password)
        press(Qt.Key.Key_Return)


# A machine under load beats late; that is no part of this story.
@pytest.mark.logs("maximum number of running instances")
@pytest.mark.usefixtures("qapp")
def test_leaving_the_demonstration_is_one_screen(tmp_path: Path) -> None:
    demo = build_site(tmp_path / "demo", f"sqlite:///{tmp_path / 'demo' / 'demo.sqlite'}", None, "demo")
    real = locate(data=str(tmp_path / "real"), environ={"FIFTEEN_CACHE": str(tmp_path / "cache")})
    assert site_setup.is_bare(real)
    with seat(demo, full_screen=False) as here:
        setup = next(part for part in here.console.parts if isinstance(part, SiteSetup))
        setup.places = real
        closed: list[bool] = []
        here.console.closed.connect(lambda: closed.append(True))
        here.sign_in()
        assert here.desk.parts.demo.leave.isVisible()
        here.desk.keys.run("site_setup")
        window = setup.window
        assert window is not None
        assert pictures(window, "empty") == []
        filled(here, window, "zhou.admin1")
        until(lambda: bool(window.page._error.text()), "a weak password is refused")
        assert site_setup.is_bare(real), "nobody was made with a weak password"
        filled(here, window, PASSWORD)
        until(lambda: window.made is not None, "the site")
        assert pictures(window, "code") == []
        window.close()
        assert window.isVisible(), "closed before the code was written down"
        code = window.page.once.shown.text().replace("\n", "-")
        here.take(window, window.page.once.go)
        press(Qt.Key.Key_Space)
        typed(code)
        press(Qt.Key.Key_Return)
        until(lambda: closed, "the demonstration ends")
        assert setup.leaving
    with db.open_store(real.db_url) as store, store.uows.read() as uow:
        assert uow.settings.get(SITE) == "Yingbin Road"
        stored = "".join(uow.settings.all().values())
        assert code not in stored
        assert uow.reference.conditions()
    with pytest.raises(Refusal, match=r"conflict\.site_exists"):
        site_setup.make(SiteWish("a", "b", "c", PASSWORD), real)
    with db.open_store(real.db_url) as store:
        people = assemble(store.uows, SystemClock(), real.data).people
        came = people.sign_in("zhou.admin", PASSWORD, "WS-1")
        assert came.role is Role.ADMIN
        back, fresh = people.recover("zhou.admin", code.lower(), "seven copper lanterns", "WS-1")
        assert (back.name, fresh != code) == ("zhou.admin", True)


def test_the_address_of_a_shared_database_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    url = "postgresql://fifteen@db.lan/fifteen"
    site_setup.keep(tmp_path, url)
    kept = tmp_path / "database"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert locate(data=str(tmp_path), environ={}).db_url == url
    assert locate(db="other.sqlite", data=str(tmp_path), environ={}).db_url == "other.sqlite"
    assert locate(data=str(tmp_path), environ={"FIFTEEN_DB": "sqlite:///x"}).db_url == "sqlite:///x"
    wish = SiteWish("a", "b", "c", PASSWORD, "postgresql://u:p@h/d")
    nowhere = locate(data=str(tmp_path / "no"), environ={})
    with pytest.raises(Refusal, match=r"bad_usage\.url_password"):
        site_setup.make(wish, nowhere)


def test_the_demonstration_becomes_the_console_of_the_site() -> None:
    words = ["/usr/bin/python3", "main.py", "demo", "--cameras", "36"]
    assert restart.site_command(words) == [sys.executable, "main.py", "run"]
