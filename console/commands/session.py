"""What one command runs in: options, folders, database, services, the person.

Everything is opened when it is first asked for, so that a command pays only
for what it uses.
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from console.domain.errors import Refusal
from console.domain.model import Actor
from console.i18n import t
from console.settings import Places, locate

if TYPE_CHECKING:
    from console.clock import SystemClock
    from console.services.assembly import Services
    from console.services.people import TokenFile
    from db import Store

TOKEN_FILE = "login.json"


class Session:
    """The run of one command. Use it in a ``with`` block."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        self.as_json: bool = getattr(args, "json", False)
        self._closers: list[Callable[[], None]] = []
        self._clock: SystemClock | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        while self._closers:
            self._closers.pop()()

    # -- where things are ----------------------------------------------------

    @cached_property
    def places(self) -> Places:
        """Folders and database of this run. A password in ``--db`` is refused:
        anybody on the machine can read a command line."""
        given = str(getattr(self.args, "db", ""))
        if given:
            from db import has_password

            if has_password(given):
                raise Refusal("bad_usage", "url_password")
        return locate(given, str(getattr(self.args, "data", "")))

    def find_again(self) -> None:
        """Look where the database is once more: a site was set up meanwhile."""
        for kept in ("places", "store", "services"):
            self.__dict__.pop(kept, None)

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.places.data

    @cached_property
    def store(self) -> Store:
        """The open database; closed when the command ends."""
        from db import open_store

        store = open_store(self.places.db_url)
        self._closers.append(store.close)
        return store

    @cached_property
    def services(self) -> Services:
        """The use cases over this database."""
        from console.clock import clock_for
        from console.clock_server import follow_server
        from console.services.assembly import assemble

        clock = clock_for(str(self.store.purpose))
        follow_server(self.store, clock)
        self._clock = clock
        root = os.environ.get("FIFTEEN_EVIDENCE", "")
        return assemble(
            self.store.uows,
            clock,
            self.data,
            evidence_root=Path(root) if root else None,
            purpose=str(self.store.purpose),
        )

    def demand_true_clock(self) -> None:
        """Before anything is stamped: raises ``conflict.clock`` where this
        machine's clock is too far from the database server's."""
        from console.clock_server import demand_true_clock

        if self.services and self._clock is not None:
            demand_true_clock(self._clock)

    # -- who -----------------------------------------------------------------

    @cached_property
    def actor(self) -> Actor:
        """Who sits here. On SQLite without ``--user``: the system's user, with
        all rights but being the second person. Raises ``forbidden.sign_in``
        where a sign-in is needed, ``auth_failed`` where it fails."""
        name = self.user_given
        people = self.services.people
        if name and self.password_given:
            return people.sign_in(name, self.read_password(name), self.seat)
        kept = self.tokens.read(self.store.url_shown)
        if name:
            if kept is None or kept[0] != name:
                return people.sign_in(name, self.read_password(name), self.seat)
            return people.by_token(name, kept[1], self.seat)
        if self.store.dialect == "sqlite":
            from console.services.permissions import local_actor

            return local_actor()
        if kept is None:
            raise Refusal("forbidden", "sign_in")
        return people.by_token(kept[0], kept[1], self.seat)

    @property
    def user_given(self) -> str:
        """``--user``, or empty."""
        return str(getattr(self.args, "user", ""))

    @property
    def password_given(self) -> bool:
        """True with ``--password-stdin``."""
        return bool(getattr(self.args, "password_stdin", False))

    @property
    def seat(self) -> str:
        """The name of this machine in the record."""
        import platform

        return platform.node()

    @property
    def tokens(self) -> TokenFile:
        """Where ``login`` keeps its tokens."""
        from console.services.people import TokenFile

        return TokenFile(self.data / TOKEN_FILE)

    def read_password(self, name: str) -> str:
        """One password: a line of standard input, or typed at the prompt. Each
        call reads the next one."""
        return self.read_secret("cli.password", name=name)

    def read_secret(self, key: str, **facts: object) -> str:
        """The same for what the prompt ``key`` asks for."""
        if self.password_given or not sys.stdin.isatty():
            line = sys.stdin.readline()
            if not line:
                raise Refusal("auth_failed", "no_password")
            return line.rstrip("\r\n")
        return getpass.getpass(t(key, **facts))

    # -- telling -------------------------------------------------------------

    def answer(self, document: object, lines: Iterable[str] = ()) -> None:
        """Print the answer: the document with ``--json``, else the lines."""
        if self.as_json:
            print(json.dumps(document, ensure_ascii=False, default=plain))
            return
        for line in lines:
            print(line)

    def note(self, text: str) -> None:
        """A hint or progress, on standard error."""
        print(text, file=sys.stderr)


def iso(at: datetime | None) -> str | None:
    """An instant as the command line writes it: UTC, with its offset."""
    return None if at is None else at.astimezone(UTC).isoformat()


def plain(value: Any) -> Any:
    """What ``json`` does not know by itself."""
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    raise TypeError(f"{type(value).__name__} is not fit for JSON")
