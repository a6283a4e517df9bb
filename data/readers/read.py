"""Choosing the reader by what the bytes are, never by the file's name.

Belongs here: the format decision. Does not: any one format, files on the disk (file), the process it runs in (sandbox).
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

from data.contracts.model import Contract
from data.messages import Refused
from data.readers.archive import content_of, only_member
from data.readers.decode import Decoded, decode
from data.readers.delimited import read_delimited
from data.readers.field_export import read_with_exports
from data.readers.json_lines import looks_like_json, read_json
from data.readers.labelled import read_labelled
from data.readers.parquet import read_parquet
from data.readers.portable import read_portable
from data.readers.preflight import look
from data.readers.raw import Note, RawTable
from data.readers.recognise import Recognised, foreign_name, guessed_name, recognise
from data.readers.refusals import unreadable
from data.readers.template_stamp import stamp_notes
from data.readers.workbook import read_workbook

LOCKED = "EncryptedPackage".encode("utf-16-le")
"""A stream of the compound file in which Office keeps a workbook that is locked by a password."""

MARKUP = re.compile(r"\s*(<[!?/a-z]|%!ps)", re.IGNORECASE)


def read_content(content: bytes, *, contract: Contract | None = None, name: str = "", typed: bool = False) -> RawTable:
    r"""Read the bytes of a file, in this process: for bytes of our own, and for the reading process (`sandbox`).

    See `read_file`. `name` is data for readers that quote it, and decides nothing. `typed`: as `read_parquet`.

    >>> read_content("人员,分数\n01,3\n".encode("gb18030")).table.column("人员").to_pylist()
    ['01']
    """
    del name
    look(content)
    return read_with_exports(content, contract, partial(_unpacked, typed=typed))


def _unpacked(content: bytes, contract: Contract | None, *, typed: bool) -> RawTable:
    kind = recognise(content)
    if kind != "zip" or content_of(content) != "packed":
        return read_parquet(content, typed=typed) if kind == "parquet" else _read(content, kind, contract)
    member, content = only_member(content)
    look(content)
    kind = recognise(content)
    if kind == "zip" and content_of(content) == "packed":
        raise unreadable("format", kind="ZIP (ZIP)")
    raw = _read(content, kind, contract)
    return replace(raw, notes=(Note("W-ZIP-01", {"name": member}), *raw.notes))


def _read(content: bytes, kind: Recognised | None, contract: Contract | None) -> RawTable:
    return _read_text(content, contract) if kind is None else _read_binary(content, kind, contract)


def _read_binary(content: bytes, kind: Recognised, contract: Contract | None) -> RawTable:
    if kind == "parquet":
        return read_parquet(content)
    if kind == "xls":
        return read_workbook(content, contract)
    if kind == "zip":
        raw = read_workbook(content, contract)
        return replace(raw, notes=(*raw.notes, *stamp_notes(content, contract)))
    if kind == "por":
        return read_portable(content)
    assert kind in ("sav", "dta", "sas7bdat", "xpt")  # noqa: S101 - for the type checker
    return read_labelled(content, kind)


def _read_text(content: bytes, contract: Contract | None) -> RawTable:
    known = foreign_name(content)
    if known is not None:
        raise unreadable("locked") if LOCKED in content[:1_000_000] else unreadable("format", kind=known)
    decoded = _decoded(content)
    if MARKUP.match(decoded.text):
        raise unreadable("format", kind="HTML/XML")
    if looks_like_json(decoded.text[:1000]):
        return read_json(decoded, contract)
    return read_delimited(decoded, contract)


def _decoded(content: bytes) -> Decoded:
    """Decode, or say what the bytes are rather than that they are no text, where puremagic knows."""
    try:
        return decode(content)
    except Refused:
        name = guessed_name(content)
        if name is None:
            raise
    raise unreadable("format", kind=name)
