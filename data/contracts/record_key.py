"""The key of a record as SQL: the same values give the same `rec_key`, whichever file brought them.

Belongs here: that one expression, which the gate computes and a change of the pseudonyms' key computes again. Does not: casting
a file's cells (quality.tagging).
"""

from __future__ import annotations

from collections.abc import Sequence

from data.contracts.model import Column

SEPARATOR = "chr(31)"


def record_key_sql(parts: Sequence[tuple[Column, str]]) -> str:
    """Return the expression of `rec_key`: the first 32 hexadecimal digits of the sha256 of the key's canonical text.

    Parts are joined by U+001F in the contract's order; dates are ISO, times ISO in UTC with Z, integers plain.

    Parameters
    ----------
    parts
        Each column of the key with the SQL of its typed value; none of them gives a null.

    >>> record_key_sql([])
    'cast(null as varchar)'
    """
    return key_of_texts([canonical(column, value) for column, value in parts])


def key_of_texts(texts: Sequence[str]) -> str:
    """Return the expression of `rec_key` over the canonical texts of its parts."""
    return f"left(sha256({f' || {SEPARATOR} || '.join(texts)}), 32)" if texts else "cast(null as varchar)"


def canonical(column: Column, value: str) -> str:
    """Return the expression of a value's text within the key."""
    if column.type == "timestamp":
        return f"replace(cast(timezone('UTC', {value}) as varchar), ' ', 'T') || 'Z'"
    return value if column.type == "string" else f"cast({value} as varchar)"
