"""Identifiers of people and organisations in any text: pseudonyms, resident ids, mobiles, cards, codes of organisations.

Belongs here: asking all recognisers of one text, also of what it hides in base64 or behind invisible letters. Does not: the
recognisers of submissions (quality.privacy), which are asked.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from urllib.parse import unquote

from data.identity.pseudonym import PSEUDONYM
from quality.privacy import SPOILED_RESIDENT, is_personal_text

LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ORGANISATION = re.compile(rf"(?<![0-9A-Za-z])[1-9A-HJ-NPQRTUWXY][1239]\d{{6}}[{LETTERS}]{{10}}(?![0-9A-Za-z])")
ENCODED = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb]")
ANY_PSEUDONYM = re.compile(r"(?<![0-9A-Za-z])k[1-9]\d*:[A-Z2-7]{6,}", re.IGNORECASE)
DEEPEST = 3


def is_organisation_code(text: str) -> bool:
    """Whether 18 letters are a unified social credit code by its check letter (GB 32100).

    >>> is_organisation_code("91350100M000100Y43"), is_organisation_code("91350100M000100Y44")
    (True, False)
    """
    total = sum(LETTERS.index(letter) * pow(3, place, 31) for place, letter in enumerate(text[:17]))
    return LETTERS[(31 - total % 31) % 31] == text[17]


def names_somebody(text: str, depth: int = 0) -> bool:
    """Whether a text holds an identifier, as it is, written in full width or percent signs, or encoded in base64.

    >>> names_somebody("k1:" + "A" * 32), names_somebody("see １３８００１３８０００"), names_somebody("wave 3, 2026-05-01")
    (True, True, False)
    """
    plain = unicodedata.normalize("NFKC", INVISIBLE.sub("", unquote(text)))
    if PSEUDONYM.search(plain) or ANY_PSEUDONYM.search(plain) or is_personal_text(plain):
        return True
    if re.search(SPOILED_RESIDENT, plain) or any(is_personal_text(piece) for piece in re.split(r"[\s,;|]+", plain)):
        return True
    if any(is_organisation_code(found) for found in ORGANISATION.findall(plain)):
        return True
    return depth < DEEPEST and any(names_somebody(found, depth + 1) for found in decoded(plain))


def decoded(text: str) -> list[str]:
    """Return what runs of base64 and hexadecimal say, where they say text.

    >>> decoded("data " + base64.b64encode(b"thirteen letters and more").decode())
    ['thirteen letters and more']
    """
    found = []
    for run in ENCODED.findall(text):
        for reading in (_base64, binascii.unhexlify):
            try:
                said = reading(run.rstrip("=")).decode("utf-8")
            except (ValueError, binascii.Error):
                continue
            if said.isprintable() or "\n" in said:
                found.append(said)
    return found


def _base64(run: str) -> bytes:
    return base64.b64decode(run.replace("-", "+").replace("_", "/") + "=" * (-len(run) % 4))
