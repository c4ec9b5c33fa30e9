"""Tables as CSV, XLSX or JSON lines, written whole or not at all.

CSV carries a byte order mark, so that a spreadsheet shows Chinese; text that a
spreadsheet would run as a formula is guarded in CSV and written as plain text
in XLSX. JSON lines keep the full shape of a record.
"""

from __future__ import annotations

import csv
import errno
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from console.domain.errors import Refusal
from console.services.sheets import guard

Record = Mapping[str, Any]


def write_table(records: Iterable[Record], columns: Sequence[str], file: Path) -> int:
    """Write ``records`` into ``file``, by its suffix ``.csv``, ``.xlsx`` or
    ``.jsonl``; returns how many. A column ``category.code`` reaches into a
    record. Raises ``Refusal``: ``bad_usage.export`` for another suffix,
    ``bad_file.place`` where nothing can be written, ``disk_full``."""
    writer = WRITERS.get(file.suffix.lower())
    if writer is None:
        raise Refusal("bad_usage", "export", file=file.name)
    spare = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        count = writer(records, columns, spare)
        os.replace(spare, file)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Refusal("disk_full", "file", file=str(file)) from error
        raise Refusal("bad_file", "place", path=str(file)) from error
    finally:
        spare.unlink(missing_ok=True)
    return count


def cell(record: Record, column: str) -> str | int | float | None:
    """A record's value as a cell: lists with ``;`` between, the rest as JSON."""
    value: Any = record
    for name in column.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    if isinstance(value, bool):
        return int(value)
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ";".join(value)
    return json.dumps(value, ensure_ascii=False)


def _csv(records: Iterable[Record], columns: Sequence[str], file: Path) -> int:
    count = 0
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(columns)
        for record in records:
            writer.writerow(_guarded(record, columns))
            count += 1
    return count


def _guarded(record: Record, columns: Sequence[str]) -> Iterator[str | int | float | None]:
    for column in columns:
        value = cell(record, column)
        yield guard(value) if isinstance(value, str) else value


def _xlsx(records: Iterable[Record], columns: Sequence[str], file: Path) -> int:
    from xlsxwriter import Workbook

    count = 0
    # Opened here: xlsxwriter's own error at the end would be no OSError.
    with file.open("wb") as out, Workbook(out, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column)
        for count, record in enumerate(records, start=1):
            for place, column in enumerate(columns):
                value = cell(record, column)
                if isinstance(value, str):
                    sheet.write_string(count, place, value)
                elif value is not None:
                    sheet.write_number(count, place, value)
    return count


def _jsonl(records: Iterable[Record], columns: Sequence[str], file: Path) -> int:
    count = 0
    with file.open("w", encoding="utf-8") as out:
        for record in records:
            out.write(json.dumps(record, ensure_ascii=False) + "\n")
            count += 1
    return count


#: How each kind of file is written.
WRITERS: Final[Mapping[str, Callable[[Iterable[Record], Sequence[str], Path], int]]] = {
    ".csv": _csv,
    ".xlsx": _xlsx,
    ".jsonl": _jsonl,
}
