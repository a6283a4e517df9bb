"""Which contract an upload template was made from, and what changed since (W-TMPL-01).

Belongs here: reading the hidden sheet that `data.contracts.template` writes. Does not: judging the rows: an old template whose
rows fit the present contract is taken.
"""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from typing import Any

from data.contracts.model import Contract
from data.contracts.shape import differences, shape, shape_digest
from data.contracts.template import META
from data.messages import Text
from data.readers.raw import Note

LISTED = 8
NOTHING = Text(en="nothing that a file shows", zh="对文件没有影响")


def stamp_notes(content: bytes, contract: Contract | None) -> tuple[Note, ...]:
    """Return the note that a workbook was made from another version of `contract`, or from another contract; else none.

    A workbook without the hidden sheet, or with one that is damaged, is no template: nothing is told.
    """
    if contract is None or f'name="{META}"'.encode() not in _contents(content):
        return ()
    stamp, columns = _stamp(content)
    if not {"contract", "version", "shape_sha256"} <= set(stamp):
        return ()
    if (stamp["contract"], stamp["version"], stamp["shape_sha256"]) == (
        contract.name,
        contract.version,
        shape_digest(contract),
    ):
        return ()
    told = list(differences(columns, shape(contract))) or [NOTHING]
    more = " …" if len(told) > LISTED else ""
    values: dict[str, object] = {
        "contract": stamp["contract"],
        "old": stamp["version"],
        "new": f"{contract.name} {contract.version}" if stamp["contract"] != contract.name else contract.version,
        "changes": Text(
            en="; ".join(each.en for each in told[:LISTED]) + more,
            zh="；".join(each.zh for each in told[:LISTED]) + more,
        ),
    }
    return (Note("W-TMPL-01", values),)


def _contents(content: bytes) -> bytes:
    """Return the workbook's table of sheets: looking there costs nothing for files that are no templates."""
    broken = contextlib.suppress(zipfile.BadZipFile, KeyError, OSError, ValueError, RuntimeError)
    with broken, zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("xl/workbook.xml")
    return b""


def _stamp(content: bytes) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    stamp: dict[str, str] = {}
    columns: dict[str, dict[str, Any]] = {}
    with contextlib.suppress(CalamineError, OSError, ValueError):
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(META).to_python()
        for kind, name, *rest in ([str(cell) for cell in row] for row in rows if len(row) > 1):
            if kind == "column":
                columns[name] = json.loads("".join(rest))
            else:
                stamp[kind] = name
    return stamp, columns
