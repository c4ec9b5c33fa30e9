"""Known secrets are planted, everything that writes is run, every byte is searched.

A camera's password, people's passwords, the PIN of the large display, the mail
server's password, the recovery code, a reporter's name and telephone: none of them
may stand in the database file, a backup, an export, a pack, a report, a log, a
crash report, the answer of a command or the command line of a process.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import socket
import subprocess
import sys
import threading
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest

import db
from console.services.assembly import assemble
from db.squeeze import text_of
from tests.scenarios.cli_kit import ROOT, Cli
from tests.unit.services.conftest import Hands

CAMERA, CAMERA_2 = "K4mera!Geheim-77", "Zw3ite:L@ge/9x"
USER, RESET = "stiller regen 4711", "lauter wind 0815"
PIN, MAIL = "804713952266", "Smtp-Wort#5531"
PHONE, NAME = "13598204417", "欧阳海棠"
REASON = "法院调取案卷材料"

#: What is in the audit log after all this, at least.
KINDS = {
    "sign-in",
    "sign-in-failed",
    "person-view",
    "export",
    "setting",
    "user",
    "kiosk",
    "recovery",
    "import",
}


class Pot:
    """Everything that was written or said, and what must not be in it."""

    def __init__(self, *secrets: str) -> None:
        self.forms: dict[bytes, str] = {}
        self.looked = 0
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Look for a secret as it is and in the ways in which it travels."""
        for text in {secret, quote(secret, safe=""), json.dumps(secret)[1:-1]}:
            for code in ("utf-8", "utf-16-le", "gb18030"):
                self.forms[text.encode(code)] = secret
        raw = secret.encode()
        self.forms[raw.hex().encode()] = secret
        for shift in range(3):  # whatever stands before it in the same text
            whole = base64.b64encode(b"\0" * shift + raw)
            self.forms[whole[4 if shift else 0 : -4]] = secret

    def found(self, data: bytes, where: str) -> list[str]:
        """Where a secret stands in these bytes, archives unpacked."""
        self.looked += len(data)
        hits = [f"{where}: {secret}" for form, secret in self.forms.items() if form in data]
        if data[:4] == b"PK\x03\x04":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for name in archive.namelist():
                    hits += self.found(archive.read(name), f"{where}!{name}")
        elif data[:2] == b"\x1f\x8b":
            hits += self.found(gzip.decompress(data), f"{where}!gz")
        elif data[:5] == b"%PDF-":
            for part in data.split(b"stream")[1:]:
                try:
                    hits += self.found(zlib.decompress(part.strip(b"\r\n")), f"{where}!stream")
                except zlib.error:
                    continue
        return hits

    def below(self, *folders: Path) -> list[str]:
        """The same of every file below some folders."""
        files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
        assert len(files) > 12
        return [hit for path in files for hit in self.found(path.read_bytes(), str(path))]


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """A new site with an administrator who has a recovery code."""
    one = Cli(f"sqlite:///{tmp_path / 'data' / 'site.db'}", tmp_path / "data")
    one.did("db", "init", "--purpose", "test")
    one.did("users", "add", "boss", "--role", "admin", "--lasting", stdin=f"{USER}\n")
    one.did("users", "add", "wang", "--lasting", stdin=f"{RESET}\n")
    return one


@contextmanager
def deaf_camera() -> Iterator[int]:
    """A port that takes calls and never answers."""
    with closing(socket.socket()) as server:
        server.bind(("127.0.0.1", 0))
        server.listen(8)
        yield server.getsockname()[1]


class CommandLines:
    """What ``ps`` shows of the processes below this one while something runs."""

    def __init__(self) -> None:
        self._stop, self.seen = threading.Event(), set[str]()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> CommandLines:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        me = psutil.Process()
        while not self._stop.wait(0.02):
            for child in me.children(recursive=True):
                try:
                    self.seen.add(" ".join(child.cmdline()))
                except psutil.Error:
                    continue


def test_no_secret_is_written_anywhere(cli: Cli, tmp_path: Path) -> None:
    pot = Pot(CAMERA, CAMERA_2, USER, RESET, PIN, MAIL, PHONE, NAME)
    said: list[str] = []
    out = tmp_path / "out"
    out.mkdir()

    def run(*words: str, stdin: str = "", code: int | None = 0, apart: bool = False) -> str:
        # What paints a paper makes a Qt application: in a process of its own.
        done = cli.raw(*words, "--json", stdin=stdin) if apart else cli.here(*words, stdin=stdin)
        assert code is None or done.code == code, (words, done.out, done.err)
        said.append(done.out + done.err)
        return done.out

    with deaf_camera() as port:
        table = tmp_path / "brought.csv"
        rows = [
            "id,name,url,username,password",
            f"c1,东门,rtsp://127.0.0.1:{port}/1,op,{CAMERA}",
            f"c2,西门,rtsp://op:{quote(CAMERA_2, safe='')}@127.0.0.1:{port}/2,,",
        ]
        table.write_text("\n".join(rows), encoding="utf-8")
        run("cameras", "import", str(table))
        run("notify", "set", "smtp.password", stdin=f"{MAIL}\n")
        run("kiosk", "--set-pin", stdin=f"{PIN}\n{PIN}\n")
        made = cli.here("users", "new-code")
        code = json.loads(made.out)["recovery_code"]
        pot.add(code)
        pot.add(code.replace("-", ""))
        fresh = cli.here("users", "recover", "boss", stdin=f"{code}\nandere worte 99 hier\n")
        pot.add(json.loads(fresh.out)["recovery_code"])
        pot.add("andere worte 99 hier")
        case = json.loads(
            run("case", "open", "--source", "public", "--category", "event:09006",
                "--caller", NAME, "--phone", PHONE, "--note", "占道经营")
        )["case"]["id"]  # fmt: skip
        shown = cli.here("case", "caller", case)
        # The one answer that may hold them.
        assert NAME in shown.out
        assert PHONE in shown.out
        run("login", "wang", stdin=f"{RESET}\n")
        run("users", "passwd", "wang", stdin=f"falsches wort\n{RESET}\n", code=1)
        with CommandLines() as lines:
            tried = cli.raw("cameras", "test", "c1", "c2", "--json")
        said.append(tried.out + tried.err)
        assert any("cameras test" in line for line in lines.seen)

    for what in ("cases", "events", "alarms"):
        run("export", what, "--out", str(out / f"{what}.xlsx"))
    run("audit", "export", "--out", str(out / "audit.jsonl"))
    log = json.loads(run("audit", "list", "--limit", "500"))["rows"]
    assert {row["kind"] for row in log} >= KINDS
    assert ("boss", "recovery") in {(row["actor"], row["kind"]) for row in log}
    looked = next(row for row in log if row["kind"] == "person-view")
    assert looked["facts"] == {"case": case, "what": "viewed", "person": looked["facts"]["person"]}
    run("cameras", "export", str(out / "cameras.csv"))
    run("cameras", "list")
    run("config", "export", "--out", str(out / "config.json"), "--accounts")
    run("evidence", "pack", case, "--reason", REASON, "--out", str(out / "pack.zip"), apart=True)
    run("report", "make", "--kind", "day", "--out", str(out / "day.pdf"), apart=True)
    run("notify", "settings")
    run("users", "list")
    run("doctor", code=None, apart=True)
    run("db", "backup", str(out / "backup.zip"))
    run("cameras", "rotate-key")
    _crash(tmp_path / "data" / "logs")

    for number, text in enumerate([*said, *lines.seen]):
        assert pot.found(text.encode(), f"answer {number}") == []
    assert pot.below(tmp_path / "data", out) == []
    assert _squeezed(cli, pot) == []
    assert pot.looked > 200_000


def test_a_planted_secret_would_be_found(tmp_path: Path) -> None:
    """The search itself: in text, workbooks, archives, base64 and UTF-16."""
    pot = Pot(CAMERA, NAME)
    inside = io.BytesIO()
    with zipfile.ZipFile(inside, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sheet.xml", f"<v>{NAME}</v>")
    basic = base64.b64encode(f"op:{CAMERA}".encode())
    for data in (CAMERA.encode(), inside.getvalue(), basic, NAME.encode("utf-16"), json.dumps(NAME).encode()):
        assert pot.found(b"...." + data if data[:2] != b"PK" else data, "here")
    assert pot.found(b"rtsp://***@127.0.0.1/1", "here") == []


def _crash(logs: Path) -> None:
    """A program that logs addresses with passwords and then dies of one."""
    address = f"rtsp://op:{quote(CAMERA, safe='')}@10.0.0.1/1"
    program = (
        "import logging; from pathlib import Path\n"
        "from console import crash; from console.log import start_logging\n"
        f"start_logging(Path({str(logs)!r})); crash.watch(Path({str(logs)!r}), print)\n"
        f"logging.getLogger('feeds').warning('cannot open %s', {address!r})\n"
        f"logging.getLogger('http').info('password={MAIL}')\n"
        f"raise OSError('no answer from ' + {address!r})\n"
    )
    done = subprocess.run(
        [sys.executable, "-"], input=program, cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "cannot open rtsp://***@10.0.0.1/1" in (logs / "fifteen.log").read_text(encoding="utf-8")


def _squeezed(cli: Cli, pot: Pot) -> list[str]:
    """What the database keeps compressed is read as text."""
    hits: list[str] = []
    with db.open_store(cli.url) as store:
        services = assemble(store.uows, Hands(), cli.data)
        assert services.vault is not None
        with store.uows.read() as uow:
            for event in uow.events.since(0, 100_000):
                hits += pot.found(
                    json.dumps(event.data, default=str, ensure_ascii=False).encode(), f"event {event.seq}"
                )
            for key, text in uow.settings.all().items():
                hits += pot.found(
                    text_of(text.encode()).encode() if text[:1] == "\x78" else text.encode(), key
                )
    return hits
