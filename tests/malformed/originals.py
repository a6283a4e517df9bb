"""The sound files from which the malformed ones are made, and how each is damaged.

Belongs here: which file, which operators. Does not: the operators (mutations), what a truthful verdict is (truth).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.malformed import mutations

TEXTS = (
    "awkward/csvkit/ks_1033_data.csv",
    "awkward/csvkit/event-notification-rpt-lastmonth.txt",
    "awkward/clevercsv/milk.csv",
    "awkward/clevercsv/airedale.csv",
    "awkward/frictionless/issue-1066-largecellsize.csv",
    "awkward/frictionless/issue-1105-timezone.csv",
    "awkward/frictionless/table-unicode-headers.csv",
    "awkward/frictionless/duplicate-headers.csv",
    "awkward/messytables/utf-16le_encoded.csv",
    "awkward/messytables/spanish_chars.csv",
    "awkward/messytables/mixedGLB.csv",
    "admin-cn-divisions/cities.csv",
    "derived-gb18030/zones10_population_1986_2019.gb18030.csv",
    "derived-gb18030/zones10_census_2010_2020.gb18030.csv",
    "sensor-shenzhen/information.csv",
    "odk-openwash/flood_dictionary.csv",
    "sensor-payloads/smart-data-models/AirQualityObserved_example.json.csv",
)
WORKBOOKS = (
    "awkward/readxl/deaths.xlsx",
    "awkward/readxl/type-me.xlsx",
    "awkward/readxl/embedded-chartsheet.xlsx",
    "awkward/frictionless/multiline-headers.xlsx",
    "awkward/csvkit/test_skip_lines.xlsx",
    "xlsform-pyxform/or_other.xlsx",
    "admin-cn-cities/report2021.xlsx",
)
LEGACY = (
    "awkward/readxl/deaths.xls",
    "awkward/messytables/span_rich.xls",
    "xlsform-pyxform/repeat_date_test.xls",
    "sensor-shenzhen/SZweather20220619-20220718.xls",
)
PACKAGES = (
    "awkward/foreign/electric.sav",
    "awkward/pyreadstat/sample_missing.sav",
    "awkward/pyreadstat/sample.zsav",
    "awkward/pyreadstat/simple_alltypes.sav",
    "awkward/foreign/electric.por",
    "awkward/pyreadstat/sample.por",
    "xlsform-ipa-hfc/household_backcheck.dta",
    "awkward/haven/tagged-na-double.dta",
    "awkward/haven/notes.dta",
    "awkward/pyreadstat/dates.sas7bdat",
    "awkward/pyreadstat/test_data_win.sas7bdat",
    "awkward/pyreadstat/sample.xpt",
    "awkward/foreign/test.xpt",
)
OTHERS = (
    "awkward/frictionless/table.parq",
    "awkward/parquet-bad/ARROW-GH-43605.parquet",
    "awkward/frictionless/table.ndjson",
    "sensor-payloads/cn-aqi-snapshot/beijing_aqi.json",
    "awkward/messytables/simple.zip",
    "awkward/frictionless/chunk1.csv.zip",
)
FILES = (*TEXTS, *WORKBOOKS, *LEGACY, *PACKAGES, *OTHERS)
SIZE = 500


@dataclass(frozen=True)
class Malformed:
    """One file of the corpus: the sound file it comes from, the operator's name, its bytes."""

    original: str
    operator: str
    content: bytes


def operators_for(name: str) -> tuple[mutations.Operator, ...]:
    """Return how a file is damaged. In SPSS system files only the structure is: they have no checksum and no second reader
    to say what a changed value in them is."""
    if name.endswith((".sav", ".zsav")):
        return (*mutations.STRUCTURE, mutations.head_flipped)
    extra: tuple[mutations.Operator, ...] = ()
    if name in TEXTS:
        extra = mutations.TEXT
    elif name.endswith((".xlsx", ".zip")):
        extra = mutations.ARCHIVE if name.endswith(".zip") else (*mutations.ARCHIVE, *mutations.WORKBOOK)
    return (*extra, *mutations.STRUCTURE, *mutations.BYTES)


def corpus(data: Path, size: int = SIZE, *, salt: str = "") -> Iterator[Malformed]:
    """Yield `size` malformed files, the same ones every time: file by file in turn, each with its operators in turn."""
    for number in range(size):
        name = FILES[number % len(FILES)]
        operators = operators_for(name)
        turn = number // len(FILES)
        operator = operators[turn % len(operators)]
        chance = random.Random(f"{salt}{name}{turn}")  # noqa: S311 - a corpus that repeats
        content = (data / name).read_bytes()
        yield Malformed(name, operator.__name__, operator(content, chance))
