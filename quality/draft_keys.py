"""Which columns identify a row: the fewest, leftmost and most id-like whose values together never repeat.

Belongs here: that search over a file's texts. Does not: what the columns hold (data.contracts.guess).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

import pyarrow.compute as pc

from data.contracts.personal import guessed_sensitivity
from data.duck import open_duckdb, quote_name
from data.messages import Refused, Text, WrongUsage
from data.readers import RawTable
from data.readers.header import fold

WIDEST, TRIED = 4, 12
NAMED_ID = re.compile(r"(^|[_ ])(id|code|no|key|uuid|gb|name)( |$)|编号|代码|编码|证号|区划")
MEASURED = 0.5
"""A column with a decimal point in more than this share of its cells measures something and identifies nothing."""


def find_key(raw: RawTable, columns: Sequence[tuple[str, str]], asked: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the names of the columns that identify a row.

    Parameters
    ----------
    columns
        Name and header of each column, in the order of the table.
    asked
        Names or headers that the caller says; they are not tried.

    Raises
    ------
    Refused
        E-DRAFT-01: no four of the filled columns do.
    WrongUsage
        E-DRAFT-02: `asked` names a column that is not there.
    """
    if asked:
        return _named(columns, asked)
    able = [place for place, name in enumerate(raw.names) if _may_identify(raw, name)]
    filled = sorted(able, key=lambda place: not NAMED_ID.search(f"{columns[place][0]} {columns[place][1]}".lower()))
    with open_duckdb(threads=1) as connection:
        connection.register("cells", raw.table)
        for places in _candidates(filled):
            names = ", ".join(quote_name(raw.names[place]) for place in places)
            counted = connection.execute(f"select count(*) = count(distinct row({names})) from cells").fetchone()
            if counted and counted[0]:
                return tuple(columns[place][0] for place in places)
    raise Refused(
        "E-DRAFT-01",
        Text(
            en="No columns of this file identify a row: rows repeat, or cells that would are empty. Name them with --key.",
            zh="没有哪几列能唯一确定一行：存在重复行或空格。请用 --key 指定。",
        ),
    )


def _named(columns: Sequence[tuple[str, str]], asked: Sequence[str]) -> tuple[str, ...]:
    known = {fold(text): name for name, header in columns for text in (header, name)}
    lost = [each for each in asked if fold(each) not in known]
    if lost:
        raise WrongUsage(
            "E-DRAFT-02",
            Text(
                en=f"The file has no column {', '.join(lost)}. It has: {', '.join(name for name, _ in columns)}.",
                zh=f"文件中没有列 {'、'.join(lost)}。现有：{'、'.join(name for name, _ in columns)}。",
            ),
        )
    return tuple(known[fold(each)] for each in asked)


def _may_identify(raw: RawTable, name: str) -> bool:
    texts = raw.table[name]
    if texts.null_count or guessed_sensitivity(name) == "direct":
        return False
    share = pc.mean(pc.match_substring_regex(texts, r"^-?\d+\.\d*[1-9]\d*$").cast("int8")).as_py()
    return share is not None and share <= MEASURED


def _candidates(filled: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield single columns, then combinations of the first ones: what is called an id, then what stands left by custom."""
    yield from ((place,) for place in filled)
    for width in range(2, WIDEST + 1):
        yield from itertools.combinations(filled[:TRIED], width)
