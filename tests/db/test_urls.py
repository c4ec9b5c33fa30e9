"""What people write as a database URL, and what of it may be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.errors import Refusal
from db import urls

SIGNS = st.text("abcXYZ09@:/?#%&=+ !$'\"[]{}|\\^~密码", min_size=1, max_size=12)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_every_way_to_name_postgresql_uses_psycopg_3(scheme: str) -> None:
    made = urls.parse(f"{scheme}://li@db.example:5433/fifteen")
    assert made.drivername == "postgresql+psycopg"
    assert (made.username, made.host, made.port, made.database) == ("li", "db.example", 5433, "fifteen")


@given(password=SIGNS)
def test_a_password_may_hold_any_sign_and_is_never_shown(password: str) -> None:
    from urllib.parse import quote, unquote

    raw = urls.parse(f"postgresql://li:{password}@db.example/fifteen")
    assert (raw.password, raw.host, raw.database) == (unquote(password), "db.example", "fifteen")
    encoded = f"postgresql://li:{quote(password, safe='')}@db.example/fifteen"
    assert urls.parse(encoded).password == password
    for url in (encoded, f"postgresql://li:{password}@db.example/fifteen"):
        assert urls.shown(url) == "postgresql://li@db.example/fifteen"
        assert urls.shown(urls.parse(url)) == "postgresql://li@db.example/fifteen"
        assert urls.has_password(url)


def test_a_password_in_the_query_is_hidden_too() -> None:
    url = "postgresql://li@db.example/fifteen?password=geheim&sslmode=require"
    assert urls.has_password(url)
    assert "geheim" not in urls.shown(url)
    assert not urls.has_password("postgresql://li@db.example/fifteen?sslmode=require")


def test_a_path_is_an_sqlite_file() -> None:
    assert str(urls.file_of(urls.parse("/data/案件 库.db"))) == "/data/案件 库.db"
    assert str(urls.file_of(urls.parse("sqlite:////data/a.db"))) == "/data/a.db"
    assert urls.shown("sqlite:////data/a.db") == "sqlite:////data/a.db"


def test_a_socket_folder_is_kept() -> None:
    made = urls.parse("postgresql://li@/fifteen?host=/run/postgresql")
    assert made.query["host"] == "/run/postgresql"
    assert made.database == "fifteen"


@pytest.mark.parametrize(
    "url",
    ["", "  ", "mysql://a:geheim@b/c", "sqlite://", "sqlite:///:memory:", "sqlite:a", "postgresql://h:x/y"],
)
def test_what_is_no_url_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(Refusal) as refused:
        urls.parse(url)
    assert (refused.value.code, refused.value.detail) == ("bad_usage", "db_url")
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize("url", ["POSTGRESQL://li:geheim@h/x", "PostgreSQL+psycopg://li:geheim@h/x"])
def test_a_scheme_in_capitals_hides_its_password_too(url: str) -> None:
    assert urls.has_password(url)
    assert "geheim" not in urls.shown(url)
    assert urls.parse(url).drivername == "postgresql+psycopg"
