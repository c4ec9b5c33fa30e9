"""Reading the tables people bring: CSV and XLSX, whatever wrote them.

CSV may be UTF-8 with or without a byte order mark, UTF-16 (a spreadsheet's
"Unicode text") or GB18030; the separator is found in the first line. XLSX is
read with values only; its XML goes through ``defusedxml`` (openpyxl does that
by itself when it is installed), and a workbook that unpacks to more than
:data:`MOST_UNPACKED` is refused unread.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from console.domain.errors import Refusal

T = TypeVar("T")

MOST_BYTES: Final = 20 << 20
MOST_UNPACKED: Final = 200 << 20
MOST_ROWS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its number as the person's program shows it (the
    header is 1), its sheet, and text by column."""

    number: int
    cells: Mapping[str, str]
    sheet: str = ""

    def get(self, column: str) -> str:
        """The cell's text without blanks around it; empty when it is not there."""
        return self.cells.get(column, "").strip()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its known columns, the unknown ones by name, its rows."""

    columns: tuple[str, ...]
    unknown: tuple[str, ...]
    rows: tuple[Row, ...]


def read_sheet(path: Path, known: Sequence[str], aliases: Mapping[str, str] | None = None) -> Sheet:
    """Read a CSV or XLSX file whose first line names the columns.

    ``aliases`` maps other spellings of a column to its name. Rows without any
    text are left out. Raises ``Refusal('bad_file')`` for a file that is
    missing, too large, of another kind, empty, or names a column twice.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Refusal("bad_file", "too_large", file=path.name, most=MOST_BYTES >> 20)
        data = path.read_bytes()
    except OSError as error:
        raise Refusal("bad_file", "unreadable", file=str(path)) from error
    if not data.strip():
        raise Refusal("bad_file", "no_rows", file=path.name)
    tables = _workbook(data, path) if data[:4] == b"PK\x03\x04" else [("", _csv(data, path))]
    return _join(tables, known, {**(aliases or {})}, path)


def _join(
    tables: Sequence[tuple[str, list[list[str]]]],
    known: Sequence[str],
    aliases: Mapping[str, str],
    path: Path,
) -> Sheet:
    columns: dict[str, None] = {}
    unknown: dict[str, None] = {}
    rows: list[Row] = []
    for sheet, lines in tables:
        if not lines:
            continue
        names = [_column(cell, aliases) for cell in lines[0]]
        doubled = sorted({n for n in names if n and names.count(n) > 1})
        if doubled:
            raise Refusal("bad_file", "double_columns", file=path.name, columns=", ".join(doubled))
        for name in names:
            if name:
                (columns if name in known else unknown).setdefault(name)
        for number, line in enumerate(lines[1:], start=2):
            cells = {name: cell for name, cell in zip(names, line, strict=False) if name in known}
            if any(cell.strip() for cell in line):
                rows.append(Row(number, cells, sheet))
    if not columns:
        raise Refusal("bad_file", "no_columns", file=path.name, columns=", ".join(known))
    return Sheet(tuple(columns), tuple(unknown), tuple(rows))


def _column(cell: str, aliases: Mapping[str, str]) -> str:
    name = cell.strip()
    return aliases.get(name, aliases.get(name.casefold(), name.casefold()))


def demand_columns(sheet: Sheet, needed: Sequence[str], file: str) -> None:
    """Refuse a table without the columns it cannot do without."""
    missing = [name for name in needed if name not in sheet.columns]
    if missing:
        raise Refusal("bad_file", "missing_columns", file=file, columns=", ".join(missing))


def _decode(data: bytes, path: Path) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        candidates = ["utf-16"]
    else:
        candidates = ["utf-8-sig", "gb18030"]
    for encoding in candidates:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refusal("bad_file", "encoding", file=path.name)


def _csv(data: bytes, path: Path) -> list[list[str]]:
    text = _decode(data, path)
    if "\0" in text:
        raise Refusal("bad_file", "kind", file=path.name)
    head = text.splitlines()[0]
    separator = max(",;\t", key=head.count)
    try:
        lines = list(_limited(csv.reader(io.StringIO(text, newline=""), delimiter=separator), path))
    except csv.Error as error:
        raise Refusal("bad_file", "csv", file=path.name, text=str(error)) from error
    return lines


def _limited(reader: Iterator[list[T]], path: Path) -> Iterator[list[T]]:
    for count, line in enumerate(reader):
        if count > MOST_ROWS:
            raise Refusal("bad_file", "too_many_rows", file=path.name, most=MOST_ROWS)
        yield line


def _workbook(data: bytes, path: Path) -> list[tuple[str, list[list[str]]]]:
    from openpyxl import load_workbook
    from openpyxl.xml import DEFUSEDXML

    if not DEFUSEDXML:
        raise RuntimeError("openpyxl does not use defusedxml: a workbook could exhaust the memory")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(item.file_size for item in packed.infolist()) > MOST_UNPACKED:
                raise Refusal("bad_file", "too_large", file=path.name, most=MOST_UNPACKED >> 20)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        try:
            return [
                (sheet.title, [[_cell(v) for v in line] for line in _limited(_values(sheet), path)])
                for sheet in book.worksheets
            ]
        finally:
            book.close()
    except Refusal:
        raise
    except Exception as error:  # openpyxl raises whatever a broken workbook makes it stumble over
        raise Refusal("bad_file", "kind", file=path.name) from error


def _values(sheet: object) -> Iterator[list[object]]:
    for line in sheet.iter_rows(values_only=True):  # type: ignore[attr-defined]
        yield list(line)


def _cell(value: object) -> str:
    """Text of a cell as a person reads it: whole numbers without ``.0``, days
    as ISO dates, times of day as HH:MM."""
    import datetime as dt

    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time(0) else value.isoformat()
    if isinstance(value, dt.time):
        return value.strftime("%H:%M")
    return str(value)


def guard(text: str) -> str:
    """Text for a cell of an exported table. A spreadsheet would run what begins
    with ``= + - @`` (or hides that behind a tab or a line end) as a formula; a
    leading apostrophe makes it text. Plain numbers stay numbers."""
    if not text or text[0] not in "=+-@\t\r":
        return text
    try:
        float(text)
    except ValueError:
        return "'" + text
    return text


def unguard(text: str) -> str:
    """The text before :func:`guard`, so that an exported table comes back in."""
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in "=+-@\t\r" else text
