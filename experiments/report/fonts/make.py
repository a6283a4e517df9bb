"""`python -m experiments.report.fonts.make`: cut the vendored fonts out of Debian's `fonts-noto-cjk`.

Belongs here: which characters are kept, cutting, the list of what is covered. Does not: licence text (OFL.txt lies beside the
fonts and goes where they go). The same input and the same texts of this repository give the same bytes.
"""

from __future__ import annotations

import sys
from itertools import chain
from pathlib import Path

from experiments.report.fonts import COVERED, FAMILY, FOLDER, WEIGHTS, font_file

SOURCE = Path("/usr/share/fonts/opentype/noto")
ROOT = FOLDER.parents[2]
TEXTS = ("*.py", "*.yml", "*.po", "*.j2", "*.typ")
ROOMS = ("apps", "data", "dbt_project", "experiments", "orchestration", "quality")
LATIN = (0x20, 0x7E), (0xA0, 0x17F), (0x2010, 0x2027), (0x2030, 0x203A)
SIGNS = "−–—…≤≥≠≈×÷±•●○■□◆◇▲△▼→←↑↓↔✓√∞∑∆σ²³½¼¾№℃€¥"
NAMES = "〇镕喆堃珺玥昇祎翀劼昉燊璟垚犇珮赟濛彧玙玚琤瑀暐旻昳旸婳嫄漷氹"
"""Signs that reports use beside GB2312, and characters of names of people and places; some of them GB2312 has."""


def wanted() -> frozenset[str]:
    """Return the characters to keep: GB2312, European Latin, signs, and whatever the texts of this repository hold."""
    latin = (chr(point) for first, last in LATIN for point in range(first, last + 1))
    return frozenset(chain(gb2312(), latin, SIGNS, NAMES, used()))


def gb2312() -> frozenset[str]:
    """Return GB2312: 6,763 Chinese characters of both levels and the 682 signs beside them.

    >>> len(gb2312()), {"啊", "齄", "→", "Ω"} <= gb2312()
    (7445, True)
    """
    cells = (bytes((row, cell)) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    return frozenset("".join(cell.decode("gb2312", errors="ignore") for cell in cells))


def used() -> frozenset[str]:
    """Return the characters that the texts of this repository hold outside ASCII."""
    files = (path for room in ROOMS for name in TEXTS for path in sorted((ROOT / room).rglob(name)))
    found = {char for path in files if "workspace" not in path.parts for char in path.read_text(encoding="utf-8")}
    return frozenset(char for char in found if char.isprintable() and ord(char) > ord("~"))


def cut(weight: str, characters: frozenset[str]) -> frozenset[int]:
    """Write the subset of one weight and return the code points that it has."""
    from fontTools import subset
    from fontTools.ttLib import TTCollection

    collection = TTCollection(SOURCE / f"NotoSansCJK-{weight}.ttc")
    font = next(face for face in collection.fonts if face["name"].getDebugName(1) == FAMILY)
    font.recalcTimestamp = False
    options = subset.Options(
        desubroutinize=False, name_IDs=["*"], name_languages=["*"], notdef_outline=True, layout_features=["*"]
    )
    options.drop_tables += ["DSIG"]
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(sorted(characters)))
    cutter.subset(font)
    font.flavor = None
    font.save(font_file(weight), reorderTables=True)
    return frozenset(font.getBestCmap())


def spans(points: frozenset[int]) -> list[str]:
    """Return code points as lines of hexadecimal spans.

    >>> spans(frozenset({0x41, 0x42, 0x44}))
    ['41-42', '44']
    """
    runs: list[list[int]] = []
    for point in sorted(points):
        if runs and point == runs[-1][1] + 1:
            runs[-1][1] = point
        else:
            runs.append([point, point])
    return [f"{first:X}" if first == last else f"{first:X}-{last:X}" for first, last in runs]


def main() -> int:
    """Make both weights and the list of characters that both of them have."""
    characters = wanted()
    found = [cut(weight, characters) for weight in WEIGHTS]
    head = f"# Code points that every weight of {FAMILY} in this folder has; made by make.py."
    (FOLDER / COVERED).write_text("\n".join([head, *spans(frozenset.intersection(*found))]) + "\n", encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
