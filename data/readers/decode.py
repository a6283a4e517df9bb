"""Bytes → text, strictly: one encoding for the whole file, or a refusal that says what was tried.

Belongs here: byte-order marks, UTF-8, UTF-16, GB18030 and what keeps one from passing as another. Does not: cells, Windows-1252
(decode_western).
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from data.readers.decode_western import western
from data.readers.refusals import unreadable

PAIR = re.compile(rb"[\x81-\xfe]([\x40-\x7e\x80-\xfe])")
HIGH = re.compile(rb"[\x80-\xff]")
HANZI = re.compile("[\u3400-\u9fff]")
CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with theirs
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
TRIED = "UTF-8, GB18030, UTF-16, Windows-1252"


@dataclass(frozen=True)
class Decoded:
    """Text without byte-order mark, its UTF-8 bytes, and the encoding it came in; `guessed` if only evidence says so."""

    text: str
    utf8: bytes
    encoding: str
    guessed: bool = False


def decode(content: bytes) -> Decoded:
    """Decode a text file.

    A byte-order mark decides. Without one the whole file must be strict UTF-8, else strict GB18030 of which no line is UTF-8,
    else UTF-16 whose zero bytes all stand on one side, else Windows-1252 by evidence. There is no guessing by part and no
    replacement character: a file that mixes encodings is refused.

    Raises
    ------
    Refused
        E-FILE-01, naming the encodings tried.
    """
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return _strict(content[len(mark) :], encoding, f"{encoding} (byte-order mark)")
    if b"\0" in content:
        return _without_mark(content)
    for encoding, plausible in (("utf-8", None), ("gb18030", _plausible_chinese)):
        text = _decoded(content, encoding)
        if text is not None and (plausible is None or plausible(content, text)):
            return Decoded(text, content if encoding == "utf-8" else text.encode(), encoding)
    found = None if has_utf8_line(content) else western(content)
    if found is None:
        raise unreadable("encoding", tried=TRIED)
    return Decoded(found, found.encode(), "cp1252", guessed=True)


def _strict(content: bytes, encoding: str, tried: str) -> Decoded:
    text = _decoded(content, encoding)
    if text is None:
        raise unreadable("encoding", tried=tried)
    if "\0" in text:
        raise unreadable("nul")
    return Decoded(text, content if encoding == "utf-8" else text.encode(), encoding)


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _without_mark(content: bytes) -> Decoded:
    """UTF-16 without a mark: zero bytes, all on one side, and text with line ends and no control characters."""
    sides = {offset % 2 for offset in (match.start() for match in re.finditer(rb"\0", content))}
    if len(content) % 2 or len(sides) != 1:
        raise unreadable("nul")
    encoding = "utf-16-le" if sides == {1} else "utf-16-be"
    text = _decoded(content, encoding)
    if text is None or CONTROL.search(text) or not re.search("[\r\n]", text):
        raise unreadable("nul")
    return Decoded(text, text.encode(), encoding, guessed=True)


def _plausible_chinese(content: bytes, text: str) -> bool:
    """Whether bytes that decode as GB18030 look like it: Latin-1 text pairs an accented letter with an ASCII one.

    In Chinese text nearly every second byte is 0xA1 or above; in Latin-1 read as GB18030 nearly none is. Private-use
    characters come from byte pairs that no national standard assigns. A line that is UTF-8 was not written as GB18030.
    """
    trails = PAIR.findall(content)
    low = sum(1 for trail in trails if trail < b"\x80")
    private = sum(1 for character in set(text) if "\ue000" <= character <= "\uf8ff")
    return low * 2 <= len(trails) and not private and not _korean(content) and not has_utf8_line(content)


def _korean(content: bytes) -> bool:
    """Whether twenty double bytes or more all lie where EUC-KR has its syllables; a third of Chinese text lies beyond."""
    leads = [pair[:1] for pair in re.findall(rb"[\xa4-\xfe][\xa1-\xfe]", content[: 1 << 16])]
    return len(leads) >= 20 and max(leads) <= b"\xc8"  # noqa: PLR2004


def has_utf8_line(content: bytes) -> bool:
    r"""Whether a line with two Chinese characters or more is strict UTF-8: the file mixes encodings.

    >>> has_utf8_line("甲,3\n".encode("gb18030") + "北京市,4\n".encode())
    True
    """
    for line in re.split(rb"[\r\n]", content):
        if HIGH.search(line):
            text = _decoded(line, "utf-8")
            if text is not None and (len(HANZI.findall(text)) > 1):
                return True
    return False
