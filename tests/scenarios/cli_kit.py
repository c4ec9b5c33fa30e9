"""The command line in real processes, as a person or a script runs it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from console.i18n import language, set_language

ROOT = Path(__file__).resolve().parents[2]
MAIN = [sys.executable, str(ROOT / "main.py")]


@dataclass
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output: one JSON document and nothing else."""
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, str]:
        """The error: one JSON line on standard error, nothing on the other."""
        lines = self.err.splitlines()
        assert self.out == "", self.out
        assert len(lines) == 1, self.err
        error = json.loads(lines[0])["error"]
        assert set(error) == {"code", "message", "mend"}
        assert all(isinstance(text, str) and text for text in error.values())
        assert "{" not in error["message"] + error["mend"]
        return dict(error)


@dataclass
class Cli:
    """A command line on one database and data folder."""

    url: str
    data: Path
    user: str = ""
    password: str = ""
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environ(self) -> dict[str, str]:
        """The processes' environment."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("FIFTEEN_", "LC_", "LANG"))}
        ours = {"FIFTEEN_DB": self.url, "FIFTEEN_DATA": str(self.data), "FIFTEEN_STRICT_TEXTS": "1"}
        return {**kept, **ours, **self.more}

    def raw(self, *words: str, stdin: str = "") -> Done:
        """Run a command as it is written."""
        done = subprocess.run(
            [*MAIN, *words], input=stdin, env=self.environ, capture_output=True, text=True, timeout=60
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def here(self, *words: str, stdin: str = "") -> Done:
        """The same command in this process: for the many that only prepare."""
        from console.cli import main

        out, err, kept_in, lang = io.StringIO(), io.StringIO(), sys.stdin, language()
        with patch.dict(os.environ, self.environ, clear=True), redirect_stdout(out), redirect_stderr(err):
            sys.stdin = io.StringIO(stdin)
            try:
                code = main([*words, "--json"])
            finally:
                sys.stdin = kept_in
                set_language(lang)
        return Done(code, out.getvalue(), err.getvalue())

    def did(self, *words: str, stdin: str = "") -> Any:
        """:meth:`here` for a command that must succeed; its document."""
        done = self.here(*words, stdin=stdin)
        assert done.code == 0, (words, done.err)
        return done.json

    def __call__(self, *words: str, stdin: str = "") -> Done:
        """Run a command with ``--json``, as the user of this command line."""
        if not self.user:
            return self.raw(*words, "--json", stdin=stdin)
        given = ["--user", self.user, "--password-stdin", "--json"]
        return self.raw(*words, *given, stdin=f"{self.password}\n{stdin}")

    def ok(self, *words: str, stdin: str = "") -> Any:
        """Run a command that must succeed; its document."""
        done = self(*words, stdin=stdin)
        assert done.code == 0, (words, done.err)
        return done.json

    def start(self, *words: str) -> subprocess.Popen[str]:
        """A command that goes on by itself."""
        return subprocess.Popen(
            [*MAIN, *words, "--json"],
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
