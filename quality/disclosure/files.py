"""The file gate (R11): what may leave as a file, read to its last part before it does.

Belongs here: kinds, limits, from findings to a decision. Does not: reading (contents, containers), recognisers (identifiers).
Spreadsheets, data files, notebooks and archives are never released here: their tables leave as CSV made from released tables.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import PurePath

from quality.disclosure.containers import read_docx, read_pdf
from quality.disclosure.contents import Contents, read_csv, read_html, read_json, read_png, read_svg
from quality.disclosure.figures import numbers_of
from quality.disclosure.gate import is_released, sealed
from quality.disclosure.identifiers import names_somebody
from quality.disclosure.messages import WHY
from quality.disclosure.outputs import About
from quality.disclosure.policy import Policy, load_policy
from quality.disclosure.verdict import Decision, Released, accepted, refused

READERS: dict[str, Callable[[bytes], Contents]] = {
    ".csv": read_csv,
    ".json": read_json,
    ".svg": read_svg,
    ".html": read_html,
    ".png": read_png,
    ".pdf": read_pdf,
    ".docx": read_docx,
}
BOUND = (".csv", ".json", ".svg")
"""Kinds whose every number must be of a released table; pages have bound texts, pictures are drawn from released tables."""
PLAIN_NAME = re.compile(r"[\w.-]{1,100}")


def decide_file(name: str, content: bytes, bound: Sequence[Released] = (), policy: Policy | None = None) -> Decision:
    """Judge a file; never raises.

    Parameters
    ----------
    name
        Its name, which must not tell anything either.
    content
        Its bytes; what is released is bound to their sha256.
    bound
        The released tables that its numbers are from.

    Returns
    -------
    Decision
        `released` holds the sha256 under ("sha256",).

    Examples
    --------
    >>> decide_file("people.parquet", b"PAR1").verdict.rule
    'R11'
    """
    kind = PurePath(name).suffix.lower()
    try:
        reason = _reason(name, content, bound, policy or load_policy())
    except Exception as error:  # noqa: BLE001 - R17: a file that cannot be read is not released
        return refused(
            "R11",
            "E-SDC-11",
            evidence={"why": "unreadable", "error": type(error).__name__},
            what=kind,
            why=WHY["unreadable"],
        )
    if reason is not None:
        return refused("R11", "E-SDC-11", evidence={"why": reason}, what=kind or "file", why=WHY[reason])
    digest = hashlib.sha256(content).hexdigest()
    return sealed(accepted(Released("file", About(f"file{kind}", "released tables"), {("sha256",): digest}, {})))


def _reason(name: str, content: bytes, bound: Sequence[Released], policy: Policy) -> str | None:
    """Return why a file is not released; None if it is."""
    kind = PurePath(name).suffix.lower()
    if kind not in READERS:
        return "kind"
    if len(content) > policy.file_bytes or not content:
        return "size"
    if not PLAIN_NAME.fullmatch(name) or names_somebody(name.replace(".", " ")):
        return "personal"
    if not all(is_released(table) for table in bound):
        return "unreleased"
    return _inside(kind, READERS[kind](content), bound, policy)


@lru_cache(maxsize=8192)
def _names(text: str) -> bool:
    """Judge a text once: a report's page, PDF and Word file, before and after its review, say nearly the same."""
    return names_somebody(text)


def _inside(kind: str, found: Contents, bound: Sequence[Released], policy: Policy) -> str | None:
    if found.rows > policy.file_rows or found.columns > policy.file_columns:
        return "rows_many"
    if any(_names(text) for text in dict.fromkeys(found.texts)):
        return "personal"
    if found.faults:
        return found.faults[0]
    return "numbers" if kind in BOUND and not numbers_of(found.numbers, bound) else None
