"""Exports of field tools: which table of an export a contract is about, and entries of repeats as rows of their own.

Belongs here: the zip of ODK Central (one CSV per table), SurveyCTO's wide repeats (`age_1`, or `tool_1_2` for an inner repeat),
the position of an entry.
Does not: JSON (field_json), which header is which column (quality.columns).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts.model import Contract
from data.readers.decode import decode
from data.readers.delimited import read_delimited
from data.readers.field_json import read_submissions, submissions
from data.readers.header import fold, known_labels
from data.readers.raw import ROW, Note, RawTable, text_table
from data.readers.refusals import refuse, unreadable

LIMIT_MB = 2048
KEYS = frozenset(map(fold, ("KEY", "PARENT_KEY", "_uuid", "_submission__uuid", "__Submissions-id")))
NUMBERED = re.compile(r"^(?P<base>.+)_(?P<entry>\d{1,4})$")
HEAD = 1 << 16
BROKEN = (zipfile.BadZipFile, zipfile.LargeZipFile, KeyError, OSError, ValueError, RuntimeError, EOFError)

Entry = tuple[int, ...]
Reader = Callable[[bytes, Contract | None], RawTable]


def read_with_exports(content: bytes, contract: Contract | None, read: Reader) -> RawTable:
    """Read a file; exports of field tools are taken apart first, all others go to `read`.

    Raises
    ------
    Refused
        E-FILE-01, E-FILE-02: as the readers do.
    """
    found = _packed(content, contract) or _json(content, contract)
    raw = found if found is not None else read(content, contract)
    return _with_positions(raw, contract)


def _json(content: bytes, contract: Contract | None) -> RawTable | None:
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
        return None
    decoded = decode(content)
    found = submissions(decoded.text)
    return None if found is None else read_submissions(found, decoded, contract)


def _packed(content: bytes, contract: Contract | None) -> RawTable | None:
    """Read the CSV of a zipped export that is the contract's table; None if it is no such zip."""
    if contract is None or not content.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            tables = [entry for entry in archive.infolist() if entry.filename.lower().endswith(".csv")]
            if "[Content_Types].xml" in archive.namelist() or not tables or any(each.flag_bits & 1 for each in tables):
                return None
            heads = {entry.filename: _headers(archive, entry) for entry in tables}
            name = _chosen(heads, contract)
            if name is None:
                return None
            if archive.getinfo(name).file_size > LIMIT_MB << 20:
                raise unreadable("expands", limit=LIMIT_MB)
            raw = read_delimited(decode(archive.read(name)), contract)
    except BROKEN as error:
        raise unreadable("damaged", kind="ZIP") from error
    others = sorted(each for each in heads if each != name)
    note = Note("W-SHEET-01", {"sheet": name, "others": ", ".join(others[:5])})
    return replace(raw, notes=(*raw.notes, *([note] if others else [])))


def _headers(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> frozenset[str]:
    with archive.open(entry) as stream:
        line = stream.read(HEAD).split(b"\n", 1)[0]
    return frozenset(fold(cell.strip().strip('"')) for cell in line.decode("utf-8-sig", "replace").split(","))


def _chosen(heads: dict[str, frozenset[str]], contract: Contract) -> str | None:
    """Return the table whose header knows most of the contract's labels; a repeat's table is one with a parent key."""
    if not all(KEYS & head for head in heads.values()):
        return None
    known = known_labels(contract)
    repeat = fold("PARENT_KEY")
    fitting = {name: head for name, head in heads.items() if (repeat in head) == (contract.parent is not None)}
    scores = sorted(((len(head & known), name) for name, head in fitting.items()), reverse=True)
    if not scores or scores[0][0] == 0 or (len(scores) > 1 and scores[0][0] == scores[1][0]):
        raise unreadable("tables", names=", ".join(sorted(heads)[:5]))
    return scores[0][1]


def asks_for_positions(contract: Contract | None) -> bool:
    """Tell whether rows are entries of submissions whose position within them is asked for."""
    return contract is not None and contract.parent is not None and contract.parent.position is not None


def _with_positions(raw: RawTable, contract: Contract | None) -> RawTable:
    """Add the position of an entry within its submission where the contract wants it and the file does not say it."""
    parent = contract.parent if contract is not None else None
    if contract is None or parent is None or parent.position is None:
        return raw
    headers = [fold(header) for header in raw.columns]
    if fold(parent.position) in headers:
        return raw
    column = contract.column(parent.key[0])
    labels = [fold(label) for label in (column.name, *column.aliases)]
    place = next((headers.index(label) for label in labels if label in headers), None)
    raw = raw.plain()
    if place is not None:
        return _counted(raw, place, parent.position)
    own = next((headers.index(key) for key in ("key", "instanceid") if key in headers), None)
    return raw if own is None else _unfolded(raw, contract, own, column.name, parent.position)


def _counted(raw: RawTable, place: int, position: str) -> RawTable:
    """Count the rows of each submission; ODK's parent key of an inner repeat (`uuid/outer[2]`) becomes the submission's."""
    name = raw.names[place]
    bare = pc.replace_substring_regex(raw.table[name], "/.*$", "")
    seen: dict[str | None, int] = {}
    numbers: list[str] = []
    for key in bare.to_pylist():
        seen[key] = seen.get(key, 0) + 1
        numbers.append(str(seen[key]))
    columns = [bare if each == name else raw.table[each] for each in raw.names]
    added = pa.chunked_array([pa.array(numbers, pa.string())])
    headers = (*raw.columns, position)
    return replace(raw, columns=headers, table=text_table(headers, [*columns, added], raw.table[ROW]))


def _unfolded(raw: RawTable, contract: Contract, own: int, instance: str, position: str) -> RawTable:
    """Return the entries of a wide export: the columns `age_1`, `age_2` become rows 1 and 2 of each submission.

    An inner repeat's columns carry a number a level (`tool_1_2`); its entries are counted over the whole submission, as those
    of other exports are.
    """
    known = known_labels(contract)
    found: dict[Entry, dict[str, str]] = {}
    for header, name in zip(raw.columns, raw.names, strict=True):
        base, entry = _numbered(header, known)
        if entry:
            found.setdefault(entry, {})[base] = name
    bases = list(dict.fromkeys(base for columns in found.values() for base in columns))
    if not bases:
        return raw
    rows = _entry_rows(raw, found, bases, own)
    if not rows:
        raise refuse("E-FILE-02")
    headers = (instance, position, *bases)
    columns = [pa.chunked_array([pa.array([row[place] for row in rows], pa.string())]) for place in range(len(headers))]
    numbers = pa.chunked_array([pa.array(range(2, len(rows) + 2), pa.int64())])
    note = Note("W-REP-01", {"repeat": contract.parent.path if contract.parent else ""})
    return replace(
        raw, columns=headers, table=text_table(headers, columns, numbers), ragged=(), notes=(*raw.notes, note)
    )


def _numbered(header: str, known: AbstractSet[str]) -> tuple[str, Entry]:
    """Return the question and the numbers of the entry, outermost first; no numbers for a column of no repeat.

    >>> _numbered("q_1_2_3", {"q_1"}), _numbered("tool_1", {"other"})
    (('q_1', (2, 3)), ('tool_1', ()))
    """
    base: str = header
    entry: Entry = ()
    while match := NUMBERED.match(base):
        base, entry = match["base"], (int(match["entry"]), *entry)
        if fold(base) in known:
            return base, entry
    return header, ()


def _entry_rows(
    raw: RawTable, found: dict[Entry, dict[str, str]], bases: list[str], own: int
) -> list[list[str | None]]:
    texts = {name: raw.table[name].to_pylist() for columns in found.values() for name in columns.values()}
    keys = raw.table[raw.names[own]].to_pylist()
    rows: list[list[str | None]] = []
    for place, key in enumerate(keys):
        filled = 0
        for entry, columns in sorted(found.items()):
            cells = [texts[columns[base]][place] if base in columns else None for base in bases]
            if any(cell and cell.strip() for cell in cells):
                filled += 1
                rows.append([key, str(entry[0] if len(entry) == 1 else filled), *cells])
    return rows
