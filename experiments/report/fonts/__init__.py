"""The fonts that reports are set in: a subset of Noto Sans CJK SC in two weights, and the characters that it has.

Belongs here: the font files with their licence, the script that makes them (make), what they cover. Does not: setting
(typeset).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
FAMILY = "Noto Sans CJK SC"
WEIGHTS = ("Regular", "Bold")
COVERED = "covered.txt"
LOWERED, RAISED = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True)), dict(zip("⁰⁴⁵⁶⁷⁸⁹⁻", "0456789−", strict=True))
"""Figures below and above the line that the fonts lack (of CO₂, of 10⁻⁶): set as small figures, lowered or raised."""


def font_file(weight: str) -> Path:
    """Return the vendored file of one weight.

    >>> font_file("Bold").name
    'NotoSansCJKsc-Bold.otf'
    """
    return FOLDER / f"NotoSansCJKsc-{weight}.otf"


@cache
def covered() -> frozenset[str]:
    """Return every character that the vendored fonts can set.

    >>> "试" in covered(), "±" in covered(), chr(0x20000) in covered()
    (True, True, False)
    """
    lines = (Path(__file__).with_name(COVERED)).read_text(encoding="ascii").splitlines()
    spans = [line.split("-") for line in lines if not line.startswith("#")]
    return frozenset(chr(point) for span in spans for point in range(int(span[0], 16), int(span[-1], 16) + 1))


def missing(text: str) -> tuple[str, ...]:
    """Return the characters of a text that the fonts lack, each once, in order; line breaks need no glyph.

    >>> missing("试点 A"), [hex(ord(char)) for char in missing(chr(0x20000) + "B")]
    ((), ['0x20000'])
    """
    known = covered() | LOWERED.keys() | RAISED.keys() | {"\n"}
    return tuple(dict.fromkeys(char for char in text if char not in known))
