"""A real site set up from nothing: database, standard, first administrator, the
recovery code. No Qt; whoever shows it calls it outside the GUI thread.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from console.clock import clock_for
from console.domain.errors import Refusal
from console.domain.model import User
from console.domain.vocabulary import Purpose, Role
from console.services.assembly import assemble
from console.services.report_plans import SITE
from console.services.site_wish import SiteMade, SiteWish
from console.settings import DATABASE_FILE, Places
from db import Store, has_password, open_store, shown
from db import admin as database

#: Longest name of a site, characters.
LONGEST: Final = 60
_NOTHING: Final = frozenset({"path", "tables"})


def is_bare(places: Places) -> bool:
    """Whether there is no site yet: no database, no tables, or nobody to sign in.
    Raises ``Refusal`` for what is there and cannot be opened."""
    try:
        with open_store(places.db_url) as store:
            return has_nobody(store)
    except Refusal as refusal:
        if is_nothing(refusal):
            return True
        raise


def has_nobody(store: Store) -> bool:
    """A site's database in which nobody could sign in."""
    if store.purpose is not Purpose.SITE:
        return False
    with store.uows.read() as uow:
        return not uow.users.all()


def is_nothing(refusal: Refusal) -> bool:
    """A database was refused because there is none yet."""
    return refusal.code == "db_missing" and refusal.detail in _NOTHING


def make(wish: SiteWish, places: Places) -> SiteMade:
    """Set the site up. Raises ``Refusal``: ``bad_value.site_name``, those of accounts
    and passwords, those of databases; ``conflict.site_exists`` where somebody did it
    before. What was begun and refused can be begun again."""
    name = " ".join(wish.site.split())
    if not name or len(name) > LONGEST:
        raise Refusal("bad_value", "site_name", most=LONGEST)
    url = wish.url.strip()
    if url and has_password(url):
        raise Refusal("bad_usage", "url_password")
    places = Places(url or places.db_url, places.data, places.cache)
    if not is_bare(places):
        raise Refusal("conflict", "site_exists", url=shown(places.db_url))
    places.data.mkdir(parents=True, exist_ok=True)
    database.init(places.db_url, Purpose.SITE)
    with open_store(places.db_url) as store:
        services = assemble(store.uows, clock_for(str(store.purpose)), places.data, purpose="site")
        display = " ".join(wish.display.split()) or wish.admin
        admin = User(wish.admin.strip(), display, display, Role.ADMIN)
        services.reference.load_shipped()
        _, code = services.people.begin(admin, wish.password, wish.seat)
        with store.uows.write() as uow:
            uow.settings.put(SITE, name)
            uow.touch("setting")
            uow.commit()
    if url:
        keep(places.data, url)
    return SiteMade(url or places.db_url, code)


def keep(data: Path, url: str) -> None:
    """The console finds this database from now on; only the owner reads where."""
    path = data / DATABASE_FILE
    spare = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(url)
    os.replace(spare, path)
