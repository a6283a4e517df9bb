"""Bytes → text, strictly: one encoding for the whole file, or a refusal that says what was tried.

Belongs here: byte-order marks, UTF-8, UTF-16, GB18030 and the test that keeps Latin-1 from passing as Chinese. Does not: cells.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from data.readers.refusals import unreadable

PAIR = re.compile(rb"[\x81-\xfe]([\x40-\x7e\x80-\xfe])")


@dataclass(frozen=True)
class Decoded:
    """Text without byte-order mark, its UTF-8 bytes, and the encoding it came in."""

    text: str
    utf8: bytes
    encoding: str


def decode(content: bytes) -> Decoded:
    """Decode a text file.

    A byte-order mark decides. Without one the whole file must be strict UTF-8, else strict GB18030. There is no guessing by
    part and no replacement character: a file that mixes encodings is refused.

    Raises
    ------
    Refused
        E-FILE-01, naming the encodings tried.
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if content.startswith(mark):
            return _strict(content[len(mark) :], (encoding,), f"{encoding} (byte-order mark)")
    return _strict(content, ("utf-8", "gb18030"), "UTF-8, GB18030")


def _strict(content: bytes, encodings: tuple[str, ...], tried: str) -> Decoded:
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text or (encoding == "gb18030" and not _plausible_chinese(content, text)):
            continue
        utf8 = content if encoding == "utf-8" else text.encode()
        return Decoded(text, utf8, encoding)
    raise unreadable("encoding", tried=tried)


def _plausible_chinese(content: bytes, text: str) -> bool:
    """Whether bytes that decode as GB18030 look like it: Latin-1 text pairs an accented letter with an ASCII one.

    In Chinese text nearly every second byte is 0xA1 or above; in Latin-1 read as GB18030 nearly none is. Private-use
    characters come from byte pairs that no national standard assigns.
    """
    trails = PAIR.findall(content)
    low = sum(1 for trail in trails if trail < b"\x80")
    private = sum(1 for character in set(text) if "\ue000" <= character <= "\uf8ff")
    return low * 2 <= len(trails) and not private
