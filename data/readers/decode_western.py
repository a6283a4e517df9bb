"""Windows-1252 by evidence: text of western Europe from before Unicode, or nothing.

Any byte string is some text in a one-byte encoding, so evidence must speak for this one: letters that western languages
have, and charset-normalizer finding one of those languages, no worse than under any rival. Czech or Turkish so read would
be plausible letters in the wrong places; Greek and Russian are words of accents only.
"""

from __future__ import annotations

import re

LETTERS = frozenset("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿœŒŸ")
SIGNS = frozenset("€‚„…‘’“”•–—™¡£§©ª«®°±²³´µ·¹º»¼½¾¿\xa0")
LANGUAGES = frozenset(
    [
        "English",
        "French",
        "German",
        "Spanish",
        "Italian",
        "Portuguese",
        "Dutch",
        "Swedish",
        "Danish",
        "Norwegian",
        "Finnish",
    ]
)
RIVALS = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "shift_jis", "big5", "cp949", "gb18030"]
SAMPLE = 1 << 18
WORD = re.compile(r"[^\W\d_]+")


def western(content: bytes) -> str | None:
    """Return the text if the evidence speaks for Windows-1252, else None.

    >>> western("имя,город".encode("cp1251")) is None
    True
    """
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        return None
    foreign = {character for character in set(text) if character > "\x7f"}
    if not foreign & LETTERS or foreign - LETTERS - SIGNS or not _looks_western(text):
        return None
    return text if _confirmed(content) else None


def _looks_western(text: str) -> bool:
    """Whether accents are a minority of the letters in the words that have any."""
    words = [word for word in WORD.findall(text[:SAMPLE]) if not word.isascii()]
    letters = sum(map(len, words))
    return 2 * sum(1 for word in words for letter in word if letter > "\x7f") < letters


def _confirmed(content: bytes) -> bool:
    import charset_normalizer

    matches = list(charset_normalizer.from_bytes(content[:SAMPLE], cp_isolation=RIVALS))
    ours = [match for match in matches if "cp1252" in match.could_be_from_charset]
    return (
        bool(ours)
        and all((ours[0].chaos, -ours[0].coherence) <= (match.chaos, -match.coherence) for match in matches)
        and ours[0].language in LANGUAGES
    )
