"""Database URLs: what people write, what SQLAlchemy wants, what may be shown."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from console.domain.errors import Refusal

_POSTGRES = ("postgresql", "postgres", "postgresql+psycopg")
#: scheme://user:password@rest, where the last @ ends the password, so that a
#: password may hold any sign without being percent-encoded.
_WITH_USER = re.compile(
    r"^(?P<scheme>[a-z+0-9]+)://(?P<user>[^:/@?#]*)(?::(?P<password>.*))?@(?P<rest>[^@]*)$",
    re.IGNORECASE | re.DOTALL,
)
_SCHEME = re.compile(r"^([a-z][a-z+0-9]*)://", re.IGNORECASE)


def parse(url: str) -> URL:
    """The SQLAlchemy URL of ``url``: ``sqlite:///FILE``, ``postgresql://…``,
    ``postgres://…``, or simply the path of an SQLite file.

    Raises ``Refusal('bad_usage', 'db_url')`` without repeating the text, which
    may hold a password.
    """
    scheme = _SCHEME.match(url)
    if scheme is None:
        if not url.strip() or url.startswith("sqlite:"):
            raise Refusal("bad_usage", "db_url", url=shown(url))
        return URL.create("sqlite+pysqlite", database=url)
    try:
        name = scheme[1].lower()
        url = name + url[len(name) :]
        return _postgres(url) if name in _POSTGRES else _sqlite(url, name)
    except (ArgumentError, ValueError):
        raise Refusal("bad_usage", "db_url", url=shown(url)) from None


def _sqlite(url: str, scheme: str) -> URL:
    if scheme not in ("sqlite", "sqlite+pysqlite"):
        raise Refusal("bad_usage", "db_url", url=shown(url))
    made = make_url(url)
    if not made.database or made.database == ":memory:" or made.host:
        raise Refusal("bad_usage", "db_url", url=shown(url))
    return URL.create("sqlite+pysqlite", database=made.database)


def _postgres(url: str) -> URL:
    found = _WITH_USER.match(url)
    if found is None:
        made = make_url(url)
    else:
        made = make_url(f"postgresql://{found['rest']}")
        password = found["password"]
        made = made.set(
            username=unquote(found["user"]) or None,
            password=None if password is None else unquote(password),
        )
    return made.set(drivername="postgresql+psycopg")


def is_sqlite(url: URL) -> bool:
    """True for an embedded database."""
    return url.get_backend_name() == "sqlite"


def file_of(url: URL) -> Path:
    """The file of an SQLite URL."""
    return Path(url.database or "").expanduser().absolute()


def has_password(url: str) -> bool:
    """True when ``url`` carries a password (refused on a command line)."""
    found = _WITH_USER.match(url)
    if found is not None and found["password"]:
        return True
    return bool(re.search(r"[?&]password=", url, re.IGNORECASE))


def shown(url: str | URL) -> str:
    """``url`` without its password: fit for a screen, a log or an answer."""
    if isinstance(url, URL) and is_sqlite(url):
        return f"sqlite:///{url.database}"
    value = url.render_as_string(hide_password=True).replace("%2F", "/") if isinstance(url, URL) else url
    value = value.replace("postgresql+psycopg:", "postgresql:", 1)
    value = re.sub(r"([?&]password=)[^&]*", r"\1***", value, flags=re.IGNORECASE)
    found = _WITH_USER.match(value)
    if found is None:
        return value
    return f"{found['scheme']}://{found['user']}@{found['rest']}"


def parameters(url: URL) -> dict[str, str]:
    """libpq parameters of ``url``, for connections outside SQLAlchemy."""
    named = {
        "host": url.host,
        "port": str(url.port) if url.port else None,
        "user": url.username,
        "password": url.password,
        "dbname": url.database,
    }
    found = {key: str(value) for key, value in named.items() if value}
    for key, value in url.query.items():
        found[key] = value if isinstance(value, str) else ",".join(value)
    return found
