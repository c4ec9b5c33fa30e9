"""What is asked before there is a site, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SiteWish:
    """What the one screen asks: what the district is called, who administers it,
    where the data lies (``url`` empty: one file in the data folder)."""

    site: str
    admin: str
    display: str
    password: str = field(repr=False)
    url: str = ""
    seat: str = ""


@dataclass(frozen=True, slots=True)
class SiteMade:
    """A site that stands: its database, without a password, and its recovery code,
    told this once."""

    url: str
    code: str = field(repr=False)
